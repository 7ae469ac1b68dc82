using Coterie.Numerics;

namespace Coterie.Decisions.Pricing;

/// <summary>The elasticities of the segments of one group: their estimates and the covariance of their errors.</summary>
/// <param name="Y">segments.</param>
/// <param name="Covariance">segments x segments, row-major: products and their shocks are the same for all, so errors go together.</param>
sealed record SegmentEstimates(double[] Y, double[] Covariance);

/// <summary>Segments shrunk towards the mean of their group.</summary>
/// <param name="Effects">groups; draws x segments.</param>
/// <param name="Scatter">draws: how much segments differ within a group.</param>
/// <param name="Weights">groups x segments: share of each that its own data carry, at the middle of what is believed of the scatter.</param>
sealed record ShrunkSegments(double[][][] Effects, double[] Scatter, double[][] Weights);

/// <summary>Random effects one level below <see cref="Shrinkage"/>: estimates y ~ N(b, S), b_s ~ N(group mean, scatter^2), group mean ~ N(centre, spread^2)
/// with centre and spread drawn there. The scatter is the same in all groups: its restricted likelihood is the product over groups.</summary>
static class SegmentShrinkage
{
    /// <param name="groups">Estimates with positive definite covariances.</param>
    /// <param name="above">What is believed of groups.</param>
    /// <param name="rng">Of the draws.</param>
    internal static ShrunkSegments Of(IReadOnlyList<SegmentEstimates> groups, Shrunk above, Rng rng)
    {
        var draws = above.Centres.Length;
        double[] cumulative = new double[Shrinkage.Grid], log = new double[Shrinkage.Grid];
        for (var g = 0; g < log.Length; g++) log[g] = groups.Sum(e => Likelihood(e, Tau(g))) - Tau(g) * Tau(g) / 2;
        var (top, sum) = (log.Max(), 0.0);
        for (var g = 0; g < log.Length; g++) cumulative[g] = sum += Math.Exp(log[g] - top);
        var scatter = new double[draws];
        for (var d = 0; d < draws; d++)
        {
            var at = rng.NextDouble() * sum;
            scatter[d] = Tau(Array.FindIndex(cumulative, c => c > at));
        }

        var typical = Math.Pow(Draws.Quantile(scatter, 0.5), 2);
        var effects = groups.Select(e => new double[draws][]).ToArray();
        for (var g = 0; g < groups.Count; g++)
        {
            var (y, n) = (groups[g].Y, groups[g].Y.Length);
            var noise = Cholesky.Factor(groups[g].Covariance, n)!;
            for (var d = 0; d < draws; d++)
                effects[g][d] = Draw(groups[g], noise, above.Centres[d], above.Scatter[d], scatter[d], rng);
        }

        return new ShrunkSegments(effects, scatter, [.. groups.Select(e => Enumerable.Range(0, e.Y.Length).Select(s => typical / (typical + e.Covariance[s * e.Y.Length + s])).ToArray())]);
    }

    static double Tau(int g) => Shrinkage.Largest * g / (Shrinkage.Grid - 1);

    // Draws a world from the prior, sees it with an error, and moves it by what the real estimates differ (Matheron's rule).
    static double[] Draw(SegmentEstimates e, double[] noise, double centre, double spread, double tau, Rng rng)
    {
        var n = e.Y.Length;
        var mean = centre + spread * rng.NextNormal();
        double[] effect = new double[n], z = new double[n], rest = new double[n];
        for (var s = 0; s < n; s++) effect[s] = mean + tau * rng.NextNormal();
        for (var s = 0; s < n; s++) z[s] = rng.NextNormal();
        for (var s = 0; s < n; s++)
        {
            var error = 0.0;
            for (var p = 0; p <= s; p++) error += noise[s * (s + 1) / 2 + p] * z[p];
            rest[s] = e.Y[s] - effect[s] - error;
        }

        var solved = Cholesky.Solve(Cholesky.Factor(Variance(e, tau, spread * spread), n)!, n, rest);
        var all = spread * spread * solved.Sum();
        for (var s = 0; s < n; s++) effect[s] += all + tau * tau * solved[s];
        return effect;
    }

    static double[] Variance(SegmentEstimates e, double tau, double common)
    {
        var n = e.Y.Length;
        var v = e.Covariance.ToArray();
        for (var s = 0; s < n; s++)
        {
            v[s * n + s] += tau * tau;
            for (var p = 0; p < n; p++) v[s * n + p] += common;
        }

        return v;
    }

    // log p(y | tau) of a group with a flat prior on its mean: -1/2 (log |V| + log 1'V^-1 1 + squares around the weighted mean).
    static double Likelihood(SegmentEstimates e, double tau)
    {
        var n = e.Y.Length;
        var l = Cholesky.Factor(Variance(e, tau, 0), n)!;
        var ones = Cholesky.Solve(l, n, [.. Enumerable.Repeat(1.0, n)]);
        var weighted = Cholesky.Solve(l, n, e.Y);
        var (precision, mean) = (ones.Sum(), weighted.Sum() / ones.Sum());
        var (squares, determinant) = (0.0, 0.0);
        for (var s = 0; s < n; s++)
        {
            squares += (e.Y[s] - mean) * (weighted[s] - mean * ones[s]);
            determinant += 2 * Math.Log(l[s * (s + 1) / 2 + s]);
        }

        return -0.5 * (determinant + Math.Log(precision) + squares);
    }
}
