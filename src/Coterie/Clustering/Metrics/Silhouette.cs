using System.Runtime.Intrinsics;
using Coterie.Numerics;

namespace Coterie.Clustering.Metrics;

/// <summary>How much nearer rows are to their own cluster than to the next one (Rousseeuw 1987), in [-1, 1], Euclidean.
/// A row alone in its cluster has 0; fewer than two clusters have 0 as a whole.</summary>
public static class Silhouette
{
    /// <summary>Rows of a cluster that a stratified sample holds at least, if the cluster has them.</summary>
    public const int LeastPerCluster = 50;

    /// <summary>The exact mean silhouette: n^2 distances in blocks, O(n) memory.</summary>
    public static double Exact(Matrix rows, int[] labels, int threads)
    {
        var strata = Strata(labels);
        return Weighted(rows, strata, [.. strata.Select(s => s.Length)], threads);
    }

    /// <summary>The mean silhouette from a sample of rows that is stratified by cluster: each cluster gives at least
    /// min(size, 50) rows, the rest is shared in proportion to size, and weights restore the sizes, so that a small cluster counts as
    /// what it is and is never missed.</summary>
    public static double Stratified(Matrix rows, int[] labels, int sample, Seed seed, int threads)
    {
        var strata = Strata(labels);
        var sizes = strata.Select(s => s.Length).ToArray();
        var total = sizes.Sum();
        if (total <= sample) return Weighted(rows, strata, sizes, threads);
        var floors = sizes.Select(s => Math.Min(s, LeastPerCluster)).ToArray();
        double rest = Math.Max(0, sample - floors.Sum()), beyond = Math.Max(1, total - floors.Sum());
        for (var c = 0; c < strata.Length; c++)
        {
            var take = floors[c] + (int)(rest * (sizes[c] - floors[c]) / beyond);
            if (take >= sizes[c]) continue;
            seed.Stream((ulong)c).Shuffle(strata[c].AsSpan());
            strata[c] = strata[c][..take];
        }

        return Weighted(rows, strata, sizes, threads);
    }

    /// <summary>The simplified silhouette: distances to the nearest and the second-nearest centre in place of mean distances to rows,
    /// mean of 1 - d1/d2 (Hruschka, de Castro and Campello 2004). O(n K).</summary>
    public static double Simplified(Matrix rows, float[][] centres, int threads)
    {
        if (centres.Length < 2 || rows.Rows == 0) return 0;
        var model = new KMeansModel { Centres = centres, Columns = rows.Columns, Distance = Distance.Euclidean, Objective = 0, Iterations = 0 };
        var sum = 0.0;
        foreach (var confidence in model.Assign(rows, threads).Confidence) sum += confidence;
        return sum / rows.Rows;
    }

    // Rows by cluster, empty clusters and negative labels left out.
    static int[][] Strata(int[] labels)
    {
        var lists = new List<int>[labels.Length == 0 ? 0 : Math.Max(0, labels.Max() + 1)];
        for (var i = 0; i < labels.Length; i++)
            if (labels[i] >= 0) (lists[labels[i]] ??= []).Add(i);
        return [.. lists.Where(l => l is not null).Select(l => l.ToArray())];
    }

    // Mean over clusters' sampled rows, weighted by the clusters' true sizes.
    static double Weighted(Matrix rows, int[][] strata, int[] sizes, int threads)
    {
        var k = strata.Length;
        if (k < 2) return 0;
        var all = strata.SelectMany(s => s).ToArray();
        var own = strata.SelectMany((s, c) => Enumerable.Repeat(c, s.Length)).ToArray();
        var gathered = rows.Take(all);
        // Each cluster's rows as "centres" in groups of eight, so that one tile gives 4 x 8 distances.
        var packed = new float[k][];
        for (int c = 0, at = 0; c < k; at += strata[c++].Length)
        {
            var from = at;
            packed[c] = KMeansKernel.Pack([.. Enumerable.Range(from, strata[c].Length).Select(i => gathered.Row(i).ToArray())], rows.Columns);
        }

        const int Block = 64;
        var blocks = (all.Length + Block - 1) / Block;
        var parts = new double[blocks][];
        Chunks.Each(blocks, threads, b =>
        {
            var sums = new double[k];
            for (var i = b * Block; i < Math.Min(all.Length, (b + 1) * Block); i += 4)
                Four(gathered, i, Math.Min(4, Math.Min(all.Length, (b + 1) * Block) - i), strata, own, packed, sums);
            parts[b] = sums;
        });
        double mean = 0, total = 0;
        foreach (var size in sizes) total += size;
        for (var c = 0; c < k; c++)
        {
            var sum = 0.0;
            foreach (var part in parts) sum += part[c];
            mean += sum / strata[c].Length * (sizes[c] / total);
        }

        return mean;
    }

    // Adds the silhouettes of up to four rows to the sums of their clusters.
    static void Four(Matrix rows, int i, int count, int[][] strata, int[] own, float[][] packed, double[] sums)
    {
        var k = strata.Length;
        Span<double> distance = stackalloc double[4];
        var to = new double[4 * k];
        Span<float> all = stackalloc float[4 * KMeansKernel.Lanes];
        for (var c = 0; c < k; c++)
        {
            var width = rows.Columns * KMeansKernel.Lanes;
            distance.Clear();
            for (int first = 0, g = 0; first < strata[c].Length; first += KMeansKernel.Lanes, g++)
            {
                KMeansKernel.Distances(rows, i, count, packed[c].AsSpan(g * width, width), 1, all);
                var present = Math.Min(KMeansKernel.Lanes, strata[c].Length - first);
                var mask = Vector256.LessThan(Vector256.Create(0f, 1, 2, 3, 4, 5, 6, 7), Vector256.Create((float)present));
                for (var r = 0; r < count; r++)
                {
                    var root = Vector256.Sqrt(Vector256.Create<float>(all.Slice(r * KMeansKernel.Lanes, KMeansKernel.Lanes)));
                    root = Vector256.ConditionalSelect(mask, root, Vector256<float>.Zero);
                    var (low, high) = Vector256.Widen(root);
                    distance[r] += Vector256.Sum(low + high);
                }
            }

            for (var r = 0; r < count; r++) to[r * k + c] = distance[r];
        }

        for (var r = 0; r < count; r++)
        {
            var mine = own[i + r];
            if (strata[mine].Length < 2) continue;
            var a = to[r * k + mine] / (strata[mine].Length - 1);
            var b = double.PositiveInfinity;
            for (var c = 0; c < k; c++)
                if (c != mine) b = Math.Min(b, to[r * k + c] / strata[c].Length);
            var most = Math.Max(a, b);
            sums[mine] += most > 0 ? (b - a) / most : 0;
        }
    }
}
