using System.Numerics;
using Coterie.Clustering.Density;
using Coterie.Numerics;

namespace Coterie.Clustering.Trees;

/// <summary>Nearest neighbours in a k-d tree. Distances are the tree's: squared Euclidean, or Manhattan.</summary>
static class Neighbours
{
    /// <summary>Leaves in one fixed piece of work.</summary>
    public const int Group = 32;

    const int GraphRows = 256;

    /// <summary>A stack that no balanced tree over 2^31 rows outgrows.</summary>
    public const int Depth = 96;

    /// <summary>Distance of each row, by position, to its k-th nearest other row; the farthest when there are fewer, 0 when k is 0.</summary>
    public static float[] CoreDistances(KdTree tree, int k, int threads)
    {
        // Whole leaves, so that kernels may read past the last row; what is there is infinitely far anyway.
        var cores = new float[tree.Leaves * KdTree.Leaf];
        k = Math.Min(k, tree.Rows - 1);
        if (k <= 0) return cores;
        Chunks.Each((tree.Leaves + Group - 1) / Group, threads, group =>
        {
            var lists = new float[KdTree.Leaf * k];
            for (var leaf = group * Group; leaf < Math.Min(tree.Leaves, (group + 1) * Group); leaf++)
                CoreDistances(tree, leaf, k, lists, cores.AsSpan(leaf * KdTree.Leaf, KdTree.Leaf));
        });
        return cores;
    }

    // The rows of a leaf walk the tree together: boxes far from all of them are passed by once.
    static void CoreDistances(KdTree tree, int leaf, int k, float[] lists, Span<float> cores)
    {
        Array.Fill(lists, float.PositiveInfinity);
        var own = tree.NodeOf[leaf];
        var box = tree.Box(own);
        Span<int> nodes = stackalloc int[Depth];
        Span<float> gaps = stackalloc float[Depth];
        var worst = Offer(tree, leaf, leaf, k, lists);
        var top = 0;
        nodes[0] = 0;
        gaps[0] = 0;
        while (top >= 0)
        {
            var node = nodes[top];
            var gap = gaps[top--];
            if (gap >= worst) continue;
            while (!tree.IsLeaf(node))
            {
                int near = node + 1, far = tree.Right[node];
                var nearGap = LeafKernel.Between(box, tree.Box(near), tree.Manhattan);
                var farGap = LeafKernel.Between(box, tree.Box(far), tree.Manhattan);
                if (farGap < nearGap || (farGap == nearGap && tree.First[far] <= leaf))
                {
                    (near, far) = (far, near);
                    (nearGap, farGap) = (farGap, nearGap);
                }

                if (farGap < worst)
                {
                    nodes[++top] = far;
                    gaps[top] = farGap;
                }

                node = near;
                gap = nearGap;
                if (gap >= worst) break;
            }

            if (gap < worst && node != own) worst = Offer(tree, leaf, tree.First[node], k, lists);
        }

        for (var i = 0; i < KdTree.Leaf; i++) cores[i] = lists[i * k + k - 1];
    }

    // Offers the rows of one leaf to the lists of another's; the largest k-th distance of all lists afterwards.
    static float Offer(KdTree tree, int leaf, int other, int k, float[] lists)
    {
        int start = leaf * KdTree.Leaf, end = Math.Min(tree.Rows, start + KdTree.Leaf);
        var block = tree.Block(other);
        var box = tree.Box(tree.NodeOf[other]);
        Span<float> distances = stackalloc float[KdTree.Leaf];
        var worst = 0f;
        for (var position = start; position < end; position++)
        {
            var list = lists.AsSpan((position - start) * k, k);
            var row = tree.Point(position);
            if (leaf == other || LeafKernel.ToBox(row, box, tree.Manhattan) < list[k - 1])
            {
                var found = LeafKernel.Distances(row, block, tree.Manhattan);
                var mask = found.Below(list[k - 1]);
                if (leaf == other) mask &= ~(1u << (position - start));
                if (mask != 0) found.Store(distances);
                for (; mask != 0; mask &= mask - 1)
                {
                    var distance = distances[BitOperations.TrailingZeroCount(mask)];
                    if (!(distance < list[k - 1])) continue;
                    var i = k - 1;
                    for (; i > 0 && list[i - 1] > distance; i--) list[i] = list[i - 1];
                    list[i] = distance;
                }
            }

            worst = Math.Max(worst, list[k - 1]);
        }

        return worst;
    }

