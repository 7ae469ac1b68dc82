using Coterie.Decisions;
using Coterie.Numerics;
using Coterie.Profiles;
using CsCheck;

namespace Coterie.Tests.Decisions;

public class ListTests
{
    [Fact]
    public void ATopList_IsTheSortedCatalogue_CutOff() => Gen.Select(Gen.Int[0, 3].Array[1, 30], Gen.Int[1, 12], Gen.ULong[1, 100]).Sample((raw, n, seed) =>
    {
        var scores = raw.Select(x => (float)x).ToArray();
        var off = raw.Select((_, i) => i % 5 == 4).ToArray();
        var drawn = RankedLists.Draw(raw.Length, new Seed(seed));
        var expected = Enumerable.Range(0, raw.Length).Where(p => !off[p]).OrderByDescending(p => scores[p]).ThenBy(p => drawn[p]).Take(n);
        Assert.Equal(expected, RankedLists.Top(scores, off, drawn, n));
    });

    [Fact]
    public void WithoutDiversity_TheOrderStays_AndWithAllOfIt_LikeProductsComeLast()
    {
        float Likeness(int a, int b) => a / 3 == b / 3 ? 1 : 0;
        int[] products = [0, 1, 2, 3, 6];
        float[] scores = [5, 4.9f, 4.8f, 1, 0.5f];
        Assert.Equal([0, 1, 2], RankedLists.Diverse(products, scores, Likeness, 0, 3));
        Assert.Equal([0, 3, 6], RankedLists.Diverse(products, scores, Likeness, 0.6, 3));
    }

    [Fact]
    public void Metrics_AreThoseOfASheetOfPaper()
    {
        var score = ListScores.Of([7, 3, 9], new HashSet<int> { 3, 5 });
        Assert.Equal(0.5, score.Recall);
        Assert.Equal(1, score.Hit);
        Assert.Equal(1 / Math.Log2(3) / (1 + 1 / Math.Log2(3)), score.Ndcg, 5e-13);
        var metrics = ListScores.Metrics([score, new(0, 0, 0)], [[0, 1], [1]], [3, 0, 9], 3, 3, new Seed(1));
        Assert.Equal(2.0 / 3, metrics.Coverage, 5e-13);
        Assert.Equal((0 + 2 + 2) / 3.0, metrics.Novelty, 5e-13);
        Assert.InRange(metrics.Recall.Value, metrics.Recall.Low, metrics.Recall.High);
    }

    static FittedMember Member(string id, ItemRecommender model) => MemberTrials.Of(id, new Bilingual(id, id), "", model);

    [Fact]
    public void OnTheCustomersItWasWeighedOn_ABlendIsNotBelowItsBestMember() => Gen.ULong[1, 1000].Sample(seed =>
    {
        var h = SomeBaskets.Tastes(3, 8, 40, 6, seed);
        var customers = new JudgedCustomers
        {
            Histories = [.. h.Histories.Select(x => x[..4])], Segments = new int[40], Targets = [.. h.Histories.Select(x => (IReadOnlySet<int>)x[4..].ToHashSet())], Off = new bool[24], Again = true,
        };
        var past = h.WithoutLast(2);
        FittedMember[] members = [Member("ease", Ease.Fit(past, new() { Threads = 1 })), Member("own", new OwnPurchases(h.Products, 0.9)), Member("popular", PopularItems.Fit(past))];
        var drawn = RankedLists.Draw(24, new Seed(seed));
        var weights = BlendSearch.Weights(members, customers, drawn, 1);
        Assert.Equal(1, weights.Sum(), 5e-10);
        Assert.All(weights, w => Assert.True(w >= 0));
        Assert.Equal(weights, BlendSearch.Weights(members, customers, drawn, 3));
        var lists = new RecommendationBlend { Members = members, Weights = weights }.Lists(customers, drawn, 1);
        double Ndcg(int m) => lists[m].Select((list, c) => ListScores.Of(list, customers.Targets[c]).Ndcg).Average();
        for (var m = 0; m < members.Length; m++)
        {
            Assert.True(Ndcg(3) >= Ndcg(m) - 1e-9);
            Assert.Equal(RecommendationBlend.Alone(members[m], customers, drawn, 1), Ndcg(m), 1e-9);
        }
    }, iter: 8);

    [Fact]
    public void Standardised_HasMeanZero_AndSpreadOne_UnlessAllAreEqual()
    {
        float[] row = [1, 2, 3, 6];
        Assert.Equal(1 / Math.Sqrt(3.5), FittedMember.Standardise(row), 1e-9);
        Assert.Equal(0, row.Sum(), 1e-5f);
        float[] flat = [4, 4];
        Assert.Equal(0, FittedMember.Standardise(flat));
        Assert.Equal([0f, 0f], flat);
    }
}
