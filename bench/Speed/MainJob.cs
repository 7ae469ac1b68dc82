using System.Diagnostics;
using System.Text.Json;

namespace Coterie.Speed;

/// <summary>The whole main job over a CSV of events, beside the pandas and scikit-learn notebook that does the same.</summary>
internal static class MainJob
{
    sealed record Measure(double Seconds, double PeakMb);

    internal static int Run(string[] args)
    {
        string Option(string name, string otherwise) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : otherwise;
        var events = Option("--events", "events_10m");
        var runs = int.Parse(Option("--runs", "3"));
        var root = Root();
        var peers = Path.GetFullPath(Option("--peers", Path.Combine(root, "..", "shared", "peers")));
        var data = Environment.GetEnvironmentVariable("BENCH_DATA") ?? Path.Combine(Path.GetTempPath(), "bench-data");
        if (!File.Exists(Path.Combine(peers, "rfm_pandas.py")))
        {
            Console.Error.WriteLine($"The peer's driver rfm_pandas.py is not in {peers}; name its folder with --peers.");
            return 1;
        }

        var file = Path.Combine(data, events + ".csv");
        if (!File.Exists(file))
        {
            Directory.CreateDirectory(data);
            Start("/usr/bin/python3", [Path.Combine(peers, "gen_data.py"), events.Replace("_", "", StringComparison.Ordinal)], data);
        }

        // The launcher builds; the build is not part of what is timed.
        Start(Path.Combine(root, "coterie"), ["--version"], data);
        var output = Path.Combine(data, "segments");
        List<Measure> ours = [], theirs = [];
        for (var run = 0; run < runs; run++)
        {
            ours.Add(Ours(root, file, output, data));
            theirs.Add(Theirs(peers, events, data));
            Console.WriteLine($"run {run + 1}: ours {ours[^1].Seconds:0.0} s, {ours[^1].PeakMb:0} MB; pandas {theirs[^1].Seconds:0.0} s, {theirs[^1].PeakMb:0} MB; ratio {theirs[^1].Seconds / ours[^1].Seconds:0.00}");
        }

        var ratio = Median([.. ours.Zip(theirs, (o, t) => t.Seconds / o.Seconds)]);
        Console.WriteLine($"median: {ratio:0.00} times as fast, peak {ours.Max(o => o.PeakMb):0} MB against {theirs.Max(t => t.PeakMb):0} MB");
        var result = new
        {
            task = "main-job",
            events,
            machine = Machine.Describe(),
            peer = "pandas + scikit-learn (rfm_pandas.py)",
            ours_seconds = ours.Select(o => Math.Round(o.Seconds, 2)),
            peer_seconds = theirs.Select(t => Math.Round(t.Seconds, 2)),
            ratio = Math.Round(ratio, 2),
            ours_peak_mb = Math.Round(ours.Max(o => o.PeakMb)),
            peer_peak_mb = Math.Round(theirs.Max(t => t.PeakMb)),
        };
        File.WriteAllText(Path.Combine(root, "bench", "results", $"main-job-{events}.json"), JsonSerializer.Serialize(result, Pretty) + "\n");
        return 0;
    }

    static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true };

    // Wall time of the whole process, from its start to its end; peak memory as the process itself reports it.
    static Measure Ours(string root, string file, string output, string data)
    {
        if (Directory.Exists(output)) Directory.Delete(output, recursive: true);
        var clock = Stopwatch.StartNew();
        var json = Start(Path.Combine(root, "coterie"), ["segment", file, "--out", output, "--deep", "off", "--json"], data);
        var seconds = clock.Elapsed.TotalSeconds;
        using var document = JsonDocument.Parse(json);
        return new Measure(seconds, document.RootElement.GetProperty("peak_memory_mb").GetDouble());
    }

    // The driver's own figure leaves out Python's start and the imports: to its advantage.
    static Measure Theirs(string peers, string events, string data)
    {
        var json = Start("/usr/bin/python3", [Path.Combine(peers, "rfm_pandas.py"), events], data);
        using var document = JsonDocument.Parse(json);
        return new Measure(document.RootElement.GetProperty("seconds").GetDouble(), document.RootElement.GetProperty("peak_rss_mb").GetDouble());
    }

    static string Start(string program, string[] arguments, string data)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        start.Environment["BENCH_DATA"] = data;
        start.Environment["QUIET_WAIT"] = "0";
        using var process = Process.Start(start)!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? text : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }

    static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Coterie.slnx"))) directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException("Run it from inside the repository.");
    }
}
