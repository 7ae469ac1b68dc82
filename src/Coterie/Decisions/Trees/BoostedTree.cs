namespace Coterie.Decisions.Trees;

/// <summary>One binary tree. A child that is 0 or more is a node, a negative child c is the leaf ~c; a tree without nodes has the one leaf 0.</summary>
public sealed record BoostedTree
{
    /// <summary>m columns that nodes look at; node 0 is the root.</summary>
    public required int[] Features { get; init; }
    /// <summary>m; a value of at most this goes left.</summary>
    public required float[] Thresholds { get; init; }
    /// <summary>m; where a missing value (NaN) goes.</summary>
    public required bool[] MissingLeft { get; init; }
    /// <summary>m.</summary>
    public required int[] Left { get; init; }
    /// <summary>m.</summary>
    public required int[] Right { get; init; }
    /// <summary>m + 1.</summary>
    public required double[] Leaves { get; init; }
    /// <summary>m; weight of the training rows that came by each node.</summary>
    public required double[] NodeCover { get; init; }
    /// <summary>m + 1; weight of the training rows that ended in each leaf.</summary>
    public required double[] LeafCover { get; init; }

    /// <summary>Whether a row goes left at a node.</summary>
    public bool GoesLeft(int node, ReadOnlySpan<float> row)
    {
        var value = row[Features[node]];
        return float.IsNaN(value) ? MissingLeft[node] : value <= Thresholds[node];
    }

    /// <summary>The leaf that a row ends in.</summary>
    public int LeafOf(ReadOnlySpan<float> row)
    {
        if (Features.Length == 0) return 0;
        var at = 0;
        while (at >= 0) at = GoesLeft(at, row) ? Left[at] : Right[at];
        return ~at;
    }

    /// <summary>Nodes from the root to the farthest leaf.</summary>
    public int Depth() => Features.Length == 0 ? 0 : Below(0);

    int Below(int at) => at < 0 ? 0 : 1 + Math.Max(Below(Left[at]), Below(Right[at]));

    /// <summary>Mean output over the training rows: what is expected of a row that nothing is known of.</summary>
    public double Mean()
    {
        double sum = 0, weight = 0;
        for (var l = 0; l < Leaves.Length; l++)
        {
            sum += LeafCover[l] * Leaves[l];
            weight += LeafCover[l];
        }

        return sum / weight;
    }

    /// <exception cref="InputException">Lengths do not fit, a child is missing or has two parents, a feature is out of range, or a cover is no sum.</exception>
    internal void Check(int columns)
    {
        var m = Features.Length;
        if (Thresholds.Length != m || MissingLeft.Length != m || Left.Length != m || Right.Length != m || NodeCover.Length != m || Leaves.Length != m + 1 || LeafCover.Length != m + 1)
            throw new InputException($"A tree of {m} nodes has arrays of other lengths; expected {m} for nodes and {m + 1} for leaves. The model file is damaged.");
        var parents = new int[2 * m + 1];
        for (var node = 0; node < m; node++)
        {
            if ((uint)Features[node] >= (uint)columns) throw new InputException($"A tree looks at column {Features[node]} of {columns}. The model file is damaged.");
            foreach (var child in (ReadOnlySpan<int>)[Left[node], Right[node]])
            {
                // Children come after their parents, so no walk can return.
                if (child >= m || (child >= 0 && child <= node) || ~child > m || parents[child >= 0 ? child : m + ~child]++ > 0)
                    throw new InputException($"Node {node} of a tree has the child {child}, which is not a later node or a leaf of its own. The model file is damaged.");
            }
        }
    }
}
