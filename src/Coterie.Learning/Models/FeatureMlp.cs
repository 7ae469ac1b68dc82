using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Coterie.Learning.Models;

/// <summary>Layers over a row of features.</summary>
public sealed record FeatureMlpOptions
{
    /// <summary>Widths of the layers; the last is the width of the output.</summary>
    public IReadOnlyList<int> Layers { get; init; } = [128, 64];
    public double Dropout { get; init; } = 0.1;

    internal IEnumerable<string> Problems()
    {
        if (Layers.Count == 0) yield return "mlp: there is no layer; expected one or more.";
        foreach (var width in Layers)
            if (width < 1) yield return $"mlp: a layer has width {width}; expected 1 or more.";
        if (!(Dropout is >= 0 and < 1)) yield return $"mlp: dropout is {Dropout}; expected 0 or more and below 1.";
    }
}

/// <summary>A multi-layer perceptron over prepared features: what can be had without order. n x features -> n x width.</summary>
sealed class FeatureMlp : nn.Module<Tensor, Tensor>
{
    readonly ModuleList<Linear> layers;
    readonly Dropout dropout;

    public FeatureMlp(int features, FeatureMlpOptions options) : base(nameof(FeatureMlp))
    {
        int[] widths = [features, .. options.Layers];
        layers = new([.. options.Layers.Select((width, i) => nn.Linear(widths[i], width))]);
        dropout = nn.Dropout(options.Dropout);
        Width = widths[^1];
        RegisterComponents();
    }

    public int Width { get; }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        foreach (var layer in layers) x = dropout.call(nn.functional.relu(layer.call(x)));
        return x.MoveToOuterDisposeScope();
    }
}
