namespace Coterie.Decisions.Demand;

/// <summary>Error or season of a model.</summary>
public enum SmoothingPart
{
    None,
    Additive,
    Multiplicative,
}

/// <summary>Trend of a model.</summary>
public enum SmoothingTrend
{
    None,
    Additive,
    Damped,
}

/// <summary>A model of the family: ETS(error, trend, season).</summary>
/// <param name="Season">Weeks of a season; 1 without.</param>
public sealed record SmoothingForm(SmoothingPart Error, SmoothingTrend Trend, SmoothingPart Seasonal, int Season)
{
    public override string ToString() =>
        $"ETS({(Error == SmoothingPart.Multiplicative ? 'M' : 'A')},{Trend switch { SmoothingTrend.None => "N", SmoothingTrend.Additive => "A", _ => "Ad" }},{Seasonal switch { SmoothingPart.None => 'N', SmoothingPart.Additive => 'A', _ => 'M' }})";
}

/// <summary>The innovations state space models of exponential smoothing (Hyndman, Koehler, Ord and Snyder 2008, tables 2.2, 2.3 and 6.1).</summary>
/// <remarks>Level l, slope b, seasonals s; with f = l + phi b:
/// additive error e = y - m, m = f (+ s): l = f + alpha e, b = phi b + beta e, s = s + gamma e;
/// multiplicative error e = (y - m)/m, m = f, f + s or f s: the same with m e for e, and with f e for level and slope and s(1 + gamma e) where the season multiplies.</remarks>
static class ExponentialSmoothing
{
    /// <summary>Rates and states before the first week.</summary>
    internal sealed record Parameters(double Alpha, double Beta, double Gamma, double Phi, double Level, double Slope, double[] Seasonals)
    {
        /// <summary>The usual region: every rate is a share of what it corrects (Hyndman et al. 2008, section 2.3 and chapter 10).</summary>
        internal bool Admissible(SmoothingForm form) =>
            Alpha is > 1e-4 and < 0.9999
            && (form.Trend == SmoothingTrend.None || (Beta > 1e-5 && Beta < Alpha))
            && (form.Seasonal == SmoothingPart.None || (Gamma > 1e-5 && Gamma < 1 - Alpha))
            && (form.Trend != SmoothingTrend.Damped || Phi is >= 0.8 and <= 0.98);
    }

    /// <summary>States after the last week, and the sums that the likelihood needs.</summary>
    /// <param name="SumSquares">Sum of e squared.</param>
    /// <param name="LogScale">Sum of log m; zero where the error is additive.</param>
    internal sealed record Pass(double Level, double Slope, double[] Seasonals, double SumSquares, double LogScale)
    {
        /// <summary>-2 log likelihood up to a constant: n log(sum e^2) + 2 sum log m.</summary>
        internal double Deviance(int n) => n * Math.Log(Math.Max(SumSquares, 1e-300)) + 2 * LogScale;
    }

    /// <summary>Runs a model over the demand.</summary>
    /// <param name="demand">n; positive where the error multiplies; validated.</param>
    /// <param name="fitted">n or empty: m before each week.</param>
    /// <returns>Null where a mean is not positive although the error or the season multiplies.</returns>
    internal static Pass? Run(ReadOnlySpan<double> demand, SmoothingForm form, Parameters p, Span<double> fitted)
    {
        var multiplies = form.Error == SmoothingPart.Multiplicative;
        var phi = form.Trend == SmoothingTrend.Damped ? p.Phi : 1;
        var (l, b) = (p.Level, form.Trend == SmoothingTrend.None ? 0 : p.Slope);
        var seasonals = p.Seasonals.Length == 0 ? [] : p.Seasonals.ToArray();
        double squares = 0, logs = 0;
        for (var t = 0; t < demand.Length; t++)
        {
            var f = l + phi * b;
            var at = form.Season > 1 ? t % form.Season : 0;
            var s = form.Seasonal == SmoothingPart.None ? 0 : seasonals[at];
            var mean = form.Seasonal switch { SmoothingPart.Additive => f + s, SmoothingPart.Multiplicative => f * s, _ => f };
            if (!fitted.IsEmpty) fitted[t] = mean;
            var off = demand[t] - mean;
            if (!multiplies)
            {
                squares += off * off;
                (l, b) = (f + p.Alpha * off, phi * b + p.Beta * off);
                if (form.Seasonal == SmoothingPart.Additive) seasonals[at] = s + p.Gamma * off;
                continue;
            }

            if (!(mean > 0) || (form.Seasonal == SmoothingPart.Multiplicative && !(s > 0 && f > 0))) return null;
            var e = off / mean;
            squares += e * e;
            logs += Math.Log(mean);
            var scale = form.Seasonal == SmoothingPart.Multiplicative ? f : mean;
            (l, b) = (f + p.Alpha * scale * e, phi * b + p.Beta * scale * e);
            if (form.Seasonal == SmoothingPart.Additive) seasonals[at] = s + p.Gamma * mean * e;
            else if (form.Seasonal == SmoothingPart.Multiplicative) seasonals[at] = s * (1 + p.Gamma * e);
        }

        return new(l, b, seasonals, squares, logs);
    }

    /// <summary>How much of an error of now is still in the mean of j weeks later: c_j of table 6.1, c_0 = 1.</summary>
    internal static double Kept(SmoothingForm form, Parameters p, int j)
    {
        if (j == 0) return 1;
        var trend = form.Trend switch
        {
            SmoothingTrend.None => 0,
            SmoothingTrend.Additive => p.Beta * j,
            _ => p.Beta * p.Phi * (1 - Math.Pow(p.Phi, j)) / (1 - p.Phi),
        };
        return p.Alpha + trend + (form.Seasonal != SmoothingPart.None && j % form.Season == 0 ? p.Gamma : 0);
    }

    /// <summary>Means and variances of the next weeks: exact for additive errors (class 1) and for multiplicative ones without or with an additive season
    /// (class 2); where the season multiplies, exact to the first order of the error's variance (Hyndman et al. 2008, section 6.3).</summary>
    /// <param name="n">Weeks that were seen.</param>
    /// <param name="variance">Of e.</param>
    /// <param name="means">h.</param>
    /// <param name="variances">h.</param>
    internal static void Ahead(SmoothingForm form, Parameters p, Pass pass, int n, double variance, Span<double> means, Span<double> variances)
    {
        var phi = form.Trend == SmoothingTrend.Damped ? p.Phi : 1;
        double path = pass.Level, slope = pass.Slope, kept = 0;
        var third = form.Seasonal == SmoothingPart.Multiplicative;
        var theta = new double[means.Length];
        for (var h = 0; h < means.Length; h++)
        {
            slope *= phi;
            path += slope;
            var s = form.Seasonal == SmoothingPart.None ? 0 : pass.Seasonals[(n + h) % form.Season];
            means[h] = form.Seasonal switch { SmoothingPart.Additive => path + s, SmoothingPart.Multiplicative => path * s, _ => path };
            if (form.Error != SmoothingPart.Multiplicative)
            {
                if (h > 0) kept += Kept(form, p, h) * Kept(form, p, h);
                variances[h] = variance * (1 + kept);
                continue;
            }

            var centre = third ? path : means[h];
            theta[h] = centre * centre;
            // Level and season take the same error, so its share in the season is part of c_j where the season multiplies too.
            for (var j = 1; j <= h; j++) theta[h] += variance * Kept(form, p, j) * Kept(form, p, j) * theta[h - j];
            var spread = theta[h] * (1 + variance) - centre * centre;
            variances[h] = third ? s * s * spread : spread;
        }
    }
}
