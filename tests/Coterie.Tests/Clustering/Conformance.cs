using System.Text.Json;
using Coterie.Clustering;
using Coterie.Clustering.Metrics;
using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Clustering;

/// <summary>What every clusterer promises; each method runs the whole suite. Results are compared as partitions, never as label numbers.</summary>
public abstract class Conformance
{
    readonly Method method;

    protected Conformance(Method method)
    {
        this.method = method;
        if (TestContext.Current.TestMethod?.MethodName is { } law && method.Lacks.TryGetValue(law, out var why)) Assert.Skip($"{method.Name}: {why}");
    }

    ClusterModel Fit(Matrix rows, Asked asked) => method.Fit(rows, asked);

    int[] Labels(Matrix rows, int k, ulong seed) => Fit(rows, new(k) { Seed = seed }).Assign(rows, 1).Labels;

    // Agreement leaves out negative labels, so noise becomes a cluster of its own here.
    static bool SamePartition(int[] a, int[] b) => Agreement.AdjustedRand([.. a.Select(x => x + 1)], [.. b.Select(x => x + 1)]) == 1;

    T Needs<T>(T? part, string what) where T : class
    {
        Assert.SkipWhen(part is null, $"{method.Name} has no {what}.");
        return part!;
    }

    static int[] Shuffled(int n, ulong seed)
    {
        var order = Enumerable.Range(0, n).ToArray();
        new Rng(seed, 9).Shuffle(order.AsSpan());
        return order;
    }

    [Fact]
    public void A_planted_partition_is_found() => (method.EvenSizes ? Points.PlantedEvenly : Points.Planted).Sample(x => SamePartition(Labels(x.Rows, x.K, x.Seed), x.Truth), iter: 60);

