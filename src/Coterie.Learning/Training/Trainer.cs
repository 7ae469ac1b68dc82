using System.Diagnostics;
using System.Runtime.InteropServices;
using Coterie.Learning.Weights;
using Coterie.Numerics;
using static TorchSharp.torch;

namespace Coterie.Learning.Training;

/// <summary>Trains any task: AdamW, warm-up and cosine, clipped gradients, early stopping with the best weights kept, checkpoints to go on from.</summary>
sealed class Trainer : IDisposable
{
    // Numbers of the streams of the seed.
    const ulong SplitStream = 1, OrderStream = 2, StepStream = 3, JudgeStream = 4;
    const string Weight = "weight/", Best = "best/";

    readonly TrainingTask task;
    readonly TrainingOptions options;
    readonly Seed seed;
    readonly string? folder;
    readonly CustomerSplit split;
    readonly AdamW optimiser;
    readonly TrainingState state;
    SortedDictionary<string, StoredTensor> best = [];

    Trainer(TrainingTask task, TrainingOptions options, Seed seed, string? folder)
    {
        this.task = task;
        this.options = options;
        this.seed = seed;
        this.folder = folder;
        split = Split(task, options, seed);
        if (split.Training.Length == 0)
            throw new InputException($"{task.Name}: none of {task.Rows} customers is left to train on; expected more customers, or smaller shares of validation and test.");
        optimiser = new(task.Module, options.WeightDecay);
        state = new() { Run = TrainingRecord.Identity(task, options, seed), AtOnce = options.Batch };
    }

    /// <summary>Who is trained on and who is not.</summary>
    public static CustomerSplit Split(TrainingTask task, TrainingOptions options, Seed seed) =>
        CustomerSplit.Of(task, options.ValidationShare, options.TestShare, seed.Child(SplitStream));

    /// <summary>Trains the task's module in place; it ends with the best weights.</summary>
    /// <param name="folder">Takes checkpoints, the record and TensorBoard's files; null keeps nothing. A checkpoint of the same run in it is gone on from.</param>
    /// <param name="until">Ends after so many of the epochs, on their schedule, and leaves the checkpoint; null: after all of them.</param>
    /// <exception cref="OperationCanceledException">Stopped; a checkpoint was written first.</exception>
    public static TrainingResult Train(
        TrainingTask task, TrainingOptions options, Seed seed, string? folder = null, int? until = null, IProgress<TrainingProgress>? progress = null, CancellationToken stop = default)
    {
        using var trainer = Ready(task, options, seed, folder);
        return trainer.Finish(trainer.Go(until ?? options.Epochs, progress, stop), leave: until is not null);
    }

    /// <summary>Trains up to the end of so many of the epochs and rests there: the next call goes on from the folder's checkpoint as if there had been no rest.
    /// A stop is a rest too.</summary>
    public static TrainingStanding Advance(
        TrainingTask task, TrainingOptions options, Seed seed, string folder, int until, IProgress<TrainingProgress>? progress = null, CancellationToken stop = default)
    {
        using var trainer = Ready(task, options, seed, folder);
        try
        {
            var ended = trainer.Go(until, progress, stop);
            return trainer.Standing(ended, stopped: false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return trainer.Standing("stopped", stopped: true);
        }
    }

    static Trainer Ready(TrainingTask task, TrainingOptions options, Seed seed, string? folder)
    {
        var problems = options.Problems().ToArray();
        if (problems.Length > 0) throw new ConfigurationException(string.Join('\n', problems));
        set_num_threads(options.Threads > 0 ? options.Threads : Environment.ProcessorCount);
        return new(task, options, seed, folder);
    }

    TrainingStanding Standing(string ended, bool stopped) => new([.. state.Curve], ended, stopped, state.Seconds, [.. state.Findings]);

    /// <summary>Steps up to the end of an epoch; why it ended.</summary>
    string Go(int until, IProgress<TrainingProgress>? progress, CancellationToken stop)
    {
        until = Math.Min(until, options.Epochs);
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            Resume(folder);
        }

        var steps = options.Epochs * ((split.Training.Length + options.Batch - 1) / options.Batch);
        var before = state.Seconds;
        var doneBefore = state.Step;
        var clock = Stopwatch.StartNew();
        var ended = until < options.Epochs ? $"{until} of {options.Epochs} epochs" : $"all {options.Epochs} epochs";
        // A run that was stopped after its last epoch has nothing left to do.
        var over = state.Epoch >= until || OutOfPatience();
        if (over && state.Epoch < options.Epochs && OutOfPatience()) ended = Patience();
        while (!over)
        {
            var batches = LengthBuckets.Shuffled(split.Training, task.Length, options.Batch, seed.Child(OrderStream).Stream((ulong)state.Epoch));
            for (; state.Batch < batches.Length && !over; state.Batch++)
            {
                if (stop.IsCancellationRequested)
                {
                    Save();
                    stop.ThrowIfCancellationRequested();
                }

                state.LossSum += Step(batches[state.Batch], steps);
                state.Step++;
                state.Seconds = before + clock.Elapsed.TotalSeconds;
                if (options.TimeBudget is { } budget && state.Seconds > budget.TotalSeconds) over = true;
                else if (state.Step % options.CheckpointSteps == 0)
                {
                    state.Batch++;
                    Save();
                    state.Batch--;
                }

                progress?.Report(new(state.Epoch + 1, options.Epochs, state.Step, steps, state.LossSum / (state.Batch + 1), state.Curve.Count > 0 ? state.Curve[^1].Validation : null,
                    TimeSpan.FromSeconds(clock.Elapsed.TotalSeconds / (state.Step - doneBefore) * (steps - state.Step))));
            }

            if (over) ended = $"the time budget of {options.TimeBudget!.Value.TotalSeconds:0} s, {state.Step} of {steps} steps";
            Judge(steps, over || state.Epoch + 1 >= options.Epochs);
            if (over) break;
            if (OutOfPatience())
            {
                ended = Patience();
                over = true;
            }
            else over = state.Epoch >= until;
            Save();
        }

        return ended;
    }

