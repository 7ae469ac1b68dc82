using System.Text.Json;
using Coterie.Clustering.Metrics;
using Coterie.Fusion;
using Coterie.Numerics;
using static Coterie.Tests.Fusion.SomeViews;

namespace Coterie.Tests.Fusion;

public class ConsensusTests
{
    static FusionResult Fuse(IReadOnlyList<FusionView> views, ConsensusOptions? options = null, ulong seed = 1) => Consensus.Fuse(views, options ?? Quick, new Seed(seed));

    static FusionView[] Two(Planted x) => [View("features", x.First), View("sequence", x.Second)];

    static double Ari(int[] a, int[] b) => Agreement.AdjustedRand(a, b);

    [Theory]
    [InlineData(ConsensusMethod.Mixture)]
    [InlineData(ConsensusMethod.CoAssociation)]
    public void ViewsThatEachSeeHalf_GiveTheWholeStructureBack(ConsensusMethod method)
    {
        for (ulong seed = 0; seed < 2; seed++)
        {
            var x = Halves(3_000, 0.01, seed);
            var result = Fuse(Two(x), new() { Method = method, Threads = 2 });
            Assert.True(Ari(x.Truth, x.First) <= 0.7 && Ari(x.Truth, x.Second) <= 0.7);
            Assert.Equal((true, 8), (result.Fused, result.Clusters));
            Assert.True(Ari(x.Truth, result.Customers.Segments) >= 0.95);
        }
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.15)]
    public void TheNoiseOfEachView_IsFoundOut(double noise)
    {
        var x = Halves(6_000, noise, 3);
        var result = Fuse(Two(x));
        Assert.Equal(8, result.Clusters);
        Assert.All(result.Views, v => Assert.InRange(v.Noise!.Value, noise - 0.025, noise + 0.025));
    }

    [Theory]
    [InlineData(ConsensusMethod.Mixture)]
    [InlineData(ConsensusMethod.CoAssociation)]
    public void AViewOfNoise_IsLeftOut_AndChangesNothing(ConsensusMethod method)
    {
        var x = Halves(2_000, 0.02, 5);
        var options = Quick with { Method = method };
        FusionResult two = Fuse(Two(x), options), three = Fuse([.. Two(x), View("noise", Noise(2_000, 6, 9))], options);
        Assert.Equal(0, three.Views[2].Weight);
        Assert.Equal(two.Customers.Segments, three.Customers.Segments);
        Assert.Contains("left out", three.Views[2].Reason, StringComparison.Ordinal);
        Assert.All(three.Customers.Opinions[2], o => Assert.Equal(-1, o));
    }

    [Fact]
    public void TwoViewsThatDoNotAgree_AreNotFused_AndTheOneThatPredictsIsKept()
    {
        var x = Halves(1_000, 0.02, 6);
        var result = Fuse([View("noise", Noise(1_000, 4, 1)) with { Validity = 0.01 }, View("sequence", x.Second) with { Validity = 0.2 }]);
        Assert.Equal((false, "sequence", 5), (result.Fused, result.Kept, result.Clusters));
        Assert.Equal(x.Second, result.Customers.Segments);
        Assert.Contains("no better than chance", result.Sentence, StringComparison.Ordinal);
        Assert.Contains("says most of the future (0.200 against 0.010)", result.Sentence, StringComparison.Ordinal);
        Assert.Contains("未融合", result.SentenceZh, StringComparison.Ordinal);
        Assert.DoesNotContain(true, result.Customers.Disputed);
    }

    [Theory]
    [InlineData(ConsensusMethod.Mixture)]
    [InlineData(ConsensusMethod.CoAssociation)]
    public void TheSameViewTwice_GivesThatViewBack(ConsensusMethod method)
    {
        for (ulong seed = 0; seed < 5; seed++)
        {
            var labels = Noise(800, 2 + (int)seed % 6, seed);
            var result = Fuse([View("a", labels), Renamed(View("b", labels), seed)], Quick with { Method = method });
            Assert.Equal(1, Ari(labels, result.Customers.Segments));
            Assert.DoesNotContain(true, result.Customers.Disputed);
        }
    }

    [Theory]
    [InlineData(ConsensusMethod.Mixture)]
    [InlineData(ConsensusMethod.CoAssociation)]
    public void NumbersOfClustersAndOrderOfCustomers_DoNotMatter(ConsensusMethod method)
    {
        for (ulong seed = 0; seed < 3; seed++)
        {
            var x = Halves(700, 0.1, seed);
            FusionView[] views = [Unsure("features", x.First, 5, seed), Unsure("sequence", x.Second, 5, seed + 1)];
            var order = Order(700, seed);
            var options = Quick with { Method = method, MaxClusters = 9 };
            FusionResult plain = Fuse(views, options), renamed = Fuse([.. views.Select(v => Renamed(v, seed))], options);
            var shuffled = Fuse([.. views.Select(v => Taken(v, order))], options);
            Assert.Equal(plain.Customers.Segments, renamed.Customers.Segments);
            Assert.Equal(plain.Customers.Disputed, renamed.Customers.Disputed);
            Assert.Equal(order.Select(i => plain.Customers.Segments[i]), shuffled.Customers.Segments);
            Assert.Equal(order.Select(i => plain.Customers.Probability[i]), shuffled.Customers.Probability);
            Assert.Equal(plain.Candidates, renamed.Candidates);
            Assert.Equal(plain.Candidates, shuffled.Candidates);
        }
    }

    [Fact]
    public void OnlyTheRatioOfWeightsMatters()
    {
        var x = Halves(900, 0.1, 8);
        FusionResult With(double scale) => Fuse([Two(x)[0] with { Stability = 0.9, Validity = 0.1 * scale }, Two(x)[1] with { Stability = 0.6, Validity = 0.3 * scale }]);
        FusionResult one = With(1), ten = With(8);
        Assert.Equal(one.Views.Select(v => v.Weight), ten.Views.Select(v => v.Weight));
        Assert.Equal(one.Customers.Probability, ten.Customers.Probability);
        Assert.Equal([0.9 * Math.Sqrt(1 / 3.0) / 0.6, 1], one.Views.Select(v => v.Weight).Select(w => Math.Round(w, 12)).Select((w, i) => i == 0 ? w : 1.0), (a, b) => Math.Abs(a - b) < 1e-9);
    }

    [Fact]
    public void ThreadsChangeNothing()
    {
        var x = Halves(9_000, 0.1, 9);
        FusionView[] views = [Unsure("features", x.First, 5, 1), Unsure("sequence", x.Second, 5, 2)];
        FusionResult one = Fuse(views), many = Fuse(views, Quick with { Threads = 4 });
        Assert.Equal(one.Customers.Probabilities.Values, many.Customers.Probabilities.Values);
        Assert.Equal(one.Candidates, many.Candidates);
        Assert.Equal(JsonSerializer.Serialize(one.Model), JsonSerializer.Serialize(many.Model));
    }

    [Theory]
    [InlineData(ConsensusMethod.Mixture)]
    [InlineData(ConsensusMethod.CoAssociation)]
    public void EveryCustomerHasASegment_AProbability_ASecond_AndBothOpinions(ConsensusMethod method)
    {
        var x = Halves(1_500, 0.1, 10);
        var result = Fuse([Unsure("features", x.First, 5, 1), Unsure("sequence", x.Second, 5, 2)], Quick with { Method = method });
        var c = result.Customers;
        for (var i = 0; i < 1_500; i++)
        {
            var p = c.Probabilities.Row(i).ToArray();
            Assert.Equal(1, p.Sum(), 1e-5);
            Assert.Equal(p.Max(), c.Probability[i]);
            Assert.Equal(c.Probability[i], p[c.Segments[i]]);
            Assert.Equal(p.Where((_, z) => z != c.Segments[i]).Max(), p[c.Second[i]]);
            Assert.Equal(c.Opinions[0][i] != c.Opinions[1][i], c.Disputed[i]);
        }

        // Numbered by size.
        var sizes = Enumerable.Range(0, result.Clusters).Select(z => c.Segments.Count(s => s == z)).ToArray();
        Assert.True(Math.Abs(sizes.Sum() - 1_500) == 0 && sizes.All(s => s > 0));
    }

    // A customer of segment 3 whom the first view takes for one of segment 6: no segment goes with both labels.
    [Fact]
    public void ACustomerWithContradictingLabels_IsDisputed_AndOthersAreNot()
    {
        var x = Halves(2_000, 0, 11);
        x.First[0] = FirstSees[6];
        x.Second[0] = SecondSees[3];
        var c = Fuse(Two(x)).Customers;
        Assert.True(c.Disputed[0]);
        Assert.Equal(1, c.Disputed.Count(d => d));
        var six = Array.IndexOf(x.Truth, 6, 1);
        Assert.Equal((c.Segments[six], c.Segments[Array.IndexOf(x.Truth, 3, 1)]), (c.Opinions[0][0], c.Opinions[1][0]));
    }

    [Fact]
    public void CustomersThatOneViewDoesNotKnow_ArePlacedByTheOther_AndByNone_Nowhere()
    {
        var x = Halves(2_000, 0, 12);
        for (var i = 0; i < 100; i++) x.First[i] = -1;
        for (var i = 0; i < 10; i++) x.Second[i] = -1;
        var result = Fuse(Two(x));
        Assert.All(Enumerable.Range(0, 10), i => Assert.Equal((-1, 0, -1), (result.Customers.Segments[i], result.Customers.Probability[i], result.Customers.Second[i])));
        var known = Enumerable.Range(10, 90).Where(i => SecondSees[x.Truth[i]] is 2 or 3).ToArray();
        Assert.All(known, i => Assert.Equal(result.Customers.Segments[Array.IndexOf(x.Truth, x.Truth[i], 200)], result.Customers.Segments[i]));
        Assert.Contains(result.Notes, n => n.StartsWith("10 customers have no opinion", StringComparison.Ordinal));
    }

    [Fact]
    public void TheModel_PlacesTheSameCustomersAgain_AlsoAfterAFile()
    {
        var x = Halves(1_000, 0.1, 13);
        FusionView[] views = [Unsure("features", x.First, 5, 1), Unsure("sequence", x.Second, 5, 2)];
        var result = Fuse(views);
        var read = JsonSerializer.Deserialize<ConsensusModel>(JsonSerializer.Serialize(result.Model))!;
        int[] some = [5, 900, 17];
        var placed = read.Place([.. views.Select(v => Taken(v, some))], 1);
        Assert.Equal(some.Select(i => result.Customers.Segments[i]), placed.Segments);
        Assert.Equal(some.Select(i => result.Customers.Probability[i]), placed.Probability);
        Assert.Contains("made from the views", Assert.Throws<InputException>(() => read.Place([views[1], views[0]], 1)).Message, StringComparison.Ordinal);
        Assert.Contains("has 2 clusters", Assert.Throws<InputException>(() => read.Place([views[0], View("sequence", [0, 1])], 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFixedNumber_IsKept_AndOneThatCannotBe_IsNoted()
    {
        var x = Halves(1_000, 0.02, 14);
        Assert.Equal(4, Fuse(Two(x), Quick with { Clusters = 4 }).Clusters);
        var same = Noise(300, 3, 1);
        var result = Fuse([View("a", same), View("b", same)], Quick with { Clusters = 7 });
        Assert.Equal(3, result.Clusters);
    }

    // Each view splits customers by what the other does not see, and they share a little: the mixture would call most of it noise.
    [Fact]
    public void WhereTheViewsSeeDifferentThings_AutoLeavesTheMixture_AndSaysSo()
    {
        var rng = new Rng(16, 1);
        var n = 3_000;
        int[] a = Noise(n, 6, 1), b = Noise(n, 6, 2);
        for (var i = 0; i < n; i++)
            if (rng.NextDouble() < 0.25) b[i] = a[i];
        FusionView[] views = [View("features", a) with { Stability = 0.3 }, View("sequence", b) with { Stability = 0.9 }];
        FusionResult auto = Fuse(views), plain = Fuse(views, Quick with { Method = ConsensusMethod.CoAssociation });
        Assert.Contains(auto.Notes, note => note.Contains("made by co-association", StringComparison.Ordinal));
        Assert.Equal(ConsensusMethod.CoAssociation, auto.Model!.Method);
        Assert.Equal(plain.Customers.Segments, auto.Customers.Segments);
        // The strong view is not hurt by the weak one.
        Assert.True(Ari(b, auto.Customers.Segments) > 0.6);
    }

    [Fact]
    public void FewerCellsThanCombinations_IsNoted_AndEverybodyIsPlaced()
    {
        var x = Halves(3_000, 0.05, 15);
        var result = Fuse(Two(x), Quick with { MaxCells = 10 });
        Assert.Contains(result.Notes, n => n.Contains("10 most frequent", StringComparison.Ordinal));
        Assert.DoesNotContain(-1, result.Customers.Segments);
        Assert.True(Ari(x.Truth, result.Customers.Segments) > 0.85);
    }

    [Fact]
    public void BadOptions_AreListedTogether()
    {
        var x = Halves(50, 0, 1);
        var bad = new ConsensusOptions { Clusters = 0, MinClusters = 1, MaxClusters = 0, MaxNoise = 2, MinShare = 1, MinJaccard = 2, Bootstraps = 1, StabilityPower = -1, ValidityPower = 9, MaxCells = 1, Threads = 0 };
        Assert.Equal(12, Assert.Throws<ConfigurationException>(() => Fuse([Two(x)[0]], bad)).Message.Split('\n').Length);
    }

    [Fact]
    public void ViewsThatDoNotFit_AreRefusedWithEveryProblem()
    {
        var x = Halves(50, 0, 1);
        var message = Assert.Throws<InputException>(() => Fuse([View("a", x.First) with { Stability = 3 }, View("a", x.Second[..40]) with { Validity = double.NaN }])).Message;
        Assert.Equal(4, message.Split('\n').Length);
        var half = new Matrix(50, 2);
        half.Values.AsSpan().Fill(0.3f);
        Assert.Contains("add up to 0.6", Assert.Throws<InputException>(() => Fuse([View("a", x.First), FusionView.OfProbabilities("b", half)])).Message, StringComparison.Ordinal);
        Assert.Throws<InputException>(() => Fuse([View("a", []), View("b", [])]));
    }
}
