namespace Coterie.Evaluation;

/// <summary>One epoch of a training.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Loss">Mean over its steps.</param>
/// <param name="Validation">Afterwards, on customers that are not trained on; null when none were kept.</param>
public sealed record LearningEpoch(int Epoch, double Loss, double? Validation);

/// <summary>A training as its report needs it, whatever learned.</summary>
public sealed record LearningRun
{
    /// <summary>encoder or classifier.</summary>
    public required string What { get; init; }
    /// <summary>Such as "transformer, 64 numbers an event, 2 blocks, 4 heads".</summary>
    public required string Model { get; init; }
    /// <summary>Trained numbers.</summary>
    public required long Parameters { get; init; }
    public required int Steps { get; init; }
    public required int TrainingCustomers { get; init; }
    public required int ValidationCustomers { get; init; }
    public required int TestCustomers { get; init; }
    public required IReadOnlyList<LearningEpoch> Curve { get; init; }
    /// <summary>Epoch whose weights were kept, from 1.</summary>
    public required int BestEpoch { get; init; }
    /// <summary>Loss of the kept weights on customers used for nothing else; null when there are none.</summary>
    public required double? TestLoss { get; init; }
    /// <summary>Why it ended.</summary>
    public required string Ended { get; init; }
    public required double Seconds { get; init; }
    public IReadOnlyList<string> Findings { get; init; } = [];
}

/// <summary>A classifier's accuracy when it sees the first events of customers only.</summary>
/// <param name="Events">Events seen; null is the whole history.</param>
/// <param name="Customers">Held-out customers who have so many.</param>
/// <param name="Accuracy">With its 95 % interval (Wilson 1927).</param>
/// <param name="MacroF1">Mean F1 over segments.</param>
/// <param name="AccuracyOfWhole">The same customers with their whole history.</param>
public sealed record AccuracyByEvents(int? Events, int Customers, Estimate Accuracy, double MacroF1, double AccuracyOfWhole);
