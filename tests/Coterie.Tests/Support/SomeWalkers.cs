using Coterie.Learning;
using Coterie.Learning.Models;
using Coterie.Sequences;

namespace Coterie.Tests.Support;

/// <summary>Two segments of made-up customers, every other one in the second, and a quick way to learn them.</summary>
static class SomeWalkers
{
    // Both do the three things equally often; one goes round one way, the other the other way.
    static readonly double[][] Round = [[0.1, 0.8, 0.1], [0.1, 0.1, 0.8], [0.8, 0.1, 0.1]], Back = [[0.1, 0.1, 0.8], [0.8, 0.1, 0.1], [0.1, 0.8, 0.1]];

    public static CustomerSequences Two(int n, int least = 1, int most = 24, ulong seed = 3) => Walkers.Walks([Round, Back], Truth(n), least, most, new(seed));

    public static int[] Truth(int n) => [.. Enumerable.Range(0, n).Select(i => i % 2)];

    public static SegmentLabels Labels(CustomerSequences sequences) => SegmentLabels.Of(sequences.Customers, Truth(sequences.Count));

    public static EncoderOptions Encoder(string kind) => kind == "cnn"
        ? new BehaviourCnnOptions { Dim = 16, Length = 24, Layers = 1, Kernel = 3 }
        : new BehaviourTransformerOptions { Dim = 16, Heads = 2, Blocks = 1, FeedForward = 32, Length = 24 };

    /// <summary>A few steps: enough for laws, not to learn much.</summary>
    public static SegmentClassificationOptions Brief => new()
    {
        Encoder = Encoder("transformer"), Hidden = 8, Training = new() { Epochs = 2, Batch = 16, LearningRate = 5e-3, Threads = 1 },
    };

    /// <summary>Every way of adapting an encoder, small.</summary>
    public static AdaptationOptions Adaptation(string kind) => kind switch
    {
        "full" => new FullTuning(),
        "frozen" => new FrozenEncoder(),
        "lora" => new LoraOptions { Rank = 4, Alpha = 8 },
        "adalora" => new AdaLoraOptions { Rank = 4, Budget = 2, Alpha = 8, Every = 2 },
        _ => new BottleneckOptions { Width = 6 },
    };

    /// <summary>The bytes of everything that a classifier knows.</summary>
    public static byte[] Bytes(SegmentClassifier model)
    {
        using var folder = new TemporaryFolder();
        model.Save(folder.Path);
        return [.. File.ReadAllBytes(Path.Combine(folder.Path, "classifier.json")), .. File.ReadAllBytes(Path.Combine(folder.Path, "classifier.safetensors"))];
    }
}
