using Coterie.Evaluation;
using CsCheck;

namespace Coterie.Tests.Evaluation;

public class RankingMetricsTests
{
    // Few different scores, so that many are equal.
    static readonly Gen<float[]> Scores = Gen.Int[0, 4].Select(x => (float)x).Array[1, 14];

    /// <summary>All places that the target can have when products of equal scores stand in any order, each as likely.</summary>
    static int[] Ranks(float[] scores, int target, int[] left)
    {
        var on = Enumerable.Range(0, scores.Length).Where(p => p == target || !left.Contains(p)).ToArray();
        var above = on.Count(p => scores[p] > scores[target]);
        return [.. Enumerable.Range(above + 1, on.Count(p => scores[p] == scores[target]))];
    }

    [Fact]
    public void Measures_AreThoseOfAPlainTwin() => Gen.Select(Scores, Gen.Int[0, 13], Gen.Int[0, 13].Array[0, 5], Gen.Int[1, 12]).Sample((scores, pick, left, k) =>
    {
        var target = pick % scores.Length;
        var place = TargetPlace.Of(scores, target, left);
        var ranks = Ranks(scores, target, left);
        Assert.Equal(ranks.Average(r => r <= k ? 1.0 : 0), place.Hit(k), 1e-12);
        Assert.Equal(ranks.Average(r => r <= k ? 1 / Math.Log2(1 + r) : 0), place.Gain(k), 1e-12);
    });

    [Fact]
    public void OnlyTheOrderOfScoresCounts() => Gen.Select(Scores, Gen.Int[0, 13]).Sample((scores, pick) =>
        Assert.Equal(TargetPlace.Of(scores, pick % scores.Length, []), TargetPlace.Of([.. scores.Select(s => MathF.Exp(s) - 7)], pick % scores.Length, [])));

    [Fact]
    public void ModelsThatKnowNothing_ScoreAsAGuess() => Gen.Int[1, 60].Sample(n =>
        Assert.Equal(Math.Min(1, 10.0 / n), TargetPlace.Of(new float[n], n / 2, []).Hit(10), 1e-12));

    [Fact]
    public void ANumberThatIsNone_RanksLast() => Assert.Equal(new TargetPlace(2, 1), TargetPlace.Of([1, float.NaN, 0, float.NaN], 1, []));

    [Fact]
    public void Means_AreOverCustomers()
    {
        var metrics = RankingMetrics.Of([new(0, 0), new(3, 0), new(7, 0), new(20, 0)]);
        Assert.Equal(4, metrics.Customers);
        Assert.Equal(0.25, metrics.HitRate1);
        Assert.Equal(0.5, metrics.HitRate5);
        Assert.Equal(0.75, metrics.HitRate10);
        Assert.Equal((1 + 1 / Math.Log2(5)) / 4, metrics.Ndcg5, 1e-12);
        Assert.Equal((1 + 1 / Math.Log2(5) + 1 / Math.Log2(9)) / 4, metrics.Ndcg10, 1e-12);
        Assert.True(double.IsNaN(RankingMetrics.Of([]).Ndcg10));
    }
}
