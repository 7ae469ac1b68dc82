namespace Coterie.Numerics;

/// <summary>Columns to mean 0 and population standard deviation 1, in two passes of doubles over fixed chunks.</summary>
/// <param name="Means">d.</param>
/// <param name="Deviations">d; 0 for a constant column, which becomes 0.</param>
sealed record Standardisation(double[] Means, double[] Deviations)
{
    // Below this share of the mean a deviation is the rounding of a constant in single precision (2^-24, and some room).
    const double Constant = 1e-7;

    public static Standardisation Of(Matrix rows, int threads)
    {
        var means = Mean(rows, threads, (x, j) => x);
        var variances = Mean(rows, threads, (x, j) => (x - means[j]) * (x - means[j]));
        var deviations = new double[means.Length];
        for (var j = 0; j < means.Length; j++)
        {
            var deviation = Math.Sqrt(variances[j]);
            deviations[j] = deviation > Constant * Math.Abs(means[j]) ? deviation : 0;
        }

        return new(means, deviations);
    }

    /// <summary>In place.</summary>
    public void Apply(Matrix rows, int threads) => Chunks.For(rows.Rows, threads, (_, start, end) =>
    {
        for (var i = start; i < end; i++) Apply(rows.Row(i));
    });

    public void Apply(Span<float> row)
    {
        for (var j = 0; j < row.Length; j++) row[j] = Deviations[j] > 0 ? (float)((row[j] - Means[j]) / Deviations[j]) : 0;
    }

    /// <summary>Back to the units of the table; constant columns to their value.</summary>
    public void Undo(Span<float> row)
    {
        for (var j = 0; j < row.Length; j++) row[j] = (float)(row[j] * Deviations[j] + Means[j]);
    }

    // Mean over rows of a function of each value and its column.
    static double[] Mean(Matrix rows, int threads, Func<float, int, double> value)
    {
        int n = rows.Rows, d = rows.Columns;
        var parts = new double[Chunks.Count(n)][];
        Chunks.For(n, threads, (chunk, start, end) =>
        {
            var sums = new double[d];
            for (var i = start; i < end; i++)
            {
                var row = rows.Row(i);
                for (var j = 0; j < d; j++) sums[j] += value(row[j], j);
            }

            parts[chunk] = sums;
        });
        var means = new double[d];
        foreach (var part in parts)
            for (var j = 0; j < d; j++) means[j] += part[j] / n;
        return means;
    }
}
