using System.IO.Compression;
using Coterie.Clustering.Metrics;
using Coterie.Numerics;
using Coterie.Tests.Support;

namespace Coterie.Tests.Clustering.Density;

/// <summary>The reference sets with all their labellings. The protocol is that of Gagolewski (2022): the number of clusters of the
/// labelling is given, rows that it calls noise (0) are clustered with the others and left out of the comparison, the best labelling counts.</summary>
static class ReferenceSets
{
    public static string[] Names() => [.. new[] { "fcps", "sipu", "other" }
        .SelectMany(battery => Directory.EnumerateFiles(Shared.Data($"clustering/{battery}"), "*.data.gz").Select(f => $"{battery}/{Path.GetFileName(f)[..^8]}"))
        .Order(StringComparer.Ordinal)];

    public static Matrix Rows(string name)
    {
        var rows = Lines(Shared.Data($"clustering/{name}.data.gz")).Select(l => l.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(float.Parse).ToArray()).ToArray();
        return new Matrix([.. rows.SelectMany(r => r)], rows.Length, rows[0].Length);
    }

    public static int[][] Labellings(string name) => [.. Enumerable.Range(0, 10)
        .Select(i => Path.Combine(Shared.Data("clustering"), $"{name}.labels{i}.gz")).Where(File.Exists)
        .Select(f => Lines(f).Select(int.Parse).ToArray())];

    /// <summary>Adjusted Rand index of a method that is told the number of clusters, against the best labelling.</summary>
    public static double BestAri(string name, Func<Matrix, int, int[]> cluster)
    {
        var rows = Rows(name);
        return Labellings(name).Max(truth => Agreement.AdjustedRand([.. truth.Select(t => t - 1)], cluster(rows, truth.Max())));
    }

    static List<string> Lines(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        return [.. reader.ReadToEnd().Split('\n').Where(l => l.Trim().Length > 0)];
    }
}
