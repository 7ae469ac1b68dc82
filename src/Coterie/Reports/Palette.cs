using System.Globalization;
using System.Text;

namespace Coterie.Reports;

/// <summary>A colour in the light and in the dark theme, #rrggbb.</summary>
public sealed record ThemeColour(string Name, string Light, string Dark);

/// <summary>The colours of the page and the plots. Contrasts are held by a test: text 4.5:1 (WCAG 2.2, 1.4.3), marks 3:1 (1.4.11).</summary>
public static class Palette
{
    /// <summary>Twelve segment colours that stay apart for colour-blind readers, the first ones most; from tools/oracles/palette.py.</summary>
    public static readonly IReadOnlyList<ThemeColour> Segments = Zip(
        ["#096b97", "#d37812", "#314a2b", "#a26053", "#957ee5", "#18a0a1", "#735a13", "#922961", "#3847a4", "#ac816f", "#2a5744", "#a93b65"],
        ["#5dafde", "#b36303", "#c3e2bc", "#ed807b", "#7e66ca", "#44d4e1", "#ecbd3a", "#a37597", "#8285eb", "#c97d43", "#94c4ad", "#d05a67"]);

    /// <summary>Surfaces, text, lines and states.</summary>
    public static readonly IReadOnlyList<ThemeColour> Page =
    [
        new("paper", "#fbf9f5", "#15171b"),
        new("card", "#ffffff", "#1c1f25"),
        new("ink", "#1e2227", "#ebe8e2"),
        new("muted", "#5c626b", "#a6abb3"),
        new("line", "#e5e0d6", "#2f343c"),
        new("track", "#eeeae1", "#282c33"),
        new("accent", "#0b5f86", "#74bfe8"),
        new("grey", "#7b818a", "#868d97"),
        new("good", "#276749", "#7fcf9f"),
        new("fair", "#7a5a00", "#e3b84f"),
        new("poor", "#a23b2a", "#f0907c"),
    ];

    /// <summary>Heat maps: a colour and the text that is read on it. Diverging n4 .. n1, p1 .. p4 and sequential q1 .. q6.</summary>
    public static readonly IReadOnlyList<(ThemeColour Fill, ThemeColour Text)> Heat =
    [
        Cell("n4", "#a8492a", "#ffffff", "#efa888", "#15171b"),
        Cell("n3", "#dd9a7c", "#1e2227", "#874629", "#ebe8e2"),
        Cell("n2", "#edc4b0", "#1e2227", "#5a3626", "#ebe8e2"),
        Cell("n1", "#f6e6dd", "#1e2227", "#382821", "#ebe8e2"),
        Cell("p1", "#e0edf1", "#1e2227", "#1d3038", "#ebe8e2"),
        Cell("p2", "#b7d6e1", "#1e2227", "#24495a", "#ebe8e2"),
        Cell("p3", "#78b0c5", "#1e2227", "#2a647d", "#ebe8e2"),
        Cell("p4", "#1b6783", "#ffffff", "#8ecae1", "#15171b"),
        Cell("q1", "#f0f2ea", "#1e2227", "#22271f", "#ebe8e2"),
        Cell("q2", "#dae3cc", "#1e2227", "#2c3626", "#ebe8e2"),
        Cell("q3", "#bacaa3", "#1e2227", "#3a4b2e", "#ebe8e2"),
        Cell("q4", "#94ad76", "#1e2227", "#496335", "#ebe8e2"),
        Cell("q5", "#567638", "#ffffff", "#93b970", "#15171b"),
        Cell("q6", "#39571f", "#ffffff", "#c8e3a5", "#15171b"),
    ];

    /// <summary>The colour of the i-th segment; beyond twelve they repeat, and the id tells them apart.</summary>
    public static ThemeColour Segment(int index) => Segments[index % Segments.Count];

    /// <summary>Black or white, whichever is read better on a colour; one of them always has at least 4.58:1.</summary>
    public static string TextOn(string colour) => Contrast(colour, "#000000") >= Contrast(colour, "#ffffff") ? "#000000" : "#ffffff";

    /// <summary>Contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance of sRGB).</summary>
    public static double Contrast(string a, string b)
    {
        var (x, y) = (Luminance(a), Luminance(b));
        return (Math.Max(x, y) + 0.05) / (Math.Min(x, y) + 0.05);
    }

    /// <summary>All colours as CSS custom properties: light by default, dark by the reader's system or choice, light on paper.</summary>
    internal static string Css()
    {
        var light = Declarations(c => c.Light);
        var dark = Declarations(c => c.Dark);
        return $$"""
            :root { color-scheme: light; {{light}} }
            @media (prefers-color-scheme: dark) { :root:not([data-theme=light]) { color-scheme: dark; {{dark}} } }
            :root[data-theme=dark] { color-scheme: dark; {{dark}} }
            @media print { :root, :root[data-theme], :root:not([data-theme=light]) { color-scheme: light; {{light}} --paper: #ffffff; } }
            """;
    }

    static string Declarations(Func<ThemeColour, string> theme)
    {
        var css = new StringBuilder();
        foreach (var c in Page) css.Append(CultureInfo.InvariantCulture, $"--{c.Name}:{theme(c)};");
        foreach (var c in Segments) css.Append(CultureInfo.InvariantCulture, $"--{c.Name}:{theme(c)};--{c.Name}-text:{TextOn(theme(c))};");
        foreach (var (fill, text) in Heat) css.Append(CultureInfo.InvariantCulture, $"--{fill.Name}:{theme(fill)};--{fill.Name}-text:{theme(text)};");
        return css.ToString();
    }

    static double Luminance(string colour)
    {
        double Channel(int at)
        {
            var c = Convert.ToInt32(colour.Substring(at, 2), 16) / 255.0;
            return c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4);
        }

        return 0.2126 * Channel(1) + 0.7152 * Channel(3) + 0.0722 * Channel(5);
    }

    static ThemeColour[] Zip(string[] light, string[] dark) => [.. light.Select((l, i) => new ThemeColour($"s{i}", l, dark[i]))];

    static (ThemeColour, ThemeColour) Cell(string name, string light, string lightText, string dark, string darkText) =>
        (new(name, light, dark), new(name, lightText, darkText));
}
