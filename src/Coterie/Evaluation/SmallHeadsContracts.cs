using Coterie.Features;
using Coterie.Numerics;

namespace Coterie.Evaluation;

/// <summary>One representation of the customers that heads learn from: the features, the embedding.</summary>
/// <param name="Rows">n x d, finite, as of the freeze.</param>
public sealed record HeadInput(string Name, Matrix Rows);

/// <summary>Customers as of an instant, and what they did in the horizon after it.</summary>
/// <param name="Inputs">The same inputs in the same order in every period; as many rows as there are outcomes.</param>
/// <param name="Outcomes">Of (as of, as of + horizon].</param>
public sealed record HeadPeriod(IReadOnlyList<HeadInput> Inputs, Outcomes Outcomes);

/// <summary>"One embedding, small heads" (after the RecSys Challenge 2025): the same linear heads on each representation, so that only the
/// representations differ.</summary>
public sealed record SmallHeadsRequest
{
    /// <summary>What heads learn from.</summary>
    public required HeadPeriod Learn { get; init; }
    /// <summary>A later period that they are judged on: its freeze is where the horizon of <see cref="Learn"/> ends. Null judges each fifth of the
    /// customers of <see cref="Learn"/> by heads that learned from the others; inputs lie before the outcomes either way.</summary>
    public HeadPeriod? Judge { get; init; }
    /// <summary>Besides each input, all of them side by side, under this name; null leaves it out.</summary>
    public string? Together { get; init; } = "both";
    /// <summary>Penalties to choose from on a third of the customers learned from, in units of customers.</summary>
    public IReadOnlyList<double> Penalties { get; init; } = [1, 10, 100, 1000];
    /// <summary>Next categories that get a head of their own, the most bought first.</summary>
    public int Categories { get; init; } = 10;
    public int Folds { get; init; } = 5;
    public int Resamples { get; init; } = 200;
    public int Threads { get; init; } = 1;
    public required Seed Seed { get; init; }
}

/// <summary>How well a head on one representation does one task.</summary>
/// <param name="Task">churn, next_category, spend.</param>
/// <param name="Input">Name of the representation.</param>
/// <param name="Metric">auc (of churn; for next_category the mean over categories, among those who buy), r2_log_spend.</param>
/// <param name="Value">With its bootstrap interval over customers.</param>
/// <param name="Penalty">Chosen ridge penalty.</param>
public sealed record HeadScore(string Task, string Input, string Metric, Estimate Value, double Penalty);

/// <summary>By how much one representation does a task better than another, paired over the same resamples.</summary>
public sealed record HeadGain(string Task, string Input, string Over, Estimate Value);

/// <summary>The table of small heads.</summary>
public sealed record SmallHeadsReport
{
    /// <summary>Whether they were judged on a later period (true) or by cross-fitting in one.</summary>
    public required bool LaterPeriod { get; init; }
    public required int LearnedFrom { get; init; }
    public required int JudgedOn { get; init; }
    public required IReadOnlyList<HeadScore> Scores { get; init; }
    /// <summary>Every representation over the first input, and everything together over each input.</summary>
    public required IReadOnlyList<HeadGain> Gains { get; init; }
    public IReadOnlyList<string> Notes { get; init; } = [];
}
