using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>k-means|| (Bahmani et al. 2012, algorithm 2): a few rounds that each draw about 2 k rows at once by squared distance, then greedy
/// k-means++ among the drawn rows, each weighing as many rows as are nearest to it. Draws go by the place of a row in the canonical
/// order, so row order, shifts and constant columns do not change them.</summary>
static class KMeansParallelSeeding
{
    const int Rounds = 5;                                                           // the paper's experiments need no more
    const int Oversampling = 2;                                                     // rows drawn in a round, in units of k

    // Validated. Row indices of at most k centres; fewer when the rows have fewer distinct values.
    public static List<int> Choose(Matrix rows, float[]? weights, int k, int[] order, Seed seed, int threads)
    {
        var n = rows.Rows;
        if (n == 0 || k == 0) return [];
        List<int> drawn = KMeansSeeding.Choose(rows, weights, 1, order, seed.Stream(0), threads);
        var square = new float[n];                                                  // squared distance to the nearest drawn row
        var nearest = new int[n];                                                   // which drawn row that is
        Array.Fill(square, float.PositiveInfinity);
        var known = 0;
        for (var round = 1; ; round++)
        {
            var total = Lower(rows, weights, drawn, known, square, nearest, threads);
            known = drawn.Count;
            if (total <= 0 || (round > Rounds && known >= k)) break;
            for (var place = 0; place < n; place++)
            {
                var i = order[place];
                var chance = (double)Oversampling * k * square[i] * (weights is null ? 1 : weights[i]) / total;
                if (chance > 0 && Uniform(seed, round, place) < chance) drawn.Add(i);
            }
        }

        var masses = new double[drawn.Count];
        for (var i = 0; i < n; i++) masses[nearest[i]] += weights is null ? 1 : weights[i];
        var candidates = rows.Take([.. drawn]);
        var chosen = KMeansSeeding.Choose(candidates, [.. masses.Select(m => (float)m)], k, RowOrder.Canonical(candidates), seed.Stream(1), threads);
        return [.. chosen.Select(c => drawn[c])];
    }

    // Takes the rows drawn last into account; returns the weighted sum of squared distances.
    static double Lower(Matrix rows, float[]? weights, List<int> drawn, int known, float[] square, int[] nearest, int threads)
    {
        var parts = new double[Chunks.Count(rows.Rows)];
        var fresh = drawn.Count > known ? new NearestCentres([.. drawn.Skip(known).Select(i => rows.Row(i).ToArray())], rows.Columns) : null;
        Chunks.For(rows.Rows, threads, (chunk, start, end) =>
        {
            fresh?.Lower(rows, start, end, known, square, nearest);
            var sum = 0.0;
            for (var i = start; i < end; i++) sum += weights is null ? square[i] : (double)square[i] * weights[i];
            parts[chunk] = sum;
        });
        var total = 0.0;
        foreach (var part in parts) total += part;
        return total;
    }

    // One number a row and round, whatever the thread: a counter through the generator's mixer.
    static double Uniform(Seed seed, int round, int place) =>
        (Rng.Mix(seed.Value ^ Rng.Mix(((ulong)round << 32) + (ulong)place + 1)) >> 11) * (1.0 / (1UL << 53));
}
