using System.Collections.Concurrent;
using System.Numerics;
using Coterie.Numerics;

namespace Coterie.Clustering.Trees;

/// <summary>Borůvka's algorithm (1926) on a k-d tree: in each round every component finds its nearest row outside. Boxes whose rows
/// all belong to the component are passed by (March, Ram and Gray 2010), and what a row found in an earlier round is kept: it stays the
/// nearest as long as it is outside, and bounds from below what is left when it is not.</summary>
sealed class Boruvka
{
    readonly KdTree tree;
    readonly int threads;
    readonly float[] cores;      // by position, padded to whole leaves
    readonly int[] component;    // by position, padded to whole leaves with -2
    readonly int[] nodeComponent; // -1 where a node holds several
    readonly float[] nodeCore;   // least core distance below a node
    readonly int[] parent;       // of each node
    readonly float[] lower;      // no row outside is nearer than this
    readonly float[] weight;     // of the candidate
    readonly int[] candidate;    // nearest row outside, or -1
    readonly float[] best;       // by component: the least weight of its candidates when the round begins
    readonly ConcurrentBag<Scratch> pool = [];

    // What the rows of one piece of work learned about their components; nothing of it passes to another piece, so that the result does
    // not depend on which is done first.
    sealed class Scratch(int rows)
    {
        readonly float[] best = new float[rows];
        readonly int[] stamp = new int[rows];
        int now;

        public void Clear() => now++;
        public float Best(int component) => stamp[component] == now ? best[component] : float.PositiveInfinity;
        public void Lower(int component, float value) => (stamp[component], best[component]) = (now, value);
    }

    Boruvka(KdTree tree, float[] cores, int threads)
    {
        this.tree = tree;
        this.cores = cores;
        this.threads = threads;
        component = new int[cores.Length];
        Array.Fill(component, -2);
        nodeComponent = new int[tree.Nodes];
        nodeCore = new float[tree.Nodes];
        parent = new int[tree.Nodes];
        lower = new float[tree.Rows];
        weight = new float[tree.Rows];
        candidate = new int[tree.Rows];
        Array.Fill(candidate, -1);
        best = new float[tree.Rows];
        for (var node = tree.Nodes - 1; node >= 0; node--)
        {
            if (tree.IsLeaf(node))
            {
                nodeCore[node] = cores.AsSpan(tree.Start(node), tree.End(node) - tree.Start(node)).ToArray().Min();
                continue;
            }

            nodeCore[node] = Math.Min(nodeCore[node + 1], nodeCore[tree.Right[node]]);
            parent[node + 1] = parent[tree.Right[node]] = node;
        }
    }

    /// <summary>The spanning tree of the rows of a k-d tree with core distances by position (padded to whole leaves).</summary>
    public static SpanningTree Span(KdTree tree, float[] cores, int threads) => new Boruvka(tree, cores, threads).Run();

    SpanningTree Run()
    {
        var n = tree.Rows;
        var sets = new DisjointSets(n);
        var (from, to, weights) = (new int[n - 1], new int[n - 1], new float[n - 1]);
        var edges = 0;
        var chosen = new int[n];
        while (edges < n - 1)
        {
            Refresh(sets);
            Chunks.Each((tree.Leaves + Neighbours.Group - 1) / Neighbours.Group, threads, Search);
            // The least candidate of each component; the first position where weights are equal.
            Array.Fill(chosen, -1);
            for (var i = 0; i < n; i++)
            {
                if (candidate[i] < 0) continue;
                ref var choice = ref chosen[component[i]];
                if (choice < 0 || weight[i] < weight[choice]) choice = i;
            }

            var picked = chosen.Where(i => i >= 0).ToArray();
            // Ascending, so that an edge that closes a ring of equal weights may be left out and the tree is still minimal.
            Array.Sort(picked.Select(i => weight[i]).ToArray(), picked);
            foreach (var i in picked)
            {
                if (!sets.Union(i, candidate[i])) continue;
                (from[edges], to[edges], weights[edges]) = (tree.Order[i], tree.Order[candidate[i]], weight[i]);
                edges++;
            }
        }

        return SpanningTree.Sorted(from, to, weights, ByRow());
    }

    float[] ByRow()
    {
        var byRow = new float[tree.Rows];
        for (var i = 0; i < byRow.Length; i++) byRow[tree.Order[i]] = cores[i];
        return byRow;
    }

