using Coterie.Collect;
using Coterie.Evaluation;
using Coterie.Features;
using Coterie.Learning;
using Coterie.Learning.Models;
using Coterie.Learning.Training;
using Coterie.Sequences;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Quality;

/// <summary>A classifier learned from the true personas of a simulated shop: what a classifier of segments can reach at best, what each idea brings, and what each
/// way of adapting an encoder is worth. Runs are named; a run replaces its former line in the results.</summary>
internal static class ClassifierTask
{
    sealed record Shop(List<CustomerSequences> Chunks, SegmentLabels Labels, CustomerFeatures Features);

    /// <summary>One training.</summary>
    /// <param name="Pretrained">Whether it begins with the encoder that learned the shop's histories without labels.</param>
    /// <param name="Labels">Customers whose label is known; 0 is all.</param>
    sealed record Variant(SegmentClassificationOptions Options, bool Features = false, bool Pretrained = false, int Labels = 0);

    // As a shop that begins: many histories, few labels, half of which judge. The first by id; many ids come from visitors without a name and have no label,
    // so that some 1,500 are left of a shop of 6,000.
    const int FewLabels = 2400;

    static readonly TrainingOptions Training = new() { Epochs = 15, Batch = 64, LearningRate = 2e-3, Threads = 1, Patience = 5, TestShare = 0.25 };

    static Dictionary<string, Variant> Variants()
    {
        var options = new SegmentClassificationOptions { Training = Training };
        var few = options with { Encoder = new BehaviourTransformerOptions(), Training = Training with { Epochs = 12, Batch = 32, TestShare = 0.5 } };
        // What starts at zero beside an encoder at rest bears, and needs, a higher rate than the encoder's own numbers.
        var quick = few with { Training = few.Training with { LearningRate = 1e-2 } };
        Variant Adapted(SegmentClassificationOptions by, AdaptationOptions adaptation) => new(by with { Adaptation = adaptation }, Pretrained: true, Labels: FewLabels);
        return new()
        {
            ["transformer"] = new(options with { Encoder = new BehaviourTransformerOptions() }),
            ["transformer, products left out"] = new(options with { Encoder = new BehaviourTransformerOptions(), Without = ["product"] }),
            ["transformer, 128 events"] = new(options with { Encoder = new BehaviourTransformerOptions { Length = 128 } }),
            ["transformer, no prefixes"] = new(options with { Encoder = new BehaviourTransformerOptions(), PrefixShare = 0 }),
            ["transformer, features beside"] = new(options with { Encoder = new BehaviourTransformerOptions() }, Features: true),
            ["cnn"] = new(options),
            ["cnn, no prefixes"] = new(options with { PrefixShare = 0 }),
            ["cnn, products left out"] = new(options with { Without = ["product"] }),
            ["cnn, 30 epochs"] = new(options with { Training = Training with { Epochs = 30, LearningRate = 3e-3 } }),
            ["cnn, features beside"] = new(options, Features: true),
            ["cnn, 128 wide"] = new(options with { Encoder = new BehaviourCnnOptions { Length = 128, Dim = 128 } }),
            ["few labels, from nothing"] = new(few, Labels: FewLabels),
            ["few labels, full"] = Adapted(few, new FullTuning()),
            ["few labels, frozen"] = Adapted(quick, new FrozenEncoder()),
            ["few labels, lora"] = Adapted(quick, new LoraOptions()),
            ["few labels, adalora"] = Adapted(quick, new AdaLoraOptions()),
            ["few labels, bottleneck"] = Adapted(quick, new BottleneckOptions()),
        };
    }

