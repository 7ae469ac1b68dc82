using MathNet.Numerics.LinearAlgebra;

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
/// steps, solved by Cholesky (Hastie, Tibshirani and Friedman 2009, sections 3.4.1 and 4.4.1). One thread, one order: same bytes.</summary>
public static class LinearModels
{
    /// <summary>Ridge regression of targets (n) on rows (n x d); the intercept is not penalised.</summary>
    public static LinearModel Ridge(Matrix rows, ReadOnlySpan<double> targets, double penalty)
    {
        var weights = new double[rows.Rows];
        Array.Fill(weights, 1);
        return Solve(rows, weights, targets.ToArray(), penalty);
    }

    /// <summary>Logistic regression with an L2 penalty by iteratively re-weighted least squares; the score is the log odds.</summary>
    /// <param name="rows">n x d.</param>
    /// <param name="positive">n.</param>
    /// <param name="penalty">Added to the diagonal of the Hessian, in units of observations.</param>
    public static LinearModel Logistic(Matrix rows, ReadOnlySpan<bool> positive, double penalty)
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

            var next = Solve(rows, weights, working, penalty);
            var change = Math.Abs(next.Intercept - model.Intercept);
            for (var j = 0; j < next.Weights.Length; j++) change = Math.Max(change, Math.Abs(next.Weights[j] - model.Weights[j]));
            model = next;
            if (change < 1e-6) break;
        }

        return model;
    }

    // Minimises sum w (y - b0 - x·b)^2 + penalty |b|^2 through the (d+1) x (d+1) normal equations.
    static LinearModel Solve(Matrix rows, double[] weights, double[] targets, double penalty)
    {
        var d = rows.Columns;
        var gram = new double[d + 1, d + 1];
        var right = new double[d + 1];
        var x = new double[d + 1];
        for (var i = 0; i < rows.Rows; i++)
        {
            x[0] = 1;
            var row = rows.Row(i);
            for (var j = 0; j < d; j++) x[j + 1] = row[j];
            for (var j = 0; j <= d; j++)
            {
                var weighted = weights[i] * x[j];
                if (weighted == 0) continue;
                right[j] += weighted * targets[i];
                for (var k = 0; k <= j; k++) gram[j, k] += weighted * x[k];
            }
        }

        for (var j = 0; j <= d; j++)
        {
            if (j > 0) gram[j, j] += penalty;
            for (var k = 0; k < j; k++) gram[k, j] = gram[j, k];
        }

        // A hair on every diagonal: columns that are equal must not stop the factorisation.
        for (var j = 0; j <= d; j++) gram[j, j] += 1e-9 * (1 + gram[j, j]);
        var solution = Matrix<double>.Build.DenseOfArray(gram).Cholesky().Solve(Vector<double>.Build.Dense(right));
        return new LinearModel(solution[0], [.. solution.Skip(1)]);
    }
}
