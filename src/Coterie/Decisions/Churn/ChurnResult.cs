using System.Text.Json.Serialization;
using Coterie.Evaluation;
using Coterie.Profiles;

namespace Coterie.Decisions.Churn;

/// <summary>What <see cref="ChurnDecision"/> came to.</summary>
public sealed record ChurnResult
{
    public required DateTime AsOf { get; init; }
    public required bool Answered { get; init; }
    /// <summary>Why not, or what was found.</summary>
    public required Bilingual Verdict { get; init; }
    public int HorizonDays { get; init; }
    /// <summary>Whether each customer's own rhythm sets the window, within the horizon.</summary>
    public bool OwnRhythm { get; init; }
    public Rhythm? Rhythm { get; init; }
    /// <summary>Customers whose window is as long as the horizon.</summary>
    public int AtHorizon { get; init; }
    /// <summary>Customers still expected, and those gone by the rule before the as-of instant.</summary>
    public int Customers { get; init; }
    public int Gone { get; init; }
    /// <summary>Of those that the rule called gone at the judged cut-offs, the share that ordered within the horizon after all; null where nobody was.</summary>
    public Estimate? GoneReturned { get; init; }
    /// <summary>Sum of probabilities.</summary>
    public double ExpectedChurners { get; init; }
    /// <summary>Sum of probability times expected spend; NaN without money.</summary>
    public double ExpectedLoss { get; init; } = double.NaN;
    public string ValueFrom { get; init; } = "";
    public ChurnJudgement? Judged { get; init; }
    public ChurnLearning? Learned { get; init; }
    /// <summary>Not in the file: its trees are long.</summary>
    [JsonIgnore]
    public ChurnModel? Model { get; init; }
    public IReadOnlyList<ChurnDriver> Drivers { get; init; } = [];
    public IReadOnlyList<ChurnRisk> Warned { get; init; } = [];
    /// <summary>By segment, in their order; empty without segments.</summary>
    public IReadOnlyList<SegmentChurn> Segments { get; init; } = [];
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>Risk within a segment.</summary>
/// <param name="Segment">Its place.</param>
/// <param name="Customers">Who are still expected.</param>
/// <param name="Warned">Of them, those whose risk is above the average of all.</param>
/// <param name="WarnedLoss">Their probabilities times expected spend, summed; NaN without money.</param>
/// <param name="WarnedProbability">Their mean probability; NaN where there are none.</param>
public sealed record SegmentChurn(int Segment, int Customers, int Warned, double WarnedLoss, double WarnedProbability);

/// <summary>What today's forecasts come from.</summary>
/// <param name="Trees">How many.</param>
/// <param name="Portraits">That they learned from.</param>
/// <param name="FirstFreeze">The oldest of them.</param>
/// <param name="LastFreeze">The newest.</param>
/// <param name="CalibratedAt">The later freeze that made probabilities of scores.</param>
/// <param name="Calibration">platt or isotonic.</param>
public sealed record ChurnLearning(int Trees, int Portraits, DateTime FirstFreeze, DateTime LastFreeze, DateTime CalibratedAt, string Calibration);

/// <summary>A feature that forecasts rest on.</summary>
/// <param name="Feature">Its name.</param>
/// <param name="Label">For people.</param>
/// <param name="Weight">Mean size of its Shapley value, in log-odds.</param>
public sealed record ChurnDriver(string Feature, Bilingual Label, double Weight);

/// <summary>One customer's risk.</summary>
public sealed record ChurnRisk
{
    public required string Customer { get; init; }
    /// <summary>Place of the segment, or -1.</summary>
    public required int Segment { get; init; }
    /// <summary>Of no order in the window.</summary>
    public required double Probability { get; init; }
    public required int WindowDays { get; init; }
    /// <summary>Expected spend over the horizon; NaN without money.</summary>
    public required double Value { get; init; }
    public double ExpectedLoss => Probability * Value;
    public IReadOnlyList<ChurnReason> Reasons { get; init; } = [];
}

/// <summary>What moved a customer's risk most.</summary>
/// <param name="Feature">The feature that says most of its family.</param>
/// <param name="Contribution">Shapley value of the family of features, in log-odds; positive raises the risk.</param>
/// <param name="Sentence">For people.</param>
public sealed record ChurnReason(string Feature, double Contribution, Bilingual Sentence);
