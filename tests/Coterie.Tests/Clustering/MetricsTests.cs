using Coterie.Clustering.Metrics;
using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Clustering;

public class MetricsTests
{
    static readonly Gen<(int[] A, int[] B)> Partitions = Gen.Int[2, 80].SelectMany(n => Gen.Select(Gen.Int[0, 4].Array[n], Gen.Int[0, 5].Array[n]));

    // The rows of tools/oracles/clustering_metrics.py.
    static Matrix Rows()
    {
        var rows = new Matrix(60, 3);
        for (var i = 0; i < 60; i++)
            for (var j = 0; j < 3; j++) rows[i, j] = (float)((j == i % 3 ? 2.0 * (i % 3) : 0) + Math.Sin(7 * i + 3 * j));
        return rows;
    }

    static readonly int[] Third = [.. Enumerable.Range(0, 60).Select(i => i % 3)];
    static readonly int[] Block = [.. Enumerable.Range(0, 60).Select(i => i / 20)];
    static readonly int[] Changed = [.. Enumerable.Range(0, 60).Select(i => i % 7 == 0 ? (i % 3 + 1) % 3 : i % 3)];

    [Fact]
    public void Indices_equal_those_of_scikit_learn()
    {
        Assert.Equal(Golden.Silhouette, Silhouette.Exact(Rows(), Third, 1), 1e-6);
        Assert.Equal(Golden.CalinskiHarabasz, Dispersion.CalinskiHarabasz(Rows(), Third), 1e-5);
        Assert.Equal(Golden.DaviesBouldin, Dispersion.DaviesBouldin(Rows(), Third), 1e-6);
        Assert.Equal(Golden.AriBlock, Agreement.AdjustedRand(Third, Block), 1e-12);
        Assert.Equal(Golden.AriChanged, Agreement.AdjustedRand(Third, Changed), 1e-12);
    }

    static class Golden
    {
        // tools/oracles/clustering_metrics.py
        public const double Silhouette = 0.4816945525723051, CalinskiHarabasz = 84.62397166410074, DaviesBouldin = 0.9093170116555783,
            AriBlock = -0.0325, AriChanged = 0.604078947368421;
    }

