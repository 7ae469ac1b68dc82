using Coterie.Clustering;
using Coterie.Numerics;

namespace Coterie.Feedback;

/// <summary>What a constrained fit starts from and must keep.</summary>
sealed record ConstrainedFit
{
    /// <summary>n x d; of unit length for cosine.</summary>
    internal required Matrix Rows { get; init; }
    /// <summary>K x d, as the run found them.</summary>
    internal required float[][] Centres { get; init; }
    internal required Distance Distance { get; init; }
    internal required SegmentStructure Structure { get; init; }
    internal required ResolvedMarks Marks { get; init; }
    internal required LockedRows Locked { get; init; }
    internal required int Threads { get; init; }
}

/// <summary>k-means with hard constraints (COP-KMeans; Wagstaff, Cardie, Rogers and Schroedl 2001), started from the centres found without them and from the customers that people
/// placed (Constrained-KMeans; Basu, Banerjee and Mooney 2002). Marked groups are placed exactly (<see cref="ConstrainedPlacement"/>) and not one after the other, so that an order of
/// rows never makes a solvable set of constraints fail.</summary>
/// <remarks>Each round places every row at least cost under the constraints, then moves each centre to the mean of its rows: the sum of costs never rises, so it ends.</remarks>
static class ConstrainedKMeans
{
    const int MostRounds = 100;

    /// <summary>The centres after the last round; an empty cluster keeps its own.</summary>
    internal static float[][] Fit(ConstrainedFit fit)
    {
        var (rows, n) = (fit.Rows, fit.Rows.Rows);
        var centres = fit.Centres;
        int[]? before = null;
        for (var round = 0; round < MostRounds; round++)
        {
            var clusterCosts = SquaredDistances(rows, centres, fit.Threads);
            var segments = Place(fit, fit.Structure.Costs(clusterCosts, rows, fit.Threads));
            var clusters = new int[n];
            Chunks.For(n, fit.Threads, (_, start, end) =>
            {
                for (var i = start; i < end; i++)
                    clusters[i] = fit.Locked.Segments.Contains(segments[i]) ? -1 : fit.Structure.ClusterOf(rows.Row(i), clusterCosts.Row(i), segments[i]);
            });
            if (before is not null && clusters.AsSpan().SequenceEqual(before)) return centres;
            before = clusters;
            centres = Means(rows, clusters, centres, fit);
        }

        return centres;
    }

    static int[] Place(ConstrainedFit fit, Matrix costs)
    {
        fit.Locked.Close(costs);
        var segments = new int[costs.Rows];
        for (var i = 0; i < segments.Length; i++)
            for (var s = 1; s < costs.Columns; s++)
                if (costs[i, s] < costs[i, segments[i]]) segments[i] = s;
        var placed = ConstrainedPlacement.Solve(fit.Marks.Groups, fit.Marks.Apart, GroupCosts.Of(fit.Marks.Groups, costs));
        for (var g = 0; g < placed.Segments.Length; g++)
            foreach (var row in fit.Marks.Groups[g].Rows) segments[row] = placed.Segments[g];
        return segments;
    }

    /// <summary>n x K squared distances.</summary>
    internal static Matrix SquaredDistances(Matrix rows, float[][] centres, int threads)
    {
        var costs = new Matrix(rows.Rows, centres.Length);
        Chunks.For(rows.Rows, threads, (_, start, end) =>
        {
            for (var i = start; i < end; i++)
            {
                var row = rows.Row(i);
                for (var c = 0; c < centres.Length; c++)
                {
                    double sum = 0;
                    var centre = centres[c];
                    for (var j = 0; j < row.Length; j++) sum += ((double)row[j] - centre[j]) * ((double)row[j] - centre[j]);
                    costs[i, c] = (float)sum;
                }
            }
        });
        return costs;
    }

    static float[][] Means(Matrix rows, int[] clusters, float[][] centres, ConstrainedFit fit)
    {
        int k = centres.Length, d = rows.Columns;
        var chunks = Chunks.Count(rows.Rows);
        var (sums, sizes) = (new double[chunks][], new long[chunks][]);
        Chunks.For(rows.Rows, fit.Threads, (chunk, start, end) =>
        {
            var (sum, size) = (new double[k * d], new long[k]);
            for (var i = start; i < end; i++)
            {
                if (clusters[i] < 0) continue;
                size[clusters[i]]++;
                var row = rows.Row(i);
                for (var j = 0; j < d; j++) sum[clusters[i] * d + j] += row[j];
            }

            (sums[chunk], sizes[chunk]) = (sum, size);
        });
        var means = new float[k][];
        for (var c = 0; c < k; c++)
        {
            var size = sizes.Sum(s => s[c]);
            if (size == 0)
            {
                means[c] = centres[c];
                continue;
            }

            means[c] = new float[d];
            for (var j = 0; j < d; j++) means[c][j] = (float)(sums.Sum(s => s[c * d + j]) / size);
            if (fit.Distance == Distance.Cosine) Spherical.Normalise(means[c]);
        }

        return means;
    }
}

/// <summary>Which rows locked segments have taken. Members of locked segments pull no centre.</summary>
/// <param name="Segments">The locked ones.</param>
/// <param name="Taken">n: the locked segment that the row belongs to by that segment's own definition, or -1.</param>
sealed record LockedRows(IReadOnlyList<int> Segments, int[] Taken)
{
    // Below every cost.
    const float Own = -1;

    /// <summary>Nobody joins a locked segment but by its definition, or by a place that a person gave.</summary>
    internal void Close(Matrix costs)
    {
        foreach (var s in Segments)
            for (var i = 0; i < costs.Rows; i++) costs[i, s] = Taken[i] == s ? Own : float.PositiveInfinity;
    }
}

/// <summary>What each segment costs a group of customers: the sum over its rows.</summary>
static class GroupCosts
{
    /// <summary>Where every segment that a group may be in is closed to it (a locked one without a region of today's), all of them cost alike.</summary>
    internal static IReadOnlyList<double[]> Of(IReadOnlyList<MarkedGroup> groups, Matrix costs)
    {
        var all = new double[groups.Count][];
        for (var g = 0; g < all.Length; g++)
        {
            all[g] = new double[costs.Columns];
            foreach (var row in groups[g].Rows)
                for (var s = 0; s < costs.Columns; s++) all[g][s] += costs[row, s];
            if (groups[g].Allowed is { } allowed && allowed.All(s => !double.IsFinite(all[g][s])))
                foreach (var s in allowed) all[g][s] = 0;
        }

        return all;
    }
}
