using System.Numerics;
using Coterie.Clustering.Trees;
using Coterie.Numerics;

namespace Coterie.Clustering.Density;

/// <summary>The two passes of DBSCAN over a k-d tree, a leaf of rows at a time: which rows are core points, and which of them are
/// linked. In many columns, where boxes keep nothing apart, this is a blocked comparison of all pairs.</summary>
static class CorePoints
{
    /// <summary>For each leaf the bits of its core points: rows with at least <paramref name="least"/> rows within reach, themselves among
    /// them. Counting stops there.</summary>
    public static uint[] Find(KdTree tree, Reach reach, int least, int threads)
    {
        var masks = new uint[tree.Leaves];
        Chunks.Each((tree.Leaves + Neighbours.Group - 1) / Neighbours.Group, threads, group =>
        {
            for (var leaf = group * Neighbours.Group; leaf < Math.Min(tree.Leaves, (group + 1) * Neighbours.Group); leaf++)
                masks[leaf] = Count(tree, reach, leaf, least);
        });
        return masks;
    }

    static uint Count(KdTree tree, Reach reach, int leaf, int least)
    {
        var rows = Math.Min(KdTree.Leaf, tree.Rows - leaf * KdTree.Leaf);
        var all = rows == KdTree.Leaf ? uint.MaxValue : (1u << rows) - 1;
        Span<int> counts = stackalloc int[KdTree.Leaf];
        counts.Clear();
        var own = tree.NodeOf[leaf];
        var box = tree.Box(own);
        var open = all;
        Span<int> nodes = stackalloc int[Neighbours.Depth];
        var top = -1;
        // Upwards from the leaf itself, as most rows find enough neighbours near by.
        Span<int> path = stackalloc int[Neighbours.Depth];
        var steps = Path(tree, leaf, path);
        nodes[++top] = own;
        while (true)
        {
            while (top >= 0 && open != 0)
            {
                var node = nodes[top--];
                if (LeafKernel.Between(box, tree.Box(node), tree.Manhattan) >= reach.Never) continue;
                if (LeafKernel.Across(box, tree.Box(node), tree.Manhattan) < reach.Sure)
                {
                    Add(counts, ref open, tree.End(node) - tree.Start(node), least);
                }
                else if (!tree.IsLeaf(node))
                {
                    nodes[++top] = tree.Right[node];
                    nodes[++top] = node + 1;
                }
                else
                {
                    CountLeaf(tree, reach, leaf, node, counts, ref open, least);
                }
            }

            if (open == 0 || steps == 0) return all & ~open;
            nodes[++top] = path[--steps];
        }
    }

    // The subtrees beside the path from the root to a leaf, the root's first.
    static int Path(KdTree tree, int leaf, Span<int> beside)
    {
        var steps = 0;
        for (var node = 0; !tree.IsLeaf(node);)
        {
            int left = node + 1, right = tree.Right[node];
            var goesRight = leaf >= tree.First[right];
            beside[steps++] = goesRight ? left : right;
            node = goesRight ? right : left;
        }

        return steps;
    }

    static void Add(Span<int> counts, ref uint open, int rows, int least)
    {
        for (var left = open; left != 0; left &= left - 1)
        {
            var lane = BitOperations.TrailingZeroCount(left);
            counts[lane] = (int)Math.Min(int.MaxValue, (long)counts[lane] + rows);
            if (counts[lane] >= least) open &= ~(1u << lane);
        }
    }

    static void CountLeaf(KdTree tree, Reach reach, int leaf, int node, Span<int> counts, ref uint open, int least)
    {
        var box = tree.Box(node);
        for (var left = open; left != 0; left &= left - 1)
        {
            var lane = BitOperations.TrailingZeroCount(left);
            var row = tree.Point(leaf * KdTree.Leaf + lane);
            if (LeafKernel.ToBox(row, box, tree.Manhattan) >= reach.Never) continue;
            counts[lane] += BitOperations.PopCount(reach.Mask(row, tree.First[node]));
            if (counts[lane] >= least) open &= ~(1u << lane);
        }
    }

