using Coterie.Decisions.Demand;
using Coterie.Numerics;

namespace Coterie.Tests.Decisions;

public class CensoredDemandTests
{
    [Fact]
    public void WithoutStockOuts_TheMeanIsThatOfTheSales()
    {
        double[] sales = [3, 0, 5, 2, 7, 1, 4, 4, 0, 6];
        var found = CensoredDemand.Estimate(sales, new WeekStock[sales.Length]);
        Assert.Equal(3.2, found.Mean.Value, 5e-3);
        Assert.InRange(3.2, found.Mean.Low, found.Mean.High);
        Assert.Equal(0, found.Lost);
    }

    [Fact]
    public void EmptyWeeks_SayNothing()
    {
        double[] sales = [3, 0, 5, 2, 7, 1, 4, 4, 0, 6];
        var alone = CensoredDemand.Estimate(sales, new WeekStock[sales.Length]);
        var with = CensoredDemand.Estimate([.. sales, 0, 0, 0], [.. new WeekStock[sales.Length], WeekStock.Empty, WeekStock.Empty, WeekStock.Empty]);
        Assert.Equal(alone.Mean.Value, with.Mean.Value, 5e-7);
        Assert.Equal(alone.Mean.Low, with.Mean.Low, 5e-7);
        Assert.Equal(3 * with.Mean.Value, with.Lost, 5e-7);
        Assert.True(with.Sold < alone.Sold);
    }

    [Fact]
    public void NothingStockedWithASale_IsRefused() =>
        Assert.Contains("in stock", Assert.Throws<InputException>(() => CensoredDemand.Estimate([0, 0, 4], [WeekStock.Stocked, WeekStock.Stocked, WeekStock.Empty])).Message, StringComparison.Ordinal);

    // The law that bench/Quality demand checks on two hundred seeds: the interval holds the truth, and sales alone do not tell it.
    [Fact]
    public void TheInterval_HoldsTheTruth_OfProductsThatSellOut()
    {
        const int products = 300, weeks = 52;
        const double mean = 6;
        var truth = new DemandDistribution(mean, 12, whole: true);
        var (held, estimated, read) = (0, 0.0, 0.0);
        for (var p = 0; p < products; p++)
        {
            var rng = new Seed(31).Stream((ulong)p);
            var (sales, stock) = (new double[weeks], new WeekStock[weeks]);
            var left = 0.0;
            for (var t = 0; t < weeks; t++)
            {
                if (t % 4 == 0) left = 22;
                var wanted = truth.Quantile(Math.Clamp(rng.NextDouble(), 1e-9, 1 - 1e-9));
                stock[t] = left == 0 ? WeekStock.Empty : wanted >= left ? WeekStock.SoldOut : WeekStock.Stocked;
                sales[t] = Math.Min(wanted, left);
                left -= sales[t];
            }

            var found = CensoredDemand.Estimate(sales, stock);
            if (found.Mean.Low <= mean && mean <= found.Mean.High) held++;
            estimated += found.Mean.Value / products;
            read += found.Sold / products;
        }

        Assert.InRange(held / (double)products, 0.92, 0.98);
        Assert.InRange(estimated, 0.97 * mean, 1.03 * mean);
        Assert.True(read < 0.93 * mean);
    }
}
