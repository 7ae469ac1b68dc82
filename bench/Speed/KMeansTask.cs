using System.Diagnostics;
using System.Text.Json;
using Coterie.Clustering;
using Coterie.Numerics;

namespace Coterie.Speed;

/// <summary>The k-means family beside scikit-learn and FAISS: the same rows, the same start, the same twenty iterations, in turn.</summary>
internal static class KMeansTask
{
    sealed record Timing(string Who, string Work, double Seconds, double CpuSeconds, double Objective);

    internal static int Run(string[] args)
    {
        string Option(string name, string otherwise) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : otherwise;
        var runs = int.Parse(Option("--runs", "3"));
        var root = Machine.Root();
        var peers = Path.GetFullPath(Option("--peers", Path.Combine(root, "..", "shared", "peers")));
        var data = Environment.GetEnvironmentVariable("BENCH_DATA") ?? Path.Combine(Path.GetTempPath(), "bench-data");
        var alone = args.Contains("--alone");
        if (!alone && !File.Exists(Path.Combine(peers, "kmeans_sklearn.py")))
        {
            Console.Error.WriteLine($"The peers' drivers (kmeans_sklearn.py and others) are not in {peers}; name their folder with --peers.");
            return 1;
        }

        var results = new List<object>();
        foreach (var set in Option("--sets", "gm_n1m_d32_k64,gm_n1m_d32_k8,gm_n100k_d16_k8,gm_n100k_d16_k64").Split(','))
        {
            if (!File.Exists(Path.Combine(data, set + ".f32")))
            {
                Directory.CreateDirectory(data);
                Python(Path.Combine(peers, "gen_data.py"), ["gauss"], data);
            }

            foreach (var work in Option("--works", "lloyd,elkan,assign,minibatch").Split(','))
            {
                List<Timing> timings = [];
                var (rows, start) = (Read(Path.Combine(data, set + ".f32")), Read(Path.Combine(data, set + ".init.f32")));
                Ours(work, rows, start);
                for (var run = 0; run < runs; run++)
                {
                    timings.Add(Ours(work, rows, start));
                    if (!alone) timings.AddRange(Theirs(work, set, peers, data));
                }

                var ours = Median(timings, "coterie", t => t.Seconds);
                foreach (var group in timings.GroupBy(t => t.Who))
                {
                    Console.WriteLine($"{set} {work} {group.Key}: {Median(timings, group.Key, t => t.Seconds):0.0000} s (CPU {Median(timings, group.Key, t => t.CpuSeconds):0.0000} s), "
                        + $"objective {group.Last().Objective:0.000000e0}, ratio {Median(timings, group.Key, t => t.Seconds) / ours:0.00}");
                }

                results.AddRange(timings.GroupBy(t => t.Who).Select(group => new
                {
                    set,
                    work,
                    who = group.Key,
                    seconds = group.Select(t => Math.Round(t.Seconds, 4)),
                    median = Math.Round(Median(timings, group.Key, t => t.Seconds), 4),
                    objective = group.Last().Objective,
                    times_ours = Math.Round(Median(timings, group.Key, t => t.Seconds) / ours, 2),
                }));
            }
        }

        if (alone) return 0;
        var result = new { task = "kmeans", machine = Machine.Describe(), rounds = runs, results };
        File.WriteAllText(Path.Combine(root, "bench", "results", "kmeans.json"), JsonSerializer.Serialize(result, Pretty) + "\n");
        return 0;
    }

    internal static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true };

    // lloyd and elkan are the same work to us: bounds are always used where they pay. elkan runs to convergence.
    static Timing Ours(string work, Matrix rows, Matrix start)
    {
        var centres = Enumerable.Range(0, start.Rows).Select(c => start.Row(c).ToArray()).ToArray();
        var options = new KMeansOptions { Clusters = start.Rows, WarmStart = centres, Seeded = false, Tolerance = 0, MaxIterations = work == "elkan" ? ToConvergence : 20 };
        var model = work == "assign" ? KMeans.Fit(rows, options with { MaxIterations = 5 }, new Seed(1)) : null;
        var clock = Stopwatch.StartNew();
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var objective = work switch
        {
            "assign" => model!.Label(rows, Environment.ProcessorCount)[0],
            "minibatch" => MiniBatchKMeans.Fit(rows, new() { Clusters = start.Rows, BatchRows = 4096, MaxEpochs = 20, Starts = 3 }, new Seed(1)).Objective,
            _ => KMeans.Fit(rows, options, new Seed(1)).Objective,
        };
        return new("coterie", work, clock.Elapsed.TotalSeconds, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds, objective);
    }

    const int ToConvergence = 300;

    static IEnumerable<Timing> Theirs(string work, string set, string peers, string data)
    {
        (string File, string[] Arguments)[] drivers = work switch
        {
            "lloyd" => [("kmeans_sklearn.py", [set, "lloyd"]), ("kmeans_faiss.py", [set])],
            "elkan" => [("kmeans_sklearn.py", [set, "elkan", $"{ToConvergence}"])],
            "assign" => [("predict_sklearn.py", [set])],
            _ => [("minibatch_sklearn.py", [set])],
        };
        foreach (var (file, arguments) in drivers)
        {
            foreach (var line in Python(Path.Combine(peers, file), arguments, data).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                using var document = JsonDocument.Parse(line);
                var answer = document.RootElement;
                if (answer.GetProperty("task").GetString() == "score-one") continue;
                var objective = answer.GetProperty("quality").TryGetProperty("inertia", out var inertia) ? inertia.GetDouble() : 0;
                yield return new(answer.GetProperty("peer").GetString()!, work, answer.GetProperty("seconds").GetDouble(), 0, objective);
            }
        }
    }

    // A file of the peers' generator: 32 bytes of header (n at 8, d at 16), then n x d numbers.
    internal static Matrix Read(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> header = stackalloc byte[32];
        file.ReadExactly(header);
        int n = checked((int)BitConverter.ToUInt64(header[8..])), d = checked((int)BitConverter.ToUInt32(header[16..]));
        var rows = new Matrix(n, d);
        file.ReadExactly(System.Runtime.InteropServices.MemoryMarshal.AsBytes(rows.Values.AsSpan()));
        return rows;
    }

    // One repetition a call: the rounds are ours to count, so that the peers are run in turn with us.
    internal static string Python(string script, string[] arguments, string data)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", [script, .. arguments]) { RedirectStandardOutput = true };
        start.Environment["BENCH_DATA"] = data;
        start.Environment["QUIET_WAIT"] = "0";
        start.Environment["REPS"] = "1";
        using var process = Process.Start(start)!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? text : throw new InvalidOperationException($"{script} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }

    static double Median(List<Timing> timings, string who, Func<Timing, double> of)
    {
        var sorted = timings.Where(t => t.Who == who).Select(of).Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
