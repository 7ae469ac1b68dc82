using System.Text.Json;
using Coterie.Clustering;
using Coterie.Clustering.Metrics;
using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Clustering.Density;

/// <summary>What every density method promises; each runs the whole suite.</summary>
public abstract class DensityLaws
{
    protected abstract MethodOptions Options(int clusters, Distance distance = Distance.Euclidean, int threads = 1);

    /// <summary>Options that are wrong in as many ways as given.</summary>
    protected abstract (MethodOptions Options, int Problems) Wrong { get; }

    /// <summary>Labels of the fitted rows, as the model holds them.</summary>
    protected abstract int[] Fitted(ClusterModel model);

    /// <summary>Whether a row far from everything is in no cluster.</summary>
    protected virtual bool FarIsNone => true;

    ClusterModel Fit(Matrix rows, int k) => Clusterer.Fit(rows, Options(k), new Seed(1));

    // Noise is a group of its own here.
    static bool Same(int[] a, int[] b) => Agreement.AdjustedRand([.. a.Select(l => l + 1)], [.. b.Select(l => l + 1)]) == 1;

    static readonly Gen<(Matrix Rows, int[] Truth, int K, ulong Seed)> Planted = Points.Planted;

    /// <summary>Whether a dense group may be told apart into several.</summary>
    protected virtual bool MaySplit => false;

    [Fact]
    public void A_planted_partition_is_found() => Planted.Sample(x =>
    {
        // A group of a few rows is noise, or part of another, to these methods.
        if (x.Truth.CountBy(t => t).Any(g => g.Value < 10)) return true;
        var labels = Fitted(Fit(x.Rows, x.K));
        var kept = Enumerable.Range(0, labels.Length).Where(i => labels[i] >= 0).ToArray();
        int[] found = [.. kept.Select(i => labels[i])], truth = [.. kept.Select(i => x.Truth[i])];
        // Branch ends are about two rows in five of a random spanning tree.
        return kept.Length > 0.4 * labels.Length
            && (MaySplit ? found.Zip(truth).Distinct().Count() == found.Distinct().Count() && truth.Distinct().Count() == x.K : Same(found, truth));
    }, iter: 100);

    [Fact]
    public void Row_order_does_not_matter() => Planted.Sample(x =>
    {
        var order = Enumerable.Range(0, x.Rows.Rows).ToArray();
        new Rng(x.Seed, 9).Shuffle(order.AsSpan());
        var labels = Fitted(Fit(x.Rows, x.K));
        return Same(Fitted(Fit(x.Rows.Take(order), x.K)), [.. order.Select(i => labels[i])]);
    }, iter: 40);

    [Fact]
    public void A_constant_column_does_not_matter() => Planted.Sample(x =>
    {
        var wider = new Matrix(x.Rows.Rows, x.Rows.Columns + 1);
        for (var i = 0; i < x.Rows.Rows; i++)
        {
            x.Rows.Row(i).CopyTo(wider.Row(i));
            wider[i, x.Rows.Columns] = 3;
        }

        return Same(Fitted(Fit(wider, x.K)), Fitted(Fit(x.Rows, x.K)));
    }, iter: 40);

    [Fact]
    public void A_new_row_gets_an_existing_cluster_or_none() => PlainDensity.Rows.Sample(rows =>
    {
        var model = Fit(rows, 3);
        var assigned = model.Assign(Points.Fill(40, rows.Columns, r => 3 * r.NextNormal(), 7), 1);
        return Enumerable.Range(0, 40).All(i => assigned.Labels[i] >= -1 && assigned.Labels[i] < model.Clusters
            && assigned.Second[i] >= -1 && assigned.Second[i] < model.Clusters && assigned.Confidence[i] is >= 0 and <= 1);
    }, iter: 60);

    [Fact]
    public void Fitted_rows_get_their_labels_back() => Gen.Select(PlainDensity.Rows, Gen.Enum<Distance>()).Sample((rows, distance) =>
    {
        var model = Clusterer.Fit(rows, Options(3, distance), new Seed(1));
        return model.Assign(rows, 1).Labels.SequenceEqual(Fitted(model));
    }, iter: 150);

    [Fact]
    public void Labels_run_from_0_in_the_order_of_first_rows() => PlainDensity.Rows.Sample(rows =>
    {
        var model = Fit(rows, 3);
        var seen = Fitted(model).Where(l => l >= 0).Distinct().ToArray();
        // DBSCAN numbers by first core point, and a border row may come before it.
        return seen.Order().SequenceEqual(Enumerable.Range(0, model.Clusters)) && (model is DbscanModel || seen.SequenceEqual(seen.Order()));
    }, iter: 60);

    [Fact]
    public void A_row_far_from_everything_is_in_no_cluster()
    {
        if (!FarIsNone) Assert.Skip("The method is a partition: the nearest row decides.");
        var (rows, _) = Points.Blobs(300, 3, 3, 14, 2);
        var assigned = Fit(rows, 3).Assign(new Matrix([1e4f, 1e4f, -1e4f], 1, 3), 1);
        Assert.Equal([-1], assigned.Labels);
        Assert.Equal([0f], assigned.Confidence);
    }

