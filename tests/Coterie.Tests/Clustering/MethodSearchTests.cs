using Coterie.Clustering;
using Coterie.Clustering.Metrics;
using Coterie.Clustering.Search;
using Coterie.Numerics;
using Coterie.Tests.Clustering.Density;
using CsCheck;

namespace Coterie.Tests.Clustering;

public class MethodSearchTests
{
    static readonly MethodSearchOptions Ungated = new() { AskForStructure = false };

    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 5)]
    [InlineData(6, 3)]
    [InlineData(12, 2)]
    public void Planted_blobs_are_found(int k, int d)
    {
        var (rows, truth) = Points.Blobs(600, d, k, 9, (ulong)(100 * k + d));
        var found = MethodSearch.Run(rows, Ungated, stop: TestContext.Current.CancellationToken);
        Assert.Equal(k, found.Chosen!.Clusters);
        Assert.InRange(Agreement.AdjustedRand(found.Labels, truth), 0.99, 1);
    }

    [Fact]
    public void Rings_are_left_whole()
    {
        var rows = new Matrix(600, 2);
        var rng = new Rng(5, 5);
        for (var i = 0; i < rows.Rows; i++)
        {
            var (radius, angle) = (i < 150 ? 0.0 : 2, 2 * Math.PI * rng.NextDouble());
            rows[i, 0] = (float)(radius * Math.Cos(angle) + 0.15 * rng.NextNormal());
            rows[i, 1] = (float)(radius * Math.Sin(angle) + 0.15 * rng.NextNormal());
        }

        var found = MethodSearch.Run(rows, Ungated, stop: TestContext.Current.CancellationToken);
        Assert.Equal(1, Agreement.AdjustedRand(found.Labels, [.. Enumerable.Range(0, 600).Select(i => i < 150 ? 0 : 1)]));
    }

    [Fact]
    public void One_thread_gives_what_two_give_and_the_order_of_rows_does_not_matter()
    {
        var (rows, _) = Points.Blobs(500, 3, 4, 5, 3);
        var order = Enumerable.Range(0, 500).ToArray();
        new Rng(3, 3).Shuffle(order.AsSpan());
        var small = Ungated with { SampleRows = 300, Threads = 1 };
        var one = MethodSearch.Run(rows, small, stop: TestContext.Current.CancellationToken);
        var two = MethodSearch.Run(rows, small with { Threads = 2 }, stop: TestContext.Current.CancellationToken);
        var shuffled = MethodSearch.Run(rows.Take(order), small, stop: TestContext.Current.CancellationToken);
        Assert.Equal(one.Labels, two.Labels);
        Assert.Equal(one.Candidates, two.Candidates);
        Assert.Equal(order.Select(i => one.Labels[i]), shuffled.Labels);
    }

    [Fact]
    public void A_fixed_number_is_obeyed()
    {
        var (rows, _) = Points.Blobs(400, 3, 4, 6, 8);
        var found = MethodSearch.Run(rows, new() { Clusters = 7 }, stop: TestContext.Current.CancellationToken);
        Assert.All(found.Candidates, c => Assert.Equal(7, c.Clusters));
        Assert.Equal(7, found.Labels.Distinct().Count());
    }

    [Fact]
    public void A_continuum_is_one_cluster()
    {
        var found = MethodSearch.Run(Points.Fill(1000, 3, r => r.NextNormal(), 1), new(), stop: TestContext.Current.CancellationToken);
        Assert.Null(found.Model);
        Assert.All(found.Labels, l => Assert.Equal(0, l));
        Assert.Contains(found.Notes, n => n.Contains("No structure", StringComparison.Ordinal));
    }

    [Fact]
    public void A_stopped_search_and_a_short_budget_use_the_best_so_far()
    {
        var (rows, _) = Points.Blobs(400, 3, 4, 6, 8);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        var stopped = MethodSearch.Run(rows, Ungated, stop: stop.Token);
        Assert.NotNull(stopped.Model);
        Assert.Contains(stopped.Notes, n => n.Contains("stopped", StringComparison.Ordinal));
        var hurried = MethodSearch.Run(rows, Ungated with { TimeBudget = 1e-9 }, stop: TestContext.Current.CancellationToken);
        Assert.Equal(stopped.Labels, hurried.Labels);
        Assert.Contains(hurried.Notes, n => n.Contains("time budget", StringComparison.Ordinal));
    }

    [Fact]
    public void Bad_options_are_one_error_with_all_problems()
    {
        var error = Assert.Throws<ConfigurationException>(() => MethodSearch.Run(new Matrix(10, 2), new() { TimeBudget = 0, Clusters = 0, SampleRows = 1 }, stop: TestContext.Current.CancellationToken));
        Assert.Equal(3, error.Message.Split('\n').Length);
    }

    [Fact]
    public void Tables_of_any_size_have_a_result() => Gen.Select(Gen.Int[0, 12], Gen.Int[1, 9], Gen.Int[1, 3], Gen.Int[0, 3]).Sample((n, d, values, k) =>
    {
        var rng = new Rng((ulong)n, (ulong)d);
        var rows = new Matrix([.. Enumerable.Range(0, n * d).Select(_ => (float)rng.NextInt(values))], n, d);
        var found = MethodSearch.Run(rows, Ungated with { Clusters = k == 0 ? null : k, Threads = 1 });
        Assert.Equal(n, found.Labels.Length);
        Assert.All(found.Labels, l => Assert.InRange(l, 0, Math.Max(0, (found.Chosen?.Clusters ?? 1) - 1)));
    }, iter: 60, threads: 1);

    [Fact]
    public void The_choice_on_reference_sets_is_better_than_any_published_one()
    {
        string[] names = ["fcps/atom", "fcps/chainlink", "fcps/hepta", "fcps/lsun", "fcps/target", "fcps/tetra", "fcps/twodiamonds", "fcps/wingnut", "other/iris", "other/square",
            "sipu/aggregation", "sipu/compound", "sipu/flame", "sipu/jain", "sipu/pathbased", "sipu/r15", "sipu/spiral"];
        var known = ReferenceSets.Names();
        var ari = names.Where(known.Contains).Average(name => ReferenceSets.BestAri(name, (rows, _) => MethodSearch.Run(rows, Ungated).Labels));
        Assert.InRange(ari, 0.8, 1);
    }

    [Fact]
    public void Ward_and_k_means_of_directions_are_in_the_race_and_can_win()
    {
        // Rays: four directions, lengths from 1 to 10.
        var rng = new Rng(5, 7);
        float[][] directions = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.6f, 0.6f, -0.5f]];
        var truth = new int[800];
        var rows = new Matrix(truth.Length, 3);
        for (var i = 0; i < truth.Length; i++)
        {
            truth[i] = i % 4;
            var length = 1 + 9 * rng.NextDouble();
            for (var j = 0; j < 3; j++) rows[i, j] = (float)(length * (directions[truth[i]][j] + 0.12 * rng.NextNormal()));
        }

        var found = MethodSearch.Run(rows, Ungated, stop: TestContext.Current.CancellationToken);
        foreach (var (method, setting) in new[] { ("kmeans", ""), ("kmeans", "cosine"), ("ward", ""), ("gmm", "") })
            Assert.Equal(15, found.Candidates.Count(c => c.Method == method && c.Setting == setting));
        var told = MethodSearch.Run(rows, new() { Clusters = 4 }, stop: TestContext.Current.CancellationToken);
        Assert.InRange(Agreement.AdjustedRand(told.Labels, truth), 0.9, 1);
    }

    [Fact]
    public void Methods_that_make_the_sum_of_squares_small_are_one_voice()
    {
        int[] halves = [.. Enumerable.Range(0, 40).Select(i => i / 20)], others = [.. Enumerable.Range(0, 40).Select(i => i % 2)];
        List<Partition> Of(params (string Method, string Setting, int[] Labels)[] given) => [.. given.Select(g => new Partition(new(g.Method, g.Setting), 2, g.Labels))];
        var all = Of(("kmeans", "", halves), ("kmeans", "cosine", others), ("ward", "", halves), ("genie", "", others), ("gmm", "", others));
        PartitionChoice.Score(all, [], 1);
        // Kin do not vouch for each other; to Genie they are one voice, whose best counts.
        Assert.Equal(all[0].Agreement, all[2].Agreement);
        Assert.InRange(all[0].Agreement, -0.1, 0.01);
        Assert.Equal(1, all[1].Agreement);
        Assert.Equal(1, all[3].Agreement);
    }

    [Fact]
    public void Signs_prefer_the_valley()
    {
        var (rows, truth) = Points.Blobs(300, 2, 2, 10, 4);
        var land = new Landscape(rows, 1);
        int[] across = [.. Enumerable.Range(0, 300).Select(i => i % 2)];
        PartitionSigns good = PartitionSigns.Of(land, truth, 2), bad = PartitionSigns.Of(land, across, 2);
        Assert.Equal(0, good.Cut);
        Assert.InRange(bad.Cut, 0.3, 0.7);
        Assert.InRange(good.Validity, 0.3, 1);
        Assert.True(bad.Validity < 0);
    }
}