    /// <summary>The nearest rows of the tree to any row (padded to the tree's width), nearest first; as many as there is room for.
    /// Equal distances keep the row met first. Returns how many were found.</summary>
    public static int Nearest(KdTree tree, ReadOnlySpan<float> row, Span<float> distances, Span<int> positions)
    {
        var k = Math.Min(distances.Length, tree.Rows);
        distances.Fill(float.PositiveInfinity);
        Span<int> nodes = stackalloc int[Depth];
        Span<float> gaps = stackalloc float[Depth];
        Span<float> found = stackalloc float[KdTree.Leaf];
        var top = 0;
        nodes[0] = 0;
        gaps[0] = 0;
        while (top >= 0)
        {
            var node = nodes[top];
            var gap = gaps[top--];
            if (gap >= distances[k - 1]) continue;
            if (!tree.IsLeaf(node))
            {
                int near = node + 1, far = tree.Right[node];
                var nearGap = LeafKernel.ToBox(row, tree.Box(near), tree.Manhattan);
                var farGap = LeafKernel.ToBox(row, tree.Box(far), tree.Manhattan);
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

            var leaf = tree.First[node];
            var here = LeafKernel.Distances(row, tree.Block(leaf), tree.Manhattan);
            var mask = here.Below(distances[k - 1]);
            if (mask != 0) here.Store(found);
            for (; mask != 0; mask &= mask - 1)
            {
                var lane = BitOperations.TrailingZeroCount(mask);
                if (!(found[lane] < distances[k - 1])) continue;
                var i = k - 1;
                for (; i > 0 && distances[i - 1] > found[lane]; i--) (distances[i], positions[i]) = (distances[i - 1], positions[i - 1]);
                (distances[i], positions[i]) = (found[lane], leaf * KdTree.Leaf + lane);
            }
        }

        return k;
    }

    /// <summary>n x near: the nearest other rows of each row, nearest first; near is less than n.</summary>
    public static int[] Graph(Matrix rows, int near, int threads)
    {
        var n = rows.Rows;
        var graph = new int[n * near];
        if (near == 0) return graph;
        var tree = new KdTree(rows, false, threads);
        Chunks.Each((n + GraphRows - 1) / GraphRows, threads, part =>
        {
            var row = new float[tree.Width];
            var distances = new float[near + 1];
            var positions = new int[near + 1];
            for (var i = part * GraphRows; i < Math.Min(n, (part + 1) * GraphRows); i++)
            {
                Pad(rows.Row(i), row);
                var found = Nearest(tree, row, distances, positions);
                // The row itself is among them, unless so many others are in its place.
                for (int f = 0, at = 0; f < found && at < near; f++)
                {
                    var other = tree.Order[positions[f]];
                    if (other == i) continue;
                    graph[i * near + at++] = other;
                }
            }
        });
        return graph;
    }

    /// <summary>Of each row the nearest row of a tree, the first of equally near ones.</summary>
    public static int[] First(KdTree tree, Matrix rows)
    {
        var first = new int[rows.Rows];
        var labelled = new LabelledTree(tree, [.. Enumerable.Range(0, tree.Rows)]);
        var row = new float[tree.Width];
        for (var i = 0; i < first.Length; i++)
        {
            Pad(rows.Row(i), row);
            // A row too far for single precision is near nothing.
            first[i] = Math.Max(0, labelled.Nearest(row, float.PositiveInfinity, -1).Label);
        }

        return first;
    }

    /// <summary>A row padded with zeros to the tree's width.</summary>
    public static void Pad(ReadOnlySpan<float> row, Span<float> padded)
    {
        row.CopyTo(padded);
        padded[row.Length..].Clear();
    }
}
