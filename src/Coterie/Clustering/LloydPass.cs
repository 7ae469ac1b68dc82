using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>The rows of a fit with what every start of Lloyd's algorithm uses again: labels, bounds, and the shards that the sums are
/// kept for. One start at a time.</summary>
sealed class LloydRows
{
    public readonly Matrix Values;
    public readonly float[]? Weights;                                               // n, or null for ones
    public readonly RowStatistics Statistics;
    public readonly int[] Labels;
    public readonly LloydBounds Bounds;
    /// <summary>Rows of a shard: a number of whole chunks such that there are at most 64 shards.</summary>
    public readonly int ShardRows;

    public LloydRows(Matrix values, float[]? weights, RowStatistics statistics, int k, int? groups = null)
    {
        var n = values.Rows;
        (Values, Weights, Statistics, Labels) = (values, weights, statistics, new int[n]);
        Bounds = new(n, groups ?? LloydBounds.GroupsFor(n, values.Columns, k), statistics.Spread, statistics.MaxLength);
        ShardRows = Chunks.Rows * Math.Max(1, (Chunks.Count(n) + MostShards - 1) / MostShards);
    }

    const int MostShards = 64;

    public int Shards => (Values.Rows + ShardRows - 1) / ShardRows;

    public double Weight(int row) => Weights is { } weights ? weights[row] : 1;
}

/// <summary>The passes over the rows that one start makes.</summary>
sealed class LloydPass
{
    public readonly LloydRows Rows;
    readonly LloydShard[] shards;
    readonly int threads;
    float[][]? former;
    int[] order;                                                                    // centre at each place of the pack
    int rounds;
    int begun = -1;                                                                 // the round that bounds began in
    int changed = int.MaxValue;                                                     // labels that the former round changed
    // Bounds begin when a round changed less than a twentieth of the labels: before that centres rush about, and keeping bounds costs half as
    // much again as the plain pass (docs/decisions/0009).
    const double Calm = 0.05;

    public LloydPass(LloydRows rows, int k, int threads)
    {
        (Rows, this.threads) = (rows, threads);
        Array.Fill(rows.Labels, -1);
        order = [.. Enumerable.Range(0, k)];
        shards = new LloydShard[rows.Shards];
        for (var s = 0; s < shards.Length; s++) shards[s] = new(rows, k, s * rows.ShardRows, Math.Min(rows.Values.Rows, (s + 1) * rows.ShardRows));
    }

    /// <summary>Gives every row the label of its nearest centre, the lowest on a tie; returns how many labels changed.</summary>
    public int Assign(float[][] centres)
    {
        if (begun < 0 && Rows.Bounds.Groups > 0 && changed <= Calm * Rows.Values.Rows) begun = rounds;
        var bounded = begun >= 0;
        // A new grouping makes every bound anew, so it is rare.
        var regroup = bounded && (rounds - begun) is 0 or 6 or 18;
        if (regroup) order = LloydRound.Arrange(centres, former!);
        var round = new LloydRound(Rows, centres, bounded && !regroup ? former : null, order);
        Chunks.Each(shards.Length, threads, s => shards[s].Assign(round, bounded, look: !regroup));
        former = (float[][])centres.Clone();
        rounds++;
        return changed = shards.Sum(s => s.Changed);
    }

    /// <summary>Adds up the shards: sums k x d, masses (sums of weights) k, counts of rows with a weight k.</summary>
    public void Collect(double[] sums, double[] masses, int[] counts)
    {
        foreach (var shard in shards)
        {
            for (var c = 0; c < counts.Length; c++)
            {
                counts[c] += shard.Counts[c];
                masses[c] += shard.Masses[c];
            }

            for (var j = 0; j < sums.Length; j++) sums[j] += shard.Sums[j];
        }
    }

    /// <summary>The weighted sum of squared distances to the assigned centres, computed afresh.</summary>
    public double Objective(float[][] centres)
    {
        var round = new LloydRound(Rows, centres, null, order);
        var parts = new double[Chunks.Count(Rows.Values.Rows)];
        Chunks.For(Rows.Values.Rows, threads, (chunk, start, end) =>
        {
            var sum = 0.0;
            for (var i = start; i < end; i++) sum += Rows.Weight(i) * round.Distance(Rows, i, Rows.Labels[i]);
            parts[chunk] = sum;
        });
        var objective = 0.0;
        foreach (var part in parts) objective += part;
        return objective;
    }

    /// <summary>Squared distances of the rows to their centres.</summary>
    public float[] Distances(float[][] centres)
    {
        var round = new LloydRound(Rows, centres, null, order);
        var distances = new float[Rows.Values.Rows];
        Chunks.For(distances.Length, threads, (_, start, end) =>
        {
            for (var i = start; i < end; i++) distances[i] = round.Distance(Rows, i, Rows.Labels[i]);
        });
        return distances;
    }
}
