using System.Text;
using Coterie.Activation;
using Coterie.Numerics;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Tests.Privacy;

/// <summary>A small shop in which one customer has a canary in every field, and the workspace that everything was run on.</summary>
static class CanaryShop
{
    public const string Customer = "CANARYcust77", Anonymous = "canary-anon-5521", Former = "CANARYold88";

    const string Header = "message_id,time,event,customer_id,anonymous_id,previous_id,session_id,order_id,product_id,category,brand,price,quantity,currency,rating,text,channel,device,country,email,phone";

    static readonly string[] Categories = ["garden", "kitchen", "toys"];

    public static readonly IReadOnlyDictionary<string, string> Map = new Dictionary<string, string> { ["previous_id"] = "previous_id", ["text"] = "text" };

    public static string Events(int customers = 150)
    {
        var rng = new Seed(11).Stream(0);
        var text = new StringBuilder(Header + "\n");
        var message = 0;
        for (var c = 0; c < customers; c++)
        {
            for (var o = 0; o < 2 + (c % 4) * 3; o++)
            {
                var day = new DateTime(2024, 1, 1).AddDays(rng.NextInt(360)).AddMinutes(540 + rng.NextInt(600));
                text.Append($"m{++message:00000},{day:yyyy-MM-dd HH:mm:ss},view,c{c:0000},b{c:0000},,s{message},,P{rng.NextInt(40):00},{Categories[rng.NextInt(3)]},Brand{rng.NextInt(5)},,,GBP,,,email,mobile,GB,c{c:0000}@shop.example,+4420{c:00000000}\n");
                text.Append($"m{++message:00000},{day.AddMinutes(5):yyyy-MM-dd HH:mm:ss},Order Completed,c{c:0000},b{c:0000},,s{message},o{message},P{rng.NextInt(40):00},{Categories[rng.NextInt(3)]},Brand{rng.NextInt(5)},{5 + rng.NextInt(40)},{1 + rng.NextInt(3)},GBP,,,email,mobile,GB,c{c:0000}@shop.example,+4420{c:00000000}\n");
            }
        }

        return text.Append(Canaries(0, 24)).ToString();
    }

    /// <summary>Rows of the canary, from one number to another: views and orders, anonymous ones, refused ones.</summary>
    public static string Canaries(int from, int to)
    {
        var text = new StringBuilder();
        for (var i = from; i < to; i++)
        {
            var day = new DateTime(2024, 1, 10).AddDays(14 * i % 350).AddHours(11);
            var ids = i % 5 == 3 ? $",{Anonymous}," : i % 5 == 4 ? $"{Former},{Anonymous}," : $"{Customer},{Anonymous},";
            var rest = $"canary-sess-{i},canary-order-{i},CANARY-prod-9{i % 3},canarycat9/canarysub8,CANARY brand 7";
            var tail = "GBP,,\"canary says: hello, 6 times\",canary-chan-4,canary-dev-3,GB,canary.person@mail.example,+44999888777";
            text.Append($"canary-msg-{i},{day:yyyy-MM-dd HH:mm:ss},Order Completed,{ids},{rest},{20 + i},1,{tail}\n");
            // Refused: no price. And a second time: a duplicate.
            if (i % 4 == 0) text.Append($",{day:yyyy-MM-dd HH:mm:ss},Order Completed,{ids},{rest},0,1,{tail}\n");
            if (i % 6 == 0) text.Append($"canary-msg-{i},{day:yyyy-MM-dd HH:mm:ss},Order Completed,{ids},{rest},{20 + i},1,{tail}\n");
        }

        text.Append($"canary-msg-alias{from},2024-03-01 10:00:00,alias,{Customer},,{Former},canary-sess-x,,,,,,,,,,,,,canary.person@mail.example,\n");
        return text.ToString();
    }

