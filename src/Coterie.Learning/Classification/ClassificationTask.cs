using Coterie.Learning.Adaptation;
using Coterie.Learning.Models;
using Coterie.Learning.Training;
using Coterie.Numerics;
using static TorchSharp.torch;

namespace Coterie.Learning.Classification;

/// <summary>A labelled customer.</summary>
/// <param name="Row">Of the pool.</param>
/// <param name="Label">Row of the labels.</param>
/// <param name="Weight">Mean 1 over all of them.</param>
readonly record struct LabelledRow(int Row, int Label, double Weight);

/// <summary>A classifier and what is needed beside it while it is trained.</summary>
sealed class ClassificationModule : nn.Module
{
    public readonly ClassifierModule Classifier;
    public readonly RankBudget? Budget;

    public ClassificationModule(ClassifierModule classifier, RankBudget? budget) : base(nameof(ClassificationModule))
    {
        Classifier = classifier;
        Budget = budget;
        register_module("classifier", classifier);
        if (budget is not null) register_module("budget", budget);
    }
}

/// <summary>Learns segments of customers by cross-entropy, each customer with a weight of their own.</summary>
sealed class ClassificationTask(
    SequencePool pool, ClassificationModule module, SegmentLabels labels, LabelledRow[] rows, FeatureRows? features,
    SegmentClassificationOptions options, int[] hidden, object description) : TrainingTask
{
    // Numbers of the streams of a step's seed.
    const ulong PrefixStream = 1, UnknownStream = 2;

    ClassifierModule Classifier => module.Classifier;
    public override string Name => "classification";
    public override nn.Module Module => module;
    public override int Rows => rows.Length;
    public override string Customer(int row) => pool.Customer(rows[row].Row);
    public override int Length(int row) => Math.Min(pool.Whole(rows[row].Row).Length, Classifier.Encoder.Length);
    public override object Options => description;

    public override Tensor Loss(ReadOnlySpan<int> chosen, Seed seed, LossParts parts)
    {
        using var scope = NewDisposeScope();
        var training = module.training;
        var spans = new EventSpan[chosen.Length];
        var targets = new float[chosen.Length * labels.Segments];
        var side = features is null ? null : new float[chosen.Length * features.Width];
        var prefixes = seed.Stream(PrefixStream);
        for (var i = 0; i < chosen.Length; i++)
        {
            var row = rows[chosen[i]];
            spans[i] = pool.Whole(row.Row);
            var beginning = training && prefixes.NextDouble() < options.PrefixShare;
            if (beginning) spans[i] = Beginning(spans[i], prefixes);
            var weight = (float)row.Weight;
            var probabilities = labels.Probabilities.Row(row.Label);
            for (var k = 0; k < probabilities.Length; k++) targets[i * probabilities.Length + k] = weight * probabilities[k];
            // Features know the whole history.
            if (!beginning) features?.Fill(pool.Customer(row.Row), side.AsSpan(i * features.Width, features.Width));
        }

        var batch = new SequenceBatch(pool, spans, Classifier.Encoder.Table, Classifier.Encoder.Length);
        HistoryFields.Hide(batch, Classifier.Encoder.Table, hidden);
        if (training) HistoryFields.Forget(batch, Classifier.Encoder.Table, options.UnknownShare, seed.Stream(UnknownStream));
        var log = nn.functional.log_softmax(Classifier.Logits(batch, side), 1);        // B x K
        var loss = (log * tensor(targets, [chosen.Length, labels.Segments], device: log.device)).sum().neg().Over(chosen.Length);
        parts.Add("cross_entropy", loss.item<float>(), chosen.Length);
        if (!training) Count(log, chosen, parts);
        if (training && module.Budget?.Penalty() is { } penalty) loss = loss.Plus(penalty);
        return loss.MoveToOuterDisposeScope();
    }

    void Count(Tensor log, ReadOnlySpan<int> chosen, LossParts parts)
    {
        var scores = log.cpu().data<float>().ToArray();
        for (var i = 0; i < chosen.Length; i++)
        {
            var row = scores.AsSpan(i * labels.Segments, labels.Segments);
            var placed = 0;
            for (var k = 1; k < row.Length; k++)
                if (row[k] > row[placed]) placed = k;
            parts.Place(labels.Label(rows[chosen[i]].Label), placed, labels.Segments);
        }
    }

    /// <summary>The first events, 1 to all, few as likely as many on a logarithmic scale.</summary>
    internal static EventSpan Beginning(EventSpan whole, Rng rng)
    {
        if (whole.Length < 2) return whole;
        var events = (int)Math.Exp(rng.NextDouble() * Math.Log(whole.Length + 1));
        return whole with { End = whole.Begin + Math.Clamp(events, 1, whole.Length) };
    }

    public override void AfterStep(int step, int steps) => module.Budget?.AfterStep(step, steps);
    public override bool MayKeep(int step, int steps) => module.Budget?.Settled(step, steps) ?? true;
    public override void EndEarly() => module.Budget?.PruneToTheEnd();
}
