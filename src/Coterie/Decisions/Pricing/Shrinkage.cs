using Coterie.Evaluation;
using Coterie.Numerics;

namespace Coterie.Decisions.Pricing;

/// <summary>Estimates of one kind, shrunk towards one another.</summary>
/// <param name="Effects">draws x estimates: draws from what is believed of each.</param>
/// <param name="Scatter">draws: how much the true values differ (their standard deviation).</param>
/// <param name="Weights">estimates: the share of each that comes from its own data, at the middle of what is believed of the scatter.</param>
/// <param name="Centres">draws: their common mean.</param>
sealed record Shrunk(double[][] Effects, double[] Centres, double[] Scatter, double[] Weights);

/// <summary>Random effects: y_j ~ N(effect_j, se_j^2), effect_j ~ N(mean, scatter^2).</summary>
/// <remarks>
/// The likelihood of the scatter is the restricted one (REML; DerSimonian and Laird 1986 give its moment version), laid out on a grid and averaged over
/// instead of maximised: with few groups the maximum is often 0 and intervals around it too short (Rubin 1981; Gelman et al. 2013, section 5.4). The mean
/// has a flat prior, the scatter a half-normal one of scale 1: elasticities of kinds of goods differ by less than about 2.
/// </remarks>
static class Shrinkage
{
    internal const int Grid = 200;
    internal const double Largest = 4;

    /// <param name="y">estimates.</param>
    /// <param name="se">their standard errors, above 0.</param>
    /// <param name="draws">How many draws.</param>
    /// <param name="rng">Where they are drawn.</param>
    internal static Shrunk Of(ReadOnlySpan<double> y, ReadOnlySpan<double> se, int draws, Rng rng)
    {
        var n = y.Length;
        double[] grid = new double[Grid], log = new double[Grid], middle = new double[Grid], variance = new double[Grid];
        for (var g = 0; g < Grid; g++)
        {
            grid[g] = Largest * g / (Grid - 1);
            (log[g], middle[g], variance[g]) = Likelihood(y, se, grid[g]);
            log[g] -= grid[g] * grid[g] / 2;
        }

        var top = log.Max();
        var cumulative = new double[Grid];
        var sum = 0.0;
        for (var g = 0; g < Grid; g++) cumulative[g] = sum += Math.Exp(log[g] - top);
        var (effects, centres, scatter) = (new double[draws][], new double[draws], new double[draws]);
        for (var d = 0; d < draws; d++)
        {
            var at = rng.NextDouble() * sum;
            var g = Array.FindIndex(cumulative, c => c > at);
            var tau = scatter[d] = grid[g];
            var centre = centres[d] = middle[g] + Math.Sqrt(variance[g]) * rng.NextNormal();
            effects[d] = new double[n];
            for (var j = 0; j < n; j++)
            {
                var own = tau == 0 ? 0 : tau * tau / (tau * tau + se[j] * se[j]);
                effects[d][j] = centre + own * (y[j] - centre) + Math.Sqrt(own) * se[j] * rng.NextNormal();
            }
        }

        var typical = Draws.Quantile(scatter, 0.5);
        var weights = new double[n];
        for (var j = 0; j < n; j++) weights[j] = typical * typical / (typical * typical + se[j] * se[j]);
        return new Shrunk(effects, centres, scatter, weights);
    }

    readonly record struct At(double Log, double Middle, double Variance);

    // log p(y | scatter) with the mean integrated out; and what is then believed of the mean.
    static At Likelihood(ReadOnlySpan<double> y, ReadOnlySpan<double> se, double tau)
    {
        var (precision, centre) = (0.0, 0.0);
        for (var j = 0; j < y.Length; j++)
        {
            var p = 1 / (se[j] * se[j] + tau * tau);
            precision += p;
            centre += p * y[j];
        }

        centre /= precision;
        var log = -0.5 * Math.Log(precision);
        for (var j = 0; j < y.Length; j++)
        {
            var v = se[j] * se[j] + tau * tau;
            log -= 0.5 * (Math.Log(v) + (y[j] - centre) * (y[j] - centre) / v);
        }

        return new(log, centre, 1 / precision);
    }
}

/// <summary>Summaries of draws.</summary>
static class Draws
{
    internal static double Quantile(double[] draws, double q)
    {
        var sorted = draws.ToArray();
        Array.Sort(sorted);
        return OfSorted(sorted, q);
    }

    /// <summary>The mean with the middle 95 %.</summary>
    internal static Estimate Interval(double[] draws)
    {
        var sorted = draws.ToArray();
        Array.Sort(sorted);
        return new Estimate(sorted.Average(), OfSorted(sorted, 0.025), OfSorted(sorted, 0.975));
    }

    internal static double OfSorted(double[] sorted, double q)
    {
        var at = q * (sorted.Length - 1);
        var low = (int)at;
        return low + 1 >= sorted.Length ? sorted[low] : sorted[low] + (at - low) * (sorted[low + 1] - sorted[low]);
    }
}
