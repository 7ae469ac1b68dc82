using Coterie.Decisions;
using CsCheck;

namespace Coterie.Tests.Decisions;

public class ItemRecommenderTests
{
    static ItemRecommender[] All(ItemHistories h, int threads = 1) =>
        [PopularItems.Fit(h), ItemTransitions.Fit(h, new() { Threads = threads }), ItemNeighbours.Fit(h, new() { Threads = threads, Neighbours = 3 })];

    [Fact]
    public void Popularity_IsACount() => SomeHistories.Any.Sample(h =>
    {
        var scores = PopularItems.Fit(h).Score([[]]);
        for (var p = 0; p < h.Products.Count; p++) Assert.Equal(h.Histories.Sum(x => x.Count(q => q == p)), scores[0, p]);
    });

    [Fact]
    public void Transitions_AreThoseOfAPlainTwin() => Gen.Select(SomeHistories.Any, Gen.Int[1, 4], Gen.Int[1, 4], Gen.Int[0, 2].Select(i => i / 2.0)).Sample((h, window, votes, shares) =>
    {
        var options = new ItemTransitionsOptions { Window = window, Votes = votes, Shares = shares, Popularity = 0.25, Threads = 1 };
        var scores = ItemTransitions.Fit(h, options).Score(h.Histories);
        var pairs = (from x in h.Histories from i in Enumerable.Range(0, x.Length) from d in Enumerable.Range(1, window) where i + d < x.Length
            select (From: x[i], To: x[i + d], Weight: 1.0 / d)).ToArray();
        for (var c = 0; c < h.Count; c++)
        {
            for (var p = 0; p < h.Products.Count; p++)
            {
                var expected = 0.25 * h.Histories.Sum(x => x.Count(q => q == p)) / h.Events;
                for (var back = 1; back <= Math.Min(votes, h.Histories[c].Length); back++)
                {
                    var from = h.Histories[c][^back];
                    var sum = pairs.Where(x => x.From == from).Sum(x => x.Weight);
                    if (sum > 0) expected += Math.Pow(0.7, back - 1) * pairs.Where(x => x.From == from && x.To == p).Sum(x => x.Weight) / Math.Pow(sum, shares);
                }

                Assert.Equal(expected, scores[c, p], 1e-4 * (1 + expected));
            }
        }
    });

    [Fact]
    public void Neighbours_AreThoseOfAPlainTwin() => Gen.Select(SomeHistories.Any, Gen.Int[0, 1].Select(i => 2.5 * i), Gen.Int[1, 2].Select(i => i / 2.0)).Sample((h, shrink, decay) =>
    {
        var scores = ItemNeighbours.Fit(h, new() { Neighbours = 0, Shrink = shrink, Decay = decay, Threads = 1 }).Score(h.Histories);
        int Both(int a, int b) => h.Histories.Count(x => x.Contains(a) && x.Contains(b));
        for (var c = 0; c < h.Count; c++)
        {
            for (var p = 0; p < h.Products.Count; p++)
            {
                double expected = 0;
                for (var back = 1; back <= h.Histories[c].Length; back++)
                {
                    var from = h.Histories[c][^back];
                    if (from != p && Both(from, p) > 0) expected += Math.Pow(decay, back - 1) * Both(from, p) / Math.Sqrt((Both(from, from) + shrink) * (Both(p, p) + shrink));
                }

                Assert.Equal(expected, scores[c, p], 1e-4 * (1 + expected));
            }
        }
    });

    [Fact]
    public void OneThreadAndMany_GiveTheSameNumbers() => SomeHistories.Any.Sample(h =>
    {
        foreach (var (one, many) in All(h).Zip(All(h, 4))) Assert.Equal(one.Score(h.Histories).Values, many.Score(h.Histories).Values);
    }, iter: 20);

    [Fact]
    public void OtherNames_PermuteTheScores_AndChangeNoneOfThem() => SomeHistories.Any.Sample(h =>
    {
        var last = h.Products.Count - 1;
        var turned = SomeHistories.Of(h.Products.Count, [.. h.Histories.Select(x => x.Select(p => last - p).ToArray())]);
        foreach (var (a, b) in All(h).Zip(All(turned)))
        {
            if (a is ItemNeighbours) continue; // of neighbours that are equally like, the one with the lower place is kept
            var (straight, mirrored) = (a.Score(h.Histories), b.Score(turned.Histories));
            for (var c = 0; c < h.Count; c++)
                for (var p = 0; p <= last; p++) Assert.Equal(straight[c, p], mirrored[c, last - p], 1e-5f);
        }
    });

