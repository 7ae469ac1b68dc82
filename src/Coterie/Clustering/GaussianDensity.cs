using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>Sums that the expectation step gives to the maximisation step; moments are about the component's old mean.</summary>
/// <param name="Counts">K: sum of responsibilities.</param>
/// <param name="First">K x d: sum of r (x - mean).</param>
/// <param name="Second">K x (d(d+1)/2 packed lower, or d): sum of r (x - mean)(x - mean)^T.</param>
sealed record GaussianStatistics(double LogLikelihood, double[] Counts, double[][] First, double[][] Second);

/// <summary>A mixture in the form in which densities are computed: log weights with normalising constants, and the inverse factors of
/// the covariances (packed lower triangle, or one inverse standard deviation for each column).</summary>
sealed class GaussianDensity
{
    public required double[] Weights { get; init; }
    public required double[][] Means { get; init; }
    public required double[][] Covariances { get; init; }
    public required double[][] Factors { get; init; }
    public required double[] Constants { get; init; }
    public required bool Triangular { get; init; }

    public static GaussianDensity Of(GaussianMixtureModel model) => Build(model.Weights, model.Means, model.Covariances, model.Covariance);

    /// <summary>The maximisation step. A component without rows keeps its shape and gets no weight.</summary>
    public static GaussianDensity Maximised(GaussianStatistics s, double[][] oldMeans, GaussianDensity? old, double[] ridge, Covariance kind)
    {
        int k = oldMeans.Length, d = ridge.Length;
        var total = s.Counts.Sum();
        double[] weights = new double[k];
        double[][] means = new double[k][], covariances = new double[k][];
        for (var c = 0; c < k; c++)
        {
            weights[c] = s.Counts[c] / total;
            if (s.Counts[c] < 1e-9)
            {
                (weights[c], means[c]) = (0, oldMeans[c]);
                covariances[c] = old?.Covariances[c] ?? Diagonal(ridge, kind);
                continue;
            }

            var shift = Array.ConvertAll(s.First[c], x => x / s.Counts[c]);
            means[c] = [.. oldMeans[c].Zip(shift, (m, x) => m + x)];
            covariances[c] = kind is Covariance.Full or Covariance.Tied
                ? Square(s.Second[c], s.Counts[c], shift, d)
                : [.. s.Second[c].Select((x, j) => Math.Max(0, x / s.Counts[c] - shift[j] * shift[j]))];
        }

        if (kind == Covariance.Tied)
        {
            var pooled = new double[d * d];
            for (var c = 0; c < k; c++)
                for (var e = 0; e < pooled.Length; e++) pooled[e] += weights[c] * covariances[c][e];
            Array.Fill(covariances, pooled);
        }

        if (kind == Covariance.Tied) AddRidge(covariances[0], ridge, kind);
        else
            for (var c = 0; c < k; c++)
                if (weights[c] > 0) AddRidge(covariances[c], ridge, kind);
        if (kind == Covariance.Spherical)
            for (var c = 0; c < k; c++)
                if (covariances[c].Length > 1) covariances[c] = [covariances[c].Average()];
        return Build(weights, means, covariances, kind);
    }

    static double[] Diagonal(double[] ridge, Covariance kind)
    {
        if (kind is Covariance.Diagonal) return [.. ridge];
        if (kind is Covariance.Spherical) return [ridge.Length == 0 ? 1 : ridge.Average()];
        var matrix = new double[ridge.Length * ridge.Length];
        for (var j = 0; j < ridge.Length; j++) matrix[j * ridge.Length + j] = ridge[j];
        return matrix;
    }

    static double[] Square(double[] packed, double count, double[] shift, int d)
    {
        var matrix = new double[d * d];
        for (int i = 0, p = 0; i < d; i++)
            for (var j = 0; j <= i; j++, p++)
                matrix[i * d + j] = matrix[j * d + i] = packed[p] / count - shift[i] * shift[j];
        return matrix;
    }

    static void AddRidge(double[] covariance, double[] ridge, Covariance kind)
    {
        var step = kind is Covariance.Full or Covariance.Tied ? ridge.Length + 1 : 1;
        for (var j = 0; j < ridge.Length; j++) covariance[j * step] += ridge[j];
    }

    static GaussianDensity Build(double[] weights, double[][] means, double[][] covariances, Covariance kind)
    {
        int k = means.Length, d = k == 0 ? 0 : means[0].Length;
        var triangular = kind is Covariance.Full or Covariance.Tied;
        var factors = new double[k][];
        var constants = new double[k];
        for (var c = 0; c < k; c++)
        {
            var logDeterminant = 0.0;                                               // of the inverse factor: minus half that of the covariance
            if (triangular)
            {
                factors[c] = kind == Covariance.Tied && c > 0 ? factors[0] : InverseFactor(covariances[c], d);
                for (var i = 0; i < d; i++) logDeterminant += Math.Log(factors[c][i * (i + 1) / 2 + i]);
            }
            else
            {
                factors[c] = new double[d];
                for (var j = 0; j < d; j++)
                {
                    factors[c][j] = 1 / Math.Sqrt(covariances[c][kind == Covariance.Spherical ? 0 : j]);
                    logDeterminant += Math.Log(factors[c][j]);
                }
            }

            constants[c] = Math.Log(weights[c]) + logDeterminant - d / 2.0 * Math.Log(2 * Math.PI);
        }

        return new() { Weights = weights, Means = means, Covariances = covariances, Factors = factors, Constants = constants, Triangular = triangular };
    }

    // Rounding can leave a regularised matrix barely indefinite; its diagonal is then raised by ten parts in 10^9 of the largest
    // variance, times ten until it factors.
    static double[] InverseFactor(double[] covariance, int d)
    {
        var raise = 0.0;
        var largest = 0.0;
        for (var j = 0; j < d; j++) largest = Math.Max(largest, covariance[j * d + j]);
        while (true)
        {
            var raised = (double[])covariance.Clone();
            for (var j = 0; j < d; j++) raised[j * d + j] += raise;
            if (Cholesky.Factor(raised, d) is { } factor) return Cholesky.Inverse(factor, d);
            raise = raise == 0 ? 1e-8 * largest + 1e-300 : raise * 10;
        }
    }
}
