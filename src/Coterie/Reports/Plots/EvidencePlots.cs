using Coterie.Clustering;
using Coterie.Evaluation;
using Coterie.Reports.Html;
using ScottPlot;

namespace Coterie.Reports.Plots;

/// <summary>Why the segments may be believed.</summary>
static class EvidencePlots
{
    static readonly MarkerShape[] Shapes = [MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledTriangleUp, MarkerShape.FilledDiamond];
    static readonly LinePattern[] Patterns = [LinePattern.Solid, LinePattern.Dashed, LinePattern.Dotted, LinePattern.DenselyDashed];

    public static bool Measured(Candidate c) => double.IsFinite(c.MeanJaccard) && c.MeanJaccard > 0;

    /// <summary>Mean Jaccard by number of groups, a line for each method.</summary>
    public static string Stability(RunReport report, PlotStyle style, string directory)
    {
        using var plot = style.New("Stability by number of groups");
        var lines = SearchSection.Lines(report.Search);
        for (var i = 0; i < lines.Count; i++)
        {
            var line = plot.Add.Scatter(lines[i].Groups.Select(g => (double)g).ToArray(), lines[i].Mean.ToArray(), PlotStyle.Segment(i));
            line.LinePattern = Patterns[i % Patterns.Length];
            line.LineWidth = 2;
            line.MarkerShape = Shapes[i % Shapes.Length];
            line.MarkerSize = 7;
            if (lines[i].Chosen is not { } k) continue;
            var at = lines[i].Mean[lines[i].Groups.ToList().IndexOf(k)];
            plot.Add.Marker(k, at, MarkerShape.FilledCircle, 16, PlotStyle.Segment(i));
            style.Mark(plot, "chosen", k, at + 0.022, Alignment.LowerCenter, 14);
        }

        var most = lines.SelectMany(l => l.Groups).Max();
        var least = lines.SelectMany(l => l.Groups).Min();
        foreach (var (at, words) in new[] { (0.85, "very stable"), (0.75, "stable"), (0.6, "in doubt") })
        {
            plot.Add.HorizontalLine(at, 1, PlotStyle.Of("grey"), LinePattern.Dotted);
            style.Mark(plot, words, most + 0.02 * Math.Max(4, most - least), at, Alignment.LowerLeft, 12, PlotStyle.Of("muted"));
        }

        var span = Math.Max(4, most - least);
        var floor = Math.Min(0.5, lines.SelectMany(l => l.Mean).Min() - 0.05);
        plot.Axes.SetLimits(least - 0.2, most + 0.46 * span, floor, 1.02);
        style.List(plot, [.. lines.Select(l => ReportPlots.OneLine(l.Name.En, 28))], Shapes, most + 0.2 * span, 0.025 * span, 0.995, 0.05 * (1.02 - floor));
        plot.Axes.Bottom.SetTicks([.. Enumerable.Range(least, most - least + 1).Select(k => (double)k)], [.. Enumerable.Range(least, most - least + 1).Select(k => $"{k}")]);
        plot.Axes.Bottom.MajorTickStyle.Length = 0;
        plot.Grid.XAxisStyle.IsVisible = false;
        plot.XLabel("Number of groups");
        plot.YLabel("Mean Jaccard under resampling");
        return SegmentPlots.Saved(plot, style, directory, "stability.png", 1000, 520);
    }

    /// <summary>Share of the variance of later spend that each grouping explains, with intervals.</summary>
    public static string Validity(ReportValidity validity, PlotStyle style, string directory)
    {
        var metrics = ValiditySections.Ordered(validity);
        using var plot = style.New($"Differences in spend explained, next {validity.HorizonDays} days");
        for (var i = 0; i < metrics.Count; i++)
            Interval(plot, style, metrics.Count - 1 - i, metrics[i].R2Spend, PlotStyle.Of(metrics[i].Name == "ours" ? "accent" : "grey"));
        PlotStyle.Rows(plot, [.. metrics.Select(m => ValiditySections.Name(m).En)]);
        var ends = metrics.SelectMany(m => new[] { m.R2Spend.Low, m.R2Spend.High, m.R2Spend.Value }).Where(double.IsFinite).Append(0).ToArray();
        var span = Math.Max(ends.Max() - ends.Min(), 0.01);
        plot.Axes.SetLimitsX(ends.Min() - 0.04 * span, ends.Max() + 0.16 * span);
        SegmentPlots.PercentTicks(plot.Axes.Bottom);
        return SegmentPlots.Saved(plot, style, directory, "validity.png", 900, 130 + 60 * metrics.Count);
    }

    static void Interval(Plot plot, PlotStyle style, double row, Estimate e, Color color)
    {
        if (!double.IsFinite(e.Value)) return;
        var (low, high) = (double.IsFinite(e.Low) ? e.Low : e.Value, double.IsFinite(e.High) ? e.High : e.Value);
        var line = plot.Add.Line(low, row, high, row);
        line.LineColor = color.WithAlpha(0.4);
        line.LineWidth = 5;
        line.MarkerSize = 0;
        plot.Add.Marker(e.Value, row, MarkerShape.FilledCircle, 12, color);
        style.Mark(plot, "  " + Numbers.Percent(e.Value), high, row, Alignment.MiddleLeft, 14);
    }
}