    bool OutOfPatience() => options.Patience > 0 && split.Validation.Length > 0 && state.BestEpoch > 0 && state.Epoch - state.BestEpoch >= options.Patience;

    string Patience() => $"no better validation loss for {options.Patience} epochs";

    /// <summary>One step of the optimiser; the mean loss of the batch.</summary>
    double Step(int[] rows, int steps)
    {
        task.Module.train();
        var rate = Schedule.Rate(state.Step, steps, options.LearningRate, options.WarmUp, options.Floor);
        var loss = WithMemory(rows, (part, number) =>
        {
            var child = seed.Child(StepStream).Child((ulong)state.Step).Child((ulong)number);
            // Dropout draws from libtorch's own generator.
            manual_seed((long)(child.Value >> 1));
            using var scope = NewDisposeScope();
            using var value = task.Loss(part, child, state.Parts);
            value.Times((double)part.Length / rows.Length).backward();
            return value.item<float>() * part.Length;
        }, optimiser.ZeroGradients) / rows.Length;
        var length = optimiser.Clip(options.Clip);
        if (!double.IsFinite(loss) || !double.IsFinite(length))
            throw new InputException($"{task.Name}: the loss is {loss} and the gradient's length {length} at step {state.Step + 1}; expected finite numbers. Lower the learning rate, {options.LearningRate}.");
        optimiser.Step(rate);
        task.AfterStep(state.Step, steps);
        return loss;
    }

    /// <summary>Mean loss over rows that are not trained on, with the same random choices every time.</summary>
    double Evaluate(int[] rows, LossParts into)
    {
        task.Module.eval();
        using var still = no_grad();
        double sum = 0;
        var batches = LengthBuckets.Sorted(rows, task.Length, options.Batch);
        for (var b = 0; b < batches.Length; b++)
        {
            var of = seed.Child(JudgeStream).Child((ulong)b);
            sum += WithMemory(batches[b], (part, number) =>
            {
                using var scope = NewDisposeScope();
                return task.Loss(part, of.Child((ulong)number), into).item<float>() * part.Length;
            }, () => { });
        }

        return sum / rows.Length;
    }

    /// <summary>Sums over the parts of a batch; where memory runs out the parts are halved, from here on, and that is a finding.</summary>
    double WithMemory(int[] rows, Func<int[], int, double> of, Action restart)
    {
        while (true)
        {
            restart();
            try
            {
                double sum = 0;
                var number = 0;
                foreach (var part in rows.Chunk(state.AtOnce)) sum += of(part, number++);
                return sum;
            }
            catch (Exception e) when (IsOutOfMemory(e))
            {
                var tried = Math.Min(state.AtOnce, rows.Length);
                if (tried <= 1) throw new InputException($"{task.Name}: memory does not suffice for a single customer; expected a smaller model or a shorter length.", e);
                state.AtOnce = tried / 2;
                state.Findings.Add($"No memory for {tried} customers at once: {state.AtOnce} at once from step {state.Step + 1} on.");
            }
        }
    }

