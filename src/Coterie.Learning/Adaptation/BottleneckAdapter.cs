using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Coterie.Learning.Adaptation;

/// <summary>Down, ReLU, up, added to its input: ... x D -> ... x D (Houlsby et al. 2019, figure 2). Nothing changes at the start: up is zero.</summary>
sealed class Bottleneck : nn.Module
{
    readonly Linear down;
    readonly Linear up;

    public Bottleneck(EncoderLayer layer, int width) : base(nameof(Bottleneck))
    {
        Layer = layer;
        Width = width;
        down = nn.Linear(layer.Outputs, width);
        up = nn.Linear(width, layer.Outputs);
        nn.init.zeros_(up.weight!);
        nn.init.zeros_(up.bias!);
        RegisterComponents();
        layer.Changed((_, y) => Added(y));
    }

    public EncoderLayer Layer { get; }
    public int Width { get; }

    // A convolution's output is B x D x length.
    Tensor Added(Tensor y)
    {
        using var scope = NewDisposeScope();
        var rows = Layer.Convolution ? y.transpose(1, 2) : y;
        var change = up.call(nn.functional.relu(down.call(rows)));
        return y.Plus(Layer.Convolution ? change.transpose(1, 2) : change).MoveToOuterDisposeScope();
    }
}

/// <summary>A bottleneck behind the attention and the network of every block, or behind every filter.</summary>
sealed class BottleneckAdapter : EncoderAdapter
{
    readonly ModuleList<Bottleneck> bottlenecks;

    public BottleneckAdapter(IReadOnlyList<EncoderLayer> layers, Func<EncoderLayer, int> width) : base(nameof(BottleneckAdapter))
    {
        bottlenecks = new([.. layers.Select(l => new Bottleneck(l, width(l)))]);
        RegisterComponents();
    }

    public override IReadOnlyDictionary<string, int> Ranks => bottlenecks.ToDictionary(b => b.Layer.Name, b => b.Width);
}
