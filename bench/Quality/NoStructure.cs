using System.Diagnostics;
using System.IO.Compression;
using Coterie.Clustering.Search;
using Coterie.Numerics;

namespace Coterie.Quality;

/// <summary>How often rows without groups are called structure, and how often groups are found: seeded data of many kinds, columns of real sets
/// permuted independently, and the reference sets as they are.</summary>
internal static class NoStructure
{
    sealed record Line(string Kind, int Runs, int Structured, Dictionary<string, int> Kinds, double SecondsEach);

    internal static int Run(string[] args)
    {
        var runs = int.Parse(Arguments.Text(args, "--runs", "200"));
        var power = int.Parse(Arguments.Text(args, "--power-runs", "40"));
        var threads = int.Parse(Arguments.Text(args, "--threads", Environment.ProcessorCount.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        var folder = Path.GetFullPath(Path.Combine(Arguments.Text(args, "--data", Path.Combine(Arguments.Root(), "..", "shared", "data")), "clustering"));
        var only = Arguments.Text(args, "--only", "");
        var sets = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.data.gz", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray() : [];
        if (sets.Length == 0) Console.Error.WriteLine($"{folder} has no reference sets; name the folder of the data sets with --data. Only generated rows are measured.");
        var shops = Shops(Path.GetDirectoryName(folder)!).ToArray();
        List<Line> Measure(IEnumerable<(string Name, Func<ulong, Matrix> Make)> kinds, int times) =>
            [.. kinds.Where(k => k.Name.Contains(only, StringComparison.Ordinal)).Select(k => Measured(k.Name, k.Make, times, threads))];
        var loaded = sets.Select(f => (Name: Path.GetRelativePath(folder, f)[..^8], Rows: Read(f))).ToArray();
        var result = new
        {
            task = "nostructure",
            without = Measure([.. Shapes.Without, .. shops.Select(s => ($"features of {s.Name}, permuted", (Func<ulong, Matrix>)(seed => Permuted(s.Rows, seed)))), .. loaded.Length == 0 ? [] : new (string, Func<ulong, Matrix>)[] { ("columns of the reference sets, permuted", seed => Permuted(loaded[seed % (ulong)loaded.Length].Rows, seed)) }], runs),
            with = Measure(Shapes.With, power),
            reference_sets = Measure(loaded.Select(s => (s.Name, (Func<ulong, Matrix>)(_ => s.Rows))), 1),
        };
        Arguments.Save(only.Length > 0 ? "nostructure-part.json" : "nostructure.json", result);
        return 0;
    }

    static Line Measured(string name, Func<ulong, Matrix> make, int runs, int threads)
    {
        var found = new Clustering.StructureTest[runs];
        var clock = Stopwatch.StartNew();
        Parallel.For(0, runs, new ParallelOptions { MaxDegreeOfParallelism = threads }, i =>
            found[i] = StructureTester.Test(make((ulong)i), 40, new Seed((ulong)i), 1));
        var kinds = found.Where(f => f.Structure).GroupBy(f => f.Kind.ToString()).ToDictionary(g => g.Key, g => g.Count());
        var line = new Line(name, runs, found.Count(f => f.Structure), kinds, Math.Round(clock.Elapsed.TotalSeconds / runs, 3));
        Console.WriteLine($"{name,-52} {line.Structured,4} of {runs}  {line.SecondsEach:F2} s  {string.Join(' ', kinds)}  p {found[0].PValue:G2} z {found[0].Statistic:F1}/{found[0].ReferenceHigh:F1}");
        return line;
    }

    // What the search sees of a simulated shop and of the real ones that are here.
    static IEnumerable<(string Name, Matrix Rows)> Shops(string data)
    {
        using var scratch = new Scratch();
        var shop = scratch.Folder("shop");
        Simulation.Simulator.Write(new() { Customers = 2000, Seed = 31 }, shop);
        yield return ("a simulated shop", Portraits(Path.Combine(shop, "events.csv")));
        foreach (var (name, file) in new[] { ("Online Retail", "online_retail/online_retail.csv.gz"), ("retail transactions", "retail_transactions/Retail_Data_Transactions.csv.gz"), ("CDNOW", "cdnow/CDNOW_sample.txt"), ("REES46", "rees46/2019-Oct-sample.csv.gz") })
            if (Path.Combine(data, file) is var path && File.Exists(path)) yield return (name, Portraits(path));
    }

    static Matrix Portraits(string events)
    {
        using var workspace = Workspace.Temporary(new());
        var quality = Ingestion.Load(workspace, new() { Files = [events], TemporaryDirectory = workspace.TemporaryDirectory }, null, new Stages(null, default));
        var table = Coterie.Portraits.Current(workspace.Warehouse, quality, quality.LastEvent!.Value);
        return Features.Preparation.Fit(table, new()).Apply(table).Rows;
    }

    static Matrix Permuted(Matrix rows, ulong seed)
    {
        var most = Math.Min(rows.Rows, 4000);
        var result = new Matrix(most, rows.Columns);
        for (var j = 0; j < rows.Columns; j++)
        {
            var order = new int[rows.Rows];
            for (var i = 0; i < order.Length; i++) order[i] = i;
            new Rng(seed, 100 + (ulong)j).Shuffle(order.AsSpan());
            for (var i = 0; i < most; i++) result[i, j] = rows[order[i], j];
        }

        return result;
    }

    static Matrix Read(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        var rows = new List<float[]>();
        while (reader.ReadLine() is { } line)
            if (line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } fields) rows.Add(Array.ConvertAll(fields, f => float.Parse(f, System.Globalization.CultureInfo.InvariantCulture)));
        return new Matrix([.. rows.SelectMany(r => r)], rows.Count, rows[0].Length);
    }
}
