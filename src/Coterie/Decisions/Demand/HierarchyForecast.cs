using Coterie.Numerics;

namespace Coterie.Decisions.Demand;

/// <summary>How far off sums were on judged origins, by the way they were made.</summary>
/// <param name="Own">The sum's own forecast.</param>
/// <param name="BottomUp">The sum of its series' forecasts.</param>
/// <param name="MinTrace">Reconciled by minimum trace.</param>
/// <param name="Errors">How many errors were averaged, each in units of its sum's scale.</param>
/// <param name="Chosen">min_trace or bottom_up: the smaller error of the two that agree.</param>
public sealed record SumAccuracy(double Own, double BottomUp, double MinTrace, int Errors, string Chosen);

/// <summary>Forecasts of a hierarchy that agree: the mean of every sum is the sum of its series' means.</summary>
sealed class HierarchyForecast
{
    readonly ForecastRun run;
    readonly int[][] members;

    HierarchyForecast(ForecastRun run, int[][] members)
    {
        this.run = run;
        this.members = members;
        Accuracy = members.Length == 0 ? null : Compare();
        Means = Agree(run.Last, Accuracy?.Chosen == "bottom_up");
    }

    /// <summary>Null without sums.</summary>
    internal SumAccuracy? Accuracy { get; }

    /// <summary>Targets x nodes: each step ahead, then the sum of the lead time.</summary>
    internal double[][] Means { get; }

    /// <param name="run">Sums first, then the series.</param>
    /// <param name="members">The series of each sum.</param>
    internal static HierarchyForecast Of(ForecastRun run, int[][] members) => new(run, members);

    /// <summary>A target's distribution: the chosen method's, around the mean that agrees.</summary>
    internal DemandDistribution Distribution(int node, int target)
    {
        var mean = Math.Max(Means[target][node], 1e-3);
        return run.Forecast(run.Last, node) is { } forecast ? forecast.Of(target, run.Panel.Whole).Around(mean)
            : new(mean, 2 * mean, run.Panel.Whole);
    }

    /// <summary>Calibrated quantiles of a target for ascending levels.</summary>
    internal double[] Quantiles(int node, int target, ReadOnlySpan<double> levels) =>
        run.Calibration(run.Last, node, target).Quantiles(Distribution(node, target), levels);

    SumAccuracy? Compare()
    {
        double own = 0, up = 0, traced = 0;
        var count = 0;
        foreach (var k in run.Judged)
        {
            double[][] bottom = Agree(k, bottomUp: true), trace = Agree(k, bottomUp: false);
            for (var a = 0; a < members.Length; a++)
            {
                var scale = run.Origins[k].Scales[a];
                if (!(scale > 0)) continue;
                var actual = RollingForecasts.Actual(run.Panel, run.Settings, a, run.Origins[k].Origin);
                var mine = Base(k, a);
                for (var h = 0; h < run.Settings.Horizon; h++, count++)
                {
                    own += Math.Abs(mine[h] - actual[h]) / scale;
                    up += Math.Abs(bottom[h][a] - actual[h]) / scale;
                    traced += Math.Abs(trace[h][a] - actual[h]) / scale;
                }
            }
        }

        return count == 0 ? null : new(own / count, up / count, traced / count, count, traced <= up ? "min_trace" : "bottom_up");
    }

    double[][] Agree(int at, bool bottomUp)
    {
        var nodes = run.Panel.Count;
        var targets = run.Settings.Horizon + 1;
        var forecasts = new double[targets][];
        for (var target = 0; target < targets; target++) forecasts[target] = new double[nodes];
        for (var i = 0; i < nodes; i++)
        {
            var mine = Base(at, i);
            for (var target = 0; target < targets; target++) forecasts[target][i] = mine[target];
        }

        var errors = bottomUp ? [] : Errors(at);
        for (var target = 0; target < targets; target++) forecasts[target] = Reconciliation.MinTrace(forecasts[target], members, errors);
        if (run.Settings.Lead > run.Settings.Horizon) return forecasts;
        // The lead time is made of weeks that are forecast: its mean is their sum.
        var lead = new double[nodes];
        for (var i = members.Length; i < nodes; i++)
            for (var h = 0; h < run.Settings.Lead; h++) lead[i] += forecasts[h][i];
        forecasts[^1] = Reconciliation.BottomUp(lead, members);
        return forecasts;
    }

    // The chosen forecast; a series too young for one takes its mean so far.
    double[] Base(int at, int node)
    {
        if (run.Forecast(at, node) is { } forecast) return forecast.Means;
        var known = run.Panel.Known(node, run.Origins[at].Origin);
        var mean = 0.0;
        foreach (var y in known) mean += y / known.Length;
        var means = new double[run.Settings.Horizon + 1];
        Array.Fill(means, mean);
        means[^1] = mean * run.Settings.Lead;
        return means;
    }

    // Errors one step ahead at the origins that have passed.
    double[][] Errors(int at)
    {
        var now = run.Origins[at].Origin;
        int[] past = [.. Enumerable.Range(0, at).Where(k => run.Origins[k].Origin + run.Settings.Span <= now)];
        var errors = new double[past.Length][];
        Chunks.Each(past.Length, run.Settings.Threads, r =>
        {
            var row = errors[r] = new double[run.Panel.Count];
            for (var i = 0; i < row.Length; i++)
            {
                if (run.Forecast(past[r], i) is { } forecast) row[i] = run.Panel.Demand[i][run.Origins[past[r]].Origin] - forecast.Means[0];
            }
        });
        return errors;
    }
}
