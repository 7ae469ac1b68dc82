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
    /// <summary>Median in the segment and among everybody else, in the unit.</summary>
    public required double Inside { get; init; }
    public required double Outside { get; init; }
    /// <summary>Standardised difference of the (transformed) feature, inside minus outside over the pooled spread, with interval.</summary>
    public required Estimate Difference { get; init; }
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

public sealed record NamedShare(string Name, double Share, double ShareElsewhere);

/// <summary>Everything known of one segment.</summary>
public sealed record SegmentProfile
{
    /// <summary>Stable id, "S1" …, ordered by revenue per customer in the first run.</summary>
    public required string Id { get; init; }
    /// <summary>The cluster's label, 0 .. K-1.</summary>
    public required int Label { get; init; }
    public required Bilingual Name { get; init; }
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
}

/// <summary>One feature's part in a customer's membership.</summary>
/// <param name="Weight">Share of the difference of squared distances to the second-best and to the own centre; positive speaks for.</param>
public sealed record ExplainedFact(string Feature, Bilingual Label, string Unit, double Value, double Typical, double Elsewhere, double Weight, Bilingual Sentence);
