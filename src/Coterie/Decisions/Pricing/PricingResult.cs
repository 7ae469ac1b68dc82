using Coterie.Evaluation;

namespace Coterie.Decisions.Pricing;

/// <summary>How strongly what is bought answers to price: a price 1 % higher changes units by so many per cent.</summary>
public sealed record Elasticity
{
    /// <summary>The group of products.</summary>
    public required string Group { get; init; }
    /// <summary>Null: everybody.</summary>
    public string? Segment { get; init; }
    /// <summary>False: prices hardly vary, or too little was bought; <see cref="Reason"/> says it.</summary>
    public required bool Answered { get; init; }
    /// <summary>few_products, no_spread, wide or not_estimable; null where answered.</summary>
    public string? Reason { get; init; }
    /// <summary>From the group's and segment's own data, with Student's t; null where nothing could be estimated.</summary>
    public Estimate? Own { get; init; }
    /// <summary>Shrunk towards the other groups, and segments towards everybody; null where refused.</summary>
    public Estimate? Shrunk { get; init; }
    /// <summary>Share of the shrunk estimate that its own data carry.</summary>
    public double? OwnShare { get; init; }
    public required int Products { get; init; }
    /// <summary>Products whose price moved.</summary>
    public required int Moved { get; init; }
    /// <summary>Effective number of products that carry the estimate.</summary>
    public required double EffectiveProducts { get; init; }
    public required double Units { get; init; }
    /// <summary>Standard deviation of log price within product and week: about the relative size of usual price moves.</summary>
    public required double Spread { get; init; }
    /// <summary>The spread that would do; null where answered or unknown.</summary>
    public double? SpreadNeeded { get; init; }
    /// <summary>The share of the price above which a lower price gains margin: 1 / |elasticity|; null where it is not below -1.</summary>
    public double? FairMargin { get; init; }
    /// <summary>The proposal for the group and segment; null without costs or where refused.</summary>
    public PriceProposal? Proposal { get; init; }
}

/// <summary>What a price should become.</summary>
public sealed record PriceProposal
{
    /// <summary>raise, lower or keep.</summary>
    public required string Action { get; init; }
    /// <summary>New price over today's; 1 where kept.</summary>
    public required double Ratio { get; init; }
    /// <summary>Change of the margin earned in a week, in shares of a week's revenue today, at the ratio that was looked at.</summary>
    public required Estimate GainShare { get; init; }
    /// <summary>The ratio that was looked at: the best on average.</summary>
    public required double BestRatio { get; init; }
    /// <summary>Prices seen, over today's.</summary>
    public required double LowestRatio { get; init; }
    public required double HighestRatio { get; init; }
    /// <summary>Whether the proposal stands at an end of the prices seen (beyond it nothing is known) or of the largest step.</summary>
    public required bool AtTheEdge { get; init; }
}

/// <summary>A proposal for one product, at the elasticity of its group.</summary>
public sealed record ProductProposal
{
    public required string Product { get; init; }
    public required string Name { get; init; }
    public required string Group { get; init; }
    public required double PriceNow { get; init; }
    public required double Cost { get; init; }
    public required double UnitsPerWeek { get; init; }
    public required double Price { get; init; }
    public required PriceProposal Proposal { get; init; }
    /// <summary>Change of margin a week, money.</summary>
    public required Estimate GainPerWeek { get; init; }
}

/// <summary>Whether price says something about weeks that the elasticities were not learned on.</summary>
public sealed record PriceForesight
{
    public required int LearnedWeeks { get; init; }
    public required int LaterWeeks { get; init; }
    public required int Products { get; init; }
    /// <summary>The share of the later deviance, given each week's sum, that elasticities learned before take away; below zero they do harm.</summary>
    public required Estimate DevianceTaken { get; init; }
}

/// <summary>What pricing came to.</summary>
public sealed record PricingResult
{
    public required DateTime AsOf { get; init; }
    public required bool Answered { get; init; }
    public required string Grouping { get; init; }
    /// <summary>Groups with too few moving prices to stand alone, judged within "other".</summary>
    public IReadOnlyList<string> PooledGroups { get; init; } = [];
    public required PanelFindings? Panel { get; init; }
    public required IReadOnlyList<Elasticity> Elasticities { get; init; }
    /// <summary>How much elasticities differ between groups, and between segments within a group: standard deviations.</summary>
    public Estimate? BetweenGroups { get; init; }
    public Estimate? BetweenSegments { get; init; }
    public PriceForesight? Foresight { get; init; }
    public required string Costs { get; init; }
    public required IReadOnlyList<ProductProposal> Proposals { get; init; }
    public IReadOnlyList<string> Notes { get; init; } = [];
}
