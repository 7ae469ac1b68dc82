using System.Numerics;
using System.Runtime.InteropServices;
using Coterie.Clustering.Trees;

namespace Coterie.Clustering.Density;

/// <summary>A labelled row found: its distance as the tree measures, its label, its position. A label of -1 is none.</summary>
[StructLayout(LayoutKind.Auto)]
readonly record struct Place(float Distance, int Label, int Position)
{
    public static readonly Place None = new(float.PositiveInfinity, -1, -1);
}

/// <summary>A k-d tree whose rows carry labels, with the labels below each node.</summary>
sealed class LabelledTree
{
    readonly int[] labels;   // by position
    readonly int[] least;    // label below each node
    readonly int[] largest;

    public KdTree Tree { get; }

    /// <param name="byRow">Labels of the rows that the tree was built over; 0 and up.</param>
    public LabelledTree(KdTree tree, int[] byRow)
    {
        Tree = tree;
        labels = new int[tree.Rows];
        for (var i = 0; i < labels.Length; i++) labels[i] = byRow[tree.Order[i]];
        least = new int[tree.Nodes];
        largest = new int[tree.Nodes];
        for (var node = tree.Nodes - 1; node >= 0; node--)
        {
            if (!tree.IsLeaf(node))
            {
                least[node] = Math.Min(least[node + 1], least[tree.Right[node]]);
                largest[node] = Math.Max(largest[node + 1], largest[tree.Right[node]]);
                continue;
            }

            least[node] = int.MaxValue;
            largest[node] = -1;
            for (var i = tree.Start(node); i < tree.End(node); i++)
            {
                least[node] = Math.Min(least[node], labels[i]);
                largest[node] = Math.Max(largest[node], labels[i]);
            }
        }
    }

    /// <summary>The nearest row (below the bound) whose label is not the excepted one; the least label among equally near.</summary>
    /// <param name="row">Padded to the tree's width.</param>
    public Place Nearest(ReadOnlySpan<float> row, float bound, int except)
    {
        var best = new Place(bound, -1, -1);
        Span<int> nodes = stackalloc int[Neighbours.Depth];
        Span<float> gaps = stackalloc float[Neighbours.Depth];
        Span<float> found = stackalloc float[KdTree.Leaf];
        var top = 0;
        nodes[0] = 0;
        gaps[0] = LeafKernel.ToBox(row, Tree.Box(0), Tree.Manhattan);
        while (top >= 0)
        {
            var node = nodes[top];
            var gap = gaps[top--];
            if (least[node] == except && largest[node] == except) continue;
            if (!(gap < best.Distance || (gap == best.Distance && least[node] < best.Label))) continue;
            if (!Tree.IsLeaf(node))
            {
                int near = node + 1, far = Tree.Right[node];
                var nearGap = LeafKernel.ToBox(row, Tree.Box(near), Tree.Manhattan);
                var farGap = LeafKernel.ToBox(row, Tree.Box(far), Tree.Manhattan);
                if (farGap < nearGap)
                {
                    (near, far) = (far, near);
                    (nearGap, farGap) = (farGap, nearGap);
                }

                nodes[++top] = far;
                gaps[top] = farGap;
                nodes[++top] = near;
                gaps[top] = nearGap;
                continue;
            }

            var start = Tree.Start(node);
            var here = LeafKernel.Distances(row, Tree.Block(Tree.First[node]), Tree.Manhattan);
            var mask = here.Below(MathF.BitIncrement(best.Distance));
            if (mask != 0) here.Store(found);
            for (; mask != 0; mask &= mask - 1)
            {
                var lane = BitOperations.TrailingZeroCount(mask);
                var label = labels[start + lane];
                if (label == except) continue;
                if (found[lane] < best.Distance || (found[lane] == best.Distance && label < best.Label))
                    best = new Place(found[lane], label, start + lane);
            }
        }

        return best.Label < 0 ? Place.None : best;
    }
}
