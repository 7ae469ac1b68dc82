using Coterie.Numerics;

namespace Coterie.Fusion;

/// <summary>Mixture: a latent segment stands behind the views' labels (EM). CoAssociation: customers that the views put together often
/// belong together (Ward's method on the views' combinations). Auto: the mixture where the views confirm each other, else co-association,
/// because the mixture takes for noise whatever only one view sees.</summary>
public enum ConsensusMethod { Auto, Mixture, CoAssociation }

/// <summary>How views are fused.</summary>
public sealed record ConsensusOptions
{
    public ConsensusMethod Method { get; init; } = ConsensusMethod.Auto;
    /// <summary>Auto leaves the mixture when the views' mean estimated noise is above this.</summary>
    public double MaxNoise { get; init; } = 0.25;
    /// <summary>Fixes the number of segments; null searches.</summary>
    public int? Clusters { get; init; }
    public int MinClusters { get; init; } = 2;
    /// <summary>Null is 12, or four more than the finest view has.</summary>
    public int? MaxClusters { get; init; }
    /// <summary>A segment smaller than this share of customers is too small to act on.</summary>
    public double MinShare { get; init; } = 0.02;
    /// <summary>Every segment must come back with this Jaccard index under the bootstrap (Hennig 2007: 0.75 and up is a valid pattern).</summary>
    public double MinJaccard { get; init; } = 0.75;
    /// <summary>Refits on resampled customers, for each number of segments.</summary>
    public int Bootstraps { get; init; } = 20;
    /// <summary>Power of a view's stability in its weight; 0 ignores it.</summary>
    public double StabilityPower { get; init; } = 1;
    /// <summary>Power of a view's predictive validity in its weight; 0 ignores it. A half: what says four times as much of the future
    /// weighs twice as much, because structure that does not show in the next weeks' spend is structure too.</summary>
    public double ValidityPower { get; init; } = 0.5;
    /// <summary>Combinations of labels that segments are made from, most frequent first; the customers of the others are placed afterwards.</summary>
    public int MaxCells { get; init; } = 1000;
    public AgreementOptions Agreement { get; init; } = new();
    /// <summary>Threads to use; the result does not depend on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    internal void Validate(int views)
    {
        var problems = new List<string>();
        if (views < 2) problems.Add($"fusion: {views} view was given; expected at least two.");
        if (!Enum.IsDefined(Method)) problems.Add($"fusion: method is {Method}; expected auto, mixture or co-association.");
        if (MaxNoise is not (>= 0 and <= 1)) problems.Add($"fusion: max-noise is {MaxNoise}; expected 0 to 1.");
        if (Clusters is < 1) problems.Add($"fusion: k is {Clusters}; expected 1 or more.");
        if (MinClusters < 2) problems.Add($"fusion: min-clusters is {MinClusters}; expected 2 or more.");
        if (MaxClusters < MinClusters) problems.Add($"fusion: max-clusters is {MaxClusters}; expected at least min-clusters, {MinClusters}.");
        if (MinShare is not (>= 0 and < 0.5)) problems.Add($"fusion: min-share is {MinShare}; expected 0 to 0.5.");
        if (MinJaccard is not (>= 0 and <= 1)) problems.Add($"fusion: min-jaccard is {MinJaccard}; expected 0 to 1.");
        if (Bootstraps < 4) problems.Add($"fusion: bootstraps is {Bootstraps}; expected 4 or more.");
        if (!(StabilityPower is >= 0 and <= 4)) problems.Add($"fusion: stability-power is {StabilityPower}; expected 0 to 4.");
        if (!(ValidityPower is >= 0 and <= 4)) problems.Add($"fusion: validity-power is {ValidityPower}; expected 0 to 4.");
        if (MaxCells is < 2 or > 5000) problems.Add($"fusion: max-cells is {MaxCells}; expected 2 to 5000.");
        if (Threads < 1) problems.Add($"fusion: threads is {Threads}; expected 1 or more.");
        problems.AddRange(Agreement.Problems());
        if (problems.Count > 0) throw new ConfigurationException(string.Join('\n', problems));
    }
}

/// <summary>What a view counted for in the fusion.</summary>
/// <param name="Weight">0 to 1, the strongest view at 1; 0 is a view that was left out.</param>
/// <param name="Noise">Share of customers about whom the view's label says nothing of their fused segment, as estimated; null without a fusion.</param>
/// <param name="Reason">Why it has this weight.</param>
public sealed record ViewWeight(string Name, double? Stability, double? Validity, double Weight, double? Noise, string Reason);

/// <summary>One number of segments that was tried.</summary>
public sealed record ConsensusCandidate
{
    public required int Clusters { get; init; }
    /// <summary>Smallest and mean Jaccard index of a segment with its like in bootstrap refits.</summary>
    public required double MinJaccard { get; init; }
    public required double MeanJaccard { get; init; }
    /// <summary>Mean adjusted Rand index of bootstrap refits with the fit on everybody.</summary>
    public required double BootstrapAri { get; init; }
    /// <summary>Mean share of customers that change segment in a refit.</summary>
    public required double Churn { get; init; }
    /// <summary>Share of customers in the smallest segment.</summary>
    public required double MinShare { get; init; }
    /// <summary>Nats to write down the views' labels with these segments; smaller is better (Rissanen 1978).</summary>
    public required double DescriptionLength { get; init; }
    /// <summary>Why it was not chosen, or "chosen".</summary>
    public string Verdict { get; init; } = "";
}

/// <summary>Everybody's fused segment, and what each view says.</summary>
public sealed record FusedCustomers
{
    /// <summary>n, 0 .. K-1; -1 where no view says anything.</summary>
    public required int[] Segments { get; init; }
    /// <summary>n: probability of the segment.</summary>
    public required float[] Probability { get; init; }
    /// <summary>n: next-best segment, or -1.</summary>
    public required int[] Second { get; init; }
    /// <summary>views x n: the fused segment that the view alone points to, among those its label stands for; -1 where it says nothing.</summary>
    public required int[][] Opinions { get; init; }
    /// <summary>n: whether the views that count point to different fused segments.</summary>
    public required bool[] Disputed { get; init; }
    /// <summary>n x K: probability of every segment.</summary>
    public required Matrix Probabilities { get; init; }
}

/// <summary>The fused segments, and how they came about.</summary>
public sealed record FusionResult
{
    /// <summary>Whether views were fused; otherwise the segments are those of one view, <see cref="Kept"/>.</summary>
    public required bool Fused { get; init; }
    /// <summary>The view that was kept when none could be fused with another; null after a fusion.</summary>
    public required string? Kept { get; init; }
    /// <summary>Places further customers by the same views; null without a fusion.</summary>
    public required ConsensusModel? Model { get; init; }
    public required FusedCustomers Customers { get; init; }
    public required int Clusters { get; init; }
    public required IReadOnlyList<ViewWeight> Views { get; init; }
    /// <summary>Every pair of views.</summary>
    public required IReadOnlyList<AgreementReport> Agreements { get; init; }
    public required IReadOnlyList<ConsensusCandidate> Candidates { get; init; }
    public required string Sentence { get; init; }
    public required string SentenceZh { get; init; }
    public IReadOnlyList<string> Notes { get; init; } = [];
}
