using System.Numerics;

namespace Coterie.Numerics;

/// <summary>A sparse matrix of <c>Rows</c> x <c>Columns</c> in compressed rows: row i has the entries [Offsets[i], Offsets[i + 1]).</summary>
sealed record SparseMatrix(int Rows, int Columns, int[] Offsets, int[] Places, float[] Values)
{
    public SparseMatrix Transposed()
    {
        var offsets = new int[Columns + 1];
        foreach (var j in Places) offsets[j + 1]++;
        for (var j = 0; j < Columns; j++) offsets[j + 1] += offsets[j];
        var (places, values, next) = (new int[Places.Length], new float[Places.Length], offsets.ToArray());
        for (var i = 0; i < Rows; i++)
        {
            for (var e = Offsets[i]; e < Offsets[i + 1]; e++)
            {
                var at = next[Places[e]]++;
                (places[at], values[at]) = (i, Values[e]);
            }
        }

        return new(Columns, Rows, offsets, places, values);
    }

    /// <summary>Some rows, in the order given.</summary>
    public SparseMatrix Take(int[] rows)
    {
        var offsets = new int[rows.Length + 1];
        for (var r = 0; r < rows.Length; r++) offsets[r + 1] = offsets[r] + Offsets[rows[r] + 1] - Offsets[rows[r]];
        var (places, values) = (new int[offsets[^1]], new float[offsets[^1]]);
        for (var r = 0; r < rows.Length; r++)
        {
            var (from, count) = (Offsets[rows[r]], offsets[r + 1] - offsets[r]);
            Array.Copy(Places, from, places, offsets[r], count);
            Array.Copy(Values, from, values, offsets[r], count);
        }

        return new(rows.Length, Columns, offsets, places, values);
    }

    /// <summary>This times a dense matrix (Columns x k, row-major) into Rows x k. Each row is a sum of its own, so threads do not matter.</summary>
    public double[] Times(double[] dense, int k, int threads)
    {
        var product = new double[(long)Rows * k];
        Chunks.For(Rows, threads, (_, start, end) =>
        {
            for (var i = start; i < end; i++)
            {
                var row = product.AsSpan(i * k, k);
                for (var e = Offsets[i]; e < Offsets[i + 1]; e++)
                {
                    var other = dense.AsSpan(Places[e] * k, k);
                    double value = Values[e];
                    // Products and sums element by element, whatever the width: the same bytes as one at a time.
                    var c = 0;
                    for (; c <= k - Vector<double>.Count; c += Vector<double>.Count)
                    {
                        var at = row.Slice(c, Vector<double>.Count);
                        (new Vector<double>(at) + value * new Vector<double>(other.Slice(c, Vector<double>.Count))).CopyTo(at);
                    }

                    for (; c < k; c++) row[c] += value * other[c];
                }
            }
        });
        return product;
    }
}
