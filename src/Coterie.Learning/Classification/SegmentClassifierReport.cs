using Coterie.Evaluation;
using Coterie.Learning.Training;

namespace Coterie.Learning;

/// <summary>How a classifier was trained and what it is worth on customers that it never saw.</summary>
public sealed record SegmentClassifierReport
{
    /// <summary>On customers held out for the test; null when there are none.</summary>
    public required ClassifierReport? HeldOut { get; init; }
    /// <summary>By number of events seen, the whole history last.</summary>
    public required IReadOnlyList<AccuracyByEvents> ByEvents { get; init; }
    /// <summary>Fitted on the customers of early stopping; null when there are none.</summary>
    public required TemperatureScaling? Temperature { get; init; }
    /// <summary>Kind of the adaptation: full, frozen, lora, adalora, bottleneck.</summary>
    public required string Adaptation { get; init; }
    /// <summary>Numbers of the whole model, those of the encoder too.</summary>
    public required long Parameters { get; init; }
    /// <summary>Numbers that training moved.</summary>
    public required long Trained { get; init; }
    /// <summary>Of them, those in or beside the encoder: without the layers behind it.</summary>
    public required long TrainedInEncoder { get; init; }
    /// <summary>Numbers that a file of the adapter alone holds; those of the whole model where nothing was added to the encoder.</summary>
    public required long Stored { get; init; }
    /// <summary>Final rank, or width, of each adapted layer; empty without.</summary>
    public required IReadOnlyDictionary<string, int> Ranks { get; init; }
    public required TrainingResult Training { get; init; }
    /// <summary>What a reader must know, such as customers without a label.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>Share of the model's numbers that training moved.</summary>
    public double TrainedShare => (double)Trained / Parameters;
}

/// <summary>A trained classifier and what it is worth. Dispose of the model.</summary>
public sealed record FittedSegmentClassifier(SegmentClassifier Model, SegmentClassifierReport Report);
