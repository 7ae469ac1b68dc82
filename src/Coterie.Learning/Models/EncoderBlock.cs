using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Coterie.Learning.Models;

/// <summary>Where a block normalises.</summary>
enum NormPlace
{
    /// <summary>Before each half (Xiong et al. 2020, "On layer normalization in the Transformer architecture"): trains without care for the first steps.</summary>
    Before,
    /// <summary>After each half (Vaswani et al. 2017), as in the speed comparison.</summary>
    After,
}

/// <summary>Self-attention, then a network for each event, each added to its input (Vaswani et al. 2017, "Attention is all you need", section 3).</summary>
/// <remarks>B customers, L events, D = dim, H heads. No dropout inside the attention: the fused kernel for processors has none.</remarks>
sealed class EncoderBlock : nn.Module<Tensor, Tensor?, bool, Tensor>
{
    readonly int heads;
    readonly NormPlace place;
    readonly LayerNorm norm1;
    readonly Linear queryKeyValue;
    readonly Linear output;
    readonly LayerNorm norm2;
    readonly Linear widen;
    readonly Linear narrow;
    readonly Dropout dropout;

    public EncoderBlock(int dim, int heads, int feedForward, double dropout, NormPlace place = NormPlace.Before) : base(nameof(EncoderBlock))
    {
        this.heads = heads;
        this.place = place;
        norm1 = nn.LayerNorm(dim);
        queryKeyValue = nn.Linear(dim, 3 * dim);
        output = nn.Linear(dim, dim);
        norm2 = nn.LayerNorm(dim);
        widen = nn.Linear(dim, feedForward);
        narrow = nn.Linear(feedForward, dim);
        this.dropout = nn.Dropout(dropout);
        nn.init.xavier_uniform_(queryKeyValue.weight!);
        RegisterComponents();
    }

    /// <param name="x">B x L x D.</param>
    /// <param name="mask">B x 1 x L x L or B x 1 x 1 x L, true where the key may be seen; null where all may.</param>
    /// <param name="causal">With no mask: no event sees those after it.</param>
    public override Tensor forward(Tensor x, Tensor? mask, bool causal)
    {
        using var scope = NewDisposeScope();
        if (place == NormPlace.Before)
        {
            x = x.Plus(dropout.call(Attend(norm1.call(x), mask, causal)));
            x = x.Plus(dropout.call(Transform(norm2.call(x))));
        }
        else
        {
            x = norm1.call(x.Plus(dropout.call(Attend(x, mask, causal))));
            x = norm2.call(x.Plus(dropout.call(Transform(x))));
        }

        return x.MoveToOuterDisposeScope();
    }

    Tensor Attend(Tensor x, Tensor? mask, bool causal)
    {
        long b = x.shape[0], l = x.shape[1], d = x.shape[2];
        // B x L x 3 x H x D/H -> three of B x H x L x D/H, without a copy.
        var parts = queryKeyValue.call(x).view(b, l, 3, heads, d / heads).permute(2, 0, 3, 1, 4);
        var seen = nn.functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], mask, 0, causal);
        return output.call(seen.transpose(1, 2).reshape(b, l, d));
    }

    // relu in place: its input is needed by nobody, and it keeps its own output.
    Tensor Transform(Tensor x) => narrow.call(widen.call(x).relu_());
}
