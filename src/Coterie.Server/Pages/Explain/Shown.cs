using Coterie.Profiles;
using Coterie.Reports;
using Coterie.Reports.Html;
using static Coterie.Reports.Html.Parts;

namespace Coterie.Server.Pages.Explain;

/// <summary>The run that a page shows.</summary>
/// <param name="Asked">Whether the address names it; else it is the newest, and links need not say which.</param>
sealed record Shown(RunEntry Run, RunReport Report, bool Asked)
{
    /// <summary>What stands at the end of links to pages of the same run.</summary>
    public string Suffix => Asked ? $"?run={Run.Id}" : "";

    public int IndexOf(string segment)
    {
        for (var i = 0; i < Report.Segments.Count; i++)
            if (Report.Segments[i].Id == segment) return i;
        return -1;
    }

    /// <summary>A segment's chip and name, as a link to its page; the id alone where this run does not have it.</summary>
    public Fragment Link(string segment) => IndexOf(segment) is var i and >= 0
        ? Fragment.Of($"""<a class="seg-link" href="{Path(segment)}">{Named(Report.Segments[i], i)}</a>""")
        : Fragment.Of($"""<span class="chip gone">{segment}</span>""");

    public string Path(string segment) => $"/segments/{Uri.EscapeDataString(segment)}{Suffix}";

    /// <summary>A segment's id and name as plain words.</summary>
    public Bilingual Words(string segment) => IndexOf(segment) is var i and >= 0 ? T($"{segment} {Report.Segments[i].Name.En}", $"{segment} {Report.Segments[i].Name.Zh}") : T(segment, segment);
}
