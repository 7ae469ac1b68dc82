using Coterie.Evaluation;

namespace Coterie.Profiles;

/// <summary>Text in both languages of the report.</summary>
public sealed record Bilingual(string En, string Zh)
{
    public string In(string lang) => lang == "zh" ? Zh : En;
}

/// <summary>A fact that sets a segment apart from everybody else.</summary>
public sealed record Fact
{
    public required string Feature { get; init; }
    public required Bilingual Label { get; init; }
    public required string Unit { get; init; }
    /// <summary>Median in the segment and among everybody else, in the unit; the mean where the medians read the same
    /// (<see cref="Statistic"/> says which).</summary>
    public required double Inside { get; init; }
    public required double Outside { get; init; }
    /// <summary>Standardised difference of the (transformed) feature, inside minus outside over the pooled spread, with interval.</summary>
    public required Estimate Difference { get; init; }
    /// <summary>The scale on which <see cref="Difference"/> was measured: none, sqrt or log1p.</summary>
    public string Scale { get; init; } = "none";
    /// <summary>What <see cref="Inside"/> and <see cref="Outside"/> are: median or mean.</summary>
    public string Statistic { get; init; } = "median";
    /// <summary>The feature's words for much or little of it, as used in names: "buys often".</summary>
    public Bilingual Word { get; init; } = new("", "");
    public required Bilingual Sentence { get; init; }
}

/// <summary>A threshold rule over raw features that describes a segment.</summary>
public sealed record SegmentRule
{
    public required Bilingual Words { get; init; }
    /// <summary>A condition on the columns of features.parquet.</summary>
    public required string Sql { get; init; }
    /// <summary>Of the customers the rule selects, the share in the segment; and of the segment, the share the rule selects.</summary>
    public required double Precision { get; init; }
    public required double Recall { get; init; }
}

/// <summary>A category with its share in the segment and among everybody else.</summary>
public sealed record NamedShare(string Name, double Share, double ShareElsewhere);

/// <summary>Everything known of one segment.</summary>
public sealed record SegmentProfile
{
    /// <summary>Stable id, "S1" …, ordered by revenue per customer in the first run.</summary>
    public required string Id { get; init; }
    /// <summary>The cluster's label, 0 .. K-1.</summary>
    public required int Label { get; init; }
    public required Bilingual Name { get; init; }
    /// <summary>The row of the naming table that gave the name: champions, at_risk …, distinct when facts gave it, everyone.</summary>
    public string NameClass { get; init; } = "";
    public required int Size { get; init; }
    public required double Share { get; init; }
    public required double RevenueShare { get; init; }
    public required double Stability { get; init; }
    public required IReadOnlyList<Fact> Facts { get; init; }
    public required IReadOnlyList<NamedShare> TopCategories { get; init; }
    /// <summary>Share of the segment's orders (or events) by weekday, Monday first, and by hour 0..23.</summary>
    public required double[] Weekdays { get; init; }
    public required double[] Hours { get; init; }
    /// <summary>Customer ids nearest the centre: typical members.</summary>
    public required IReadOnlyList<string> Examples { get; init; }
    public required Bilingual Action { get; init; }
    public required SegmentRule Rule { get; init; }
}

/// <summary>Why a customer is where it is.</summary>
public sealed record Explanation
{
    public required string Customer { get; init; }
    public required string Segment { get; init; }
    public required Bilingual SegmentName { get; init; }
    public required double Confidence { get; init; }
    public required string? Second { get; init; }
    public required Bilingual? SecondName { get; init; }
    /// <summary>Facts that pull towards the segment rather than the second-best, strongest first.</summary>
    public required IReadOnlyList<ExplainedFact> For { get; init; }
    public required IReadOnlyList<ExplainedFact> Against { get; init; }
    /// <summary>Squared distance to the second-best centre minus that to the own centre, in the space that was clustered; the facts'
    /// parts add up to it.</summary>
    public double Difference { get; init; }
    /// <summary>Sum of all weights, in [-1, 1]: 1 when everything speaks for the segment, 0 on the border.</summary>
    public double Margin { get; init; }
    /// <summary>Who put the customer there, where people's feedback did and not the model alone.</summary>
    public Bilingual? Feedback { get; init; }
    /// <summary>How the parts were computed, and for which kind of centre.</summary>
    public Bilingual Basis { get; init; } = new("", "");
}

/// <summary>One feature's part in a customer's membership.</summary>
/// <param name="Value">The customer's raw value; NaN where there is nothing to measure.</param>
/// <param name="Typical">Median in the customer's segment.</param>
/// <param name="Elsewhere">Median in the second-best segment.</param>
/// <param name="Weight">The feature's part of the difference of squared distances to the second-best and to the own centre, over
/// the sum of the absolute parts of all features: absolute weights sum to 1; positive speaks for.</param>
public sealed record ExplainedFact(
    string Feature, Bilingual Label, string Unit, double Value, double Typical, double Elsewhere, double Weight, Bilingual Sentence);
