using Coterie.Clustering;
using Coterie.Numerics;

namespace Coterie;

/// <summary>What a method made of a table.</summary>
/// <param name="Labels">n, noise is -1.</param>
/// <param name="Centres">K x d in the space that was clustered; null where the method has none.</param>
internal sealed record TableFit(string Method, Distance Distance, int Clusters, int[] Labels, float[][]? Centres)
{
    internal int? Iterations { get; init; }
    internal double? Objective { get; init; }
    internal IReadOnlyList<string> Notes { get; init; } = [];
    internal IReadOnlyList<MethodCandidate> Leaderboard { get; init; } = [];
    internal IReadOnlyDictionary<string, double?> Metrics { get; init; } = new Dictionary<string, double?>();
}

/// <summary>The methods of the cluster command: which options each one knows, and the one switch that runs it.</summary>
internal static class TableMethods
{
    internal static readonly string[] Names = ["kmeans", "minibatch", "gmm", "dbscan", "hdbscan", "genie", "ward", "auto"];
    internal static readonly string[] Distances = ["euclidean", "cosine", "manhattan"];

    // Methods for which the number of clusters can be searched; the others need it, or find it by themselves.
    static readonly string[] Searched = ["kmeans", "gmm", "auto"];

    // Methods that improve an answer step by step.
    static readonly string[] Stepwise = ["kmeans", "minibatch", "gmm"];

