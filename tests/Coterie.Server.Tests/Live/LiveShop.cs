using System.Globalization;
using System.Text;
using System.Text.Json;
using Coterie.Numerics;
using Coterie.Reports;
using Coterie.Simulation;
using Coterie.Tests.Support;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Tests.Live;

/// <summary>A simulated shop in a workspace, with a run: made once for all tests, and only read.</summary>
public sealed class LiveShop : IDisposable
{
    readonly TemporaryFolder folder = new();

    public LiveShop()
    {
        Simulator.Write(new SimulationOptions { Customers = 200, Seed = 5, Days = 150 }, folder.File("shop"));
        Workspace = folder.File("workspace");
        Segmentation.Run(new SegmentationOptions { Files = [Events], Workspace = Workspace, Deep = "off", Decisions = "off", Clusters = 4, Threads = 2 });
        RunDirectory = Coterie.Workspace.LatestRunOf(Workspace)!;
        Model = SegmentationModel.Read(RunDirectory);
        Customers = [.. File.ReadLines(Path.Combine(RunDirectory, "segments.csv")).Skip(1).Select(l => l.Split(',')[0]).Where(c => !c.StartsWith(CustomerScoring.Anonymous, StringComparison.Ordinal))];
    }

    public string Events => Path.Combine(folder.File("shop"), "events.csv");
    public string Workspace { get; }
    public string RunDirectory { get; }
    public SegmentationModel Model { get; }
    public IReadOnlyList<string> Customers { get; }

    public DuckDbWarehouse Open() => new(new DuckDbOptions { File = Path.Combine(Workspace, "warehouse.duckdb") });

    /// <summary>Events of the days after the run, as the collector keeps them: a few visits of some customers, new ones and anonymous ones among them, with
    /// logins on known and shared browsers, merged accounts and orders.</summary>
    public static List<string> NewLines(IReadOnlyList<string> customers, DateTime from, ulong seed, int count)
    {
        var rng = new Seed(seed).Stream(0);
        string[] categories = ["baby/diapers", "garden/tools", "toys/new"];
        var lines = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var customer = rng.NextInt(10) == 0 ? $"new-{seed}-{rng.NextInt(3)}" : customers[rng.NextInt(customers.Count)];
            var browser = $"browser-{seed}-{rng.NextInt(4)}";
            var time = from.AddSeconds(60 + i * 97 + rng.NextInt(60));
            var who = rng.NextInt(4) switch { 0 => new[] { ("anonymousId", browser) }, 1 => [("userId", customer), ("anonymousId", browser)], _ => [("userId", customer)] };
            var category = categories[rng.NextInt(3)];
            var price = Math.Round(1 + 80 * rng.NextDouble(), 2);
            var properties = new Dictionary<string, object> { ["product_id"] = $"p{rng.NextInt(1000):00000}", ["category"] = category, ["price"] = price, ["brand"] = "Orchard" };
            var (type, name) = rng.NextInt(12) switch { 0 => ("identify", null), 1 => ("alias", null), < 5 => ("track", "Order Completed"), < 8 => ("track", "Product Added"), _ => ("track", "Product Viewed") };
            var line = new Dictionary<string, object> { ["type"] = type, ["messageId"] = $"m-{seed}-{i}" };
            if (type == "alias") (line["userId"], line["previousId"]) = (customer, $"old-{seed}-{rng.NextInt(3)}");
            else foreach (var (key, value) in who) line[key] = value;
            line["timestamp"] = time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
            if (name is not null) line["event"] = name;
            if (name == "Order Completed")
            {
                properties["order_id"] = $"o-{seed}-{i}";
                properties["products"] = new[] { new Dictionary<string, object> { ["product_id"] = "p00382", ["category"] = category, ["price"] = price, ["quantity"] = 1 + rng.NextInt(3) }, new Dictionary<string, object> { ["product_id"] = "p00383", ["price"] = price + 1, ["quantity"] = 1 } };
            }

            if (type == "track") line["properties"] = properties;
            lines.Add(JsonSerializer.Serialize(line));
        }

        return lines;
    }

    /// <summary>Every id that some events name.</summary>
    public static HashSet<string> Ids(IEnumerable<string> lines) => lines.SelectMany(l => JsonDocument.Parse(l).RootElement.EnumerateObject()
        .Where(m => m.Name is "userId" or "anonymousId" or "previousId").Select(m => m.Value.GetString()!)).ToHashSet(StringComparer.Ordinal);

    /// <summary>Some orders of one customer.</summary>
    public static IEnumerable<string> Orders(string customer, DateTime from, int count) => Enumerable.Range(0, count).Select(i => JsonSerializer.Serialize(new
    {
        type = "track", messageId = $"{customer}-order-{i}", userId = customer, timestamp = from.AddMinutes(30 * i).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
        @event = "Order Completed", properties = new { order_id = $"{customer}-{i}", products = new[] { new { product_id = "p00382", category = "baby/diapers", price = 120.5, quantity = 2 } } },
    }));

    /// <summary>A copy of a directory, to be changed.</summary>
    public static string Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return to;
    }

    public static byte[] Bytes(IEnumerable<string> lines) => Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n")));

    /// <summary>What <c>score</c> says of everybody, from the shop's file and more events.</summary>
    public Dictionary<string, string> Scored(IReadOnlyList<string> more, DateTime? asOf)
    {
        var (fresh, to) = (folder.File($"{Guid.NewGuid():N}.jsonl"), folder.File($"{Guid.NewGuid():N}.parquet"));
        File.WriteAllBytes(fresh, Bytes(more));
        Scoring.Run(new ScoringOptions { Files = more.Count > 0 ? [Events, fresh] : [Events], Model = RunDirectory, Out = to, AsOf = asOf });
        return SegmentFile.ReadParquet(to).ToDictionary(r => r.CustomerId, r => string.Create(CultureInfo.InvariantCulture, $"{r.Segment} {r.Confidence:R} {r.Second} {r.Agreement:R}"));
    }

    public void Dispose() => folder.Dispose();
}

/// <summary>Tests that read the one shop.</summary>
[CollectionDefinition(nameof(LiveShop))]
public class SharedLiveShop : ICollectionFixture<LiveShop>;
