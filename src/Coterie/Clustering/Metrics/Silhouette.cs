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
        var sizes = new int[labels.Length == 0 ? 0 : Math.Max(0, labels.Max() + 1)];
        foreach (var label in labels)
            if (label >= 0) sizes[label]++;
        var strata = Array.ConvertAll(sizes, size => new int[size]);
        Array.Clear(sizes);
        for (var i = 0; i < labels.Length; i++)
            if (labels[i] >= 0) strata[labels[i]][sizes[labels[i]]++] = i;
        return [.. strata.Where(s => s.Length > 0)];
    }

    // Mean over clusters' sampled rows, weighted by the clusters' true sizes.
    static double Weighted(Matrix rows, int[][] strata, int[] sizes, int threads)
    {
        var k = strata.Length;
        if (k < 2) return 0;
        var gathered = rows.Take(strata.SelectMany(s => s).ToArray());
        var own = strata.SelectMany((s, c) => Enumerable.Repeat(c, s.Length)).ToArray();
        var packed = new float[k][];
        for (int c = 0, at = 0; c < k; at += strata[c++].Length) packed[c] = DistanceSums.Pack(gathered, at, at + strata[c].Length);

        const int Block = DistanceSums.BlockRows;
        var blocks = (own.Length + Block - 1) / Block;
        var parts = new double[blocks][];
        Chunks.Each(blocks, threads, b =>
        {
            int start = b * Block, end = Math.Min(own.Length, start + Block);
            var to = new double[k * Block];                                         // k x rows of the block
            for (var c = 0; c < k; c++) DistanceSums.Add(gathered, start, end, packed[c], strata[c].Length, to.AsSpan(c * Block, end - start));
            var sums = new double[k];
            for (var i = start; i < end; i++) sums[own[i]] += Of(to.AsSpan(i - start), Block, own[i], strata);
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

    // The silhouette of one row from the sums of its distances to each cluster, which stand step numbers apart.
    static double Of(ReadOnlySpan<double> sums, int step, int own, int[][] strata)
    {
        if (strata[own].Length < 2) return 0;
        var a = sums[own * step] / (strata[own].Length - 1);
        var b = double.PositiveInfinity;
        for (var c = 0; c < strata.Length; c++)
            if (c != own) b = Math.Min(b, sums[c * step] / strata[c].Length);
        var most = Math.Max(a, b);
        return most > 0 ? (b - a) / most : 0;
    }
}
