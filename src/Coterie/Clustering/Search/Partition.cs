namespace Coterie.Clustering.Search;

/// <summary>A way to make partitions: a method with one setting.</summary>
/// <param name="Method">Name of the method.</param>
/// <param name="Setting">What is set apart from the number of clusters; empty for the defaults.</param>
sealed record Maker(string Method, string Setting);

/// <summary>One partition of the sample.</summary>
/// <param name="Maker">What made it.</param>
/// <param name="Clusters">Number of clusters.</param>
/// <param name="Labels">n, 0 .. Clusters-1.</param>
sealed record Partition(Maker Maker, int Clusters, int[] Labels)
{
    /// <summary>The fitted model; null for Genie, whose model is the labelled rows.</summary>
    public ClusterModel? Model { get; init; }
    /// <summary>Mean adjusted Rand index with the same method's partitions of halves of the rows.</summary>
    public double Stability { get; set; }
    public PartitionSigns Signs { get; set; }
    public double Silhouette { get; set; }
    public double Agreement { get; set; }
    public double Score { get; set; }
}
