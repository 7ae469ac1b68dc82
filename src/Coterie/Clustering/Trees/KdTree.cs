using Coterie.Numerics;

namespace Coterie.Clustering.Trees;

/// <summary>A balanced k-d tree (Bentley 1975; Friedman, Bentley and Finkel 1977) over n rows of d numbers in flat arrays. Rows are
/// permuted to leaf order ("positions"); every leaf but the last holds exactly <see cref="Leaf"/> rows, column by column, so that a
/// row is compared with a whole leaf in vector registers. Distances inside are squared Euclidean, or Manhattan.</summary>
sealed class KdTree
{
    /// <summary>Rows in a leaf: four vectors of eight, whose independent sums hide the latency of the multiply-add.</summary>
    public const int Leaf = 32;

    // Below this many rows a subtree is built by one thread.
    const int Alone = 8192;

    public int Rows { get; }
    public int Columns { get; }
    /// <summary>Columns padded with zeros to whole vectors: 4, or a multiple of 8.</summary>
    public int Width { get; }
    public bool Manhattan { get; }
    public int Leaves { get; }
    public int Nodes => 2 * Leaves - 1;
    /// <summary>Original row of each position.</summary>
    public int[] Order { get; }
    /// <summary>n x Width, by position.</summary>
    public float[] Points { get; }
    /// <summary>Leaves x d x Leaf; rows that the last leaf lacks are infinitely far away.</summary>
    public float[] Blocks { get; }
    /// <summary>Nodes x 2 x Width: the least and the largest value in each column. Nodes are in preorder; the left child follows its parent.</summary>
    public float[] Boxes { get; }
    /// <summary>Right child of each node, 0 for a leaf.</summary>
    public int[] Right { get; }
    /// <summary>First leaf below each node.</summary>
    public int[] First { get; }
    /// <summary>Leaves below each node.</summary>
    public int[] Span { get; }
    /// <summary>Node of each leaf.</summary>
    public int[] NodeOf { get; }

    /// <summary>Builds over finite rows, n at least 1. The tree does not depend on the number of threads.</summary>
    public KdTree(Matrix rows, bool manhattan, int threads)
    {
        Rows = rows.Rows;
        Columns = rows.Columns;
        Width = Columns <= 4 ? 4 : (Columns + 7) / 8 * 8;
        Manhattan = manhattan;
        Leaves = Math.Max(1, (Rows + Leaf - 1) / Leaf);
        Order = new int[Rows];
        for (var i = 0; i < Rows; i++) Order[i] = i;
        Right = new int[Nodes];
        First = new int[Nodes];
        Span = new int[Nodes];
        NodeOf = new int[Leaves];
        Boxes = new float[(long)Nodes * 2 * Width];
        Points = new float[(long)Rows * Width];
        Blocks = new float[(long)Leaves * Columns * Leaf];
        Build(rows, new float[Rows], 0, 0, Leaves, threads);
        Fill(rows, threads);
        Bound(threads);
    }

    public bool IsLeaf(int node) => Right[node] == 0;

    /// <summary>First position below a node.</summary>
    public int Start(int node) => First[node] * Leaf;

    /// <summary>End, exclusive, of the positions below a node.</summary>
    public int End(int node) => Math.Min(Rows, (First[node] + Span[node]) * Leaf);

    public ReadOnlySpan<float> Point(int position) => Points.AsSpan(position * Width, Width);

    public ReadOnlySpan<float> Block(int leaf) => Blocks.AsSpan(leaf * Columns * Leaf, Columns * Leaf);

    public ReadOnlySpan<float> Box(int node) => Boxes.AsSpan(node * 2 * Width, 2 * Width);

