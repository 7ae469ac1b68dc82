using System.CommandLine;
using System.Text.Json;
using Coterie.Numerics;

namespace Coterie.Cli;

/// <summary>Any clusterer on any table of numbers.</summary>
internal static class ClusterCommand
{
    internal static Command Create()
    {
        var table = new Argument<string>("table") { Description = "A table of numbers: CSV, TSV, white-space text, each also as .gz; Parquet; .npy, also as .npy.gz." };
        table.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && token.Value.StartsWith("--", StringComparison.Ordinal))
                result.AddError($"There is no option {token.Value} here (a file of that name: ./{token.Value}).");
        });
        var method = new Option<string>("--method") { Description = "kmeans, minibatch, gmm, dbscan, hdbscan, genie, ward or auto.", DefaultValueFactory = _ => "auto" };
        var k = new Option<string>("--k") { Description = "Number of clusters, or auto: searched for.", DefaultValueFactory = _ => "auto", HelpName = "N" };
        var distance = new Option<string?>("--distance") { Description = "euclidean, cosine or manhattan (density methods). Default: euclidean.", HelpName = "NAME" };
        var init = new Option<string?>("--init") { Description = "Starting centres: k rows of d numbers in any of the table formats. They are the only start.", HelpName = "FILE" };
        var maxIterations = new Option<int?>("--max-iter") { Description = "Most iterations of a start.", HelpName = "N" };
        var tolerance = new Option<double?>("--tol") { Description = "k-means: stop when the centres' squared movement is at most this times the mean variance of a column; gmm: when the mean log-likelihood gains less. 0 runs to the end.", HelpName = "X" };
        var weights = new Option<string?>("--weights") { Description = "Column of row weights, by name or by number from 1; it is not clustered on.", HelpName = "COLUMN" };
        var eps = new Option<double?>("--eps") { Description = "dbscan: radius of a neighbourhood; hdbscan: distance below which clusters are not split.", HelpName = "X" };
        var minSamples = new Option<int?>("--min-samples") { Description = "Rows in the neighbourhood of a core row, itself counted (dbscan, hdbscan).", HelpName = "N" };
        var minClusterSize = new Option<int?>("--min-cluster-size") { Description = "Least rows of a cluster (hdbscan).", HelpName = "N" };
        var budget = new Option<double?>("--time-budget") { Description = "Seconds for a search, or a fit of kmeans, minibatch or gmm; the best so far is used when they are over.", HelpName = "SECONDS" };
        var standardize = new Option<bool>("--standardize") { Description = "Bring columns to mean 0 and standard deviation 1 first; constant columns become 0." };
        var threads = CommonOptions.Threads();
        var seed = CommonOptions.Seed();
        var output = new Option<string?>("--out") { Description = "File for the labels: one column label in row order, noise is -1. Replaced if it exists.", HelpName = "LABELS.CSV" };
        var centres = new Option<string?>("--centres") { Description = "File for the centres in the units of the table: .csv, or .npy. Replaced if it exists.", HelpName = "FILE" };
        var json = CommonOptions.Json();
        // Optional numbers cannot be parsed to null, so the word stays a word until it is used.
        k.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && token.Value != "auto" && !(int.TryParse(token.Value, out var number) && number >= 1))
                result.AddError($"--k '{token.Value}': must be a number from 1, or auto.");
        });
        method.Validators.Add(CommonOptions.OneOf(method, TableClustering.Methods));
        distance.Validators.Add(CommonOptions.OneOf(distance, TableClustering.Distances));
        var command = new Command("cluster", "Clusters the rows of any table of numbers by any method.")
        {
            table, method, k, distance, init, maxIterations, tolerance, weights, eps, minSamples, minClusterSize, budget, standardize, threads, seed, output, centres, json,
        };
        command.SetAction((parsed, stop) =>
        {
            var options = new TableClusteringOptions
            {
                Table = parsed.GetValue(table)!,
                Method = parsed.GetValue(method)!,
                Clusters = int.TryParse(parsed.GetValue(k), out var clusters) ? clusters : null,
                Distance = parsed.GetValue(distance),
                Init = parsed.GetValue(init),
                MaxIterations = parsed.GetValue(maxIterations),
                Tolerance = parsed.GetValue(tolerance),
                Weights = parsed.GetValue(weights),
                Eps = parsed.GetValue(eps),
                MinSamples = parsed.GetValue(minSamples),
                MinClusterSize = parsed.GetValue(minClusterSize),
                TimeBudget = parsed.GetValue(budget),
                Standardize = parsed.GetValue(standardize),
                Threads = parsed.GetValue(threads),
                Seed = new Seed(parsed.GetValue(seed)),
                Out = parsed.GetValue(output),
                Centres = parsed.GetValue(centres),
            };
            var result = Progress.Show(parsed.InvocationConfiguration.Error, parsed.GetValue(json), report => TableClustering.Run(options, report, stop));
            var writer = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) writer.WriteLine(JsonSerializer.Serialize(result, Summary.Json));
            else Show(writer, result);
            return Task.FromResult(CommandLine.Done);
        });
        return command;
    }

    static void Show(TextWriter output, TableClusteringResult r)
    {
        var distance = r.Distance == "euclidean" ? "" : $" ({r.Distance})";
        output.WriteLine(r.Method == "none"
            ? $"{r.N:N0} rows of {r.D} columns: no groups."
            : $"{r.N:N0} rows of {r.D} columns: {r.K} clusters by {r.Method}{distance}{(r.Noise > 0 ? $", {r.Noise:N0} rows are noise" : "")}.");
        if (r.Objective is { } objective) output.WriteLine($"objective {objective:G9}{(r.Iterations is { } i ? $" after {i} iterations" : "")}");
        foreach (var (name, value) in r.Metrics.OrderBy(m => m.Key, StringComparer.Ordinal))
            output.WriteLine($"{name.Replace('_', ' ')} {(value is { } v ? v.ToString("G6") : "not defined")}");
        foreach (var note in r.Notes) output.WriteLine($"note: {note}");
        output.WriteLine($"read {r.Seconds.Read:0.00} s, fit {r.Seconds.Fit:0.00} s, in all {r.Seconds.Total:0.00} s, {r.PeakMemoryMb:0} MB");
    }
}
