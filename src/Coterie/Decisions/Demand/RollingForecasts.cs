using Coterie.Decisions.Trees;
using Coterie.Numerics;

namespace Coterie.Decisions.Demand;

/// <summary>What every method said at one origin, and how far off it was where the weeks after it are known.</summary>
sealed class OriginForecasts(int origin, int series)
{
    /// <summary>The first week that was not known.</summary>
    internal int Origin => origin;
    /// <summary>n x methods; null for a series that is too young at this origin.</summary>
    internal MethodForecast?[]?[] Methods { get; } = new MethodForecast?[]?[series];
    internal DemandPattern[] Patterns { get; } = new DemandPattern[series];
    /// <summary>n: mean absolute error of the seasonal naive forecast over the known weeks (Hyndman and Koehler 2006); zero where it had none.</summary>
    internal double[] Scales { get; } = new double[series];
    /// <summary>n x methods: mean pinball loss over the targets, in units of the scale; NaN where there is none. Null where the weeks after are not known.</summary>
    internal double[]?[] Losses { get; } = new double[]?[series];
}

/// <summary>Forecasts the past again from a row of origins, and the future from the last week. Everything that a forecast uses lies before its origin.</summary>
static class RollingForecasts
{
    /// <summary>Levels whose pinball losses are averaged: together close to the continuous ranked probability score, with weight on the upper end, which
    /// stock depends on.</summary>
    static readonly double[] Levels = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95];

    // Trees are learned anew at every fourth origin and used until the next; they stay trees of the past.
    const int TreesEvery = 4;

    /// <summary>The origins in order; the last is the end of the panel, where nothing can be scored.</summary>
    internal static OriginForecasts[] Run(DemandPanel panel, ForecastSettings settings, Action<string> say, CancellationToken stop)
    {
        var last = panel.Weeks - settings.Span;
        // Counted back from the last that can be scored.
        var count = Math.Min(settings.Origins, (last - settings.Fewest) / settings.Stride + 1);
        int[] origins = [.. Enumerable.Range(1, count).Select(k => last - (count - k) * settings.Stride), panel.Weeks];
        var groups = GroupSums(panel);
        var trees = Trees(panel, groups, settings, origins, say, stop);
        var all = new OriginForecasts[origins.Length];
        for (var k = 0; k < origins.Length; k++)
        {
            stop.ThrowIfCancellationRequested();
            say($"forecasting from week {origins[k]} of {panel.Weeks}");
            var at = all[k] = new OriginForecasts(origins[k], panel.Count);
            var seasons = groups.Select(g => SeasonalIndices.Of(g.AsSpan(0, at.Origin), panel.Season)).ToArray();
            var ensemble = trees[k];
            Chunks.Each(panel.Count, settings.Threads, i => One(panel, settings, at, i, seasons, groups, ensemble));
        }

        return all;
    }

    static void One(DemandPanel panel, ForecastSettings settings, OriginForecasts at, int i, double[]?[] seasons, double[][] groups, TreeEnsemble? trees)
    {
        var known = panel.Known(i, at.Origin);
        if (known.Length < settings.Fewest) return;
        at.Patterns[i] = panel.Sums[i] ? DemandPattern.Sum : DemandPatterns.Of(known);
        at.Scales[i] = Scale(known, panel.Season);
        var indices = seasons[panel.Groups[i] + 1] is { } season ? Spread(season, panel.Starts[i], known.Length + settings.Span) : null;
        var predicted = trees is null || panel.Sums[i] ? null : TreeForecasts.Predict(trees, panel, groups, settings, i, at.Origin);
        var methods = at.Methods[i] = MethodForecasts.Of(known, at.Patterns[i], settings, panel.Season, indices, predicted);
        if (at.Origin + settings.Span > panel.Weeks) return;
        var actual = Actual(panel, settings, i, at.Origin);
        var unit = at.Scales[i] > 0 ? at.Scales[i] : Math.Max(1e-3, Mean(known));
        at.Losses[i] = [.. methods.Select(m => m is null ? double.NaN : Loss(m, actual, panel.Whole, settings.Lead, unit))];
    }

    /// <summary>What was demanded: each step after the origin, then the sum of the lead time.</summary>
    internal static double[] Actual(DemandPanel panel, ForecastSettings settings, int series, int origin)
    {
        var actual = new double[settings.Horizon + 1];
        for (var h = 0; h < settings.Span; h++)
        {
            var y = panel.Demand[series][origin + h];
            if (h < settings.Horizon) actual[h] = y;
            if (h < settings.Lead) actual[^1] += y;
        }

        return actual;
    }

    /// <summary>Pinball loss: level x what was missing, or (1 - level) x what was too much.</summary>
    internal static double Pinball(double actual, double quantile, double level) =>
        actual >= quantile ? level * (actual - quantile) : (1 - level) * (quantile - actual);

    static double Loss(MethodForecast method, double[] actual, bool whole, int lead, double unit)
    {
        Span<double> quantiles = stackalloc double[Levels.Length];
        var total = 0.0;
        for (var target = 0; target < actual.Length; target++)
        {
            method.Of(target, whole).Quantiles(Levels, quantiles);
            var sum = 0.0;
            for (var q = 0; q < quantiles.Length; q++) sum += Pinball(actual[target], quantiles[q], Levels[q]);
            total += 2 * sum / quantiles.Length / (target == actual.Length - 1 ? lead : 1);
        }

        return total / actual.Length / unit;
    }

    /// <summary>The scale of MASE: mean absolute difference to a season before; to the week before where a season has not passed.</summary>
    internal static double Scale(ReadOnlySpan<double> known, int season)
    {
        var lag = known.Length > season ? season : 1;
        var sum = 0.0;
        for (var t = lag; t < known.Length; t++) sum += Math.Abs(known[t] - known[t - lag]);
        return sum / (known.Length - lag);
    }

    // The first is the sum of everything, then each group.
    static double[][] GroupSums(DemandPanel panel)
    {
        var sums = new double[panel.Groups.Max() + 2][];
        for (var g = 0; g < sums.Length; g++) sums[g] = new double[panel.Weeks];
        for (var i = 0; i < panel.Count; i++)
        {
            if (panel.Sums[i]) continue;
            for (var t = panel.Starts[i]; t < panel.Weeks; t++)
            {
                sums[0][t] += panel.Demand[i][t];
                if (panel.Groups[i] >= 0) sums[panel.Groups[i] + 1][t] += panel.Demand[i][t];
            }
        }

        return sums;
    }

    static TreeEnsemble?[] Trees(DemandPanel panel, double[][] groups, ForecastSettings settings, int[] origins, Action<string> say, CancellationToken stop)
    {
        var trees = new TreeEnsemble?[origins.Length];
        if (!settings.Boosting) return trees;
        int[] learned = [.. Enumerable.Range(0, origins.Length).Where(k => k % TreesEvery == 0 || k == origins.Length - 1)];
        say($"learning boosted trees at {learned.Length} origins");
        Chunks.Each(learned.Length, settings.Threads, j =>
        {
            stop.ThrowIfCancellationRequested();
            trees[learned[j]] = TreeForecasts.Fit(panel, groups, settings with { Threads = 1 }, origins[learned[j]]);
        });
        for (var k = 1; k < trees.Length; k++) trees[k] ??= trees[k - 1];
        return trees;
    }

    static double[] Spread(double[] season, int start, int length)
    {
        var indices = new double[length];
        for (var t = 0; t < length; t++) indices[t] = season[(start + t) % season.Length];
        return indices;
    }

    static double Mean(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var v in values) sum += v;
        return sum / values.Length;
    }
}
