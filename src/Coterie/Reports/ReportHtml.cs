using System.Security.Cryptography;
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

    internal static string Page(RunReport report, string lang)
    {
        var charts = Resource("echarts.js");
        var script = Resource("report.js");
        var title = Headline.Sentence(report);
        var body = Sections(report);
        // Pieces are put between the template's parts, never substituted into text that holds data.
        return Fill(Resource("report.html"), piece => piece switch
        {
            "lang" => lang == "zh" ? "zh-Hans" : "en",
            "data-lang" => lang == "zh" ? "zh" : "en",
            "policy" => $"default-src 'none'; script-src '{Hash(charts)}' '{Hash(script)}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'",
            "title" => Fragment.Of($"{title.In(lang)}").ToString(),
            "titles" => Fragment.Of($"""data-title-en="{title.En}" data-title-zh="{title.Zh}" """).ToString(),
            "palette" => Palette.Css(),
            "style" => Resource("report.css") + SegmentCss(),
            "navigation" => Navigation(report).ToString(),
            "hero" => Headline.Hero(report).ToString(),
            "body" => body.ToString(),
            "version" => Fragment.Of($"{report.Version}").ToString(),
            "charts" => charts,
            "script" => script,
            _ => throw new InvalidOperationException($"report.html asks for '{piece}', which nobody gives."),
        });
    }

    static Fragment Sections(RunReport report) => report.Segments.Count > 0
        ? Fragment.Join(
            SegmentSections.Shares(report), SegmentSections.Cards(report), SegmentSections.Map(report), SegmentSections.Differences(report),
            HabitSections.When(report), HabitSections.What(report), ValiditySections.Validity(report), ValiditySections.Future(report),
            DeepSections.Views(report), ClassifierSection.Build(report), LearningSection.Build(report), EndSections.Labels(report), SearchSection.Build(report), DataSections.Quality(report), DataSections.Features(report),
            EndSections.Run(report), EndSections.Glossary(report))
        : Fragment.Join(
            SearchSection.Build(report), SegmentSections.Map(report), DeepSections.Views(report), LearningSection.Build(report), EndSections.Labels(report), DataSections.Quality(report),
            DataSections.Features(report), EndSections.Run(report), EndSections.Glossary(report));

    static Fragment Navigation(RunReport report)
    {
        (string Id, Bilingual Name)[] places = report.Segments.Count > 0
            ? [("segments", T("Segments", "分群")), ("map", T("Map", "地图")), ("differences", T("Differences", "差异")), ("when", T("Habits", "习惯")),
               ("validity", T("Proof", "检验")), ("deep", T("Views", "视角")), ("classifier", T("Newcomers", "新客户")), ("search", T("Choice", "选择")), ("quality", T("Data", "数据")), ("run", T("Run", "运行"))]
            : [("search", T("Choice", "选择")), ("map", T("Map", "地图")), ("quality", T("Data", "数据")), ("run", T("Run", "运行"))];
        return Fragment.Each(places.Where(Present), p => Fragment.Of($"""<a href="#{p.Id}">{p.Name}</a>"""));

        bool Present((string Id, Bilingual Name) place) => place.Id switch
        {
            "map" => report.Map.Count > 0,
            "deep" => report.Deep.On,
            "classifier" => report.Deep.Classifier is not null,
            _ => true,
        };
    }

    /// <summary>Classes for each segment's colour: c chip, f fill, b border.</summary>
    static string SegmentCss() => string.Concat(Palette.Segments.Select((c, i) =>
        $".c{i}{{background:var(--{c.Name});color:var(--{c.Name}-text)}}.bar i.f{i}{{background:var(--{c.Name})}}path.f{i}{{fill:var(--{c.Name})}}.b{i}{{border-top-color:var(--{c.Name})}}\n"))
        + string.Concat(Palette.Heat.Select(h => $".{h.Fill.Name}{{background:var(--{h.Fill.Name});color:var(--{h.Fill.Name}-text)}}\n"));

    static string Hash(string script) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)));

    static string Resource(string name)
    {
        using var stream = typeof(ReportHtml).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource '{name}' is missing from this build.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        // One kind of line end, because the browser hashes scripts after it has made them one.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    static string Fill(string template, Func<string, string> piece)
    {
        var page = new StringBuilder(1 << 21);
        var at = 0;
        while (template.IndexOf("{{", at, StringComparison.Ordinal) is var open and >= 0)
        {
            var close = template.IndexOf("}}", open, StringComparison.Ordinal);
            page.Append(template, at, open - at).Append(piece(template[(open + 2)..close]));
            at = close + 2;
        }

        return page.Append(template, at, template.Length - at).ToString();
    }
}
