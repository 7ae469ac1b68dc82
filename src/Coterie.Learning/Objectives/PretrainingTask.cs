using Coterie.Learning.Models;
using Coterie.Learning.Training;
using Coterie.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Coterie.Learning.Objectives;

/// <summary>An encoder and the heads that its objectives need.</summary>
sealed class PretrainingModule : nn.Module
{
    public readonly SequenceEncoder Encoder;
    public readonly FieldHeads? Heads;

    public PretrainingModule(SequenceEncoder encoder, FieldHeads? heads) : base(nameof(PretrainingModule))
    {
        Encoder = encoder;
        Heads = heads;
        register_module("encoder", encoder);
        if (heads is not null) register_module("heads", heads);
    }
}

/// <summary>Learning from histories without labels: the weighted sum of the chosen objectives.</summary>
sealed class PretrainingTask : TrainingTask
{
    readonly SequencePool pool;
    readonly ObjectiveOptions objectives;
    readonly EncoderOptions encoding;
    readonly PretrainingModule module;

    /// <param name="module">Made by <see cref="Create"/>; the caller disposes of it.</param>
    public PretrainingTask(SequencePool pool, PretrainingModule module, EncoderOptions encoding, ObjectiveOptions objectives)
    {
        this.pool = pool;
        this.module = module;
        this.encoding = encoding;
        this.objectives = objectives;
    }

    /// <summary>Encoder and heads with weights drawn from the seed.</summary>
    public static PretrainingModule Create(SequencePool pool, EncoderOptions encoding, ObjectiveOptions objectives, Seed seed)
    {
        var fields = pool.Chunk(0).Fields;
        var encoder = SequenceEncoder.Create(fields, encoding, seed);
        var heads = objectives.Masked + objectives.Next > 0 ? new FieldHeads(fields, objectives.Fields, encoder.Dim) : null;
        heads?.to(encoder.Where());
        return new(encoder, heads);
    }

    public SequenceEncoder Encoder => module.Encoder;
    public override string Name => "pretraining";
    public override nn.Module Module => module;
    public override int Rows => pool.Count;
    public override string Customer(int row) => pool.Customer(row);
    public override int Length(int row) => Math.Min(pool.Whole(row).Length, Encoder.Length);
    public override object Options => new { encoder = encoding, objectives };

    public override Tensor Loss(ReadOnlySpan<int> rows, Seed seed, LossParts parts)
    {
        using var scope = NewDisposeScope();
        var spans = new EventSpan[rows.Length];
        for (var i = 0; i < rows.Length; i++) spans[i] = pool.Whole(rows[i]);
        Tensor? total = null;
        void Add(string name, double weight, Tensor? loss)
        {
            if (loss is null) return;
            parts.Add(name, loss.item<float>(), spans.Length);
            total = total is null ? loss.Times(weight) : total.Plus(loss.Times(weight));
        }

        if (objectives.Masked > 0) Add("masked", objectives.Masked, MaskedEvents.Loss(Encoder, module.Heads!, Batch(spans), objectives.MaskShare, seed.Stream(1)));
        if (objectives.Next > 0) Add("next", objectives.Next, NextEvent.Loss(Encoder, module.Heads!, Batch(spans)));
        if (objectives.Contrastive > 0) Add("contrastive", objectives.Contrastive, SubSequences.Loss(Encoder, pool, spans, objectives, seed.Stream(2)));
        // Nothing can be learned from customers of one event each by order or by contrast: a loss of zero with a gradient of zero.
        total ??= module.parameters().First().sum().Times(0);
        return total.MoveToOuterDisposeScope();
    }

    SequenceBatch Batch(EventSpan[] spans) => new(pool, spans, Encoder.Table, Encoder.Length);
}
