using Coterie.Profiles;
using CsCheck;

namespace Coterie.Tests.Profiles;

public class FactTests
{
    [Fact]
    public void APlantedShift_IsTheTopFact() => Gen.Select(Gen.ULong, Gen.Int[2, 5], Gen.Double[0.8, 3]).Sample((seed, clusters, shift) =>
    {
        var labels = SomeTable.Labels(400, clusters, seed);
        var table = SomeTable.Normal(400, 8, seed, labels, [.. Enumerable.Repeat(shift, clusters)]);
        foreach (var profile in Profiler.Describe(SomeTable.Request(table, labels, clusters)))
        {
            // Of two clusters, each is set apart by its own shift and by the other's absence.
            var top = profile.Facts.Take(clusters == 2 ? 2 : 1).Select(f => f.Feature).ToArray();
            Assert.Contains($"f{profile.Label}", top);
            var planted = profile.Facts.First(f => f.Feature == $"f{profile.Label}");
            Assert.InRange(planted.Difference.Value, shift - 0.6, shift + 0.6);
            Assert.Equal("much " + planted.Feature, planted.Word.En);
        }
    }, iter: 20);

    [Fact]
    public void Intervals_CoverZero_ForRandomLabels_AboutNineteenTimesInTwenty()
    {
        int covered = 0, all = 0;
        for (ulong seed = 0; seed < 60; seed++)
        {
            var labels = SomeTable.Labels(300, 3, seed + 1000);
            var table = SomeTable.Normal(300, 12, seed);
            foreach (var contrast in FeatureContrasts.Of(table, labels, 3, threads: 2))
                foreach (var difference in contrast.Difference)
                {
                    all++;
                    if (difference!.Low <= 0 && difference.High >= 0) covered++;
                }
        }

        // 2160 intervals: the standard error of the share is below .005, and three clusters of one table are not independent.
        Assert.InRange(covered / (double)all, 0.93, 0.97);
    }

    [Fact]
    public void HedgesG_IsThatOfTheTextbook()
    {
        // Borenstein, Hedges, Higgins and Rothstein (2009), Introduction to Meta-Analysis, chapter 4, the worked example: means 103 and
        // 100, standard deviations 5.5 and 4.5, 50 a group; they give d .5970, J .9923 and g .5924. Their variance of g, .0411, is for
        // equal variances and shrunk by J²; ours, for unequal ones, is .0419 here.
        var inside = new Moments { Count = 50, Mean = 103, SumOfSquares = 49 * 5.5 * 5.5 };
        var outside = new Moments { Count = 50, Mean = 100, SumOfSquares = 49 * 4.5 * 4.5 };
        var g = FeatureContrasts.Hedges(inside, outside)!;
        Assert.Equal(0.5924, g.Value, 4);
        Assert.InRange(g.High - g.Value, 1.96 * Math.Sqrt(0.0405), 1.96 * Math.Sqrt(0.0425));
    }

    [Fact]
    public void Medians_AreThoseOfSorting_InsideAndOutside() =>
        Gen.Select(Gen.Int[0, 9].Array[1, 60], Gen.Int[1, 4], Gen.ULong).Sample((raw, clusters, seed) =>
        {
            var rng = new Coterie.Numerics.Seed(seed).Stream(0);
            var column = Array.ConvertAll(raw, x => x == 9 ? double.NaN : x);
            var labels = Array.ConvertAll(raw, _ => rng.NextInt(clusters + 1) - 1);
            var medians = GroupMedians.Of(column, labels, clusters);
            for (var k = 0; k < clusters; k++)
            {
                Assert.Equal(Plain(column.Where((_, i) => labels[i] == k)), medians.Inside[k]);
                Assert.Equal(Plain(column.Where((_, i) => labels[i] != k)), medians.Outside[k]);
            }
        });

