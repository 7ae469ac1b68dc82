using Coterie.Numerics;
using MathNet.Numerics;

namespace Coterie.Decisions;

/// <summary>Gamma-Gamma: the money of an order is gamma distributed around the customer's own mean (shape p), and means differ between customers (q, v).
/// Fader and Hardie 2013, "The gamma-gamma model of monetary value", note 025.</summary>
internal static class GammaGamma
{
    internal static readonly IReadOnlyList<string> ParameterNames = ["p", "q", "v"];

    /// <summary>ln L = ln Γ(pn+q) − ln Γ(pn) − ln Γ(q) + q ln v + (pn−1) ln m + pn ln n − (pn+q) ln(v + nm), summed, and its gradient by the logarithms
    /// of p, q, v.</summary>
    /// <param name="orders">n: orders of each customer, 1 or more.</param>
    /// <param name="means">m: their mean money, above 0.</param>
    /// <param name="threads">Threads that sum.</param>
    internal static LogLikelihood Likelihood(int[] orders, double[] means, int threads)
    {
        var most = orders.Length == 0 ? 0 : orders.Max();
        var occurs = new bool[most + 1];
        foreach (var n in orders) occurs[n] = true;
        double[] logMeans = [.. means.Select(m => Math.Log(m))], logOrders = [.. Enumerable.Range(0, most + 1).Select(n => n == 0 ? 0 : Math.Log(n))];
        return (logs, gradient) =>
        {
            double p = Math.Exp(logs[0]), q = Math.Exp(logs[1]), v = Math.Exp(logs[2]), logV = logs[2];
            double[] level = new double[most + 1], byP = new double[most + 1], byQ = new double[most + 1];
            for (var n = 1; n <= most; n++)
            {
                if (!occurs[n]) continue;
                level[n] = SpecialFunctions.GammaLn(p * n + q) - SpecialFunctions.GammaLn(p * n) - SpecialFunctions.GammaLn(q) + q * logV + p * n * logOrders[n];
                var both = SpecialFunctions.DiGamma(p * n + q);
                byP[n] = n * (both - SpecialFunctions.DiGamma(p * n) + logOrders[n]);
                byQ[n] = both - SpecialFunctions.DiGamma(q) + logV;
            }

            var parts = new double[Chunks.Count(orders.Length)][];
            Chunks.For(orders.Length, threads, (chunk, from, to) =>
            {
                var part = new double[4];
                for (var i = from; i < to; i++)
                {
                    var n = orders[i];
                    double sum = v + n * means[i], log = Math.Log(sum), shape = p * n + q;
                    part[3] += level[n] + (p * n - 1) * logMeans[i] - shape * log;
                    part[0] += byP[n] + n * (logMeans[i] - log);
                    part[1] += byQ[n] - log;
                    part[2] += q / v - shape / sum;
                }

                parts[chunk] = part;
            });
            var total = new double[4];
            foreach (var part in parts)
                for (var j = 0; j < 4; j++) total[j] += part[j];
            (gradient[0], gradient[1], gradient[2]) = (total[0] * p, total[1] * q, total[2] * v);
            return total[3];
        };
    }

    /// <summary>Mean money of a further order of one who made n orders of mean m: p (v + nm) / (pn + q − 1). Infinite for n = 0 when q ≤ 1.</summary>
    internal static double Expected(double[] parameters, int n, double mean)
    {
        double p = parameters[0], q = parameters[1], v = parameters[2], shape = p * n + q - 1;
        return shape > 0 ? p * (v + n * mean) / shape : double.PositiveInfinity;
    }

    /// <summary>E(Z²) and E(Z Z') of the money of two further orders; infinite where the model has no variance.</summary>
    internal static OrderMoments Moments(double[] parameters, int n, double mean)
    {
        double p = parameters[0], shape = p * n + parameters[1], v = parameters[2] + n * mean;
        if (shape <= 2) return new(double.PositiveInfinity, double.PositiveInfinity);
        var inverse = v * v / ((shape - 1) * (shape - 2));
        return new(p * (p + 1) * inverse, p * p * inverse);
    }
}

/// <param name="Square">E(Z²).</param>
/// <param name="Product">E(Z Z'), of two different orders.</param>
internal readonly record struct OrderMoments(double Square, double Product);