    /// <summary>Core points, by position, in sets that are linked within reach.</summary>
    public static DisjointSets Join(KdTree tree, Reach reach, uint[] masks, int threads)
    {
        var sets = new DisjointSets(tree.Rows);
        var groups = (tree.Leaves + Neighbours.Group - 1) / Neighbours.Group;
        // Leaves whose core points are known to be of one set: that stays so.
        var single = new bool[tree.Leaves];
        Chunks.Each(groups, threads, group =>
        {
            for (var leaf = group * Neighbours.Group; leaf < Math.Min(tree.Leaves, (group + 1) * Neighbours.Group); leaf++)
                JoinLeaves(tree, reach, masks, sets, single, leaf, leaf);
        });
        Chunks.Each(groups, threads, group =>
        {
            for (var leaf = group * Neighbours.Group; leaf < Math.Min(tree.Leaves, (group + 1) * Neighbours.Group); leaf++)
                if (masks[leaf] != 0) JoinOthers(tree, reach, masks, sets, single, leaf);
        });
        return sets;
    }

    // Every pair of leaves once: from the earlier one.
    static void JoinOthers(KdTree tree, Reach reach, uint[] masks, DisjointSets sets, bool[] single, int leaf)
    {
        var box = tree.Box(tree.NodeOf[leaf]);
        Span<int> nodes = stackalloc int[Neighbours.Depth];
        var top = 0;
        nodes[0] = 0;
        while (top >= 0)
        {
            var node = nodes[top--];
            if (tree.First[node] + tree.Span[node] <= leaf + 1) continue;
            if (tree.IsLeaf(node) && masks[tree.First[node]] == 0) continue;
            if (LeafKernel.Between(box, tree.Box(node), tree.Manhattan) >= reach.Never) continue;
            if (tree.IsLeaf(node))
            {
                JoinLeaves(tree, reach, masks, sets, single, leaf, tree.First[node]);
                continue;
            }

            nodes[++top] = tree.Right[node];
            nodes[++top] = node + 1;
        }
    }

    static void JoinLeaves(KdTree tree, Reach reach, uint[] masks, DisjointSets sets, bool[] single, int leaf, int other)
    {
        if (masks[leaf] == 0 || masks[other] == 0) return;
        int first = leaf * KdTree.Leaf, second = other * KdTree.Leaf;
        if (OneSet(sets, masks, single, leaf, other)) return;
        var box = tree.Box(tree.NodeOf[other]);
        for (var left = masks[leaf]; left != 0; left &= left - 1)
        {
            var position = first + BitOperations.TrailingZeroCount(left);
            var row = tree.Point(position);
            if (LeafKernel.ToBox(row, box, tree.Manhattan) >= reach.Never) continue;
            var joined = false;
            for (var near = reach.Mask(row, other) & masks[other]; near != 0; near &= near - 1)
                joined |= sets.Union(position, second + BitOperations.TrailingZeroCount(near));
            if (joined && OneSet(sets, masks, single, leaf, other)) return;
        }
    }

    static bool OneSet(DisjointSets sets, uint[] masks, bool[] single, int leaf, int other) =>
        Single(sets, masks, single, leaf) && Single(sets, masks, single, other) && Root(sets, masks, leaf) == Root(sets, masks, other);

    static int Root(DisjointSets sets, uint[] masks, int leaf) => sets.Find(leaf * KdTree.Leaf + BitOperations.TrailingZeroCount(masks[leaf]));

    static bool Single(DisjointSets sets, uint[] masks, bool[] single, int leaf)
    {
        if (single[leaf]) return true;
        var root = Root(sets, masks, leaf);
        for (var left = masks[leaf] & (masks[leaf] - 1); left != 0; left &= left - 1)
            if (sets.Find(leaf * KdTree.Leaf + BitOperations.TrailingZeroCount(left)) != root) return false;
        return single[leaf] = true;
    }
}
