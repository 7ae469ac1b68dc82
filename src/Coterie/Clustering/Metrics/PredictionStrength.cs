using Coterie.Numerics;

namespace Coterie.Clustering.Metrics;

/// <summary>Prediction strength (Tibshirani and Walther 2005): in half of the rows, the share of pairs of one cluster that clusters of
/// the other half would put together too, of the worst cluster. Above 0.8 to 0.9 the number of clusters is well supported.</summary>
/// <param name="Mean">Over the splits and both directions, in [0, 1].</param>
/// <param name="StandardError">Of the mean, from the splits.</param>
/// <param name="Splits">The strength of each direction of each split.</param>
public sealed record PredictionStrength(double Mean, double StandardError, double[] Splits)
{
    /// <summary>The authors' threshold: the largest number of clusters whose strength, with its standard error, reaches this.</summary>
    public const double Enough = 0.8;

    /// <summary>Of a method on rows (n x d): split at random into halves so many times; each half is fitted by itself and predicts the
    /// other. A cluster of fewer than two rows says nothing of pairs and is passed over; noise (label -1) is together with no row.</summary>
    /// <exception cref="ConfigurationException">splits is below 1, or the method's options are impossible.</exception>
    /// <exception cref="InputException">Fewer than 4 rows, or a value is not finite.</exception>
    public static PredictionStrength Of(Matrix rows, MethodOptions options, Seed seed, int splits = 10)
    {
        if (splits < 1) throw new ConfigurationException($"prediction strength: splits is {splits}; expected 1 or more.");
        if (rows.Rows < 4) throw new InputException($"prediction strength needs at least 4 rows; there are {rows.Rows}.");
        var values = new double[2 * splits];
        for (var s = 0; s < splits; s++)
        {
            var order = Enumerable.Range(0, rows.Rows).ToArray();
            seed.Stream((ulong)s).Shuffle(order.AsSpan());
            var half = order.Length / 2;
            Matrix a = rows.Take(order.AsSpan(0, half)), b = rows.Take(order.AsSpan(half));
            ClusterModel ofA = Clusterer.Fit(a, options, seed.Child((ulong)(2 * s))), ofB = Clusterer.Fit(b, options, seed.Child((ulong)(2 * s + 1)));
            values[2 * s] = Strength(ofB.Assign(b, options.Threads).Labels, ofA.Assign(b, options.Threads).Labels);
            values[2 * s + 1] = Strength(ofA.Assign(a, options.Threads).Labels, ofB.Assign(a, options.Threads).Labels);
        }

        // Both directions of a split share their rows: the split is the unit of the error.
        var means = Enumerable.Range(0, splits).Select(s => (values[2 * s] + values[2 * s + 1]) / 2).ToArray();
        var mean = means.Average();
        var error = splits < 2 ? 0 : Math.Sqrt(means.Sum(m => (m - mean) * (m - mean)) / (splits - 1) / splits);
        return new(mean, error, values);
    }

    /// <summary>The strength of one direction: labels of the test rows by their own fit, and as the training half predicts them.</summary>
    public static double Strength(ReadOnlySpan<int> own, ReadOnlySpan<int> predicted)
    {
        var counts = Agreement.Contingency(own, predicted);
        int rows = counts.GetLength(0), columns = counts.GetLength(1);
        var sizes = new long[rows];
        foreach (var label in own)
            if (label >= 0) sizes[label]++;
        var least = 1.0;
        for (var i = 0; i < rows; i++)
        {
            if (sizes[i] < 2) continue;
            var together = 0.0;
            for (var j = 0; j < columns; j++) together += (double)counts[i, j] * (counts[i, j] - 1);
            least = Math.Min(least, together / ((double)sizes[i] * (sizes[i] - 1)));
        }

        return least;
    }
}
