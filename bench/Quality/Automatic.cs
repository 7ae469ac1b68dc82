using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Coterie.Clustering;
using Coterie.Clustering.Metrics;
using Coterie.Numerics;

namespace Coterie.Quality;

/// <summary>The automatic choice of method and number on sets whose groups are known: reference sets, or the generated ones that the choice was
/// developed on. Protocol of Gagolewski (2022): label 0 is noise and left out, of several labellings the best counts; sets of 16 groups at most.</summary>
internal static class Automatic
{
    const int Most = 16;

    sealed record Known(string Name, Matrix Rows, int[][] Truths);

    sealed record Row(string Set, int N, int D, int TrueK, int K, string Method, string Setting, double Ari, bool Structure, double Seconds, double KMeans, double Gmm, double Genie, double MethodAtTrueK);

    internal static int Run(string[] args)
    {
        var generated = int.Parse(Arguments.Text(args, "--generated", "0"), CultureInfo.InvariantCulture);
        var data = Arguments.Text(args, "--data", Path.Combine(Arguments.Root(), "..", "shared", "data", "clustering"));
        var rows = (generated > 0 ? Generated(generated) : References(data)).Select(One).ToList();
        object Means(Func<Row, double> ari, Func<Row, int> k) => new
        {
            ari = Math.Round(rows.Average(ari), 4),
            exact_k = Math.Round(rows.Average(r => k(r) == r.TrueK ? 1.0 : 0), 4),
            within_one = Math.Round(rows.Average(r => Math.Abs(k(r) - r.TrueK) <= 1 ? 1.0 : 0), 4),
        };
        Arguments.Save(generated > 0 ? "automatic-generated.json" : "automatic.json", new
        {
            task = "automatic",
            sets = rows.Count,
            without_structure_test = Means(r => r.Ari, r => r.K),
            // One cluster has an adjusted Rand index of 0 with any grouping.
            with_structure_test = Means(r => r.Structure ? r.Ari : 0, r => r.Structure ? r.K : 1),
            at_true_k = new
            {
                kmeans = Math.Round(rows.Average(r => r.KMeans), 4), gmm = Math.Round(rows.Average(r => r.Gmm), 4),
                genie = Math.Round(rows.Average(r => r.Genie), 4), chosen_method = Math.Round(rows.Average(r => r.MethodAtTrueK), 4),
            },
            seconds = new { mean = Math.Round(rows.Average(r => r.Seconds), 2), most = Math.Round(rows.Max(r => r.Seconds), 2) },
            rows,
        });
        return 0;
    }

    static Row One(Known set)
    {
        var clock = Stopwatch.StartNew();
        var found = MethodSearch.Run(set.Rows, new() { AskForStructure = false });
        var seconds = clock.Elapsed.TotalSeconds;
        var truth = set.Truths.MaxBy(t => Agreement.AdjustedRand(t, found.Labels))!;
        var k = truth.Max() + 1;
        double Best(MethodOptions options) => Ari(set, Clusterer.Fit(set.Rows, options, new Seed(1)).Assign(set.Rows, 2).Labels);
        var told = MethodSearch.Run(set.Rows, new() { Clusters = k });
        var structure = MethodSearch.Run(set.Rows, new() { MaxClusters = 2 }).Structure?.Structure ?? false;
        var row = new Row(set.Name, set.Rows.Rows, set.Rows.Columns, k, found.Chosen?.Clusters ?? 1, found.Chosen?.Method ?? "none", found.Chosen?.Setting ?? "",
            Math.Round(Ari(set, found.Labels), 4), structure, Math.Round(seconds, 2),
            Math.Round(Best(new KMeansOptions { Clusters = k }), 4), Math.Round(Best(new GaussianMixtureOptions { Clusters = k }), 4),
            Math.Round(Best(new GenieOptions { Clusters = k }), 4), Math.Round(Ari(set, told.Labels), 4));
        Console.Error.WriteLine(row);
        return row;
    }

    static double Ari(Known set, int[] labels) => set.Truths.Max(t => Agreement.AdjustedRand(t, labels));

    static IEnumerable<Known> Generated(int count)
    {
        for (var number = 0; number < count; number++)
        {
            var set = SomeShapes.Draw(number);
            yield return new($"{set.Family} {number}", set.Rows, [set.Truth]);
        }
    }

    static IEnumerable<Known> References(string data)
    {
        foreach (var path in Directory.EnumerateFiles(data, "*.data.gz", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var stem = path[..^8];
            var truths = Enumerable.Range(0, 10).Select(i => $"{stem}.labels{i}.gz").Where(File.Exists)
                .Select(f => Lines(f).Select(l => int.Parse(l, CultureInfo.InvariantCulture) - 1).ToArray()).Where(t => t.Max() < Most).ToArray();
            if (truths.Length == 0) continue;
            var lines = Lines(path).Select(l => l.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(x => float.Parse(x, CultureInfo.InvariantCulture)).ToArray()).ToArray();
            yield return new(Path.GetRelativePath(data, stem), new Matrix([.. lines.SelectMany(x => x)], lines.Length, lines[0].Length), truths);
        }
    }

    static List<string> Lines(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        return [.. reader.ReadToEnd().Split('\n').Where(l => l.Trim().Length > 0)];
    }
}
