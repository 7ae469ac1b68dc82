using Coterie.Numerics;
using MathNet.Numerics.Distributions;

namespace Coterie.Clustering.Search;

/// <summary>A reference without clusters: an elliptical copula with the correlations of the rows' normal scores, and in each column the
/// unimodal distribution nearest to the column's own. It keeps skewness, bounds, counts, correlations and tails that columns share; it has one hump.</summary>
sealed class Continuum
{
    const int Grid = 4096;                                                          // quantile table over z in [-Reach, Reach]
    const double Reach = 5;
    readonly float[][] quantiles;                                                   // d x (Grid + 1)
    readonly double[] factor;                                                       // packed lower Cholesky factor of the correlations

    readonly TailDependence tails;

    Continuum(float[][] quantiles, double[] factor, TailDependence tails) => (this.quantiles, this.factor, this.tails) = (quantiles, factor, tails);

    /// <summary>Learns from rows (n x d, n at least 2).</summary>
    public static Continuum Of(Matrix rows, int threads)
    {
        int n = rows.Rows, d = rows.Columns;
        var probabilities = new double[Grid + 1];
        for (var g = 0; g <= Grid; g++) probabilities[g] = Normal.CDF(0, 1, Reach * (2.0 * g / Grid - 1));
        var score = new double[n];
        for (var i = 0; i < n; i++) score[i] = Normal.InvCDF(0, 1, (i + 0.5) / n);
        var quantiles = new float[d][];
        var scores = new double[d][];
        Chunks.Each(d, threads, j =>
        {
            var column = new float[n];
            for (var i = 0; i < n; i++) column[i] = rows[i, j];
            quantiles[j] = UnimodalQuantiles.Of(column, probabilities);
            scores[j] = NormalScores(column, score);
        });
        var factor = Factor(scores, n, d);
        return new(quantiles, factor, TailDependence.Of(scores, factor, threads));
    }

    // Correlations of the scores, each shrunk by its sampling error (variance 1/n, positive part): a reference drawn with the raw ones
    // would carry their noise twice, and so look more clustered than the rows.
    static double[] Factor(double[][] scores, int n, int d)
    {
        var correlations = new double[d * d];
        for (var a = 0; a < d; a++)
        {
            correlations[a * d + a] = 1;
            for (var b = 0; b < a; b++)
            {
                var r = 0.0;
                for (var i = 0; i < n; i++) r += scores[a][i] * scores[b][i];
                correlations[a * d + b] = correlations[b * d + a] = r == 0 ? 0 : r * Math.Max(0, 1 - 1 / (n * r * r));
            }
        }

        // Shrinking pairs one by one can leave the matrix barely indefinite, as copies of a column do; a ridge restores it.
        for (var ridge = 1e-6; ; ridge *= 10)
        {
            for (var a = 0; a < d; a++) correlations[a * d + a] = 1 + ridge;
            if (Cholesky.Factor(correlations, d) is { } factor) return factor;
        }
    }

    // Normal scores with ties at their mean score, centred, of unit length.
    internal static double[] NormalScores(float[] column, double[] score)
    {
        var n = column.Length;
        var index = new int[n];
        for (var i = 0; i < n; i++) index[i] = i;
        var keys = (float[])column.Clone();
        Array.Sort(keys, index);
        var result = new double[n];
        for (var start = 0; start < n;)
        {
            var end = start + 1;
            var sum = score[start];
            while (end < n && keys[end] == keys[start]) sum += score[end++];
            for (var i = start; i < end; i++) result[index[i]] = sum / (end - start);
            start = end;
        }

        double mean = result.Average(), square = 0;
        foreach (var value in result) square += (value - mean) * (value - mean);
        var scale = square > 0 ? 1 / Math.Sqrt(square) : 0;
        for (var i = 0; i < n; i++) result[i] = (result[i] - mean) * scale;
        return result;
    }

    /// <summary>A sample of n rows.</summary>
    public Matrix Draw(int n, Rng rng)
    {
        var d = quantiles.Length;
        var sample = new Matrix(n, d);
        var normal = new double[d];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < d; j++) normal[j] = rng.NextNormal();
            var stretch = tails.Stretch(normal, rng);
            for (int j = 0, p = 0; j < d; j++)
            {
                var z = 0.0;
                for (var e = 0; e <= j; e++, p++) z += factor[p] * normal[e];
                z = tails.NormalScore(z * stretch);
                var at = Math.Clamp((z / Reach + 1) / 2 * Grid, 0, Grid - 1e-6);
                var cell = (int)at;
                float low = quantiles[j][cell], high = quantiles[j][cell + 1];
                // Interpolating a step between two values that occur would invent values.
                sample[i, j] = at - cell < 0.5 ? low : high;
            }
        }

        return sample;
    }
}
