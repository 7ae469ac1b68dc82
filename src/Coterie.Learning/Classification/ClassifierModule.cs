using Coterie.Learning.Adaptation;
using Coterie.Learning.Models;
using Coterie.Numerics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Coterie.Learning.Classification;

/// <summary>An encoder, what adapts it, and the layers from its embedding (beside features, when there are any) to the segments.</summary>
/// <remarks>B customers, E = width of the embedding, F = width of the features' perceptron, H = hidden, K segments.</remarks>
sealed class ClassifierModule : nn.Module
{
    // Numbers of the streams of the seed.
    const ulong AdapterStream = 1, HeadStream = 2;

    readonly FeatureMlp? features;
    readonly Dropout dropout;
    readonly Linear? hidden;
    readonly Linear head;

    ClassifierModule(SequenceEncoder encoder, EncoderAdapter? adapter, ClassifierShape shape) : base(nameof(ClassifierModule))
    {
        Encoder = encoder;
        Adapter = adapter;
        register_module("encoder", encoder);
        if (adapter is not null) register_module("adapter", adapter);
        if (shape.FeatureColumns > 0) register_module("features", features = new FeatureMlp(shape.FeatureColumns + 1, shape.Features));
        var width = encoder.Width + (features?.Width ?? 0);
        dropout = nn.Dropout(shape.Dropout);
        register_module("dropout", dropout);
        if (shape.Hidden > 0) register_module("hidden", hidden = nn.Linear(width, shape.Hidden));
        head = nn.Linear(shape.Hidden > 0 ? shape.Hidden : width, shape.Segments);
        register_module("head", head);
    }

    public SequenceEncoder Encoder { get; }
    public EncoderAdapter? Adapter { get; }

    /// <summary>A classifier over the encoder, which it owns from then on. Only what the adaptation trains has gradients.</summary>
    /// <param name="ranks">Of the adapter's layers; null takes the options'.</param>
    public static ClassifierModule Create(
        SequenceEncoder encoder, AdaptationOptions adaptation, IReadOnlyDictionary<string, int>? ranks, ClassifierShape shape, Seed seed)
    {
        if (adaptation is not FullTuning)
            foreach (var parameter in encoder.parameters()) parameter.requires_grad = false;
        var adapter = EncoderAdapter.Create(encoder, adaptation, ranks, seed.Child(AdapterStream));
        manual_seed((long)(seed.Child(HeadStream).Value >> 1));
        var module = new ClassifierModule(encoder, adapter, shape);
        module.to(encoder.Where());
        return module;
    }

    /// <summary>Scores before the softmax, B x K.</summary>
    /// <param name="rows">B x (columns + 1), scaled, the last 1 where the customer's features are known; null without features.</param>
    public Tensor Logits(SequenceBatch batch, float[]? rows)
    {
        using var scope = NewDisposeScope();
        var x = Encoder.Encode(batch, causal: false).Customers;                         // B x E
        if (features is not null)
        {
            var side = tensor(rows!, [batch.Customers, rows!.Length / batch.Customers], device: x.device);
            x = cat([x, features.call(side)], 1);                                       // B x (E + F)
        }

        x = dropout.call(x);
        if (hidden is not null) x = dropout.call(nn.functional.relu(hidden.call(x)));   // B x H
        return head.call(x).MoveToOuterDisposeScope();
    }
}

/// <summary>Sizes of what stands behind the encoder.</summary>
/// <param name="Segments">K.</param>
/// <param name="Hidden">Width of the layer between; 0 is none.</param>
/// <param name="FeatureColumns">0 without features.</param>
sealed record ClassifierShape(int Segments, int Hidden, double Dropout, int FeatureColumns, FeatureMlpOptions Features);
