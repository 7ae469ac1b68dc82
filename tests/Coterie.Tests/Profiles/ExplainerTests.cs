using Coterie.Clustering;
using Coterie.Features;
using Coterie.Numerics;
using Coterie.Profiles;
using CsCheck;

namespace Coterie.Tests.Profiles;

public class ExplainerTests
{
    static readonly Gen<Distance> Distances = Gen.Int[0, 1].Select(i => i == 0 ? Distance.Euclidean : Distance.Cosine);

    [Fact]
    public void Parts_AddUpToTheDifferenceOfSquaredDistances() =>
        Gen.Select(Gen.Float[-5, 5].Array[1, 30], Gen.ULong, Distances).Sample((row, seed, distance) =>
        {
            var rng = new Seed(seed).Stream(0);
            var own = Array.ConvertAll(row, _ => (float)rng.NextNormal());
            var second = Array.ConvertAll(row, _ => (float)rng.NextNormal());
            var parts = Explainer.Decompose(row, own, second, distance);
            var expected = Square(row, second, distance) - Square(row, own, distance);
            Assert.Equal(expected, parts.Sum(), 1e-9 * (1 + Math.Abs(expected) + parts.Sum(Math.Abs)));
        });

    [Fact]
    public void AbsoluteWeights_SumToOne_ForIsPositive_AgainstNegative_StrongestFirst() =>
        Gen.Select(Gen.ULong, Gen.Int[2, 4], Distances).Sample((seed, clusters, distance) =>
        {
            var request = Request(seed, clusters, distance);
            foreach (var at in new[] { 0, 17, 99 })
            {
                var e = Explainer.Explain(request, request.Table.Customers[at]);
                var all = e.For.Concat(e.Against).ToArray();
                Assert.Equal(1, all.Sum(f => Math.Abs(f.Weight)), 9);
                Assert.All(e.For, f => Assert.True(f.Weight > 0));
                Assert.All(e.Against, f => Assert.True(f.Weight < 0));
                Assert.Equal(e.For.OrderByDescending(f => f.Weight), e.For);
                Assert.Equal(e.Against.OrderBy(f => f.Weight), e.Against);
                Assert.Equal(e.Margin, all.Sum(f => f.Weight), 9);
                Assert.True(e.Difference >= -1e-9 && e.Margin >= -1e-9, "the own centre is the nearest");
                Assert.All(all, f => Assert.True(f.Sentence.En.Length > 0 && SomeTable.HasChinese(f.Sentence.Zh)));
            }
        }, iter: 20);

    [Fact]
    public void TheFeatureThatWasPlanted_SpeaksLoudest()
    {
        var request = Request(5, 2, Distance.Euclidean);
        // f0 sets segment 0 apart, f1 segment 1.
        var e = Explainer.Explain(request, request.Table.Customers[Array.IndexOf(request.Assignment.Labels, 0)]);
        Assert.Equal(["f0", "f1"], e.For.Take(2).Select(f => f.Feature).Order());
        Assert.Equal(request.Profiles.Single(p => p.Label == 0).Id, e.Segment);
        Assert.Equal(request.Profiles.Single(p => p.Label == 1).Id, e.Second);
        var fact = e.For.First(f => f.Feature == "f0");
        Assert.StartsWith("the f0 ", fact.Sentence.En, StringComparison.Ordinal);
        Assert.True(fact.Typical > fact.Elsewhere);
    }

    [Fact]
    public void ColumnsThatAreNoFeatures_AreExplainedTogether()
    {
        var request = Request(6, 2, Distance.Euclidean);
        var names = request.Prepared.Columns.Select((c, j) => j < 2 ? c : $"pc{j}").ToArray();
        var e = Explainer.Explain(request with { Prepared = request.Prepared with { Columns = names } }, request.Table.Customers[3]);
        var all = e.For.Concat(e.Against).ToArray();
        Assert.Single(all, f => f.Feature == Explainer.OtherColumns);
        Assert.Equal(1, all.Sum(f => Math.Abs(f.Weight)), 9);
    }

    [Fact]
    public void OneSegment_HasNoSecond()
    {
        var table = SomeTable.Normal(20, 2, 1);
        var labels = new int[20];
        var rows = SomeTable.Rows(table);
        var e = Explainer.Explain(new ExplainRequest
        {
            Table = table,
            Prepared = new PreparedTable(rows, ["f0", "f1"]),
            Assignment = new Assignment(labels, [.. labels.Select(_ => -1)], [.. labels.Select(_ => 1f)]),
            Centres = SegmentCentres.Of(rows, labels, 1),
            Profiles = Profiler.Describe(SomeTable.Request(table, labels, 1)),
        }, "c000003");
        Assert.Null(e.Second);
        Assert.Empty(e.For);
        Assert.Equal("All customers", e.SegmentName.En);
    }

    [Fact]
    public void AnUnknownCustomer_IsNamed_WithTheCure()
    {
        var message = Assert.Throws<InputException>(() => Explainer.Explain(Request(1, 2, Distance.Euclidean), "nobody")).Message;
        Assert.Contains("'nobody'", message, StringComparison.Ordinal);
        Assert.Contains("segments.csv", message, StringComparison.Ordinal);
    }

    // Labels are the nearest of the planted means' centres, as k-means would give them.
    static ExplainRequest Request(ulong seed, int clusters, Distance distance)
    {
        var planted = SomeTable.Labels(120, clusters, seed);
        var table = SomeTable.Normal(120, 6, seed, planted, [.. Enumerable.Repeat(4.0, clusters)]);
        var rows = SomeTable.Rows(table);
        var centres = SegmentCentres.Of(rows, planted, clusters, distance) with { AreModel = true };
        int[] labels = new int[120], second = new int[120];
        for (var i = 0; i < 120; i++)
        {
            var order = Enumerable.Range(0, clusters).OrderBy(k => Square(rows.Row(i), centres.Centres.Row(k), distance)).ToArray();
            (labels[i], second[i]) = (order[0], order[1]);
        }

        return new ExplainRequest
        {
            Table = table,
            Prepared = new PreparedTable(rows, [.. table.Features.Select(f => f.Name)]),
            Assignment = new Assignment(labels, second, [.. labels.Select(_ => 0.5f)]),
            Centres = centres,
            Profiles = Profiler.Describe(SomeTable.Request(table, labels, clusters) with { Distance = distance }),
        };
    }

    static double Square(ReadOnlySpan<float> x, ReadOnlySpan<float> c, Distance distance)
    {
        double dot = 0, xx = 0, cc = 0;
        for (var j = 0; j < x.Length; j++)
        {
            dot += (double)x[j] * c[j];
            xx += (double)x[j] * x[j];
            cc += (double)c[j] * c[j];
        }

        return distance == Distance.Euclidean ? xx - 2 * dot + cc
            : (xx > 0 ? 1 : 0) + (cc > 0 ? 1 : 0) - 2 * (xx > 0 && cc > 0 ? dot / Math.Sqrt(xx * cc) : 0);
    }
}
