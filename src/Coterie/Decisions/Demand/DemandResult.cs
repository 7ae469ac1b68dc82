using Coterie.Evaluation;

namespace Coterie.Decisions.Demand;

/// <summary>A week to come.</summary>
/// <param name="Week">Its Monday.</param>
/// <param name="Mean">Expected units; means of series add up to those of their sums.</param>
public sealed record WeekForecast(DateTime Week, double Mean, double Q05, double Q25, double Q50, double Q75, double Q95);

/// <summary>A series' weeks to come.</summary>
/// <param name="Kind">product, category, segment_category, other, segment or total.</param>
/// <param name="Method">As in the table of methods.</param>
public sealed record SeriesForecast(string Name, string Kind, string? Category, string? Segment, DemandPattern Pattern, string Method, IReadOnlyList<WeekForecast> Weeks);

/// <summary>When and how much to order of a product.</summary>
/// <param name="LeadMean">Expected units until an order arrives.</param>
/// <param name="ReorderPoint">Stock, with what is on order, at or below which to order: the service level's quantile of the lead time's demand.</param>
/// <param name="SafetyStock">The reorder point less the expected units.</param>
/// <param name="Order">Units to order now, up to the reorder point; null without a stock file.</param>
/// <param name="Risk">Chance that what is there and on order does not last until an order of today arrives.</param>
/// <param name="Missing">Units that would be asked for in vain on average until then.</param>
public sealed record ReorderLine(string Product, DemandPattern Pattern, double LeadMean, double SafetyStock, double ReorderPoint,
    double? OnHand, double? OnOrder, double? Order, double? Risk, double? Missing);

/// <summary>A product that sold regularly and then not at all.</summary>
/// <param name="Share">Share of its weeks with a sale before.</param>
/// <param name="Silent">Weeks without one since.</param>
/// <param name="Chance">Chance of so many empty weeks if nothing had changed.</param>
public sealed record SilentProduct(string Product, double Share, int Silent, double Chance, double UnitsPerWeek);

/// <summary>What demand came to.</summary>
public sealed record DemandResult
{
    public required DateTime FirstWeek { get; init; }
    /// <summary>Monday of the last whole week.</summary>
    public required DateTime LastWeek { get; init; }
    public required int WeeksSeen { get; init; }
    public required int WeeksAhead { get; init; }
    public required int LeadWeeks { get; init; }
    public required double Service { get; init; }
    public DemandCounts? Counts { get; init; }
    /// <summary>Of the series that are not sums.</summary>
    public DemandJudgement? Judgement { get; init; }
    /// <summary>The same for sums.</summary>
    public DemandJudgement? SumJudgement { get; init; }
    public SumAccuracy? Sums { get; init; }
    /// <summary>Units of everything over the weeks ahead, with a 90 % interval.</summary>
    public Estimate? Total { get; init; }
    public IReadOnlyList<SeriesForecast> Series { get; init; } = [];
    public IReadOnlyList<ReorderLine> Reorder { get; init; } = [];
    public IReadOnlyList<SilentProduct> Silent { get; init; } = [];
}
