using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Coterie.Decisions;

/// <summary>One customer's normal equations: a few dozen to a few hundred unknowns, a multiple of eight, solved thousands of times. Cholesky by rows, so that
/// every inner loop runs over numbers that stand side by side (Golub and Van Loan 2013, section 4.2.5).</summary>
static class SymmetricSystem
{
    /// <summary>a += weight y y^T, of which only the lower half (in whole groups of eight) is kept up.</summary>
    internal static void Add(float[] a, int f, float weight, ReadOnlySpan<float> y)
    {
        ref var vector = ref Unsafe.AsRef(in y[0]);
        for (var i = 0; i < f; i++)
        {
            var scale = Vector256.Create(weight * y[i]);
            ref var row = ref a[i * f];
            for (var j = 0; j <= i; j += 8)
                Vector256.FusedMultiplyAdd(scale, Vector256.LoadUnsafe(ref vector, (nuint)j), Vector256.LoadUnsafe(ref row, (nuint)j)).StoreUnsafe(ref row, (nuint)j);
        }
    }

    /// <summary>The lower factor of a + penalty I in rows of f; its upper half is zeros.</summary>
    internal static double[] Factor(float[] a, int f, double penalty)
    {
        var l = new double[f * f];
        for (var i = 0; i < f; i++)
        {
            ref var own = ref l[i * f];
            for (var j = 0; j < i; j++)
                l[i * f + j] = (a[i * f + j] - Dot(ref own, ref l[j * f], j)) / l[j * f + j];
            var left = a[i * f + i] + penalty - Dot(ref own, ref own, i);
            if (!(left > 0)) throw new InvalidOperationException("A sum of squares with a penalty is positive definite.");
            l[i * f + i] = Math.Sqrt(left);
        }

        return l;
    }

    /// <summary>Replaces b by x with L L^T x = b.</summary>
    internal static void Solve(double[] l, double[] b)
    {
        var f = b.Length;
        for (var i = 0; i < f; i++) b[i] = (b[i] - Dot(ref l[i * f], ref b[0], i)) / l[i * f + i];
        for (var i = f - 1; i >= 0; i--)
        {
            // Once an unknown is known, what it gives leaves the equations above it.
            var x = b[i] /= l[i * f + i];
            ref var row = ref l[i * f];
            for (var j = 0; j < i; j++) b[j] -= x * Unsafe.Add(ref row, j);
        }
    }

    // The first n products, four sums at once, put together in one fixed order.
    static double Dot(ref double a, ref double b, int n)
    {
        var sums = Vector256<double>.Zero;
        var j = 0;
        for (; j + 4 <= n; j += 4) sums = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref a, (nuint)j), Vector256.LoadUnsafe(ref b, (nuint)j), sums);
        var sum = sums[0] + sums[1] + (sums[2] + sums[3]);
        for (; j < n; j++) sum += Unsafe.Add(ref a, j) * Unsafe.Add(ref b, j);
        return sum;
    }
}
