using Coterie.Learning.Training;

namespace Coterie.Learning;

/// <summary>What trials are compared by, on the validation customers, at the epoch of least validation loss.</summary>
public enum SearchMeasure
{
    /// <summary>The validation loss.</summary>
    Loss,
    /// <summary>Mean F1 of the segments; of a classifier.</summary>
    MacroF1,
    /// <summary>The part of the loss that guesses hidden events; of pretraining.</summary>
    Masked,
    /// <summary>The part of the loss that tells sub-sequences of one customer from those of others; of pretraining.</summary>
    Contrastive,
    /// <summary>The part of the loss that guesses the next event; of pretraining.</summary>
    Next,
}

/// <summary>How settings are looked for: random search (Bergstra and Bengio 2012) whose trials are stopped early by successive halving.</summary>
public sealed record SearchOptions
{
    public SearchSpace Space { get; init; } = new();
    public SearchMeasure Measure { get; init; } = SearchMeasure.Loss;
    /// <summary>Settings that are tried, the start's among them.</summary>
    public int Trials { get; init; } = 27;
    /// <summary>Of the trials of a rung one in so many goes on to the next, which lasts so many times as long. 1 stops none: plain random search.</summary>
    public int Eta { get; init; } = 3;
    /// <summary>Epochs before the first trials are stopped; the last rung ends at the start's <see cref="TrainingOptions.Epochs"/>.</summary>
    public int LeastEpochs { get; init; } = 2;
    /// <summary>Whether the first trial is the start as it is: what is found is then never worse on the validation customers.</summary>
    public bool TryStart { get; init; } = true;
    /// <summary>Epochs of all trials together, at most; where they do not suffice fewer settings are tried, and it is said. Null: no limit.</summary>
    public int? EpochBudget { get; init; }
    /// <summary>Time for the trials: each rung has an equal part of it. Null: no limit. A limit makes the result depend on the machine.</summary>
    public TimeSpan? TimeBudget { get; init; }
}
