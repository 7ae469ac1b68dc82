using Coterie.Learning.Models;
using Coterie.Learning.Objectives;
using Coterie.Learning.Training;
using Coterie.Numerics;
using Coterie.Sequences;

namespace Coterie.Learning;

/// <summary>Learns an encoder from histories without labels.</summary>
public sealed record PretrainingOptions
{
    public EncoderOptions Encoder { get; init; } = new BehaviourTransformerOptions();
    public ObjectiveOptions Objectives { get; init; } = new();
    public TrainingOptions Training { get; init; } = new();
}

/// <summary>A trained encoder and how its training went. Dispose of the model.</summary>
public sealed record Pretrained(SequenceModel Model, TrainingResult Training);

/// <summary>Self-supervised training: histories, options and a seed become an encoder.</summary>
public static class Pretraining
{
    /// <summary>Fits an encoder to the sequences, which may come in chunks.</summary>
    /// <param name="folder">Takes checkpoints while it runs and the record afterwards; a killed training goes on from there to the same result. Null keeps nothing.</param>
    /// <exception cref="ConfigurationException">Lists every problem of the options.</exception>
    /// <exception cref="InputException">There is nothing to train on.</exception>
    public static Pretrained Fit(
        IReadOnlyList<CustomerSequences> sequences, PretrainingOptions options, Seed seed, string? folder = null, IProgress<TrainingProgress>? progress = null, CancellationToken stop = default) =>
        Fit(sequences, options, seed, folder, null, progress, stop);

    /// <param name="until">As for <see cref="Trainer.Train"/>.</param>
    internal static Pretrained Fit(
        IReadOnlyList<CustomerSequences> sequences, PretrainingOptions options, Seed seed, string? folder, int? until, IProgress<TrainingProgress>? progress, CancellationToken stop)
    {
        if (sequences.Sum(s => s.Count) == 0) throw new InputException("There are no sequences to learn from; expected customers with events.");
        var names = sequences[0].Fields.Select(f => f.Name).ToArray();
        string[] problems = [.. options.Encoder.Problems(), .. options.Objectives.Problems(names), .. options.Training.Problems()];
        if (problems.Length > 0) throw new ConfigurationException(string.Join('\n', problems));
        var pool = new SequencePool(sequences);
        var module = PretrainingTask.Create(pool, options.Encoder, options.Objectives, seed.Child(0));
        try
        {
            var task = new PretrainingTask(pool, module, options.Encoder, options.Objectives);
            var result = Trainer.Train(task, options.Training, seed, folder, until, progress, stop);
            module.Heads?.Dispose();
            return new(new SequenceModel(module.Encoder, options.Encoder), result);
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    /// <summary>A stretch of the training that <see cref="Fit(IReadOnlyList{CustomerSequences}, PretrainingOptions, Seed, string?, IProgress{TrainingProgress}?, CancellationToken)"/> makes in one piece. Options are validated.</summary>
    internal static TrainingStanding Advance(
        SequencePool pool, PretrainingOptions options, Seed seed, string folder, int until, IProgress<TrainingProgress>? progress, CancellationToken stop)
    {
        using var module = PretrainingTask.Create(pool, options.Encoder, options.Objectives, seed.Child(0));
        return Trainer.Advance(new PretrainingTask(pool, module, options.Encoder, options.Objectives), options.Training, seed, folder, until, progress, stop);
    }
}
