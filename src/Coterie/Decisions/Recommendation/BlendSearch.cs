using System.Runtime.Intrinsics;
using Coterie.Numerics;

namespace Coterie.Decisions;

/// <summary>Weights of a blend by coordinate ascent on the mean NDCG of the first ten (Metzler and Croft 2007, "Linear feature-based models for information
/// retrieval", section 4), beginning at every member alone and at all alike: on the customers given, the blend is never below its best member.</summary>
static class BlendSearch
{
    // Each member's first so many for a customer are looked at: what no member has among them is not among the blend's first ten either, as good as always.
    const int Candidates = 100;
    const int Rounds = 12;
    // A gain below this is noise.
    const double Least = 1e-5;

    /// <summary>Candidates of one customer: Scores[m * candidates + c].</summary>
    /// <param name="Taken">Whether the customer took the candidate.</param>
    /// <param name="Ideal">Gain of the best possible list.</param>
    sealed record Pool(float[] Scores, int[] Drawn, bool[] Taken, double Ideal);

    internal static double[] Weights(IReadOnlyList<FittedMember> members, JudgedCustomers customers, int[] drawn, int threads)
    {
        var pools = Pools(members, customers, drawn, threads);
        double Value(double[] weights) => Mean(pools, weights, threads);

        var m = members.Count;
        var starts = Enumerable.Range(0, m).Select(one => Enumerable.Range(0, m).Select(k => k == one ? 1.0 : 0).ToArray()).Append([.. Enumerable.Repeat(1.0 / m, m)]).ToArray();
        var values = starts.Select(Value).ToArray();
        // Two ascents: one from the best member, one from all alike.
        var alone = Array.IndexOf(values, values[..m].Max());
        double[] best = starts[alone];
        var top = values[alone];
        foreach (var start in m > 1 ? new[] { alone, m } : [])
        {
            var (weights, value) = (starts[start].ToArray(), values[start]);
            for (var round = 0; round < Rounds; round++)
            {
                var before = value;
                for (var k = 0; k < m; k++)
                {
                    var largest = weights.Max();
                    double[] tries = weights[k] > 0
                        ? [0, weights[k] * 0.4, weights[k] * 0.7, weights[k] * 0.87, weights[k] * 1.15, weights[k] * 1.5, weights[k] * 2.5]
                        : [0.03 * largest, 0.1 * largest, 0.3 * largest, 0.8 * largest];
                    foreach (var one in tries)
                    {
                        var other = weights.ToArray();
                        other[k] = one;
                        if (other.Sum() <= 0) continue;
                        var gained = Value(other);
                        if (gained > value + Least) (weights, value) = (other, gained);
                    }
                }

                if (value - before < Least) break;
            }

            if (value > top) (best, top) = (weights, value);
        }

        var sum = best.Sum();
        return [.. best.Select(w => w / sum)];
    }

    static Pool[] Pools(IReadOnlyList<FittedMember> members, JudgedCustomers customers, int[] drawn, int threads)
    {
        var pools = new Pool[customers.Count];
        RecommendationBlend.Blocks(customers.Count, customers.Histories, customers.Segments, threads, (from, histories, segments) =>
        {
            var scores = members.Select(m => m.Standardised(histories, segments)).ToArray();
            var off = new bool[customers.Off.Length];
            for (var i = 0; i < histories.Count; i++)
            {
                customers.OffFor(from + i, off);
                var row = i;
                int[] products = [.. scores.SelectMany(s => RankedLists.Top(s.Row(row), off, drawn, Candidates)).Distinct().Order()];
                var table = new float[products.Length * scores.Length];
                for (var m = 0; m < scores.Length; m++)
                    for (var c = 0; c < products.Length; c++) table[m * products.Length + c] = scores[m][i, products[c]];
                var targets = customers.Targets[from + i];
                pools[from + i] = new(table, [.. products.Select(p => drawn[p])], [.. products.Select(targets.Contains)], ListScores.Ideal(targets.Count));
            }
        });
        return pools;
    }

    // Customers that a thread takes at once.
    const int AtOnce = 64;

    static double Mean(Pool[] pools, double[] weights, int threads)
    {
        var gains = new double[pools.Length];
        var largest = pools.Max(p => p.Drawn.Length);
        Chunks.Each((pools.Length + AtOnce - 1) / AtOnce, threads, block =>
        {
            // Weighed at every step of the search: nothing is made anew for a customer.
            var (scores, on, top) = (new float[largest], new bool[largest], new int[ListScores.Length]);
            for (var i = block * AtOnce; i < Math.Min(pools.Length, (block + 1) * AtOnce); i++)
            {
                var pool = pools[i];
                var sums = scores.AsSpan(0, pool.Drawn.Length);
                sums.Clear();
                for (var m = 0; m < weights.Length; m++)
                    if (weights[m] != 0) AddWeighed((float)weights[m], pool.Scores.AsSpan(m * sums.Length, sums.Length), sums);
                var count = RankedLists.Top(sums, on, pool.Drawn, top);
                var gain = 0.0;
                for (var at = 0; at < count; at++)
                    if (pool.Taken[top[at]]) gain += ListScores.Gain(at);
                gains[i] = gain / pool.Ideal;
            }
        });
        return gains.Average();
    }

    static void AddWeighed(float weight, ReadOnlySpan<float> from, Span<float> to)
    {
        var w = Vector256.Create(weight);
        var c = 0;
        for (; c + 8 <= from.Length; c += 8)
            (Vector256.Create((ReadOnlySpan<float>)to.Slice(c, 8)) + w * Vector256.Create(from.Slice(c, 8))).CopyTo(to.Slice(c, 8));
        for (; c < from.Length; c++) to[c] += weight * from[c];
    }
}
