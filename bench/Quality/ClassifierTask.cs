using Coterie.Collect;
using Coterie.Evaluation;
using Coterie.Features;
using Coterie.Learning;
using Coterie.Learning.Models;
using Coterie.Learning.Training;
using Coterie.Numerics;
using Coterie.Sequences;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Quality;

/// <summary>The classifier learned from the true personas of a simulated shop: what a classifier of the fused segments could reach at best, and what each way of
/// adapting an encoder is worth.</summary>
internal static class ClassifierTask
{
    internal sealed record Shop(List<CustomerSequences> Chunks, SegmentLabels Labels, string[] Personas, CustomerFeatures Features);

    internal static int Run(string[] args)
    {
        var shop = Load(Arguments.Text(args, "--shop", ""), int.Parse(Arguments.Text(args, "--most", "512")));
        var tries = Arguments.Text(args, "--tries", "default").Split(';');
        foreach (var t in tries)
        {
            var s = t.Split(',').Select(p => p.Split('=')).ToDictionary(p => p[0], p => p.Length > 1 ? p[1] : "1");
            double D(string n, double o) => s.TryGetValue(n, out var v) ? double.Parse(v) : o;
            int I(string n, int o) => (int)D(n, o);
            var dim = I("dim", 64);
            EncoderOptions enc = s.ContainsKey("cnn")
                ? new BehaviourCnnOptions { Dim = dim, Length = I("len", 64), Layers = I("layers", 3), Kernel = I("kernel", 5), Dropout = D("edrop", 0.1) }
                : new BehaviourTransformerOptions { Dim = dim, Length = I("len", 64), Blocks = I("blocks", 2), Heads = I("heads", 4), FeedForward = I("ff", 4 * dim), Dropout = D("edrop", 0.1), Pooling = (Pooling)I("pool", 0) };
            var options = new SegmentClassificationOptions
            {
                Encoder = enc, Hidden = I("hidden", 64), Dropout = D("drop", 0.2), PrefixShare = D("prefix", 0.5), UnknownShare = D("unknown", 0.05),
                Without = s.TryGetValue("without", out var w) ? w.Split('+') : [],
                Training = new TrainingOptions { Epochs = I("epochs", 15), Batch = I("batch", 64), LearningRate = D("lr", 2e-3), WeightDecay = D("wd", 0.01), Threads = 1, Patience = I("patience", 5), TestShare = 0.25 },
            };
            var fit = SegmentClassification.Fit(shop.Chunks, shop.Labels, options, new((ulong)I("seed", 1)), s.ContainsKey("features") ? shop.Features : null);
            using var model = fit.Model;
            var r = fit.Report;
            Console.WriteLine($"{t}: acc {r.HeldOut!.Accuracy:0.000} f1 {r.HeldOut.MacroF1:0.000} ari {Ari(r.HeldOut.Confusion):0.000} ece {r.HeldOut.Calibration.ExpectedError:0.000} nll {r.HeldOut.LogLoss:0.000} T {model.Temperature:0.00} | {string.Join(" ", r.ByEvents.Select(b => $"{b.Events}:{b.Accuracy.Value:0.000}({b.AccuracyOfWhole:0.000},{b.Customers})"))} | best {r.Training.BestEpoch}/{r.Training.Curve.Count} {r.Training.Seconds:0} s, train {r.Training.Curve[r.Training.BestEpoch - 1].Loss:0.000} val {r.Training.BestLoss:0.000}");
        }

        return 0;
    }

    static double Ari(int[][] confusion)
    {
        List<int> a = [], b = [];
        for (var i = 0; i < confusion.Length; i++)
            for (var j = 0; j < confusion.Length; j++)
                for (var n = 0; n < confusion[i][j]; n++) { a.Add(i); b.Add(j); }
        return LabelMetrics.CompareNumbered([.. a], [.. b]).Ari;
    }

    internal static Shop Load(string folder, int most)
    {
        using var workspace = Workspace.Temporary(new DuckDbOptions());
        var quality = Ingestion.Load(workspace, new CollectOptions { Files = [Path.Combine(folder, "events.csv")], TemporaryDirectory = workspace.TemporaryDirectory },
            null, new Stages(null, default));
        var request = new SequenceRequest { AsOf = quality.LastEvent!.Value, Present = quality.Present, HasTimeOfDay = quality.HasTimeOfDay, Segments = most / 64 };
        var schema = SequenceLearning.Learn(workspace.Warehouse, request, new());
        var chunks = SequenceReader.Read(workspace.Warehouse, request, schema).Select(c => c.Joined()).ToList();
        var truth = File.ReadLines(Path.Combine(folder, "truth.csv")).Skip(1).Select(l => l.Split(',')).ToDictionary(f => f[0], f => f[1], StringComparer.Ordinal);
        var personas = truth.Values.Distinct().Order(StringComparer.Ordinal).ToArray();
        var ids = chunks.SelectMany(c => c.Customers).ToArray();
        var labels = SegmentLabels.Of(ids, [.. ids.Select(c => truth.TryGetValue(c, out var p) ? Array.IndexOf(personas, p) : -1)], null, personas.Length);
        var table = FeatureComputation.Compute(workspace.Warehouse, Portraits.Request(quality, quality.LastEvent!.Value));
        var prepared = Preparation.Fit(table, new()).Apply(table);
        return new(chunks, labels, personas, new(prepared.Columns, table.Customers, prepared.Rows));
    }
}
