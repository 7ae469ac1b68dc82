namespace Coterie.Decisions.Demand;

/// <summary>An exponential smoothing model fitted to one series.</summary>
sealed record SmoothingModel(SmoothingForm Form, ExponentialSmoothing.Parameters Parameters, ExponentialSmoothing.Pass Pass, int Weeks, double Variance, double Aicc)
{
    internal void Ahead(Span<double> means, Span<double> variances) => ExponentialSmoothing.Ahead(Form, Parameters, Pass, Weeks, Variance, means, variances);

    /// <summary>Variance of the sum of the next weeks' demand: an error stays in the weeks after it. Exact for additive errors; for multiplicative ones
    /// the size of an error is taken from the mean level.</summary>
    internal double SumVariance(ReadOnlySpan<double> means)
    {
        var level = 0.0;
        foreach (var m in means) level += m / means.Length;
        var one = Form.Error == SmoothingPart.Multiplicative ? Variance * level * level : Variance;
        var sum = 0.0;
        for (var t = 0; t < means.Length; t++)
        {
            var effect = 0.0;
            for (var j = 0; j < means.Length - t; j++) effect += ExponentialSmoothing.Kept(Form, Parameters, j);
            sum += effect * effect;
        }

        return one * sum;
    }
}

/// <summary>Fits exponential smoothing by maximum likelihood and chooses its form by the corrected information criterion (AICc).</summary>
/// <remarks>Rates, level and slope are estimated together; the first seasonals are those of a classical decomposition of the first seasons, counted as
/// estimated. Additive errors with a multiplicative season are left out: their variance may be infinite (Hyndman et al. 2008, section 2.5).</remarks>
static class SmoothingFit
{
    const int Evaluations = 60;

    /// <summary>The form with the smallest AICc; null where even the simplest cannot be fitted.</summary>
    /// <param name="season">Weeks of a season; 1, or more than 24 (too many seasonals to estimate): none.</param>
    /// <param name="levelOnly">Only ETS(A,N,N): for demand with many empty weeks.</param>
    internal static SmoothingModel? Choose(ReadOnlySpan<double> demand, int season, bool levelOnly)
    {
        var data = demand.ToArray();
        SmoothingModel? best = null;
        foreach (var form in Forms(data, season, levelOnly))
        {
            if (Fit(data, form) is { } model && (best is null || model.Aicc < best.Aicc - 1e-9)) best = model;
        }

        return best;
    }

    internal static IEnumerable<SmoothingForm> Forms(double[] demand, int season, bool levelOnly)
    {
        yield return new(SmoothingPart.Additive, SmoothingTrend.None, SmoothingPart.None, 1);
        if (levelOnly) yield break;
        var positive = demand.All(y => y > 0);
        var seasonal = season is > 1 and <= 24 && demand.Length >= 2 * season;
        foreach (var error in positive ? new[] { SmoothingPart.Additive, SmoothingPart.Multiplicative } : [SmoothingPart.Additive])
        {
            foreach (var trend in Enum.GetValues<SmoothingTrend>())
            {
                if (error != SmoothingPart.Additive || trend != SmoothingTrend.None) yield return new(error, trend, SmoothingPart.None, 1);
                if (!seasonal) continue;
                yield return new(error, trend, SmoothingPart.Additive, season);
                if (error == SmoothingPart.Multiplicative) yield return new(error, trend, SmoothingPart.Multiplicative, season);
            }
        }
    }

