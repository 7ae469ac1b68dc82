using Coterie.Decisions;
using Coterie.Numerics;

namespace Coterie.Tests.Decisions;

/// <summary>Customers drawn from a model of repeat purchases with known parameters, on whole days; and what they do after the day of observation.</summary>
internal sealed record SomePurchases(RepeatPurchases History, int[] Later, double[] LaterSpent)
{
    /// <summary>Near those of CDNOW's customers.</summary>
    internal static readonly double[] Beta = [0.5, 6, 0.9, 2.5], Pareto = [0.55, 10.6, 0.6, 11.7], Money = [6.25, 3.74, 15.4];

    internal static SomePurchases Of(PurchaseModel model, double[] parameters, int customers, int horizonDays, Seed seed, int minimumDays = 180, int maximumDays = 400)
    {
        const int end = 20_000;
        var rng = seed.Stream(0);
        var history = new RepeatPurchases(end);
        var later = new int[customers];
        var laterSpent = new double[customers];
        for (var i = 0; i < customers; i++)
        {
            var age = minimumDays + rng.NextInt(maximumDays - minimumDays + 1);
            var rate = Gamma(rng, parameters[0]) / parameters[1];
            double u = model is BetaGeometric ? Gamma(rng, parameters[2]) : 0, v = model is BetaGeometric ? Gamma(rng, parameters[3]) : 0;
            var leaves = model is BetaGeometric ? u / (u + v) : 0;
            var gone = model is ParetoNbd ? -Math.Log(1 - rng.NextDouble()) / (Gamma(rng, parameters[2]) / parameters[3]) : double.PositiveInfinity;
            if (model is MbgNbd && rng.NextDouble() < leaves) gone = 0;
            var worth = Gamma(rng, Money[1]) / Money[2];
            var (last, orders, spent) = (0, 1, Gamma(rng, Money[0]) / worth);
            var day = 0;
            for (var weeks = 0.0; ;)
            {
                weeks += -Math.Log(1 - rng.NextDouble()) / rate;
                if (weeks > gone || weeks * 7 > age + horizonDays) break;
                var at = (int)Math.Ceiling(weeks * 7);
                var money = Gamma(rng, Money[0]) / worth;
                // Of two purchases on a day one is an order, as in the reading of events.
                if (at > day)
                {
                    if (at <= age) (last, orders, spent) = (at, orders + 1, spent + money);
                    else
                    {
                        later[i]++;
                        laterSpent[i] += money;
                    }
                }

                day = at;
                if (model is BetaGeometric && rng.NextDouble() < leaves) break;
            }

            history.Add($"C{i:0000000}", end - age, end - age + last, orders, spent);
        }

        return new(history, later, laterSpent);
    }

    // Marsaglia and Tsang 2000, with the boost for shapes below 1.
    static double Gamma(Rng rng, double shape)
    {
        if (shape < 1) return Gamma(rng, shape + 1) * Math.Pow(1 - rng.NextDouble(), 1 / shape);
        double d = shape - 1.0 / 3, c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = rng.NextNormal();
            var v = 1 + c * x;
            if (v <= 0) continue;
            v *= v * v;
            if (Math.Log(1 - rng.NextDouble()) < x * x / 2 + d - d * v + d * Math.Log(v)) return d * v;
        }
    }
}

/// <summary>How often intervals hold what they are of, over simulated shops of a known model.</summary>
internal sealed record IntervalCoverage(double ExpectedOrders, double ExpectedSpend, double OrdersOutcome, double SpendOutcome, double CustomerOutcome, int Groups, int Unsettled)
{
    const int Days = 90;

    /// <summary>Groups are customers with 1, 2, 3 or 4 and 5 or more orders, and all.</summary>
    internal static IntervalCoverage Of(PurchaseModel model, double[] parameters, int customers, int shops, Seed seed, int threads)
    {
        var hits = new int[shops][];
        Chunks.Each(shops, threads, s => hits[s] = Count(model, parameters, customers, seed.Child((ulong)s)));
        double Share(int place, int of) => hits.Sum(h => (double)h[place]) / hits.Sum(h => (double)h[of]);
        return new(Share(0, 4), Share(1, 4), Share(2, 4), Share(3, 4), Share(5, 6), hits.Sum(h => h[4]), hits.Sum(h => h[7]));
    }

    static int[] Count(PurchaseModel model, double[] parameters, int customers, Seed seed)
    {
        var drawn = SomePurchases.Of(model, parameters, customers, Days, seed);
        var rows = drawn.History.Rows();
        var fitted = PurchaseFit.Fit(model, rows, MaximumLikelihood.Starts(2, model.Size, seed), 1)!;
        var forecast = new ValueForecast(drawn.History, rows, fitted, SpendFit.Of(drawn.History, 2, seed, 1), Days, 1, 0, 1);
        var counts = new int[8];
        counts[7] = fitted.Optimum.Settled ? 0 : 1;
        foreach (var (least, most) in new[] { (1, 1), (2, 2), (3, 4), (5, int.MaxValue), (1, int.MaxValue) })
        {
            var sum = new GroupSum(forecast);
            double orders = 0, spend = 0, later = 0, laterSpent = 0;
            for (var i = 0; i < customers; i++)
            {
                var n = drawn.History.Orders[i];
                if (n < least || n > most) continue;
                sum.Add(i);
                var expected = model.Expected(parameters, n - 1, (drawn.History.Last[i] - drawn.History.First[i]) / 7.0, (drawn.History.Through - drawn.History.First[i]) / 7.0, Days / 7.0);
                orders += expected;
                spend += expected * GammaGamma.Expected(SomePurchases.Money, n, drawn.History.MeanSpend(i));
                later += drawn.Later[i];
                laterSpent += drawn.LaterSpent[i];
            }

            var total = sum.Total();
            counts[0] += Holds(total.ExpectedOrders, orders);
            counts[1] += Holds(total.ExpectedSpend, spend);
            counts[2] += Holds(total.OrdersOutcome, later);
            counts[3] += Holds(total.SpendOutcome, laterSpent);
            counts[4]++;
        }

        for (var i = 0; i < customers; i++)
        {
            var customer = forecast.Customer(i);
            if (drawn.Later[i] >= customer.OrdersLow && drawn.Later[i] <= customer.OrdersHigh) counts[5]++;
            counts[6]++;
        }

        return counts;
    }

    static int Holds(Coterie.Evaluation.Estimate interval, double truth) => interval.Low <= truth && truth <= interval.High ? 1 : 0;
}
