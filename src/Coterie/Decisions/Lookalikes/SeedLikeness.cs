using Coterie.Numerics;

namespace Coterie.Decisions.Lookalikes;

/// <summary>How alike customers are to a seed audience: two plain ways.</summary>
internal static class SeedLikeness
{
    /// <summary>Similarity of each of n rows to each of s seed rows, n x s: 1 / (1 + root mean square difference per column); for rows of unit length the
    /// cosine.</summary>
    internal static float[] Table(Matrix rows, Matrix seeds, bool unit, int threads)
    {
        var table = new float[(long)rows.Rows * seeds.Rows];
        Chunks.For(rows.Rows, threads, (_, from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                var row = rows.Row(i);
                for (var s = 0; s < seeds.Rows; s++) table[(long)i * seeds.Rows + s] = (float)Similarity(row, seeds.Row(s), unit);
            }
        });
        return table;
    }

    static double Similarity(ReadOnlySpan<float> a, ReadOnlySpan<float> b, bool unit)
    {
        double sum = 0;
        if (unit)
        {
            for (var j = 0; j < a.Length; j++) sum += (double)a[j] * b[j];
            return sum;
        }

        for (var j = 0; j < a.Length; j++) sum += ((double)a[j] - b[j]) * ((double)a[j] - b[j]);
        return 1 / (1 + Math.Sqrt(sum / a.Length));
    }

    /// <summary>Mean of the k largest of some places of a row of similarities.</summary>
    internal static double Nearest(ReadOnlySpan<float> similarities, ReadOnlySpan<int> places, int k)
    {
        k = Math.Min(k, places.Length);
        Span<float> largest = stackalloc float[k];
        largest.Fill(float.NegativeInfinity);
        foreach (var place in places)
        {
            var value = similarities[place];
            if (value <= largest[k - 1]) continue;
            var at = k - 1;
            for (; at > 0 && largest[at - 1] < value; at--) largest[at] = largest[at - 1];
            largest[at] = value;
        }

        double sum = 0;
        foreach (var value in largest) sum += value;
        return sum / k;
    }

    /// <summary>Log-odds of being a seed by a penalised logistic regression (Hastie, Tibshirani and Friedman 2009, 4.4) on standardised columns.</summary>
    internal static LinearModel Linear(Matrix seeds, Matrix others)
    {
        var rows = new Matrix([.. seeds.Values, .. others.Values], seeds.Rows + others.Rows, seeds.Columns);
        bool[] positive = [.. Enumerable.Repeat(true, seeds.Rows), .. Enumerable.Repeat(false, others.Rows)];
        return LinearModels.Logistic(rows, positive, penalty: 0.05 * rows.Rows);
    }

    /// <summary>Rows of length one, in place; a row of zeros stays.</summary>
    internal static void Unit(Matrix rows)
    {
        for (var i = 0; i < rows.Rows; i++)
        {
            var row = rows.Row(i);
            double sum = 0;
            foreach (var v in row) sum += (double)v * v;
            if (sum == 0) continue;
            var length = Math.Sqrt(sum);
            for (var j = 0; j < row.Length; j++) row[j] = (float)(row[j] / length);
        }
    }
}
