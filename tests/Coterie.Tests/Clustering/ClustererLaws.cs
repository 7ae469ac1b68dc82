using System.Text.Json;
using Coterie.Clustering;
using Coterie.Clustering.Metrics;
using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Clustering;

/// <summary>What every clusterer promises; each method runs the whole suite.</summary>
public abstract class ClustererLaws
{
    protected abstract ClusterOptions Options(int clusters, int starts = 6, int threads = 1, int maxIterations = 200);

    /// <summary>What a fit makes small.</summary>
    protected abstract double Objective(ClusterModel model);

    int[] Labels(Matrix rows, int k, ulong seed) => Fit(rows, k, seed).Assign(rows, 1).Labels;

    ClusterModel Fit(Matrix rows, int k, ulong seed) => Clusterer.Fit(rows, Options(k), new Seed(seed));

    static bool SamePartition(int[] a, int[] b) => Agreement.AdjustedRand(a, b) == 1;

    [Fact]
    public void A_planted_partition_is_found() => Points.Planted.Sample(x => SamePartition(Labels(x.Rows, x.K, x.Seed), x.Truth), iter: 60);

    [Fact]
    public void Row_order_does_not_matter() => Points.Planted.Sample(x =>
    {
        var order = Enumerable.Range(0, x.Rows.Rows).ToArray();
        new Rng(x.Seed, 9).Shuffle(order.AsSpan());
        var labels = Labels(x.Rows, x.K, x.Seed);
        return SamePartition(Labels(Points.Permuted(x.Rows, order), x.K, x.Seed), [.. order.Select(i => labels[i])]);
    }, iter: 40);

    [Fact]
    public void A_constant_column_does_not_matter() => Points.Planted.Sample(x =>
    {
        var wider = new Matrix(x.Rows.Rows, x.Rows.Columns + 1);
        for (var i = 0; i < x.Rows.Rows; i++)
        {
            x.Rows.Row(i).CopyTo(wider.Row(i));
            wider[i, x.Rows.Columns] = 3;
        }

        return SamePartition(Labels(wider, x.K, x.Seed), Labels(x.Rows, x.K, x.Seed));
    }, iter: 40);

    [Fact]
    public void A_shift_of_all_rows_does_not_matter() => Points.Planted.Sample(x =>
    {
        var shifted = new Matrix([.. x.Rows.Values.Select(v => v + 64)], x.Rows.Rows, x.Rows.Columns);
        return SamePartition(Labels(shifted, x.K, x.Seed), Labels(x.Rows, x.K, x.Seed));
    }, iter: 40);

