using Coterie.Numerics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Coterie.Learning.Models;

/// <summary>A causal Transformer over the products that a customer took: the embedding of a product is also the weight of its output.</summary>
/// <remarks>Kang and McAuley 2018, "Self-attentive sequential recommendation" (SASRec), with the house's block, a number of its own for each product at the
/// output, and in front of the blocks a sum over the events before with learned weights by distance. B histories, L events, D = dim, N products.</remarks>
sealed class CatalogueTransformer : nn.Module
{
    // Share of a vote that is left one event later, before anything is learned; what the counting models do best with.
    const double Fade = 0.6;

    // e^6 is a chance of one in some ten where the catalogue has thousands of products. Longer vectors begin certain, and wrong.
    const double Certainty = 6;

    readonly int dim;
    readonly Embedding products;
    readonly Parameter places;
    readonly Parameter level;
    readonly Parameter recency;
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
        recency = new(tensor(Enumerable.Range(0, Length).Select(d => (float)Math.Pow(Fade, d)).ToArray()));
        dropout = nn.Dropout(options.Dropout);
        blocks = new([.. Enumerable.Range(0, options.Blocks).Select(_ => new EncoderBlock(dim, options.Heads, options.FeedForward, options.Dropout))]);
        last = nn.LayerNorm(dim);
        RegisterComponents();
        using var still = no_grad();
        products.weight!.normal_(0, options.Spread);
        // Each block begins as if it were not there (Goyal et al. 2017, section 5.1): what is learned starts from the fading sum of the history.
        foreach (var (name, parameter) in blocks.named_parameters())
            if (name.EndsWith("output.weight", StringComparison.Ordinal) || name.EndsWith("narrow.weight", StringComparison.Ordinal)) parameter.zero_();
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
        x = Fading(length).matmul(x).Plus(places.narrow(0, 0, length));
        x = dropout.call(x);
        foreach (var block in blocks) x = block.call(x, null, true);
        return last.call(x).MoveToOuterDisposeScope();
    }

    /// <summary>L x L: what an event takes from itself and from each event before it, by distance alone, learned for all products together.</summary>
    Tensor Fading(long length)
    {
        var distances = new long[length * length];
        var earlier = new float[length * length];
        for (long to = 0; to < length; to++)
            for (long from = 0; from <= to; from++) (distances[to * length + from], earlier[to * length + from]) = (to - from, 1);
        return recency.index_select(0, tensor(distances, device: Where())).view(length, length) * tensor(earlier, [length, length], device: Where());
    }

    /// <summary>Puts vectors in the place of the random ones, N x D, of such a length that the score of a product near the history is <see cref="Certainty"/> in the mean.</summary>
    public void Begin(Matrix vectors)
    {
        using var scope = NewDisposeScope();
        using var still = no_grad();
        double sum = 0;
        for (var p = 0; p < vectors.Rows; p++) sum += Math.Sqrt(vectors.Row(p).ToArray().Sum(v => (double)v * v));
        if (sum == 0) return;
        products.weight!.copy_(tensor(vectors.Values, [vectors.Rows, vectors.Columns]).Times(Certainty / Math.Sqrt(dim) * vectors.Rows / sum));
    }

    /// <summary>Scores of all products: M x D -> M x N.</summary>
    public Tensor Score(Tensor hidden) => hidden.matmul(products.weight!.t()).Plus(level);

    /// <summary>Scores of some products, the same for all rows: M x D, K products -> M x K.</summary>
    public Tensor Score(Tensor hidden, Tensor chosen) => hidden.matmul(products.weight!.index_select(0, chosen).t()).Plus(level.index_select(0, chosen));

    /// <summary>Score of one product for each row: M x D, M products -> M.</summary>
    public Tensor ScoreEach(Tensor hidden, Tensor targets) => (hidden * products.weight!.index_select(0, targets)).sum(1).Plus(level.index_select(0, targets));
}
