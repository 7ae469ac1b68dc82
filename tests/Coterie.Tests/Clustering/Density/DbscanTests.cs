using Coterie.Clustering;
using Coterie.Numerics;
using Coterie.Tests.Support;
using CsCheck;

namespace Coterie.Tests.Clustering.Density;

public class DbscanTests
{
    static readonly Gen<(Matrix Rows, double Eps, int MinSamples, bool Manhattan)> Cases =
        Gen.Select(PlainDensity.Rows, Gen.Double[0.1, 4], Gen.Int[1, 10], Gen.Bool);

    static DbscanModel Fit(Matrix rows, double eps, int minSamples, bool manhattan = false, int threads = 1) => Dbscan.Fit(rows,
        new DbscanOptions { Eps = eps, MinSamples = minSamples, Distance = manhattan ? Distance.Manhattan : Distance.Euclidean, Threads = threads });

    [Fact]
    public void Labels_are_those_of_the_definition() => Cases.Sample(x =>
    {
        var n = x.Rows.Rows;
        // On the lattice, a reach of whole numbers puts many rows at eps exactly.
        var eps = x.Rows.Values.All(v => v == MathF.Round(v)) ? Math.Ceiling(x.Eps) : x.Eps;
        bool Near(int i, int j) => PlainDensity.Distance(x.Rows, i, j, x.Manhattan) <= eps;
        var core = Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Count(j => Near(i, j)) >= x.MinSamples).ToArray();
        var expected = PlainDensity.Components(n, i => core[i], Near);
        for (var i = 0; i < n; i++)
        {
            if (core[i]) continue;
            var reached = Enumerable.Range(0, n).Where(j => core[j] && Near(i, j)).ToArray();
            if (reached.Length > 0) expected[i] = expected[reached.MinBy(j => (PlainDensity.Distance(x.Rows, i, j, x.Manhattan), expected[j]))];
        }

        var model = Fit(x.Rows, eps, x.MinSamples, x.Manhattan);
        return model.Labels.SequenceEqual(expected) && model.CoreLabels.Length == core.Count(c => c);
    }, iter: 500);

    [Theory]
    [InlineData(2, 0.2)]
    [InlineData(8, 2)]
    [InlineData(40, 7.3)]
    public void Large_rows_agree_with_the_definition_and_between_threads(int columns, double eps)
    {
        const int n = 3000;
        var (rows, _) = Points.Blobs(n, columns, 6, 5, 8);
        var model = Fit(rows, eps, 6, threads: 2);
        Assert.Equal(Fit(rows, eps, 6).Labels, model.Labels);
        var near = new bool[n, n];
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++) near[i, j] = PlainDensity.Distance(rows, i, j, false) <= eps;
        var core = Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Count(j => near[i, j]) >= 6).ToArray();
        Assert.InRange(core.Count(c => c), 300, n - 100);
        Assert.Equal(PlainDensity.Components(n, i => core[i], (i, j) => near[i, j]).Where(l => l >= 0), model.CoreLabels);
    }

    [Fact]
    public void Reference_sets_are_clustered_as_by_scikit_learn()
    {
        // tools/oracles/dbscan_reference.py
        foreach (var line in File.ReadLines(Repository.At("tests", "golden", "dbscan_reference.csv")).Skip(1))
        {
            var cells = line.Split(',');
            var model = Fit(ReferenceSets.Rows(cells[0]), double.Parse(cells[1]), int.Parse(cells[2]), threads: 2);
            var squares = model.CoreLabels.CountBy(l => l).Sum(g => (long)g.Value * g.Value);
            Assert.Equal(line, $"{cells[0]},{cells[1]},{cells[2]},{model.Count},{model.CoreLabels.Length},{model.Labels.Count(l => l < 0)},{squares}");
        }
    }

    [Fact]
    public void A_reach_that_holds_everything_makes_one_cluster_in_little_time()
    {
        var rows = Points.Fill(60_000, 3, r => r.NextNormal(), 4);
        var model = Fit(rows, 100, 5, threads: 2);
        Assert.Equal(1, model.Count);
        Assert.All(model.Labels, l => Assert.Equal(0, l));
    }

    [Fact]
    public void Cosine_groups_directions_whatever_their_length()
    {
        var rows = new Matrix([1, 0, 5, 0.1f, 90, 1, 0, 1, 0.1f, 4, 2, 100, -1, -1], 7, 2);
        Assert.Equal([0, 0, 0, 1, 1, 1, -1], Dbscan.Fit(rows, new DbscanOptions { Eps = 0.01, MinSamples = 2, Distance = Distance.Cosine }).Labels);
    }

    [Fact]
    public void Confidence_falls_from_a_core_point_to_the_edge_of_its_reach()
    {
        var model = Fit(new Matrix([0, 0.5f, 1, 10, 10.5f, 11], 6, 1), 1, 3);
        var assigned = model.Assign(new Matrix([1, 1.5f, 1.9f, 2.5f], 4, 1), 1);
        Assert.Equal([0, 0, 0, -1], assigned.Labels);
        Assert.Equal([1, 0.5f, 0.1f, 0], assigned.Confidence.Select(c => MathF.Round(c, 4)));
    }

    [Fact]
    public void Between_two_clusters_the_nearer_one_wins_and_the_other_is_second()
    {
        var model = Fit(new Matrix([0, 0.5f, 1, 2.75f, 3.25f, 3.75f], 6, 1), 1, 3);
        var assigned = model.Assign(new Matrix([1.75f, 2], 2, 1), 1);
        Assert.Equal([0, 1], assigned.Labels);
        Assert.Equal([1, 0], assigned.Second);
    }

    [Fact]
    public void Means_refuse_the_manhattan_distance() =>
        Assert.Contains("manhattan", Assert.Throws<ConfigurationException>(() =>
            KMeans.Fit(new Matrix(3, 2), new KMeansOptions { Distance = Distance.Manhattan }, new Seed(1))).Message, StringComparison.Ordinal);
}
