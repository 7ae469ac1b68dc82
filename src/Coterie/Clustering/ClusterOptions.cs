using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>What every clusterer needs to be told. The set of methods is closed: one sealed record each.</summary>
public abstract record MethodOptions
{
    /// <summary>Threads to use; the result does not depend on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    internal void Validate(string method)
    {
        var problems = Shared(method).ToList();
        if (Threads < 1) problems.Add($"{method}: threads is {Threads}; expected 1 or more.");
        problems.AddRange(Problems());
        if (problems.Count > 0) throw new ConfigurationException(string.Join('\n', problems));
    }

    private protected virtual IEnumerable<string> Shared(string method) => [];

    private protected abstract IEnumerable<string> Problems();
}

/// <summary>What the methods need to be told that improve a start step by step towards a number of clusters.</summary>
public abstract record ClusterOptions : MethodOptions
{
    /// <summary>Number of clusters asked for; a fit gives fewer when the rows have fewer distinct values.</summary>
    public int Clusters { get; init; } = 8;
    /// <summary>Independent starts; the one with the best objective is kept.</summary>
    public int Starts { get; init; } = 8;
    /// <summary>Whether to seed starts besides a warm one.</summary>
    public bool Seeded { get; init; } = true;
    public int MaxIterations { get; init; } = 300;

    private protected static string NoStart(string method) => $"{method}: there is neither a warm start nor seeding; allow one of them.";

    private protected override IEnumerable<string> Shared(string method)
    {
        if (Clusters < 1) yield return $"{method}: clusters is {Clusters}; expected 1 or more.";
        if (Starts < 1) yield return $"{method}: starts is {Starts}; expected 1 or more.";
        if (MaxIterations < 1) yield return $"{method}: max-iterations is {MaxIterations}; expected 1 or more.";
    }
}

/// <summary>Any clusterer by its options.</summary>
public static class Clusterer
{
    /// <summary>Fits rows (n x d) by the method that the options belong to. Methods that improve step by step look at the limit.</summary>
    public static ClusterModel Fit(Matrix rows, MethodOptions options, Seed seed, FitLimit? limit = null) => options switch
    {
        KMeansOptions kmeans => KMeans.Fit(rows, kmeans, seed, limit),
        MiniBatchKMeansOptions batches => MiniBatchKMeans.Fit(rows, batches, seed, limit),
        GaussianMixtureOptions mixture => GaussianMixture.Fit(rows, mixture, seed, limit),
        DbscanOptions dbscan => Dbscan.Fit(rows, dbscan),
        HdbscanOptions hdbscan => Hdbscan.Fit(rows, hdbscan),
        GenieOptions genie => Genie.Fit(rows, genie),
        WardOptions ward => Ward.Fit(rows, ward, seed),
        _ => throw new ConfigurationException($"there is no clusterer for {options.GetType().Name}."),
    };
}
