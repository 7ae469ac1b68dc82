using System.Numerics;
using Coterie.Numerics;

namespace Coterie.Fusion;

/// <summary>A softmax of features that stands before fixed evidence: log p(z | x) = B' x − log Σ, and likelihood Σ_i log Σ_z p(z | x_i) e_i(z).</summary>
static class JointKernel
{
    /// <summary>Coefficients ((1 + d) x K) that maximise the likelihood less penalty/2 |B|², the intercepts free.</summary>
    /// <remarks>Expectation: r = p(z | x, e). Maximisation: one step of Böhning's (1992) bound, whose Hessian ½ X'X is the same in every step, so one
    /// factor serves all. Steps are lengthened as long as the likelihood rises (adaptive overrelaxation: Salakhutdinov and Roweis 2003); it never falls.</remarks>
    /// <param name="rows">n x d, standardised, validated.</param>
    /// <param name="evidence">n x K: log likelihood of what else is known of the customer, up to a constant in each row.</param>
    /// <param name="start">(1 + d) x K.</param>
    /// <param name="path">Receives the penalised likelihood of every step.</param>
    public static double[] Fit(Matrix rows, double[] evidence, int k, double penalty, double[] start, JointMixtureOptions options, List<double>? path = null)
    {
        int n = rows.Rows, m = rows.Columns + 1;
        var hessian = Gram(rows, options.Threads);
        for (var i = 0; i < hessian.Length; i++) hessian[i] *= 0.5;
        // The intercept's own term keeps the factor defined when there is hardly anybody.
        for (var j = 0; j < m; j++) hessian[j * m + j] += j == 0 ? 1e-6 : penalty;
        // The factor's columns one after the other, L then L': inverse = L^-T L^-1.
        var inverse = Cholesky.Inverse(Cholesky.Factor(hessian, m)!, m);
        var b = start.ToArray();
        double[] last = b, direction = [];
        double previous = double.NegativeInfinity, length = 1;
        for (var step = 0; step < options.MaxIterations; step++)
        {
            var (gradient, likelihood) = Gradient(rows, evidence, b, k, options.Threads);
            for (var j = k; j < b.Length; j++)
            {
                gradient[j] -= penalty * b[j];
                likelihood -= 0.5 * penalty * b[j] * b[j];
            }

            if (likelihood < previous && length > 1)
            {
                // Too far: the plain step from there cannot fall.
                (b, length) = (Moved(last, direction, 1), 1);
                continue;
            }

            path?.Add(likelihood);
            if (likelihood - previous < options.Tolerance * n && step > 0) break;
            previous = likelihood;
            (last, direction, length) = (b, Solve(inverse, gradient, m, k), step == 0 ? 1 : length * 1.5);
            b = Moved(last, direction, length);
        }

        return b;
    }

    /// <summary>n x K: log p(z | x).</summary>
    public static double[] LogPriors(Matrix rows, double[] b, int k, int threads)
    {
        var scores = new double[(long)rows.Rows * k];
        Chunks.For(rows.Rows, threads, (_, start, end) =>
        {
            for (var i = start; i < end; i++)
            {
                var row = scores.AsSpan(i * k, k);
                Score(rows.Row(i), b, row);
                var total = LogSum(row);
                for (var c = 0; c < k; c++) row[c] -= total;
            }
        });
        return scores;
    }

    /// <summary>Log weights to probabilities, in place; returns the log of their sum.</summary>
    public static double Normalise(Span<double> row)
    {
        var total = LogSum(row);
        for (var c = 0; c < row.Length; c++) row[c] = Math.Exp(row[c] - total);
        return total;
    }

    public static double LogSum(ReadOnlySpan<double> row)
    {
        var most = double.NegativeInfinity;
        foreach (var x in row) most = Math.Max(most, x);
        var sum = 0.0;
        foreach (var x in row) sum += Math.Exp(x - most);
        return most + Math.Log(sum);
    }

