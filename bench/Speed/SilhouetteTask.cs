using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Coterie.Clustering.Metrics;
using Coterie.Numerics;

namespace Coterie.Speed;

/// <summary>The exact silhouette of 20,000 rows beside scikit-learn's, in turn, on the same file.</summary>
internal static class SilhouetteTask
{
    const int Rows = 20_000, Clusters = 8;
    static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true };

    internal static int Run(string[] args)
    {
        string Option(string name, string otherwise) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : otherwise;
        var runs = int.Parse(Option("--runs", "3"));
        var root = Root();
        var driver = Path.Combine(Path.GetFullPath(Option("--peers", Path.Combine(root, "..", "shared", "peers"))), "silhouette_sklearn.py");
        if (!File.Exists(driver))
        {
            Console.Error.WriteLine($"The peer's driver is not at {driver}; name its folder with --peers.");
            return 1;
        }

        var data = Environment.GetEnvironmentVariable("BENCH_DATA") ?? Path.Combine(Path.GetTempPath(), "bench-data");
        Directory.CreateDirectory(data);
        var results = new List<object>();
        foreach (var d in new[] { 2, 8, 16, 32 })
        {
            var name = $"sil_n20k_d{d}_k{Clusters}";
            var (rows, labels) = Planted(d);
            Write(Path.Combine(data, name + ".f32"), MemoryMarshal.AsBytes<float>(rows.Values), d);
            Write(Path.Combine(data, name + ".labels.i32"), MemoryMarshal.AsBytes<int>(labels), 1);
            List<double> ours = [], theirs = [];
            double mine = Silhouette.Exact(rows, labels, Environment.ProcessorCount), other = 0;
            for (var run = 0; run < runs; run++)
            {
                var clock = Stopwatch.StartNew();
                mine = Silhouette.Exact(rows, labels, Environment.ProcessorCount);
                ours.Add(clock.Elapsed.TotalSeconds);
                using var document = JsonDocument.Parse(Python(driver, name, data));
                theirs.Add(document.RootElement.GetProperty("seconds").GetDouble());
                other = document.RootElement.GetProperty("quality").GetProperty("silhouette").GetDouble();
            }

            var ratio = Median(theirs) / Median(ours);
            Console.WriteLine($"d = {d}: ours {Median(ours):0.000} s ({mine:0.000000}), scikit-learn {Median(theirs):0.000} s ({other:0.000000}), {ratio:0.0} times as fast");
            results.Add(new
            {
                n = Rows, d, k = Clusters, ours_seconds = Math.Round(Median(ours), 4), peer_seconds = Math.Round(Median(theirs), 4), ratio = Math.Round(ratio, 2),
                ours_silhouette = Math.Round(mine, 6), peer_silhouette = other,
            });
        }

        var result = new { task = "silhouette", machine = Machine.Describe(), peer = "scikit-learn silhouette_score (silhouette_sklearn.py)", runs, results };
        File.WriteAllText(Path.Combine(root, "bench", "results", "silhouette.json"), JsonSerializer.Serialize(result, Pretty) + "\n");
        return 0;
    }

    readonly record struct LabelledRows(Matrix Rows, int[] Labels);

    // Eight groups that touch.
    static LabelledRows Planted(int d)
    {
        var rng = new Rng(20, (ulong)d);
        var centres = new double[Clusters * d];
        for (var j = 0; j < centres.Length; j++) centres[j] = rng.NextNormal() * 4 / Math.Sqrt(d);
        var rows = new Matrix(Rows, d);
        var labels = new int[Rows];
        for (var i = 0; i < Rows; i++)
        {
            labels[i] = i < Clusters ? i : rng.NextInt(Clusters);
            for (var j = 0; j < d; j++) rows[i, j] = (float)(centres[labels[i] * d + j] + rng.NextNormal());
        }

        return new(rows, labels);
    }

    // The drivers' file format: 'SEGM', version, n, d, k, seed, then the numbers.
    static void Write(string path, ReadOnlySpan<byte> values, int columns)
    {
        using var file = File.Create(path);
        using var writer = new BinaryWriter(file);
        writer.Write("SEGM"u8);
        writer.Write(1u);
        writer.Write((ulong)Rows);
        writer.Write((uint)columns);
        writer.Write((uint)Clusters);
        writer.Write(20UL);
        writer.Write(values);
    }

    // One repetition a start: the two sides take turns here.
    static string Python(string driver, string name, string data)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", [driver, name, $"{Rows}"]) { RedirectStandardOutput = true };
        start.Environment["BENCH_DATA"] = data;
        start.Environment["REPS"] = "1";
        start.Environment["QUIET_WAIT"] = "0";
        using var process = Process.Start(start)!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? text : throw new InvalidOperationException($"{driver} ended with {process.ExitCode}.");
    }

    static double Median(List<double> values)
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
