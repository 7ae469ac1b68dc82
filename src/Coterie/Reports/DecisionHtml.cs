using System.Reflection;
using Coterie.Decisions;
using Coterie.Profiles;
using Coterie.Reports.Html;

namespace Coterie.Reports;

/// <summary>Draws a decision's page as a file of its own, with everything inside, English and Chinese, light and dark.</summary>
public static class DecisionHtml
{
    /// <param name="page">What was decided.</param>
    /// <param name="currency">Of amounts; null where unknown.</param>
    /// <param name="segments">The segments that the page speaks of, in the order of their colours.</param>
    /// <param name="lang">en or zh: the language shown first; the page holds both.</param>
    public static string Page(DecisionPage page, string? currency, IReadOnlyList<SegmentRef> segments, string lang)
    {
        var version = typeof(DecisionHtml).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        var sections = new DecisionSections(currency, [.. segments.Select(s => s.Id)]);
        var title = new Bilingual($"Coterie: {page.Title.En}", $"Coterie：{page.Title.Zh}");
        return PageShell.Fill(new PageParts(title, Fragment.Empty, DecisionSections.Hero(page), sections.Whole(page), version), lang);
    }
}
