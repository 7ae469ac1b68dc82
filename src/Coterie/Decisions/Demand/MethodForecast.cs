namespace Coterie.Decisions.Demand;

/// <summary>What one method says of one series at one origin: means and variances of each step ahead and, last, of the sum of the lead time.</summary>
sealed class MethodForecast(double[] means, double[] variances, double[]? sample = null, double[]? sums = null)
{
    internal double[] Means => means;
    internal double[] Variances => variances;

    /// <summary>The distribution of a target; the last one is the sum of the lead time.</summary>
    internal DemandDistribution Of(int target, bool whole) =>
        new(means[target], variances[target], whole, target == means.Length - 1 ? sums : sample);
}

/// <summary>Everything that the methods say of one series at one origin.</summary>
static class MethodForecasts
{
    const int EmpiricalWindow = 26;
    static readonly int[] Windows = [4, 8, 13, 26];

    /// <summary>One forecast a method, null where a method does not apply.</summary>
    /// <param name="known">The series up to the origin, at least one week; validated.</param>
    /// <param name="season">Steps of a season.</param>
    /// <param name="indices">Seasonal index of each known step and of the horizon's after them, or null.</param>
    /// <param name="trees">Means of the boosted trees, horizon + 1, or null.</param>
    internal static MethodForecast?[] Of(ReadOnlySpan<double> known, DemandPattern pattern, ForecastSettings settings, int season, double[]? indices, double[]? trees)
    {
        var found = new MethodForecast?[DemandMethods.All.Length];
        var fitted = new double[known.Length];
        var often = pattern is DemandPattern.Smooth or DemandPattern.Erratic or DemandPattern.Sum;
        found[(int)DemandMethod.SeasonalNaive] = Naive(known, settings, season);
        found[(int)DemandMethod.MovingMean] = Moving(known, settings, fitted);
        found[(int)DemandMethod.Empirical] = Empirical(known, settings);
        if (pattern != DemandPattern.Sum)
        {
            found[(int)DemandMethod.Croston] = Flat(known, IntermittentSmoothing.Croston(known, corrected: false, fitted), fitted, settings);
            found[(int)DemandMethod.Sba] = Flat(known, IntermittentSmoothing.Croston(known, corrected: true, fitted), fitted, settings);
            found[(int)DemandMethod.Tsb] = Flat(known, IntermittentSmoothing.Tsb(known, fitted), fitted, settings);
        }

        found[(int)DemandMethod.Ets] = Smoothing(known, settings, season, !often, null);
        if (indices is not null) found[(int)DemandMethod.SeasonalEts] = Smoothing(known, settings, 1, !often, indices);
        if (trees is not null) found[(int)DemandMethod.BoostedTrees] = Trees(trees, found);
        found[(int)DemandMethod.Combination] = Pool(found, settings);
        return found;
    }

    static MethodForecast Naive(ReadOnlySpan<double> known, ForecastSettings settings, int season)
    {
        var lag = known.Length > season ? season : 1;
        var (means, variances) = (new double[settings.Horizon + 1], new double[settings.Horizon + 1]);
        var (errors, count) = (0.0, 0);
        for (var t = lag; t < known.Length; t++, count++) errors += (known[t] - known[t - lag]) * (known[t] - known[t - lag]);
        var one = count == 0 ? known[0] * known[0] : errors / count;
        for (var h = 0; h < settings.Span; h++)
        {
            var value = known[known.Length - lag + h % lag];
            // Without a season an error stays; with one it is there once in each season.
            var steps = h / lag + 1;
            if (h < settings.Horizon) (means[h], variances[h]) = (value, one * steps);
            if (h < settings.Lead)
            {
                means[^1] += value;
                variances[^1] += lag > 1 ? one * steps : one * (settings.Lead - h) * (settings.Lead - h);
            }
        }

        return new(means, variances);
    }

    // The window whose forecasts of the known weeks had the smallest squared errors.
    static MethodForecast Moving(ReadOnlySpan<double> known, ForecastSettings settings, double[] fitted)
    {
        var sums = new double[known.Length + 1];
        for (var t = 0; t < known.Length; t++) sums[t + 1] = sums[t] + known[t];
        var (best, least) = (Windows[0], double.PositiveInfinity);
        foreach (var window in Windows)
        {
            var squares = 0.0;
            for (var t = 1; t < known.Length; t++)
            {
                var off = known[t] - (sums[t] - sums[Math.Max(0, t - window)]) / Math.Min(t, window);
                squares += off * off;
            }

            if (squares < least) (best, least) = (window, squares);
        }

        fitted[0] = known[0];
        for (var t = 1; t < known.Length; t++) fitted[t] = (sums[t] - sums[Math.Max(0, t - best)]) / Math.Min(t, best);
        var n = known.Length;
        return Flat(known, (sums[n] - sums[Math.Max(0, n - best)]) / Math.Min(n, best), fitted, settings);
    }

