using Coterie.Evaluation;
using Coterie.Numerics;

namespace Coterie.Decisions;

/// <summary>How well lists of ten hold what customers took afterwards, ranked over the whole catalogue.</summary>
/// <remarks>Full ranking on purpose (Krichene and Rendle 2020). NDCG after Järvelin and Kekäläinen 2002; novelty after Vargas and Castells 2011.</remarks>
public sealed record ListMetrics
{
    /// <summary>Products found among the first ten, in shares of those that could be: the lesser of ten and what was taken.</summary>
    public required Estimate Recall { get; init; }
    /// <summary>Gain by place, in shares of the best possible list.</summary>
    public required Estimate Ndcg { get; init; }
    /// <summary>Share of customers who took something from their list.</summary>
    public required Estimate HitRate { get; init; }
    /// <summary>Products that are on any list, in shares of those that could be.</summary>
    public required double Coverage { get; init; }
    /// <summary>Mean of -log2 of the share of customers who took the product before: the higher, the less known.</summary>
    public required double Novelty { get; init; }
}

/// <summary>One customer's list against what they took.</summary>
readonly record struct ListScore(double Recall, double Ndcg, double Hit);

/// <summary>Computes metrics of lists; intervals are percentiles over customers drawn again.</summary>
static class ListScores
{
    internal const int Length = 10;
    const int Draws = 1000;

    static readonly double[] Gains = [.. Enumerable.Range(0, Length).Select(at => 1 / Math.Log2(at + 2))];

    /// <summary>What a hit at a place counts, from 0.</summary>
    internal static double Gain(int at) => Gains[at];

    /// <summary>The gain of the best possible list where so many products were taken.</summary>
    internal static double Ideal(int targets)
    {
        var ideal = 0.0;
        for (var at = 0; at < Math.Min(Length, targets); at++) ideal += Gains[at];
        return ideal;
    }

    internal static ListScore Of(ReadOnlySpan<int> list, IReadOnlySet<int> targets)
    {
        var (hits, gain) = (0, 0.0);
        for (var at = 0; at < Math.Min(Length, list.Length); at++)
        {
            if (!targets.Contains(list[at])) continue;
            hits++;
            gain += Gains[at];
        }

        return new((double)hits / Math.Min(Length, targets.Count), gain / Ideal(targets.Count), hits > 0 ? 1 : 0);
    }

    internal static Estimate Mean(IReadOnlyList<double> values, Seed seed)
    {
        var n = values.Count;
        if (n == 0) return new(double.NaN, double.NaN, double.NaN);
        var means = new double[Draws];
        var rng = seed.Stream(0);
        for (var d = 0; d < Draws; d++)
        {
            var sum = 0.0;
            for (var i = 0; i < n; i++) sum += values[rng.NextInt(n)];
            means[d] = sum / n;
        }

        Array.Sort(means);
        return new(values.Average(), means[(int)(0.025 * Draws)], means[(int)(0.975 * Draws)]);
    }

    /// <param name="scores">One a customer.</param>
    /// <param name="lists">Their lists.</param>
    /// <param name="takers">Customers who took each product before, of <paramref name="customers"/>.</param>
    /// <param name="possible">Products that could be on a list.</param>
    internal static ListMetrics Metrics(IReadOnlyList<ListScore> scores, IReadOnlyList<int[]> lists, int[] takers, int customers, int possible, Seed seed) => new()
    {
        Recall = Mean([.. scores.Select(s => s.Recall)], seed),
        Ndcg = Mean([.. scores.Select(s => s.Ndcg)], seed),
        HitRate = Mean([.. scores.Select(s => s.Hit)], seed),
        Coverage = (double)lists.SelectMany(l => l).Distinct().Count() / possible,
        // One more on both sides: a product that nobody took is very new, not infinitely so.
        Novelty = lists.SelectMany(l => l).Select(p => -Math.Log2((takers[p] + 1.0) / (customers + 1.0))).DefaultIfEmpty(double.NaN).Average(),
    };
}
