using System.Text;
using Coterie.Profiles;
using Coterie.Reports.Html;
using static Coterie.Reports.Html.Parts;

namespace Coterie.Reports;

/// <summary>Draws <c>report.html</c> from a <see cref="RunReport"/> alone: one file with everything inside, English and Chinese, light and dark.</summary>
/// <remarks>The page asks nothing of any network: its content policy allows no source but two scripts of our own, named by their SHA-256, and
/// styles inside the page. Styles need 'unsafe-inline' because widths and chart tooltips are style attributes; scripts do not, so that text
/// which slipped through the encoder could still not run. Without scripts every table is open and only the interactive charts are missing.</remarks>
public static class ReportHtml
{
    /// <param name="lang">en or zh: the language shown first; the page holds both.</param>
    public static void Write(RunReport report, string path, string lang = "en") =>
        File.WriteAllText(path, Page(report, lang), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));

    internal static string Page(RunReport report, string lang) =>
        PageShell.Fill(new PageParts(Headline.Sentence(report), Navigation(report), Headline.Hero(report), Sections(report), report.Version), lang);

    static Fragment Sections(RunReport report) => report.Segments.Count > 0
        ? Fragment.Join(
            SegmentSections.Shares(report), SegmentSections.Cards(report), SegmentSections.Map(report), SegmentSections.Differences(report), FeedbackSection.Build(report),
            HabitSections.When(report), HabitSections.What(report), ValiditySections.Validity(report), ValiditySections.Future(report),
            Decisions(report), DeepSections.Views(report), ClassifierSection.Build(report), LearningSection.Build(report), EndSections.Labels(report), SearchSection.Build(report), DataSections.Quality(report), DataSections.Features(report),
            EndSections.Run(report), EndSections.Glossary(report))
        : Fragment.Join(
            SearchSection.Build(report), SegmentSections.Map(report), FeedbackSection.Build(report), DeepSections.Views(report), LearningSection.Build(report), EndSections.Labels(report), DataSections.Quality(report),
            DataSections.Features(report), EndSections.Run(report), EndSections.Glossary(report));

    static Fragment Decisions(RunReport report)
    {
        var sections = new DecisionSections(report.Currency, [.. report.Segments.Select(s => s.Id)]);
        return report.Decisions.Count == 0 ? Fragment.Empty : Fragment.Of($"""<div id="decisions">{Fragment.Each(report.Decisions, sections.Short)}</div>""");
    }

    static Fragment Navigation(RunReport report)
    {
        (string Id, Bilingual Name)[] places = report.Segments.Count > 0
            ? [("segments", T("Segments", "分群")), ("map", T("Map", "地图")), ("differences", T("Differences", "差异")), ("feedback", T("Feedback", "反馈")), ("when", T("Habits", "习惯")),
               ("validity", T("Proof", "检验")), ("decisions", T("Decisions", "决策")), ("deep", T("Views", "视角")), ("classifier", T("Newcomers", "新客户")), ("search", T("Choice", "选择")), ("quality", T("Data", "数据")), ("run", T("Run", "运行"))]
            : [("search", T("Choice", "选择")), ("map", T("Map", "地图")), ("quality", T("Data", "数据")), ("run", T("Run", "运行"))];
        return Fragment.Each(places.Where(Present), p => Fragment.Of($"""<a href="#{p.Id}">{p.Name}</a>"""));

        bool Present((string Id, Bilingual Name) place) => place.Id switch
        {
            "map" => report.Map.Count > 0,
            "decisions" => report.Decisions.Count > 0,
            "feedback" => report.Feedback is not null,
            "deep" => report.Deep.On,
            "classifier" => report.Deep.Classifier is not null,
            _ => true,
        };
    }
}
