using Coterie.Decisions;
using CsCheck;
using MathNet.Numerics.LinearAlgebra;

namespace Coterie.Tests.Decisions;

public class MemberTests
{
    [Fact]
    public void Ease_IsSteck_InPlainAlgebra() => SomeBaskets.Any.Sample(h =>
    {
        var model = Ease.Fit(h, new() { Penalty = 2.5, Threads = 1 });
        var n = h.Products.Count;
        var gram = Matrix<double>.Build.Dense(n, n, (i, j) => h.Histories.Count(x => x.Contains(i) && x.Contains(j)) + (i == j ? 2.5 : 0));
        var p = gram.Inverse();
        var scores = model.Score(h.Histories);
        for (var c = 0; c < h.Count; c++)
        {
            for (var j = 0; j < n; j++)
            {
                var expected = h.Histories[c].Distinct().Where(i => i != j).Sum(i => -p[i, j] / p[j, j]);
                // A product that nobody took is no part of the model, and would have no weight.
                Assert.Equal(expected, scores[c, j], 1e-5);
            }
        }
    });

    [Fact]
    public void Ease_WithFewerProducts_KeepsTheMostTaken()
    {
        var model = Ease.Fit(SomeBaskets.Of(4, [[0, 1], [1, 3], [1, 3], [2]]), new() { MostProducts = 2, Penalty = 1, Threads = 1 });
        Assert.Equal(2, model.Kept);
        Assert.NotEqual(0, model.Weight(1, 3));
        Assert.Equal(0, model.Weight(0, 1));
    }

    [Fact]
    public void AScore_IsTheSumOfItsReasons() => SomeBaskets.Any.Sample(h =>
    {
        ItemRecommender[] models =
        [
            Ease.Fit(h, new() { Decay = 0.8, Penalty = 3, Threads = 1 }), ItemNeighbours.Fit(h, new() { Threads = 1 }), ItemTransitions.Fit(h, new() { Popularity = 0, Threads = 1 }),
            new OwnPurchases(h.Products, 0.9), ContentVectors.Fit(h.Products, Words(h.Products.Count), 0.9),
        ];
        foreach (var model in models)
        {
            var scores = model.Score(h.Histories);
            for (var c = 0; c < h.Count; c++)
            {
                for (var p = 0; p < h.Products.Count; p++)
                {
                    var reasons = new Dictionary<int, double>();
                    model.AddReasons(h.Histories[c], p, 0.5, reasons);
                    Assert.Equal(0.5 * scores[c, p], reasons.Values.Sum(), 1e-4);
                }
            }
        }
    }, iter: 30);

    static ProductFacts Words(int n) => ProductFacts.None(n) with
    {
        Titles = [.. Enumerable.Range(0, n).Select(p => p % 2 == 0 ? "red wool hat" : "blue mug")], Prices = [.. Enumerable.Range(0, n).Select(p => 2.0 + p)],
    };

    [Fact]
    public void Content_KnowsAProductThatNobodyTook()
    {
        var facts = new ProductFacts
        {
            Titles = ["Red Wool Hat", "Blue China Mug", "Green Wool Hat", "红色羊毛帽子"], Categories = ["clothes/hats", "kitchen", "clothes/hats", "clothes/hats"],
            Brands = [null, null, null, null], Prices = [10, 5, 12, double.NaN],
        };
        var model = ContentVectors.Fit(["a", "b", "c", "d"], facts, 1);
        Assert.Equal(2, model.Recommend([0], 1)[0].Product);
        Assert.Equal(1, model.Likeness(0, 0), 1e-5f);
        Assert.True(model.Likeness(0, 2) > model.Likeness(0, 3) && model.Likeness(0, 3) > model.Likeness(0, 1));
    }

    [Fact]
    public void WordsOfATitle_AreLettersAndDigits_AndPairsOfIdeograms() => Assert.Equal(["SET", "OF", "3", "羊毛", "毛帽"], ProductWords.Of("set-of 3 羊毛帽"));

    [Fact]
    public void PopularityInASegment_LiesBetweenItsOwnAndTheShops()
    {
        var h = SomeBaskets.Of(2, [[0, 0, 0], [1]]);
        var scores = SegmentPopularity.Fit(h, null, [0, -1], 1).Score([-1, 0]);
        Assert.Equal(0.75f, scores[0, 0], 1e-6f);
        Assert.InRange(scores[1, 0], 0.75f, 1f);
        Assert.Equal(1f, scores[1, 0] + scores[1, 1], 1e-6f);
        var faded = SegmentPopularity.Fit(h, [[0.1, 0.1, 0.1], [1]], [-1, -1], 0).Score([-1]);
        Assert.Equal(1 / 1.3f, faded[0, 1], 1e-6f);
    }
}
