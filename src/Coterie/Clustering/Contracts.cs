using System.Text.Json.Serialization;
using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>Euclidean compares amounts; cosine compares directions; Manhattan adds up the differences of the columns (density methods only).</summary>
public enum Distance { Euclidean, Cosine, Manhattan }

/// <summary>A fitted clustering that can place new rows. Labels are 0 .. K-1, and -1 for none; probabilities are of the assigned cluster.</summary>
[JsonDerivedType(typeof(KMeansModel), "kmeans")]
[JsonDerivedType(typeof(GaussianMixtureModel), "gmm")]
[JsonDerivedType(typeof(DbscanModel), "dbscan")]
[JsonDerivedType(typeof(HdbscanModel), "hdbscan")]
[JsonDerivedType(typeof(GenieModel), "genie")]
[JsonDerivedType(typeof(WardModel), "ward")]
public abstract record ClusterModel
{
    public abstract int Clusters { get; }
    public abstract int Dimensions { get; }

    /// <summary>Assigns rows (n x d): the label, the second-best label, and a confidence in [0, 1] that compares both.</summary>
    public abstract Assignment Assign(Matrix rows, int threads);
}

/// <summary>Labels of n rows.</summary>
/// <param name="Labels">n, 0 .. K-1; -1 is none: noise, or nothing to belong to.</param>
/// <param name="Second">n, the next-best cluster, or -1 when there is none.</param>
/// <param name="Confidence">n, in [0, 1].</param>
public sealed record Assignment(int[] Labels, int[] Second, float[] Confidence)
{
    /// <summary>Rows that are in no cluster, to be filled in.</summary>
    internal static Assignment Nowhere(int rows)
    {
        var nowhere = new Assignment(new int[rows], new int[rows], new float[rows]);
        Array.Fill(nowhere.Labels, -1);
        Array.Fill(nowhere.Second, -1);
        return nowhere;
    }
}

/// <summary>How the search is done and within which bounds.</summary>
public sealed record ClusterSearchOptions
{
    /// <summary>Fixes the number of clusters; null searches.</summary>
    public int? Clusters { get; init; }
    public int MinClusters { get; init; } = 2;
    public int MaxClusters { get; init; } = 10;
    /// <summary>auto, kmeans, gmm or genie.</summary>
    public string Method { get; init; } = "auto";
    /// <summary>Seconds; null is no limit. Candidates not reached are listed as such.</summary>
    public double? TimeBudget { get; init; }
    /// <summary>Rows used to compare candidates; the chosen one is fitted on all. Up to a quarter more are used without sampling.</summary>
    public int SampleRows { get; init; } = 20_000;
    public int Bootstraps { get; init; } = 20;
    public int NullReplicates { get; init; } = 40;
    /// <summary>The answer to "are there groups at all?" when another view of the same customers gave it already; null asks it here.</summary>
    public StructureTest? Established { get; init; }
    /// <summary>A segment smaller than this share of customers is too small to act on.</summary>
    public double MinShare { get; init; } = 0.01;
    /// <summary>Share of customers that may change cluster on a refit, on average; less where the rows are themselves learned, as that moves customers too.</summary>
    public double MaxChurn { get; init; } = 0.02;
    public int Threads { get; init; } = Environment.ProcessorCount;
    public Seed Seed { get; init; } = new(1);
}

/// <summary>One row of the leaderboard.</summary>
public sealed record Candidate
{
    public required string Method { get; init; }
    public required Distance Distance { get; init; }
    public required int Clusters { get; init; }
    /// <summary>Which representation of customers it clusters: portrait, outlook, blend.</summary>
    public string View { get; init; } = "portrait";
    /// <summary>Smallest and mean per-cluster bootstrap Jaccard (Hennig 2007).</summary>
    public double MinJaccard { get; init; }
    public double MeanJaccard { get; init; }
    public IReadOnlyList<double> Jaccard { get; init; } = [];
    /// <summary>Mean adjusted Rand index between bootstrap pairs.</summary>
    public double BootstrapAri { get; init; }
    /// <summary>Mean share of customers that change segment when the sample is refitted on half of it.</summary>
    public double Churn { get; init; }
    /// <summary>The churn that nine of ten refits do not exceed.</summary>
    public double ChurnHigh { get; init; }
    /// <summary>Resampling replicates behind the figures: fewer for candidates that a few already ruled out.</summary>
    public int Replicates { get; init; }
    /// <summary>Agreement between methods: the mean adjusted Rand index with what the other methods make of the same rows at the same number of
    /// clusters; NaN where no other method was tried. The best sign of trust that needs no labels (docs/decisions/0007).</summary>
    public double Agreement { get; init; } = double.NaN;
    /// <summary>The same in words.</summary>
    public string AgreementInWords => Agreement switch
    {
        double.NaN => "no other method was tried at this number",
        >= 0.8 => "other methods find the same groups",
        >= 0.5 => "other methods find similar groups, with other borders",
        _ => "other methods find different groups",
    };
    /// <summary>Stratified silhouette.</summary>
    public double Silhouette { get; init; }
    /// <summary>Share of customers in the smallest cluster.</summary>
    public double MinShare { get; init; }
    /// <summary>Share of neighbours (ten of each of some thousand customers) that are in another segment, in [0, 1]: small where borders run through
    /// empty space.</summary>
    public double Cut { get; init; }
    /// <summary>What the method makes small, 0 for Genie, which has no such thing.</summary>
    public double Objective { get; init; }
    /// <summary>Bootstrap ARI plus silhouette: what methods of about the same number of clusters are compared by.</summary>
    public double Score { get; init; }
    /// <summary>Why it was not chosen, or "chosen".</summary>
    public string Verdict { get; init; } = "";
    public double Seconds { get; init; }
}

/// <summary>Whether there are groups at all, against references that keep each feature's distribution and the correlations but have no clusters.</summary>
public sealed record StructureTest(bool Structure, double Statistic, double ReferenceMean, double ReferenceHigh, double PValue, string Explanation)
{
    /// <summary>In what the groups show most; none where there are none.</summary>
    public StructureKind Kind { get; init; }
}

/// <summary>Round groups (k-means), groups along one feature, dense regions of any shape apart from each other, or a dense core in a thin surround.</summary>
public enum StructureKind { None, Round, Bands, Shapes, Core }

/// <summary>One representation of the customers: the same customers in the same order in every view.</summary>
public sealed record ClusterView(string Name, Matrix Rows);

/// <summary>What the search found: the whole leaderboard, the choice, and the fitted model.</summary>
public sealed record ClusterSearchResult
{
    public required IReadOnlyList<Candidate> Candidates { get; init; }
    public required Candidate? Chosen { get; init; }
    public required StructureTest Structure { get; init; }
    public required ClusterModel? Model { get; init; }
    public required Assignment? Assignment { get; init; }
    public IReadOnlyList<string> Notes { get; init; } = [];
}
