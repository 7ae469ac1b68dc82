using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Coterie.Server;
using Coterie.Server.Access;

namespace Coterie.Speed;

/// <summary>The collector, in a process of its own, under batches of 100 events: how many events a second it takes with a sync before every answer, and how
/// long answers take at a steady rate (sent on time whatever the answers do, so that waiting is counted).</summary>
internal static class CollectorTask
{
    const int InBatch = 100;
    const string Url = "http://127.0.0.1:18089";

    internal static int Run(string[] args) => Measure(args).GetAwaiter().GetResult();

    static async Task<int> Measure(string[] args)
    {
        int Option(string name, int otherwise) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? int.Parse(args[i + 1]) : otherwise;
        var (seconds, writers, rate) = (Option("--seconds", 20), Option("--writers", 16), Option("--rate", 5_000));
        var folder = Directory.CreateTempSubdirectory("coterie-collector-").FullName;
        try
        {
            var workspace = Path.Combine(folder, "workspace");
            Workspace.Open(workspace, new Warehouse.DuckDb.DuckDbOptions(), create: true).Dispose();
            var key = new Sources(new Coterie.Server.Data.ServerData(CoterieServer.Folder(workspace))).Add("bench").Key;
            using var server = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(KMeansTask.Root(), "src", "Coterie.Cli", "bin", "Release", "net10.0", "Coterie.Cli.dll"), "serve", "--workspace", workspace, "--urls", Url, "--load-every", "3600"]) { RedirectStandardOutput = true })!;
            try
            {
                using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { BaseAddress = new Uri(Url) };
                await Ready(client);
                await Saturate(client, key, writers, 3);
                var full = await Saturate(client, key, writers, seconds);
                var steady = await Steady(client, key, rate, seconds);
                server.Refresh();
                var memory = server.WorkingSet64 / 1e6;
                Console.WriteLine($"{full.PerSecond:N0} events a second with {writers} writers (p50 {full.P50:0.0} ms, p99 {full.P99:0.0} ms); at {rate:N0} a second p50 {steady.P50:0.0} ms, p99 {steady.P99:0.0} ms; {memory:N0} MB");
                var result = new
                {
                    task = "collector", machine = Machine.Describe(), events_in_batch = InBatch, seconds, writers, sync = "before every answer",
                    events_per_second = Math.Round(full.PerSecond), full_p50_ms = Math.Round(full.P50, 2), full_p99_ms = Math.Round(full.P99, 2),
                    rate, steady_p50_ms = Math.Round(steady.P50, 2), steady_p99_ms = Math.Round(steady.P99, 2), server_mb = Math.Round(memory),
                };
                File.WriteAllText(Path.Combine(KMeansTask.Root(), "bench", "results", "collector.json"), JsonSerializer.Serialize(result, KMeansTask.Pretty) + "\n");
                return 0;
            }
            finally
            {
                server.Kill();
                await server.WaitForExitAsync();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    sealed record Rates(double PerSecond, double P50, double P99);

    static async Task<Rates> Saturate(HttpClient client, string key, int writers, int seconds)
    {
        var clock = Stopwatch.StartNew();
        var run = Guid.NewGuid().ToString("N")[..8];
        var took = await Task.WhenAll(Enumerable.Range(0, writers).Select(w => Task.Run(async () =>
        {
            var own = new List<double>();
            for (var b = 0; clock.Elapsed.TotalSeconds < seconds; b++)
            {
                var began = clock.Elapsed;
                await Send(client, key, $"{run}.{w}.{b}");
                own.Add((clock.Elapsed - began).TotalMilliseconds);
            }

            return own;
        })));
        var all = took.SelectMany(t => t).ToArray();
        return Of(all, all.Length * InBatch / clock.Elapsed.TotalSeconds);
    }

    static async Task<Rates> Steady(HttpClient client, string key, int rate, int seconds)
    {
        var (clock, run) = (Stopwatch.StartNew(), Guid.NewGuid().ToString("N")[..8]);
        var batches = rate * seconds / InBatch;
        var under = new Task<double>[batches];
        for (var b = 0; b < batches; b++)
        {
            var due = TimeSpan.FromSeconds((double)b * InBatch / rate);
            if (due - clock.Elapsed is var early && early > TimeSpan.Zero) await Task.Delay(early);
            var name = $"{run}.{b}";
            under[b] = Task.Run(async () =>
            {
                await Send(client, key, name);
                return (clock.Elapsed - due).TotalMilliseconds;
            });
        }

        return Of(await Task.WhenAll(under), rate);
    }

    static Rates Of(double[] milliseconds, double perSecond)
    {
        Array.Sort(milliseconds);
        return new(perSecond, milliseconds[milliseconds.Length / 2], milliseconds[(int)(milliseconds.Length * 0.99)]);
    }

    static async Task Send(HttpClient client, string key, string name)
    {
        var body = new StringBuilder(InBatch * 220).Append("{\"writeKey\":\"").Append(key).Append("\",\"batch\":[");
        for (var i = 0; i < InBatch; i++)
        {
            if (i > 0) body.Append(',');
            body.Append("{\"type\":\"track\",\"event\":\"Product Viewed\",\"userId\":\"u").Append(i).Append("\",\"messageId\":\"").Append(name).Append('.').Append(i)
                .Append("\",\"timestamp\":\"2024-03-01T10:00:00Z\",\"properties\":{\"product_id\":\"p").Append(i).Append("\",\"category\":\"garden/chairs\",\"price\":12.5}}");
        }

        using var content = new StringContent(body.Append("]}").ToString(), Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri("/v1/batch", UriKind.Relative), content);
        if (answer.StatusCode != HttpStatusCode.OK) throw new InvalidOperationException($"The collector answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }

    static async Task Ready(HttpClient client)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var answer = await client.GetAsync(new Uri("/health", UriKind.Relative));
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException) when (tries < 600)
            {
            }

            await Task.Delay(50);
        }
    }
}