    /// <summary>Maximum likelihood; null where the weeks are too few for the form or no admissible fit was found.</summary>
    internal static SmoothingModel? Fit(double[] demand, SmoothingForm form, int evaluations = Evaluations)
    {
        var n = demand.Length;
        var trend = form.Trend != SmoothingTrend.None;
        var seasonal = form.Seasonal != SmoothingPart.None;
        var damped = form.Trend == SmoothingTrend.Damped;
        var free = 2 + (trend ? 2 : 0) + (seasonal ? 1 : 0) + (damped ? 1 : 0);
        // Estimated numbers: the free ones, all first seasonals but one, and the variance.
        var k = free + (seasonal ? form.Season - 1 : 0) + 1;
        if (n < k + 3) return null;

        var seasonals = seasonal ? FirstSeasonals(demand, form) : [];
        var begin = Begin(demand, form, seasonals);
        var size = Math.Max(1e-9, demand.Max() - demand.Min());
        // Order: alpha, level, then beta/alpha and slope, gamma/(1 - alpha), phi. Shares of their limit keep the region a box.
        var point = new double[free];
        var step = new double[free];
        var at = 0;
        void Put(double value, double first) => (point[at], step[at++]) = (value, first);
        Put(seasonal ? 0.2 : 0.3, 0.25);
        Put(begin.Level, 0.1 * size);
        if (trend)
        {
            Put(0.1, 0.15);
            Put(begin.Slope, 0.02 * size);
        }

        if (seasonal) Put(0.1, 0.15);
        if (damped) Put(0.95, -0.05);

        double Value(double[] x) => Read(x, form, seasonals) is var p && p.Admissible(form) && ExponentialSmoothing.Run(demand, form, p, []) is { } pass
            ? pass.Deviance(n) : double.PositiveInfinity;
        if (double.IsInfinity(Value(point))) return null;
        Simplex.Minimise(Value, point, step, evaluations * free);
        var parameters = Read(point, form, seasonals);
        var last = ExponentialSmoothing.Run(demand, form, parameters, []);
        if (last is null) return null;
        var aicc = last.Deviance(n) + 2 * k + 2.0 * k * (k + 1) / (n - k - 1);
        return new(form, parameters, last, n, last.SumSquares / Math.Max(1, n - free), aicc);
    }

    static ExponentialSmoothing.Parameters Read(double[] x, SmoothingForm form, double[] seasonals)
    {
        var at = 0;
        double alpha = x[at++], level = x[at++], beta = 0, slope = 0, gamma = 0, phi = 1;
        if (form.Trend != SmoothingTrend.None) (beta, slope) = (alpha * x[at++], x[at++]);
        if (form.Seasonal != SmoothingPart.None) gamma = (1 - alpha) * x[at++];
        if (form.Trend == SmoothingTrend.Damped) phi = x[at];
        return new(alpha, beta, gamma, phi, level, slope, seasonals);
    }

    readonly record struct Line(double Level, double Slope);

    // A line through the first ten weeks, or their mean, without season.
    static Line Begin(double[] demand, SmoothingForm form, double[] seasonals)
    {
        var n = Math.Min(10, demand.Length);
        double sumY = 0, sumT = 0, sumTT = 0, sumTY = 0;
        for (var t = 0; t < n; t++)
        {
            var s = seasonals.Length == 0 ? 0 : seasonals[t % seasonals.Length];
            var y = form.Seasonal switch { SmoothingPart.Additive => demand[t] - s, SmoothingPart.Multiplicative => demand[t] / s, _ => demand[t] };
            (sumY, sumT, sumTT, sumTY) = (sumY + y, sumT + t + 1, sumTT + (t + 1) * (t + 1), sumTY + (t + 1) * y);
        }

        var mean = sumY / n;
        if (form.Trend == SmoothingTrend.None) return new(mean, 0);
        var slope = (sumTY - sumT * mean) / (sumTT - sumT * sumT / n);
        var level = mean - slope * sumT / n;
        // Where the error multiplies the means must be positive from the start.
        return form.Error == SmoothingPart.Multiplicative && (level + slope <= 0 || level + slope * n <= 0) ? new(mean, 0) : new(level, slope);
    }

    static double[] FirstSeasonals(double[] demand, SmoothingForm form)
    {
        var m = form.Season;
        var weeks = Math.Min(demand.Length / m, 3) * m;
        var seasonals = new double[m];
        var multiplies = form.Seasonal == SmoothingPart.Multiplicative;
        for (var from = 0; from < weeks; from += m)
        {
            var mean = demand.AsSpan(from, m).ToArray().Average();
            for (var j = 0; j < m; j++) seasonals[j] += (multiplies ? demand[from + j] / mean : demand[from + j] - mean) / (weeks / m);
        }

        return seasonals;
    }
}
