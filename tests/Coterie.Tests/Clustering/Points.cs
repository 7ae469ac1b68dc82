using System.IO.Compression;
using Coterie.Numerics;
using CsCheck;
using Coterie.Tests.Support;

namespace Coterie.Tests.Clustering;

/// <summary>Rows for tests: planted groups, continua, and the reference sets.</summary>
static class Points
{
    /// <summary>Rows of k spherical unit-variance groups whose centres are at least <paramref name="apart"/> standard deviations apart;
    /// <paramref name="even"/> groups differ in size by one row at most.</summary>
    public static (Matrix Rows, int[] Truth) Blobs(int n, int d, int k, double apart, ulong seed, bool even = false)
    {
        var rng = new Rng(seed, 4);
        var centres = new List<double[]>();
        for (var spread = apart; centres.Count < k; spread *= 1.01)
        {
            var centre = new double[d];
            for (var j = 0; j < d; j++) centre[j] = spread * rng.NextNormal();
            if (centres.TrueForAll(c => Math.Sqrt(c.Zip(centre, (a, b) => (a - b) * (a - b)).Sum()) >= apart)) centres.Add(centre);
        }

        var rows = new Matrix(n, d);
        var truth = new int[n];
        for (var i = 0; i < n; i++)
        {
            truth[i] = i < k || even ? i % k : rng.NextInt(k);
            for (var j = 0; j < d; j++) rows[i, j] = (float)(centres[truth[i]][j] + rng.NextNormal());
        }

        return (rows, truth);
    }

    public static Matrix Fill(int n, int d, Func<Rng, double> value, ulong seed)
    {
        var rng = new Rng(seed, 5);
        var rows = new Matrix(n, d);
        for (var i = 0; i < rows.Values.Length; i++) rows.Values[i] = (float)value(rng);
        return rows;
    }

    /// <summary>Planted groups far apart: n 40 to 200, d 1 to 6, k 2 to 5.</summary>
    public static readonly Gen<(Matrix Rows, int[] Truth, int K, ulong Seed)> Planted = FarApart(even: false);

    /// <summary>The same, groups of even sizes.</summary>
    public static readonly Gen<(Matrix Rows, int[] Truth, int K, ulong Seed)> PlantedEvenly = FarApart(even: true);

    static Gen<(Matrix Rows, int[] Truth, int K, ulong Seed)> FarApart(bool even) =>
        Gen.Select(Gen.Int[40, 200], Gen.Int[1, 6], Gen.Int[2, 5], Gen.ULong[0, 1000]).Select((n, d, k, seed) =>
        {
            var (rows, truth) = Blobs(n, d, k, 14, seed, even);
            return (rows, truth, k, seed);
        });

    public static Matrix Permuted(Matrix rows, int[] order) => rows.Take(order);

    /// <summary>A reference set (numbers, white space) with its labels from 1; rows labelled 0 are noise and left out.</summary>
    public static (Matrix Rows, int[] Truth) Reference(string name)
    {
        var lines = Lines(Shared.Data($"clustering/{name}.data.gz"));
        var labels = Lines(Shared.Data($"clustering/{name}.labels0.gz")).Select(int.Parse).ToArray();
        var parsed = lines.Select(l => l.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(float.Parse).ToArray()).ToArray();
        var kept = Enumerable.Range(0, labels.Length).Where(i => labels[i] > 0).ToArray();
        var rows = new Matrix(kept.Length, parsed[0].Length);
        for (var i = 0; i < kept.Length; i++) parsed[kept[i]].CopyTo(rows.Row(i));
        return (rows, [.. kept.Select(i => labels[i] - 1)]);
    }

    static List<string> Lines(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l.Trim().Length > 0)];
    }
}
