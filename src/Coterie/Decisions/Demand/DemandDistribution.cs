using MathNet.Numerics;

namespace Coterie.Decisions.Demand;

/// <summary>What may be sold in a span: units or, where goods are weighed, any amount, never negative.</summary>
/// <remarks>
/// Whole units: negative binomial with the given mean and variance, Poisson where the variance is not above the mean; beyond a mean of 300, where the
/// steps of single units no longer matter, and for amounts: gamma with the same two moments. With a sample: the empirical distribution.
/// </remarks>
public readonly record struct DemandDistribution
{
    const double Steps = 300;

    public DemandDistribution(double mean, double variance, bool whole, double[]? sample = null)
    {
        // A mean of nothing at all would make any sale impossible; one unit in a thousand weeks is still little.
        Mean = Math.Max(mean, 1e-3);
        Variance = Math.Max(variance, whole ? Mean : 1e-6 * Mean * Mean);
        Whole = whole;
        Sample = sample;
    }

    public double Mean { get; }
    public double Variance { get; }
    /// <summary>Sales are whole units.</summary>
    public bool Whole { get; }
    /// <summary>Ascending values of equal weight, or null.</summary>
    public double[]? Sample { get; }

    /// <summary>The same shape around another mean.</summary>
    internal DemandDistribution Around(double mean)
    {
        var factor = mean / Mean;
        var whole = Whole;
        return new(mean, Variance * factor * factor, Whole, Sample is null ? null : [.. Sample.Select(y => whole ? Math.Round(y * factor) : y * factor)]);
    }

    /// <summary>E[max(0, Y - y)]: what is missing, on average, where y is there.</summary>
    internal double Beyond(double y)
    {
        if (Sample is { } sample) return sample.Average(v => Math.Max(0, v - y));
        if (!Counts)
        {
            // Of a gamma with shape s: m (1 - G(y; s + 1)) - y (1 - G(y; s)).
            if (y <= 0) return Mean - y;
            double shape = Mean * Mean / Variance, x = y * Mean / Variance;
            return Math.Max(0, Mean * (1 - Lower(shape + 1, x)) - y * (1 - Lower(shape, x)));
        }

        // E[max(0, Y - y)] = m - y + sum over k below y of (y - k) P(k).
        double sum = 0, p = First(out var r, out var odds);
        for (var k = 0.0; k < y; k++)
        {
            sum += (y - k) * p;
            p *= Ratio(k, r, odds);
        }

        return Math.Max(0, Mean - y + sum);
    }

    bool Counts => Whole && Mean <= Steps;

    /// <summary>P(Y &lt;= y).</summary>
    public double AtMost(double y)
    {
        if (y < 0) return 0;
        if (Sample is { } sample) return (double)Below(sample, y, orEqual: true) / sample.Length;
        if (!Counts) return Gamma(Whole ? Math.Floor(y) + 0.5 : y);
        var sum = 0.0;
        var p = First(out var r, out var odds);
        var last = Math.Floor(y);
        for (var k = 0.0; ; k++)
        {
            sum += p;
            if (k >= last || sum >= 1 - 1e-15) return Math.Min(sum, 1);
            p *= Ratio(k, r, odds);
        }
    }

    /// <summary>P(Y &lt; y).</summary>
    public double Under(double y)
    {
        if (Sample is { } sample) return (double)Below(sample, y, orEqual: false) / sample.Length;
        return Whole ? AtMost(Math.Ceiling(y) - 1) : AtMost(y);
    }

    /// <summary>The smallest y with P(Y &lt;= y) >= level.</summary>
    public double Quantile(double level)
    {
        Span<double> one = [level], found = stackalloc double[1];
        Quantiles(one, found);
        return found[0];
    }

    /// <summary>Quantiles for ascending levels in (0, 1).</summary>
    public void Quantiles(ReadOnlySpan<double> levels, Span<double> found)
    {
        if (Sample is { } sample)
        {
            for (var i = 0; i < levels.Length; i++) found[i] = sample[Math.Clamp((int)Math.Ceiling(levels[i] * sample.Length - 1e-9) - 1, 0, sample.Length - 1)];
            return;
        }

        if (!Counts)
        {
            for (var i = 0; i < levels.Length; i++) found[i] = Whole ? Math.Max(0, Math.Ceiling(GammaInverse(levels[i]) - 0.5)) : GammaInverse(levels[i]);
            return;
        }

        double sum = 0, p = First(out var r, out var odds), k = 0;
        for (var i = 0; i < levels.Length; i++)
        {
            while (sum + p < levels[i] && p > 0 && k < 1e6)
            {
                sum += p;
                p *= Ratio(k, r, odds);
                k++;
            }

            found[i] = k;
        }
    }

    // P(0), and what follows from one count to the next: P(k + 1) = P(k) (k + r)/(k + 1) m/(r + m); Poisson is the limit of r to infinity.
    double First(out double r, out double odds)
    {
        var excess = Variance - Mean;
        if (excess <= 1e-9 * Mean)
        {
            (r, odds) = (double.PositiveInfinity, Mean);
            return Math.Exp(-Mean);
        }

        r = Mean * Mean / excess;
        odds = Mean / (r + Mean);
        return Math.Exp(-r * Math.Log(1 + Mean / r));
    }

    static double Ratio(double k, double r, double odds) => double.IsPositiveInfinity(r) ? odds / (k + 1) : (k + r) / (k + 1) * odds;

    double Gamma(double y) => y <= 0 ? 0 : Lower(Mean * Mean / Variance, y * Mean / Variance);

    // Newton's steps from Wilson and Hilferty's start, kept inside a bracket.
    double GammaInverse(double level)
    {
        var shape = Mean * Mean / Variance;
        var root = 1 - 1 / (9 * shape) + Normal(level) / (3 * Math.Sqrt(shape));
        var x = root > 0.05 ? shape * root * root * root : Math.Exp((Math.Log(level) + SpecialFunctions.GammaLn(shape + 1)) / shape);
        double low = 0, high = double.PositiveInfinity;
        for (var i = 0; i < 60; i++)
        {
            x = Math.Max(x, 1e-300);
            var off = Lower(shape, x) - level;
            if (Math.Abs(off) <= 1e-12) break;
            if (off > 0) high = x;
            else low = x;
            var slope = Math.Exp((shape - 1) * Math.Log(x) - x - SpecialFunctions.GammaLn(shape));
            var next = x - off / slope;
            if (!(next > low && next < high)) next = double.IsPositiveInfinity(high) ? 2 * x + 1 : 0.5 * (low + high);
            var done = Math.Abs(next - x) <= 1e-9 * x;
            x = next;
            if (done) break;
        }

        return x * Variance / Mean;
    }

    // The library gives zero for tiny x, where a small shape still has most of its weight; there the first term of the series is exact to 1e-10.
    static double Lower(double shape, double x) => x <= 0 ? 0
        : x < 1e-10 ? Math.Exp(shape * Math.Log(x) - SpecialFunctions.GammaLn(shape + 1)) : SpecialFunctions.GammaLowerRegularized(shape, x);

    static double Normal(double level) => Math.Sqrt(2) * SpecialFunctions.ErfInv(2 * level - 1);

    static int Below(double[] sorted, double y, bool orEqual)
    {
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle] < y || (orEqual && sorted[middle] == y)) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
