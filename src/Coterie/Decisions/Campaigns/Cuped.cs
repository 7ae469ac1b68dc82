using MathNet.Numerics.LinearAlgebra;

namespace Coterie.Decisions.Campaigns;

/// <summary>CUPED: takes out of an outcome what was known of each customer before the campaign (Deng, Xu, Kohavi and Walker 2013).</summary>
/// <remarks>The adjusted outcome is y - (x - mean x)·theta with theta = Cov(x)⁻¹ Cov(x, y) within arms. As arms are random, E x is the same in all arms and the
/// effect stays what it was; its variance falls by the share of the outcome that x explains.</remarks>
public static class Cuped
{
    /// <summary>The adjusted outcome, n.</summary>
    /// <param name="outcome">n.</param>
    /// <param name="before">Columns of n: what was known before the campaign; finite. Constant and repeated columns do no harm.</param>
    /// <param name="arm">n, 0 .. arms-1.</param>
    /// <param name="arms">How many arms.</param>
    public static double[] Adjust(ReadOnlySpan<double> outcome, IReadOnlyList<double[]> before, ReadOnlySpan<int> arm, int arms)
    {
        int n = outcome.Length, d = before.Count;
        var adjusted = outcome.ToArray();
        if (d == 0 || n == 0) return adjusted;
        var y = Centred(outcome, arm, arms);
        var x = new double[d][];
        for (var j = 0; j < d; j++) x[j] = Centred(before[j], arm, arms);
        var gram = Matrix<double>.Build.Dense(d, d, (j, k) => Dot(x[j], x[k]));
        var theta = PseudoInverse(gram) * Vector<double>.Build.Dense(d, j => Dot(x[j], y));
        for (var j = 0; j < d; j++)
        {
            double mean = before[j].Sum() / n, t = theta[j];
            for (var i = 0; i < n; i++) adjusted[i] -= t * (before[j][i] - mean);
        }

        return adjusted;
    }

    /// <summary>The inverse of a symmetric matrix on the directions in which it is not flat.</summary>
    internal static Matrix<double> PseudoInverse(Matrix<double> symmetric)
    {
        // On the scale of correlations, so that units do not decide what is flat.
        var scale = symmetric.Diagonal().Map(v => v > 0 ? 1 / Math.Sqrt(v) : 0);
        var correlation = Matrix<double>.Build.Dense(symmetric.RowCount, symmetric.RowCount, (i, j) => symmetric[i, j] * scale[i] * scale[j]);
        var parts = correlation.Evd(Symmetricity.Symmetric);
        var inverse = parts.EigenValues.Map(v => v.Real > Flat ? 1 / v.Real : 0, Zeros.Include);
        var middle = parts.EigenVectors * Matrix<double>.Build.DenseOfDiagonalVector(inverse) * parts.EigenVectors.Transpose();
        return Matrix<double>.Build.Dense(symmetric.RowCount, symmetric.RowCount, (i, j) => middle[i, j] * scale[i] * scale[j]);
    }

    /// <summary>How many directions of a symmetric matrix are not flat.</summary>
    internal static int Rank(Matrix<double> symmetric)
    {
        var scale = symmetric.Diagonal().Map(v => v > 0 ? 1 / Math.Sqrt(v) : 0);
        var correlation = Matrix<double>.Build.Dense(symmetric.RowCount, symmetric.RowCount, (i, j) => symmetric[i, j] * scale[i] * scale[j]);
        return correlation.Evd(Symmetricity.Symmetric).EigenValues.Count(v => v.Real > Flat);
    }

    // Of correlations: a direction with less variance than this is a column said twice.
    const double Flat = 1e-6;

    static double[] Centred(ReadOnlySpan<double> values, ReadOnlySpan<int> arm, int arms)
    {
        double[] sums = new double[arms], counts = new double[arms], centred = new double[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            sums[arm[i]] += values[i];
            counts[arm[i]]++;
        }

        for (var i = 0; i < values.Length; i++) centred[i] = values[i] - sums[arm[i]] / counts[arm[i]];
        return centred;
    }

    static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }
}
