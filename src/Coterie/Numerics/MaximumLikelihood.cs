using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace Coterie.Numerics;

/// <summary>A log-likelihood at the logarithms of its positive parameters (d), and its gradient with respect to them (d).</summary>
internal delegate double LogLikelihood(ReadOnlySpan<double> logs, Span<double> gradient);

/// <summary>Where a likelihood is highest, and how sure that is.</summary>
internal sealed record LikelihoodOptimum
{
    /// <summary>d logarithms of the parameters.</summary>
    public required double[] Logs { get; init; }
    public required double LogLikelihood { get; init; }
    /// <summary>d x d, of the logarithms: the inverse of minus the Hessian (of the part that the starts ran on, weighted up, where there was one).</summary>
    public required double[] Covariance { get; init; }
    /// <summary>Half the Newton decrement: how much log-likelihood a further step could still gain.</summary>
    public required double LeftToGain { get; init; }
    public required int Starts { get; init; }
    /// <summary>Starts that ended within 0.01 of the best.</summary>
    public required int Agreed { get; init; }
    /// <summary>Starts whose search gave up before its own test of an end was met; what they had reached still counts.</summary>
    public required int GaveUp { get; init; }
    /// <summary>Parameters that ran to the edge of the search: the data do not tell how large or small they are.</summary>
    public required bool[] AtEdge { get; init; }
    /// <summary>Whether the search ended at an optimum.</summary>
    public bool Settled => LeftToGain < MaximumLikelihood.Enough;

    public double[] Parameters => [.. Logs.Select(Math.Exp)];
}

/// <summary>Maximum likelihood for a handful of positive parameters: BFGS (MathNet) from several starts on their logarithms, then Newton steps with
/// differences of the analytic gradient until no step could gain anything. Never ends in silence: <see cref="LikelihoodOptimum.Settled"/> is proved by
/// the Newton decrement (Boyd and Vandenberghe 2004, section 9.5.1).</summary>
internal static class MaximumLikelihood
{
    /// <summary>Log-likelihood that may be left at an optimum: far below what a digit of any parameter is worth.</summary>
    internal const double Enough = 1e-6;

    // Logarithms are searched in (-Widest, Widest): 4.5e-5 to 22,026 in units in which parameters are near 1. Beyond, nothing in the fit changes.
    const double Widest = 10, Edge = 9;

    // Of a central difference of the gradient: error h^2 of the truncation and 1e-16/h of rounding.
    const double Step = 1e-4;

    /// <param name="full">The likelihood of all data.</param>
    /// <param name="sample">The likelihood of a part of them, on which the starts run; null: all.</param>
    /// <param name="share">The part's weight in the whole, in (0, 1].</param>
    /// <param name="starts">Logarithms, d each.</param>
    /// <returns>Null when the likelihood was finite nowhere.</returns>
    internal static LikelihoodOptimum? Maximise(LogLikelihood full, LogLikelihood? sample, double share, IReadOnlyList<double[]> starts)
    {
        var part = sample ?? full;
        var ends = starts.Select(s => Climb(part, s)).ToArray();
        var best = ends.Where(e => double.IsFinite(e.Value)).MaxBy(e => e.Value);
        if (best is null) return null;
        var (logs, curvature) = Settle(part, best.Logs, null);
        if (sample is not null) (logs, curvature) = Settle(full, logs, curvature / share);
        var gradient = new double[logs.Length];
        var value = full(logs, gradient);
        // The curvature of a part of many thousand rows is that of the whole to a few percent: enough for the steps, for their test, and for intervals.
        if (sample is null) curvature = Curvature(full, logs);
        var free = Free(logs);
        var covariance = Inverse(curvature, free);
        var step = covariance * Vector<double>.Build.DenseOfArray(gradient);
        double left = 0;
        for (var j = 0; j < logs.Length; j++) left += step[j] * gradient[j] / 2;
        return new LikelihoodOptimum
        {
            Logs = logs,
            LogLikelihood = value,
            Covariance = covariance.ToRowMajorArray(),
            LeftToGain = double.IsFinite(value) ? left : double.PositiveInfinity,
            Starts = starts.Count,
            Agreed = ends.Count(e => e.Value > best.Value - 0.01),
            GaveUp = ends.Count(e => e.GaveUp),
            AtEdge = [.. free.Select(f => !f)],
        };
    }

    /// <summary>Starts that are log-normal around 1 with a spread of e, the first of them at 1 itself.</summary>
    internal static double[][] Starts(int count, int parameters, Seed seed) =>
        [.. Enumerable.Range(0, count).Select(i =>
        {
            var rng = seed.Stream((ulong)i);
            return Enumerable.Range(0, parameters).Select(_ => i == 0 ? 0 : rng.NextNormal()).ToArray();
        })];

