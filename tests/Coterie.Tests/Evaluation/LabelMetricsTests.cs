using Coterie.Evaluation;
using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Evaluation;

public class LabelMetricsTests
{
    static readonly Gen<(string[] Truth, string[] Predicted)> SomeLabels =
        Gen.Select(Gen.Int[1, 6], Gen.Int[1, 6], Gen.Int[1, 60]).SelectMany((classes, clusters, n) =>
            Gen.Select(Gen.Int[0, classes - 1].Array[n], Gen.Int[0, clusters - 1].Array[n], (t, p) => (Names(t), Names(p))));

    static string[] Names(int[] labels) => [.. labels.Select(label => "k" + label)];

    [Fact]
    public void Compare_EqualsScikitLearn_OnGoldenNumbers()
    {
        foreach (var line in File.ReadLines(Path.Combine(Golden.Directory, "label_metrics.csv")).Skip(1))
        {
            var fields = line.Split(',');
            var report = LabelMetrics.Compare(fields[0].Split(' '), fields[1].Split(' '));
            double[] ours =
            [
                report.Accuracy, report.MacroPrecision, report.MacroRecall, report.MacroF1, report.WeightedF1, report.Purity, report.Ari,
                report.Ami, report.Nmi, report.Homogeneity, report.Completeness, report.VMeasure, report.FowlkesMallows,
            ];
            for (var i = 0; i < ours.Length; i++)
                if (fields[i + 2].Length > 0) Assert.Equal(double.Parse(fields[i + 2]), ours[i], 1e-10);
        }
    }

    [Fact]
    public void IndicesWithoutMatching_AreSymmetric() => SomeLabels.Sample((t, p) =>
    {
        LabelReport a = LabelMetrics.Compare(t, p), b = LabelMetrics.Compare(p, t);
        return Near(a.Ari, b.Ari) && Near(a.Ami, b.Ami) && Near(a.Nmi, b.Nmi) && Near(a.VMeasure, b.VMeasure)
            && Near(a.FowlkesMallows, b.FowlkesMallows) && Near(a.Homogeneity, b.Completeness) && Near(a.Accuracy, b.Accuracy);
    });

    [Fact]
    public void RenamingClusters_ChangesNoIndex() => SomeLabels.Sample((t, p) =>
        SameIndices(LabelMetrics.Compare(t, p), LabelMetrics.Compare(t, [.. p.Select(k => "z" + (char)('z' - k[1] + '0'))]), perClass: false));

    [Fact]
    public void OrderOfRows_ChangesNothing() => Gen.Select(SomeLabels, Gen.ULong).Sample((labels, seed) =>
    {
        var order = Enumerable.Range(0, labels.Truth.Length).ToArray();
        new Rng(seed, 0).Shuffle<int>(order);
        return SameIndices(LabelMetrics.Compare(labels.Truth, labels.Predicted),
            LabelMetrics.Compare([.. order.Select(i => labels.Truth[i])], [.. order.Select(i => labels.Predicted[i])]), perClass: true);
    });

    [Fact]
    public void PerfectPartition_HasEveryIndexOne_WhateverItsNames() => SomeLabels.Sample((t, _) =>
    {
        var report = LabelMetrics.Compare(t, [.. t.Select(k => "other " + k)]);
        Assert.All([report.Accuracy, report.MacroPrecision, report.MacroRecall, report.MacroF1, report.WeightedF1, report.Purity, report.Ari,
            report.Ami, report.Nmi, report.Homogeneity, report.Completeness, report.VMeasure], index => Assert.Equal(1, index, 1e-9));
        if (t.Length > t.Distinct().Count()) Assert.Equal(1, report.FowlkesMallows, 1e-9);
        Assert.All(report.Matching, pair => Assert.Equal("other " + pair.Key, pair.Value));
    });

    [Fact]
    public void IndependentPartition_HasAdjustedIndicesNearZero()
    {
        var rng = new Rng(5, 0);
        string[] t = new string[20_000], p = new string[20_000];
        for (var i = 0; i < t.Length; i++) (t[i], p[i]) = ("" + rng.NextInt(8), "" + rng.NextInt(8));
        var report = LabelMetrics.Compare(t, p);
        Assert.Equal(0, report.Ari, 0.002);
        Assert.Equal(0, report.Ami, 0.002);
        Assert.InRange(report.Nmi, 0, 0.01);
    }

