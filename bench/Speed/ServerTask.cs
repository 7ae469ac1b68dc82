using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Coterie.Numerics;

namespace Coterie.Speed;

/// <summary>The server, in a process of its own, over a run with a million customers (--simulated 1000000; with fewer, their run is repeated under other ids): how long it takes for each
/// page and for a customer's membership, and how the collector answers at a steady rate while a run works beside it.</summary>
internal static class ServerTask
{
    // Bought twice in a quarter, sent nothing back, came by looking: counted clause by clause.
    const string Rule = """{"kind":"all","rules":[{"kind":"did","event":"purchase","times":{"at_least":2},"within_days":90},{"kind":"not","rule":{"kind":"did","event":"refund"}},{"kind":"segment","in":["S1"]},{"kind":"sequence","steps":[{"event":"view"},{"event":"purchase","within_days":7}]}]}""";

    static readonly string[] Pages =
    [
        "/", "/segments", "/segments/S1", "/segments/S1?sort=money", "/customers", "/customers?q=0400-c", "/customers/{id}", "/migration", "/runs", "/quality", "/quality/inbox", "/decisions", "/campaigns", "/audiences", "/audiences/new", "/audiences/new?rule=" + Uri.EscapeDataString(Rule), "/review",
        "/settings", "/settings/keys", "/settings/people", "/settings/privacy", "/settings/audit",
    ];

    internal static int Run(string[] args) => Measure(args).GetAwaiter().GetResult();

    static async Task<int> Measure(string[] args)
    {
        int Option(string name, int otherwise) => ServerUnderTest.Option(args, name, otherwise);
        var (customers, simulated, times, rate) = (Option("--customers", 1_000_000), Option("--simulated", 20_000), Option("--times", 100), Option("--rate", 1_000));
        var folder = Directory.CreateTempSubdirectory("coterie-server-").FullName;
        try
        {
            var workspace = ServerUnderTest.Workspace(args, folder, simulated);
            var run = Workspace.LatestRunOf(workspace)!;
            var own = ServerUnderTest.Customers(run);
            var ids = own >= customers ? ServerUnderTest.Some(run, every: 200) : Enlarge(run, Path.Combine(workspace, "runs", "0002"), customers);
            await using var server = await ServerUnderTest.Start(workspace);
            await server.SignIn();
            var settled = await server.Settle();
            var pages = new SortedDictionary<string, object>(StringComparer.Ordinal);
            foreach (var path in Pages)
                pages[Uri.UnescapeDataString(path)] = await Times(times, () => Page(server, path.Replace("{id}", ids[ids.Length / 2], StringComparison.Ordinal)));
            var rng = new Seed(1).Stream(0);
            var membership = await Times(times * 20, () => Membership(server, ids[rng.NextInt(ids.Length)]));
            var alone = await Steady(server, rate, 15);
            var job = await StartJob(server);
            var beside = await Steady(server, rate, 15);
            var result = new
            {
                task = "server", machine = Machine.Describe(), load_of_machine = ServerUnderTest.Load(),
                customers = Math.Max(own, customers), settled_seconds = settled, pages_ms = pages, membership_ms = membership, collector_events_per_second = rate, collector_alone_ms = alone, collector_while_a_run_works_ms = beside, run_then = await JobState(server, job),
                server_mb = server.Megabytes,
            };
            var json = JsonSerializer.Serialize(result, KMeansTask.Pretty);
            Console.WriteLine(json);
            await File.WriteAllTextAsync(Path.Combine(Machine.Root(), "bench", "results", "server.json"), json + "\n");
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Everything of the run, with more customers.
    static string[] Enlarge(string run, string large, int customers)
    {
        ServerUnderTest.Enlarge(run, large, customers);
        foreach (var file in Directory.EnumerateFiles(run, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(large, Path.GetRelativePath(run, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            if (Path.GetFileName(file) is not ("segments.parquet" or "features.parquet" or "segments.csv")) File.Copy(file, to);
        }

        return ServerUnderTest.Some(large, every: 200);
    }

    sealed record Latency(int Status, double P50, double P99);

    // One to warm up, which pays for what is kept afterwards.
    static async Task<Latency> Times(int count, Func<Task<HttpStatusCode>> ask)
    {
        var status = await ask();
        var took = new double[count];
        for (var i = 0; i < count; i++)
        {
            var began = Stopwatch.GetTimestamp();
            status = await ask();
            took[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }

        return Of((int)status, took);
    }

    static Latency Of(int status, double[] took)
    {
        Array.Sort(took);
        return new(status, Math.Round(took[took.Length / 2], 2), Math.Round(took[(int)(took.Length * 0.99)], 2));
    }

    static async Task<HttpStatusCode> Page(ServerUnderTest server, string path)
    {
        using var answer = await server.Client.GetAsync(new Uri(path, UriKind.Relative));
        _ = await answer.Content.ReadAsByteArrayAsync();
        return answer.StatusCode;
    }

    static async Task<HttpStatusCode> Membership(ServerUnderTest server, string customer)
    {
        using var request = server.Api(HttpMethod.Get, $"/api/v1/customers/{Uri.EscapeDataString(customer)}/membership");
        using var answer = await server.Client.SendAsync(request);
        return answer.StatusCode;
    }

    static async Task<Latency> Steady(ServerUnderTest server, int rate, int seconds)
    {
        const int inBatch = 20;
        var (clock, run) = (Stopwatch.StartNew(), Guid.NewGuid().ToString("N")[..8]);
        var under = new Task<double>[rate * seconds / inBatch];
        for (var b = 0; b < under.Length; b++)
        {
            var due = TimeSpan.FromSeconds((double)b * inBatch / rate);
            if (due - clock.Elapsed is var early && early > TimeSpan.Zero) await Task.Delay(early);
            var events = string.Join(',', Enumerable.Range(0, inBatch).Select(i => $$$"""{"type":"track","event":"Product Viewed","userId":"u{{{i}}}","messageId":"{{{run}}}.{{{b}}}.{{{i}}}","properties":{"product_id":"p{{{i}}}","price":12.5}}"""));
            under[b] = Task.Run(async () =>
            {
                using var content = new StringContent($$"""{"writeKey":"{{server.SourceKey}}","batch":[{{events}}]}""", Encoding.UTF8, "application/json");
                using var answer = await server.Client.PostAsync(new Uri("/v1/batch", UriKind.Relative), content);
                if (answer.StatusCode != HttpStatusCode.OK) throw new InvalidOperationException($"The collector answered {(int)answer.StatusCode}.");
                return (clock.Elapsed - due).TotalMilliseconds;
            });
        }

        return Of(200, await Task.WhenAll(under));
    }

    static async Task<long> StartJob(ServerUnderTest server)
    {
        using var request = server.Api(HttpMethod.Post, "/api/v1/jobs");
        request.Content = new StringContent("""{"kind":"segment"}""", Encoding.UTF8, "application/json");
        using var answer = await server.Client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return json.RootElement.GetProperty("id").GetInt64();
    }

    static async Task<string> JobState(ServerUnderTest server, long job)
    {
        using var request = server.Api(HttpMethod.Get, $"/api/v1/jobs/{job}");
        using var answer = await server.Client.SendAsync(request);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return json.RootElement.GetProperty("state").GetString()!;
    }
}
