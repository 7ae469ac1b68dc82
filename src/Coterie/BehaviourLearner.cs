using Coterie.Evaluation;
using Coterie.Numerics;
using Coterie.Sequences;

namespace Coterie;

/// <summary>Histories to learn an encoder from, without labels.</summary>
public sealed record EncoderRequest
{
    /// <summary>Coded by one schema.</summary>
    public required IReadOnlyList<CustomerSequences> Histories { get; init; }
    /// <summary>Receives the encoder.</summary>
    public required string Folder { get; init; }
    public required Seed Seed { get; init; }
    public int Threads { get; init; } = 1;
    /// <summary>The most steps of gradient descent.</summary>
    public int MaxSteps { get; init; } = 1000;
    public Action<string>? Say { get; init; }
    public CancellationToken Stop { get; init; }
}

/// <summary>Segments of customers to learn a classifier from.</summary>
public sealed record ClassifierRequest
{
    /// <summary>Folder of a trained encoder to begin with; null begins from nothing.</summary>
    public string? Encoder { get; init; }
    /// <summary>Coded by the encoder's schema.</summary>
    public required IReadOnlyList<CustomerSequences> Histories { get; init; }
    /// <summary>One for each customer of the histories, 0 .. Classes-1.</summary>
    public required int[] Labels { get; init; }
    public required int Classes { get; init; }
    /// <summary>One for each customer: how much it counts, as the segmentation is sure of it.</summary>
    public required float[] Weights { get; init; }
    /// <summary>Receives the classifier.</summary>
    public required string Folder { get; init; }
    public required Seed Seed { get; init; }
    public int Threads { get; init; } = 1;
    public int MaxSteps { get; init; } = 1000;
    public Action<string>? Say { get; init; }
    public CancellationToken Stop { get; init; }
}

/// <summary>A classifier that was learned, judged on customers held out.</summary>
public sealed record LearnedClassifier(LearningRun Run, ClassifierReport HeldOut, IReadOnlyList<AccuracyByEvents> ByEvents);

/// <summary>Networks that the main job may use, where they are at hand (Coterie.Learning has them): histories, folders and tables cross the border, never
/// tensors.</summary>
public sealed record BehaviourLearner
{
    /// <summary>Learns an encoder and saves it.</summary>
    public required Func<EncoderRequest, LearningRun> Pretrain { get; init; }
    /// <summary>Folder of an encoder, histories, threads: one row of numbers for each customer.</summary>
    public required Func<string, IEnumerable<CustomerSequences>, int, Matrix> Embed { get; init; }
    /// <summary>Learns a classifier and saves it.</summary>
    public required Func<ClassifierRequest, LearnedClassifier> Classify { get; init; }
    /// <summary>Folder of a classifier, histories, threads: the probability of each class for each customer.</summary>
    public required Func<string, IEnumerable<CustomerSequences>, int, Matrix> Place { get; init; }
}