    /// <summary>A workspace with everything: two loads, a run with its decisions, and an activation into files that lie in it.</summary>
    public static async Task Make(string folder, bool run)
    {
        var (workspace, file) = (Path.Combine(folder, "ws"), Path.Combine(folder, "events.csv"));
        await File.WriteAllTextAsync(file, Events());
        Ingestion.Run(new IngestionOptions { Files = [file], Workspace = workspace, Map = Map });
        if (run)
        {
            Segmentation.Run(new SegmentationOptions { Files = [], Out = "", Workspace = workspace, Decisions = "lifecycle,value,churn,recommend,positioning", Deep = "off", Threads = 2 });
            await Activate(workspace);
            await File.WriteAllTextAsync(Path.Combine(workspace, "notes.txt"), $"called {Customer} on Monday\nand c0007 too\n");
            await File.WriteAllTextAsync(Path.Combine(workspace, "temporary.csv"), $"customer_id,word\n{Customer},a\nc0003,b\n");
            using var packed = new System.IO.Compression.GZipStream(File.Create(Path.Combine(workspace, "export.jsonl.gz")), System.IO.Compression.CompressionLevel.Fastest);
            packed.Write(Encoding.UTF8.GetBytes($"{{\"customer_id\":\"{Customer}\",\"n\":1}}\n{{\"customer_id\":\"c0004\",\"n\":2}}\n"));
        }
    }

    public static Task<Coterie.Decisions.Decided> Activate(string workspace)
    {
        var run = Workspace.LatestRunOf(workspace)!;
        var exports = Path.Combine(workspace, "exports");
        return ActivationJob.Run(new ActivationOptions
        {
            Set = AudienceSource.Open(new AudienceSourceOptions { Run = run }),
            Destination = new FileDestination(exports, ChangeFormat.Parquet),
            Sync = new SyncOptions { State = Path.Combine(workspace, "activation"), Minimum = 1 },
            All = true,
        });
    }

    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (var folder in Directory.EnumerateDirectories(from)) Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
    }

    /// <summary>Files under a directory with a word anywhere, Parquet, gzip and the database read as they are meant to be read.</summary>
    public static IReadOnlyList<string> With(string directory, string word)
    {
        var found = new List<string>();
        foreach (var file in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (file.EndsWith(".lock", StringComparison.Ordinal)) continue;
            var bytes = file.EndsWith(".gz", StringComparison.Ordinal) ? Unpacked(file) : File.ReadAllBytes(file);
            var texts = new List<string> { Encoding.Latin1.GetString(bytes) };
            if (file.EndsWith(".parquet", StringComparison.Ordinal)) texts.AddRange(Rows(null, $"read_parquet('{file}')"));
            if (file.EndsWith(".duckdb", StringComparison.Ordinal)) texts.AddRange(Database(file));
            if (texts.Any(t => t.Contains(word, StringComparison.OrdinalIgnoreCase))) found.Add(Path.GetRelativePath(directory, file));
        }

        return found;
    }

    static byte[] Unpacked(string file)
    {
        using var plain = new MemoryStream();
        using var from = new System.IO.Compression.GZipStream(File.OpenRead(file), System.IO.Compression.CompressionMode.Decompress);
        from.CopyTo(plain);
        return plain.ToArray();
    }

    /// <summary>Every row of every table, as text.</summary>
    public static IReadOnlyList<string> Database(string file)
    {
        string[] tables;
        using (var warehouse = new DuckDbWarehouse(new DuckDbOptions { File = file, Threads = 1 }))
            tables = [.. warehouse.Rows(new Step("tables", "SELECT table_name FROM duckdb_tables() ORDER BY 1"), r => r.GetString(0)), "events"];
        return [.. tables.SelectMany(t => Rows(file, $"\"{t}\"").Select(r => $"{t}: {r}"))];
    }

    public static IReadOnlyList<string> Rows(string? file, string relation)
    {
        using var warehouse = new DuckDbWarehouse(new DuckDbOptions { File = file, Threads = 1 });
        return warehouse.Rows(new Step("rows", $"SELECT CAST(to_json(t) AS VARCHAR) FROM {relation} AS t"), r => r.GetString(0));
    }
}