    [Fact]
    public void One_thread_gives_the_bytes_of_two()
    {
        // More rows than one chunk, and groups that overlap, so that sums and ties are put to the test.
        var (rows, _) = Points.Blobs(10_000, 5, 6, 3, 11);
        var one = Clusterer.Fit(rows, Options(6, 2, threads: 1), new Seed(5));
        var two = Clusterer.Fit(rows, Options(6, 2, threads: 2), new Seed(5));
        Assert.Equal(JsonSerializer.Serialize(one), JsonSerializer.Serialize(two));
        var (a, b) = (one.Assign(rows, 1), two.Assign(rows, 2));
        Assert.Equal(a.Labels, b.Labels);
        Assert.Equal(a.Second, b.Second);
        Assert.Equal(a.Confidence, b.Confidence);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes() => Points.Planted.Sample(x =>
        JsonSerializer.Serialize(Fit(x.Rows, x.K + 1, x.Seed)) == JsonSerializer.Serialize(Fit(x.Rows, x.K + 1, x.Seed)), iter: 20);

    [Fact]
    public void A_model_read_back_from_json_assigns_the_same() => Points.Planted.Sample(x =>
    {
        var model = Fit(x.Rows, x.K + 1, x.Seed);
        var back = JsonSerializer.Deserialize<ClusterModel>(JsonSerializer.Serialize(model))!;
        return back.Clusters == model.Clusters && back.Dimensions == model.Dimensions
            && back.Assign(x.Rows, 1).Confidence.SequenceEqual(model.Assign(x.Rows, 1).Confidence);
    }, iter: 20);

    [Fact]
    public void More_starts_are_never_worse() => Gen.ULong[0, 200].Sample(seed =>
    {
        var (rows, _) = Points.Blobs(300, 3, 6, 3, seed);
        var objectives = new[] { 1, 2, 4, 8 }.Select(s => Objective(Clusterer.Fit(rows, Options(6, s), new Seed(seed)))).ToArray();
        return objectives.Zip(objectives.Skip(1)).All(p => p.Second <= p.First);
    }, iter: 15);

    [Fact]
    public void The_objective_never_rises_between_iterations() => Gen.ULong[0, 200].Sample(seed =>
    {
        var (rows, _) = Points.Blobs(300, 3, 6, 3, seed);
        var objectives = Enumerable.Range(1, 12).Select(i => Objective(Clusterer.Fit(rows, Options(6, 1, maxIterations: i), new Seed(seed)))).ToArray();
        // A part in a million: centres are rounded to single precision, and the mixture adds its ridge.
        return objectives.Zip(objectives.Skip(1)).All(p => p.Second <= p.First + 1e-6 * Math.Abs(p.First));
    }, iter: 15);

    [Fact]
    public void Labels_seconds_and_confidences_are_within_bounds() => Points.Planted.Sample(x =>
    {
        var model = Fit(x.Rows, x.K, x.Seed);
        var a = model.Assign(x.Rows, 1);
        return Enumerable.Range(0, x.Rows.Rows).All(i => a.Labels[i] >= 0 && a.Labels[i] < model.Clusters
            && a.Second[i] >= 0 && a.Second[i] < model.Clusters && a.Second[i] != a.Labels[i] && a.Confidence[i] is >= 0 and <= 1);
    }, iter: 30);

    [Fact]
    public void Inputs_are_not_mutated() => Points.Planted.Sample(x =>
    {
        var before = (float[])x.Rows.Values.Clone();
        Labels(x.Rows, x.K, x.Seed);
        return before.SequenceEqual(x.Rows.Values);
    }, iter: 10);

    [Fact]
    public void No_rows_give_a_model_of_no_clusters()
    {
        var model = Fit(new Matrix(0, 3), 4, 1);
        Assert.Equal(0, model.Clusters);
        Assert.Equal([-1], model.Assign(new Matrix(1, 3), 1).Labels);
    }

    [Theory]
    [InlineData(1, 3, 1)]
    [InlineData(2, 5, 2)]
    [InlineData(3, 3, 3)]
    public void Fewer_rows_than_clusters_give_a_cluster_a_row(int n, int k, int expected)
    {
        var rows = new Matrix([.. Enumerable.Range(0, n * 2).Select(i => (float)i * i)], n, 2);
        var model = Fit(rows, k, 1);
        Assert.Equal(expected, model.Clusters);
        Assert.Equal(expected, model.Assign(rows, 1).Labels.Distinct().Count());
    }

    [Fact]
    public void Equal_rows_are_one_cluster()
    {
        var rows = Points.Fill(50, 3, _ => 7, 1);
        var model = Fit(rows, 4, 1);
        Assert.Equal(1, model.Clusters);
        var assigned = model.Assign(rows, 1);
        Assert.All(assigned.Labels, l => Assert.Equal(0, l));
        Assert.All(assigned.Second, s => Assert.Equal(-1, s));
        Assert.All(assigned.Confidence, c => Assert.Equal(1, c));
    }

    [Fact]
    public void A_missing_value_is_refused_with_its_place()
    {
        var rows = Points.Fill(5, 2, r => r.NextNormal(), 1);
        rows[3, 1] = float.NaN;
        var error = Assert.Throws<InputException>(() => Fit(rows, 2, 1));
        Assert.Contains("row 3, column 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Impossible_options_are_one_error_with_every_problem()
    {
        var error = Assert.Throws<ConfigurationException>(() => Clusterer.Fit(new Matrix(3, 2), Options(0, 0, 0, 0), new Seed(1)));
        Assert.Equal(4, error.Message.Split('\n').Length);
    }
}

public class KMeansLaws : ClustererLaws
{
    protected override ClusterOptions Options(int clusters, int starts, int threads, int maxIterations) =>
        new KMeansOptions { Clusters = clusters, Starts = starts, Threads = threads, MaxIterations = maxIterations };

    protected override double Objective(ClusterModel model) => ((KMeansModel)model).Objective;
}

public class GaussianMixtureLaws : ClustererLaws
{
    protected override ClusterOptions Options(int clusters, int starts, int threads, int maxIterations) =>
        new GaussianMixtureOptions { Clusters = clusters, Starts = starts, Threads = threads, MaxIterations = maxIterations, Tolerance = 1e-6 };

    protected override double Objective(ClusterModel model) => -((GaussianMixtureModel)model).LogLikelihood;
}

public class DiagonalMixtureLaws : ClustererLaws
{
    protected override ClusterOptions Options(int clusters, int starts, int threads, int maxIterations) =>
        new GaussianMixtureOptions { Clusters = clusters, Starts = starts, Threads = threads, MaxIterations = maxIterations, Covariance = Covariance.Diagonal };

    protected override double Objective(ClusterModel model) => -((GaussianMixtureModel)model).LogLikelihood;
}