    [Fact]
    public void One_thread_gives_the_bytes_of_two()
    {
        var (rows, _) = Points.Blobs(10_000, 5, 6, 3, 11);
        var one = Clusterer.Fit(rows, Options(6, threads: 1), new Seed(5));
        var two = Clusterer.Fit(rows, Options(6, threads: 2), new Seed(5));
        Assert.Equal(JsonSerializer.Serialize(one), JsonSerializer.Serialize(two));
        var (a, b) = (one.Assign(rows, 1), two.Assign(rows, 2));
        Assert.Equal(a.Labels, b.Labels);
        Assert.Equal(a.Second, b.Second);
        Assert.Equal(a.Confidence, b.Confidence);
    }

    [Fact]
    public void A_model_read_back_from_json_assigns_the_same() => PlainDensity.Rows.Sample(rows =>
    {
        var model = Fit(rows, 3);
        var back = JsonSerializer.Deserialize<ClusterModel>(JsonSerializer.Serialize(model))!;
        var others = Points.Fill(30, rows.Columns, r => r.NextNormal(), 3);
        return back.Clusters == model.Clusters && back.Dimensions == model.Dimensions
            && back.Assign(others, 1).Labels.SequenceEqual(model.Assign(others, 1).Labels)
            && back.Assign(others, 1).Confidence.SequenceEqual(model.Assign(others, 1).Confidence);
    }, iter: 30);

    [Fact]
    public void Inputs_are_not_mutated() => Gen.Select(PlainDensity.Rows, Gen.Enum<Distance>()).Sample((rows, distance) =>
    {
        var before = (float[])rows.Values.Clone();
        Clusterer.Fit(rows, Options(3, distance), new Seed(1)).Assign(rows, 1);
        return before.SequenceEqual(rows.Values);
    }, iter: 20);

    [Fact]
    public void No_rows_give_a_model_of_no_clusters()
    {
        var model = Fit(new Matrix(0, 3), 4);
        Assert.Equal(0, model.Clusters);
        Assert.Equal([-1], model.Assign(new Matrix(1, 3), 1).Labels);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(31, 1)]
    [InlineData(33, 9)]
    [InlineData(65, 17)]
    public void Odd_sizes_are_fitted(int n, int d)
    {
        var rows = Points.Fill(n, d, r => r.NextNormal(), 1);
        var model = Fit(rows, 2);
        Assert.Equal(n, Fitted(model).Length);
        Assert.Equal(Fitted(model), model.Assign(rows, 2).Labels);
    }

    [Fact]
    public void A_missing_value_is_refused_with_its_place()
    {
        var rows = Points.Fill(5, 2, r => r.NextNormal(), 1);
        rows[3, 1] = float.NaN;
        var error = Assert.Throws<InputException>(() => Fit(rows, 2));
        Assert.Contains("row 3, column 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Impossible_options_are_one_error_with_every_problem()
    {
        var error = Assert.Throws<ConfigurationException>(() => Clusterer.Fit(new Matrix(3, 2), Wrong.Options, new Seed(1)));
        Assert.Equal(Wrong.Problems, error.Message.Split('\n').Length);
    }
}

public class DbscanLaws : DensityLaws
{
    // Two rows of one group in six columns are nearer than 5 with probability 0.95; along the line between two centres, 14 standard deviations
    // apart, two rows of different groups are that near with probability 1e-10.
    protected override MethodOptions Options(int clusters, Distance distance, int threads) =>
        new DbscanOptions { Eps = distance == Distance.Cosine ? 0.02 : 5, MinSamples = 4, Distance = distance, Threads = threads };

    protected override (MethodOptions, int) Wrong => (new DbscanOptions { Eps = double.NaN, MinSamples = 0, Threads = 0 }, 3);

    protected override int[] Fitted(ClusterModel model) => ((DbscanModel)model).Labels;
}

public class HdbscanLaws : DensityLaws
{
    protected override MethodOptions Options(int clusters, Distance distance, int threads) =>
        new HdbscanOptions { MinClusterSize = 5, Distance = distance, Threads = threads };

    protected override (MethodOptions, int) Wrong => (new HdbscanOptions { MinClusterSize = 1, MinSamples = 0, SelectionEpsilon = -1, Threads = 0 }, 4);

    protected override int[] Fitted(ClusterModel model) => ((HdbscanModel)model).Labels;

    protected override bool MaySplit => true;
}

public class GenieLaws : DensityLaws
{
    protected override MethodOptions Options(int clusters, Distance distance, int threads) =>
        new GenieOptions { Clusters = clusters, GiniThreshold = 1, Distance = distance, Threads = threads };

    protected override (MethodOptions, int) Wrong => (new GenieOptions { Clusters = 0, GiniThreshold = 2, MinSamples = 0, Threads = 0 }, 4);

    protected override int[] Fitted(ClusterModel model) => ((GenieModel)model).Labels;

    protected override bool FarIsNone => false;
}

public class GenieWithNoiseLaws : DensityLaws
{
    protected override MethodOptions Options(int clusters, Distance distance, int threads) =>
        new GenieOptions { Clusters = clusters, GiniThreshold = 1, MinSamples = 2, Distance = distance, Threads = threads };

    protected override (MethodOptions, int) Wrong => (new GenieOptions { Clusters = -1, GiniThreshold = double.NaN, MinSamples = -1 }, 3);

    protected override int[] Fitted(ClusterModel model) => ((GenieModel)model).Labels;

    protected override bool FarIsNone => false;
}
