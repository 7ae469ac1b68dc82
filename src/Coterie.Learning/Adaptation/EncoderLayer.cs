using Coterie.Learning.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Coterie.Learning.Adaptation;

/// <summary>A layer of an encoder that can be adapted.</summary>
/// <param name="Name">Where it is, such as <c>blocks.0.widen</c>.</param>
/// <param name="Part">What it is, such as <c>widen</c>.</param>
/// <param name="Weight">Outputs x inputs; of a convolution outputs x channels x kernel.</param>
sealed record EncoderLayer(string Name, string Part, nn.Module<Tensor, Tensor> Module, Parameter Weight)
{
    /// <summary>Parts that take part when none are named; those that end a half of a block.</summary>
    static readonly string[] Parts = ["before", "queryKeyValue", "output", "widen", "narrow", "filters"], Ends = ["output", "narrow", "filters"];

    public bool Convolution => Weight.dim() == 3;
    public int Outputs => (int)Weight.shape[0];
    /// <summary>Shape of the factor that reads: inputs, or channels and kernel.</summary>
    public long[] Inputs => Weight.shape[1..];

    /// <summary>From now on what comes out of the layer is changed.</summary>
    /// <param name="change">Of what goes in and what comes out.</param>
    public void Changed(Func<Tensor, Tensor, Tensor> change) => Module.register_forward_hook((_, x, y) => change(x, y));

    /// <summary>The chosen layers in their order in the encoder.</summary>
    /// <param name="parts">Names of parts; empty takes all.</param>
    /// <param name="ends">Only those that end a half of a block.</param>
    /// <exception cref="ConfigurationException">The encoder has no such part, or none that can be adapted.</exception>
    public static IReadOnlyList<EncoderLayer> Of(SequenceEncoder encoder, IReadOnlyList<string> parts, bool ends)
    {
        var allowed = ends ? Ends : Parts;
        var layers = new List<EncoderLayer>();
        foreach (var (name, module) in encoder.named_modules())
        {
            var part = name.Split('.').Last(s => !int.TryParse(s, out _));
            if (!allowed.Contains(part)) continue;
            if (module is Linear linear) layers.Add(new(name, part, linear, linear.weight!));
            else if (module is Conv1d convolution) layers.Add(new(name, part, convolution, convolution.weight!));
        }

        var there = layers.Select(l => l.Part).Distinct().ToArray();
        var missing = parts.Where(p => !there.Contains(p)).ToArray();
        if (missing.Length > 0)
            throw new ConfigurationException($"adaptation: the encoder has no layers {string.Join(", ", missing)} to adapt in this way"
                + $"; expected {string.Join(", ", there)}.");
        return [.. layers.Where(l => parts.Count == 0 || parts.Contains(l.Part)).OrderBy(l => l.Name, StringComparer.Ordinal)];
    }
}