    /// <summary>Everything wrong with the options that can be said without the table.</summary>
    internal static IEnumerable<string> Problems(TableClusteringOptions o)
    {
        if (!Names.Contains(o.Method))
        {
            yield return $"--method {o.Method}: expected one of {string.Join(", ", Names)}.";
            yield break;
        }

        if (o.Distance is { } distance && !Distances.Contains(distance)) yield return $"--distance {distance}: expected one of {string.Join(", ", Distances)}.";
        foreach (var (option, given, methods) in new[]
        {
            ("--k", o.Clusters is not null, new[] { "kmeans", "minibatch", "gmm", "genie", "ward", "auto" }),
            ("--distance", o.Distance is not null, ["kmeans", "dbscan", "hdbscan", "genie"]),
            ("--init", o.Init is not null, ["kmeans"]),
            ("--max-iter", o.MaxIterations is not null, ["kmeans", "gmm"]),
            ("--tol", o.Tolerance is not null, ["kmeans", "gmm"]),
            ("--weights", o.Weights is not null, ["kmeans", "ward"]),
            ("--eps", o.Eps is not null, ["dbscan", "hdbscan"]),
            ("--min-samples", o.MinSamples is not null, ["dbscan", "hdbscan"]),
            ("--min-cluster-size", o.MinClusterSize is not null, ["hdbscan"]),
        })
            if (given && !methods.Contains(o.Method)) yield return $"{option} does not apply to --method {o.Method}; it is for {string.Join(", ", methods)}.";
        if (o.Distance == "manhattan" && o.Method == "kmeans")
            yield return $"--distance manhattan: the mean minimises squared Euclidean distances; --method {o.Method} takes euclidean or cosine.";
        if (o.Clusters is < 1) yield return $"--k {o.Clusters}: expected 1 or more, or auto.";
        if (o.Clusters is null && o.Init is null && (o.Method is "minibatch" or "genie" or "ward"))
            yield return $"--method {o.Method} needs --k N; --k auto is for {string.Join(", ", Searched)}.";
        if (IsSearch(o))
        {
            foreach (var (option, given) in new[]
            {
                ("--distance", o.Distance is not null && o.Method == "kmeans"), ("--max-iter", o.MaxIterations is not null), ("--tol", o.Tolerance is not null),
                ("--weights", o.Weights is not null),
            })
                if (given) yield return $"{option} belongs to a single fit, and --k auto compares many; give --k N.";
        }

        if (o.TimeBudget is { } budget && !(budget > 0 && double.IsFinite(budget))) yield return $"--time-budget {budget}: expected seconds, more than 0.";
        if (o.TimeBudget is not null && !KeepsBest(o)) yield return $"--time-budget does not apply to --method {o.Method}, which has no answer before its end; it is for searches and {string.Join(", ", Stepwise)}.";
        if (o.MaxIterations is < 1) yield return $"--max-iter {o.MaxIterations}: expected 1 or more.";
        if (o.Tolerance is { } tolerance && !(tolerance >= 0 && double.IsFinite(tolerance))) yield return $"--tol {tolerance}: expected 0 or more.";
        if (o.Eps is { } eps && !(eps >= 0 && double.IsFinite(eps))) yield return $"--eps {eps}: expected 0 or more.";
        if (o.MinSamples is < 1) yield return $"--min-samples {o.MinSamples}: expected 1 or more.";
        if (o.MinClusterSize is < 2) yield return $"--min-cluster-size {o.MinClusterSize}: expected 2 or more.";
        if (o.Threads < 1) yield return $"--threads {o.Threads}: expected 1 or more.";
        if (o.Out is { } labels && !labels.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)) yield return $"--out {labels}: the file must end in .csv.";
        if (o.Centres is { } centres && !centres.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) && !centres.EndsWith(".npy", StringComparison.OrdinalIgnoreCase))
            yield return $"--centres {centres}: the file must end in .csv or .npy.";
        foreach (var (option, path) in new[] { ("--out", o.Out), ("--centres", o.Centres) })
            if (Directory.Exists(path)) yield return $"{option} {path} is a directory; name a file.";
        if (o.Out is not null && o.Out == o.Centres) yield return $"--out and --centres both name {o.Out}.";
    }

    /// <summary>Whether candidates are compared instead of one being fitted.</summary>
    internal static bool IsSearch(TableClusteringOptions o) => o.Method == "auto" || (o.Clusters is null && o.Init is null && (o.Method is "kmeans" or "gmm"));

    /// <summary>Whether there is an answer before the end: the best so far of a search, or what a fit has reached.</summary>
    internal static bool KeepsBest(TableClusteringOptions o) => IsSearch(o) || Stepwise.Contains(o.Method);

    /// <summary>The one switch: rows (n x d, finite), weights (n) and starting centres (k x d) where there are some.</summary>
    internal static TableFit Fit(Matrix rows, float[]? weights, float[][]? init, TableClusteringOptions o, IProgress<string>? progress, CancellationToken stop)
    {
        if (o.Method == "auto") return Automatic(rows, o, progress, stop);
        if (IsSearch(o)) return Search(rows, o, progress, stop);
        var limit = new FitLimit(o.TimeBudget, stop);
        var distance = o.Distance switch { "cosine" => Distance.Cosine, "manhattan" => Distance.Manhattan, _ => Distance.Euclidean };
        var fit = o.Method switch
        {
            "kmeans" => Of(KMeans.Fit(rows, KMeansOf(init, weights, distance, o), o.Seed, limit), rows, o),
            "minibatch" => Of(MiniBatchKMeans.Fit(rows, new MiniBatchKMeansOptions { Clusters = o.Clusters!.Value, Threads = o.Threads }, o.Seed, limit), rows, o),
            "gmm" => Of(GaussianMixture.Fit(rows, GaussianMixtureOf(o), o.Seed, limit), rows, o),
            "dbscan" => Of(Dbscan.Fit(rows, DbscanOf(distance, o)), rows, o),
            "hdbscan" => Of(Hdbscan.Fit(rows, HdbscanOf(distance, o)), rows, o),
            "genie" => Of(Genie.Fit(rows, new GenieOptions { Clusters = o.Clusters!.Value, Distance = distance, Threads = o.Threads }), rows, o),
            "ward" => Of(Ward.Fit(rows, new WardOptions { Clusters = o.Clusters!.Value, Weights = weights, Threads = o.Threads }, o.Seed), rows, o),
            _ => throw new ConfigurationException($"--method {o.Method}: expected one of {string.Join(", ", Names)}."),
        };
        return limit.Met == 0 ? fit : fit with { Notes = [.. fit.Notes, $"The fit was {limit.Reason} before it settled: what it had reached was used."] };
    }

    static KMeansOptions KMeansOf(float[][]? init, float[]? weights, Distance distance, TableClusteringOptions o)
    {
        var options = new KMeansOptions
        {
            Clusters = o.Clusters ?? init!.Length, Distance = distance, Threads = o.Threads, WarmStart = init, Seeded = init is null, Weights = weights,
        };
        return options with { MaxIterations = o.MaxIterations ?? options.MaxIterations, Tolerance = o.Tolerance ?? options.Tolerance };
    }

    static DbscanOptions DbscanOf(Distance distance, TableClusteringOptions o)
    {
        var options = new DbscanOptions { Distance = distance, Threads = o.Threads };
        return options with { Eps = o.Eps ?? options.Eps, MinSamples = o.MinSamples ?? options.MinSamples };
    }

    static HdbscanOptions HdbscanOf(Distance distance, TableClusteringOptions o)
    {
        var options = new HdbscanOptions { Distance = distance, Threads = o.Threads, MinSamples = o.MinSamples, SelectionEpsilon = o.Eps ?? 0 };
        return options with { MinClusterSize = o.MinClusterSize ?? options.MinClusterSize };
    }

    static GaussianMixtureOptions GaussianMixtureOf(TableClusteringOptions o)
    {
        var options = new GaussianMixtureOptions { Clusters = o.Clusters!.Value, Threads = o.Threads };
        return options with { MaxIterations = o.MaxIterations ?? options.MaxIterations, Tolerance = o.Tolerance ?? options.Tolerance };
    }

    static TableFit Of(ClusterModel model, Matrix rows, TableClusteringOptions o)
    {
        Memory.Release(rows.Values.LongLength * sizeof(float));
        // The fitted rows have their labels; k-means gives them without the second-nearest centre that an assignment carries.
        var labels = model switch
        {
            KMeansModel k => k.Label(rows, o.Threads),
            DbscanModel d => d.Labels,
            HdbscanModel h => h.Labels,
            GenieModel g => g.Labels,
            WardModel w => w.Labels,
            _ => model.Assign(rows, o.Threads).Labels,
        };
        var fewer = o.Clusters is { } asked && model.Clusters < asked ? $"{asked} clusters were asked for; the rows have only {model.Clusters} distinct values." : null;
        IReadOnlyList<string> notes = fewer is null ? [] : [fewer];
        return model switch
        {
            KMeansModel k => new(o.Method == "minibatch" ? o.Method : "kmeans", k.Distance, k.Clusters, labels, k.Centres) { Iterations = k.Iterations, Objective = k.Objective, Notes = notes },
            GaussianMixtureModel g => new("gmm", Distance.Euclidean, g.Clusters, labels, [.. g.Means.Select(m => Array.ConvertAll(m, x => (float)x))])
            {
                Iterations = g.Iterations,
                Objective = g.LogLikelihood,
                Notes = notes,
                Metrics = new Dictionary<string, double?> { ["bic"] = g.Bic, ["aic"] = g.Aic },
            },
            _ => new(o.Method, o.Distance == "cosine" ? Distance.Cosine : Distance.Euclidean, model.Clusters, labels, null) { Notes = notes },
        };
    }

    static TableFit Automatic(Matrix rows, TableClusteringOptions o, IProgress<string>? progress, CancellationToken stop)
    {
        var found = MethodSearch.Run(rows, new() { Clusters = o.Clusters, TimeBudget = o.TimeBudget, Threads = o.Threads, Seed = o.Seed }, progress, stop);
        if (found.Model is null)
            return new("none", Distance.Euclidean, rows.Rows == 0 ? 0 : 1, found.Labels, null) { Notes = found.Structure is { } test ? [test.Explanation, .. found.Notes] : found.Notes };
        var chosen = found.Chosen!;
        var fit = Of(found.Model, rows, o with { Method = chosen.Method, Clusters = null });
        return fit with
        {
            Labels = found.Labels,
            Notes = chosen.Setting.Length == 0 ? found.Notes : [$"{chosen.Method}: {chosen.Setting}.", .. found.Notes],
            Leaderboard = found.Candidates,
            Metrics = new Dictionary<string, double?>(fit.Metrics)
            {
                ["agreement"] = chosen.Agreement, ["stability"] = chosen.Stability, ["score"] = chosen.Score, ["structure_p_value"] = found.Structure?.PValue,
            },
        };
    }

    static TableFit Search(Matrix rows, TableClusteringOptions o, IProgress<string>? progress, CancellationToken stop)
    {
        var found = ClusterSearch.Run([new ClusterView("portrait", rows)],
            new() { Clusters = o.Clusters, Method = o.Method, TimeBudget = o.TimeBudget, Threads = o.Threads, Seed = o.Seed }, progress, stop);
        if (found.Model is null)
            return new("none", Distance.Euclidean, 1, new int[rows.Rows], null) { Notes = [found.Structure.Explanation, .. found.Notes.Where(n => n != found.Structure.Explanation)] };
        var fit = Of(found.Model, rows, o with { Clusters = null });
        var chosen = found.Chosen!;
        return fit with
        {
            Labels = found.Assignment!.Labels,
            Notes = found.Notes,
            Metrics = new Dictionary<string, double?>(fit.Metrics)
            {
                ["bootstrap_ari"] = chosen.BootstrapAri, ["min_jaccard"] = chosen.MinJaccard, ["churn"] = chosen.Churn, ["structure_p_value"] = found.Structure.PValue,
            },
        };
    }
}
