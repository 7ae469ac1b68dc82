using Coterie.Numerics;
using Coterie.Sequences;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Coterie.Learning.Models;

/// <summary>What all encoders of histories share: how an event becomes a vector, and how the vectors of a history become one.</summary>
/// <remarks>B customers, L events, F fields, D = dim.</remarks>
abstract class SequenceEncoder : nn.Module
{
    // Width of the little network that turns gap and age into a vector.
    const int TimeWidth = 32;

    readonly EmbeddingBag events;
    readonly Linear timeIn;
    readonly Linear timeOut;
    readonly LayerNorm norm;
    readonly Dropout dropout;

    protected SequenceEncoder(string name, IReadOnlyList<SequenceField> fields, EncoderOptions options) : base(name)
    {
        Fields = fields;
        Table = new(fields, options.Length);
        Length = options.Length;
        Dim = options.Dim;
        events = nn.EmbeddingBag(Table.Rows, Dim, mode: EmbeddingBagMode.Sum);
        timeIn = nn.Linear(2, TimeWidth);
        timeOut = nn.Linear(TimeWidth, Dim);
        norm = nn.LayerNorm(Dim);
        dropout = nn.Dropout(options.Dropout);
        // RegisterComponents sees the fields of the last class only.
        register_module("events", events);
        register_module("timeIn", timeIn);
        register_module("timeOut", timeOut);
        register_module("norm", norm);
        register_module("dropout", dropout);
        // The sum over the fields has variance 1.
        using var still = no_grad();
        events.weight!.normal_(0, 1 / Math.Sqrt(fields.Count + 1));
    }

    public IReadOnlyList<SequenceField> Fields { get; }
    public CodeTable Table { get; }
    public int Length { get; }
    public int Dim { get; }
    /// <summary>Numbers in a customer's embedding.</summary>
    public abstract int Width { get; }

    /// <summary>A new encoder with weights drawn from the seed.</summary>
    /// <exception cref="ConfigurationException">The options do not make an encoder.</exception>
    public static SequenceEncoder Create(IReadOnlyList<SequenceField> fields, EncoderOptions options, Seed seed)
    {
        var problems = options.Problems().ToList();
        if (fields.Count == 0) problems.Add("encoder: the sequences have no fields; expected one or more.");
        if (problems.Count > 0) throw new ConfigurationException(string.Join('\n', problems));
        Native.LibTorch.Ready();
        manual_seed((long)(seed.Value >> 1));
        SequenceEncoder encoder = options switch
        {
            BehaviourTransformerOptions transformer => new BehaviourTransformer(fields, transformer),
            BehaviourCnnOptions cnn => new BehaviourCnn(fields, cnn),
            _ => throw new ConfigurationException($"encoder: {options.GetType().Name} is not known; expected transformer or cnn."),
        };
        // Weights are drawn on the processor, so that they are the same everywhere.
        if (cuda.is_available()) encoder.to(DeviceType.CUDA);
        return encoder;
    }

    /// <summary>One vector for each event, B x L x D.</summary>
    /// <param name="causal">An event sees itself and those before it, none after.</param>
    public abstract EncodedHistories Encode(SequenceBatch batch, bool causal);

    /// <summary>Field and place embeddings and the time, summed: B x L x D.</summary>
    protected Tensor Events(SequenceBatch batch, Device device)
    {
        using var scope = NewDisposeScope();
        var fields = events.call(batch.CodeTensor(device)).view(batch.Customers, batch.Length, Dim);
        var time = timeOut.call(nn.functional.relu(timeIn.call(batch.TimeTensor(device))));
        return dropout.call(norm.call(fields.Plus(time))).MoveToOuterDisposeScope();
    }

    /// <summary>Mean over the events, padding left out: B x L x D, B x L -> B x D.</summary>
    protected static Tensor Mean(Tensor hidden, SequenceBatch batch, Device device)
    {
        if (batch.Full) return hidden.mean([1]);
        using var scope = NewDisposeScope();
        var weights = batch.Lengths.SelectMany(n => Enumerable.Range(0, batch.Length).Select(l => l < n ? 1f / n : 0f)).ToArray();
        // A product of matrices, 1 x L by L x D, is the weighted sum without a B x L x D product in between.
        return tensor(weights, [batch.Customers, 1, batch.Length], device: device).bmm(hidden).squeeze(1).MoveToOuterDisposeScope();
    }

    /// <summary>Where the weights are: the GPU when there is one and the build carries CUDA.</summary>
    public Device Where() => events.weight!.device;
}

/// <summary>Output of an encoder.</summary>
/// <param name="Events">B x L x D.</param>
/// <param name="Customers">B x width.</param>
readonly record struct EncodedHistories(Tensor Events, Tensor Customers);