    void Refresh(DisjointSets sets)
    {
        var n = tree.Rows;
        for (var i = 0; i < n; i++) component[i] = sets.Find(i);
        Array.Fill(best, float.PositiveInfinity);
        for (var i = 0; i < n; i++)
        {
            if (candidate[i] < 0) continue;
            if (component[candidate[i]] == component[i]) candidate[i] = -1;
            else best[component[i]] = Math.Min(best[component[i]], weight[i]);
        }

        for (var node = tree.Nodes - 1; node >= 0; node--)
        {
            if (!tree.IsLeaf(node))
            {
                nodeComponent[node] = nodeComponent[node + 1] == nodeComponent[tree.Right[node]] ? nodeComponent[node + 1] : -1;
                continue;
            }

            var members = component.AsSpan(tree.Start(node), tree.End(node) - tree.Start(node));
            nodeComponent[node] = members.ContainsAnyExcept(members[0]) ? -1 : members[0];
        }
    }

    void Search(int group)
    {
        if (!pool.TryTake(out var scratch)) scratch = new Scratch(tree.Rows);
        scratch.Clear();
        int start = group * Neighbours.Group * KdTree.Leaf, end = Math.Min(tree.Rows, start + Neighbours.Group * KdTree.Leaf);
        for (var i = start; i < end; i++)
        {
            if (candidate[i] >= 0) continue;
            var own = component[i];
            var bound = Math.Min(best[own], scratch.Best(own));
            if (Math.Max(cores[i], lower[i]) >= bound) continue;
            lower[i] = Nearest(i, bound, out candidate[i]);
            if (candidate[i] < 0) continue;
            weight[i] = lower[i];
            scratch.Lower(own, lower[i]);
        }

        pool.Add(scratch);
    }

    // The nearest row outside the component of a row, if one is nearer than the bound: its weight, or the bound. From the row's own
    // leaf upwards, the subtrees beside the path in turn.
    float Nearest(int position, float bound, out int found)
    {
        found = -1;
        var own = component[position];
        var core = cores[position];
        var floor = Math.Max(core, lower[position]);
        var row = tree.Point(position);
        Span<int> nodes = stackalloc int[Neighbours.Depth];
        Span<float> gaps = stackalloc float[Neighbours.Depth];
        var node = tree.NodeOf[position / KdTree.Leaf];
        if (nodeComponent[node] != own) Offer(node, row, own, core, ref bound, ref found);
        while (node != 0 && bound > floor)
        {
            var up = parent[node];
            var beside = node == up + 1 ? tree.Right[up] : up + 1;
            node = up;
            var gap = Gap(beside, row, own);
            if (gap >= bound) continue;
            var top = 0;
            nodes[0] = beside;
            gaps[0] = gap;
            while (top >= 0)
            {
                var next = nodes[top];
                if (gaps[top--] >= bound) continue;
                while (!tree.IsLeaf(next))
                {
                    int near = next + 1, far = tree.Right[next];
                    var nearGap = Gap(near, row, own);
                    var farGap = Gap(far, row, own);
                    if (farGap < nearGap)
                    {
                        (near, far) = (far, near);
                        (nearGap, farGap) = (farGap, nearGap);
                    }

                    if (farGap < bound)
                    {
                        nodes[++top] = far;
                        gaps[top] = farGap;
                    }

                    next = near;
                    if (nearGap < bound) continue;
                    next = -1;
                    break;
                }

                if (next < 0) continue;
                Offer(next, row, own, core, ref bound, ref found);
                if (bound <= floor) return bound;
            }
        }

        return bound;
    }

    // No row below the node can be nearer than this; infinite where all are of the component.
    float Gap(int node, ReadOnlySpan<float> row, int own) => nodeComponent[node] == own
        ? float.PositiveInfinity
        : Math.Max(nodeCore[node], LeafKernel.ToBox(row, tree.Box(node), tree.Manhattan));

    void Offer(int node, ReadOnlySpan<float> row, int own, float core, ref float bound, ref int found)
    {
        var leaf = tree.First[node];
        var reach = LeafKernel.Distances(row, tree.Block(leaf), tree.Manhattan).AtLeast(core, cores.AsSpan(leaf * KdTree.Leaf, KdTree.Leaf));
        var mask = reach.Below(bound) & ~LeafKernel.Equal(component.AsSpan(leaf * KdTree.Leaf, KdTree.Leaf), own);
        if (mask == 0) return;
        Span<float> distances = stackalloc float[KdTree.Leaf];
        reach.Store(distances);
        for (; mask != 0; mask &= mask - 1)
        {
            var lane = BitOperations.TrailingZeroCount(mask);
            if (distances[lane] < bound) (bound, found) = (distances[lane], leaf * KdTree.Leaf + lane);
        }
    }
}
