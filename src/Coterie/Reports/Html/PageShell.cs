using System.Security.Cryptography;
using System.Text;
using Coterie.Profiles;

namespace Coterie.Reports.Html;

/// <summary>What fills a page.</summary>
sealed record PageParts(Bilingual Title, Fragment Navigation, Fragment Hero, Fragment Body, string Version);

/// <summary>The page around reports and decisions: one file with everything inside.</summary>
static class PageShell
{
    /// <param name="lang">en or zh: the language shown first; the page holds both.</param>
    public static string Fill(PageParts parts, string lang)
    {
        var charts = Resource("echarts.js");
        var script = Resource("report.js");
        var title = parts.Title;
        // Pieces are put between the template's parts, never substituted into text that holds data.
        return Fill(Resource("report.html"), piece => piece switch
        {
            "lang" => lang == "zh" ? "zh-Hans" : "en",
            "data-lang" => lang == "zh" ? "zh" : "en",
            "policy" => Policy(charts, script),
            "title" => Fragment.Of($"{title.In(lang)}").ToString(),
            "titles" => Fragment.Of($"""data-title-en="{title.En}" data-title-zh="{title.Zh}" """).ToString(),
            "style" => Style(),
            "navigation" => parts.Navigation.ToString(),
            "hero" => parts.Hero.ToString(),
            "body" => parts.Body.ToString(),
            "version" => Fragment.Of($"{parts.Version}").ToString(),
            "charts" => charts,
            "script" => script,
            _ => throw new InvalidOperationException($"report.html asks for '{piece}', which nobody gives."),
        });
    }

    /// <summary>The style sheet: colours, forms, and a class for each segment.</summary>
    public static string Style() => Palette.Css() + "\n" + Resource("report.css") + SegmentCss();

    /// <summary>Classes for each segment's colour: c chip, f fill, b border.</summary>
    static string SegmentCss() => string.Concat(Palette.Segments.Select((c, i) =>
        $".c{i}{{background:var(--{c.Name});color:var(--{c.Name}-text)}}.bar i.f{i}{{background:var(--{c.Name})}}path.f{i}{{fill:var(--{c.Name})}}.b{i}{{border-top-color:var(--{c.Name})}}\n"))
        + string.Concat(Palette.Heat.Select(h => $".{h.Fill.Name}{{background:var(--{h.Fill.Name});color:var(--{h.Fill.Name}-text)}}\n"));

    /// <summary>What a page of its own may do, as a content security policy: run our two scripts and nothing else.</summary>
    public static string Policy() => Own.Value;

    static readonly Lazy<string> Own = new(() => Policy(Resource("echarts.js"), Resource("report.js")));

    static string Policy(string charts, string script) =>
        $"default-src 'none'; script-src '{Hash(charts)}' '{Hash(script)}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

    static string Hash(string script) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)));

    /// <summary>A script or style of the page.</summary>
    public static string Resource(string name)
    {
        using var stream = typeof(PageShell).Assembly.GetManifestResourceStream(name)
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
