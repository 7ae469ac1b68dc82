using MathNet.Numerics.LinearAlgebra;

namespace Coterie.Numerics;

/// <summary>The largest singular values and right singular vectors of a matrix that is only known by its products.</summary>
/// <param name="Values">At most d, descending; fewer where the rank is lower.</param>
/// <param name="Right">Values.Length vectors of unit length, over the columns; the largest entry of each is positive.</param>
sealed record RightSingular(double[] Values, double[][] Right);

/// <summary>Randomised subspace iteration (Halko, Martinsson and Tropp 2011, algorithms 4.4 and 5.1).</summary>
static class RandomisedSvd
{
    // Halko et al. advise 5 to 10 columns more than asked for.
    const int Oversampling = 10;

    /// <param name="rows">n.</param>
    /// <param name="columns">m.</param>
    /// <param name="times">m x k dense to n x k, all row-major.</param>
    /// <param name="transposedTimes">n x k dense to m x k.</param>
    /// <param name="dimensions">d.</param>
    /// <param name="iterations">Passes of power iteration: more where singular values fall slowly.</param>
    /// <param name="seed">Of the random start.</param>
    public static RightSingular Right(
        int rows, int columns, Func<double[], int, double[]> times, Func<double[], int, double[]> transposedTimes, int dimensions, int iterations, Seed seed)
    {
        var k = Math.Min(Math.Min(rows, columns), dimensions + Oversampling);
        if (k == 0) return new([], []);
        var rng = seed.Stream(0);
        var start = new double[(long)columns * k];
        for (var i = 0; i < start.Length; i++) start[i] = rng.NextNormal();

        var range = Orthonormal(times(start, k), rows, k);                                     // n x k
        for (var i = 0; i < iterations; i++)
            range = Orthonormal(times(Orthonormal(transposedTimes(range, k), columns, k), k), rows, k);
        var projected = transposedTimes(range, k);                                             // m x k: the transpose of Q^T A
        return Small(projected, columns, k, dimensions);
    }

    // The k x k matrix of inner products holds the squares of the singular values.
    static RightSingular Small(double[] projected, int m, int k, int dimensions)
    {
        var inner = Matrix<double>.Build.Dense(k, k);
        for (var a = 0; a < k; a++)
        {
            for (var b = 0; b <= a; b++)
            {
                var sum = 0.0;
                for (var j = 0; j < m; j++) sum += projected[j * k + a] * projected[j * k + b];
                inner[a, b] = inner[b, a] = sum;
            }
        }

        var eigen = inner.Evd(Symmetricity.Symmetric);
        var values = new List<double>();
        var right = new List<double[]>();
        for (var c = k - 1; c >= 0 && values.Count < dimensions; c--)
        {
            var square = eigen.EigenValues[c].Real;
            // Near this a direction is rounding: squares carry half the digits.
            if (square <= 1e-10 * eigen.EigenValues[k - 1].Real) break;
            var vector = new double[m];
            for (var j = 0; j < m; j++)
                for (var a = 0; a < k; a++) vector[j] += projected[j * k + a] * eigen.EigenVectors[a, c];
            var value = Math.Sqrt(square);
            var largest = vector.MaxBy(Math.Abs);
            for (var j = 0; j < m; j++) vector[j] /= largest < 0 ? -value : value;
            values.Add(value);
            right.Add(vector);
        }

        return new([.. values], [.. right]);
    }

    // Modified Gram-Schmidt, twice (Giraud, Langou and Rozloznik 2005); a column that depends on those before becomes 0.
    static double[] Orthonormal(double[] dense, int n, int k)
    {
        var columns = new double[k][];
        for (var c = 0; c < k; c++)
        {
            var column = columns[c] = new double[n];
            for (var i = 0; i < n; i++) column[i] = dense[i * k + c];
            var before = Norm(column);
            for (var pass = 0; pass < 2; pass++)
            {
                for (var b = 0; b < c; b++)
                {
                    var other = columns[b];
                    var dot = 0.0;
                    for (var i = 0; i < n; i++) dot += column[i] * other[i];
                    for (var i = 0; i < n; i++) column[i] -= dot * other[i];
                }
            }

            var norm = Norm(column);
            var scale = norm > 1e-10 * before ? 1 / norm : 0;
            for (var i = 0; i < n; i++) column[i] *= scale;
        }

        var result = new double[dense.Length];
        for (var c = 0; c < k; c++)
            for (var i = 0; i < n; i++) result[i * k + c] = columns[c][i];
        return result;
    }

    static double Norm(double[] column)
    {
        var sum = 0.0;
        foreach (var x in column) sum += x * x;
        return Math.Sqrt(sum);
    }
}
