using Coterie.Evaluation;
using Coterie.Profiles;

namespace Coterie.Reports.Html;

/// <summary>What the page's script draws: rows of estimates (dots) and lines over numbers or named places.</summary>
static class ChartData
{
    /// <summary>An estimate with its interval.</summary>
    /// <param name="colour">accent, grey or s0 .. s11.</param>
    /// <param name="mark">An upright that the estimate is compared with; none where null.</param>
    public static object Dot(Bilingual label, Estimate e, string colour, double? mark = null) =>
        new { label = Text(label), value = e.Value, low = e.Low, high = e.High, colour, mark };

    /// <summary>A line through its points.</summary>
    /// <param name="points">[x, y] or [x, y, low, high], rounded for the page.</param>
    public static object Line(Bilingual name, IEnumerable<double[]> points) =>
        new { name = Text(name), points = points.Select(p => p.Select(v => Math.Round(v, 5))) };

    /// <summary>Estimates below one another, drawn.</summary>
    public static Fragment Dots(Bilingual title, string format, IReadOnlyList<object> rows, bool zero = false) => Fragment.Of($"""
        <div><h3>{title}</h3>{Parts.Chart("dots", title, new { format, rows, zero }, Fragment.Empty, 52 + 40 * rows.Count)}</div>
        """);

    public static object Text(Bilingual text) => new { text.En, text.Zh };

    /// <summary>0.284 (0.243 … 0.325).</summary>
    public static string With(Estimate e) => $"{Numbers.Fixed(e.Value, 3)} ({Numbers.Interval(e, v => Numbers.Fixed(v, 3))})";

    /// <summary>+0.071 (+0.037 … +0.105).</summary>
    public static string Gain(Estimate e) => $"{Signed(e.Value)} ({Numbers.Interval(e, Signed)})";

    static string Signed(double value) => double.IsFinite(value) ? (value > 0 ? "+" : "") + Numbers.Fixed(value, 3) : Numbers.Missing;
}
