using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>Partitions rows into groups of least squared distance to their mean.</summary>
public sealed record KMeansOptions : ClusterOptions
{
    /// <summary>Euclidean, or cosine: spherical k-means on rows of unit length.</summary>
    public Distance Distance { get; init; } = Distance.Euclidean;
    /// <summary>Stops when the centres' squared movement is at most this times the mean variance of a column. 0 runs until no row
    /// changes its cluster.</summary>
    public double Tolerance { get; init; } = 1e-4;
    /// <summary>Centres of an earlier fit (K x d). They are one more start beside the seeded ones.</summary>
    public IReadOnlyList<float[]>? WarmStart { get; init; }

    private protected override IEnumerable<string> Problems()
    {
        if (!(Tolerance >= 0)) yield return $"kmeans: tolerance is {Tolerance}; expected 0 or more.";
        if (Distance == Distance.Manhattan) yield return "kmeans: distance is manhattan; expected euclidean or cosine (means do not minimise absolute differences).";
        if (WarmStart is null && !Seeded) yield return NoStart("kmeans");
        if (WarmStart is { } warm && warm.Count != Clusters)
            yield return $"kmeans: the warm start has {warm.Count} centres; expected {Clusters}, the number of clusters.";
    }
}

/// <summary>Lloyd's algorithm (Lloyd 1982) with greedy k-means++ seeding (Arthur and Vassilvitskii 2007) and several starts;
/// spherical k-means (Dhillon and Modha 2001) for the cosine distance.</summary>
public static class KMeans
{
    /// <summary>Fits rows (n x d, finite). With fewer distinct rows than clusters each distinct row is a cluster; with no rows the
    /// model has no clusters.</summary>
    public static KMeansModel Fit(Matrix rows, KMeansOptions options, Seed seed)
    {
        options.Validate("kmeans");
        Check.Finite(rows);
        foreach (var centre in options.WarmStart ?? [])
            if (centre.Length != rows.Columns) throw new InputException($"a centre of the warm start has {centre.Length} numbers; the rows have {rows.Columns} columns.");
        if (options.Distance == Distance.Cosine) rows = Spherical.Normalised(rows);
        return FitOrdered(rows, options.Seeded ? RowOrder.Canonical(rows) : [], options, seed);
    }

    // Validated, and on the unit sphere when the distance is cosine. The order is canonical.
    internal static KMeansModel FitOrdered(Matrix rows, int[] order, KMeansOptions options, Seed seed)
    {
        LloydRun? best = null;
        var tolerance = options.Tolerance * MeanVariance(rows, options.Threads);
        if (options.WarmStart is { } warm && rows.Rows > 0)
            best = Lloyd.Run(rows, [.. warm.Select(c => c.ToArray())], options, tolerance);
        for (var start = 0; options.Seeded && start < options.Starts; start++)
        {
            var chosen = KMeansSeeding.Choose(rows, options.Clusters, order, seed.Stream((ulong)start), options.Threads);
            var run = Lloyd.Run(rows, [.. chosen.Select(i => rows.Row(i).ToArray())], options, tolerance);
            if (best is null || run.Objective < best.Objective) best = run;
        }

        return new KMeansModel
        {
            Centres = best!.Centres,
            Columns = rows.Columns,
            Distance = options.Distance,
            // Half the squared chord is 1 - cosine.
            Objective = options.Distance == Distance.Cosine ? best.Objective / 2 : best.Objective,
            Iterations = best.Iterations,
        };
    }

    // Mean over columns of the variance, in two passes over fixed chunks.
    static double MeanVariance(Matrix rows, int threads)
    {
        int n = rows.Rows, d = rows.Columns;
        if (n == 0 || d == 0) return 0;
        var parts = new double[Chunks.Count(n)][];
        Chunks.For(n, threads, (chunk, start, end) =>
        {
            var sums = new double[d];
            for (var i = start; i < end; i++) Lloyd.Add(sums, rows.Row(i), 1);
            parts[chunk] = sums;
        });
        var mean = new double[d];
        foreach (var part in parts)
            for (var j = 0; j < d; j++) mean[j] += part[j] / n;
        var squares = new double[parts.Length];
        var centre = mean.Select(m => (float)m).ToArray();
        Chunks.For(n, threads, (chunk, start, end) =>
        {
            var packed = KMeansKernel.Pack([centre], d);
            var distances = new float[end - start];
            KMeansKernel.Nearest(rows, start, end, packed, new int[end - start], distances);
            squares[chunk] = Lloyd.Sum(distances);
        });
        return squares.Sum() / n / d;
    }
}
