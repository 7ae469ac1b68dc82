using System.Runtime.Intrinsics;
using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>k-means++ seeding (Arthur and Vassilvitskii 2007) in its greedy form: of 2 + ln k candidates drawn by squared distance,
/// the one that lowers the objective most is taken. Draws run along the canonical order of the rows, so row order, shifts and
/// constant columns do not change them.</summary>
static class KMeansSeeding
{
    /// <summary>Row indices of at most k centres; fewer when the rows have fewer distinct values. <paramref name="order"/> is the
    /// canonical order; <paramref name="room"/> is n numbers to write to, where a caller seeds often; validated.</summary>
    public static List<int> Choose(Matrix rows, float[]? weights, int k, int[] order, Rng rng, int threads, float[]? room = null)
    {
        var n = rows.Rows;
        var centres = new List<int>(k);
        if (n == 0 || k == 0) return centres;
        centres.Add(weights is null ? order[rng.NextInt(n)] : First(weights, order, rng));
        var square = room ?? new float[n];                                             // squared distance to the nearest centre so far
        Array.Fill(square, float.PositiveInfinity);
        var trials = 2 + (int)Math.Log(k);
        var candidates = new int[trials];
        while (true)
        {
            Lower(rows, centres[^1], square, threads);
            if (centres.Count == k) break;
            var total = Draw(square, weights, order, rng, candidates);
            if (total <= 0) break;
            centres.Add(candidates.Length == 1 ? candidates[0] : Best(rows, weights, candidates, square, threads));
        }

        return centres;
    }

    // Draws rows with probability proportional to their squared distance, along the canonical order. Returns the total.
    static double Draw(float[] square, float[]? weights, int[] order, Rng rng, int[] candidates)
    {
        var total = 0.0;
        if (weights is null)
            foreach (var i in order) total += square[i];
        else
            foreach (var i in order) total += (double)square[i] * weights[i];
        var targets = new double[candidates.Length];
        for (var t = 0; t < targets.Length; t++) targets[t] = rng.NextDouble() * total;
        Array.Sort(targets);
        if (total <= 0) return total;
        var sum = 0.0;
        var next = 0;
        var last = order[0];
        foreach (var i in order)
        {
            var mass = weights is null ? square[i] : (double)square[i] * weights[i];
            if (mass == 0) continue;
            sum += mass;
            last = i;
            while (next < targets.Length && targets[next] < sum) candidates[next++] = i;
            if (next == targets.Length) break;
        }

        while (next < targets.Length) candidates[next++] = last;
        return total;
    }

    static int First(float[] weights, int[] order, Rng rng)
    {
        var chosen = new int[1];
        var ones = new float[weights.Length];
        Array.Fill(ones, 1);
        Draw(ones, weights, order, rng, chosen);
        return chosen[0];
    }

    static void Lower(Matrix rows, int centre, float[] square, int threads)
    {
        var packed = KMeansKernel.Pack([rows.Row(centre).ToArray()], rows.Columns);
        Chunks.For(rows.Rows, threads, (_, start, end) =>
        {
            Span<float> all = stackalloc float[4 * KMeansKernel.Lanes];
            for (var i = start; i < end; i += 4)
            {
                var count = Math.Min(4, end - i);
                KMeansKernel.Distances(rows, i, count, packed, 1, all);
                for (var r = 0; r < count; r++) square[i + r] = Math.Min(square[i + r], all[r * KMeansKernel.Lanes]);
            }
        });
    }

    // The candidate after which the sum of squared distances is least; the earlier one on a tie.
    static int Best(Matrix rows, float[]? weights, int[] candidates, float[] square, int threads)
    {
        var best = -1;
        var least = double.PositiveInfinity;
        foreach (var group in candidates.Chunk(KMeansKernel.Lanes))
        {
            var packed = KMeansKernel.Pack([.. group.Select(c => rows.Row(c).ToArray())], rows.Columns);
            var partial = new double[Chunks.Count(rows.Rows)][];
            Chunks.For(rows.Rows, threads, (chunk, start, end) => partial[chunk] = Potential(rows, weights, start, end, packed, square));
            for (var c = 0; c < group.Length; c++)
            {
                var sum = 0.0;
                foreach (var part in partial) sum += part[c];
                if (sum < least) (least, best) = (sum, group[c]);
            }
        }

        return best;
    }

    static double[] Potential(Matrix rows, float[]? weights, int start, int end, float[] packed, float[] square)
    {
        Span<float> all = stackalloc float[4 * KMeansKernel.Lanes];
        Vector256<double> low = default, high = default;
        for (var i = start; i < end; i += 4)
        {
            var count = Math.Min(4, end - i);
            KMeansKernel.Distances(rows, i, count, packed, 1, all);
            for (var r = 0; r < count; r++)
            {
                var value = Vector256.Create<float>(all.Slice(r * KMeansKernel.Lanes, KMeansKernel.Lanes));
                var (lower, upper) = Vector256.Widen(Vector256.Min(value, Vector256.Create(square[i + r])));
                var weight = Vector256.Create(weights is null ? 1.0 : weights[i + r]);
                low += lower * weight;
                high += upper * weight;
            }
        }

        var sums = new double[KMeansKernel.Lanes];
        low.CopyTo(sums);
        high.CopyTo(sums, 4);
        return sums;
    }
}
