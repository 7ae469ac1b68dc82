using Coterie.Features;
using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Features;

public class OutlookTests
{
    static readonly string[] Names = ["recency_days", "tenure_days", "frequency", "orders_per_month", "monetary", "avg_order_value"];

    sealed record Shop(FeatureTable Frozen, Outcomes Outcomes, FeatureTable Current);

    // Customers whose chance of ordering falls with recency and rises with frequency; spend follows what they spent before.
    static Shop Some(int customers, ulong seed)
    {
        var rng = new Seed(seed).Stream(1);
        FeatureTable Table()
        {
            var columns = Names.Select(_ => new double[customers]).ToArray();
            for (var i = 0; i < customers; i++)
            {
                var tenure = 100 + 200 * rng.NextDouble();
                var orders = 1 + (int)(-2 * Math.Log(1 - rng.NextDouble()));
                var each = 20 * Math.Exp(rng.NextDouble());
                double[] values = [tenure * rng.NextDouble(), tenure, orders, orders / (tenure / 30), orders * each, each];
                for (var j = 0; j < columns.Length; j++) columns[j][i] = values[j];
            }

            return new FeatureTable
            {
                AsOf = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc),
                Customers = [.. Enumerable.Range(0, customers).Select(i => $"c{i:00000}")],
                Features = [.. Names.Select(FeatureCatalogue.Named)],
                Columns = columns,
            };
        }

        var frozen = Table();
        double[] spend = new double[customers], orders = new double[customers];
        for (var i = 0; i < customers; i++)
        {
            var odds = Math.Exp(-1 - frozen.Column("recency_days")![i] / 60 + frozen.Column("frequency")![i] / 2);
            if (rng.NextDouble() >= odds / (1 + odds)) continue;
            (orders[i], spend[i]) = (1, frozen.Column("avg_order_value")![i]);
        }

        return new Shop(frozen, new Outcomes(frozen.Customers, spend, orders, [.. orders.Select(o => o > 0)], new string?[customers]), Table());
    }

    static OutlookModel Fit(Shop shop, int threads = 1, OutlookOptions? options = null) =>
        Outlook.Fit(shop.Frozen, shop.Outcomes, shop.Current, 60, (options ?? new()) with { Threads = threads }, new Seed(3), out _)
        ?? throw new Xunit.Sdk.XunitException("nothing was learned");

    static readonly Gen<Shop> Shops = Gen.Select(Gen.Int[1200, 6000], Gen.ULong).Select(Some);

    [Fact]
    public void TheAxes_AreTheLoadingsOfTheExplainedFeatures_PlusAConstant() => Shops.Sample(shop =>
    {
        var model = Fit(shop);
        var axes = model.Axes(shop.Current);
        var explained = model.Explained(shop.Current, out var loadings);
        for (var axis = 0; axis < 2; axis++)
        {
            double Rest(int i)
            {
                var sum = (double)axes[i, axis];
                for (var j = 0; j < explained.Columns.Count; j++) sum -= loadings[axis, j] * explained.Rows[i, j];
                return sum;
            }

            // Spend is floored at zero: there the axis lies above the weighted sum.
            var scores = model.Spend.Scores(shop.Current);
            bool Floored(int i) => axis == 1 && scores[i] == 0;
            var constant = Rest(Enumerable.Range(0, axes.Rows).First(i => !Floored(i)));
            for (var i = 0; i < axes.Rows; i++)
            {
                if (Floored(i)) Assert.True(Rest(i) > constant - 1e-3);
                else Assert.Equal(constant, Rest(i), 1e-3);
            }
        }
    }, iter: 6);

    [Fact]
    public void Threads_DoNotReachTheBits() => Shops.Sample(shop =>
    {
        var (one, two) = (Fit(shop), Fit(shop, threads: 2));
        return one.Axes(shop.Current).Values.SequenceEqual(two.Axes(shop.Current).Values);
    }, iter: 6);

    [Fact]
    public void TheAxes_HaveMeanZero_AndTheirWeightsAsSpread()
    {
        var shop = Some(4000, 5);
        var model = Fit(shop);
        double[] orders = model.Orders.Places(shop.Current), spend = model.Spend.Places(shop.Current);
        Assert.Equal(0, orders.Average(), 1e-9);
        Assert.Equal(0, spend.Average(), 1e-9);
        Assert.Equal(new OutlookOptions().OrderWeight, Math.Sqrt(orders.Average(x => x * x)), 1e-9);
        Assert.Equal(1, Math.Sqrt(spend.Average(x => x * x)), 1e-9);
    }

    [Fact]
    public void WhoOrdersOftenAndLately_IsPlacedHigher()
    {
        var shop = Some(4000, 6);
        var model = Fit(shop);
        Assert.InRange(model.HeldOutAuc, 0.65, 0.95);
        var places = model.Orders.Places(shop.Current);
        double Average(Func<int, bool> which) => Enumerable.Range(0, places.Length).Where(which).Average(i => places[i]);
        Assert.True(Average(i => shop.Current.Column("recency_days")![i] < 30) > Average(i => shop.Current.Column("recency_days")![i] > 90) + 0.5);
        Assert.True(Average(i => shop.Current.Column("frequency")![i] >= 4) > Average(i => shop.Current.Column("frequency")![i] == 1) + 0.5);
    }

    [Fact]
    public void NothingIsLearned_FromTooFewBuyers_OrFromChance()
    {
        var shop = Some(2000, 7);
        var none = shop.Outcomes with { Orders = new double[2000], Spend = new double[2000] };
        Assert.Null(Outlook.Fit(shop.Frozen, none, shop.Current, 60, new OutlookOptions(), new Seed(1), out var why));
        Assert.Contains("at least 100", why, StringComparison.Ordinal);
        var chance = shop.Outcomes with { Orders = [.. Enumerable.Range(0, 2000).Select(i => i % 3 == 0 ? 1.0 : 0)] };
        Assert.Null(Outlook.Fit(shop.Frozen, chance, shop.Current, 60, new OutlookOptions(), new Seed(1), out why));
        Assert.Contains("say too little", why, StringComparison.Ordinal);
    }

    [Fact]
    public void ATermThatTheTableLacks_IsLeftOut()
    {
        var shop = Some(2000, 8);
        shop = shop with { Frozen = shop.Frozen.Only(["recency_days", "frequency"]), Current = shop.Current.Only(["recency_days", "frequency"]) };
        var model = Fit(shop);
        Assert.Equal(["recency_days", "frequency"], model.Orders.Preparation.Features.Select(f => f.Name));
    }
}