    [Fact]
    public void Indices_StayInTheirRanges() => SomeLabels.Sample((t, p) =>
    {
        var r = LabelMetrics.Compare(t, p);
        Assert.All([r.Accuracy, r.MacroPrecision, r.MacroRecall, r.MacroF1, r.WeightedF1, r.Purity, r.Nmi, r.Homogeneity, r.Completeness,
            r.VMeasure, r.FowlkesMallows], index => Assert.InRange(index, 0, 1 + 1e-9));
        Assert.True(r.Ami <= 1 + 1e-9 && r.Ari <= 1 + 1e-9);
        Assert.True(r.Purity >= r.Accuracy - 1e-12);
        Assert.Equal(r.Nmi, r.VMeasure, 1e-9);
        Assert.Equal(t.Length, r.Confusion.Sum(row => row.Sum()));
    });

    [Fact]
    public void Ami_Averages_ZeroOverAllPermutationsOfRows()
    {
        // Vinh et al. 2010: the expectation is over permutations, so that AMI over all of them is zero on average.
        int[] t = [0, 0, 0, 1, 1, 2], p = [0, 0, 1, 1, 2, 2];
        double sum = 0;
        var count = 0;
        foreach (var order in Permutations([.. Enumerable.Range(0, 6)], 0))
        {
            sum += LabelMetrics.Compare(Names(t), Names([.. order.Select(i => p[i])])).Ami;
            count++;
        }

        Assert.Equal(720, count);
        Assert.Equal(0, sum / count, 1e-10);
    }

    static IEnumerable<int[]> Permutations(int[] items, int from)
    {
        if (from == items.Length) yield return items;
        for (var i = from; i < items.Length; i++)
        {
            (items[from], items[i]) = (items[i], items[from]);
            foreach (var permutation in Permutations(items, from + 1)) yield return permutation;
            (items[from], items[i]) = (items[i], items[from]);
        }
    }

    [Fact]
    public void NoRows_AreEqualPartitions()
    {
        var report = LabelMetrics.Compare([], []);
        Assert.Equal((0, 0, 0), (report.Count, report.Classes, report.Clusters));
        Assert.Equal((1.0, 1.0, 1.0), (report.Accuracy, report.Ari, report.Ami));
    }

    [Fact]
    public void OneClusterAndAllSingletons_SayNothing()
    {
        var truth = Enumerable.Range(0, 3000).Select(i => "c" + i % 7).ToArray();
        var one = LabelMetrics.Compare(truth, [.. truth.Select(_ => "all")]);
        Assert.Equal((0, 0), (one.Ari, one.Ami));
        Assert.Equal((0, 1), (one.Homogeneity, one.Completeness));
        var singletons = LabelMetrics.Compare(truth, [.. truth.Select((_, i) => "s" + i)]);
        Assert.Equal(0, singletons.Ari, 1e-12);
        Assert.Equal(0, singletons.Ami, 1e-9);
        Assert.Equal(1, singletons.Purity);
        Assert.Equal(1, singletons.Homogeneity, 1e-9);
    }

    [Fact]
    public void ClassWithoutCluster_IsMatchedToNull_AndScoresZero()
    {
        var report = LabelMetrics.Compare(["a", "a", "a", "b"], ["x", "x", "x", "x"]);
        Assert.Null(report.Matching["b"]);
        Assert.Equal("x", report.Matching["a"]);
        Assert.Equal(new ClassScore("b", 1, 0, 0, 0), report.PerClass[1]);
        Assert.Equal(new ClassScore("a", 3, 0.75, 1, 6.0 / 7), report.PerClass[0]);
    }

    [Fact]
    public void ListsOfDifferentLength_AreRefused() => Assert.Throws<ArgumentException>(() => LabelMetrics.Compare(["a"], []));

    [Fact]
    public void ColumnsOfIds_AreRefused_BeforeTheTableIsMade()
    {
        var ids = Enumerable.Range(0, 20_000).Select(i => "c" + i).ToArray();
        Assert.Contains("column of ids", Assert.Throws<InputException>(() => LabelMetrics.Compare(ids, ids)).Message);
    }

    static bool Near(double a, double b) => Math.Abs(a - b) < 1e-9;

    // Several matchings can be best, and which one is found may depend on names: then only what every best matching shares is compared.
    static bool SameIndices(LabelReport a, LabelReport b, bool perClass) =>
        Near(a.Accuracy, b.Accuracy) && Near(a.Purity, b.Purity) && Near(a.Ari, b.Ari) && Near(a.Ami, b.Ami) && Near(a.Nmi, b.Nmi)
        && Near(a.Homogeneity, b.Homogeneity) && Near(a.FowlkesMallows, b.FowlkesMallows) && (!perClass || Near(a.MacroF1, b.MacroF1));
}