    [Fact]
    public void Row_order_does_not_matter() => Points.Planted.Sample(x =>
    {
        var order = Shuffled(x.Rows.Rows, x.Seed);
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
    public void A_weight_of_n_is_n_copies()
    {
        var fit = Needs(method.Weighted, "weights");
        Points.Planted.Sample(x =>
        {
            var rng = new Rng(x.Seed, 12);
            var counts = Enumerable.Range(0, x.Rows.Rows).Select(_ => 1 + rng.NextInt(4)).ToArray();
            var copies = x.Rows.Take([.. counts.SelectMany((c, i) => Enumerable.Repeat(i, c))]);
            var start = Starts(x.Rows, x.Truth, x.K);
            ClusterModel weighted = fit(x.Rows, [.. counts.Select(c => (float)c)], start), copied = fit(copies, [.. Enumerable.Repeat(1f, copies.Rows)], start);
            return SamePartition(weighted.Assign(x.Rows, 1).Labels, copied.Assign(x.Rows, 1).Labels)
                && (method.Objective is not { } objective || Near(objective(weighted), objective(copied), 1e-4));
        }, iter: 30);
    }

    [Fact]
    public void Scaling_all_weights_does_nothing()
    {
        var fit = Needs(method.Weighted, "weights");
        Points.Planted.Sample(x =>
        {
            var rng = new Rng(x.Seed, 12);
            float[] weights = [.. Enumerable.Range(0, x.Rows.Rows).Select(_ => (float)(0.5 + rng.NextDouble()))];
            var start = Starts(x.Rows, x.Truth, x.K);
            return SamePartition(fit(x.Rows, weights, start).Assign(x.Rows, 1).Labels, fit(x.Rows, [.. weights.Select(w => w * 8)], start).Assign(x.Rows, 1).Labels);
        }, iter: 20);
    }

    // One row of each planted group.
    static float[][] Starts(Matrix rows, int[] truth, int k) => [.. Enumerable.Range(0, k).Select(c => rows.Row(Array.IndexOf(truth, c)).ToArray())];

    static bool Near(double a, double b, double tolerance) => Math.Abs(a - b) <= tolerance * (1 + Math.Abs(a));

    [Fact]
    public void One_thread_gives_the_bytes_of_many()
    {
        // More rows than one chunk, and groups that overlap, so that sums and ties are put to the test.
        var (rows, _) = Points.Blobs(10_000, 5, 6, 3, 11);
        ClusterModel one = Fit(rows, new(6) { Seed = 5, Starts = 2 }), many = Fit(rows, new(6) { Seed = 5, Starts = 2, Threads = 4 });
        Assert.Equal(JsonSerializer.Serialize(one), JsonSerializer.Serialize(many));
        var (a, b) = (one.Assign(rows, 1), many.Assign(rows, 4));
        Assert.Equal(a.Labels, b.Labels);
        Assert.Equal(a.Second, b.Second);
        Assert.Equal(a.Confidence, b.Confidence);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes() => Points.Planted.Sample(x =>
        JsonSerializer.Serialize(Fit(x.Rows, new(x.K + 1) { Seed = x.Seed })) == JsonSerializer.Serialize(Fit(x.Rows, new(x.K + 1) { Seed = x.Seed })), iter: 20);

    [Fact]
    public void Another_seed_stays_close() => Gen.ULong[0, 100].Sample(seed =>
    {
        // Groups that touch; several starts must end in about the same place.
        var (rows, _) = Points.Blobs(400, 3, 4, 6, seed);
        return Agreement.AdjustedRand(Labels(rows, 4, seed), Labels(rows, 4, seed + 1)) > 0.95;
    }, iter: 15);

    [Fact]
    public void The_objective_is_that_of_double_precision()
    {
        var exactly = Needs(method.Exactly, "objective");
        Gen.Select(Gen.ULong[0, 200], Gen.Int[1, 9], Gen.Int[1, 6]).Sample((seed, d, k) =>
        {
            var (rows, _) = Points.Blobs(150, d, k, 4, seed);
            var model = Fit(rows, new(k) { Seed = seed });
            return Near(method.Objective!(model), exactly(model, rows), 1e-5);
        }, iter: 20);
    }

    [Fact]
    public void Rows_that_were_fitted_get_their_labels_back_alone_or_together() => Points.Planted.Sample(x =>
    {
        var model = Fit(x.Rows, new(x.K) { Seed = x.Seed });
        var together = model.Assign(x.Rows, 1).Labels;
        var order = Shuffled(x.Rows.Rows, x.Seed)[..20];
        return (method.Kept is not { } kept || kept(model).SequenceEqual(together))
            && order.All(i => model.Assign(x.Rows.Take([i]), 1).Labels[0] == together[i]);
    }, iter: 20);

    [Fact]
    public void New_rows_get_an_existing_cluster_or_none() => Points.Planted.Sample(x =>
    {
        var model = Fit(x.Rows, new(x.K) { Seed = x.Seed });
        var far = Points.Fill(30, x.Rows.Columns, r => 1e4 * r.NextNormal(), x.Seed);
        return model.Assign(far, 1).Labels.All(l => l >= (method.Noise ? -1 : 0) && l < model.Clusters);
    }, iter: 20);

    [Fact]
    public void Fitting_again_from_the_optimum_changes_nothing()
    {
        var again = Needs(method.Again, "warm start");
        Points.Planted.Sample(x =>
        {
            var found = Fit(x.Rows, new(x.K) { Seed = x.Seed });
            var second = again(x.Rows, found);
            return SamePartition(found.Assign(x.Rows, 1).Labels, second.Assign(x.Rows, 1).Labels) && Near(method.Objective!(found), method.Objective!(second), 1e-5);
        }, iter: 20);
    }

    [Fact]
    public void A_model_read_back_from_json_assigns_the_same() => Points.Planted.Sample(x =>
    {
        var model = Fit(x.Rows, new(x.K + 1) { Seed = x.Seed });
        var back = JsonSerializer.Deserialize<ClusterModel>(JsonSerializer.Serialize(model))!;
        return back.Clusters == model.Clusters && back.Dimensions == model.Dimensions
            && back.Assign(x.Rows, 1).Labels.SequenceEqual(model.Assign(x.Rows, 1).Labels)
            && back.Assign(x.Rows, 1).Confidence.SequenceEqual(model.Assign(x.Rows, 1).Confidence);
    }, iter: 20);

    [Fact]
    public void More_starts_are_never_worse()
    {
        var objective = Needs(method.Objective, "objective");
        Gen.ULong[0, 200].Sample(seed =>
        {
            var (rows, _) = Points.Blobs(300, 3, 6, 3, seed);
            var objectives = new[] { 1, 2, 4, 8 }.Select(s => objective(Fit(rows, new(6) { Seed = seed, Starts = s }))).ToArray();
            return objectives.Zip(objectives.Skip(1)).All(p => p.Second <= p.First);
        }, iter: 15);
    }

    [Fact]
    public void The_objective_never_rises_between_iterations()
    {
        Assert.SkipUnless(method.Iterative, $"{method.Name} has no iterations.");
        Gen.ULong[0, 200].Sample(seed =>
        {
            var (rows, _) = Points.Blobs(300, 3, 6, 3, seed);
            var objectives = Enumerable.Range(1, 12).Select(i => method.Objective!(Fit(rows, new(6) { Seed = seed, Starts = 1, MaxIterations = i }))).ToArray();
            // A part in a million: centres are rounded to single precision, and the mixture adds its ridge.
            return objectives.Zip(objectives.Skip(1)).All(p => p.Second <= p.First + 1e-6 * Math.Abs(p.First));
        }, iter: 15);
    }

    [Fact]
    public void Labels_seconds_and_confidences_are_within_bounds_at_odd_sizes() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 17], Gen.Int[1, 9], Gen.ULong[0, 999]).Sample((n, d, k, seed) =>
        {
            var rows = Points.Fill(n, d, r => r.NextNormal(), seed);
            var model = Fit(rows, new(k) { Seed = seed, Starts = 2 });
            var a = model.Assign(rows, 1);
            var least = method.Noise ? -1 : 0;
            return model.Dimensions == d && model.Clusters <= Math.Max(k, method.Noise ? n : 0) && Enumerable.Range(0, n).All(i =>
                a.Labels[i] >= least && a.Labels[i] < model.Clusters && a.Second[i] >= -1 && a.Second[i] < model.Clusters
                && (a.Second[i] != a.Labels[i] || a.Second[i] == -1) && a.Confidence[i] is >= 0 and <= 1);
        }, iter: 60);

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
        var model = Fit(new Matrix(0, 3), new(4));
        Assert.Equal(0, model.Clusters);
        Assert.Equal([-1], model.Assign(new Matrix(1, 3), 1).Labels);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 3, 1)]
    [InlineData(2, 5, 2)]
    [InlineData(3, 3, 3)]
    public void Fewer_rows_than_clusters_give_a_cluster_a_row(int n, int k, int expected)
    {
        var rows = new Matrix([.. Enumerable.Range(0, n * 2).Select(i => (float)i * i)], n, 2);
        var model = Fit(rows, new(k));
        var labels = model.Assign(rows, 1).Labels;
        Assert.Equal(n, labels.Length);
        if (method.Noise) return;
        Assert.Equal(expected, model.Clusters);
        Assert.Equal(expected, labels.Distinct().Count());
    }

    [Fact]
    public void One_cluster_holds_every_row() => Gen.ULong[0, 50].Sample(seed =>
        method.Noise || Labels(Points.Fill(50, 3, r => r.NextNormal(), seed), 1, seed).All(l => l == 0), iter: 5);

    [Fact]
    public void Equal_rows_are_together()
    {
        var rows = Points.Fill(50, 3, _ => 7, 1);
        var model = Fit(rows, new(4));
        var assigned = model.Assign(rows, 1);
        Assert.Single(assigned.Labels.Distinct());
        if (method.Noise) return;
        Assert.Equal(1, model.Clusters);
        Assert.All(assigned.Labels, l => Assert.Equal(0, l));
        Assert.All(assigned.Second, s => Assert.Equal(-1, s));
        Assert.All(assigned.Confidence, c => Assert.Equal(1, c));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_missing_or_infinite_value_is_refused_with_its_place(float value)
    {
        var rows = Points.Fill(20, 2, r => r.NextNormal(), 1);
        var model = Fit(rows, new(2));
        rows[3, 1] = value;
        Assert.Contains("row 3, column 1", Assert.Throws<InputException>(() => Fit(rows, new(2))).Message, StringComparison.Ordinal);
        Assert.Contains("row 3, column 1", Assert.Throws<InputException>(() => model.Assign(rows, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_of_another_width_are_refused()
    {
        var model = Fit(Points.Fill(20, 2, r => r.NextNormal(), 1), new(2));
        Assert.Throws<InputException>(() => model.Assign(new Matrix(1, 3), 1));
    }

    [Fact]
    public void Impossible_options_are_one_error_with_every_problem() =>
        Assert.Equal(method.Problems, Assert.Throws<ConfigurationException>(method.Impossible).Message.Split('\n').Length);

    [Fact]
    public void Pure_noise_is_not_called_structure()
    {
        Assert.SkipUnless(method.Searched, $"the search does not know {method.Name}.");
        foreach (var seed in new ulong[] { 1, 2 })
        {
            var rows = Points.Fill(200, 2, r => seed == 1 ? r.NextDouble() : r.NextNormal(), seed);
            Assert.Null(ClusterSearch.Run([new ClusterView("noise", rows)],
                new() { Method = method.Name, MaxClusters = 4, Bootstraps = 4, NullReplicates = 20, Threads = 2, Seed = new(seed) }, null, TestContext.Current.CancellationToken).Chosen);
        }
    }
}

// One line a method.
public class KMeansConformance() : Conformance(Methods.KMeans);
public class KMeansParallelConformance() : Conformance(Methods.KMeansParallel);
public class MiniBatchConformance() : Conformance(Methods.MiniBatch);
public class DbscanConformance() : Conformance(Methods.Dbscan);
public class HdbscanConformance() : Conformance(Methods.Hdbscan);
public class GenieConformance() : Conformance(Methods.Genie);
public class WardConformance() : Conformance(Methods.Ward);
public class WardOfASummaryConformance() : Conformance(Methods.WardOfASummary);
public class GaussianMixtureConformance() : Conformance(Methods.GaussianMixture);
public class DiagonalMixtureConformance() : Conformance(Methods.DiagonalMixture);
public class TiedMixtureConformance() : Conformance(Methods.TiedMixture);
public class SphericalMixtureConformance() : Conformance(Methods.SphericalMixture);
