using Coterie.Reports.Html;
using Coterie.Server.Insight;
using static Coterie.Reports.Html.Parts;

namespace Coterie.Server.Pages.Explain;

/// <summary>How a segment's size went from run to run.</summary>
static class SegmentHistory
{
    /// <param name="until">The run that is shown.</param>
    /// <param name="runs">Runs up to it, oldest first.</param>
    public static Fragment Of(string segment, RunEntry until, IEnumerable<(RunEntry Run, RunSummary Summary)> runs)
    {
        var rows = runs.Select(r => (r.Run, r.Summary, Segment: r.Summary.Segments.FirstOrDefault(s => s.Id == segment))).Where(r => r.Segment is not null).ToArray();
        if (rows.Length < 2)
            return Section("history", T("Through the runs", "历次运行"), T($"Run {until.Id} is the first of the last runs that has this segment.", $"运行 {until.Id} 是近期首次出现本群的运行。"), Fragment.Empty);
        return Section("history", T("Through the runs", "历次运行"), T($"In {rows.Length} of the last runs, since run {rows[0].Run.Id}. Its name may change with its members; its id stays.", $"近期 {rows.Length} 次运行中均有本群，始于运行 {rows[0].Run.Id}。名称可能随成员变化，编号不变。"),
            Table(T("The segment in each run", "各次运行中的本群"), Fragment.Join(Head(T("Run", "运行"), T("As of", "截至"), T("Name", "名称")), HeadNumbers(T("Customers", "客户"), T("Share", "占比")), Head(T("", ""))),
                Fragment.Each(rows.Reverse(), r => Fragment.Of($"""<tr><th scope="row"><a href="/runs/{r.Run.Id}">{r.Run.Id}</a></th><td>{Numbers.Date(r.Summary.AsOf)}</td><td>{r.Segment!.Name}</td>{Cells(Numbers.Whole(r.Segment.Size), Numbers.Percent1(Headline.Share(r.Segment.Size, r.Summary.Customers)))}<td class="plot"><span class="bar"><i style="width:{Width(Headline.Share(r.Segment.Size, r.Summary.Customers))}"></i></span></td></tr>"""))));
    }
}