    [Fact]
    public void Adjusted_rand_counts_pairs() => Partitions.Sample(p =>
    {
        double both = 0, a = 0, b = 0, all = 0;
        for (var i = 0; i < p.A.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                bool inA = p.A[i] == p.A[j], inB = p.B[i] == p.B[j];
                all++;
                if (inA) a++;
                if (inB) b++;
                if (inA && inB) both++;
            }
        }

        var expected = a * b / all;
        var value = (a + b) / 2 == expected ? 1 : (both - expected) / ((a + b) / 2 - expected);
        return Math.Abs(value - Agreement.AdjustedRand(p.A, p.B)) < 1e-9;
    });

    [Fact]
    public void Adjusted_rand_is_symmetric_and_blind_to_names() => Partitions.Sample(p =>
        Math.Abs(Agreement.AdjustedRand(p.A, p.B) - Agreement.AdjustedRand(p.B, p.A)) < 1e-12
        && Agreement.AdjustedRand(p.A, [.. p.A.Select(x => 4 - x)]) == 1);

    [Fact]
    public void Jaccard_of_sets_is_intersection_over_union() => Partitions.Sample(p =>
    {
        var jaccard = Agreement.Jaccard(p.A, p.B);
        return Enumerable.Range(0, jaccard.Length).All(c =>
        {
            var mine = Enumerable.Range(0, p.A.Length).Where(i => p.A[i] == c).ToHashSet();
            var best = p.B.Distinct().Max(o =>
            {
                var other = Enumerable.Range(0, p.B.Length).Where(i => p.B[i] == o).ToHashSet();
                return mine.Count == 0 ? 0 : (double)mine.Intersect(other).Count() / mine.Union(other).Count();
            });
            return Math.Abs(best - jaccard[c]) < 1e-12;
        });
    });

    [Fact]
    public void Churn_counts_rows_that_move_and_not_clusters_renamed()
    {
        Assert.Equal(0, Agreement.Churn([0, 0, 1, 1, 2], [2, 2, 0, 0, 1]));
        Assert.Equal(0.2, Agreement.Churn([0, 0, 0, 1, 1], [1, 1, 0, 0, 0]), 1e-12);
    }

    [Fact]
    public void Silhouette_equals_its_definition() => Gen.Select(Gen.Int[3, 60], Gen.Int[1, 6], Gen.Int[2, 4], Gen.ULong[0, 999]).Sample((n, d, k, seed) =>
    {
        var rows = Points.Fill(n, d, r => r.NextNormal(), seed);
        var labels = Enumerable.Range(0, n).Select(i => i % k).ToArray();
        double Distance(int i, int j) => Math.Sqrt(Enumerable.Range(0, d).Sum(c => Math.Pow((double)rows[i, c] - rows[j, c], 2)));
        var mean = Enumerable.Range(0, n).Average(i =>
        {
            var own = Enumerable.Range(0, n).Where(j => j != i && labels[j] == labels[i]).ToArray();
            if (own.Length == 0) return 0;
            var a = own.Average(j => Distance(i, j));
            var b = labels.Distinct().Where(c => c != labels[i]).Min(c => Enumerable.Range(0, n).Where(j => labels[j] == c).Average(j => Distance(i, j)));
            return (b - a) / Math.Max(a, b);
        });
        return Math.Abs(mean - Silhouette.Exact(rows, labels, 1)) < 1e-5;
    }, iter: 60);

    [Fact]
    public void The_sample_of_the_stratified_silhouette_is_near_the_whole()
    {
        var (rows, truth) = Points.Blobs(6000, 4, 5, 4, 2);
        var exact = Silhouette.Exact(rows, truth, 2);
        Assert.Equal(exact, Silhouette.Stratified(rows, truth, 1500, new Seed(1), 2), 0.02);
        Assert.Equal(exact, Silhouette.Stratified(rows, truth, 6000, new Seed(1), 1), 1e-12);
    }

    [Fact]
    public void Twelve_among_a_hundred_thousand_count_in_the_stratified_silhouette()
    {
        // The twelve lie in the middle of another cluster in the first case and far away in the second: a sample that missed them
        // would say the same of both. The others' silhouette is lower with the twelve in their midst, as in the exact index.
        var rows = Points.Fill(100_000, 2, r => r.NextNormal(), 4);
        var labels = new int[100_000];
        for (var i = 0; i < 12; i++) labels[i * 8000] = 1;
        var inside = Silhouette.Stratified(rows, labels, 1000, new Seed(1), 2);
        for (var i = 0; i < 12; i++) rows[i * 8000, 0] += 1000;
        var away = Silhouette.Stratified(rows, labels, 1000, new Seed(1), 2);
        Assert.InRange(inside, -1, 0.3);
        Assert.InRange(away, 0.95, 1);
    }

    [Fact]
    public void Simplified_silhouette_is_one_minus_the_ratio_of_distances()
    {
        var rows = new Matrix([1f, 9f], 2, 1);
        Assert.Equal(1 - 1.0 / 9, Silhouette.Simplified(rows, [[0f], [10f]], 1), 1e-6);
    }

    [Fact]
    public void Fewer_than_two_clusters_have_no_separation()
    {
        var rows = Points.Fill(10, 2, r => r.NextNormal(), 1);
        Assert.Equal(0, Silhouette.Exact(rows, new int[10], 1));
        Assert.True(double.IsNaN(Dispersion.CalinskiHarabasz(rows, new int[10])));
        Assert.True(double.IsNaN(Dispersion.DaviesBouldin(rows, new int[10])));
        Assert.Equal(0, Silhouette.Exact(new Matrix(0, 2), [], 1));
    }
}
