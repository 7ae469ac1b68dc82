using Coterie.Numerics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Coterie.Learning.Models;

/// <summary>A causal Transformer over the products that a customer took: the embedding of a product is also the weight of its output.</summary>
/// <remarks>Kang and McAuley 2018, "Self-attentive sequential recommendation" (SASRec), with the house's block, a number of its own for each product at the
/// output, and a projection of the event before, as in <see cref="BehaviourTransformer"/>. B histories, L events, D = dim, N products.</remarks>
sealed class CatalogueTransformer : nn.Module
{
    readonly int dim;
    readonly Embedding products;
    readonly Parameter places;
    readonly Parameter level;
    readonly Linear before;
    readonly Dropout dropout;
    readonly ModuleList<EncoderBlock> blocks;
    readonly LayerNorm last;

    CatalogueTransformer(int count, NextItemOptions options) : base(nameof(CatalogueTransformer))
    {
        dim = options.Dim;
        Length = options.Length;
        Count = count;
        // Small embeddings: a product that was hardly ever seen keeps a small score.
        products = nn.Embedding(count, dim);
        places = new(randn(Length, dim).Times(options.Spread));
        level = new(zeros(count));
        before = nn.Linear(dim, dim, hasBias: false);
        dropout = nn.Dropout(options.Dropout);
        blocks = new([.. Enumerable.Range(0, options.Blocks).Select(_ => new EncoderBlock(dim, options.Heads, options.FeedForward, options.Dropout))]);
        last = nn.LayerNorm(dim);
        RegisterComponents();
        using var still = no_grad();
        products.weight!.normal_(0, options.Spread);
    }

    /// <summary>Products.</summary>
    public int Count { get; }
    /// <summary>Events that are read at most.</summary>
    public int Length { get; }

    /// <summary>Weights drawn from the seed; options are validated.</summary>
    public static CatalogueTransformer Create(int products, NextItemOptions options, Seed seed)
    {
        Native.LibTorch.Ready();
        manual_seed((long)(seed.Value >> 1));
        var module = new CatalogueTransformer(products, options);
        // Weights are drawn on the processor, so that they are the same everywhere.
        if (cuda.is_available()) module.to(DeviceType.CUDA);
        return module;
    }

    public Device Where() => products.weight!.device;

    /// <summary>What each event, with those before it, says about the next: B x L x D. Padding stands behind the events, where no event sees it.</summary>
    /// <param name="codes">B x L products.</param>
    /// <param name="shown">B x L x 1, 0 where the product is hidden; null where none is.</param>
    public Tensor Read(Tensor codes, Tensor? shown = null)
    {
        using var scope = NewDisposeScope();
        var length = codes.shape[1];
        var x = products.call(codes).Times(Math.Sqrt(dim));                         // B x L x D
        if (shown is not null) x = x * shown;
        x = x.Plus(places.narrow(0, 0, length));
        if (length > 1) x = x.Plus(nn.functional.pad(before.call(x.narrow(1, 0, length - 1)), [0, 0, 1, 0]));
        x = dropout.call(x);
        foreach (var block in blocks) x = block.call(x, null, true);
        return last.call(x).MoveToOuterDisposeScope();
    }

    /// <summary>Scores of all products: M x D -> M x N.</summary>
    public Tensor Score(Tensor hidden) => hidden.matmul(products.weight!.t()).Plus(level);

    /// <summary>Scores of some products, the same for all rows: M x D, K products -> M x K.</summary>
    public Tensor Score(Tensor hidden, Tensor chosen) => hidden.matmul(products.weight!.index_select(0, chosen).t()).Plus(level.index_select(0, chosen));

    /// <summary>Score of one product for each row: M x D, M products -> M.</summary>
    public Tensor ScoreEach(Tensor hidden, Tensor targets) => (hidden * products.weight!.index_select(0, targets)).sum(1).Plus(level.index_select(0, targets));
}
