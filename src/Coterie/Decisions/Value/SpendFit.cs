using Coterie.Numerics;

namespace Coterie.Decisions;

/// <summary>What a further order of a customer is worth: Gamma-Gamma on all orders, the first included, so that one-time buyers say something too.</summary>
internal sealed class SpendFit
{
    const double Step = 1e-4;

    SpendFit(LikelihoodOptimum? optimum, double shopMean, int customers, int left) =>
        (Optimum, ShopMean, Customers, WithoutMoney, Parameters) = (optimum, shopMean, customers, left, optimum?.Parameters ?? []);

    /// <summary>Null where the model could not be fitted: every order then counts as the shop's mean.</summary>
    internal LikelihoodOptimum? Optimum { get; }
    internal double[] Parameters { get; }
    /// <summary>Money per order over all customers.</summary>
    internal double ShopMean { get; }
    /// <summary>Customers that it was fitted on.</summary>
    internal int Customers { get; }
    /// <summary>Customers whose orders came to no money.</summary>
    internal int WithoutMoney { get; }
    /// <summary>False where no order has money at all.</summary>
    internal bool HasMoney => Customers > 0;

    internal static SpendFit Of(RepeatPurchases history, int starts, Seed seed, int threads)
    {
        List<int> orders = [];
        List<double> means = [];
        double money = 0, count = 0;
        for (var i = 0; i < history.Count; i++)
        {
            money += history.Spent[i];
            count += history.Orders[i];
            if (history.Spent[i] <= 0) continue;
            orders.Add(history.Orders[i]);
            means.Add(history.MeanSpend(i));
        }

        var mean = count > 0 ? money / count : double.NaN;
        var left = history.Count - orders.Count;
        if (orders.Count < 20) return new(null, mean, orders.Count, left);
        // In units of the shop's mean order, in which the parameters are near 1 for any currency.
        var unit = money / count;
        var scaled = GammaGamma.Likelihood([.. orders], [.. means.Select(m => m / unit)], threads);
        var optimum = MaximumLikelihood.Maximise(scaled, null, 1, MaximumLikelihood.Starts(starts, 3, seed));
        // q at or below 1 has no mean: no forecast of money can be made from it.
        if (optimum is not { Settled: true } || optimum.Parameters[1] <= 1) return new(null, mean, orders.Count, left);
        optimum = optimum with { Logs = [optimum.Logs[0], optimum.Logs[1], optimum.Logs[2] + Math.Log(unit)] };
        return new(optimum, mean, orders.Count, left);
    }

    internal double Expected(int orders, double mean) => !HasMoney ? double.NaN : Optimum is null ? ShopMean : GammaGamma.Expected(Parameters, orders, mean);

    /// <summary>Derivatives of the expected money by the logarithms of p, q, v; zeros without a model.</summary>
    internal double[] Slope(int orders, double mean)
    {
        var slope = new double[3];
        if (Optimum is null) return slope;
        var at = Parameters.ToArray();
        for (var j = 0; j < 3; j++)
        {
            at[j] = Parameters[j] * Math.Exp(Step);
            var up = GammaGamma.Expected(at, orders, mean);
            at[j] = Parameters[j] * Math.Exp(-Step);
            slope[j] = (up - GammaGamma.Expected(at, orders, mean)) / (2 * Step);
            at[j] = Parameters[j];
        }

        return slope;
    }

    /// <summary>Second moments of the money of further orders; of orders that are all alike without a model.</summary>
    internal OrderMoments Moments(int orders, double mean) =>
        Optimum is null ? new(ShopMean * ShopMean, ShopMean * ShopMean) : GammaGamma.Moments(Parameters, orders, mean);
}
