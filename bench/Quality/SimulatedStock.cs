using Coterie.Decisions.Demand;
using Coterie.Numerics;

namespace Coterie.Quality;

/// <summary>Sales of a simulated product whose stock runs out at times, with the truth known.</summary>
static class SimulatedStock
{
    internal sealed record Weeks(double[] Sales, WeekStock[] Stock)
    {
        public void Deconstruct(out double[] sales, out WeekStock[] stock) => (sales, stock) = (Sales, Stock);
    }

    /// <summary>Demand is gamma-Poisson; every four weeks the stock is filled up to about four weeks of mean demand, so that it often runs out on the way.</summary>
    /// <param name="mean">Units a week.</param>
    /// <param name="shape">Of the gamma: small is lumpy.</param>
    internal static Weeks Sales(Rng rng, double mean, double shape, int weeks)
    {
        var (sales, stock) = (new double[weeks], new WeekStock[weeks]);
        var left = 0.0;
        for (var t = 0; t < weeks; t++)
        {
            if (t % 4 == 0) left = Math.Ceiling(4 * mean * (0.7 + 0.6 * rng.NextDouble()));
            var wanted = Poisson(rng, Gamma(rng, shape) * mean / shape);
            stock[t] = left == 0 ? WeekStock.Empty : wanted >= left ? WeekStock.SoldOut : WeekStock.Stocked;
            sales[t] = Math.Min(wanted, left);
            left -= sales[t];
        }

        return new(sales, stock);
    }

    // Marsaglia and Tsang 2000, for shapes of at least one.
    static double Gamma(Rng rng, double shape)
    {
        double d = shape - 1.0 / 3, c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = rng.NextNormal();
            var v = Math.Pow(1 + c * x, 3);
            if (v > 0 && Math.Log(Math.Max(rng.NextDouble(), 1e-300)) < 0.5 * x * x + d - d * v + d * Math.Log(v)) return d * v;
        }
    }

    // Knuth's products for small means, in pieces for large ones.
    static double Poisson(Rng rng, double mean)
    {
        var count = 0.0;
        while (mean > 20)
        {
            count += Small(rng, 20);
            mean -= 20;
        }

        return count + Small(rng, mean);
    }

    static double Small(Rng rng, double mean)
    {
        double limit = Math.Exp(-mean), product = rng.NextDouble(), count = 0;
        while (product > limit)
        {
            product *= rng.NextDouble();
            count++;
        }

        return count;
    }
}
