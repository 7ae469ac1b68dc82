using System.Globalization;
using Coterie.Evaluation;
using Coterie.Reports.Html;
using ScottPlot;

namespace Coterie.Reports.Plots;

/// <summary>How the networks learned, and how soon the classifier knows a customer.</summary>
static class LearningPlots
{
    static readonly MarkerShape[] Shapes = [MarkerShape.FilledCircle, MarkerShape.FilledSquare];

    public static bool Drawn(LearningRun run) => run.Curve.Any(e => double.IsFinite(e.Loss));

    /// <summary>Training and validation loss by epoch, a panel for each training, one below the other.</summary>
    public static string Curves(IReadOnlyList<LearningRun> trainings, PlotStyle style, string directory)
    {
        Plot[] plots = [.. trainings.Where(Drawn).Select(run => Curve(run, style))];
        var path = Path.Combine(directory, "learning.png");
        PlotStyle.Save(plots, path, 1000, 380);
        foreach (var plot in plots) plot.Dispose();
        return path;
    }

    static Plot Curve(LearningRun run, PlotStyle style)
    {
        var plot = style.New($"{ReportPlots.OneLine(LearningSection.What(run).En, 60)}: loss by epoch");
        LearningEpoch[] training = [.. run.Curve.Where(e => double.IsFinite(e.Loss))], validation = [.. run.Curve.Where(e => e.Validation is { } v && double.IsFinite(v))];
        Line(plot, training.Select(e => (double)e.Epoch), training.Select(e => e.Loss), 0);
        if (validation.Length > 0) Line(plot, validation.Select(e => (double)e.Epoch), validation.Select(e => e.Validation!.Value), 1);

        double[] losses = [.. training.Select(e => e.Loss), .. validation.Select(e => e.Validation!.Value)];
        var (least, most) = (losses.Min(), losses.Max());
        var height = Math.Max(most - least, 1e-6 + 0.02 * Math.Abs(most));
        var epochs = Math.Max(training.Max(e => e.Epoch), 2);
        plot.Axes.SetLimits(0.5, 0.5 + 1.26 * epochs, least - 0.08 * height, most + 0.14 * height);
        plot.Add.VerticalLine(run.BestEpoch, 1, PlotStyle.Of("grey"), LinePattern.Dotted);
        style.Mark(plot, "kept", run.BestEpoch + 0.008 * epochs, most + 0.13 * height, Alignment.UpperLeft, 13, PlotStyle.Of("muted"));
        style.List(plot, validation.Length > 0 ? ["Training", "Validation"] : ["Training"], Shapes, 0.5 + 1.08 * epochs, 0.015 * epochs, most + 0.04 * height, 0.1 * height);
        var step = Math.Max(1, (int)Math.Ceiling(epochs / 12.0));
        double[] ticks = [.. Enumerable.Range(1, epochs).Where(e => step == 1 || e % step == 0).Select(e => (double)e)];
        plot.Axes.Bottom.SetTicks(ticks, [.. ticks.Select(t => t.ToString(CultureInfo.InvariantCulture))]);
        plot.Axes.Bottom.MajorTickStyle.Length = 0;
        plot.Grid.XAxisStyle.IsVisible = false;
        plot.XLabel("Epoch");
        plot.YLabel("Loss");
        return plot;
    }

    static void Line(Plot plot, IEnumerable<double> x, IEnumerable<double> y, int index)
    {
        var line = plot.Add.Scatter(x.ToArray(), y.ToArray(), PlotStyle.Segment(index));
        line.LinePattern = index == 0 ? LinePattern.Solid : LinePattern.Dashed;
        line.LineWidth = 2;
        line.MarkerShape = Shapes[index];
        line.MarkerSize = 7;
    }

    /// <summary>Share of held-out customers placed correctly when only their first events are seen, with intervals.</summary>
    public static string AccuracyByEvents(IReadOnlyList<AccuracyByEvents> steps, PlotStyle style, string directory)
    {
        using var plot = style.New("Customers placed correctly, by the number of events seen");
        double[] at = [.. Enumerable.Range(0, steps.Count).Select(i => (double)i)];
        foreach (var (step, x) in steps.Zip(at).Where(s => double.IsFinite(s.First.Accuracy.Low) && double.IsFinite(s.First.Accuracy.High)))
        {
            var bar = plot.Add.Line(x, step.Accuracy.Low, x, step.Accuracy.High);
            bar.LineColor = PlotStyle.Segment(0).WithAlpha(0.4);
            bar.LineWidth = 5;
            bar.MarkerSize = 0;
        }

        Line(plot, at, steps.Select(s => s.Accuracy.Value), 0);
        foreach (var (step, x) in steps.Zip(at).Where(s => double.IsFinite(s.First.Accuracy.Value)))
            style.Mark(plot, Numbers.Percent(step.Accuracy.Value), x, Math.Max(step.Accuracy.Value, double.IsFinite(step.Accuracy.High) ? step.Accuracy.High : 0) + 0.01, Alignment.LowerCenter, 14);
        double[] ends = [.. steps.SelectMany(s => new[] { s.Accuracy.Value, s.Accuracy.Low, s.Accuracy.High }).Where(double.IsFinite)];
        plot.Axes.SetLimits(-0.4, steps.Count - 0.6, Math.Max(0, Math.Floor(10 * ends.DefaultIfEmpty(0).Min() - 0.5) / 10), 1.04);
        plot.Axes.Bottom.SetTicks(at, [.. steps.Select(s => $"{(s.Events is { } n ? $"{n} events" : "all events")}\n{Numbers.Whole(s.Customers)} customers")]);
        plot.Axes.Bottom.MajorTickStyle.Length = 0;
        plot.Grid.XAxisStyle.IsVisible = false;
        SegmentPlots.PercentTicks(plot.Axes.Left);
        plot.YLabel("Accuracy");
        return SegmentPlots.Saved(plot, style, directory, "accuracy_by_events.png", 1000, 480);
    }
}
