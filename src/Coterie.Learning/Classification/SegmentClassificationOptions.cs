using Coterie.Learning.Models;
using Coterie.Learning.Training;

namespace Coterie.Learning;

/// <summary>Learns segments from histories by cross-entropy.</summary>
public sealed record SegmentClassificationOptions
{
    /// <summary>The encoder when no trained one is given. With labels to learn from, filters did at least as well as attention
    /// (docs/methods/segment-classifier.md).</summary>
    public EncoderOptions Encoder { get; init; } = new BehaviourCnnOptions { Length = 128 };
    /// <summary>How a trained encoder follows the labels: which of its numbers move, and what is added to it.</summary>
    public AdaptationOptions Adaptation { get; init; } = new FullTuning();
    public TrainingOptions Training { get; init; } = new();
    /// <summary>Width of the layer between embedding and segments; 0 leaves it out.</summary>
    public int Hidden { get; init; } = 64;
    /// <summary>Share of numbers left out before and after that layer in training.</summary>
    public double Dropout { get; init; } = 0.2;
    /// <summary>Layers over the features, when there are any.</summary>
    public FeatureMlpOptions Features { get; init; } = new();
    /// <summary>Share of the customers of a step that are shown by their first events only, a number drawn evenly on a logarithmic scale, and without features:
    /// who is known by a few events is then placed as well as can be.</summary>
    public double PrefixShare { get; init; } = 0.5;
    /// <summary>Share of the fields' values that are replaced by "unknown" in training. Training data has few unknown values, new data has them.</summary>
    public double UnknownShare { get; init; } = 0.05;
    /// <summary>Names of fields that are not looked at.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];
    /// <summary>Numbers of events after which the report says how often a customer was placed rightly.</summary>
    public IReadOnlyList<int> EventsSeen { get; init; } = [5, 10, 20, 50];
    /// <summary>Bins of the calibration table.</summary>
    public int Bins { get; init; } = 10;

    internal IEnumerable<string> Problems(IReadOnlyList<string> fields, bool pretrained)
    {
        if (!pretrained)
        {
            foreach (var problem in Encoder.Problems()) yield return problem;
            if (Adaptation is not FullTuning) yield return "adaptation: there is no trained encoder to adapt; expected one, or full tuning.";
        }

        foreach (var problem in Adaptation.Problems().Concat(Training.Problems()).Concat(Features.Problems())) yield return problem;
        if (Hidden < 0) yield return $"classifier: hidden is {Hidden}; expected 0 or more.";
        if (!(Dropout is >= 0 and < 1)) yield return $"classifier: dropout is {Dropout}; expected 0 or more and below 1.";
        if (!(PrefixShare is >= 0 and <= 1)) yield return $"classifier: prefix-share is {PrefixShare}; expected 0 to 1.";
        if (!(UnknownShare is >= 0 and < 1)) yield return $"classifier: unknown-share is {UnknownShare}; expected 0 or more and below 1.";
        foreach (var name in Without)
            if (!fields.Contains(name))
                yield return $"classifier: the sequences have no field {name} to leave out; expected one of {string.Join(", ", fields)}.";
        if (fields.Count > 0 && fields.All(Without.Contains)) yield return "classifier: all fields are left out; expected one that is looked at.";
        foreach (var events in EventsSeen)
            if (events < 1) yield return $"classifier: events-seen has {events}; expected 1 or more.";
        if (Bins < 1) yield return $"classifier: bins is {Bins}; expected 1 or more.";
    }
}
