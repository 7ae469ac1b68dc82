using Coterie.Clustering;
using Coterie.Clustering.Metrics;
using Coterie.Numerics;
using Coterie.Tests.Clustering.Density;
using CsCheck;

namespace Coterie.Tests.Clustering;

public class WardTests
{
    // Rows in general position, so that no two unions cost the same.
    static readonly Gen<Matrix> Rows = Gen.Select(Gen.Int[1, 40], Gen.Int[1, 4], Gen.ULong[0, 1_000_000], (n, d, seed) =>
    {
        var rng = new Rng(seed, 3);
        return new Matrix([.. Enumerable.Range(0, n * d).Select(_ => (float)rng.NextNormal())], n, d);
    });

    [Fact]
    public void The_tree_is_that_of_always_joining_the_closest() => Gen.Select(Rows, Gen.Int[1, 6]).Sample((rows, k) =>
        Agreement.AdjustedRand(Ward.Fit(rows, new() { Clusters = k, Threads = 1 }, new Seed(1)).Labels, Plainly(rows, k)) == 1, iter: 200);

    [Fact]
    public void Costs_of_all_unions_add_up_to_the_sum_of_squares() => Rows.Sample(rows =>
    {
        double[] weights = [.. Enumerable.Repeat(1.0, rows.Rows)];
        var costs = WardTree.Grow(rows, weights, 1).Sum(u => u.Cost);
        return Math.Abs(costs - Squares(rows, [.. Enumerable.Range(0, rows.Rows)])) <= 1e-9 * (1 + costs);
    });

    [Fact]
    public void A_cluster_more_is_one_cluster_cut_in_two() => Gen.Select(Rows, Gen.Int[1, 6]).Sample((rows, k) =>
    {
        int[] coarse = Ward.Fit(rows, new() { Clusters = k }, new Seed(1)).Labels, fine = Ward.Fit(rows, new() { Clusters = k + 1 }, new Seed(1)).Labels;
        return fine.Zip(coarse).Distinct().Count() == fine.Distinct().Count();
    });

    // quality.md, section 3 of the reference results for Ward at the true K (scikit-learn 0.23.1, Gagolewski 2022).
    [Theory]
    [InlineData("sipu/s1", 0.98)]
    [InlineData("sipu/s3", 0.68)]
    [InlineData("sipu/a3", 0.94)]
    [InlineData("sipu/aggregation", 0.81)]
    [InlineData("sipu/jain", 0.51)]
    [InlineData("sipu/unbalance", 1.00)]
    [InlineData("fcps/hepta", 1.00)]
    [InlineData("fcps/lsun", 0.37)]
    [InlineData("fcps/target", 0.64)]
    [InlineData("other/iris", 0.73)]
    public void Published_agreement_is_met(string name, double published) =>
        Assert.Equal(published, ReferenceSets.BestAri(name, (rows, k) => Ward.Fit(rows, new() { Clusters = k, Summary = 8000 }, new Seed(1)).Labels), 0.0151);

    [Fact]
    public void A_summary_of_many_rows_finds_what_all_rows_would()
    {
        var (rows, truth) = Points.Blobs(20_000, 4, 6, 8, 5);
        Assert.True(Agreement.AdjustedRand(Ward.Fit(rows, new() { Clusters = 6, Summary = 300 }, new Seed(1)).Labels, truth) > 0.99);
    }

    [Fact]
    public void Weights_must_be_one_for_each_row() =>
        Assert.Contains("1 weights for 3 rows", Assert.Throws<ConfigurationException>(() => Ward.Fit(new Matrix(3, 2), new() { Weights = [1] }, new Seed(1))).Message);

    static int[] Plainly(Matrix rows, int k)
    {
        var groups = Enumerable.Range(0, rows.Rows).Select(i => new List<int> { i }).ToList();
        while (groups.Count > k)
        {
            var (a, b) = (from i in Enumerable.Range(0, groups.Count) from j in Enumerable.Range(i + 1, groups.Count - i - 1) select (i, j))
                .MinBy(p => Squares(rows, [.. groups[p.i], .. groups[p.j]]) - Squares(rows, groups[p.i]) - Squares(rows, groups[p.j]));
            groups[a].AddRange(groups[b]);
            groups.RemoveAt(b);
        }

        var labels = new int[rows.Rows];
        for (var g = 0; g < groups.Count; g++)
            foreach (var i in groups[g]) labels[i] = g;
        return labels;
    }

    static double Squares(Matrix rows, IReadOnlyList<int> members)
    {
        var sum = 0.0;
        for (var j = 0; j < rows.Columns; j++)
        {
            var mean = members.Average(i => (double)rows[i, j]);
            sum += members.Sum(i => (rows[i, j] - mean) * (rows[i, j] - mean));
        }

        return sum;
    }
}
