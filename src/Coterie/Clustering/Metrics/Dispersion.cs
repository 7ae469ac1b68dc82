using Coterie.Numerics;

namespace Coterie.Clustering.Metrics;

/// <summary>Indices from means and spreads of clusters. Rows with a negative label are left out; fewer than two clusters give NaN,
/// for the indices are not defined there.</summary>
public static class Dispersion
{
    /// <summary>Variance between over variance within, each by its degrees of freedom (Calinski and Harabasz 1974); larger is better.</summary>
    public static double CalinskiHarabasz(Matrix rows, int[] labels)
    {
        var clusters = Moments.Of(rows, labels);
        int k = clusters.Count(c => c.Size > 0), n = clusters.Sum(c => c.Size), d = rows.Columns;
        if (k < 2 || n <= k) return double.NaN;
        var mean = new double[d];
        foreach (var cluster in clusters)
            for (var j = 0; j < d; j++) mean[j] += cluster.Mean[j] * cluster.Size / n;
        double between = 0, within = 0;
        foreach (var cluster in clusters)
        {
            for (var j = 0; j < d; j++) between += cluster.Size * (cluster.Mean[j] - mean[j]) * (cluster.Mean[j] - mean[j]);
            within += cluster.SquaredSum;
        }

        return within == 0 ? double.PositiveInfinity : between / (k - 1) / (within / (n - k));
    }

    /// <summary>Mean over clusters of the worst ratio of spreads to distance of centres (Davies and Bouldin 1979); smaller is better.</summary>
    public static double DaviesBouldin(Matrix rows, int[] labels)
    {
        var clusters = Moments.Of(rows, labels).Where(c => c.Size > 0).ToArray();
        if (clusters.Length < 2) return double.NaN;
        var sum = 0.0;
        foreach (var a in clusters)
        {
            var worst = 0.0;
            foreach (var b in clusters)
            {
                if (ReferenceEquals(a, b)) continue;
                var apart = 0.0;
                for (var j = 0; j < rows.Columns; j++) apart += (a.Mean[j] - b.Mean[j]) * (a.Mean[j] - b.Mean[j]);
                worst = Math.Max(worst, (a.MeanDistance + b.MeanDistance) / Math.Sqrt(apart));
            }

            sum += worst;
        }

        return sum / clusters.Length;
    }

    sealed record Moments(int Size, double[] Mean, double SquaredSum, double MeanDistance)
    {
        public static Moments[] Of(Matrix rows, int[] labels)
        {
            int k = labels.Length == 0 ? 0 : Math.Max(0, labels.Max() + 1), d = rows.Columns;
            var sizes = new int[k];
            var means = new double[k][];
            for (var c = 0; c < k; c++) means[c] = new double[d];
            for (var i = 0; i < labels.Length; i++)
            {
                if (labels[i] < 0) continue;
                sizes[labels[i]]++;
                Lloyd.Add(means[labels[i]], rows.Row(i), 1);
            }

            for (var c = 0; c < k; c++)
                for (var j = 0; j < d; j++) means[c][j] /= Math.Max(1, sizes[c]);
            double[] squares = new double[k], distances = new double[k];
            for (var i = 0; i < labels.Length; i++)
            {
                var c = labels[i];
                if (c < 0) continue;
                var square = 0.0;
                for (var j = 0; j < d; j++) square += (rows[i, j] - means[c][j]) * (rows[i, j] - means[c][j]);
                squares[c] += square;
                distances[c] += Math.Sqrt(square);
            }

            return [.. sizes.Select((size, c) => new Moments(size, means[c], squares[c], distances[c] / Math.Max(1, size)))];
        }
    }
}