    static MethodForecast Empirical(ReadOnlySpan<double> known, ForecastSettings settings)
    {
        var window = known[^Math.Min(EmpiricalWindow, known.Length)..];
        var sample = window.ToArray();
        var sums = new double[Math.Max(1, sample.Length - settings.Lead + 1)];
        for (var t = 0; t < sums.Length; t++)
            for (var j = 0; j < settings.Lead && t + j < sample.Length; j++) sums[t] += sample[t + j];
        Array.Sort(sample);
        Array.Sort(sums);
        double mean = sample.Average(), variance = sample.Sum(y => (y - mean) * (y - mean)) / sample.Length;
        var (means, variances) = (new double[settings.Horizon + 1], new double[settings.Horizon + 1]);
        Array.Fill(means, mean);
        Array.Fill(variances, variance);
        (means[^1], variances[^1]) = (settings.Lead * mean, settings.Lead * variance);
        return new(means, variances, sample, sums);
    }

    // A level: its variances are those that its forecasts of the known weeks had, at each distance and for the sum.
    static MethodForecast Flat(ReadOnlySpan<double> known, double level, double[] fitted, ForecastSettings settings)
    {
        level = Math.Max(0, level);
        var (means, variances) = (new double[settings.Horizon + 1], new double[settings.Horizon + 1]);
        Array.Fill(means, level);
        means[^1] = settings.Lead * level;
        var first = Math.Min(4, known.Length / 4);
        for (var target = 0; target <= settings.Horizon; target++)
        {
            var sum = target == settings.Horizon;
            var (from, steps) = sum ? (0, settings.Lead) : (target, 1);
            var (squares, count) = (0.0, 0);
            for (var t = first; t + from + steps <= known.Length; t++, count++)
            {
                var actual = 0.0;
                for (var j = 0; j < steps; j++) actual += known[t + from + j];
                var off = actual - steps * fitted[t];
                squares += off * off;
            }

            variances[target] = count > 0 ? squares / count : steps * steps * level * level;
        }

        return new(means, variances);
    }

    static MethodForecast? Smoothing(ReadOnlySpan<double> known, ForecastSettings settings, int season, bool levelOnly, double[]? indices)
    {
        var data = known.ToArray();
        if (indices is not null)
            for (var t = 0; t < data.Length; t++) data[t] /= indices[t];
        if (SmoothingFit.Choose(data, season, levelOnly) is not { } model) return null;
        double[] path = new double[settings.Span], spread = new double[settings.Span];
        model.Ahead(path, spread);
        var sum = model.SumVariance(path.AsSpan(0, settings.Lead));
        var (means, variances) = (new double[settings.Horizon + 1], new double[settings.Horizon + 1]);
        var seasonal = 0.0;
        for (var h = 0; h < settings.Span; h++)
        {
            var index = indices is null ? 1 : indices[data.Length + h];
            var mean = Math.Max(0, path[h]) * index;
            if (h < settings.Horizon) (means[h], variances[h]) = (mean, spread[h] * index * index);
            if (h >= settings.Lead) continue;
            means[^1] += mean;
            seasonal += index / settings.Lead;
        }

        variances[^1] = sum * seasonal * seasonal;
        return new(means, variances);
    }

    // The trees give means only; their spread is that of the smoothed level, in proportion to the mean.
    static MethodForecast Trees(double[] means, MethodForecast?[] others)
    {
        var like = others[(int)DemandMethod.Ets] ?? others[(int)DemandMethod.MovingMean]!;
        var variances = new double[means.Length];
        for (var k = 0; k < means.Length; k++)
            variances[k] = like.Variances[k] * Math.Clamp(means[k] / Math.Max(like.Means[k], 1e-6), 0.25, 4);
        return new([.. means], variances);
    }

    // Moments of the pool in which each member speaks with the same chance.
    static MethodForecast Pool(MethodForecast?[] found, ForecastSettings settings)
    {
        DemandMethod[] members = [DemandMethod.MovingMean, DemandMethod.Sba, DemandMethod.Tsb, DemandMethod.Ets, DemandMethod.SeasonalEts, DemandMethod.BoostedTrees];
        var (means, variances) = (new double[settings.Horizon + 1], new double[settings.Horizon + 1]);
        var there = members.Where(m => found[(int)m] is not null).Select(m => found[(int)m]!).ToArray();
        for (var k = 0; k < means.Length; k++)
        {
            foreach (var member in there) means[k] += member.Means[k] / there.Length;
            foreach (var member in there)
                variances[k] += (member.Variances[k] + (member.Means[k] - means[k]) * (member.Means[k] - means[k])) / there.Length;
        }

        return new(means, variances);
    }
}
