using Coterie.Numerics;

namespace Coterie.Decisions.Demand;

/// <summary>Makes forecasts of products, categories and the total agree: minimum trace reconciliation with a shrunk error covariance (Wickramasuriya,
/// Athanasopoulos and Hyndman 2019; Schäfer and Strimmer 2005).</summary>
/// <remarks>
/// Nodes are ordered sums first, then the m bottom series. C y = 0 says that every sum is the sum of its series; the forecasts y become
/// y - W C' (C W C')^-1 C y, which is the same as their S (S' W^-1 S)^-1 S' W^-1 y (their section 2.4) and needs only a matrix as large as the number of sums.
/// W = shrink diag + (1 - shrink) E'E / K for K rows of errors is never formed: it is a diagonal and K outer products.
/// </remarks>
static class Reconciliation
{
    /// <summary>Reconciled forecasts of all nodes: bottom series are not negative, and every sum is the exact sum of its series.</summary>
    /// <param name="forecasts">a + m.</param>
    /// <param name="members">a: the bottom series (0 .. m - 1) of each sum.</param>
    /// <param name="errors">K x (a + m) errors of one step ahead; no row: bottom-up.</param>
    internal static double[] MinTrace(double[] forecasts, int[][] members, double[][] errors)
    {
        var sums = members.Length;
        var reconciled = forecasts.ToArray();
        if (sums > 0 && errors.Length > 1) Project(reconciled, members, errors);
        return BottomUp(reconciled, members);
    }

    /// <summary>Sums are those of the bottom series, which are kept from being negative.</summary>
    internal static double[] BottomUp(double[] forecasts, int[][] members)
    {
        var result = forecasts.ToArray();
        for (var i = members.Length; i < result.Length; i++) result[i] = Math.Max(0, result[i]);
        for (var a = 0; a < members.Length; a++)
        {
            result[a] = 0;
            foreach (var i in members[a]) result[a] += result[members.Length + i];
        }

        return result;
    }

    static void Project(double[] y, int[][] members, double[][] errors)
    {
        int a = members.Length, n = y.Length, k = errors.Length;
        var variances = new double[n];
        foreach (var row in errors)
            for (var i = 0; i < n; i++) variances[i] += row[i] * row[i] / k;
        var shrink = Shrinkage(errors, variances);

        // C W C' and the rows of W C', both from the diagonal and the outer products.
        var products = new double[k][];
        for (var r = 0; r < k; r++) products[r] = Constraint(errors[r], members);
        var inner = new double[a * a];
        var containing = Containing(members, n - a);
        for (var i = 0; i < a; i++) inner[i * a + i] += shrink * variances[i];
        for (var i = 0; i < n - a; i++)
            foreach (var p in containing[i])
                foreach (var q in containing[i]) inner[p * a + q] += shrink * variances[a + i];
        for (var r = 0; r < k; r++)
            for (var p = 0; p < a; p++)
                for (var q = 0; q < a; q++) inner[p * a + q] += (1 - shrink) * products[r][p] * products[r][q] / k;
        // Sums without any error so far must not stop the factorisation.
        var hair = 0.0;
        for (var p = 0; p < a; p++) hair = Math.Max(hair, 1e-10 * inner[p * a + p]);
        for (var p = 0; p < a; p++) inner[p * a + p] += hair + 1e-12;
        if (Cholesky.Factor(inner, a) is not { } factor) return;
        var weights = Solve(factor, Constraint(y, members), a);

        // y -= W C' weights.
        for (var i = 0; i < a; i++) y[i] -= shrink * variances[i] * weights[i];
        for (var i = 0; i < n - a; i++)
            foreach (var p in containing[i]) y[a + i] += shrink * variances[a + i] * weights[p];
        for (var r = 0; r < k; r++)
        {
            var along = 0.0;
            for (var p = 0; p < a; p++) along += products[r][p] * weights[p];
            along *= (1 - shrink) / k;
            for (var i = 0; i < n; i++) y[i] -= along * errors[r][i];
        }
    }

    // C v: each sum less its series.
    static double[] Constraint(double[] v, int[][] members)
    {
        var c = new double[members.Length];
        for (var p = 0; p < c.Length; p++)
        {
            c[p] = v[p];
            foreach (var i in members[p]) c[p] -= v[members.Length + i];
        }

        return c;
    }

    static List<int>[] Containing(int[][] members, int bottoms)
    {
        var containing = new List<int>[bottoms];
        for (var i = 0; i < bottoms; i++) containing[i] = [];
        for (var p = 0; p < members.Length; p++)
            foreach (var i in members[p]) containing[i].Add(p);
        return containing;
    }

    /// <summary>The share of the diagonal: sum of the variances of the correlations over the sum of their squares, both off the diagonal, from the K x K
    /// products of standardised rows instead of n x n correlations.</summary>
    internal static double Shrinkage(double[][] errors, double[] variances)
    {
        int k = errors.Length, n = variances.Length;
        var x = new double[k][];
        for (var r = 0; r < k; r++)
        {
            x[r] = new double[n];
            for (var i = 0; i < n; i++) x[r][i] = variances[i] > 0 ? errors[r][i] / Math.Sqrt(variances[i]) : 0;
        }

        // Sum over i, j of r_ij^2 = |X X'|^2 / K^2; of w_kij^2 = sum over k of (sum over i of x_ki^2)^2; the diagonal is taken off both.
        double squares = 0, fourth = 0, ownSquares = 0, ownFourth = 0;
        for (var r = 0; r < k; r++)
        {
            for (var q = 0; q < k; q++)
            {
                var dot = 0.0;
                for (var i = 0; i < n; i++) dot += x[r][i] * x[q][i];
                squares += dot * dot / ((double)k * k);
                if (r == q) fourth += dot * dot;
            }

            for (var i = 0; i < n; i++) ownFourth += x[r][i] * x[r][i] * x[r][i] * x[r][i];
        }

        for (var i = 0; i < n; i++) ownSquares += variances[i] > 0 ? 1 : 0;
        var correlations = squares - ownSquares;
        if (correlations <= 1e-12) return 1;
        // Var(r_ij) = K / (K - 1)^3 sum over k of (w_kij - mean)^2, and sum of (w - mean)^2 = sum of w^2 - K mean^2 with mean = r_ij.
        var noise = k / Math.Pow(k - 1, 3) * (fourth - ownFourth - k * correlations);
        return Math.Clamp(noise / correlations, 0.02, 1);
    }

    // Packed lower factor.
    static double[] Solve(double[] factor, double[] right, int d)
    {
        var x = right.ToArray();
        for (var i = 0; i < d; i++)
        {
            for (var j = 0; j < i; j++) x[i] -= factor[i * (i + 1) / 2 + j] * x[j];
            x[i] /= factor[i * (i + 1) / 2 + i];
        }

        for (var i = d - 1; i >= 0; i--)
        {
            for (var j = i + 1; j < d; j++) x[i] -= factor[j * (j + 1) / 2 + i] * x[j];
            x[i] /= factor[i * (i + 1) / 2 + i];
        }

        return x;
    }
}
