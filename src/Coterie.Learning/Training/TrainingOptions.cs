namespace Coterie.Learning.Training;

/// <summary>How a model is trained.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the training customers, at most.</summary>
    public int Epochs { get; init; } = 20;
    /// <summary>Customers in a batch.</summary>
    public int Batch { get; init; } = 128;
    /// <summary>Highest learning rate.</summary>
    public double LearningRate { get; init; } = 1e-3;
    /// <summary>Share of the steps over which the learning rate rises to its highest; it then falls along a cosine.</summary>
    public double WarmUp { get; init; } = 0.05;
    /// <summary>Share of the highest rate that is left at the end.</summary>
    public double Floor { get; init; } = 0.02;
    /// <summary>Weight decay of matrices (AdamW); biases and norms have none.</summary>
    public double WeightDecay { get; init; } = 0.01;
    /// <summary>A gradient longer than this is shortened to it.</summary>
    public double Clip { get; init; } = 1;
    /// <summary>Shares of customers that are kept for early stopping and for the final test.</summary>
    public double ValidationShare { get; init; } = 0.1;
    public double TestShare { get; init; } = 0.1;
    /// <summary>Training stops after so many epochs without a better validation loss; 0 never stops early.</summary>
    public int Patience { get; init; } = 4;
    /// <summary>Training ends at the first step beyond it, with the best weights so far; null: no limit. A limit makes the result depend on the machine.</summary>
    public TimeSpan? TimeBudget { get; init; }
    /// <summary>Steps between two checkpoints, beside the one after each epoch.</summary>
    public int CheckpointSteps { get; init; } = 500;
    /// <summary>Threads; 0 takes all. The same seed gives the same bytes on one thread.</summary>
    public int Threads { get; init; }

    internal IEnumerable<string> Problems()
    {
        if (Epochs < 1) yield return $"training: epochs is {Epochs}; expected 1 or more.";
        if (Batch < 1) yield return $"training: batch is {Batch}; expected 1 or more.";
        if (!(LearningRate > 0 && double.IsFinite(LearningRate))) yield return $"training: learning-rate is {LearningRate}; expected more than 0.";
        if (!(WarmUp is >= 0 and < 1)) yield return $"training: warm-up is {WarmUp}; expected 0 or more and below 1.";
        if (!(Floor is >= 0 and <= 1)) yield return $"training: floor is {Floor}; expected 0 to 1.";
        if (!(WeightDecay >= 0 && double.IsFinite(WeightDecay))) yield return $"training: weight-decay is {WeightDecay}; expected 0 or more.";
        if (!(Clip > 0)) yield return $"training: clip is {Clip}; expected more than 0.";
        if (!(ValidationShare >= 0 && TestShare >= 0 && ValidationShare + TestShare < 1))
            yield return $"training: shares of validation and test are {ValidationShare} and {TestShare}; expected 0 or more, together below 1.";
        if (Patience < 0) yield return $"training: patience is {Patience}; expected 0 or more.";
        if (TimeBudget is { } budget && budget <= TimeSpan.Zero) yield return $"training: time-budget is {budget}; expected more than 0.";
        if (CheckpointSteps < 1) yield return $"training: checkpoint-steps is {CheckpointSteps}; expected 1 or more.";
        if (Threads < 0) yield return $"training: threads is {Threads}; expected 0 or more.";
    }
}

/// <summary>Where a training stands.</summary>
/// <param name="Epoch">Number of the running epoch, from 1.</param>
/// <param name="Loss">Mean over the steps of this epoch so far.</param>
/// <param name="Validation">Of the last finished epoch; null before.</param>
/// <param name="Left">Time left if all epochs run.</param>
public sealed record TrainingProgress(int Epoch, int Epochs, int Step, int Steps, double Loss, double? Validation, TimeSpan Left);

/// <summary>One epoch of a training curve.</summary>
/// <param name="Loss">Mean over the epoch's steps.</param>
/// <param name="Validation">Afterwards, on customers that are not trained on; null when none were kept.</param>
/// <param name="Parts">Means of the parts of the validation loss (of the training loss when nothing was kept), not weighted; of a classifier also
/// <c>accuracy</c> and <c>macro_f1</c> on the validation customers.</param>
public sealed record TrainingEpoch(int Epoch, int Step, double LearningRate, double Loss, double? Validation, IReadOnlyDictionary<string, double> Parts);

/// <summary>A training at rest between two stretches.</summary>
/// <param name="Ended">Why the stretch ended.</param>
/// <param name="Stopped">Before the end of the stretch, by the caller.</param>
sealed record TrainingStanding(IReadOnlyList<TrainingEpoch> Curve, string Ended, bool Stopped, double Seconds, IReadOnlyList<string> Findings);

/// <summary>What a training came to.</summary>
public sealed record TrainingResult
{
    public required IReadOnlyList<TrainingEpoch> Curve { get; init; }
    /// <summary>Epoch whose weights were kept, from 1.</summary>
    public required int BestEpoch { get; init; }
    /// <summary>Validation loss of the kept weights, or the training loss when no customer was kept for validation.</summary>
    public required double BestLoss { get; init; }
    /// <summary>Loss of the kept weights on customers used for nothing else; null when there are none.</summary>
    public required double? TestLoss { get; init; }
    public required int Steps { get; init; }
    /// <summary>Trained numbers.</summary>
    public required long Parameters { get; init; }
    public required int TrainingRows { get; init; }
    public required int ValidationRows { get; init; }
    public required int TestRows { get; init; }
    /// <summary>Why it ended.</summary>
    public required string Ended { get; init; }
    /// <summary>What a reader of the report must know, such as batches that had to be halved.</summary>
    public required IReadOnlyList<string> Findings { get; init; }
    public required double Seconds { get; init; }
}
