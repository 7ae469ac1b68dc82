using Coterie.Learning.Models;
using Coterie.Learning.Training;
using Coterie.Numerics;

namespace Coterie.Learning;

/// <summary>What a search may change. An empty list leaves the setting as the start has it; of a list each value is as likely as the others.</summary>
public sealed record SearchSpace
{
    /// <summary>The highest learning rate is drawn between these, evenly on a logarithmic scale; equal, they fix it.</summary>
    public double LearningRateLeast { get; init; } = 3e-4;
    public double LearningRateMost { get; init; } = 1e-2;
    public IReadOnlyList<int> Batches { get; init; } = [];
    public IReadOnlyList<double> WeightDecays { get; init; } = [];

    /// <summary>Numbers for each event; a Transformer's feed-forward width keeps its ratio to them.</summary>
    public IReadOnlyList<int> Dims { get; init; } = [];
    /// <summary>Blocks of a Transformer, layers of a CNN.</summary>
    public IReadOnlyList<int> Blocks { get; init; } = [];
    /// <summary>Dropout of the encoder.</summary>
    public IReadOnlyList<double> Dropouts { get; init; } = [];

    /// <summary>Weights of the objectives; for pretraining only.</summary>
    public IReadOnlyList<double> Masked { get; init; } = [];
    public IReadOnlyList<double> Contrastive { get; init; } = [];
    public IReadOnlyList<double> Next { get; init; } = [];

    /// <summary>Width of the layer between embedding and segments, and the dropout around it; for classification only.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [];
    public IReadOnlyList<double> HeadDropouts { get; init; } = [];

    /// <summary>Settings drawn for a number: the same whatever else is drawn, and a list that is added changes no other setting.</summary>
    internal TrialSettings Draw(Seed seed, int number)
    {
        var rng = seed.Stream((ulong)number);
        // Every setting takes its number, whether it may change or not.
        T? Of<T>(IReadOnlyList<T> choices) where T : struct
        {
            var at = rng.NextDouble();
            return choices.Count == 0 ? null : choices[Math.Min(choices.Count - 1, (int)(at * choices.Count))];
        }

        var rate = rng.NextDouble();
        return new()
        {
            LearningRate = LearningRateLeast == LearningRateMost ? LearningRateLeast : Math.Exp(Math.Log(LearningRateLeast) + rate * Math.Log(LearningRateMost / LearningRateLeast)),
            Batch = Of(Batches),
            WeightDecay = Of(WeightDecays),
            Dim = Of(Dims),
            Blocks = Of(Blocks),
            Dropout = Of(Dropouts),
            Masked = Of(Masked),
            Contrastive = Of(Contrastive),
            Next = Of(Next),
            Hidden = Of(Hidden),
            HeadDropout = Of(HeadDropouts),
        };
    }
}

/// <summary>What a trial changes of the start; null leaves a setting as it is there.</summary>
public sealed record TrialSettings
{
    public double? LearningRate { get; init; }
    public int? Batch { get; init; }
    public double? WeightDecay { get; init; }
    public int? Dim { get; init; }
    public int? Blocks { get; init; }
    public double? Dropout { get; init; }
    public double? Masked { get; init; }
    public double? Contrastive { get; init; }
    public double? Next { get; init; }
    public int? Hidden { get; init; }
    public double? HeadDropout { get; init; }

    /// <summary>The start with the changes of this trial.</summary>
    public PretrainingOptions Of(PretrainingOptions start) => start with
    {
        Encoder = Of(start.Encoder),
        Training = Of(start.Training),
        Objectives = start.Objectives with
        {
            Masked = Masked ?? start.Objectives.Masked,
            Contrastive = Contrastive ?? start.Objectives.Contrastive,
            Next = Next ?? start.Objectives.Next,
        },
    };

    /// <summary>The start with the changes of this trial.</summary>
    public SegmentClassificationOptions Of(SegmentClassificationOptions start) => start with
    {
        Encoder = Of(start.Encoder),
        Training = Of(start.Training),
        Hidden = Hidden ?? start.Hidden,
        Dropout = HeadDropout ?? start.Dropout,
    };

    internal TrainingOptions Of(TrainingOptions start) => start with
    {
        LearningRate = LearningRate ?? start.LearningRate,
        Batch = Batch ?? start.Batch,
        WeightDecay = WeightDecay ?? start.WeightDecay,
    };

    internal EncoderOptions Of(EncoderOptions start)
    {
        var sized = start with { Dim = Dim ?? start.Dim, Dropout = Dropout ?? start.Dropout };
        return sized switch
        {
            BehaviourTransformerOptions t => t with
            {
                Blocks = Blocks ?? t.Blocks,
                FeedForward = Dim is { } dim ? Math.Max(1, (int)Math.Round((double)t.FeedForward * dim / Math.Max(1, start.Dim))) : t.FeedForward,
            },
            BehaviourCnnOptions c => c with { Layers = Blocks ?? c.Layers },
            _ => sized,
        };
    }
}
