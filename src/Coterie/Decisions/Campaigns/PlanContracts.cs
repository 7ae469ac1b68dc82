using Coterie.Evaluation;
using Coterie.Profiles;

namespace Coterie.Decisions.Campaigns;

/// <summary>What a campaign is for.</summary>
public enum CampaignGoal
{
    /// <summary>Anything that the log records of a customer.</summary>
    Visit,
    /// <summary>At least one order.</summary>
    Purchase,
    /// <summary>Money of purchases.</summary>
    Revenue,
}

/// <summary>Something to send to customers.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Cost">Of one contact.</param>
/// <param name="Value">Money that one unit of the goal is worth; null: not said.</param>
/// <param name="Limit">At most so many contacts; null: no limit.</param>
public sealed record Offer(string Name, double Cost, double? Value, int? Limit);

/// <summary>How a campaign is planned.</summary>
public sealed record PlanOptions
{
    /// <summary>CSV: offer, cost, and where known value and limit.</summary>
    public required string Offers { get; init; }
    public required double Budget { get; init; }
    public required CampaignGoal Goal { get; init; }
    /// <summary>Results of a former randomised campaign: customer_id, arm, outcome. Null: the plan makes such a history.</summary>
    public string? History { get; init; }
    /// <summary>When the former campaign began: nothing later describes its customers.</summary>
    public DateTime? HistoryStart { get; init; }
    public string HistoryArm { get; init; } = "arm";
    public string HistoryOutcome { get; init; } = "outcome";
    public string? HistoryControl { get; init; }
    /// <summary>Share of the targeted customers who are not contacted.</summary>
    public double Holdout { get; init; } = 0.1;
    public int HorizonDays { get; init; } = 30;
    /// <summary>At most so many contacts; null: no limit.</summary>
    public int? Contacts { get; init; }
    /// <summary>Shuffles of the permutation test on the history.</summary>
    public int Shuffles { get; init; } = 500;
}

/// <summary>What is known of a segment before the campaign.</summary>
/// <param name="Baseline">Mean of the goal over a horizon without a campaign.</param>
public sealed record PlanSegment(string Segment, int Customers, Estimate Baseline);

/// <summary>What the plan does with an offer in a segment.</summary>
/// <param name="Contacts">Customers who get it.</param>
/// <param name="HeldOut">Customers like them who do not, to measure by.</param>
/// <param name="Cost">Of the contacts.</param>
/// <param name="EffectPerContact">Expected, from the history; null without one.</param>
public sealed record PlanCell(string Segment, string Offer, int Contacts, int HeldOut, double Cost, double? EffectPerContact);

/// <summary>What the campaign will be able to tell of an offer.</summary>
/// <param name="Detectable">The smallest effect on the goal found in 80 of 100 such campaigns.</param>
/// <param name="BreakEven">The effect that pays the contact; null where the goal has no price.</param>
/// <param name="NeededForBreakEven">Contacts that would find it in 80 of 100 campaigns, with as many held out for each as now.</param>
/// <param name="PowerForBreakEven">The chance that this plan finds it.</param>
public sealed record OfferPower(string Offer, int Contacts, int HeldOut, double Detectable, double? BreakEven, double? NeededForBreakEven, double? PowerForBreakEven);

/// <summary>A campaign's plan.</summary>
public sealed record PlanResult
{
    /// <summary>experiment: it makes a history; targeted: it uses one.</summary>
    public required string Kind { get; init; }
    public required CampaignGoal Goal { get; init; }
    public required double Budget { get; init; }
    public required int HorizonDays { get; init; }
    public required int Customers { get; init; }
    public required IReadOnlyList<PlanSegment> Segments { get; init; }
    public required IReadOnlyList<PlanCell> Cells { get; init; }
    public required IReadOnlyList<OfferPower> Power { get; init; }
    public required double Spent { get; init; }
    /// <summary>Incremental units of the goal by the plan shown, with an interval that allows for its having been chosen by the same history; null without one.</summary>
    public Estimate? Incremental { get; init; }
    /// <summary>The same in money, contacts paid; null where the goal has no price.</summary>
    public Estimate? Return { get; init; }
    /// <summary>Incremental units by plans made from one half of the history, valued by the other half, both ways: a check of the way of planning, not of this plan.</summary>
    public Estimate? HalfPlansIncremental { get; init; }
    /// <summary>The same in money, contacts paid; null where the goal has no price.</summary>
    public Estimate? HalfPlansReturn { get; init; }
    /// <summary>Whether the solver proved that no split of the budget is better by the estimated effects.</summary>
    public bool Optimal { get; init; }
    public IReadOnlyList<UpliftFinding> Uplift { get; init; } = [];
    /// <summary>Customers of the history whom the log does not know.</summary>
    public int UnknownInHistory { get; init; }
    /// <summary>Customers of the log whom the run does not know: a group of their own.</summary>
    public int WithoutSegment { get; init; }
    /// <summary>Customers who refused marketing and are no part of the plan.</summary>
    public int LeftOut { get; init; }
    /// <summary>Offers that the history did not try.</summary>
    public IReadOnlyList<string> Untried { get; init; } = [];
    /// <summary>Why nothing is planned; null where it is.</summary>
    public Bilingual? Refused { get; init; }
    /// <summary>Of the draw of arms.</summary>
    public required ulong Seed { get; init; }
}
