using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Coterie.Speed;

/// <summary>The collector, in a process of its own, under batches of 100 events: how many events a second it takes with a sync before every answer, and how
/// long answers take at a steady rate (sent on time whatever the answers do, so that waiting is counted).</summary>
internal static class CollectorTask
{
    const int InBatch = 100;

    internal static int Run(string[] args) => Measure(args).GetAwaiter().GetResult();

    static async Task<int> Measure(string[] args)
    {
        var (seconds, writers, rate) = (ServerUnderTest.Option(args, "--seconds", 20), ServerUnderTest.Option(args, "--writers", 16), ServerUnderTest.Option(args, "--rate", 5_000));
        var folder = Directory.CreateTempSubdirectory("coterie-collector-").FullName;
        try
        {
            var workspace = Path.Combine(folder, "workspace");
            Workspace.Open(workspace, new Warehouse.DuckDb.DuckDbOptions(), create: true).Dispose();
            await using var server = await ServerUnderTest.Start(workspace, "--load-every", "3600");
            await Saturate(server, writers, 3);
            var full = await Saturate(server, writers, seconds);
            var steady = await Steady(server, rate, seconds);
            Console.WriteLine($"{full.PerSecond:N0} events a second with {writers} writers (p50 {full.P50:0.0} ms, p99 {full.P99:0.0} ms); at {rate:N0} a second p50 {steady.P50:0.0} ms, p99 {steady.P99:0.0} ms; {server.Megabytes:N0} MB");
            var result = new
            {
                task = "collector", machine = Machine.Describe(), load_of_machine_at_end = ServerUnderTest.Load(), events_in_batch = InBatch, seconds, writers, sync = "before every answer",
                events_per_second = Math.Round(full.PerSecond), full_p50_ms = Math.Round(full.P50, 2), full_p99_ms = Math.Round(full.P99, 2),
                rate, steady_p50_ms = Math.Round(steady.P50, 2), steady_p99_ms = Math.Round(steady.P99, 2), server_mb = server.Megabytes,
            };
            File.WriteAllText(Path.Combine(Machine.Root(), "bench", "results", "collector.json"), JsonSerializer.Serialize(result, KMeansTask.Pretty) + "\n");
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    sealed record Rates(double PerSecond, double P50, double P99);

    static async Task<Rates> Saturate(ServerUnderTest server, int writers, int seconds)
    {
        var clock = Stopwatch.StartNew();
        var run = Guid.NewGuid().ToString("N")[..8];
        var took = await Task.WhenAll(Enumerable.Range(0, writers).Select(w => Task.Run(async () =>
        {
            var own = new List<double>();
            for (var b = 0; clock.Elapsed.TotalSeconds < seconds; b++)
            {
                var began = clock.Elapsed;
                await Send(server, $"{run}.{w}.{b}");
                own.Add((clock.Elapsed - began).TotalMilliseconds);
            }

            return own;
        })));
        var all = took.SelectMany(t => t).ToArray();
        return Of(all, all.Length * InBatch / clock.Elapsed.TotalSeconds);
    }

    static async Task<Rates> Steady(ServerUnderTest server, int rate, int seconds)
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
                await Send(server, name);
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

    static async Task Send(ServerUnderTest server, string name)
    {
        var body = new StringBuilder(InBatch * 220).Append("{\"writeKey\":\"").Append(server.SourceKey).Append("\",\"batch\":[");
        for (var i = 0; i < InBatch; i++)
        {
            if (i > 0) body.Append(',');
            body.Append("{\"type\":\"track\",\"event\":\"Product Viewed\",\"userId\":\"u").Append(i).Append("\",\"messageId\":\"").Append(name).Append('.').Append(i)
                .Append("\",\"timestamp\":\"2024-03-01T10:00:00Z\",\"properties\":{\"product_id\":\"p").Append(i).Append("\",\"category\":\"garden/chairs\",\"price\":12.5}}");
        }

        using var content = new StringContent(body.Append("]}").ToString(), Encoding.UTF8, "application/json");
        using var answer = await server.Client.PostAsync(new Uri("/v1/batch", UriKind.Relative), content);
        if (answer.StatusCode != HttpStatusCode.OK) throw new InvalidOperationException($"The collector answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }
}
