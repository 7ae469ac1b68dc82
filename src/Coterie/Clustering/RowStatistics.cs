using System.Runtime.Intrinsics;
using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>What one pass over the rows tells k-means: the mean (d), the root of the mean squared distance to it, and the greatest
/// length of a row.</summary>
sealed record RowStatistics(float[] Mean, double Spread, double MaxLength)
{
    /// <summary>Refuses NaN and infinities with their place. Weights (n, or null for ones) count in the mean and the spread.</summary>
    public static RowStatistics Of(Matrix rows, float[]? weights, int threads)
    {
        int n = rows.Rows, d = rows.Columns;
        var parts = new Part[Chunks.Count(n)];
        Chunks.For(n, threads, (chunk, start, end) => parts[chunk] = Add(rows, start, end, weights));
        double mass = 0, squares = 0, longest = 0;
        var finite = true;
        var sums = new double[d];
        foreach (var part in parts)
        {
            mass += part.Mass;
            squares += part.Squares;
            longest = Math.Max(longest, part.Longest);
            finite &= part.Finite;
            for (var j = 0; j < d; j++) sums[j] += part.Sums[j];
        }

        if (!finite) Check.Finite(rows);
        var mean = new float[d];
        if (mass == 0) return new(mean, 0, 0);
        for (var j = 0; j < d; j++)
        {
            squares -= sums[j] / mass * sums[j];
            mean[j] = (float)(sums[j] / mass);
        }

        return new(mean, Math.Sqrt(Math.Max(0, squares / mass)), Math.Sqrt(longest));
    }

    readonly record struct Part(double[] Sums, double Mass, double Squares, double Longest, bool Finite);

    static Part Add(Matrix rows, int start, int end, float[]? weights)
    {
        var d = rows.Columns;
        var sums = new double[d];
        double mass = 0, squares = 0, longest = 0;
        for (var i = start; i < end; i++)
        {
            var row = rows.Row(i);
            var weight = weights is null ? 1 : weights[i];
            var square = Square(row);
            Lloyd.Add(sums, row, weight);
            mass += weight;
            squares += weight * square;
            longest = Math.Max(longest, square);
        }

        // A sum of finite squares in double is finite; the check of the rows finds the place when it is not.
        return new(sums, mass, squares, longest, double.IsFinite(longest));
    }

    static double Square(ReadOnlySpan<float> row)
    {
        Vector256<double> low = default, high = default;
        var j = 0;
        for (; j + 8 <= row.Length; j += 8)
        {
            var (a, b) = Vector256.Widen(Vector256.Create(row.Slice(j, 8)));
            low += a * a;
            high += b * b;
        }

        var square = Vector256.Sum(low + high);
        for (; j < row.Length; j++) square += (double)row[j] * row[j];
        return square;
    }
}
