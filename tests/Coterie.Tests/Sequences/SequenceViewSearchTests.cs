using Coterie.Evaluation;
using Coterie.Numerics;
using Coterie.Sequences;
using CsCheck;

namespace Coterie.Tests.Sequences;

public class SequenceViewSearchTests
{
    static SequenceViewOptions Few => new()
    {
        MaxComponents = 6, Patience = 2, Mixture = new() { MinEvents = 10, Starts = 3, LeftOutKinds = [] },
    };

    /// <summary>Customers of which each group goes through four kinds in another order; now and then a step is any of them.</summary>
    static CustomerSequences Orders(int customers, int groups, ulong seed)
    {
        int[][] orders = [[0, 1, 2, 3], [0, 1, 3, 2], [0, 2, 1, 3], [0, 2, 3, 1]];
        var rng = new Rng(seed, 1);
        return SomeSequences.Of([.. Enumerable.Range(0, customers).Select(i =>
        {
            var order = orders[i % groups];
            var place = rng.NextInt(4);
            return Enumerable.Range(0, 15 + rng.NextInt(30)).Select(_ => order[place = rng.NextDouble() < 0.2 ? rng.NextInt(4) : (place + 1) % 4]).ToArray();
        })]);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void TheNumberOfOrders_IsFound(int groups)
    {
        var sequences = Orders(800, groups, (ulong)groups);
        var found = SequenceViewSearch.Run([sequences], SomeSequences.AsOf, Few, new Seed(1));
        Assert.Equal(groups, found.Components);
        Assert.InRange(found.Stability, 0.9, 1);
        var labels = found.Model.Place(sequences, SomeSequences.AsOf).Assignment.Labels;
        Assert.InRange(LabelMetrics.CompareNumbered([.. labels.Select((_, i) => i % groups)], labels).Ari, 0.95, 1);
        Assert.Contains($"{groups} components: the finest division", found.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void CustomersOfOneLaw_AreNotDivided()
    {
        var sequences = Orders(600, 1, 9);
        var found = SequenceViewSearch.Run([sequences], SomeSequences.AsOf, Few, new Seed(1));
        Assert.Equal((1, 0.0), (found.Components, found.Stability));
        Assert.All(found.Candidates, c => Assert.Contains("does not come back", c.Verdict, StringComparison.Ordinal));
        Assert.All(found.Model.Place(sequences, SomeSequences.AsOf).Assignment.Labels, l => Assert.Equal(0, l));
        Assert.StartsWith("One component", found.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void ANumberThatIsAskedFor_IsTaken_AndItsStabilitySaid()
    {
        var found = SequenceViewSearch.Run([Orders(400, 2, 3)], SomeSequences.AsOf, Few with { Components = 3 }, new Seed(1));
        Assert.Equal((3, 3, 1), (found.Components, found.Model.LogWeights.Length, found.Candidates.Count));
        Assert.Equal(found.Candidates[0].MeanJaccard, found.Stability);
        Assert.Equal(3, found.ByComponent.Count);
        Assert.All(found.ByComponent, j => Assert.InRange(j, 0, 1));
        Assert.Contains("as asked", found.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void ChunksTheirOrderAndThreads_ChangeNoByte()
    {
        var sequences = Orders(200, 2, 11);
        SequenceViewResult Run(int threads, params CustomerSequences[] parts) =>
            SequenceViewSearch.Run(parts, SomeSequences.AsOf, Few with { Mixture = Few.Mixture with { Threads = threads } }, new Seed(2));
        var one = Run(1, sequences);
        var two = Run(4, SomeSequences.Part(sequences, 70, 200), SomeSequences.Part(sequences, 0, 70));
        Assert.Equal(one.Model.LogShares, two.Model.LogShares);
        Assert.Equal(one.Candidates, two.Candidates);
        Assert.Equal(one.Sentence, two.Sentence);
    }

    [Fact]
    public void TooFewCustomers_AreOneComponent_AndNoneIsAnError()
    {
        var one = SequenceViewSearch.Run([Orders(1, 1, 1)], SomeSequences.AsOf, Few, new Seed(1));
        Assert.Equal((1, 0), (one.Components, one.Candidates.Count));
        Assert.Contains("too few", one.Sentence, StringComparison.Ordinal);
        Assert.Throws<InputException>(() => SequenceViewSearch.Run([], SomeSequences.AsOf, Few, new Seed(1)));
    }

    [Fact]
    public void EveryImpossibleOption_IsNamed()
    {
        var wrong = new SequenceViewOptions
        {
            Components = 0, MinComponents = 1, MaxComponents = 0, MinJaccard = 0, Splits = 0, MinShare = 1, Patience = 0, Mixture = new() { Starts = 0 },
        };
        var message = Assert.Throws<ConfigurationException>(() => SequenceViewSearch.Run([], SomeSequences.AsOf, wrong, new Seed(1))).Message;
        Assert.Equal(8, message.Split('\n').Length);
    }

    [Fact]
    public void StartsOfASplit_DivideOneComponentAndKeepTheOthers()
    {
        var options = Few.Mixture with { Components = 3 };
        var evidence = MixtureEvidence.Of([Orders(150, 3, 5)], SomeSequences.AsOf, options, new Seed(1));
        var state = evidence.Best(options, new Seed(1));
        var starts = evidence.Splits(state, new Seed(1), 1);
        Assert.Equal(3, starts.Length);
        for (var split = 0; split < 3; split++)
        {
            for (var i = 0; i < evidence.Customers; i++)
            {
                for (var c = 0; c < 3; c++)
                {
                    var now = starts[split][i * 4 + c] + (c == split ? starts[split][i * 4 + 3] : 0);
                    Assert.Equal(state.Shares[i * 3 + c], now, 1e-12);
                }
            }
        }
    }

    /// <summary>Against a list of events that is filtered the plain way.</summary>
    [Fact]
    public void WithoutAKind_WhatIsLeftHasItsOwnGaps() => Gen.Int[0, 1000].Sample(seed =>
    {
        var all = SomeSequences.Turning(20, 12, (ulong)seed);
        var rng = new Rng((ulong)seed, 2);
        var at = 1_000_000L;
        all = all with { Seconds = [.. all.Seconds.Select(_ => at += rng.NextInt(rng.NextInt(4) == 0 ? 3_000_000 : 900))] };
        int kind = all.Place("kind"), gap = all.Place("gap");
        all.Codes[gap] = [.. all.Codes[gap].Select(_ => (ushort)(1 + rng.NextInt(8)))];
        var left = all.Without(["ad_click"]);
        var adClick = SequenceField.First + SequenceFields.Kinds.ToList().IndexOf("ad_click");
        for (var i = 0; i < all.Count; i++)
        {
            var plain = Enumerable.Range(all.Offsets[i], all.Offsets[i + 1] - all.Offsets[i]).Where(e => all.Codes[kind][e] != adClick).ToList();
            var own = Enumerable.Range(left.Offsets[i], left.Offsets[i + 1] - left.Offsets[i]).ToList();
            Assert.Equal(plain.Select(e => (all.Seconds[e], all.Codes[kind][e])), own.Select(e => (left.Seconds[e], left.Codes[kind][e])));
            for (var p = 0; p < plain.Count; p++)
            {
                var expected = p == 0 ? all.Codes[gap][all.Offsets[i]]
                    : SequenceField.First + SequenceFields.GapEdges.Count(edge => all.Seconds[plain[p]] - all.Seconds[plain[p - 1]] >= edge);
                Assert.Equal(expected, left.Codes[gap][own[p]]);
            }
        }
    }, iter: 30);

    [Fact]
    public void RowsAndProductsOfASparseMatrix_AreThoseOfTheFullOne() => Gen.Int[0, 1000].Sample(seed =>
    {
        var rng = new Rng((ulong)seed, 1);
        int n = 1 + rng.NextInt(20), m = 1 + rng.NextInt(15), k = 1 + rng.NextInt(11);
        float[][] full = [.. Enumerable.Range(0, n).Select(_ => Enumerable.Range(0, m).Select(_ => rng.NextInt(3) == 0 ? rng.NextInt(5) + 1f : 0).ToArray())];
        var offsets = full.Select(r => r.Count(x => x != 0)).Aggregate(new List<int> { 0 }, (sums, c) => [.. sums, sums[^1] + c]);
        var sparse = new SparseMatrix(n, m, [.. offsets], [.. full.SelectMany(r => Enumerable.Range(0, m).Where(j => r[j] != 0))], [.. full.SelectMany(r => r.Where(x => x != 0))]);
        int[] rows = [.. Enumerable.Range(0, 1 + rng.NextInt(8)).Select(_ => rng.NextInt(n))];
        double[] dense = [.. Enumerable.Range(0, m * k).Select(_ => rng.NextDouble() - 0.5)];
        var product = sparse.Take(rows).Times(dense, k, 2);
        for (var r = 0; r < rows.Length; r++)
        {
            for (var c = 0; c < k; c++)
            {
                var expected = 0.0;
                for (var j = 0; j < m; j++) expected += full[rows[r]][j] * dense[j * k + c];
                Assert.Equal(expected, product[r * k + c], 1e-12);
            }
        }
    }, iter: 50);
}