    // libtorch says so in words: "can't allocate memory" (processor), "CUDA out of memory".
    static bool IsOutOfMemory(Exception e) => e is OutOfMemoryException
        || (e is ExternalException && (e.Message.Contains("allocate memory", StringComparison.OrdinalIgnoreCase) || e.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase)));

    void Judge(int steps, bool last)
    {
        var mayKeep = task.MayKeep(state.Step, steps);
        if (last && !mayKeep && best.Count == 0)
        {
            task.EndEarly();
            mayKeep = true;
        }

        var mean = state.LossSum / Math.Max(1, state.Batch);
        double? validation = null;
        var judged = state.Parts;
        if (split.Validation.Length > 0) validation = Evaluate(split.Validation, judged = new());
        if (validation is { } v && !double.IsFinite(v))
            throw new InputException($"{task.Name}: the validation loss is {v} after epoch {state.Epoch + 1}; expected a finite number. Lower the learning rate, {options.LearningRate}.");
        state.Epoch++;
        state.Curve.Add(new(state.Epoch, state.Step, Schedule.Rate(Math.Max(0, state.Step - 1), steps, options.LearningRate, options.WarmUp, options.Floor), mean, validation, judged.Means()));
        if ((validation ?? mean) is var loss && mayKeep && loss < state.BestLoss)
        {
            state.BestLoss = loss;
            state.BestEpoch = state.Epoch;
            best = ModuleWeights.Of(task.Module);
        }

        state.Batch = 0;
        state.LossSum = 0;
        state.Parts = new();
        if (folder is not null) TrainingRecord.Scalars(folder, state.Curve[^1]);
    }

    void Save()
    {
        if (folder is null) return;
        var tensors = new SortedDictionary<string, StoredTensor>(StringComparer.Ordinal);
        foreach (var (name, tensor) in ModuleWeights.Of(task.Module)) tensors[Weight + name] = tensor;
        foreach (var (name, tensor) in best) tensors[Best + name] = tensor;
        optimiser.Store(tensors);
        Checkpoint.Save(folder, state, tensors);
    }

    void Resume(string from)
    {
        if (Checkpoint.Load(from, state.Run, out var tensors) is not { } saved) return;
        ModuleWeights.Fill(task.Module, Under(tensors, Weight), saved.File);
        best = Under(tensors, Best);
        optimiser.Restore(tensors, saved.Step);
        (state.Epoch, state.Batch, state.Step, state.AtOnce, state.LossSum, state.Parts) = (saved.Epoch, saved.Batch, saved.Step, saved.AtOnce, saved.LossSum, saved.Parts);
        (state.BestEpoch, state.BestLoss, state.Curve, state.Findings, state.Seconds) = (saved.BestEpoch, saved.BestLoss, saved.Curve, saved.Findings, saved.Seconds);
        (state.File, state.Sha256) = (saved.File, saved.Sha256);
    }

    static SortedDictionary<string, StoredTensor> Under(SortedDictionary<string, StoredTensor> all, string prefix) => new(
        all.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(t => t.Key[prefix.Length..], t => t.Value), StringComparer.Ordinal);

    TrainingResult Finish(string ended, bool leave)
    {
        if (best.Count == 0)
        {
            // Halted before the model that is pruned while it is trained was down to its size.
            task.EndEarly();
            best = ModuleWeights.Of(task.Module);
            state.BestEpoch = state.Epoch;
            state.BestLoss = split.Validation.Length > 0 ? Evaluate(split.Validation, new()) : state.Curve[^1].Loss;
        }

        ModuleWeights.Fill(task.Module, best, task.Name);
        var result = new TrainingResult
        {
            Curve = state.Curve,
            BestEpoch = state.BestEpoch,
            BestLoss = state.BestLoss,
            TestLoss = split.Test.Length > 0 ? Evaluate(split.Test, new()) : null,
            Steps = state.Step,
            Parameters = task.Module.parameters().Where(p => p.requires_grad).Sum(p => p.numel()),
            TrainingRows = split.Training.Length,
            ValidationRows = split.Validation.Length,
            TestRows = split.Test.Length,
            Ended = ended,
            Findings = state.Findings,
            Seconds = state.Seconds,
        };
        task.Module.eval();
        if (folder is null) return result;
        TrainingRecord.Write(folder, task, options, seed, result);
        if (!leave) Checkpoint.Remove(folder, state);
        return result;
    }

    public void Dispose() => optimiser.Dispose();
}
