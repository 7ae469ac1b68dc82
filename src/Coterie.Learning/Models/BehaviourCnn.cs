using Coterie.Sequences;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Coterie.Learning.Models;

/// <summary>A 1-D convolutional encoder over a customer's events: residual layers that see a few neighbours each, then a mean over the events.</summary>
/// <remarks>B customers, L events, D = dim, K = kernel. Kim 2014, "Convolutional neural networks for sentence classification"; residual as in Bai, Kolter and
/// Koltun 2018.</remarks>
sealed class BehaviourCnn : SequenceEncoder
{
    readonly int kernel;
    readonly ModuleList<LayerNorm> norms;
    readonly ModuleList<Conv1d> filters;
    readonly Dropout drop;
    readonly LayerNorm last;

    public BehaviourCnn(IReadOnlyList<SequenceField> fields, BehaviourCnnOptions options) : base(nameof(BehaviourCnn), fields, options)
    {
        kernel = options.Kernel;
        norms = new([.. Enumerable.Range(0, options.Layers).Select(_ => nn.LayerNorm(Dim))]);
        filters = new([.. Enumerable.Range(0, options.Layers).Select(_ => nn.Conv1d(Dim, Dim, kernel))]);
        drop = nn.Dropout(options.Dropout);
        last = nn.LayerNorm(Dim);
        RegisterComponents();
    }

    public override int Width => Dim;

    public override EncodedHistories Encode(SequenceBatch batch, bool causal)
    {
        var device = Where();
        // Padding is zero before every filter, as what lies beyond the ends is.
        var inside = batch.Full ? null : batch.EventTensor(device).unsqueeze(2).to(ScalarType.Float32); // B x L x 1
        var before = causal ? kernel - 1 : kernel / 2;
        var x = Events(batch, device);                                             // B x L x D
        for (var i = 0; i < filters.Count; i++)
        {
            using var scope = NewDisposeScope();
            var input = norms[i].call(x);
            if (inside is not null) input = input * inside;
            var padded = nn.functional.pad(input.transpose(1, 2), [before, kernel - 1 - before]); // B x D x (L + K - 1)
            x = x.Plus(drop.call(nn.functional.relu(filters[i].call(padded)).transpose(1, 2))).MoveToOuterDisposeScope();
        }

        x = last.call(x);
        return new(x, Mean(x, batch, device));
    }
}
