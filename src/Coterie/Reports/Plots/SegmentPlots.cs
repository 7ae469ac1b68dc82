using Coterie.Reports.Html;
using ScottPlot;

namespace Coterie.Reports.Plots;

/// <summary>Who the segments are.</summary>
static class SegmentPlots
{
    static readonly MarkerShape[] Shapes =
        [MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledTriangleUp, MarkerShape.FilledDiamond, MarkerShape.Cross, MarkerShape.Eks];

    /// <summary>Share of customers (grey) over share of revenue (coloured), a pair of bars for each segment.</summary>
    public static string Shares(RunReport report, PlotStyle style, string directory)
    {
        using var plot = style.New("Share of customers (grey) and of revenue (coloured)");
        var n = report.Segments.Count;
        var bars = new List<Bar>();
        for (var i = 0; i < n; i++)
        {
            var s = report.Segments[i];
            var row = n - 1 - i;
            bars.Add(Horizontal(row + 0.19, s.Share, PlotStyle.Of("grey")));
            bars.Add(Horizontal(row - 0.19, s.RevenueShare, PlotStyle.Segment(i)));
        }

        plot.Add.Bars(bars).Horizontal = true;
        var most = bars.Max(b => b.Value);
        foreach (var bar in bars) style.Mark(plot, " " + Numbers.Percent(bar.Value), bar.Value, bar.Position, Alignment.MiddleLeft);
        PlotStyle.Rows(plot, [.. report.Segments.Select(ReportPlots.Name)]);
        plot.Axes.SetLimitsX(0, most * 1.12);
        PercentTicks(plot.Axes.Bottom);
        return Saved(plot, style, directory, "segments.png", 900, 110 + 62 * n);
    }

    public static string Map(RunReport report, PlotStyle style, string directory)
    {
        using var plot = style.New("The map: every dot is a customer");
        var groups = report.Map.Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y)).ToLookup(p => p.Segment, StringComparer.Ordinal);
        if (report.Segments.Count == 0) Dots(plot, report.Map.Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y)), PlotStyle.Of("grey"), Shapes[0]);
        for (var i = 0; i < report.Segments.Count; i++)
        {
            Dots(plot, groups[report.Segments[i].Id], PlotStyle.Segment(i), Shapes[i % Shapes.Length]);
        }

        var all = groups.SelectMany(g => g).ToArray();
        if (report.Segments.Count > 0 && all.Length > 0)
        {
            var (left, right, low, high) = (all.Min(p => p.X), all.Max(p => p.X), all.Min(p => p.Y), all.Max(p => p.Y));
            var (wide, tall) = (Math.Max(right - left, 1e-9), Math.Max(high - low, 1e-9));
            style.List(plot, [.. report.Segments.Select(s => ReportPlots.OneLine(ReportPlots.Name(s), 30))], Shapes, right + 0.06 * wide, 0.022 * wide, high - 0.02 * tall, 0.055 * tall);
            plot.Axes.SetLimits(left - 0.03 * wide, right + 0.44 * wide, low - 0.05 * tall, high + 0.05 * tall);
        }

        for (var i = 0; i < report.Segments.Count; i++)
        {
            var own = groups[report.Segments[i].Id].ToArray();
            if (own.Length == 0) continue;
            var label = style.Mark(plot, report.Segments[i].Id, Median(own, p => p.X), Median(own, p => p.Y), Alignment.MiddleCenter, 14, Color.FromHex(Palette.TextOn(Palette.Segment(i).Light)));
            label.LabelBackgroundColor = PlotStyle.Segment(i);
            label.LabelBorderColor = PlotStyle.Of("paper");
            label.LabelBorderWidth = 2;
            label.LabelPadding = 4;
        }

        plot.HideGrid();
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.EmptyTickGenerator();
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.EmptyTickGenerator();
        plot.XLabel("Component 1");
        plot.YLabel("Component 2");
        return Saved(plot, style, directory, "map.png", report.Segments.Count > 0 ? 1100 : 860, 640);
    }

    static void Dots(Plot plot, IEnumerable<MapPoint> points, Color color, MarkerShape shape)
    {
        var own = points.ToArray();
        var dots = plot.Add.ScatterPoints(own.Select(p => p.X).ToArray(), own.Select(p => p.Y).ToArray(), color.WithAlpha(0.62));
        dots.MarkerShape = shape;
        dots.MarkerSize = 5;
    }

    /// <summary>Features by segments, coloured by the standardised difference, as on the page.</summary>
    public static string Differences(RunReport report, PlotStyle style, string directory)
    {
        var features = SegmentSections.Distinguishing(report.Segments).Take(14).ToArray();
        var (n, k) = (features.Length, report.Segments.Count);
        using var plot = style.New("What sets them apart: standard deviations from everybody else");
        for (var r = 0; r < n; r++)
        {
            for (var c = 0; c < k; c++)
            {
                var fact = report.Segments[c].Facts.FirstOrDefault(f => f.Feature == features[r].Feature);
                if (fact is null || !double.IsFinite(fact.Difference.Value)) continue;
                var level = SegmentSections.Level(fact.Difference.Value);
                var heat = Palette.Heat.FirstOrDefault(h => h.Fill.Name == level);
                var cell = plot.Add.Rectangle(c - 0.48, c + 0.48, n - 1 - r - 0.46, n - 1 - r + 0.46);
                cell.FillColor = Color.FromHex(heat.Fill?.Light ?? "#ffffff");
                cell.LineWidth = 0;
                style.Mark(plot, Numbers.Signed(fact.Difference.Value), c, n - 1 - r, Alignment.MiddleCenter, 13, Color.FromHex(heat.Text?.Light ?? "#5c626b"));
            }
        }

        PlotStyle.Rows(plot, [.. features.Select(f => ReportPlots.OneLine(f.Label.En, 34))]);
        plot.Axes.Bottom.SetTicks([.. Enumerable.Range(0, k).Select(i => (double)i)], [.. report.Segments.Select(s => s.Id)]);
        plot.Axes.SetLimitsX(-0.55, k - 0.45);
        plot.HideGrid();
        return Saved(plot, style, directory, "differences.png", 330 + 90 * k, 120 + 38 * n);
    }

    internal static string Saved(Plot plot, PlotStyle style, string directory, string name, int width, int height)
    {
        var path = Path.Combine(directory, name);
        style.Save(plot, path, width, height);
        return path;
    }

    internal static void PercentTicks(IAxis axis) =>
        axis.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { LabelFormatter = v => (v * 100).ToString("0", System.Globalization.CultureInfo.InvariantCulture) + "%" };

    static Bar Horizontal(double position, double value, Color color) =>
        new() { Position = position, Value = double.IsFinite(value) ? Math.Max(0, value) : 0, Size = 0.34, FillColor = color, LineWidth = 0 };

    static double Median(MapPoint[] points, Func<MapPoint, double> pick)
    {
        var sorted = points.Select(pick).Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
