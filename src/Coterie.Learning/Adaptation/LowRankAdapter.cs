using Coterie.Learning.Weights;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Coterie.Learning.Adaptation;

/// <summary>A change of low rank of one layer. O outputs, I inputs (channels x kernel of a convolution), R ranks: the layer's weights become
/// W + scale * up diag(L) down. LoRA has no diagonal.</summary>
sealed class LowRankChange : nn.Module
{
    readonly EncoderLayer layer;
    readonly double scale;
    readonly Parameter up;        // O x R
    readonly Parameter? diagonal; // R
    readonly Parameter down;      // R x I

    public LowRankChange(EncoderLayer layer, int rank, double scale, bool withDiagonal) : base(nameof(LowRankChange))
    {
        this.layer = layer;
        this.scale = scale;
        Rank = rank;
        long[] reads = [rank, .. layer.Inputs];
        using var scope = NewDisposeScope();
        if (withDiagonal)
        {
            // Zhang et al. 2023 draw small numbers and let the penalty pull them towards orthonormal ones, for thousands of steps. Ours begin there.
            // They are filled in below: a parameter made of a tensor over managed memory does not keep that memory.
            up = new(zeros(layer.Outputs, rank));
            down = new(zeros(reads));
            diagonal = new(zeros(rank));
        }
        else
        {
            // Uniform as a linear layer's weights are; what writes is zero (Hu et al. 2022, section 4.1).
            var bound = 1 / Math.Sqrt(layer.Inputs.Aggregate(1L, (a, b) => a * b));
            up = new(zeros(layer.Outputs, rank));
            down = new(rand(reads).Times(2 * bound).Plus(-bound));
        }

        if (withDiagonal)
        {
            float[] rows = Orthonormal(rank, layer.Outputs), columns = new float[rows.Length];
            for (var r = 0; r < rank; r++)
                for (var o = 0; o < layer.Outputs; o++) columns[o * rank + r] = rows[r * layer.Outputs + o];
            ModuleWeights.Fill(up, new([layer.Outputs, rank], columns));
            ModuleWeights.Fill(down, new(reads, Orthonormal(rank, (int)layer.Inputs.Aggregate(1L, (a, b) => a * b))));
        }

        RegisterComponents();
        foreach (var (_, parameter) in named_parameters()) parameter.DetachFromDisposeScope();
        if (rank > 0) layer.Changed(Added);
    }

    // Random rows x columns, made orthonormal row by row (Gram and Schmidt). Here and not by libtorch, whose last digits hang on its threads.
    static float[] Orthonormal(int rows, int columns)
    {
        if (rows == 0) return [];
        using var scope = NewDisposeScope();
        var drawn = randn(rows, columns).data<float>().ToArray();
        var values = Array.ConvertAll(drawn, v => (double)v);
        for (var r = 0; r < rows; r++)
        {
            var row = values.AsSpan(r * columns, columns);
            for (var before = 0; before < r; before++)
            {
                var other = values.AsSpan(before * columns, columns);
                double along = 0;
                for (var c = 0; c < columns; c++) along += row[c] * other[c];
                for (var c = 0; c < columns; c++) row[c] -= along * other[c];
            }

            double square = 0;
            foreach (var v in row) square += v * v;
            foreach (ref var v in row) v /= Math.Sqrt(square);
        }

        return Array.ConvertAll(values, v => (float)v);
    }

    public EncoderLayer Layer => layer;
    public int Rank { get; }
    public Parameter Up => up;
    public Parameter Down => down;
    public Parameter? Diagonal => diagonal;

    // x: ... x I, or B x channels x length. y: ... x O, or B x O x length.
    Tensor Added(Tensor x, Tensor y)
    {
        using var scope = NewDisposeScope();
        var read = layer.Convolution ? nn.functional.conv1d(x, down) : nn.functional.linear(x, down);
        if (diagonal is not null) read *= layer.Convolution ? diagonal.unsqueeze(1) : diagonal;
        var written = layer.Convolution ? nn.functional.conv1d(read, up.unsqueeze(2)) : nn.functional.linear(read, up);
        return y.Plus(written.Times(scale)).MoveToOuterDisposeScope();
    }

    /// <summary>What is added to the layer's weights, in their shape.</summary>
    public Tensor Change()
    {
        using var scope = NewDisposeScope();
        var writes = diagonal is null ? up : up * diagonal;                          // O x R
        return writes.mm(down.flatten(1)).Times(scale).view(layer.Weight.shape).MoveToOuterDisposeScope();
    }

    /// <summary>The factors with the given ranks only.</summary>
    public void Store(SortedDictionary<string, StoredTensor> into, string prefix, int[] ranks)
    {
        using var scope = NewDisposeScope();
        using var chosen = tensor(Array.ConvertAll(ranks, r => (long)r), device: up.device);
        into[$"{prefix}up"] = ModuleWeights.Copy(up.index_select(1, chosen));
        into[$"{prefix}down"] = ModuleWeights.Copy(down.index_select(0, chosen));
        if (diagonal is not null) into[$"{prefix}diagonal"] = ModuleWeights.Copy(diagonal.index_select(0, chosen));
    }
}

/// <summary>Changes of low rank of several layers: LoRA, and AdaLoRA with diagonals.</summary>
sealed class LowRankAdapter : EncoderAdapter
{
    readonly ModuleList<LowRankChange> changes;

    public LowRankAdapter(IReadOnlyList<EncoderLayer> layers, Func<EncoderLayer, int> rank, double scale, bool diagonal) : base(nameof(LowRankAdapter))
    {
        changes = new([.. layers.Select(l => new LowRankChange(l, rank(l), scale, diagonal))]);
        RegisterComponents();
    }

    public override IReadOnlyDictionary<string, int> Ranks => changes.ToDictionary(c => c.Layer.Name, c => c.Rank);
    public IReadOnlyList<LowRankChange> Changes => [.. changes];

    /// <summary>The encoder's weights with the changes added: an encoder that does without this adapter.</summary>
    public SortedDictionary<string, StoredTensor> Merged(SortedDictionary<string, StoredTensor> encoder)
    {
        using var still = no_grad();
        var merged = new SortedDictionary<string, StoredTensor>(encoder, StringComparer.Ordinal);
        foreach (var change in changes)
        {
            using var scope = NewDisposeScope();
            merged[$"{change.Layer.Name}.weight"] = ModuleWeights.Copy(change.Layer.Weight.Plus(change.Change()));
        }

        return merged;
    }
}
