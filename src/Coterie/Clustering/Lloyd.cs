using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Coterie.Clustering;

/// <summary>One start of Lloyd's algorithm, run to its end.</summary>
sealed record LloydRun(float[][] Centres, double Objective, int Iterations);

/// <summary>Lloyd's iteration. Means are sums of doubles kept for each fixed shard of the rows and changed only for rows that change
/// cluster; shards are combined in index order.</summary>
static class Lloyd
{
    // Validated. Centres are given over to the run.
    public static LloydRun Run(LloydRows rows, float[][] centres, KMeansOptions options, double tolerance, FitLimit? limit = null)
    {
        var k = centres.Length;
        if (k == 0) return new([], 0, 0);
        var pass = new LloydPass(rows, k, options.Threads);
        var iterations = 0;
        var settled = false;
        while (true)
        {
            var changed = pass.Assign(centres);
            if (settled || changed == 0 || iterations == options.MaxIterations || limit?.Ends() == true) break;
            iterations++;
            settled = Move(pass, centres, options.Distance == Distance.Cosine) <= tolerance;
        }

        return new(centres, pass.Objective(centres), iterations);
    }

    // Moves centres to the means; returns the sum of squared movements. An emptied cluster takes the row farthest from its centre
    // with its copies (of a cluster that keeps another row), which never raises the objective.
    static double Move(LloydPass pass, float[][] centres, bool unit)
    {
        var rows = pass.Rows.Values;
        int d = rows.Columns, k = centres.Length;
        var sums = new double[k * d];
        var masses = new double[k];
        var counts = new int[k];
        pass.Collect(sums, masses, counts);
        var replaced = Repair(pass, centres, sums, masses, counts);
        var moved = 0.0;
        for (var c = 0; c < k; c++)
        {
            var centre = centres[c];
            var next = new float[d];
            if (replaced[c] >= 0) rows.Row(replaced[c]).CopyTo(next);
            else if (counts[c] == 0) centre.CopyTo(next, 0);
            else
                for (var j = 0; j < d; j++) next[j] = (float)(sums[c * d + j] / masses[c]);
            // The mean of opposite directions has none; the centre then stays.
            if (unit && Array.TrueForAll(next, x => x == 0)) centre.CopyTo(next, 0);
            if (unit) Spherical.Normalise(next);
            for (var j = 0; j < d; j++)
            {
                var step = (double)next[j] - centre[j];
                moved += step * step;
            }

            centres[c] = next;
        }

        return moved;
    }

    static int[] Repair(LloydPass pass, float[][] centres, double[] sums, double[] masses, int[] counts)
    {
        var replaced = new int[counts.Length];
        Array.Fill(replaced, -1);
        if (!counts.Contains(0)) return replaced;
        var rows = pass.Rows.Values;
        var (labels, distances) = (pass.Rows.Labels, pass.Distances(centres));
        var d = rows.Columns;
        var taken = new HashSet<int>();
        for (var c = 0; c < counts.Length; c++)
        {
            if (counts[c] > 0) continue;
            for (var farthest = 0; farthest >= 0 && replaced[c] < 0;)
            {
                farthest = -1;
                for (var i = 0; i < labels.Length; i++)
                {
                    if (distances[i] > 0 && counts[labels[i]] > 1 && !taken.Contains(i) && pass.Rows.Weight(i) > 0
                        && (farthest < 0 || distances[i] > distances[farthest])) farthest = i;
                }

                if (farthest < 0) return replaced;
                // Copies go together, as one row of their weight would, and a cluster of nothing but copies keeps them.
                var donor = labels[farthest];
                var copies = Enumerable.Range(farthest, labels.Length - farthest)
                    .Where(i => labels[i] == donor && pass.Rows.Weight(i) > 0 && rows.Row(i).SequenceEqual(rows.Row(farthest))).ToArray();
                taken.UnionWith(copies);
                if (copies.Length == counts[donor]) continue;
                replaced[c] = farthest;
                // The rows count for their new cluster in this move only; the next assignment sets their labels.
                foreach (var i in copies)
                {
                    counts[donor]--;
                    masses[donor] -= pass.Rows.Weight(i);
                    Add(sums.AsSpan(donor * d, d), rows.Row(i), -pass.Rows.Weight(i));
                }
            }
        }

        return replaced;
    }

    /// <summary>sums += factor x row, in double.</summary>
    internal static void Add(Span<double> sums, ReadOnlySpan<float> row, double factor)
    {
        ref var s = ref MemoryMarshal.GetReference(sums);
        ref var r = ref MemoryMarshal.GetReference(row);
        nuint j = 0;
        var scale = Vector256.Create(factor);
        for (; j + 8 <= (nuint)row.Length; j += 8)
        {
            var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(ref r, j));
            (Vector256.LoadUnsafe(ref s, j) + low * scale).StoreUnsafe(ref s, j);
            (Vector256.LoadUnsafe(ref s, j + 4) + high * scale).StoreUnsafe(ref s, j + 4);
        }

        for (; j < (nuint)row.Length; j++) sums[(int)j] += row[(int)j] * factor;
    }

    internal static double Sum(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += value;
        return sum;
    }
}
