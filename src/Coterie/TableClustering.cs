using System.Diagnostics;
using Coterie.Clustering;
using Coterie.Clustering.Metrics;
using Coterie.Numerics;
using Coterie.Tables;

namespace Coterie;

/// <summary>Clusters a table of numbers: read, standardise if asked, fit, judge, write.</summary>
public static class TableClustering
{
    // Exact up to this many rows; beyond it a sample stratified by cluster of this size has an error of some thousandths.
    const int SilhouetteRows = 10_000;

    /// <summary>Names of the methods, in the order of the help.</summary>
    public static string[] Methods => TableMethods.Names;

    /// <summary>Names of the distances.</summary>
    public static string[] Distances => TableMethods.Distances;

    /// <summary>Runs the whole of it. Files are written at the end, whole or not at all.</summary>
    /// <exception cref="ConfigurationException">Options that do not fit together or the table: every problem in one message.</exception>
    /// <exception cref="InputException">The table or the file of starting centres cannot be used.</exception>
    /// <exception cref="OperationCanceledException">It was stopped before a result; a stopped search, k-means, mini-batches and mixtures give the best so far instead.</exception>
    public static TableClusteringResult Run(TableClusteringOptions options, IProgress<StageProgress>? progress = null, CancellationToken stop = default)
    {
        var problems = TableMethods.Problems(options).ToArray();
        if (problems.Length > 0) throw new ConfigurationException(string.Join('\n', problems));
        var clock = Stopwatch.StartNew();
        progress?.Report(new("read the table"));
        var table = NumericTables.Read(options.Table, options.Threads);
        float[]? weights = null;
        if (options.Weights is { } named) (table, weights) = Weighted(table, named, options.Table);
        var init = options.Init is { } file ? Starts(file, table, options) : null;
        var read = clock.Elapsed.TotalSeconds;
        stop.ThrowIfCancellationRequested();

        var rows = table.Rows;
        var scale = options.Standardize ? Standardisation.Of(rows, options.Threads) : null;
        scale?.Apply(rows, options.Threads);
        foreach (var centre in init ?? []) scale?.Apply(centre);
        progress?.Report(new("cluster", $"{rows.Rows:N0} rows of {rows.Columns} columns"));
        var begin = clock.Elapsed.TotalSeconds;
        var fit = TableMethods.Fit(rows, weights, init, options, progress is null ? null : new Said(progress), stop);
        var fitted = clock.Elapsed.TotalSeconds - begin;
        if (!TableMethods.KeepsBest(options)) stop.ThrowIfCancellationRequested();

        Memory.Release(rows.Values.LongLength * sizeof(float));
        progress?.Report(new("judge"));
        var metrics = Judge(rows, fit, options);
        Write(table, fit, scale, options);
        return new()
        {
            Method = fit.Method,
            N = rows.Rows,
            D = rows.Columns,
            K = fit.Clusters,
            Iterations = fit.Iterations,
            Objective = fit.Objective,
            Seconds = new(Math.Round(read, 4), Math.Round(fitted, 4), Math.Round(clock.Elapsed.TotalSeconds, 4)),
            PeakMemoryMb = Memory.PeakMb(),
            Noise = fit.Labels.Count(l => l < 0),
            Seed = options.Seed.Value,
            Metrics = metrics,
            Distance = options.Distance == "manhattan" ? "manhattan" : fit.Distance == Distance.Cosine ? "cosine" : "euclidean",
            Leaderboard = fit.Leaderboard,
            Notes = fit.Notes,
        };
    }

    sealed class Said(IProgress<StageProgress> progress) : IProgress<string>
    {
        public void Report(string value) => progress.Report(new("cluster", value));
    }

    readonly record struct WeightedTable(NumericTable Table, float[] Weights)
    {
        public void Deconstruct(out NumericTable table, out float[]? weights) => (table, weights) = (Table, Weights);
    }

    static WeightedTable Weighted(NumericTable table, string named, string path)
    {
        var column = table.Column(named, "--weights");
        if (table.Rows.Columns == 1) throw new ConfigurationException($"--weights {named}: {path} has no other column to cluster on.");
        var weights = table.Values(column);
        var wrong = Array.FindIndex(weights, w => w < 0);
        if (wrong >= 0) throw new InputException($"{path}, row {wrong + 1}: the weight is {weights[wrong]}; expected 0 or more.");
        if (Array.TrueForAll(weights, w => w == 0)) throw new InputException($"{path}: every weight is 0; expected at least one row that counts.");
        return new(table.Without(column), weights);
    }

    static float[][] Starts(string file, NumericTable table, TableClusteringOptions options)
    {
        var centres = NumericTables.Read(file, options.Threads).Rows;
        if (centres.Columns != table.Rows.Columns)
            throw new InputException($"--init {file} has {centres.Columns} columns; {options.Table} has {table.Rows.Columns} to cluster on. Expected one centre of as many numbers a row.");
        if (options.Clusters is { } k && k != centres.Rows)
            throw new ConfigurationException($"--init {file} has {centres.Rows} centres and --k is {k}; leave --k out, or give as many.");
        return [.. Enumerable.Range(0, centres.Rows).Select(i => centres.Row(i).ToArray())];
    }

    static Dictionary<string, double?> Judge(Matrix rows, TableFit fit, TableClusteringOptions options)
    {
        var space = fit.Distance == Distance.Cosine ? Spherical.Normalised(rows) : rows;
        var several = fit.Labels.Where(l => l >= 0).Distinct().Take(2).Count() > 1;
        static double? Defined(double value) => double.IsFinite(value) ? value : null;
        return new(fit.Metrics)
        {
            ["silhouette"] = several ? Silhouette.Stratified(space, fit.Labels, SilhouetteRows, options.Seed, options.Threads) : null,
            ["calinski_harabasz"] = several ? Defined(Dispersion.CalinskiHarabasz(space, fit.Labels)) : null,
            ["davies_bouldin"] = several ? Defined(Dispersion.DaviesBouldin(space, fit.Labels)) : null,
        };
    }

    static void Write(NumericTable table, TableFit fit, Standardisation? scale, TableClusteringOptions options)
    {
        var files = new List<TableFile>();
        if (options.Out is { } labels) files.Add(new(labels, TableFiles.Labels(fit.Labels)));
        if (options.Centres is { } path)
        {
            var centres = fit.Centres?.Select(c => c.ToArray()).ToArray() ?? Means(table.Rows, fit);
            foreach (var centre in centres) scale?.Undo(centre);
            files.Add(new(path, path.EndsWith(".npy", StringComparison.OrdinalIgnoreCase) ? TableFiles.Npy(centres, table.Rows.Columns) : TableFiles.Csv(centres, table.Names)));
        }

        TableFiles.Write([.. files]);
    }

    // The means of clusters stand for the centres of methods that have none.
    static float[][] Means(Matrix rows, TableFit fit)
    {
        var d = rows.Columns;
        var sums = new double[fit.Clusters][];
        var counts = new int[fit.Clusters];
        for (var c = 0; c < sums.Length; c++) sums[c] = new double[d];
        for (var i = 0; i < fit.Labels.Length; i++)
        {
            if (fit.Labels[i] < 0) continue;
            counts[fit.Labels[i]]++;
            Lloyd.Add(sums[fit.Labels[i]], rows.Row(i), 1);
        }

        return [.. sums.Select((sum, c) => Array.ConvertAll(sum, x => (float)(x / Math.Max(1, counts[c]))))];
    }
}
