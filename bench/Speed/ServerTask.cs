using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Coterie.Numerics;
using Coterie.Server;
using Coterie.Server.Access;
using Coterie.Server.Data;
using Coterie.Simulation;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Speed;

/// <summary>The server, in a process of its own, over a run with a million customers (a small shop's run, whose customers are repeated under other ids): how long it takes for each
/// page and for a customer's membership, and how the collector answers at a steady rate while a run works beside it.</summary>
internal static partial class ServerTask
{
    const string Url = "http://127.0.0.1:18093", Email = "bench@shop.example", Password = "a long password of the bench";

    internal static int Run(string[] args) => Measure(args).GetAwaiter().GetResult();

    static async Task<int> Measure(string[] args)
    {
        int Option(string name, int otherwise) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? int.Parse(args[i + 1], CultureInfo.InvariantCulture) : otherwise;
        var (customers, simulated, times, rate) = (Option("--customers", 1_000_000), Option("--simulated", 20_000), Option("--times", 100), Option("--rate", 1_000));
        var folder = Directory.CreateTempSubdirectory("coterie-server-").FullName;
        try
        {
            var workspace = Path.Combine(folder, "workspace");
            Simulator.Write(new SimulationOptions { Customers = simulated, Seed = 3 }, Path.Combine(folder, "shop"));
            Segmentation.Run(new SegmentationOptions { Files = [Path.Combine(folder, "shop", "events.csv")], Workspace = workspace, Deep = "off", Decisions = "off" });
            var ids = Enlarge(Workspace.LatestRunOf(workspace)!, Path.Combine(workspace, "runs", "0002"), customers);
            var data = new ServerData(CoterieServer.Folder(workspace));
            var source = new Sources(data).Add("bench").Key;
            new People(data).Add(Email, "Bench", Role.Admin, Password);
            var key = new ApiKeys(data).Add("bench", Role.Admin, perSecond: 100_000).Key;
            using var server = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(Machine.Root(), "src", "Coterie.Cli", "bin", "Release", "net10.0", "Coterie.Cli.dll"), "serve", "--workspace", workspace, "--urls", Url]) { RedirectStandardOutput = true })!;
            try
            {
                using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64, AllowAutoRedirect = false, CookieContainer = new() }) { BaseAddress = new Uri(Url), Timeout = TimeSpan.FromMinutes(5) };
                await Ready(client);
                await SignIn(client);
                var pages = new SortedDictionary<string, object>(StringComparer.Ordinal);
                foreach (var path in new[] { "/", "/segments", "/segments/S1", "/segments/S1?sort=money", "/customers", "/customers/" + ids[ids.Length / 2], "/migration", "/runs", "/quality", "/decisions", "/campaigns", "/audiences", "/settings" })
                    pages[path.Replace(ids[ids.Length / 2], "{id}", StringComparison.Ordinal)] = await Times(times, () => Page(client, path));
                var rng = new Seed(1).Stream(0);
                var membership = await Times(times * 20, () => Membership(client, key, ids[rng.NextInt(ids.Length)]));
                var alone = await Steady(client, source, rate, 15);
                var job = await StartJob(client, key);
                var beside = await Steady(client, source, rate, 15);
                var state = await JobState(client, key, job);
                server.Refresh();
                var result = new
                {
                    task = "server", machine = Machine.Describe(), load_of_machine = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown",
                    customers, pages_ms = pages, membership_ms = membership, collector_events_per_second = rate, collector_alone_ms = alone, collector_while_a_run_works_ms = beside, run_then = state,
                    server_mb = server.WorkingSet64 / 1_000_000,
                };
                var json = JsonSerializer.Serialize(result, KMeansTask.Pretty);
                Console.WriteLine(json);
                await File.WriteAllTextAsync(Path.Combine(Machine.Root(), "bench", "results", "server.json"), json + "\n");
                return 0;
            }
            finally
            {
                server.Kill(entireProcessTree: true);
                await server.WaitForExitAsync();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Everything of the run, with more customers.
    static string[] Enlarge(string run, string large, int customers)
    {
        foreach (var file in Directory.EnumerateFiles(run, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(large, Path.GetRelativePath(run, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            if (Path.GetFileName(file) is not ("segments.parquet" or "features.parquet" or "segments.csv")) File.Copy(file, to);
        }

        using var engine = new DuckDbWarehouse(new DuckDbOptions());
        foreach (var name in new[] { "segments.parquet", "features.parquet" })
        {
            string Quoted(string directory) => engine.Dialect.Text(Path.Combine(directory, name));
            engine.Execute(new Step("enlarge", $"""
                COPY (SELECT printf('%04d-%s', copy, customer_id) AS customer_id, * EXCLUDE (customer_id, copy) FROM
                (SELECT r.*, c.copy FROM range({customers} // (SELECT count(*) FROM read_parquet({Quoted(run)})) + 1) AS c(copy), read_parquet({Quoted(run)}) AS r)
                ORDER BY 1 LIMIT {customers}) TO {Quoted(large)} (FORMAT parquet)
                """));
        }

        return [.. engine.Rows(new Step("some customers", $"SELECT customer_id FROM read_parquet({engine.Dialect.Text(Path.Combine(large, "segments.parquet"))}) WHERE hash(customer_id) % 200 = 0"), r => r.GetString(0))];
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

    static async Task<HttpStatusCode> Page(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
        _ = await answer.Content.ReadAsByteArrayAsync();
        return answer.StatusCode;
    }

    static async Task<HttpStatusCode> Membership(HttpClient client, string key, string customer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/customers/{Uri.EscapeDataString(customer)}/membership");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }

    static async Task<Latency> Steady(HttpClient client, string key, int rate, int seconds)
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
                using var content = new StringContent($$"""{"writeKey":"{{key}}","batch":[{{events}}]}""", Encoding.UTF8, "application/json");
                using var answer = await client.PostAsync(new Uri("/v1/batch", UriKind.Relative), content);
                if (answer.StatusCode != HttpStatusCode.OK) throw new InvalidOperationException($"The collector answered {(int)answer.StatusCode}.");
                return (clock.Elapsed - due).TotalMilliseconds;
            });
        }

        return Of(200, await Task.WhenAll(under));
    }

    static async Task<long> StartJob(HttpClient client, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/jobs") { Content = new StringContent("""{"kind":"segment"}""", Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return json.RootElement.GetProperty("id").GetInt64();
    }

    static async Task<string> JobState(HttpClient client, string key, long job)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/jobs/{job}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await client.SendAsync(request);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return json.RootElement.GetProperty("state").GetString()!;
    }

    static async Task SignIn(HttpClient client)
    {
        var token = Token().Match(await client.GetStringAsync(new Uri("/signin", UriKind.Relative))).Groups[1].Value;
        using var form = new FormUrlEncodedContent([new("_form", token), new("email", Email), new("password", Password)]);
        using var answer = await client.PostAsync(new Uri("/do/signin", UriKind.Relative), form);
        if (answer.Headers.Location?.ToString() != "/") throw new InvalidOperationException("Signing in failed.");
    }

    static async Task Ready(HttpClient client)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                if (await Page(client, "/health") == HttpStatusCode.OK) return;
            }
            catch (HttpRequestException) when (tries < 1200)
            {
            }

            await Task.Delay(50);
        }
    }

    [GeneratedRegex("name=\"_form\"[^>]*value=\"([^\"]+)\"", RegexOptions.NonBacktracking)]
    private static partial Regex Token();
}
