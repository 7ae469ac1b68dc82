using Coterie.Clustering;
using Coterie.Clustering.Metrics;
using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Clustering.Density;

public class GenieTests
{
    static int[] Labels(Matrix rows, int k, double gini = 0.3) => Genie.Fit(rows, new GenieOptions { Clusters = k, GiniThreshold = gini }).Labels;

    // Values of genieclust on these sets: clustering-results-v1 of Gagolewski (2022), Genie with threshold 0.3, by the adjusted Rand index.
    [Theory]
    [InlineData("fcps/hepta", 1)]
    [InlineData("fcps/lsun", 1)]
    [InlineData("fcps/chainlink", 1)]
    [InlineData("fcps/atom", 1)]
    [InlineData("fcps/target", 1)]
    [InlineData("sipu/s1", 0.99)]
    [InlineData("sipu/s2", 0.92)]
    [InlineData("sipu/s3", 0.67)]
    [InlineData("sipu/s4", 0.59)]
    [InlineData("sipu/a1", 0.90)]
    [InlineData("sipu/a3", 0.94)]
    [InlineData("sipu/d31", 0.90)]
    [InlineData("sipu/r15", 0.99)]
    [InlineData("sipu/unbalance", 0.62)]
    [InlineData("sipu/aggregation", 0.57)]
    [InlineData("sipu/jain", 1)]
    [InlineData("sipu/flame", 1)]
    [InlineData("sipu/spiral", 1)]
    [InlineData("other/iris", 0.89)]
    public void Reference_sets_are_clustered_as_published(string name, double published) =>
        Assert.Equal(published, ReferenceSets.BestAri(name, (rows, k) => Labels(rows, k)), 0.0151);

    [Fact]
    public void The_mean_agreement_over_the_reference_sets_is_the_published_one_or_better()
    {
        var scores = ReferenceSets.Names().Where(n => !n.StartsWith("sipu/birch", StringComparison.Ordinal) && !n.StartsWith("sipu/worms", StringComparison.Ordinal))
            .Select(n => new KeyValuePair<string, double>(n, ReferenceSets.BestAri(n, (rows, k) => Labels(rows, k)))).ToArray();
        var mean = scores.Average(s => s.Value);
        Assert.True(mean >= 0.78, $"mean {mean:0.000}: {string.Join(", ", scores.Select(s => $"{s.Key} {s.Value:0.00}"))}");
    }

    [Fact]
    public void A_threshold_of_one_is_single_linkage() => PlainDensity.Rows.Sample(rows =>
    {
        // Cut the plain tree's k - 1 largest edges: components below the level, where it is unique.
        var reach = PlainDensity.Reachability(rows, 0, false);
        if (rows.Rows < 4) return true;
        var weights = PlainDensity.TreeWeights(reach);
        var (k, level) = (3, weights[^2]);
        if (weights[^3] > 0.999 * level || level == 0) return true;
        var plain = PlainDensity.Components(rows.Rows, _ => true, (i, j) => reach[i, j] < 0.9995 * level);
        return Agreement.AdjustedRand(Labels(rows, k, 1), plain) == 1;
    }, iter: 200);

    [Fact]
    public void Merging_is_that_of_the_plain_twin() => Gen.Select(Gen.Int[2, 80], Gen.Int[1, 6], Gen.Double[0, 1], Gen.ULong[0, 1000]).Sample((n, k, gini, seed) =>
    {
        var rows = Points.Fill(n, 3, r => r.NextNormal(), seed);
        return Agreement.AdjustedRand(Labels(rows, k, gini), Plain(rows, k, gini)) == 1;
    }, iter: 300);

    // The paper's algorithm without its data structures: the nearest pair of clusters of all, or of those at a smallest cluster.
    static int[] Plain(Matrix rows, int k, double gini)
    {
        var clusters = Enumerable.Range(0, rows.Rows).Select(i => new List<int> { i }).ToList();
        while (clusters.Count > k)
        {
            var sizes = clusters.Select(c => c.Count).ToArray();
            var spread = sizes.SelectMany((a, i) => sizes.Skip(i + 1).Select(b => Math.Abs(a - b))).Sum() / ((clusters.Count - 1.0) * rows.Rows);
            var smallest = spread > gini ? sizes.Min() : int.MaxValue;
            var (least, one, other) = (double.MaxValue, -1, -1);
            for (var a = 0; a < clusters.Count; a++)
            {
                for (var b = a + 1; b < clusters.Count; b++)
                {
                    if (smallest < int.MaxValue && sizes[a] != smallest && sizes[b] != smallest) continue;
                    foreach (var i in clusters[a])
                        foreach (var j in clusters[b])
                            if (PlainDensity.Distance(rows, i, j, false) is var d && d < least) (least, one, other) = (d, a, b);
                }
            }

            clusters[one].AddRange(clusters[other]);
            clusters.RemoveAt(other);
        }

        var labels = new int[rows.Rows];
        for (var c = 0; c < clusters.Count; c++)
            foreach (var i in clusters[c]) labels[i] = c;
        return labels;
    }

    [Fact]
    public void Equal_rows_are_one_cluster_and_a_count_above_the_distinct_rows_gives_each_its_own()
    {
        Assert.Equal(1, Genie.Fit(Points.Fill(50, 3, _ => 7, 1), new GenieOptions { Clusters = 4 }).Count);
        var rows = new Matrix([0, 0, 5, 5, 5, 9], 6, 1);
        Assert.Equal([0, 0, 1, 1, 1, 2], Labels(rows, 5));
    }

    [Fact]
    public void A_group_much_smaller_than_the_rest_is_found_without_the_correction_only()
    {
        // Groups of 12, 12 and 1 row: once the large ones are whole the Gini index is 0.44, and the single row has to be merged.
        var rows = new Matrix([.. Enumerable.Range(0, 12).Select(i => (float)i), 100, .. Enumerable.Range(200, 12).Select(i => (float)i)], 25, 1);
        int[] truth = [.. Enumerable.Range(0, 25).Select(i => i < 12 ? 0 : i == 12 ? 1 : 2)];
        Assert.Equal(truth, Labels(rows, 3, gini: 1));
        Assert.NotEqual(1, Agreement.AdjustedRand(Labels(rows, 3), truth));
    }

    [Fact]
    public void Groups_far_apart_are_found_whatever_their_sizes_without_the_correction() =>
        Points.Planted.Sample(x => Agreement.AdjustedRand(Labels(x.Rows, x.K, gini: 1), x.Truth) == 1, iter: 60);

    [Fact]
    public void Ends_of_branches_are_noise_when_core_distances_are_used()
    {
        var rows = new Matrix([0, 1, 2, 3, 10, 11, 12, 13], 8, 1);
        Assert.Equal([-1, 0, 0, 0, 1, 1, 1, -1], Genie.Fit(rows, new GenieOptions { Clusters = 2, MinSamples = 2 }).Labels);
    }
}
