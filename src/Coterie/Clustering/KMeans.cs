using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>k-means++ draws one centre at a time (Arthur and Vassilvitskii 2007); k-means|| draws many in each of a few rounds
/// (Bahmani et al. 2012).</summary>
public enum Seeding { PlusPlus, Parallel }

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

    /// <summary>How starting centres are drawn; parallel suits many clusters among many rows.</summary>
    public Seeding Seeding { get; init; } = Seeding.PlusPlus;
    /// <summary>A weight for each row, finite and 0 or more; null weighs all alike. A weight of N is N copies of the row;
    /// an emptied cluster takes a row with its whole weight, as it takes all copies of one.</summary>
    public IReadOnlyList<float>? Weights { get; init; }

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
    /// model has no clusters. When the limit is met, the best of the starts so far is kept, the last one as far as it came; the first start is always begun.</summary>
    public static KMeansModel Fit(Matrix rows, KMeansOptions options, Seed seed, FitLimit? limit = null)
    {
        options.Validate("kmeans");
        foreach (var centre in options.WarmStart ?? [])
        {
            if (centre.Length != rows.Columns)
                throw new InputException($"a centre of the warm start has {centre.Length} numbers; the rows have {rows.Columns} columns.");
            if (!Array.TrueForAll(centre, float.IsFinite)) throw new InputException("a centre of the warm start has a number that is not finite.");
        }

        var weights = Weighed(options.Weights, rows.Rows);
        if (options.Distance == Distance.Cosine)
        {
            Check.Finite(rows);
            rows = Spherical.Normalised(rows);
        }

        var statistics = RowStatistics.Of(rows, weights, options.Threads);
        return Run(rows, weights, statistics, null, options, seed, limit);
    }

    // Validated, and on the unit sphere when the distance is cosine. The order is canonical.
    internal static KMeansModel FitOrdered(Matrix rows, int[] order, KMeansOptions options, Seed seed, FitLimit? limit = null) =>
        Run(rows, null, RowStatistics.Of(rows, null, options.Threads), order, options, seed, limit);

    // The order is worked out where it is not given.
    static KMeansModel Run(Matrix rows, float[]? weights, RowStatistics statistics, int[]? order, KMeansOptions options, Seed seed, FitLimit? limit)
    {
        LloydRun? best = null;
        // The spread is a sum over columns.
        var tolerance = rows.Columns == 0 ? 0 : options.Tolerance * statistics.Spread * statistics.Spread / rows.Columns;
        LloydRows? state = null;
        LloydRun Polished(float[][] centres) => Lloyd.Run(state ??= new(rows, weights, statistics, options.Clusters), centres, options, tolerance, limit);
        if (options.WarmStart is { } warm && rows.Rows > 0) best = Polished([.. warm.Select(c => c.ToArray())]);
        // All seeds are drawn before the first start: what draws them takes as much memory as bounds do. Where time is short each start is
        // polished before the next is drawn.
        var ahead = limit?.Timed == true ? 1 : options.Starts;
        if (options.Seeded && ahead < options.Starts) order ??= RowOrder.Canonical(rows);
        for (var start = 0; options.Seeded && start < options.Starts; start += ahead)
        {
            if (best is not null && limit?.Ends() == true) break;
            var seeds = Seeds(rows, weights, order, options, seed, start, Math.Min(options.Starts, start + ahead), limit);
            Memory.Release(rows.Values.LongLength * sizeof(float));
            foreach (var chosen in seeds)
            {
                if (best is not null && limit?.Ends() == true) break;
                var run = Polished([.. chosen.Select(i => rows.Row(i).ToArray())]);
                if (best is null || run.Objective < best.Objective) best = run;
            }
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

    // The rows that each of some starts begins at; the first of them is always drawn.
    static List<List<int>> Seeds(Matrix rows, float[]? weights, int[]? order, KMeansOptions options, Seed seed, int from, int to, FitLimit? limit)
    {
        order ??= RowOrder.Canonical(rows);
        Memory.Release(rows.Values.LongLength * sizeof(float));
        var room = options.Seeding == Seeding.PlusPlus ? new float[rows.Rows] : null;
        var seeds = new List<List<int>>();
        for (var start = from; start < to && !(start > from && limit?.Ends() == true); start++)
        {
            seeds.Add(options.Seeding == Seeding.Parallel
                ? KMeansParallelSeeding.Choose(rows, weights, options.Clusters, order, seed.Child((ulong)start), options.Threads)
                : KMeansSeeding.Choose(rows, weights, options.Clusters, order, seed.Stream((ulong)start), options.Threads, room));
        }

        return seeds;
    }

    static float[]? Weighed(IReadOnlyList<float>? weights, int n)
    {
        if (weights is null) return null;
        if (weights.Count != n) throw new InputException($"there are {weights.Count} weights for {n} rows; give one for each row.");
        for (var i = 0; i < n; i++)
        {
            if (!(weights[i] >= 0) || float.IsInfinity(weights[i]))
                throw new InputException($"the weight of row {i} is {weights[i]}; a weight is a finite number of 0 or more.");
        }

        if (n > 0 && weights.All(w => w == 0)) throw new InputException("every weight is 0; at least one row needs a weight.");
        return [.. weights];
    }
}
