using Coterie.Learning.Models;
using Coterie.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Coterie.Learning.Adaptation;

/// <summary>What is added to an encoder at rest. It listens to the encoder's layers and changes what comes out of them, so that the encoder's code knows nothing
/// of it and its weights stay as they are.</summary>
abstract class EncoderAdapter(string name) : nn.Module(name)
{
    /// <summary>Ranks or widths by layer: with the options all that is needed to build it again.</summary>
    public abstract IReadOnlyDictionary<string, int> Ranks { get; }

    /// <summary>An adapter that changes nothing yet; null where the options add nothing.</summary>
    /// <param name="ranks">By layer; null takes the options'.</param>
    /// <exception cref="ConfigurationException">The encoder has no such layers.</exception>
    public static EncoderAdapter? Create(SequenceEncoder encoder, AdaptationOptions options, IReadOnlyDictionary<string, int>? ranks, Seed seed)
    {
        if (options is not LayerAdaptation adaptation) return null;
        var layers = EncoderLayer.Of(encoder, adaptation.Layers, options is BottleneckOptions);
        if (ranks is not null && !ranks.Keys.Order(StringComparer.Ordinal).SequenceEqual(layers.Select(l => l.Name)))
            throw new ConfigurationException($"adaptation: ranks are given for {string.Join(", ", ranks.Keys)}"
                + $"; expected {string.Join(", ", layers.Select(l => l.Name))}.");
        if (adaptation is AdaLoraOptions { Rank: var most } && layers.FirstOrDefault(l => most > Math.Min(l.Outputs, l.Inputs.Aggregate(1L, (a, b) => a * b))) is { } narrowest)
            throw new ConfigurationException($"adaptation: rank is {most}"
                + $"; expected at most the smaller side of every layer, and {narrowest.Name} has {narrowest.Outputs} x {string.Join(" x ", narrowest.Inputs)}.");
        manual_seed((long)(seed.Value >> 1));
        EncoderAdapter adapter = adaptation switch
        {
            LoraOptions lora => new LowRankAdapter(layers, l => ranks?[l.Name] ?? lora.Rank, lora.Alpha / lora.Rank, diagonal: false),
            AdaLoraOptions ada => new LowRankAdapter(layers, l => ranks?[l.Name] ?? ada.Rank, ada.Alpha / ada.Rank, diagonal: true),
            BottleneckOptions narrow => new BottleneckAdapter(layers, l => ranks?[l.Name] ?? narrow.Width),
            _ => throw new ConfigurationException($"adaptation: {options.GetType().Name} is not known; expected full, frozen, lora, adalora or bottleneck."),
        };
        adapter.to(encoder.Where());
        return adapter;
    }
}
