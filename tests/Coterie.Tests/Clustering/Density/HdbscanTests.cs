using Coterie.Clustering;
using Coterie.Clustering.Metrics;
using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Clustering.Density;

public class HdbscanTests
{
    static int[] Shift(int[] labels) => [.. labels.Select(l => l + 1)];

    [Fact]
    public void Labels_are_those_of_the_definition() => Gen.Select(PlainDensity.Rows, Gen.Int[2, 10], Gen.Int[1, 8]).Sample((rows, size, samples) =>
    {
        var ours = Hdbscan.Fit(rows, new HdbscanOptions { MinClusterSize = size, MinSamples = samples }).Labels;
        // Single precision for distances, as ours, so that ties are the same; on the lattice they decide.
        var reach = PlainDensity.Reachability(rows, samples - 1, false);
        for (var i = 0; i < rows.Rows; i++)
            for (var j = 0; j < rows.Rows; j++) reach[i, j] = (float)reach[i, j];
        return Agreement.AdjustedRand(Shift(ours), Shift(PlainDensity.Hdbscan(reach, size))) == 1;
    }, iter: 300);

    [Fact]
    public void The_order_of_rows_never_matters_even_among_ties() => Gen.Select(PlainDensity.Rows, Gen.Int[2, 8], Gen.ULong[0, 1000]).Sample((rows, size, seed) =>
    {
        var order = Enumerable.Range(0, rows.Rows).ToArray();
        new Rng(seed, 9).Shuffle(order.AsSpan());
        var options = new HdbscanOptions { MinClusterSize = size };
        var (one, other) = (Hdbscan.Fit(rows, options), Hdbscan.Fit(rows.Take(order), options));
        return Agreement.AdjustedRand(Shift([.. order.Select(i => one.Labels[i])]), Shift(other.Labels)) == 1
            && order.Select(i => one.Probabilities[i]).SequenceEqual(other.Probabilities)
            && order.Select(i => one.OutlierScores[i]).SequenceEqual(other.OutlierScores);
    }, iter: 200);

    [Fact]
    public void Strengths_and_outlier_scores_are_within_bounds() => PlainDensity.Rows.Sample(rows =>
    {
        var model = Hdbscan.Fit(rows, new HdbscanOptions { MinClusterSize = 4 });
        return Enumerable.Range(0, rows.Rows).All(i => model.Probabilities[i] is >= 0 and <= 1 && model.OutlierScores[i] is >= 0 and <= 1
            && (model.Labels[i] < 0 ? model.Probabilities[i] == 0 : rows.Rows > 0));
    }, iter: 100);

    [Fact]
    public void Two_groups_and_a_stray_row_are_told_apart()
    {
        // Ten rows 1 apart from 0, ten 1 apart from 100, one half way: all three parts meet at 45.5, so it is in neither.
        var rows = new Matrix([.. Enumerable.Range(0, 10).Select(i => (float)i), .. Enumerable.Range(100, 10).Select(i => (float)i), 54.5f], 21, 1);
        var model = Hdbscan.Fit(rows, new HdbscanOptions { MinClusterSize = 5, MinSamples = 1 });
        Assert.Equal([.. Enumerable.Repeat(0, 10), .. Enumerable.Repeat(1, 10), -1], model.Labels);
        // Every row of a group leaves at distance 1, the densest place; the stray row leaves the root, whose densest place is 1, at 45.5.
        Assert.All(model.Probabilities.Take(20), p => Assert.Equal(1, p));
        Assert.Equal(1 - 1 / 45.5f, model.OutlierScores[20], 1e-6f);
        // New rows: inside a group; beside it; by the stray row; below the splitting level and above it.
        var assigned = model.Assign(new Matrix([4.5f, 15, 55, -40, -50, 1000], 6, 1), 1);
        Assert.Equal([0, 0, -1, 0, -1, -1], assigned.Labels);
        Assert.Equal([1, 1 / 6f, 0, 1 / 40f, 0, 0], assigned.Confidence);
    }

    [Fact]
    public void A_single_cluster_is_found_only_where_it_is_allowed()
    {
        var rows = Points.Fill(300, 2, r => r.NextNormal(), 3);
        var one = Hdbscan.Fit(rows, new HdbscanOptions { MinClusterSize = 100, AllowSingleCluster = true });
        Assert.Equal(1, one.Count);
        Assert.All(one.Labels, l => Assert.Equal(0, l));
        Assert.Equal(0, Hdbscan.Fit(rows, new HdbscanOptions { MinClusterSize = 301, AllowSingleCluster = true }).Count);
        Assert.Equal(0, Hdbscan.Fit(rows, new HdbscanOptions { MinClusterSize = 140 }).Count);
    }

    [Fact]
    public void Equal_rows_are_noise_unless_one_cluster_is_allowed()
    {
        var rows = Points.Fill(50, 3, _ => 7, 1);
        Assert.All(Hdbscan.Fit(rows, new HdbscanOptions()).Labels, l => Assert.Equal(-1, l));
        Assert.All(Hdbscan.Fit(rows, new HdbscanOptions { AllowSingleCluster = true }).Labels, l => Assert.Equal(0, l));
    }

    [Fact]
    public void A_larger_epsilon_never_gives_more_clusters() => Gen.ULong[0, 500].Sample(seed =>
    {
        var (rows, _) = Points.Blobs(300, 2, 6, 4, seed);
        var counts = new[] { 0, 0.2, 0.5, 1, 2, 4 }.Select(e => Hdbscan.Fit(rows,
            new HdbscanOptions { MinClusterSize = 5, Selection = HdbscanSelection.Leaf, SelectionEpsilon = e }).Count).ToArray();
        return counts.Zip(counts.Skip(1)).All(p => p.Second <= p.First);
    }, iter: 40);

    [Fact]
    public void Leaves_are_at_least_as_many_as_the_most_stable() => PlainDensity.Rows.Sample(rows =>
        Hdbscan.Fit(rows, new HdbscanOptions { MinClusterSize = 4, Selection = HdbscanSelection.Leaf }).Count
            >= Hdbscan.Fit(rows, new HdbscanOptions { MinClusterSize = 4 }).Count, iter: 100);

    // Well separated sets, where any right HDBSCAN* finds the reference.
    [Theory]
    [InlineData("fcps/hepta", 10)]
    [InlineData("fcps/chainlink", 10)]
    [InlineData("fcps/lsun", 20)]
    [InlineData("sipu/spiral", 5)]
    [InlineData("sipu/r15", 20)]
    public void Reference_sets_are_found(string name, int size)
    {
        var labels = Hdbscan.Fit(ReferenceSets.Rows(name), new HdbscanOptions { MinClusterSize = size, MinSamples = 5 }).Labels;
        var truth = ReferenceSets.Labellings(name)[0];
        var kept = Enumerable.Range(0, labels.Length).Where(i => labels[i] >= 0 && truth[i] > 0).ToArray();
        Assert.InRange(kept.Length, 0.75 * labels.Length, labels.Length);
        Assert.InRange(Agreement.AdjustedRand([.. kept.Select(i => labels[i])], [.. kept.Select(i => truth[i])]), 0.97, 1);
    }
}
