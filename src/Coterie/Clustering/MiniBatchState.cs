using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>The centres as batches move them; counts (k) are the rows that each was given so far.</summary>
sealed class MiniBatchState(float[][] centres, double[] counts, long rows, MiniBatchKMeansOptions options, Rng rng)
{
    public const int Part = 512;                                                          // rows that one thread labels at a time
    double smoothed = double.NaN, least = double.PositiveInfinity;
    int batches, idle;
    long sinceReassigned;

    public float[][] Centres { get; } = centres;

    /// <summary>Takes in a batch (b x d); true when the fit may end.</summary>
    public bool Take(Matrix batch)
    {
        int n = batch.Rows, d = batch.Columns, k = Centres.Length;
        var nearest = new NearestCentres(Centres, d);
        var labels = new int[n];
        var parts = new double[(n + Part - 1) / Part];
        Chunks.Each(parts.Length, options.Threads, p =>
        {
            int start = p * Part, end = Math.Min(n, start + Part);
            nearest.Labels(batch, start, end, labels);
            parts[p] = nearest.Objective(batch, start, end, labels);
        });
        Move(batch, labels, k, d);
        Reassign(batch);
        return Settled(parts.Sum() / n, n);
    }

    // Sculley 2010, algorithm 1, with all rows of a batch for a centre taken at once: the centre is the mean of every row it was given.
    void Move(Matrix batch, int[] labels, int k, int d)
    {
        var sums = new double[k * d];
        var taken = new int[k];
        for (var i = 0; i < labels.Length; i++)
        {
            taken[labels[i]]++;
            Lloyd.Add(sums.AsSpan(labels[i] * d, d), batch.Row(i), 1);
        }

        for (var c = 0; c < k; c++)
        {
            if (taken[c] == 0) continue;
            var total = counts[c] + taken[c];
            var moved = new float[d];
            for (var j = 0; j < d; j++) moved[j] = (float)((Centres[c][j] * counts[c] + sums[c * d + j]) / total);
            (Centres[c], counts[c]) = (moved, total);
        }
    }

    // As scikit-learn does: when a centre has no row at all or ten batches' worth of rows per centre have gone by; at most half of the batch
    // becomes centres, and a new centre counts as much as the least of those that stay.
    void Reassign(Matrix batch)
    {
        if (options.Reassignment == 0) return;
        sinceReassigned += batch.Rows;
        if (!counts.Contains(0) && sinceReassigned < 10L * counts.Length) return;
        sinceReassigned = 0;
        var limit = options.Reassignment * counts.Max();
        var rare = Enumerable.Range(0, counts.Length).Where(c => counts[c] < limit).OrderBy(c => counts[c]).ThenBy(c => c).Take(batch.Rows / 2).ToArray();
        if (rare.Length == 0) return;
        var kept = counts.Where((_, c) => !rare.Contains(c)).Min();
        var order = Enumerable.Range(0, batch.Rows).ToArray();
        rng.Shuffle(order.AsSpan());
        for (var r = 0; r < rare.Length; r++) (Centres[rare[r]], counts[rare[r]]) = (batch.Row(order[r]).ToArray(), kept);
    }

    // An exponentially weighted mean over about one table of rows; the first batch is left out, it measures the seeding.
    bool Settled(double mean, int n)
    {
        if (batches++ == 0 || options.Patience == 0) return false;
        var alpha = Math.Min(1, 2.0 * n / (rows + 1));
        smoothed = double.IsNaN(smoothed) ? mean : smoothed * (1 - alpha) + mean * alpha;
        idle = smoothed < least ? 0 : idle + 1;
        least = Math.Min(least, smoothed);
        return idle >= options.Patience;
    }
}
