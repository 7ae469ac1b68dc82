using Coterie.Features;
using Coterie.Numerics;

namespace Coterie.Evaluation;

/// <summary>What one grouping says more of the future than another, with paired bootstrap intervals.</summary>
internal sealed record FutureGain(Estimate R2Spend, Estimate Auc);

/// <summary>Compares two groupings of the same customers on the same halves and the same resamples.</summary>
internal static class ViewComparison
{
    internal static FutureGain Gain(Grouping ours, Grouping other, Outcomes outcomes, Seed seed, int threads, int resamples = 100)
    {
        bool[] ordered = [.. outcomes.Orders.Select(o => o > 0)];
        var fits = new[] { ours, other }.Select(g => CrossFit.Fit(g, outcomes.Spend, ordered, splits: 3, seed.Child(1))).ToArray();
        double[] r2 = new double[resamples], auc = new double[resamples];
        Parallel.For(0, resamples, new ParallelOptions { MaxDegreeOfParallelism = threads }, b =>
        {
            var weights = PredictiveValidity.PoissonWeights(ordered.Length, seed.Child(2).Stream((ulong)b));
            r2[b] = fits[0].R2Spend(weights) - fits[1].R2Spend(weights);
            auc[b] = fits[0].Auc(weights) - fits[1].Auc(weights);
        });
        return new FutureGain(
            PredictiveValidity.Interval(fits[0].R2Spend([]) - fits[1].R2Spend([]), r2),
            PredictiveValidity.Interval(fits[0].Auc([]) - fits[1].Auc([]), auc));
    }
}