    sealed record End(double[] Logs, double Value, bool GaveUp);

    // BFGS on z with logs = Widest tanh(z / Widest), so that no step can leave the range in which the arithmetic is finite. Where its line search gives up, as
    // it does along ridges, the best point so far stands and is counted; whether the end is an optimum is proved later, by other means.
    static End Climb(LogLikelihood likelihood, double[] start)
    {
        var d = start.Length;
        var gradient = new double[d];
        var best = new End(start, likelihood(start, gradient), true);
        var scale = Math.Max(1, Math.Abs(best.Value));
        var objective = ObjectiveFunction.Gradient(z =>
        {
            var logs = Logs(z);
            var value = likelihood(logs, gradient);
            if (value > best.Value) best = new(logs, value, true);
            var slope = Vector<double>.Build.Dense(d, j => -gradient[j] * (1 - logs[j] / Widest * (logs[j] / Widest)) / scale);
            return (-value / scale, slope);
        });
        try
        {
            new BfgsMinimizer(1e-9, 1e-9, 1e-13, 400).FindMinimum(objective, Vector<double>.Build.Dense(d, j => Widest * Math.Atanh(start[j] / Widest)));
            return best with { GaveUp = false };
        }
        catch (OptimizationException)
        {
            return best;
        }
    }

    static double[] Logs(Vector<double> z) => [.. z.Select(v => Widest * Math.Tanh(v / Widest))];

    sealed record Settled(double[] Logs, Matrix<double> Curvature);

    // Damped Newton steps. With a given curvature it is kept, which costs more steps and far fewer evaluations.
    static Settled Settle(LogLikelihood likelihood, double[] start, Matrix<double>? given)
    {
        var d = start.Length;
        var (logs, trial) = (start.ToArray(), new double[d]);
        double[] gradient = new double[d], next = new double[d];
        var value = likelihood(logs, gradient);
        var curvature = given ?? Curvature(likelihood, logs);
        for (var iteration = 0; iteration < 60; iteration++)
        {
            if (given is null && iteration > 0) curvature = Curvature(likelihood, logs);
            var step = Inverse(curvature, Free(logs)) * Vector<double>.Build.DenseOfArray(gradient);
            double left = 0;
            for (var j = 0; j < d; j++) left += step[j] * gradient[j] / 2;
            if (left < Enough * 1e-3) break;
            var (length, gained) = (1.0, double.NegativeInfinity);
            for (var halving = 0; halving < 30; halving++, length /= 2)
            {
                for (var j = 0; j < d; j++) trial[j] = Math.Clamp(logs[j] + length * step[j], -Widest, Widest);
                gained = likelihood(trial, next);
                if (gained > value) break;
            }

            if (!(gained > value)) break;
            value = gained;
            (logs, trial) = (trial, logs);
            (gradient, next) = (next, gradient);
        }

        return new Settled(logs, curvature);
    }

    static bool[] Free(double[] logs) => [.. logs.Select(l => Math.Abs(l) < Edge)];

    // Minus the Hessian, by central differences of the gradient, made symmetric.
    static Matrix<double> Curvature(LogLikelihood likelihood, double[] logs)
    {
        var d = logs.Length;
        double[] at = [.. logs], up = new double[d], down = new double[d];
        var hessian = Matrix<double>.Build.Dense(d, d);
        for (var j = 0; j < d; j++)
        {
            at[j] = logs[j] + Step;
            likelihood(at, up);
            at[j] = logs[j] - Step;
            likelihood(at, down);
            at[j] = logs[j];
            for (var k = 0; k < d; k++) hessian[j, k] = -(up[k] - down[k]) / (2 * Step);
        }

        return (hessian + hessian.Transpose()) / 2;
    }

    // The inverse over the free parameters, 0 elsewhere. Directions that the data hardly see (standard deviation of a logarithm above 5) count as that.
    static Matrix<double> Inverse(Matrix<double> curvature, bool[] free)
    {
        const double least = 1 / 25.0;
        var places = Enumerable.Range(0, free.Length).Where(j => free[j]).ToArray();
        var inverse = Matrix<double>.Build.Dense(free.Length, free.Length);
        if (places.Length == 0) return inverse;
        var kept = Matrix<double>.Build.Dense(places.Length, places.Length, (j, k) => curvature[places[j], places[k]]);
        var parts = kept.Evd(Symmetricity.Symmetric);
        for (var e = 0; e < places.Length; e++)
        {
            var weight = 1 / Math.Max(Math.Abs(parts.EigenValues[e].Real), least);
            for (var j = 0; j < places.Length; j++)
                for (var k = 0; k < places.Length; k++)
                    inverse[places[j], places[k]] += weight * parts.EigenVectors[j, e] * parts.EigenVectors[k, e];
        }

        return inverse;
    }
}
