namespace Coterie.Evaluation;

/// <summary>One true class after one-to-one matching: customers in it, and how well its cluster finds them.</summary>
public sealed record ClassScore(string Class, int Support, double Precision, double Recall, double F1);

/// <summary>A partition against the truth: clusters are matched to classes one to one by the Hungarian method for accuracy,
/// precision, recall and F1; the other indices need no matching.</summary>
public sealed record LabelReport
{
    public required int Count { get; init; }
    public required int Clusters { get; init; }
    public required int Classes { get; init; }
    public required double Accuracy { get; init; }
    public required double MacroPrecision { get; init; }
    public required double MacroRecall { get; init; }
    public required double MacroF1 { get; init; }
    public required double WeightedF1 { get; init; }
    public required double Purity { get; init; }
    public required double Ari { get; init; }
    public required double Ami { get; init; }
    public required double Nmi { get; init; }
    public required double Homogeneity { get; init; }
    public required double Completeness { get; init; }
    public required double VMeasure { get; init; }
    public required double FowlkesMallows { get; init; }
    public required IReadOnlyList<ClassScore> PerClass { get; init; }
    /// <summary>Class name to matched cluster name, or null when a class found no cluster.</summary>
    public required IReadOnlyDictionary<string, string?> Matching { get; init; }
    public required IReadOnlyList<string> ClassNames { get; init; }
    public required IReadOnlyList<string> ClusterNames { get; init; }
    /// <summary>Rows classes, columns clusters.</summary>
    public required int[][] Confusion { get; init; }
}
