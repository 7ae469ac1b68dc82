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
                    for (var c = 0; c < k; c++) row[c] += value * other[c];
                }
            }
        });
        return product;
    }
}
