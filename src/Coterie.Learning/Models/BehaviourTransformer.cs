using Coterie.Sequences;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Coterie.Learning.Models;

/// <summary>A Transformer encoder over a customer's events: summed embeddings of the fields, of the place counted from the newest event and of the time;
/// a projection of the event before; blocks of attention; a mean over the events, or a token of the customer's own.</summary>
/// <remarks>B customers, L events, D = dim. Vaswani et al. 2017; the input is BERT's (Devlin et al. 2019) with fields in the place of word pieces.</remarks>
sealed class BehaviourTransformer : SequenceEncoder
{
    readonly Pooling pooling;
    readonly Parameter? customer;
    readonly Linear before;
    readonly ModuleList<EncoderBlock> blocks;
    readonly LayerNorm last;

    public BehaviourTransformer(IReadOnlyList<SequenceField> fields, BehaviourTransformerOptions options) : base(nameof(BehaviourTransformer), fields, options)
    {
        pooling = options.Pooling;
        if (pooling != Pooling.Mean) customer = new(randn(1, 1, options.Dim));
        before = nn.Linear(options.Dim, options.Dim, hasBias: false);
        blocks = new([.. Enumerable.Range(0, options.Blocks).Select(_ => new EncoderBlock(options.Dim, options.Heads, options.FeedForward, options.Dropout))]);
        last = nn.LayerNorm(options.Dim);
        RegisterComponents();
    }

    public override int Width => pooling == Pooling.Both ? 2 * Dim : Dim;

    public override EncodedHistories Encode(SequenceBatch batch, bool causal)
    {
        var device = Where();
        var x = WithTheOneBefore(Events(batch, device));                           // B x L x D
        if (customer is not null) x = cat([customer.expand(batch.Customers, 1, Dim), x], 1); // B x (1 + L) x D
        var mask = Mask(batch, causal, device);
        foreach (var block in blocks) x = block.call(x, mask, causal && mask is null);
        x = last.call(x);
        if (customer is null) return new(x, Mean(x, batch, device));
        var token = x[TensorIndex.Colon, 0];                                       // B x D
        var events = x.narrow(1, 1, batch.Length);                                 // B x L x D
        return new(events, pooling == Pooling.Customer ? token : cat([token, Mean(events, batch, device)], 1));
    }

    // Attention finds its way to the neighbours late, after hundreds of steps; what follows what is half of how a customer behaves. So each event brings
    // the one before along (the token shift of Peng et al. 2023, "RWKV"; a causal convolution of width 2).
    Tensor WithTheOneBefore(Tensor x)
    {
        if (x.shape[1] == 1) return x;
        using var scope = NewDisposeScope();
        return x.Plus(nn.functional.pad(before.call(x.narrow(1, 0, x.shape[1] - 1)), [0, 0, 1, 0])).MoveToOuterDisposeScope();
    }

    // True where a key may be seen. The customer's token sees every event and, when order counts, no event sees it.
    Tensor? Mask(SequenceBatch batch, bool causal, Device device)
    {
        if (batch.Full && !(causal && customer is not null)) return null;
        using var scope = NewDisposeScope();
        var mask = batch.EventTensor(device);                                      // B x L
        if (customer is not null) mask = cat([ones(batch.Customers, 1, dtype: ScalarType.Bool, device: device), mask], 1);
        mask = mask.unsqueeze(1).unsqueeze(1);                                     // B x 1 x 1 x L
        if (causal) mask = mask.logical_and(Earlier(mask.shape[3], device));       // B x 1 x L x L
        return mask.MoveToOuterDisposeScope();
    }

    Tensor Earlier(long length, Device device)
    {
        var earlier = ones(length, length, dtype: ScalarType.Bool, device: device).tril();
        if (customer is null) return earlier;
        earlier[0] = tensor(true, device: device);
        earlier[TensorIndex.Slice(1), 0] = tensor(false, device: device);
        return earlier;
    }
}
