using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>One start of Lloyd's algorithm, run to its end.</summary>
sealed record LloydRun(float[][] Centres, double Objective, int Iterations);

/// <summary>Lloyd's iteration. Means are sums of doubles kept for each fixed chunk and changed only for rows that change cluster;
/// chunks are combined in index order.</summary>
static class Lloyd
{
    // Validated. Centres are given over to the run.
    public static LloydRun Run(Matrix rows, float[][] centres, KMeansOptions options, double tolerance)
    {
        int n = rows.Rows, d = rows.Columns, k = centres.Length;
        if (k == 0) return new([], 0, 0);
        var labels = new int[n];
        Array.Fill(labels, -1);
        var distances = new float[n];
        var parts = new Part[Chunks.Count(n)];
        for (var p = 0; p < parts.Length; p++) parts[p] = new(new double[k * d], new int[k]);
        var iterations = 0;
        var settled = false;
        double objective;
        while (true)
        {
            objective = Assign(rows, centres, labels, distances, parts, options.Threads);
            var changed = parts.Sum(p => p.Changed);
            if (settled || changed == 0 || iterations == options.MaxIterations) break;
            iterations++;
            var moved = Move(rows, centres, labels, distances, parts, options.Distance == Distance.Cosine);
            settled = moved <= tolerance;
        }

        return new(centres, objective, iterations);
    }

    sealed class Part(double[] sums, int[] counts)
    {
        public readonly double[] Sums = sums;                                       // k x d
        public readonly int[] Counts = counts;
        public double Objective;
        public int Changed;
    }

    static double Assign(Matrix rows, float[][] centres, int[] labels, float[] distances, Part[] parts, int threads)
    {
        var packed = KMeansKernel.Pack(centres, rows.Columns);
        Chunks.For(rows.Rows, threads, (chunk, start, end) =>
        {
            var part = parts[chunk];
            var d = rows.Columns;
            Span<int> next = stackalloc int[Chunks.Rows];
            next = next[..(end - start)];
            KMeansKernel.Nearest(rows, start, end, packed, next, distances.AsSpan(start, end - start));
            part.Changed = 0;
            for (var i = start; i < end; i++)
            {
                int label = next[i - start], old = labels[i];
                if (label == old) continue;
                part.Changed++;
                labels[i] = label;
                part.Counts[label]++;
                Add(part.Sums.AsSpan(label * d, d), rows.Row(i), 1);
                if (old < 0) continue;
                part.Counts[old]--;
                Add(part.Sums.AsSpan(old * d, d), rows.Row(i), -1);
            }

            part.Objective = Sum(distances.AsSpan(start, end - start));
        });
        var objective = 0.0;
        foreach (var part in parts) objective += part.Objective;
        return objective;
    }

    // Moves centres to the means; returns the sum of squared movements. An emptied cluster takes the row farthest from its centre
    // (of a cluster that keeps another row), which never raises the objective.
    static double Move(Matrix rows, float[][] centres, int[] labels, float[] distances, Part[] parts, bool unit)
    {
        int d = rows.Columns, k = centres.Length;
        var sums = new double[k * d];
        var counts = new int[k];
        foreach (var part in parts)
        {
            for (var c = 0; c < k; c++) counts[c] += part.Counts[c];
            for (var j = 0; j < sums.Length; j++) sums[j] += part.Sums[j];
        }

        var replaced = Repair(rows, labels, distances, sums, counts);
        var moved = 0.0;
        for (var c = 0; c < k; c++)
        {
            var centre = centres[c];
            var next = new float[d];
            if (replaced[c] >= 0) rows.Row(replaced[c]).CopyTo(next);
            else if (counts[c] == 0) centre.CopyTo(next, 0);
            else
                for (var j = 0; j < d; j++) next[j] = (float)(sums[c * d + j] / counts[c]);
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

    static int[] Repair(Matrix rows, int[] labels, float[] distances, double[] sums, int[] counts)
    {
        var replaced = new int[counts.Length];
        Array.Fill(replaced, -1);
        if (!counts.Contains(0)) return replaced;
        var d = rows.Columns;
        var taken = new HashSet<int>();
        for (var c = 0; c < counts.Length; c++)
        {
            if (counts[c] > 0) continue;
            var farthest = -1;
            for (var i = 0; i < labels.Length; i++)
            {
                if (distances[i] > 0 && counts[labels[i]] > 1 && !taken.Contains(i) && (farthest < 0 || distances[i] > distances[farthest])) farthest = i;
            }

            if (farthest < 0) break;
            taken.Add(farthest);
            replaced[c] = farthest;
            // The row counts for its new cluster in this move only; the next assignment sets its label.
            var donor = labels[farthest];
            counts[donor]--;
            Add(sums.AsSpan(donor * d, d), rows.Row(farthest), -1);
        }

        return replaced;
    }

    /// <summary>sums += sign x row, in double.</summary>
    internal static void Add(Span<double> sums, ReadOnlySpan<float> row, double sign)
    {
        ref var s = ref MemoryMarshal.GetReference(sums);
        ref var r = ref MemoryMarshal.GetReference(row);
        nuint j = 0;
        var factor = Vector256.Create(sign);
        for (; j + 8 <= (nuint)row.Length; j += 8)
        {
            var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(ref r, j));
            (Vector256.LoadUnsafe(ref s, j) + low * factor).StoreUnsafe(ref s, j);
            (Vector256.LoadUnsafe(ref s, j + 4) + high * factor).StoreUnsafe(ref s, j + 4);
        }

        for (; j < (nuint)row.Length; j++) sums[(int)j] += row[(int)j] * sign;
    }

    internal static double Sum(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += value;
        return sum;
    }
}
