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
    /// <summary>Passes over the training customers, at most.</summary>
    public int Epochs { get; init; } = 20;
    /// <summary>Training ends then with the best weights so far; null is no limit.</summary>
    public TimeSpan? Budget { get; init; }
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
    /// <summary>n ids, those of the histories.</summary>
    public required string[] Customers { get; init; }
    /// <summary>n x K: the probability of each segment. The likeliest is the label, and customers count by how sure it is.</summary>
    public required Matrix Segments { get; init; }
    /// <summary>Receives the classifier.</summary>
    public required string Folder { get; init; }
    public required Seed Seed { get; init; }
    public int Threads { get; init; } = 1;
    /// <summary>Passes over the training customers, at most.</summary>
    public int Epochs { get; init; } = 20;
    /// <summary>Training ends then with the best weights so far; null is no limit.</summary>
    public TimeSpan? Budget { get; init; }
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
