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

    /// <summary>Candidates of one customer: scores[c * members + m].</summary>
    sealed record Pool(float[] Scores, int[] Products, int[] Drawn);

    internal static double[] Weights(IReadOnlyList<FittedMember> members, JudgedCustomers customers, int[] drawn, int threads)
    {
        var pools = Pools(members, customers, drawn, threads);
        double Value(double[] weights) => Mean(pools, customers, weights, threads);

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
                for (var c = 0; c < products.Length; c++)
                    for (var m = 0; m < scores.Length; m++) table[c * scores.Length + m] = scores[m][i, products[c]];
                pools[from + i] = new(table, products, [.. products.Select(p => drawn[p])]);
            }
        });
        return pools;
    }

    static double Mean(Pool[] pools, JudgedCustomers customers, double[] weights, int threads)
    {
        var w = weights.Select(x => (float)x).ToArray();
        var gains = new double[pools.Length];
        RecommendationBlend.Blocks(pools.Length, customers.Histories, customers.Segments, threads, (from, histories, _) =>
        {
            for (var i = from; i < from + histories.Count; i++)
            {
                var pool = pools[i];
                var scores = new float[pool.Products.Length];
                for (var c = 0; c < scores.Length; c++)
                    for (var m = 0; m < w.Length; m++) scores[c] += w[m] * pool.Scores[c * w.Length + m];
                var top = RankedLists.Top(scores, new bool[scores.Length], pool.Drawn, ListScores.Length);
                for (var t = 0; t < top.Length; t++) top[t] = pool.Products[top[t]];
                gains[i] = ListScores.Of(top, customers.Targets[i]).Ndcg;
            }
        });
        return gains.Average();
    }
}
