namespace Coterie.Numerics;

/// <summary>Small dense symmetric matrices, row-major d x d, in double.</summary>
static class Cholesky
{
    /// <summary>The lower factor L of a = L L^T, packed by rows (row i starts at i(i+1)/2); null when a is not positive definite.</summary>
    public static double[]? Factor(ReadOnlySpan<double> a, int d)
    {
        var l = new double[d * (d + 1) / 2];
        for (var i = 0; i < d; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = a[i * d + j];
                for (var p = 0; p < j; p++) sum -= l[Row(i) + p] * l[Row(j) + p];
                if (i != j) l[Row(i) + j] = sum / l[Row(j) + j];
                else if (sum > 0) l[Row(i) + i] = Math.Sqrt(sum);
                else return null;
            }
        }

        return l;
    }

    /// <summary>The inverse of a packed lower factor, packed in the same way.</summary>
    public static double[] Inverse(double[] l, int d)
    {
        var inverse = new double[l.Length];
        for (var j = 0; j < d; j++)
        {
            inverse[Row(j) + j] = 1 / l[Row(j) + j];
            for (var i = j + 1; i < d; i++)
            {
                var sum = 0.0;
                for (var p = j; p < i; p++) sum -= l[Row(i) + p] * inverse[Row(p) + j];
                inverse[Row(i) + j] = sum / l[Row(i) + i];
            }
        }

        return inverse;
    }

    /// <summary>x with L L^T x = b, for a packed lower factor.</summary>
    public static double[] Solve(double[] l, int d, ReadOnlySpan<double> b)
    {
        var x = b.ToArray();
        for (var i = 0; i < d; i++)
        {
            var sum = x[i];
            for (var p = 0; p < i; p++) sum -= l[Row(i) + p] * x[p];
            x[i] = sum / l[Row(i) + i];
        }

        for (var i = d - 1; i >= 0; i--)
        {
            x[i] /= l[Row(i) + i];
            for (var p = 0; p < i; p++) x[p] -= l[Row(i) + p] * x[i];
        }

        return x;
    }

    static int Row(int i) => i * (i + 1) / 2;
}