    // Splits at a whole number of leaves in the widest column of the rows themselves.
    void Build(Matrix rows, float[] keys, int node, int firstLeaf, int leaves, int threads)
    {
        First[node] = firstLeaf;
        Span[node] = leaves;
        if (leaves == 1)
        {
            NodeOf[firstLeaf] = node;
            return;
        }

        int start = firstLeaf * Leaf, end = Math.Min(Rows, (firstLeaf + leaves) * Leaf);
        var left = (leaves + 1) / 2;
        if (Columns > 0)
        {
            var column = Widest(rows, start, end);
            for (var i = start; i < end; i++) keys[i] = rows.Values[Order[i] * Columns + column];
            Selection.Partition(keys, Order, start, end, (firstLeaf + left) * Leaf);
        }

        Right[node] = node + 2 * left;
        if (threads > 1 && end - start > Alone)
        {
            Parallel.Invoke(new ParallelOptions { MaxDegreeOfParallelism = threads },
                () => Build(rows, keys, node + 1, firstLeaf, left, threads / 2),
                () => Build(rows, keys, Right[node], firstLeaf + left, leaves - left, threads - threads / 2));
            return;
        }

        Build(rows, keys, node + 1, firstLeaf, left, 1);
        Build(rows, keys, Right[node], firstLeaf + left, leaves - left, 1);
    }

    // Widest column over a fixed sample of the rows: the choice only shapes the tree, never a result.
    int Widest(Matrix rows, int start, int end)
    {
        var step = Math.Max(1, (end - start) / 1024);
        Span<float> low = Columns <= 256 ? stackalloc float[Columns] : new float[Columns];
        Span<float> high = Columns <= 256 ? stackalloc float[Columns] : new float[Columns];
        low.Fill(float.PositiveInfinity);
        high.Fill(float.NegativeInfinity);
        for (var i = start; i < end; i += step)
        {
            var row = rows.Row(Order[i]);
            for (var j = 0; j < row.Length; j++)
            {
                low[j] = Math.Min(low[j], row[j]);
                high[j] = Math.Max(high[j], row[j]);
            }
        }

        var widest = 0;
        for (var j = 1; j < Columns; j++)
            if (high[j] - low[j] > high[widest] - low[widest]) widest = j;
        return widest;
    }

    void Fill(Matrix rows, int threads) => Chunks.For(Leaves, threads, (_, from, to) =>
    {
        for (var leaf = from; leaf < to; leaf++)
        {
            var block = Blocks.AsSpan(leaf * Columns * Leaf, Columns * Leaf);
            block.Fill(float.PositiveInfinity);
            for (var position = leaf * Leaf; position < Math.Min(Rows, (leaf + 1) * Leaf); position++)
            {
                var row = rows.Row(Order[position]);
                row.CopyTo(Points.AsSpan(position * Width));
                for (var j = 0; j < Columns; j++) block[j * Leaf + position - leaf * Leaf] = row[j];
            }
        }
    });

    // Children come after their parent in preorder, so that a backward pass meets them first.
    void Bound(int threads)
    {
        Chunks.For(Nodes, threads, (_, from, to) =>
        {
            for (var node = from; node < to; node++)
            {
                if (!IsLeaf(node)) continue;
                var low = Boxes.AsSpan(node * 2 * Width, Width);
                var high = Boxes.AsSpan(node * 2 * Width + Width, Width);
                Point(Start(node)).CopyTo(low);
                Point(Start(node)).CopyTo(high);
                for (var position = Start(node) + 1; position < End(node); position++) Widen(low, high, Point(position), Point(position));
            }
        });
        for (var node = Nodes - 1; node >= 0; node--)
        {
            if (IsLeaf(node)) continue;
            var low = Boxes.AsSpan(node * 2 * Width, Width);
            var high = Boxes.AsSpan(node * 2 * Width + Width, Width);
            Box(node + 1)[..Width].CopyTo(low);
            Box(node + 1)[Width..].CopyTo(high);
            Widen(low, high, Box(Right[node])[..Width], Box(Right[node])[Width..]);
        }
    }

    static void Widen(Span<float> low, Span<float> high, ReadOnlySpan<float> otherLow, ReadOnlySpan<float> otherHigh)
    {
        for (var j = 0; j < low.Length; j++)
        {
            low[j] = Math.Min(low[j], otherLow[j]);
            high[j] = Math.Max(high[j], otherHigh[j]);
        }
    }
}
