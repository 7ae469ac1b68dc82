using Coterie.Clustering;
using Coterie.Numerics;

namespace Coterie;

/// <summary>What to cluster and how. A property left null takes the method's own default, and one that the method does not know is refused.</summary>
public sealed record TableClusteringOptions
{
    /// <summary>CSV, TSV, white-space text, each also as .gz; Parquet; .npy, also as .npy.gz.</summary>
    public required string Table { get; init; }
    /// <summary>kmeans, minibatch, gmm, dbscan, hdbscan, genie, ward or auto.</summary>
    public string Method { get; init; } = "auto";
    /// <summary>Number of clusters; null searches for it where the method can.</summary>
    public int? Clusters { get; init; }
    /// <summary>euclidean, cosine or manhattan.</summary>
    public string? Distance { get; init; }
    /// <summary>A file of k rows of d numbers: the only start of k-means, in the units of the table.</summary>
    public string? Init { get; init; }
    public int? MaxIterations { get; init; }
    public double? Tolerance { get; init; }
    /// <summary>Column of row weights, by name or by number from 1; it is not clustered on.</summary>
    public string? Weights { get; init; }
    /// <summary>Radius of a neighbourhood (dbscan), or the distance below which clusters are not split (hdbscan).</summary>
    public double? Eps { get; init; }
    public int? MinSamples { get; init; }
    public int? MinClusterSize { get; init; }
    /// <summary>Seconds for a search or a fit of kmeans, minibatch or gmm, more than 0; null is no limit. The best so far is kept.</summary>
    public double? TimeBudget { get; init; }
    /// <summary>Columns to mean 0 and standard deviation 1 first; constant columns become 0.</summary>
    public bool Standardize { get; init; }
    /// <summary>Threads to use; the result does not depend on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
    public Seed Seed { get; init; } = new(1);
    /// <summary>File for the labels (.csv): one column <c>label</c> in row order, noise is -1.</summary>
    public string? Out { get; init; }
    /// <summary>File for the centres (.csv or .npy), in the units of the table.</summary>
    public string? Centres { get; init; }
}

/// <summary>Seconds of a clustering.</summary>
/// <param name="Read">Reading and checking the table.</param>
/// <param name="Fit">The method alone, from the table in memory to the labels.</param>
/// <param name="Total">Everything, standardising, metrics and writing too.</param>
public sealed record TableClusteringSeconds(double Read, double Fit, double Total);

/// <summary>What a clustering of a table came to.</summary>
public sealed record TableClusteringResult
{
    /// <summary>The method that made the labels: with auto the chosen one, or none where there are no groups.</summary>
    public required string Method { get; init; }
    public required long N { get; init; }
    public required int D { get; init; }
    /// <summary>Clusters, noise not counted.</summary>
    public required int K { get; init; }
    /// <summary>Iterations of the start that was kept; null where the method has none.</summary>
    public required int? Iterations { get; init; }
    /// <summary>What the method optimises, of its final state: for k-means the (weighted) sum of squared distances, or of 1 - cosine; for
    /// gmm the log-likelihood in nats; null where there is none.</summary>
    public required double? Objective { get; init; }
    public required TableClusteringSeconds Seconds { get; init; }
    /// <summary>Largest memory of the process so far, in 10^6 bytes.</summary>
    public required double PeakMemoryMb { get; init; }
    /// <summary>Rows in no cluster.</summary>
    public required int Noise { get; init; }
    public required ulong Seed { get; init; }
    /// <summary>Internal metrics by name; null where a metric is not defined, as for one cluster.</summary>
    public required IReadOnlyDictionary<string, double?> Metrics { get; init; }
    public required string Distance { get; init; }
    /// <summary>What auto compared, best first; empty for the other methods.</summary>
    public IReadOnlyList<MethodCandidate> Leaderboard { get; init; } = [];
    /// <summary>What the reader should know of the result.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}
