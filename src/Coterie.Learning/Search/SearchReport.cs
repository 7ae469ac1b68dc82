using Coterie.Learning.Training;

namespace Coterie.Learning;

/// <summary>What became of a trial.</summary>
public enum TrialVerdict
{
    /// <summary>The best score of all: its model is the search's.</summary>
    Best,
    /// <summary>Trained to the end, with a lesser score.</summary>
    Finished,
    /// <summary>Stopped at the end of a rung because enough others did better.</summary>
    Pruned,
    /// <summary>Cut off within a rung, or left out of it, by the end of the time or by the caller.</summary>
    Unfinished,
    /// <summary>Came to no finite loss, or to no memory.</summary>
    Failed,
    /// <summary>Never begun: time or caller ended the search before.</summary>
    NotRun,
}

/// <summary>One setting and how far it came.</summary>
public sealed record Trial
{
    /// <summary>From 1; its files are in the folder <c>trial-001</c>.</summary>
    public required int Number { get; init; }
    public required TrialSettings Settings { get; init; }
    public required TrialVerdict Verdict { get; init; }
    /// <summary>Rungs whose end it reached.</summary>
    public required int Rungs { get; init; }
    /// <summary>The measure at the epoch of least validation loss; null without a finished epoch.</summary>
    public required double? Score { get; init; }
    /// <summary>By finished epoch.</summary>
    public required IReadOnlyList<TrainingEpoch> Curve { get; init; }
    /// <summary>Why its training ended or rested, or how it failed; empty when it never began.</summary>
    public required string Ended { get; init; }
    public required double Seconds { get; init; }
    /// <summary>Findings of its training.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>Finished epochs.</summary>
    public int Epochs => Curve.Count;
}

/// <summary>A stretch of the search.</summary>
/// <param name="Trials">That are trained in it, at most.</param>
/// <param name="Until">Epoch of each trial at its end.</param>
public sealed record SearchRung(int Trials, int Until);

/// <summary>What a search tried and what it came to.</summary>
public sealed record SearchReport
{
    public required SearchMeasure Measure { get; init; }
    /// <summary>The plan.</summary>
    public required IReadOnlyList<SearchRung> Rungs { get; init; }
    /// <summary>Every trial, the best first.</summary>
    public required IReadOnlyList<Trial> Leaderboard { get; init; }
    /// <summary>Finished epochs of all trials.</summary>
    public required int Epochs { get; init; }
    /// <summary>Whether the plan was carried out to its end.</summary>
    public required bool Complete { get; init; }
    /// <summary>Why it ended.</summary>
    public required string Ended { get; init; }
    /// <summary>What a reader must know, such as trials that failed.</summary>
    public required IReadOnlyList<string> Findings { get; init; }
    public required double Seconds { get; init; }
}

/// <summary>Where a search stands.</summary>
/// <param name="Trial">Number of the running trial, from 1.</param>
/// <param name="Rung">Number of the running rung, from 1.</param>
/// <param name="Best">Best score so far; null before the first.</param>
/// <param name="Training">Of the running trial.</param>
public sealed record SearchProgress(int Trial, int Trials, int Rung, int Rungs, double? Best, TrainingProgress Training);

/// <summary>The best encoder of a search. Dispose of its model.</summary>
/// <param name="Options">That it was trained with: <see cref="Pretraining.Fit(IReadOnlyList{Coterie.Sequences.CustomerSequences}, PretrainingOptions, Coterie.Numerics.Seed, string?, IProgress{TrainingProgress}?, CancellationToken)"/>
/// makes the same of them, where the trial ran to its end.</param>
public sealed record PretrainingSearch(Pretrained Best, PretrainingOptions Options, SearchReport Report);

/// <summary>The best classifier of a search. Dispose of its model.</summary>
/// <param name="Options">That it was trained with.</param>
public sealed record ClassificationSearch(FittedSegmentClassifier Best, SegmentClassificationOptions Options, SearchReport Report);