    static (double[] Gradient, double LogLikelihood) Gradient(Matrix rows, double[] evidence, double[] b, int k, int threads)
    {
        var parts = new double[Chunks.Count(rows.Rows)][];
        var likelihoods = new double[parts.Length];
        Chunks.For(rows.Rows, threads, (chunk, start, end) =>
        {
            var part = parts[chunk] = new double[b.Length];
            double[] prior = new double[k], both = new double[k];
            for (var i = start; i < end; i++)
            {
                var x = rows.Row(i);
                Score(x, b, prior);
                var total = LogSum(prior);
                for (var c = 0; c < k; c++) both[c] = (prior[c] -= total) + evidence[i * k + c];
                likelihoods[chunk] += Normalise(both);
                for (var c = 0; c < k; c++) both[c] -= Math.Exp(prior[c]);
                AddTimes(part.AsSpan(0, k), 1, both);
                for (var j = 0; j < x.Length; j++) AddTimes(part.AsSpan((j + 1) * k, k), x[j], both);
            }
        });
        var gradient = new double[b.Length];
        foreach (var part in parts) Add(gradient, part);
        return (gradient, likelihoods.Sum());
    }

    static void Score(ReadOnlySpan<float> x, double[] b, Span<double> scores)
    {
        var k = scores.Length;
        b.AsSpan(0, k).CopyTo(scores);
        for (var j = 0; j < x.Length; j++) AddTimes(scores, x[j], b.AsSpan((j + 1) * k, k));
    }

    // Element by element whatever the width, so the bytes do not depend on it.
    static void AddTimes(Span<double> to, double factor, ReadOnlySpan<double> what)
    {
        var c = 0;
        for (; c <= to.Length - Vector<double>.Count; c += Vector<double>.Count)
        {
            var at = to.Slice(c, Vector<double>.Count);
            (new Vector<double>(at) + factor * new Vector<double>(what.Slice(c, Vector<double>.Count))).CopyTo(at);
        }

        for (; c < to.Length; c++) to[c] += factor * what[c];
    }

    static double[] Moved(double[] from, double[] direction, double length)
    {
        var to = from.ToArray();
        AddTimes(to, length, direction);
        return to;
    }

    static void Add(double[] to, double[] what)
    {
        for (var i = 0; i < to.Length; i++) to[i] += what[i];
    }

    // (1 + d) x (1 + d): X'X of the rows with a column of ones before them.
    static double[] Gram(Matrix rows, int threads)
    {
        var m = rows.Columns + 1;
        var parts = new double[Chunks.Count(rows.Rows)][];
        Chunks.For(rows.Rows, threads, (chunk, start, end) =>
        {
            var part = parts[chunk] = new double[m * m];
            var x = new double[m];
            x[0] = 1;
            for (var i = start; i < end; i++)
            {
                var row = rows.Row(i);
                for (var j = 0; j < row.Length; j++) x[j + 1] = row[j];
                for (var j = 0; j < m; j++) AddTimes(part.AsSpan(j * m, m), x[j], x);
            }
        });
        var gram = new double[m * m];
        foreach (var part in parts) Add(gram, part);
        return gram;
    }

    // m x K: the inverse of L L' times the gradient, from the packed inverse of L.
    static double[] Solve(double[] inverse, double[] gradient, int m, int k)
    {
        double[] half = new double[m * k], step = new double[m * k];
        for (var i = 0; i < m; i++)
            for (var j = 0; j <= i; j++) AddTimes(half.AsSpan(i * k, k), inverse[i * (i + 1) / 2 + j], gradient.AsSpan(j * k, k));
        for (var i = 0; i < m; i++)
            for (var j = 0; j <= i; j++) AddTimes(step.AsSpan(j * k, k), inverse[i * (i + 1) / 2 + j], half.AsSpan(i * k, k));
        return step;
    }
}
