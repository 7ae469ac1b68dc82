using System.Text.Json;
using Coterie.Clustering;
using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Clustering;

/// <summary>Fits that must end early keep what they reached; fits that need not are not touched.</summary>
public class FitLimitTests
{
    static readonly FitLimit Far = new(1e6, CancellationToken.None);

    static MethodOptions[] Methods(int k) =>
    [
        new KMeansOptions { Clusters = k, Starts = 3, Threads = 1 },
        new KMeansOptions { Clusters = k, Starts = 3, Distance = Distance.Cosine, Seeding = Seeding.Parallel, Threads = 1 },
        new MiniBatchKMeansOptions { Clusters = k, BatchRows = 32, SeedRows = 40, Threads = 1 },
        new GaussianMixtureOptions { Clusters = k, Starts = 3, Threads = 1 },
    ];

    static FitLimit Stopped()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        return new FitLimit(null, stop.Token);
    }

    [Fact]
    public void A_limit_that_is_not_met_changes_no_byte() => Gen.Select(Gen.Int[1, 200], Gen.Int[1, 5], Gen.Int[1, 6], Gen.ULong[0, 999]).Sample((n, d, k, seed) =>
    {
        var rows = Points.Fill(n, d, r => r.NextNormal(), seed);
        return Methods(k).All(m =>
            JsonSerializer.Serialize(Clusterer.Fit(rows, m, new Seed(seed))) == JsonSerializer.Serialize(Clusterer.Fit(rows, m, new Seed(seed), Far))) && Far.Met == 0;
    }, iter: 40);

    [Fact]
    public void A_limit_that_is_met_from_the_start_gives_the_first_start_as_it_was_drawn() =>
        Gen.Select(Gen.Int[1, 200], Gen.Int[1, 5], Gen.Int[1, 6], Gen.ULong[0, 999]).Sample((n, d, k, seed) =>
        {
            var rows = Points.Fill(n, d, r => r.NextNormal(), seed);
            foreach (var method in Methods(k))
            {
                foreach (var limit in new[] { Stopped(), new FitLimit(0) })
                {
                    var model = Clusterer.Fit(rows, method, new Seed(seed), limit);
                    var assigned = model.Assign(rows, 1);
                    Assert.All(assigned.Labels, l => Assert.InRange(l, 0, model.Clusters - 1));
                    Assert.Equal(0, model switch { KMeansModel m => m.Iterations, GaussianMixtureModel m => m.Iterations, _ => -1 });
                    // One column has two directions at most.
                    Assert.InRange(model.Clusters, method is KMeansOptions { Distance: Distance.Cosine } ? 1 : Math.Min(k, n), Math.Min(k, n));
                }
            }
        }, iter: 40);

    [Fact]
    public void The_objective_of_a_fit_cut_short_is_that_of_its_centres()
    {
        var (rows, _) = Points.Blobs(500, 3, 6, 2, 4);
        var model = KMeans.Fit(rows, new() { Clusters = 6, Threads = 2 }, new Seed(2), Stopped());
        var exactly = Enumerable.Range(0, 500).Sum(i => model.Centres.Min(c => c.Select((x, j) => ((double)rows[i, j] - x) * ((double)rows[i, j] - x)).Sum()));
        Assert.InRange(model.Objective / exactly, 1 - 1e-5, 1 + 1e-5);
        var settled = KMeans.Fit(rows, new() { Clusters = 6, Starts = 1, Threads = 2 }, new Seed(2));
        Assert.True(settled.Objective <= model.Objective);
    }

    [Fact]
    public void A_warm_start_is_kept_where_there_is_no_time_for_others()
    {
        var (rows, _) = Points.Blobs(200, 2, 3, 5, 4);
        float[][] warm = [[0, 0], [1, 1], [2, 2]];
        var limit = new FitLimit(0);
        var model = KMeans.Fit(rows, new() { Clusters = 3, WarmStart = warm, Threads = 1 }, new Seed(2), limit);
        Assert.Equal(warm, model.Centres);
        // The warm start itself, and the other starts.
        Assert.Equal(2, limit.Met);
        Assert.Contains("time budget of 0 s", limit.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_stop_in_the_middle_leaves_is_no_worse_than_the_start()
    {
        var (rows, _) = Points.Blobs(60_000, 8, 40, 1, 3);
        var options = new KMeansOptions { Clusters = 40, Starts = 50, MaxIterations = 1000, Tolerance = 0, Threads = 1 };
        using var stop = new CancellationTokenSource();
        var limit = new FitLimit(null, stop.Token);
        stop.CancelAfter(TimeSpan.FromMilliseconds(300));
        var model = KMeans.Fit(rows, options, new Seed(3), limit);
        Assert.InRange(limit.Met, 1, 4);
        Assert.Contains("stopped", limit.Reason, StringComparison.Ordinal);
        Assert.True(model.Objective <= KMeans.Fit(rows, options with { Starts = 1 }, new Seed(3), Stopped()).Objective);
    }
}
