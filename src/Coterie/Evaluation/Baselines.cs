using Coterie.Clustering;
using Coterie.Features;
using Coterie.Numerics;

namespace Coterie.Evaluation;

/// <summary>The groupings that a shop would have had without us, on the same customers.</summary>
internal static class Baselines
{
    /// <summary>Recency, frequency and money of each customer; where there are no orders, the last visit and the number of events stand in.</summary>
    internal sealed record Rfm(double[] Recency, double[] Frequency, double[] Money);

    internal static Rfm Measures(FeatureTable table)
    {
        var zeros = new double[table.Count];
        return new Rfm(
            table.Column("recency_days") ?? table.Column("days_since_last_event") ?? zeros,
            table.Column("frequency") ?? table.Column("events") ?? zeros,
            table.Column("monetary") ?? table.Column("active_days") ?? zeros);
    }

    /// <summary>The classic table: quintiles of each measure, 5 x 5 x 5 cells numbered densely. Customers with equal values share a
    /// quintile (the mid-rank decides), because splitting ties at random would handicap the baseline.</summary>
    internal static Grouping RfmQuintiles(Rfm rfm)
    {
        int[] r = Quintiles(rfm.Recency), f = Quintiles(rfm.Frequency), m = Quintiles(rfm.Money);
        return Dense([.. r.Select((q, i) => (q * 5 + f[i]) * 5 + m[i])]);
    }

    /// <summary>A random partition with the sizes of another.</summary>
    internal static Grouping RandomLike(int[] labels, int groups, Seed seed)
    {
        var shuffled = labels.ToArray();
        seed.Stream(0x7A4D).Shuffle<int>(shuffled);
        return new Grouping(shuffled, groups);
    }

    /// <summary>K-means on log(1 + R), log(1 + F), log(1 + M), standardised: the usual notebook, with our number of groups.</summary>
    internal static Grouping KMeansRfm(Rfm rfm, int groups, Seed seed, int threads)
    {
        var n = rfm.Recency.Length;
        var rows = new Matrix(n, 3);
        double[][] measures = [rfm.Recency, rfm.Frequency, rfm.Money];
        for (var j = 0; j < 3; j++)
        {
            var logs = measures[j].Select(v => Math.Log(1 + Math.Max(double.IsNaN(v) ? 0 : v, 0))).ToArray();
            var mean = logs.Average();
            var spread = Math.Sqrt(logs.Average(v => (v - mean) * (v - mean)));
            for (var i = 0; i < n; i++) rows[i, j] = spread > 0 ? (float)((logs[i] - mean) / spread) : 0;
        }

        var options = new KMeansOptions { Clusters = Math.Min(groups, n), Starts = 10, Threads = threads };
        return new Grouping(KMeans.Fit(rows, options, seed).Assign(rows, threads).Labels, groups);
    }

    static int[] Quintiles(double[] values)
    {
        var n = values.Length;
        var keys = values.Select(v => double.IsNaN(v) ? double.PositiveInfinity : v).ToArray();
        var order = Enumerable.Range(0, n).ToArray();
        Array.Sort(keys, order);
        var quintiles = new int[n];
        for (var i = 0; i < n;)
        {
            var end = i;
            while (end < n && keys[end] == keys[i]) end++;
            var quintile = Math.Min((int)(5.0 * ((i + end - 1) / 2.0 + 0.5) / n), 4);
            for (; i < end; i++) quintiles[order[i]] = quintile;
        }

        return quintiles;
    }

    static Grouping Dense(int[] cells)
    {
        var number = cells.Distinct().Order().Select((cell, i) => (cell, i)).ToDictionary(p => p.cell, p => p.i);
        return new Grouping([.. cells.Select(c => number[c])], number.Count);
    }
}

/// <summary>A partition of customers: labels 0 .. Groups-1.</summary>
internal sealed record Grouping(int[] Labels, int Groups);