    internal static int Run(string[] args)
    {
        var shop = Load(Arguments.Text(args, "--shop", ""));
        var variants = Variants();
        var chosen = Arguments.Text(args, "--only", string.Join(';', variants.Keys)).Split(';');
        var name = Arguments.Text(args, "--results", "classifier.json");
        SequenceModel? pretrained = null;
        foreach (var run in chosen)
        {
            var variant = variants[run];
            if (variant.Pretrained && pretrained is null)
                pretrained = Pretraining.Fit(shop.Chunks, new() { Training = Training with { Epochs = 4, Batch = 128 } }, new(1)).Model;
            var labels = variant.Labels == 0 ? shop.Labels : shop.Labels with { Weights = [.. Enumerable.Range(0, shop.Labels.Customers.Count).Select(i => i < variant.Labels ? 1.0 : 0)] };
            var fitted = SegmentClassification.Fit(shop.Chunks, labels, variant.Options, new(1), variant.Features ? shop.Features : null, variant.Pretrained ? pretrained : null);
            using var model = fitted.Model;
            Arguments.Merge(name, run, Line(fitted.Report));
        }

        pretrained?.Dispose();
        return 0;
    }

    static object Line(SegmentClassifierReport report) => new
    {
        held_out = report.HeldOut!.Count,
        accuracy = Math.Round(report.HeldOut.Accuracy, 3),
        macro_f1 = Math.Round(report.HeldOut.MacroF1, 3),
        ari = Math.Round(Ari(report.HeldOut.Confusion), 3),
        calibration_error = Math.Round(report.HeldOut.Calibration.ExpectedError, 3),
        log_loss = Math.Round(report.HeldOut.LogLoss, 3),
        by_events = report.ByEvents.ToDictionary(b => b.Events is { } n ? $"{n}" : "all", b => new { accuracy = Math.Round(b.Accuracy.Value, 3), of_whole = Math.Round(b.AccuracyOfWhole, 3), customers = b.Customers }),
        recall = report.HeldOut.PerClass.Select(c => Math.Round(c.Recall, 2)),
        trained_share = Math.Round(report.TrainedShare, 4),
        trained = report.Trained,
        trained_in_encoder = report.TrainedInEncoder,
        stored = report.Stored,
        parameters = report.Parameters,
        ranks = report.Ranks,
        best_epoch = report.Training.BestEpoch,
        epochs = report.Training.Curve.Count,
        seconds = Math.Round(report.Training.Seconds),
    };

    /// <summary>Adjusted Rand index of the predictions with the truth, from their table.</summary>
    static double Ari(int[][] confusion)
    {
        List<int> truth = [], predicted = [];
        for (var t = 0; t < confusion.Length; t++)
        {
            for (var p = 0; p < confusion.Length; p++)
            {
                truth.AddRange(Enumerable.Repeat(t, confusion[t][p]));
                predicted.AddRange(Enumerable.Repeat(p, confusion[t][p]));
            }
        }

        return LabelMetrics.CompareNumbered([.. truth], [.. predicted]).Ari;
    }

    static Shop Load(string folder)
    {
        using var workspace = Workspace.Temporary(new DuckDbOptions());
        var quality = Ingestion.Load(workspace, new CollectOptions { Files = [Path.Combine(folder, "events.csv")], TemporaryDirectory = workspace.TemporaryDirectory },
            null, new Stages(null, default));
        var asOf = quality.LastEvent!.Value;
        var request = new SequenceRequest { AsOf = asOf, Present = quality.Present, HasTimeOfDay = quality.HasTimeOfDay, Segments = 8 };
        var schema = SequenceLearning.Learn(workspace.Warehouse, request, new());
        var chunks = SequenceReader.Read(workspace.Warehouse, request, schema).ToList();
        var truth = File.ReadLines(Path.Combine(folder, "truth.csv")).Skip(1).Select(l => l.Split(',')).ToDictionary(f => f[0], f => f[1], StringComparer.Ordinal);
        var personas = truth.Values.Distinct().Order(StringComparer.Ordinal).ToArray();
        var ids = chunks.SelectMany(c => c.Customers).Distinct().ToArray();
        var labels = SegmentLabels.Of(ids, [.. ids.Select(c => truth.TryGetValue(c, out var p) ? Array.IndexOf(personas, p) : -1)], null, personas.Length);
        var table = FeatureComputation.Compute(workspace.Warehouse, Portraits.Request(quality, asOf));
        var prepared = Preparation.Fit(table, new()).Apply(table);
        return new(chunks, labels, new(prepared.Columns, table.Customers, prepared.Rows));
    }
}
