using System.IO.Compression;
using System.Text.Json;
using Coterie.Clustering;
using Coterie.Clustering.Metrics;
using Coterie.Numerics;
using Coterie.Tests.Support;

namespace Coterie.Tests.Clustering;

public class ClusterSearchTests
{
    static ClusterSearchResult Search(Matrix rows, ClusterSearchOptions? options = null) => ClusterSearch.Run([new("portrait", rows)], options ?? new(), stop: TestContext.Current.CancellationToken);

    [Theory]
    [InlineData(2, 2)]
    [InlineData(2, 10)]
    [InlineData(3, 2)]
    [InlineData(3, 5)]
    [InlineData(4, 5)]
    [InlineData(6, 10)]
    [InlineData(10, 2)]
    [InlineData(10, 5)]
    public void As_many_clusters_as_were_planted(int k, int d)
    {
        var (rows, truth) = Points.Blobs(1500, d, k, 7, (ulong)(100 * k + d));
        var result = Search(rows);
        Assert.True(result.Structure.Structure);
        Assert.Equal(k, result.Chosen?.Clusters);
        Assert.InRange(Agreement.AdjustedRand(result.Assignment!.Labels, truth), 0.99, 1);
    }

    [Theory]
    [InlineData("uniform", 3)]
    [InlineData("normal", 10)]
    [InlineData("lognormal", 3)]
    public void A_continuum_has_no_segments(string kind, int d)
    {
        var rows = Points.Fill(2000, d, r => kind switch { "uniform" => r.NextDouble(), "normal" => r.NextNormal(), _ => Math.Exp(r.NextNormal()) }, 12);
        var result = Search(rows);
        Assert.False(result.Structure.Structure);
        Assert.Null(result.Chosen);
        Assert.Null(result.Model);
        Assert.Null(result.Assignment);
        Assert.All(result.Candidates, c => Assert.Contains("no structure", c.Verdict, StringComparison.Ordinal));
    }

