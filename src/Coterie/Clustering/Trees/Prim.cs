using Coterie.Numerics;

namespace Coterie.Clustering.Trees;

/// <summary>The algorithm of Jarník (1930) and Prim (1957) without a queue: n passes over all rows, leaf by leaf in vector registers,
/// in memory of order n. For few rows, or where columns are too many for boxes to tell rows apart.</summary>
static class Prim
{
    // A pass over fewer numbers than this is not worth waking a second thread for.
    const int Alone = 1 << 17;

    /// <summary>The spanning tree of the rows of a k-d tree with core distances by position (padded to whole leaves).</summary>
    public static SpanningTree Span(KdTree tree, float[] cores, int threads)
    {
        var n = tree.Rows;
        var nearest = new float[cores.Length];
        Array.Fill(nearest, float.PositiveInfinity);
        var source = new int[cores.Length];
        var done = new bool[cores.Length];
        Array.Fill(done, true, n, done.Length - n);
        var (from, to, weights) = (new int[n - 1], new int[n - 1], new float[n - 1]);
        var groups = (tree.Leaves + Neighbours.Group - 1) / Neighbours.Group;
        var firsts = new int[groups];
        if ((long)n * tree.Columns < Alone) threads = 1;
        var last = 0;
        done[0] = true;
        for (var edge = 0; edge < n - 1; edge++)
        {
            var added = last;
            Chunks.Each(groups, threads, group => firsts[group] = Pass(tree, cores, added, group, nearest, source, done));
            var next = -1;
            foreach (var i in firsts)
                if (i >= 0 && (next < 0 || nearest[i] < nearest[next])) next = i;
            (from[edge], to[edge], weights[edge]) = (tree.Order[source[next]], tree.Order[next], nearest[next]);
            done[next] = true;
            last = next;
        }

        var byRow = new float[n];
        for (var i = 0; i < n; i++) byRow[tree.Order[i]] = cores[i];
        return SpanningTree.Sorted(from, to, weights, byRow);
    }

    // Offers the row added last to the rows of a group of leaves; the group's nearest row outside the tree, -1 for none.
    static int Pass(KdTree tree, float[] cores, int added, int group, float[] nearest, int[] source, bool[] done)
    {
        Span<float> reach = stackalloc float[KdTree.Leaf];
        var row = tree.Point(added);
        var best = -1;
        for (var leaf = group * Neighbours.Group; leaf < Math.Min(tree.Leaves, (group + 1) * Neighbours.Group); leaf++)
        {
            var start = leaf * KdTree.Leaf;
            LeafKernel.Distances(row, tree.Block(leaf), tree.Manhattan).AtLeast(cores[added], cores.AsSpan(start, KdTree.Leaf)).Store(reach);
            for (var lane = 0; lane < KdTree.Leaf; lane++)
            {
                var i = start + lane;
                if (done[i]) continue;
                if (reach[lane] < nearest[i]) (nearest[i], source[i]) = (reach[lane], added);
                if (best < 0 || nearest[i] < nearest[best]) best = i;
            }
        }

        return best;
    }
}
