using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Coterie.Learning.Adaptation;
using Coterie.Learning.Classification;
using Coterie.Learning.Models;
using Coterie.Learning.Training;
using Coterie.Learning.Weights;
using Coterie.Numerics;
using Coterie.Sequences;

namespace Coterie.Learning;

/// <summary>Histories and segments become a classifier.</summary>
public static class SegmentClassification
{
    /// <summary>Fits a classifier to the sequences of the customers that have a label, and judges it on customers that it never saw.</summary>
    /// <param name="sequences">Chunks; sequences of one customer that stand one behind the other count as one.</param>
    /// <param name="labels">Of all or some of the customers, in any order.</param>
    /// <param name="features">Looked at beside the histories; null does without.</param>
    /// <param name="pretrained">The encoder to begin with; it is copied and stays the caller's. Null trains one from nothing.</param>
    /// <param name="folder">Takes checkpoints while it runs and the record afterwards; a killed training goes on from there to the same result. Null keeps nothing.</param>
    /// <exception cref="ConfigurationException">Lists every problem of the options.</exception>
    /// <exception cref="InputException">Nobody has a label, or the sequences are of another catalogue than the encoder.</exception>
    public static FittedSegmentClassifier Fit(
        IReadOnlyList<CustomerSequences> sequences, SegmentLabels labels, SegmentClassificationOptions options, Seed seed, CustomerFeatures? features = null,
        SequenceModel? pretrained = null, string? folder = null, IProgress<TrainingProgress>? progress = null, CancellationToken stop = default)
    {
        using var ready = Prepare(sequences, labels, options, seed, features, pretrained);
        return Fit(ready, options, seed, folder, null, progress, stop);
    }

    /// <summary>A classifier with weights drawn from the seed, and all that it is trained and judged with.</summary>
    internal sealed class Prepared : IDisposable
    {
        public required SequencePool Pool { get; init; }
        public required SegmentLabels Labels { get; init; }
        public required LabelledRow[] Rows { get; init; }
        public required FeatureRows? Side { get; init; }
        public required ClassifierDescription Description { get; init; }
        public required ClassificationModule Trained { get; init; }
        public required ClassificationTask Task { get; init; }
        public required List<string> Findings { get; init; }

        public void Dispose() => Trained.Dispose();
    }

    internal static Prepared Prepare(
        IReadOnlyList<CustomerSequences> sequences, SegmentLabels labels, SegmentClassificationOptions options, Seed seed, CustomerFeatures? features, SequenceModel? pretrained)
    {
        if (sequences.Sum(s => s.Count) == 0) throw new InputException("There are no sequences to learn from; expected customers with events.");
        var fields = sequences[0].Fields;
        string[] problems = [.. options.Problems([.. fields.Select(f => f.Name)], pretrained is not null)];
        if (problems.Length > 0) throw new ConfigurationException(string.Join('\n', problems));
        labels.Validate();
        features?.Validate();
        if (pretrained is not null) FieldsOf.Same(pretrained.Fields, fields, "the encoder");
        var pool = new SequencePool([.. sequences.Select(s => s.Joined())]);
        var findings = new List<string>();
        var rows = Labelled(pool, labels, findings);
        var scale = features is null ? null : Scale(pool, rows, features, findings);
        var description = new ClassifierDescription
        {
            Encoder = pretrained?.Options ?? options.Encoder,
            Fields = [.. fields],
            Adaptation = options.Adaptation,
            Ranks = null,
            Shape = new(labels.Segments, options.Hidden, options.Dropout, scale?.Columns.Count ?? 0, options.Features),
            Scale = scale,
            Without = options.Without,
            Base = options.Adaptation is FullTuning ? null : pretrained!.Checksum,
        };
        var side = scale is null ? null : new FeatureRows(scale, features);
        var module = description.Build(pretrained is null ? null : ModuleWeights.Of(pretrained.Encoder), seed);
        var budget = options.Adaptation is AdaLoraOptions ada ? new RankBudget((LowRankAdapter)module.Adapter!, ada) : null;
        var trained = new ClassificationModule(module, budget);
        var task = new ClassificationTask(pool, trained, labels, rows, side, options, description.HiddenFields, new
        {
            classifier = description, prefixes = options.PrefixShare, unknown = options.UnknownShare,
            data = Checksum(labels, features), encoder = pretrained?.Checksum,
        });
        return new() { Pool = pool, Labels = labels, Rows = rows, Side = side, Description = description, Trained = trained, Task = task, Findings = findings };
    }

