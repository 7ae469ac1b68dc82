using Coterie.Evaluation;
using Coterie.Numerics;

namespace Coterie.Decisions.Campaigns;

/// <summary>How the results of a campaign are read and judged.</summary>
public sealed record MeasureOptions
{
    /// <summary>CSV, also as .gz: one row for each customer.</summary>
    public required string Results { get; init; }
    /// <summary>The column that says which arm a customer was in.</summary>
    public required string Treatment { get; init; }
    /// <summary>The value of that column that stands for "not contacted"; null: the one that reads as such.</summary>
    public string? Control { get; init; }
    /// <summary>Columns of what customers did.</summary>
    public required IReadOnlyList<string> Outcomes { get; init; }
    /// <summary>Columns of what was known before: they check the randomisation and teach the uplift.</summary>
    public IReadOnlyList<string> Covariates { get; init; } = [];
    /// <summary>Numeric columns of what was known before that sharpen the effect (CUPED).</summary>
    public IReadOnlyList<string> Pre { get; init; } = [];
    /// <summary>The column of segments; null: those of <see cref="Segments"/>.</summary>
    public string? Segment { get; init; }
    /// <summary>The column of the customer's id.</summary>
    public string Id { get; init; } = "customer_id";
    /// <summary>The column of the day a customer entered: the effect is then drawn as it grew.</summary>
    public string? Time { get; init; }
    /// <summary>Shares that the arms were meant to have, by name; empty: not checked.</summary>
    public IReadOnlyDictionary<string, double> Expected { get; init; } = new Dictionary<string, double>();
    /// <summary>All arms were meant to be of equal size.</summary>
    public bool ExpectEqual { get; init; }
    /// <summary>Results are looked at more than once: intervals hold at every look.</summary>
    public bool Sequential { get; init; }
    /// <summary>Customers of an arm and control together for which sequential intervals are narrowest.</summary>
    public int Planned { get; init; } = 10_000;
    /// <summary>Share of customers contacted for which the value of the ranking is told.</summary>
    public double Share { get; init; } = 0.3;
    /// <summary>Shuffles of the permutation test.</summary>
    public int Shuffles { get; init; } = 500;
    public Membership? Segments { get; init; }
    public Seed Seed { get; init; } = new(1);
    public int Threads { get; init; } = Environment.ProcessorCount;
    public Action<string> Say { get; init; } = _ => { };
    public CancellationToken Stop { get; init; }
}

/// <summary>An arm of the campaign.</summary>
public sealed record CampaignArm(string Name, int Customers);

/// <summary>What an arm did to an outcome.</summary>
/// <param name="Yes">Whether the outcome is yes or no: means are then shares.</param>
/// <param name="Plain">The difference of means as it stands.</param>
/// <param name="Used">After CUPED where it was asked for, and valid at every look where that was asked for; else the same.</param>
/// <param name="VarianceSaved">Share of the variance that CUPED took out.</param>
/// <param name="AdjustedP">Holm, over arms and outcomes.</param>
/// <param name="Detectable">The smallest effect that these numbers of customers show in 80 of 100 campaigns.</param>
public sealed record ArmEffect(string Arm, string Outcome, bool Yes, MeanEffect Plain, MeanEffect Used, double VarianceSaved, double AdjustedP, double Detectable);

/// <summary>An arm's effect within a segment.</summary>
/// <param name="Effect">The intervals of all segments hold together (Bonferroni).</param>
/// <param name="AdjustedP">Holm, over segments.</param>
public sealed record SegmentEffect(string Segment, string Arm, string Outcome, MeanEffect Effect, double AdjustedP);

/// <summary>Whether the segments of one comparison differ in their effect (Cochran's Q).</summary>
public sealed record SegmentContrast(string Arm, string Outcome, double P);

/// <summary>The effect as it was known at one look.</summary>
public sealed record Look(DateTime Day, string Arm, string Outcome, Estimate Effect, double P);

/// <summary>What a campaign's results say.</summary>
public sealed record MeasureResult
{
    public required int Customers { get; init; }
    /// <summary>Rows left out for an empty arm or outcome.</summary>
    public required int LeftOut { get; init; }
    /// <summary>Rows whose customer the run does not know.</summary>
    public required int Unknown { get; init; }
    public required string Control { get; init; }
    public required IReadOnlyList<CampaignArm> Arms { get; init; }
    public SampleRatio? SampleRatio { get; init; }
    public CovariateBalance? Balance { get; init; }
    /// <summary>Why no effect is told; null where it is.</summary>
    public string? Refused { get; init; }
    public bool Sequential { get; init; }
    public IReadOnlyList<ArmEffect> Effects { get; init; } = [];
    public IReadOnlyList<SegmentEffect> SegmentEffects { get; init; } = [];
    public IReadOnlyList<SegmentContrast> SegmentContrasts { get; init; } = [];
    public IReadOnlyList<UpliftFinding> Uplift { get; init; } = [];
    public IReadOnlyList<Look> Looks { get; init; } = [];
}
