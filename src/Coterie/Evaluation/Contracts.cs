namespace Coterie.Evaluation;

/// <summary>A number with its bootstrap interval.</summary>
public sealed record Estimate(double Value, double Low, double High);

/// <summary>How well one way of grouping customers says what they do next.</summary>
public sealed record ValidityMetrics
{
    /// <summary>ours, rfm, random, kmeans_rfm, or the name of a further grouping: features, sequences, fused, classifier.</summary>
    public required string Name { get; init; }
    public required int Groups { get; init; }
    /// <summary>Out-of-sample share of the variance of future spend that group means explain.</summary>
    public required Estimate R2Spend { get; init; }
    /// <summary>The same for log(1 + spend).</summary>
    public required Estimate R2LogSpend { get; init; }
    /// <summary>Area under the ROC curve of the group's order rate for "orders in the horizon".</summary>
    public required Estimate AucOrders { get; init; }
}

/// <summary>What one frozen segment did in the horizon.</summary>
public sealed record SegmentFuture
{
    /// <summary>The group's number at the freeze; in a run's report the label of today's segment that it is, by the customers in common, or -1 where it is none.</summary>
    public required int Segment { get; init; }
    public required int Customers { get; init; }
    public required Estimate SpendPerCustomer { get; init; }
    /// <summary>Share of customers with at least one order.</summary>
    public required Estimate OrderRate { get; init; }
    /// <summary>Share with at least two orders.</summary>
    public required Estimate RepeatRate { get; init; }
    public string? NextCategory { get; init; }
    public double NextCategoryShare { get; init; }
}

/// <summary>The segmentation frozen at an instant and judged on what followed.</summary>
public sealed record ValidityReport
{
    /// <summary>The group of each customer at the freeze.</summary>
    public IReadOnlyList<int> Labels { get; init; } = [];
    public required DateTime FrozenAt { get; init; }
    public required int HorizonDays { get; init; }
    public required int Customers { get; init; }
    public required IReadOnlyList<ValidityMetrics> Metrics { get; init; }
    public required IReadOnlyList<SegmentFuture> Segments { get; init; }
    /// <summary>Ours minus RFM in R2Spend and AUC, paired.</summary>
    public required Estimate GainOverRfmR2 { get; init; }
    public required Estimate GainOverRfmAuc { get; init; }
    /// <summary>better, worse, mixed (a gain in one, a loss in the other) or no_difference, by whether the paired intervals exclude zero.</summary>
    public required string AgainstRfm { get; init; }
    public required string Verdict { get; init; }
    public required string VerdictZh { get; init; }
    public IReadOnlyList<string> Notes { get; init; } = [];
}
