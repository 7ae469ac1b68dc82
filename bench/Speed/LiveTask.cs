using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Coterie.Numerics;
using Coterie.Server.Live;

namespace Coterie.Speed;

/// <summary>Who is in which segment: the index of a run with a million customers (made from a small shop's run, whose customers are repeated under other ids), and
/// how long an answer takes to move from the collector's 200 on, at a steady rate of customers, with a server in a process of its own.</summary>
internal static class LiveTask
{
    internal static int Run(string[] args)
    {
        int Option(string name, int otherwise) => ServerUnderTest.Option(args, name, otherwise);
        var folder = Directory.CreateTempSubdirectory("coterie-live-").FullName;
        try
        {
            var (customers, simulated, rate, seconds) = (Option("--customers", 1_000_000), Option("--simulated", 20_000), Option("--rate", 100), Option("--seconds", 20));
            var workspace = ServerUnderTest.Workspace(args, folder, simulated, clusters: 5);
            var run = Workspace.LatestRunOf(workspace)!;
            var index = Index(run, Path.Combine(folder, "large"), customers);
            var move = Moves(workspace, run, rate, seconds).GetAwaiter().GetResult();
            Console.WriteLine(JsonSerializer.Serialize(new { index, move }, KMeansTask.Pretty));
            File.WriteAllText(Path.Combine(Machine.Root(), "bench", "results", "live.json"), JsonSerializer.Serialize(new
            {
                task = "live", machine = Machine.Describe(), load_of_machine_at_end = ServerUnderTest.Load(), customers_in_store = ServerUnderTest.Customers(run), index, move,
            }, KMeansTask.Pretty) + "\n");
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static object Index(string run, string large, int customers)
    {
        Enlarge(run, large, customers);
        var clock = Stopwatch.StartNew();
        GC.Collect();
        var before = GC.GetTotalAllocatedBytes();
        MemberIndex.Open(large).Dispose();
        var (build, allocated) = (clock.Elapsed.TotalSeconds, (GC.GetTotalAllocatedBytes() - before) / 1e6);
        clock.Restart();
        using var index = MemberIndex.Open(large);
        var open = clock.Elapsed.TotalSeconds;
        var ids = ServerUnderTest.Some(large, every: 20);
        var rng = new Seed(1).Stream(0);
        var lookups = Times(100_000, _ =>
        {
            if (index.Of(ids[rng.NextInt(ids.Length)]) is null) throw new InvalidOperationException("A customer is missing.");
        });
        var features = Times(20_000, _ => index.Features(ids[rng.NextInt(ids.Length)]));
        var orders = Enum.GetValues<MemberOrder>();
        MemberQuery Query(int i) => new() { Order = orders[i % orders.Length], Descending = i / 4 % 2 == 1, Size = 50 };
        string? Segment(int i) => i % 3 == 0 ? null : index.Segments[i % index.Segments.Count].Id;
        var after = Enumerable.Range(0, 24).Select(i => index.Members(Segment(i), Query(i) with { Size = 1_000 }).Next).ToArray();
        var pages = Times(5_000, i => index.Members(Segment(i % 24), Query(i % 24) with { After = after[i % 24] }));
        var searches = Times(2_000, i => index.Members(Segment(i), Query(i) with { Prefix = ids[rng.NextInt(ids.Length)][..^rng.NextInt(4)] }));
        var neighbours = Times(5_000, i => index.Neighbours(null, ids[rng.NextInt(ids.Length)], Query(i)));
        clock.Restart();
        var exported = index.Export(null).Count();
        return new
        {
            customers = index.Customers, features = index.FeatureNames.Count, file_mb = Math.Round(new FileInfo(MemberIndex.PathOf(large)).Length / 1e6), build_seconds = Math.Round(build, 2),
            allocated_while_building_mb = Math.Round(allocated), open_seconds = Math.Round(open, 3), lookup = lookups, feature_row = features, page_of_50 = pages, search_by_prefix = searches, neighbours,
            export_rows_per_second = Math.Round(exported / clock.Elapsed.TotalSeconds),
        };
    }

    // The run's model over more of its customers.
    static void Enlarge(string run, string large, int customers)
    {
        Directory.CreateDirectory(Path.Combine(large, "model"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(run, "model"))) File.Copy(file, Path.Combine(large, "model", Path.GetFileName(file)));
        ServerUnderTest.Enlarge(run, large, customers);
    }

    sealed record Latency(double P50Ms, double P99Ms, double MostMs);

    static Latency Times(int count, Action<int> what)
    {
        for (var i = 0; i < Math.Min(count, 500); i++) what(i);
        var took = new double[count];
        for (var i = 0; i < count; i++)
        {
            var began = Stopwatch.GetTimestamp();
            what(i);
            took[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }

        return Of(took);
    }

    static Latency Of(double[] took)
    {
        Array.Sort(took);
        return new(Math.Round(took[took.Length / 2], 4), Math.Round(took[(int)(took.Length * 0.99)], 4), Math.Round(took[^1], 3));
    }

    static async Task<object> Moves(string workspace, string run, int rate, int seconds)
    {
        var asOf = SegmentationModel.Read(run).AsOf;
        using var index = MemberIndex.Open(run);
        string[] customers = [.. index.Export(null).Select(r => r.CustomerId).Where(c => !c.StartsWith(CustomerScoring.Anonymous, StringComparison.Ordinal))];
        await using var server = await ServerUnderTest.Start(workspace);
        var settled = await server.Settle();
        await Rate(server, customers, asOf, rate, 5, "warm");
        var cpu = server.ProcessorTime;
        var moved = await Rate(server, customers, asOf, rate, seconds, "run");
        var cores = (server.ProcessorTime - cpu).TotalSeconds / seconds;
        var read = await Reads(server, customers);
        return new { settled_seconds = settled, customers_per_second = rate, seconds, from_200_to_moved_answer = moved, lookup_over_http = read, server_cores = Math.Round(cores, 2), server_mb = server.Megabytes };
    }

    // Each customer buys once; then its membership is asked for every 50 ms until the answer knows the order.
    static async Task<Latency> Rate(ServerUnderTest server, string[] customers, DateTime asOf, int rate, int seconds, string name)
    {
        var clock = Stopwatch.StartNew();
        var rng = new Seed(7).Stream((ulong)name.Length);
        var under = new Task<double>[rate * seconds];
        for (var i = 0; i < under.Length; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / rate);
            if (due - clock.Elapsed is var early && early > TimeSpan.Zero) await Task.Delay(early);
            var (customer, number) = (customers[rng.NextInt(customers.Length)], i);
            under[i] = Task.Run(() => Move(server, customer, asOf.AddSeconds(number + 1), $"{name}.{number}"));
        }

        return Of(await Task.WhenAll(under));
    }

    static async Task<double> Move(ServerUnderTest server, string customer, DateTime at, string name)
    {
        var body = JsonSerializer.Serialize(new
        {
            writeKey = server.SourceKey, type = "track", @event = "Order Completed", userId = customer, messageId = name, timestamp = at.ToString("O", CultureInfo.InvariantCulture),
            properties = new { order_id = name, products = new[] { new { product_id = "p00382", category = "baby/diapers", price = 12.5, quantity = 1 } } },
        });
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await server.Client.PostAsync(new Uri("/v1/track", UriKind.Relative), content);
        if (answer.StatusCode != HttpStatusCode.OK) throw new InvalidOperationException($"The collector answered {(int)answer.StatusCode}.");
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromMinutes(1))
        {
            var membership = await Membership(server, customer);
            // The first answer that is not pending knows the order: it was acknowledged before.
            if (membership.GetProperty("source").GetString() == "live" && !membership.GetProperty("pending").GetBoolean() && membership.GetProperty("as_of").GetDateTime() >= at) return clock.Elapsed.TotalMilliseconds;
            await Task.Delay(50);
        }

        throw new InvalidOperationException($"The answer for {customer} did not move within a minute.");
    }

    static async Task<Latency> Reads(ServerUnderTest server, string[] customers)
    {
        var rng = new Seed(8).Stream(0);
        var took = new double[5_000];
        for (var i = 0; i < took.Length; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await Membership(server, customers[rng.NextInt(customers.Length)]);
            took[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }

        return Of(took);
    }

    static async Task<JsonElement> Membership(ServerUnderTest server, string customer)
    {
        using var request = server.Api(HttpMethod.Get, $"/api/v1/customers/{Uri.EscapeDataString(customer)}/membership");
        using var answer = await server.Client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        using var json = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync());
        return json.RootElement.Clone();
    }
}
