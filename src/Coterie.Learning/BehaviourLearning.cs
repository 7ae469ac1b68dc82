using Coterie.Evaluation;
using Coterie.Learning.Models;
using Coterie.Learning.Training;
using Coterie.Numerics;

namespace Coterie.Learning;

/// <summary>The networks of this package as the main job uses them: <c>Segmentation.Run(options with { Learner = BehaviourLearning.Learner() })</c>.</summary>
public static class BehaviourLearning
{
    /// <summary>A Transformer of two blocks over the newest 64 events for the embeddings. The classifier begins from a given encoder; with none it is filters over
    /// 128 events, which learn segments faster and no worse (docs/methods/segment-classifier.md).</summary>
    public static BehaviourLearner Learner() => new() { Pretrain = Pretrain, Embed = Embed, Classify = Classify, Place = Place };

    static LearningRun Pretrain(EncoderRequest request)
    {
        var encoder = new BehaviourTransformerOptions();
        var options = new PretrainingOptions { Encoder = encoder, Training = Training(request.Epochs, request.Budget, request.Threads) };
        var pretrained = Pretraining.Fit(request.Histories, options, request.Seed, progress: Said(request.Say, "the encoder"), stop: request.Stop);
        using var model = pretrained.Model;
        model.Save(request.Folder);
        return Run("encoder", Words(encoder), pretrained.Training);
    }

    static Matrix Embed(string folder, IEnumerable<Sequences.CustomerSequences> histories, int threads)
    {
        using var model = SequenceModel.Load(folder);
        return model.Embed(histories, threads).Values;
    }

    static LearnedClassifier Classify(ClassifierRequest request)
    {
        var options = new SegmentClassificationOptions { Training = Training(request.Epochs, request.Budget, request.Threads) };
        using var pretrained = request.Encoder is { } folder ? SequenceModel.Load(folder) : null;
        var labels = new int[request.Customers.Length];
        var sure = new double[labels.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            var row = request.Segments.Row(i);
            for (var k = 1; k < row.Length; k++)
                if (row[k] > row[labels[i]]) labels[i] = k;
            sure[i] = row[labels[i]];
        }

        var fitted = SegmentClassification.Fit(request.Histories, SegmentLabels.Of(request.Customers, labels, sure, request.Segments.Columns),
            options, request.Seed, pretrained: pretrained, progress: Said(request.Say, "the classifier"), stop: request.Stop);
        using var model = fitted.Model;
        model.Save(request.Folder);
        var heldOut = fitted.Report.HeldOut ?? throw new InputException("Too few customers to hold some out for the classifier's test.");
        return new(Run("classifier", Words(pretrained?.Options ?? options.Encoder), fitted.Report.Training), heldOut, fitted.Report.ByEvents);
    }

    static Matrix Place(string folder, IEnumerable<Sequences.CustomerSequences> histories, int threads)
    {
        using var model = SegmentClassifier.Load(folder);
        return model.Place(histories, threads: threads).Probabilities;
    }

    static TrainingOptions Training(int epochs, TimeSpan? budget, int threads) => new() { Epochs = epochs, Batch = 64, TimeBudget = budget, Threads = threads };

    static string Words(EncoderOptions o) => (o is BehaviourTransformerOptions t ? $"Transformer, {t.Blocks} blocks of {t.Heads} heads" : "1-D CNN")
        + $", {o.Dim} numbers an event, newest {o.Length} events";

    static LearningRun Run(string what, string model, TrainingResult result) => new()
    {
        What = what,
        Model = model,
        Parameters = result.Parameters,
        Steps = result.Steps,
        TrainingCustomers = result.TrainingRows,
        ValidationCustomers = result.ValidationRows,
        TestCustomers = result.TestRows,
        Curve = [.. result.Curve.Select(e => new LearningEpoch(e.Epoch, e.Loss, e.Validation))],
        BestEpoch = result.BestEpoch,
        TestLoss = result.TestLoss,
        Ended = result.Ended,
        Seconds = result.Seconds,
        Findings = result.Findings,
    };

    static Saying? Said(Action<string>? say, string what) => say is null ? null : new(say, what);

    sealed class Saying(Action<string> say, string what) : IProgress<TrainingProgress>
    {
        int epoch;

        public void Report(TrainingProgress value)
        {
            if (value.Epoch == epoch) return;
            epoch = value.Epoch;
            var validation = value.Validation is { } v ? $", validation loss {v:0.000}" : "";
            say($"{what} learns: epoch {value.Epoch} of {value.Epochs}{validation}, {value.Left.TotalSeconds:0} s left at most");
        }
    }
}