    /// <param name="until">As for <see cref="Trainer.Train"/>.</param>
    internal static FittedSegmentClassifier Fit(
        Prepared ready, SegmentClassificationOptions options, Seed seed, string? folder, int? until, IProgress<TrainingProgress>? progress, CancellationToken stop)
    {
        var (module, budget, task, findings) = (ready.Trained.Classifier, ready.Trained.Budget, ready.Task, ready.Findings);
        var counts = Count(module);
        var training = Trainer.Train(task, options.Training, seed, folder, until, progress, stop);
        findings.AddRange(training.Findings);
        var model = Finished(module, budget, ready.Description);
        try
        {
            var judge = new ClassifierJudge(ready.Pool, ready.Labels, ready.Rows, ready.Side, Trainer.Split(task, options.Training, seed), options.Training.Threads, stop);
            var temperature = judge.Temperature(model, findings);
            model = model.At(temperature?.Temperature ?? 1);
            var report = new SegmentClassifierReport
            {
                HeldOut = judge.HeldOut(model, options.Bins, findings),
                ByEvents = judge.ByEvents(model, options.EventsSeen),
                Temperature = temperature,
                Adaptation = ready.Description.Kind,
                Parameters = counts.All,
                Trained = counts.Trained,
                TrainedInEncoder = counts.TrainedInEncoder,
                Stored = model.Stored,
                Ranks = model.Ranks,
                Training = training,
                Findings = findings,
            };
            return new(model, report);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Rows of customers with a label and a weight above 0; weights have mean 1.</summary>
    static LabelledRow[] Labelled(SequencePool pool, SegmentLabels labels, List<string> findings)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < labels.Customers.Count; i++) places[labels.Customers[i]] = i;
        var rows = new List<LabelledRow>();
        var counts = new int[labels.Segments];
        int without = 0, weightless = 0;
        for (var row = 0; row < pool.Count; row++)
        {
            if (!places.Remove(pool.Customer(row), out var place) || labels.Label(place) < 0) without++;
            else if (labels.Weights[place] == 0) weightless++;
            else
            {
                rows.Add(new(row, place, labels.Weights[place]));
                counts[labels.Label(place)]++;
            }
        }

        if (rows.Count == 0)
            throw new InputException($"None of {pool.Count} customers with sequences has a label and a weight above 0"
                + "; expected some. Take labels and sequences from the same run.");
        if (without > 0) findings.Add($"{without} of {pool.Count} customers have no label and were left out of training.");
        if (weightless > 0) findings.Add($"{weightless} of {pool.Count} customers have weight 0 and were left out of training.");
        if (places.Count > 0) findings.Add($"{places.Count} labels belong to customers without sequences and were left out.");
        if (counts.Count(c => c > 0) == 1) findings.Add("All labels are of one segment: every customer will be placed in it.");
        if (counts.Contains(0) && labels.Segments > 1)
            findings.Add($"Nobody is labelled with segment {string.Join(", ", Enumerable.Range(0, counts.Length).Where(k => counts[k] == 0))}: nobody will be placed there.");
        var mean = rows.Average(r => r.Weight);
        return [.. rows.Select(r => r with { Weight = r.Weight / mean })];
    }

    static FeatureScale Scale(SequencePool pool, LabelledRow[] rows, CustomerFeatures features, List<string> findings)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < features.Customers.Count; i++) places[features.Customers[i]] = i;
        var known = rows.Where(r => places.ContainsKey(pool.Customer(r.Row))).Select(r => places[pool.Customer(r.Row)]).ToArray();
        if (known.Length == 0)
            throw new InputException($"None of {rows.Length} customers with sequences and labels has features"
                + "; expected some. Take features and sequences from the same run.");
        if (known.Length < rows.Length)
            findings.Add($"{rows.Length - known.Length} of {rows.Length} customers have no features and were learned from by their histories alone.");
        return FeatureScale.Of(features, known);
    }

    readonly record struct Counts(long All, long Trained, long TrainedInEncoder);

    static Counts Count(ClassifierModule module)
    {
        static long Numbers(TorchSharp.torch.nn.Module? of, bool trained) => of?.parameters().Where(p => !trained || p.requires_grad).Sum(p => p.numel()) ?? 0;
        return new(Numbers(module, false), Numbers(module, true), Numbers(module.Encoder, true) + Numbers(module.Adapter, true));
    }

    /// <summary>The classifier as it would be loaded: pruned ranks are gone.</summary>
    static SegmentClassifier Finished(ClassifierModule module, RankBudget? budget, ClassifierDescription description)
    {
        var tensors = ModuleWeights.Of(module);
        var ranks = module.Adapter?.Ranks;
        if (budget is not null)
        {
            var changes = ((LowRankAdapter)module.Adapter!).Changes;
            var kept = budget.KeptRanks;
            for (var l = 0; l < changes.Count; l++) changes[l].Store(tensors, $"adapter.changes.{l}.", kept[l]);
            ranks = Enumerable.Range(0, changes.Count).ToDictionary(l => changes[l].Layer.Name, l => kept[l].Length);
        }

        return SegmentClassifier.Filled(description with { Ranks = ranks }, tensors, "the trained classifier");
    }

    /// <summary>Of all that is learned from: a checkpoint of other labels must not be gone on from.</summary>
    static string Checksum(SegmentLabels labels, CustomerFeatures? features)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Text(string text) => hash.AppendData(Encoding.UTF8.GetBytes($"{text}\n"));
        foreach (var customer in labels.Customers) Text(customer);
        hash.AppendData(MemoryMarshal.AsBytes<double>([.. labels.Weights]));
        hash.AppendData(MemoryMarshal.AsBytes<float>(labels.Probabilities.Values));
        if (features is not null)
        {
            foreach (var text in features.Columns.Concat(features.Customers)) Text(text);
            hash.AppendData(MemoryMarshal.AsBytes<float>(features.Values.Values));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
