using System.Diagnostics;
using System.Text.Json;
using Coterie.Clustering;
using Coterie.Numerics;

namespace Coterie.Speed;

/// <summary>Gaussian mixtures (100,000 x 16, 8 components, ten rounds of EM from one given start) beside scikit-learn, in turn.</summary>
internal static class MixtureTask
{
    const string Set = "gm_n100k_d16_k8";
    const int Rounds = 10;

    internal static int Run(string[] args)
    {
        string Option(string name, string otherwise) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : otherwise;
        var runs = int.Parse(Option("--runs", "5"));
        var root = Machine.Root();
        var peers = Path.GetFullPath(Option("--peers", Path.Combine(root, "..", "shared", "peers")));
        var data = Environment.GetEnvironmentVariable("BENCH_DATA") ?? Path.Combine(Path.GetTempPath(), "bench-data");
        var alone = args.Contains("--alone");
        var driver = Path.Combine(peers, "gmm_sklearn.py");
        if (!alone && !File.Exists(driver))
        {
            Console.Error.WriteLine($"The peer's driver is not at {driver}; name its folder with --peers.");
            return 1;
        }

        if (!File.Exists(Path.Combine(data, Set + ".f32"))) KMeansTask.Python(Path.Combine(peers, "gen_data.py"), ["gauss"], data);
        var (rows, start) = (KMeansTask.Read(Path.Combine(data, Set + ".f32")), KMeansTask.Read(Path.Combine(data, Set + ".init.f32")));
        var results = new List<object>();
        foreach (var (kind, name) in new[] { (Covariance.Full, "full"), (Covariance.Diagonal, "diag"), (Covariance.Spherical, "spherical") })
        {
            Fit(rows, start, kind);
            List<double> ours = [], theirs = [];
            double mine = 0, other = 0;
            for (var run = 0; run < runs; run++)
            {
                var clock = Stopwatch.StartNew();
                mine = Fit(rows, start, kind).LogLikelihood / rows.Rows;
                ours.Add(clock.Elapsed.TotalSeconds);
                if (alone) continue;
                using var document = JsonDocument.Parse(KMeansTask.Python(driver, [Set, name, $"{Rounds}"], data));
                theirs.Add(document.RootElement.GetProperty("seconds").GetDouble());
                other = document.RootElement.GetProperty("quality").GetProperty("loglik").GetDouble();
            }

            if (alone) theirs.Add(0);
            var ratio = Median(theirs) / Median(ours);
            Console.WriteLine($"{name}: ours {Median(ours):0.000} s (log-likelihood of a row {mine:0.000000}), scikit-learn {Median(theirs):0.000} s ({other:0.000000}), {ratio:0.0} times as fast");
            results.Add(new
            {
                set = Set, covariance = name, ours_seconds = Math.Round(Median(ours), 4), peer_seconds = Math.Round(Median(theirs), 4), ratio = Math.Round(ratio, 2),
                ours_log_likelihood = Math.Round(mine, 6), peer_log_likelihood = other,
            });
        }

        if (alone) return 0;
        var result = new { task = "mixture", machine = Machine.Describe(), peer = "scikit-learn GaussianMixture (gmm_sklearn.py)", runs, results };
        File.WriteAllText(Path.Combine(root, "bench", "results", "mixture.json"), JsonSerializer.Serialize(result, KMeansTask.Pretty) + "\n");
        return 0;
    }

    // The peer's start: the given means, equal weights, unit covariances.
    static GaussianMixtureModel Fit(Matrix rows, Matrix start, Covariance kind)
    {
        int k = start.Rows, d = start.Columns;
        double[] unit = kind switch
        {
            Covariance.Full => [.. Enumerable.Range(0, d * d).Select(e => e % (d + 1) == 0 ? 1.0 : 0)],
            Covariance.Diagonal => [.. Enumerable.Repeat(1.0, d)],
            _ => [1.0],
        };
        var warm = new GaussianMixtureModel
        {
            Covariance = kind, Weights = [.. Enumerable.Repeat(1.0 / k, k)], Covariances = [.. Enumerable.Range(0, k).Select(_ => (double[])unit.Clone())],
            Means = [.. Enumerable.Range(0, k).Select(c => start.Row(c).ToArray().Select(x => (double)x).ToArray())],
            Columns = d, LogLikelihood = 0, Bic = 0, Aic = 0, Iterations = 0,
        };
        return GaussianMixture.Fit(rows, new() { Clusters = k, Covariance = kind, WarmStart = warm, Seeded = false, Tolerance = 0, MaxIterations = Rounds }, new Seed(1));
    }

    static double Median(List<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
