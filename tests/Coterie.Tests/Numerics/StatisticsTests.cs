using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Numerics;

public class StatisticsTests
{
    static readonly Gen<(double Score, bool Positive, double Weight)[]> Cases =
        Gen.Select(Gen.Int[0, 6], Gen.Bool, Gen.Int[0, 3], (s, p, w) => ((double)s, p, (double)w)).Array[0, 40];

    // The definition: the share of (positive, negative) pairs that the score orders rightly, ties counting half.
    static double PlainAuc((double Score, bool Positive, double Weight)[] cases)
    {
        double right = 0, pairs = 0;
        foreach (var p in cases.Where(c => c.Positive))
            foreach (var n in cases.Where(c => !c.Positive))
            {
                pairs += p.Weight * n.Weight;
                right += p.Weight * n.Weight * (p.Score > n.Score ? 1 : p.Score == n.Score ? 0.5 : 0);
            }

        return pairs == 0 ? 0.5 : right / pairs;
    }

    [Fact]
    public void Auc_IsTheShareOfPairsOrderedRightly() => Cases.Sample(cases =>
        Math.Abs(PlainAuc(cases) - Statistics.Auc(
            [.. cases.Select(c => c.Score)], [.. cases.Select(c => c.Positive)], [.. cases.Select(c => c.Weight)])) < 1e-12);

    [Fact]
    public void Auc_OfTheReversedScore_IsTheComplement() => Cases.Where(c => c.Any(x => x.Positive) && c.Any(x => !x.Positive)).Sample(cases =>
    {
        bool[] positive = [.. cases.Select(c => c.Positive)];
        var sum = Statistics.Auc([.. cases.Select(c => c.Score)], positive) + Statistics.Auc([.. cases.Select(c => -c.Score)], positive);
        return Math.Abs(sum - 1) < 1e-12;
    });
}