    [Fact]
    public void A_fixed_number_is_obeyed_even_where_there_are_no_groups()
    {
        var result = Search(Points.Fill(1000, 3, r => r.NextNormal(), 1), new() { Clusters = 4 });
        Assert.Equal(4, result.Model!.Clusters);
        Assert.All(result.Candidates, c => Assert.Equal(4, c.Clusters));
        Assert.Contains(result.Notes, n => n.Contains("no groups beyond a continuum", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("kmeans")]
    [InlineData("gmm")]
    [InlineData("genie")]
    public void A_fixed_method_is_obeyed(string method)
    {
        var (rows, truth) = Points.Blobs(900, 3, 4, 8, 5);
        var result = Search(rows, new() { Method = method });
        Assert.All(result.Candidates, c => Assert.Equal(method, c.Method));
        Assert.InRange(Agreement.AdjustedRand(result.Assignment!.Labels, truth), 0.99, 1);
    }

    [Fact]
    public void One_thread_gives_the_bytes_of_two()
    {
        var (rows, _) = Points.Blobs(1200, 4, 4, 4, 9);
        string Bytes(int threads)
        {
            var result = Search(rows, new() { Threads = threads, SampleRows = 600 });
            return JsonSerializer.Serialize(result with { Candidates = [.. result.Candidates.Select(c => c with { Seconds = 0 })], Chosen = result.Chosen! with { Seconds = 0 } });
        }

        Assert.Equal(Bytes(1), Bytes(2));
    }

    [Fact]
    public void Row_order_does_not_change_the_segments()
    {
        var (rows, _) = Points.Blobs(1200, 4, 4, 4, 10);
        var order = Enumerable.Range(0, 1200).ToArray();
        new Rng(3, 3).Shuffle(order.AsSpan());
        int[] a = Search(rows).Assignment!.Labels, b = Search(rows.Take(order)).Assignment!.Labels;
        Assert.Equal(order.Select(i => a[i]), b);
    }

    [Fact]
    public void Clusters_are_numbered_by_size()
    {
        var (rows, _) = Points.Blobs(1200, 3, 4, 8, 2);
        var sizes = Search(rows).Assignment!.Labels.CountBy(l => l).OrderBy(g => g.Key).Select(g => g.Value).ToArray();
        Assert.Equal(sizes.OrderDescending(), sizes);
    }

    [Fact]
    public void Every_candidate_says_why_it_was_not_chosen()
    {
        var (rows, _) = Points.Blobs(1000, 3, 4, 6, 3);
        var result = Search(rows);
        Assert.Equal(1, result.Candidates.Count(c => c.Verdict == "chosen"));
        Assert.All(result.Candidates, c => Assert.NotEmpty(c.Verdict));
        Assert.Equal(36, result.Candidates.Count);                                                   // 9 numbers x 4 methods
    }

    [Fact]
    public void A_search_that_is_stopped_uses_the_best_so_far()
    {
        var (rows, _) = Points.Blobs(1000, 3, 4, 6, 3);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        var result = ClusterSearch.Run([new("portrait", rows)], new(), stop: stop.Token);
        Assert.NotNull(result.Model);
        Assert.Equal(35, result.Candidates.Count(c => c.Verdict == "not reached"));
        Assert.Contains("stopped before it was known", result.Structure.Explanation, StringComparison.Ordinal);
        Assert.Contains(result.Notes, n => n.Contains("stopped", StringComparison.Ordinal));
    }

    [Fact]
    public void Groups_of_other_shapes_are_followed_where_k_means_cuts_them()
    {
        // Five waves side by side.
        var rows = new Matrix(3000, 2);
        var truth = new int[rows.Rows];
        var rng = new Rng(5, 5);
        for (var i = 0; i < truth.Length; i++)
        {
            truth[i] = i % 5;
            var along = 8 * rng.NextDouble();
            rows[i, 0] = (float)along;
            rows[i, 1] = (float)(1.2 * truth[i] + Math.Sin(along) + 0.5 * rng.NextDouble());
        }

        var result = Search(rows);
        Assert.Equal(("genie", 5), (result.Chosen!.Method, result.Chosen.Clusters));
        Assert.Equal(1, Agreement.AdjustedRand(result.Assignment!.Labels, truth));
        Assert.InRange(result.Chosen.Cut, 0, 0.01);
        // The rows that are not in the sample go with their nearest.
        var some = Search(rows, new() { SampleRows = 1600 });
        Assert.InRange(Agreement.AdjustedRand(some.Assignment!.Labels, truth), 0.95, 1);
        Assert.Equal("genie", some.Chosen!.Method);
    }

    [Theory]
    [InlineData(150)]
    [InlineData(900)]
    public void Stability_stands_at_the_cluster_it_was_measured_for(int apart)
    {
        // A cloud that may be cut anywhere, and a tight group far from it, which always comes back: the last by size, or the first.
        var rows = new Matrix(1200, 2);
        var rng = new Rng(8, 8);
        for (var i = 0; i < rows.Rows; i++)
        {
            var spread = i < apart ? 0.05 : 1;
            rows[i, 0] = (float)(spread * rng.NextNormal() + (i < apart ? 40 : 0));
            rows[i, 1] = (float)(spread * rng.NextNormal());
        }

        var result = Search(rows, new() { Clusters = 4, Method = "kmeans" });
        var far = result.Assignment!.Labels[0];
        Assert.Equal(apart, result.Assignment.Labels.Count(l => l == far));
        Assert.InRange(result.Chosen!.Jaccard[far], 0.99, 1 + 1e-9);
        Assert.All(Enumerable.Range(0, 4).Where(c => c != far), c => Assert.True(result.Chosen.Jaccard[c] < 0.95, $"cluster {c}"));
    }

    [Fact]
    public void A_budget_ends_the_fits_themselves()
    {
        var (rows, _) = Points.Blobs(3000, 5, 4, 3, 3);
        var result = ClusterSearch.Run([new("portrait", rows)], new() { TimeBudget = 1e-6 }, stop: TestContext.Current.CancellationToken);
        Assert.Equal(0, ((KMeansModel)result.Model!).Iterations);
        Assert.Contains(result.Notes, n => n.Contains("before they settled", StringComparison.Ordinal));
    }

    [Fact]
    public void The_view_with_groups_wins_over_one_without()
    {
        var (rows, truth) = Points.Blobs(1000, 3, 4, 7, 3);
        var result = ClusterSearch.Run([new("portrait", Points.Fill(1000, 3, r => r.NextNormal(), 1)), new("outlook", rows)], new(), stop: TestContext.Current.CancellationToken);
        Assert.Equal("outlook", result.Chosen?.View);
        Assert.InRange(Agreement.AdjustedRand(result.Assignment!.Labels, truth), 0.99, 1);
        Assert.Contains(result.Candidates, c => c.Verdict.Contains("this view has no structure", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Very_few_customers_are_not_grouped(int n)
    {
        var result = Search(Points.Fill(n, 2, r => r.NextNormal(), 1));
        Assert.Null(result.Model);
        Assert.False(result.Structure.Structure);
    }

    [Fact]
    public void Equal_customers_are_not_grouped()
    {
        var result = Search(Points.Fill(500, 2, _ => 1, 1));
        Assert.Null(result.Model);
        Assert.False(result.Structure.Structure);
    }

    [Fact]
    public void Bad_options_are_one_error_with_every_problem()
    {
        var error = Assert.Throws<ConfigurationException>(() => Search(new Matrix(3, 2), new() { MinClusters = 1, Method = "ward", TimeBudget = -1 }));
        Assert.Equal(3, error.Message.Split('\n').Length);
    }

    [Theory]
    [InlineData("log")]
    [InlineData("sqrt")]
    public void Cdnow_customers_fall_into_five_to_seven_groups_that_a_refit_keeps(string transform)
    {
        var rows = Cdnow(transform == "log" ? x => Math.Log(1 + x) : Math.Sqrt);
        // The square roots are searched by k-means alone, which is what the whole search chooses too, to save half of the time.
        var result = Search(rows, new() { Method = transform == "log" ? "auto" : "kmeans" });
        Assert.True(result.Structure.Structure);
        Assert.InRange(result.Chosen!.Clusters, 5, 7);
        var chosen = (KMeansModel)result.Model!;
        var churn = Enumerable.Range(0, 10).Average(b =>
        {
            var rng = new Rng((ulong)b, 6);
            var drawn = Enumerable.Range(0, rows.Rows).Select(_ => rng.NextInt(rows.Rows)).ToArray();
            var refit = KMeans.Fit(rows.Take(drawn), new() { Clusters = chosen.Clusters, Distance = chosen.Distance }, new Seed((ulong)b));
            return Agreement.Churn(result.Assignment!.Labels, refit.Assign(rows, 2).Labels);
        });
        Assert.InRange(churn, 0, 0.02);
    }

    // Recency, frequency and money of the first 39 weeks (to 1997-09-30), transformed and standardised.
    static Matrix Cdnow(Func<double, double> transform)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Shared.Data("cdnow/CDNOW_master.txt.gz")), CompressionMode.Decompress));
        var end = new DateTime(1997, 9, 30);
        var customers = new SortedDictionary<string, (HashSet<DateTime> Days, double Money)>(StringComparer.Ordinal);
        foreach (var line in reader.ReadToEnd().Split('\n').Skip(1))
        {
            var parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length < 4) continue;
            var day = DateTime.ParseExact(parts[1], "yyyyMMdd", null);
            if (day > end) continue;
            var (days, money) = customers.GetValueOrDefault(parts[0], ([], 0));
            days.Add(day);
            customers[parts[0]] = (days, money + double.Parse(parts[3]));
        }

        var rows = new Matrix(customers.Count, 3);
        var i = 0;
        foreach (var (days, money) in customers.Values)
        {
            rows[i, 0] = (float)transform((end - days.Max()).TotalDays);
            rows[i, 1] = (float)transform(days.Count);
            rows[i++, 2] = (float)transform(money);
        }

        for (var j = 0; j < 3; j++)
        {
            var column = Enumerable.Range(0, rows.Rows).Select(r => (double)rows[r, j]).ToArray();
            double mean = column.Average(), spread = Math.Sqrt(column.Average(x => (x - mean) * (x - mean)));
            for (var r = 0; r < rows.Rows; r++) rows[r, j] = (float)((column[r] - mean) / spread);
        }

        return rows;
    }
}