    [Fact]
    public void ALaterEvent_OfAnotherCustomer_IsNotNeeded_ToScoreThisOne() => SomeHistories.Any.Sample(h =>
    {
        foreach (var model in All(h))
        {
            var together = model.Score(h.Histories);
            for (var c = 0; c < h.Count; c++) Assert.Equal(together.Row(c).ToArray(), model.Score([h.Histories[c]]).Row(0).ToArray());
        }
    }, iter: 20);

    [Fact]
    public void AList_HoldsTheBest_WithoutWhatIsKnown_UnlessAsked() => SomeHistories.Any.Sample(h =>
    {
        foreach (var model in All(h))
        {
            var history = h.Histories.MaxBy(x => x.Length)!;
            var scores = model.Score([history]);
            var fresh = model.Recommend(history, 4);
            Assert.Empty(fresh.Select(r => r.Product).Intersect(history));
            Assert.Equal(Math.Min(4, h.Products.Count - history.Distinct().Count()), fresh.Length);
            var all = model.Recommend(history, 1000, known: true);
            Assert.Equal(Enumerable.Range(0, h.Products.Count), all.Select(r => r.Product).Order());
            Assert.All(all, r => Assert.Equal(scores[0, r.Product], r.Score));
            Assert.Equal(all.Select(r => r.Score).OrderDescending(), all.Select(r => r.Score));
        }
    });

    [Fact]
    public void ARing_IsKnownByAChain()
    {
        var ring = SomeHistories.Ring(7, 14, 5);
        Assert.All(ring.Histories, h => Assert.Equal(h[^1], ItemTransitions.Fit(ring, new() { Window = 1, Votes = 1 }).Recommend(h[..^1], 1)[0].Product));
    }

    [Fact]
    public void ProblemsOfOptions_AreListedTogether()
    {
        var ring = SomeHistories.Ring(3, 3, 3);
        var transitions = Assert.Throws<ConfigurationException>(() => ItemTransitions.Fit(ring, new() { Window = 0, Decay = 2, Distance = -1, Votes = 0, Shares = 3, Popularity = double.NaN, Threads = -1 }));
        Assert.Equal(7, transitions.Message.Split('\n').Length);
        var neighbours = Assert.Throws<ConfigurationException>(() => ItemNeighbours.Fit(ring, new() { Neighbours = -1, Shrink = -1, Decay = 0, Threads = -1 }));
        Assert.Equal(4, neighbours.Message.Split('\n').Length);
    }

    [Fact]
    public void HistoriesThatCannotBeUsed_AreRefused_WithTheReason()
    {
        Assert.Contains("no event", Assert.Throws<InputException>(() => PopularItems.Fit(SomeHistories.Of(3, [[], []]))).Message, StringComparison.Ordinal);
        Assert.Contains("product 3; expected 0 to 2", Assert.Throws<InputException>(() => PopularItems.Fit(SomeHistories.Of(3, [[0, 3]]))).Message, StringComparison.Ordinal);
        Assert.Contains("one history for each", Assert.Throws<InputException>(() => PopularItems.Fit(SomeHistories.Ring(3, 3, 3) with { Customers = ["a"] })).Message, StringComparison.Ordinal);
        Assert.Contains("product -1", Assert.Throws<InputException>(() => PopularItems.Fit(SomeHistories.Ring(3, 3, 3)).Recommend([-1], 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NamesBecomePlaces_InTheirOwnOrder()
    {
        var histories = ItemHistories.Of(["a", "b"], [["pear", "fig"], ["apple", "fig", "pear"]]);
        Assert.Equal(["apple", "fig", "pear"], histories.Products);
        Assert.Equal([[2, 1], [0, 1, 2]], histories.Histories);
        Assert.Equal([[], [0]], histories.WithoutLast(2).Histories);
        Assert.Equal(5, histories.Events);
    }
}
