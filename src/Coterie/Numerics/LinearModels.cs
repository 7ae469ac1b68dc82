using MathNet.Numerics.LinearAlgebra;
using Lanes = System.Numerics.Vector<double>;

namespace Coterie.Numerics;

/// <summary>A linear score: intercept + weights · x.</summary>
public sealed record LinearModel(double Intercept, double[] Weights)
{
    /// <summary>One score a row (rows n x d).</summary>
    public double[] Score(Matrix rows)
    {
        if (rows.Columns != Weights.Length)
            throw new ArgumentException($"The model has {Weights.Length} weights but the rows have {rows.Columns} columns.", nameof(rows));
        var scores = new double[rows.Rows];
        for (var i = 0; i < scores.Length; i++)
        {
            var row = rows.Row(i);
            var sum = Intercept;
            for (var j = 0; j < row.Length; j++) sum += Weights[j] * row[j];
            scores[i] = sum;
        }

        return scores;
    }
}

/// <summary>Penalised linear and logistic regression for tables of at most a few hundred columns: normal equations and Newton
/// steps, solved by Cholesky (Hastie, Tibshirani and Friedman 2009, sections 3.4.1 and 4.4.1). The bytes do not depend on the threads.</summary>
public static class LinearModels
{
    /// <summary>Ridge regression of targets (n) on rows (n x d); the intercept is not penalised.</summary>
    public static LinearModel Ridge(Matrix rows, ReadOnlySpan<double> targets, double penalty, int threads = 1)
    {
        var weights = new double[rows.Rows];
        Array.Fill(weights, 1);
        return Solve(rows, weights, targets.ToArray(), penalty, threads);
    }

    /// <summary>Logistic regression with an L2 penalty by iteratively re-weighted least squares; the score is the log odds.</summary>
    /// <param name="rows">n x d.</param>
    /// <param name="positive">n.</param>
    /// <param name="penalty">Added to the diagonal of the Hessian, in units of observations.</param>
    /// <param name="threads">Threads that sum.</param>
    public static LinearModel Logistic(Matrix rows, ReadOnlySpan<bool> positive, double penalty, int threads = 1)
    {
        var n = rows.Rows;
        var count = 0;
        foreach (var p in positive) count += p ? 1 : 0;
        if (count == 0 || count == n)
            throw new ArgumentException($"Both outcomes must occur; found {count} of {n} positive.", nameof(positive));

        var rate = (double)count / n;
        var model = new LinearModel(Math.Log(rate / (1 - rate)), new double[rows.Columns]);
        double[] weights = new double[n], working = new double[n];
        for (var iteration = 0; iteration < 25; iteration++)
        {
            var scores = model.Score(rows);
            for (var i = 0; i < n; i++)
            {
                var p = 1 / (1 + Math.Exp(-scores[i]));
                // Far from the boundary the curvature vanishes; the floor keeps the working response finite (as in glmnet).
                weights[i] = Math.Max(p * (1 - p), 1e-5);
                working[i] = scores[i] + ((positive[i] ? 1 : 0) - p) / weights[i];
            }

            var next = Solve(rows, weights, working, penalty, threads);
            var change = Math.Abs(next.Intercept - model.Intercept);
            for (var j = 0; j < next.Weights.Length; j++) change = Math.Max(change, Math.Abs(next.Weights[j] - model.Weights[j]));
            model = next;
            if (change < 1e-6) break;
        }

        return model;
    }

    // Minimises sum w (y - b0 - x·b)^2 + penalty |b|^2 through the (d+1) x (d+1) normal equations. Column d + 1 of each sum is the right side.
    static LinearModel Solve(Matrix rows, double[] weights, double[] targets, double penalty, int threads)
    {
        var d = rows.Columns;
        var width = d + 2;
        var parts = new double[Chunks.Count(rows.Rows)][];
        Chunks.For(rows.Rows, threads, (chunk, from, to) => parts[chunk] = Products(rows, weights, targets, from, to));
        var sums = new double[(d + 1) * width];
        foreach (var part in parts)
            for (var i = 0; i < sums.Length; i++) sums[i] += part[i];

        var gram = new double[d + 1, d + 1];
        var right = new double[d + 1];
        for (var j = 0; j <= d; j++)
        {
            for (var k = j; k <= d; k++) gram[j, k] = gram[k, j] = sums[j * width + k];
            right[j] = sums[j * width + d + 1];
            if (j > 0) gram[j, j] += penalty;
        }

        // A hair on every diagonal: columns that are equal must not stop the factorisation.
        for (var j = 0; j <= d; j++) gram[j, j] += 1e-9 * (1 + gram[j, j]);
        var solution = Matrix<double>.Build.DenseOfArray(gram).Cholesky().Solve(Vector<double>.Build.Dense(right));
        return new LinearModel(solution[0], [.. solution.Skip(1)]);
    }

    // Sums of w z_j z_k over some rows, for z = (1, x, y) and k >= j, (d+1) x (d+2). Four rows at once: each sum is loaded and stored once for four.
    static double[] Products(Matrix rows, double[] weights, double[] targets, int from, int to)
    {
        var d = rows.Columns;
        var width = d + 2;
        var sums = new double[(d + 1) * width];
        double[][] z = [new double[width], new double[width], new double[width], new double[width]];
        Span<double> w = stackalloc double[4];
        for (var i = from; i < to; i += 4)
        {
            for (var r = 0; r < 4; r++)
            {
                Array.Clear(z[r]);
                if (i + r >= to) continue;
                z[r][0] = 1;
                var row = rows.Row(i + r);
                for (var j = 0; j < d; j++) z[r][j + 1] = row[j];
                z[r][d + 1] = targets[i + r];
            }

            for (var r = 0; r < 4; r++) w[r] = i + r < to ? weights[i + r] : 0;
            for (var j = 0; j <= d; j++)
                AddScaled(sums.AsSpan(j * width + j, width - j), z, j, w[0] * z[0][j], w[1] * z[1][j], w[2] * z[2][j], w[3] * z[3][j]);
        }

        return sums;
    }

    static void AddScaled(Span<double> sums, double[][] z, int at, double a, double b, double c, double e)
    {
        ReadOnlySpan<double> p = z[0].AsSpan(at), q = z[1].AsSpan(at), r = z[2].AsSpan(at), t = z[3].AsSpan(at);
        var lanes = Lanes.Count;
        var k = 0;
        for (; k + lanes <= sums.Length; k += lanes)
        {
            var sum = new Lanes(sums[k..]) + a * new Lanes(p[k..]) + b * new Lanes(q[k..]) + c * new Lanes(r[k..]) + e * new Lanes(t[k..]);
            sum.CopyTo(sums[k..]);
        }

        for (; k < sums.Length; k++) sums[k] = sums[k] + a * p[k] + b * q[k] + c * r[k] + e * t[k];
    }
}