    [Fact]
    public void Facts_OfOneFamily_AreAtMostTwo_AndNoneRepeatsAnother() => Gen.ULong.Sample(seed =>
    {
        var labels = SomeTable.Labels(300, 2, seed);
        var table = SomeTable.Normal(300, 6, seed, labels, [2, 2]);
        // Copies of one feature with a little noise, in one family and in several.
        var rng = new Coterie.Numerics.Seed(seed).Stream(77);
        var copies = Enumerable.Range(0, 6).Select(_ => table.Columns[0].Select(x => x + 0.05 * rng.NextNormal()).ToArray()).ToArray();
        var family = Enumerable.Range(0, 6).Select(_ => table.Columns[0].Select(x => x + 2 * rng.NextNormal()).ToArray()).ToArray();
        table = SomeTable.Of(
            [.. table.Features, .. copies.Select((_, i) => SomeTable.Feature($"copy{i}", $"other{i}")), .. family.Select((_, i) => SomeTable.Feature($"kin{i}", "kin"))],
            [.. table.Columns, .. copies, .. family]);
        foreach (var profile in Profiler.Describe(SomeTable.Request(table, labels, 2)))
        {
            Assert.True(profile.Facts.Count(f => f.Feature.StartsWith("kin", StringComparison.Ordinal)) <= 2);
            Assert.True(profile.Facts.Count(f => f.Feature.StartsWith("copy", StringComparison.Ordinal) || f.Feature == "f0") <= 1);
            Assert.All(profile.Facts, f => Assert.True(f.Difference.Low > 0 || f.Difference.High < 0));
        }
    }, iter: 10);

    [Fact]
    public void WhereMediansReadTheSame_TheMeanIsTold()
    {
        // 60 % zeros inside, 95 % outside: both medians are 0.
        var labels = Enumerable.Range(0, 400).Select(i => i % 2).ToArray();
        var refunds = labels.Select((l, i) => l == 0 ? (i / 2 % 5 < 2 ? 3.0 : 0) : (i / 2 % 20 == 0 ? 1.0 : 0)).ToArray();
        var table = SomeTable.Of([SomeTable.Feature("refunds")], [refunds]);
        var fact = Profiler.Describe(SomeTable.Request(table, labels, 2)).First(p => p.Label == 0).Facts.Single();
        Assert.Equal("mean", fact.Statistic);
        Assert.Equal(1.2, fact.Inside, 9);
        Assert.Equal(0.05, fact.Outside, 9);
        Assert.Equal("much refunds: the refunds on average 1.2; everybody else 0.05", fact.Sentence.En);
        Assert.Equal("refunds多：特征refunds平均 1.2；其他客户 0.05", fact.Sentence.Zh);
    }

    [Fact]
    public void APerfectlySeparatingFlag_HasAFiniteDifference()
    {
        var labels = Enumerable.Range(0, 100).Select(i => i % 2).ToArray();
        var table = SomeTable.Of([SomeTable.Feature("flag")], [[.. labels.Select(l => (double)l)]]);
        var difference = FeatureContrasts.Of(table, labels, 2, 1)[0].Difference[1]!;
        Assert.True(double.IsFinite(difference.Value) && difference.Low > 0);
    }

    [Fact]
    public void SkewedAmounts_AreComparedOnALogScale_AndSharesByTheirRoot()
    {
        var column = Enumerable.Range(1, 200).Select(i => Math.Exp(i / 25.0)).ToArray();
        Assert.Equal("log1p", FeatureScales.For(SomeTable.Feature("x", transform: Coterie.Features.Transform.Auto), column).Name());
        Assert.Equal("sqrt", FeatureScales.For(SomeTable.Feature("x", unit: "share", transform: Coterie.Features.Transform.Auto), column).Name());
        Assert.Equal("none", FeatureScales.For(SomeTable.Feature("x", transform: Coterie.Features.Transform.Auto), [1, 2, 3, 4]).Name());
    }

    static double Plain(IEnumerable<double> values)
    {
        var sorted = values.Where(x => !double.IsNaN(x)).Order().ToArray();
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
