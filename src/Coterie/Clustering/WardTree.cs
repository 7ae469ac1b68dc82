using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>A union of two clusters, each named by one of its leaves.</summary>
/// <param name="Cost">What the union adds to the sum of squares.</param>
readonly record struct WardUnion(int A, int B, double Cost);

/// <summary>The tree of Ward's method by the nearest-neighbour chain (Murtagh 1983): follow nearest neighbours until two are each other's,
/// join them, go on from where the chain was. Quadratic in time; linear in memory, because the cost of a union follows from the sizes
/// and means of both: wa wb / (wa + wb) |ma - mb|^2. Ward's criterion is reducible, so the tree is that of always joining the closest.</summary>
static class WardTree
{
    // Fewer distances than this are not worth sharing among threads.
    const int WorthThreads = 1 << 16;

    /// <summary>Validated. Leaves (m x d) with weights (m): the m - 1 unions, in ascending cost.</summary>
    public static WardUnion[] Grow(Matrix leaves, double[] weights, int threads)
    {
        int m = leaves.Rows, d = leaves.Columns;
        var means = Array.ConvertAll(leaves.Values, x => (double)x);
        var weight = (double[])weights.Clone();
        var active = Enumerable.Range(0, m).ToList();
        var chain = new List<int>();
        var unions = new List<WardUnion>(Math.Max(0, m - 1));
        while (active.Count > 1)
        {
            if (chain.Count == 0) chain.Add(active[0]);
            var tip = chain[^1];
            var before = chain.Count > 1 ? chain[^2] : -1;
            var (nearest, cost) = Nearest(means, weight, d, active, tip, before, threads);
            if (nearest != before)
            {
                chain.Add(nearest);
                continue;
            }

            chain.RemoveRange(chain.Count - 2, 2);
            int kept = Math.Min(tip, nearest), gone = Math.Max(tip, nearest);
            unions.Add(new(kept, gone, cost));
            var sum = weight[kept] + weight[gone];
            for (var j = 0; j < d; j++)
                means[kept * d + j] = (weight[kept] * means[kept * d + j] + weight[gone] * means[gone * d + j]) / sum;
            weight[kept] = sum;
            active.RemoveAt(active.BinarySearch(gone));
        }

        // The chain finds unions out of order; a stable sort leaves those of equal cost as found, children before parents.
        return [.. unions.OrderBy(u => u.Cost)];
    }

    readonly record struct Neighbour(int Cluster, double Cost);

    // The cheapest cluster to join with; among equals the one before the tip in the chain, so that the chain ends, else the first.
    static Neighbour Nearest(double[] means, double[] weight, int d, List<int> active, int tip, int before, int threads)
    {
        var best = before < 0 ? new Neighbour(-1, double.PositiveInfinity) : new Neighbour(before, Cost(means, weight, d, tip, before));
        if ((long)active.Count * d < WorthThreads || threads == 1) return Cheaper(best, 0, active.Count);
        var parts = new Neighbour[threads];
        var floor = best;
        Chunks.Each(threads, threads, t => parts[t] = Cheaper(floor, (int)((long)active.Count * t / threads), (int)((long)active.Count * (t + 1) / threads)));
        foreach (var part in parts)
            if (part.Cost < best.Cost) best = part;
        return best;

        Neighbour Cheaper(Neighbour best, int from, int to)
        {
            for (var i = from; i < to; i++)
            {
                if (active[i] == tip) continue;
                var cost = Cost(means, weight, d, tip, active[i]);
                if (cost < best.Cost) best = new(active[i], cost);
            }

            return best;
        }
    }

    static double Cost(double[] means, double[] weight, int d, int a, int b)
    {
        ReadOnlySpan<double> x = means.AsSpan(a * d, d), y = means.AsSpan(b * d, d);
        var square = 0.0;
        for (var j = 0; j < x.Length; j++) square += (x[j] - y[j]) * (x[j] - y[j]);
        return weight[a] * weight[b] / (weight[a] + weight[b]) * square;
    }

    /// <summary>Validated. The label of each leaf after all unions but the dearest, k - 1 of them; numbered by first leaf.</summary>
    public static int[] Cut(WardUnion[] unions, int leaves, int k)
    {
        var parent = Enumerable.Range(0, leaves).ToArray();
        int Root(int x)
        {
            while (parent[x] != x) x = parent[x] = parent[parent[x]];
            return x;
        }

        for (var u = 0; u < unions.Length - (k - 1); u++)
        {
            int a = Root(unions[u].A), b = Root(unions[u].B);
            parent[Math.Max(a, b)] = Math.Min(a, b);
        }

        var numbers = new Dictionary<int, int>();
        var labels = new int[leaves];
        for (var l = 0; l < leaves; l++)
        {
            var root = Root(l);
            if (!numbers.TryGetValue(root, out labels[l])) numbers[root] = labels[l] = numbers.Count;
        }

        return labels;
    }
}
