using Coterie.Evaluation;
using Coterie.Profiles;

namespace Coterie.Decisions.Positioning;

/// <summary>A point of the perceptual map.</summary>
public sealed record PositionedPoint
{
    /// <summary>segment or group.</summary>
    public required string Kind { get; init; }
    public required string Id { get; init; }
    public required Bilingual Name { get; init; }
    /// <summary>Share of all order lines' groups.</summary>
    public required double Mass { get; init; }
    /// <summary>Principal coordinates with intervals from resampled customers.</summary>
    public required Estimate X { get; init; }
    public required Estimate Y { get; init; }
    /// <summary>Share of its distance from the middle that the map shows (squared cosines).</summary>
    public required double Quality { get; init; }
    /// <summary>Share of the first two axes' inertia that it makes up.</summary>
    public required double Contribution { get; init; }
}

/// <summary>The perceptual map and whether there is anything to map.</summary>
public sealed record PerceptualMap
{
    public required int Groups { get; init; }
    /// <summary>Orders that hold each group, by segment, added up.</summary>
    public required double Orders { get; init; }
    public required double Inertia { get; init; }
    public required IReadOnlyList<double> PrincipalInertias { get; init; }
    /// <summary>Share of the inertia that the first two axes show.</summary>
    public required double Explained { get; init; }
    public required double ChiSquare { get; init; }
    public required int Freedom { get; init; }
    /// <summary>Share of reshuffles of customers over segments with as much inertia.</summary>
    public required double PValue { get; init; }
    /// <summary>The inertia of a reshuffle, on average: what pure chance draws.</summary>
    public required double ChanceInertia { get; init; }
    public required IReadOnlyList<PositionedPoint> Points { get; init; }
}

/// <summary>What share of a segment's spend goes to a group.</summary>
public sealed record WalletShare(string Segment, string Group, Estimate Share, Estimate AgainstEverybody);

/// <summary>How often an order of mainly one group is followed by an order of mainly another.</summary>
public sealed record SwitchingMatrix
{
    public required IReadOnlyList<string> Groups { get; init; }
    /// <summary>from x to: pairs of consecutive orders.</summary>
    public required IReadOnlyList<IReadOnlyList<double>> Counts { get; init; }
    /// <summary>from x to: share of the row.</summary>
    public required IReadOnlyList<IReadOnlyList<double>> Shares { get; init; }
    /// <summary>from x to: what independence would give.</summary>
    public required IReadOnlyList<IReadOnlyList<double>> Expected { get; init; }
    /// <summary>from x to: adjusted standardised residuals (Haberman 1973), beyond 2 in size more than chance if orders were independent.</summary>
    public required IReadOnlyList<IReadOnlyList<double>> Residuals { get; init; }
    /// <summary>Share of next orders with the same main group, and what it would be by chance.</summary>
    public required Estimate Stays { get; init; }
    public required double StaysByChance { get; init; }
    public required IReadOnlyList<SegmentLoyalty> Segments { get; init; }
    /// <summary>Per later pair of orders: log-likelihood of the matrix learned before, less that of shares alone; above 0 the former order says something.</summary>
    public Estimate? LaterGain { get; init; }
    public int LaterPairs { get; init; }
}

/// <summary>How often a segment's next order is mainly of the same group.</summary>
public sealed record SegmentLoyalty(string Segment, int Pairs, Estimate Stays);

/// <summary>A rule that stands: beyond chance after the correction for all that were looked at, and for customers who come again.</summary>
public sealed record SegmentRule
{
    public required string Segment { get; init; }
    public required IReadOnlyList<string> If { get; init; }
    public required IReadOnlyList<string> IfNames { get; init; }
    public required string Then { get; init; }
    public required string ThenName { get; init; }
    public required int Baskets { get; init; }
    public required double Support { get; init; }
    public required double Confidence { get; init; }
    /// <summary>Interval with customers as clusters.</summary>
    public required Estimate Lift { get; init; }
    /// <summary>Fisher's exact p-value adjusted for all rules of all segments.</summary>
    public required double Adjusted { get; init; }
    /// <summary>Lift among the later quarter of baskets, which the rule was not learned from; null where the first part is not in them.</summary>
    public double? LaterLift { get; init; }
}

/// <summary>What positioning came to.</summary>
public sealed record PositioningResult
{
    public required DateTime AsOf { get; init; }
    public required bool Answered { get; init; }
    public required string Grouping { get; init; }
    public required int Groups { get; init; }
    /// <summary>Null where there is nothing to map; <see cref="NoMap"/> says why.</summary>
    public PerceptualMap? Map { get; init; }
    public string? NoMap { get; init; }
    public IReadOnlyList<WalletShare> Wallet { get; init; } = [];
    public SwitchingMatrix? Switching { get; init; }
    public string? NoSwitching { get; init; }
    public IReadOnlyList<SegmentRule> Rules { get; init; } = [];
    public string? NoRules { get; init; }
    public long RulesTested { get; init; }
    /// <summary>Share of rules with a later lift whose later lift is above 1.</summary>
    public double? RulesThatLast { get; init; }
    public IReadOnlyList<string> Notes { get; init; } = [];
}
