using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coterie.Clustering;
using Coterie.Clustering.Trees;
using Coterie.Numerics;

namespace Coterie.Speed;

/// <summary>DBSCAN, HDBSCAN*, the spanning tree alone and Genie on groups of uneven density among noise, beside scikit-learn and, where they
/// are installed, hdbscan, fast_hdbscan and quitefastmst. Each measurement is a process of its own, ours and the peers' in turn.</summary>
internal static class DensityTask
{
    sealed record Work(string Method, string Data, int Rows, double Eps, string[] Peers);

    // The reach is near the distance to the tenth neighbour inside the groups; about a tenth of the rows is noise in the making.
    // Least cluster size 200 and 10 neighbours besides the row itself, as the peers' driver asks for.
    // Started as "dotnet Coterie.Speed.dll", the process is dotnet and the program its first argument.
    static string[] Self() => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(DensityTask).Assembly.Location] : [];

    static readonly Work[] Works =
    [
        new("dbscan", "hd_n200k_d2", 200_000, 0.1, ["dbscan_sklearn.py"]),
        new("dbscan", "hd_n200k_d2", 200_000, 0.3, ["dbscan_sklearn.py"]),
        new("dbscan", "hd_n200k_d8", 200_000, 1.2, ["dbscan_sklearn.py"]),
        new("hdbscan", "hd_n200k_d2", 200_000, 0, ["hdbscan", "fast_hdbscan"]),
        new("hdbscan", "hd_n200k_d8", 50_000, 0, ["hdbscan", "fast_hdbscan"]),
        new("hdbscan", "hd_n200k_d8", 200_000, 0, ["hdbscan", "fast_hdbscan"]),
        new("tree", "hd_n200k_d2", 200_000, 0, ["quitefastmst"]),
        new("tree", "hd_n200k_d8", 50_000, 0, ["quitefastmst"]),
        new("tree", "hd_n200k_d8", 200_000, 0, ["quitefastmst"]),
        new("genie", "hd_n200k_d2", 200_000, 0, []),
        new("genie", "hd_n200k_d8", 200_000, 0, []),
    ];

    internal static int Run(string[] args)
    {
        string Option(string name, string otherwise) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : otherwise;
        var data = Environment.GetEnvironmentVariable("BENCH_DATA") ?? Path.Combine(Path.GetTempPath(), "bench-data");
        var runs = int.Parse(Option("--runs", "3"));
        if (args is ["--measure", var index]) return Measure(Works[int.Parse(index)], data);
        var root = Root();
        var peers = Path.GetFullPath(Option("--peers", Path.Combine(root, "..", "shared", "peers")));
        if (!File.Exists(Path.Combine(data, "hd_n200k_d8.f32")))
        {
            Directory.CreateDirectory(data);
            Start("/usr/bin/python3", [Path.Combine(peers, "gen_data.py"), "noise"], data);
        }

        var only = Option("--only", "");
        var results = new JsonArray();
        for (var i = 0; i < Works.Length; i++)
        {
            var work = Works[i];
            if (only.Length > 0 && work.Method != only) continue;
            List<JsonNode> ours = [];
            var theirs = work.Peers.ToDictionary(p => p, _ => new List<JsonNode>());
            for (var run = 0; run < runs; run++)
            {
                ours.Add(Start(Environment.ProcessPath!, [.. Self(), "density", "--measure", $"{i}"], data)
                    ?? throw new InvalidOperationException($"our own {work.Method} failed."));
                foreach (var peer in work.Peers)
                    if (theirs[peer].Count == run && Peer(work, peer, peers, data) is { } line) theirs[peer].Add(line);
            }

            var result = new JsonObject
            {
                ["method"] = work.Method,
                ["data"] = work.Data,
                ["n"] = work.Rows,
                ["eps"] = work.Eps,
                ["seconds"] = Median(ours, "seconds"),
                ["peak_memory_mb"] = Median(ours, "peak_memory_mb"),
                ["clusters"] = ours[0]["clusters"]!.DeepClone(),
                ["noise"] = ours[0]["noise"]!.DeepClone(),
            };
            foreach (var (peer, lines) in theirs)
            {
                // A peer that is not installed says so and is left out: no ratio is made from another machine's figure.
                result[peer] = lines.Count == 0 ? null : new JsonObject
                {
                    ["seconds"] = Median(lines, "seconds"),
                    ["peak_memory_mb"] = Median(lines, "peak_rss_mb"),
                    ["quality"] = lines[0]["quality"]?.DeepClone(),
                    ["ratio"] = Math.Round(Median(lines, "seconds") / Median(ours, "seconds"), 2),
                };
            }

            Console.WriteLine(result.ToJsonString());
            results.Add(result);
        }

        var report = new JsonObject
        {
            ["task"] = "density",
            ["machine"] = JsonSerializer.SerializeToNode(Machine.Describe()),
            ["runs"] = runs,
            ["results"] = results,
        };
        var name = only.Length > 0 ? $"density-{only}.json" : "density.json";
        File.WriteAllText(Path.Combine(root, "bench", "results", name), report.ToJsonString(Pretty) + "\n");
        return 0;
    }

    static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true };

    static JsonNode? Peer(Work work, string peer, string peers, string data) => work.Method == "dbscan"
        ? Start("/usr/bin/python3", [Path.Combine(peers, peer), work.Data, $"{work.Eps}"], data)
        : Start("/usr/bin/python3", [Path.Combine(peers, "hdbscan_peer.py"), peer, work.Data, $"{work.Rows}"], data);

    // Median of three fits after one that warms up, as the peers' drivers do.
    static int Measure(Work work, string data)
    {
        var rows = Read(Path.Combine(data, work.Data + ".f32"), work.Rows);
        int[] labels = Fit(work, rows);
        var seconds = new double[3];
        for (var run = 0; run < seconds.Length; run++)
        {
            var clock = Stopwatch.StartNew();
            labels = Fit(work, rows);
            seconds[run] = clock.Elapsed.TotalSeconds;
        }

        using var self = Process.GetCurrentProcess();
        Console.WriteLine(new JsonObject
        {
            ["seconds"] = Math.Round(seconds.Order().ElementAt(1), 4),
            ["peak_memory_mb"] = self.PeakWorkingSet64 >> 20,
            ["clusters"] = labels.Length == 0 ? 0 : labels.Max() + 1,
            ["noise"] = labels.Length == 0 ? 0 : Math.Round(labels.Count(l => l < 0) / (double)labels.Length, 4),
        }.ToJsonString());
        return 0;
    }

    static int[] Fit(Work work, Matrix rows)
    {
        var threads = Environment.ProcessorCount;
        switch (work.Method)
        {
            case "dbscan":
                return Dbscan.Fit(rows, new DbscanOptions { Eps = work.Eps, MinSamples = 10, Threads = threads }).Labels;
            case "hdbscan":
                return Hdbscan.Fit(rows, new HdbscanOptions { MinClusterSize = 200, MinSamples = 11, Threads = threads }).Labels;
            case "genie":
                return Genie.Fit(rows, new GenieOptions { Clusters = 20, Threads = threads }).Labels;
            default:
                // quitefastmst's M of 10 makes the tree of the ninth other row: the sums of weights agree.
                SpanningTree.Of(rows, 9, false, threads);
                return [];
        }
    }

    // A header of 32 bytes (n at 8, d at 16), then n x d single-precision numbers.
    static Matrix Read(string file, int rows)
    {
        var bytes = File.ReadAllBytes(file);
        var columns = BitConverter.ToInt32(bytes, 16);
        var values = new float[Math.Min(rows, (int)BitConverter.ToInt64(bytes, 8)) * columns];
        Buffer.BlockCopy(bytes, 32, values, 0, values.Length * sizeof(float));
        return new Matrix(values, values.Length / columns, columns);
    }

    // The last line of what the program prints, as JSON; null when it ends in failure.
    static JsonNode? Start(string program, string[] arguments, string data)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        start.Environment["BENCH_DATA"] = data;
        start.Environment["QUIET_WAIT"] = "0";
        start.Environment["REPS"] = "1";
        using var process = Process.Start(start)!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var last = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault();
        if (process.ExitCode != 0 || last is null || !last.StartsWith('{')) return null;
        return JsonNode.Parse(last) is JsonObject line && line.ContainsKey("seconds") ? line : null;
    }

    static double Median(List<JsonNode> lines, string name)
    {
        var sorted = lines.Select(l => l[name]!.GetValue<double>()).Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Coterie.slnx"))) directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException("Run it from inside the repository.");
    }
}
