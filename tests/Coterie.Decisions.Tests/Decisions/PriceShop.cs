using Coterie.Decisions;
using Coterie.Decisions.Pricing;
using Coterie.Numerics;

namespace Coterie.Tests.Decisions;

/// <summary>A shop in which the answer to prices is known: units are Poisson around a Gamma around exp(product + week + elasticity x log price). Used by tests
/// and by the long simulation.</summary>
sealed record PriceShop
{
    public ulong Seed { get; init; } = 1;
    public int Groups { get; init; } = 4;
    public int ProductsPerGroup { get; init; } = 30;
    public int Segments { get; init; } = 3;
    public int Weeks { get; init; } = 52;
    /// <summary>Elasticity of a group for everybody; segments differ from it by <see cref="SegmentScatter"/>.</summary>
    public double Elasticity { get; init; } = -1.8;
    public double GroupScatter { get; init; } = 0.5;
    public double SegmentScatter { get; init; } = 0.3;
    /// <summary>Units of the middle product in a week.</summary>
    public double Units { get; init; } = 8;
    /// <summary>Standard deviation of log popularity: 1 makes the best seller of thirty about eight times the middle one.</summary>
    public double Popularity { get; init; } = 1;
    /// <summary>Shape of the Gamma: smaller scatters more.</summary>
    public double Shape { get; init; } = 4;
    /// <summary>Share of weeks with an offer of 10 to 40 % off; and of products whose price changes for good.</summary>
    public double Offers { get; init; } = 0.15;
    public double Changes { get; init; } = 0.5;
    /// <summary>Whether views show prices.</summary>
    public bool Views { get; init; }
    /// <summary>Large lines at 15 % less.</summary>
    public bool Bulk { get; init; }

    public int Products => Groups * ProductsPerGroup;

    /// <summary>What was sold and what is true of it.</summary>
    /// <param name="Elasticities">groups x segments, then everybody's: weighted by the units of each segment.</param>
    public sealed record Truth(PurchaseLines Lines, PriceOffers Shown, int[] GroupOf, int[] SegmentOf, double[][] Elasticities);

    public Truth Make()
    {
        var rng = new Seed(Seed).Stream(71);
        double[] sizes = [.. Enumerable.Range(0, Segments).Select(s => 1.0 / (s + 1))];
        var whole = sizes.Sum();
        var elasticities = new double[Groups][];
        for (var g = 0; g < Groups; g++)
        {
            var common = Elasticity + GroupScatter * rng.NextNormal();
            elasticities[g] = [.. sizes.Select(_ => common + SegmentScatter * rng.NextNormal()), 0];
            elasticities[g][Segments] = Enumerable.Range(0, Segments).Sum(s => sizes[s] / whole * elasticities[g][s]);
        }

        List<int> customer = [], product = [], order = [];
        List<long> ago = [];
        List<double> price = [], quantity = [];
        List<int> shownProduct = [], shownWeeks = [];
        List<double> shownPrice = [];
        for (var g = 0; g < Groups; g++)
        {
            var season = Enumerable.Range(0, Weeks).Select(t => 0.4 * Math.Sin(t * 0.25 + g) + 0.15 * rng.NextNormal()).ToArray();
            for (var i = 0; i < ProductsPerGroup; i++)
            {
                var p = g * ProductsPerGroup + i;
                var effect = Math.Log(Units) + Popularity * rng.NextNormal();
                var list = Math.Round(5 * Math.Exp(0.7 * rng.NextNormal()), 2) + 0.99;
                var from = rng.NextDouble() < 0.3 ? rng.NextInt(Weeks / 2) : 0;
                var to = rng.NextDouble() < 0.2 ? Weeks - rng.NextInt(Weeks / 3) : Weeks;
                var change = rng.NextDouble() < Changes ? rng.NextInt(Weeks) : Weeks;
                var factor = 1 + (rng.NextDouble() < 0.5 ? 1 : -1) * (0.05 + 0.1 * rng.NextDouble());
                for (var t = from; t < to; t++)
                {
                    var now = t >= change ? list * factor : list;
                    if (rng.NextDouble() < Offers) now *= 0.9 - 0.3 * rng.NextDouble();
                    now = Math.Round(now, 2);
                    if (Views)
                    {
                        shownProduct.Add(p);
                        shownWeeks.Add(Weeks - 1 - t);
                        shownPrice.Add(now);
                    }

                    for (var s = 0; s < Segments; s++)
                    {
                        var mean = sizes[s] / whole * Math.Exp(effect + season[t] + elasticities[g][s] * Math.Log(now / list));
                        var count = Poisson(rng, mean * Gamma(rng, Shape) / Shape);
                        for (var line = 0; line < count; line++)
                        {
                            var units = !Bulk ? 1 : rng.NextDouble() < 0.15 ? 24 + rng.NextInt(24) : 1 + rng.NextInt(4);
                            customer.Add(s);
                            product.Add(p);
                            order.Add(order.Count);
                            ago.Add((long)(Weeks - 1 - t) * PanelBuilder.WeekSeconds + rng.NextInt(PanelBuilder.WeekSeconds));
                            price.Add(units >= 24 ? Math.Round(now * 0.85, 2) : now);
                            quantity.Add(units);
                        }
                    }
                }
            }
        }

        // So that the log spans all weeks.
        ago[0] = (long)Weeks * PanelBuilder.WeekSeconds - 1;
        var lines = new PurchaseLines
        {
            Customers = [.. Enumerable.Range(0, Segments).Select(s => $"c{s}")],
            Products = [.. Enumerable.Range(0, Products).Select(p => new SoldProduct($"p{p}", null, $"g{p / ProductsPerGroup}", null))],
            Orders = order.Count,
            Customer = [.. customer],
            Product = [.. product],
            Order = [.. order],
            Ago = [.. ago],
            Price = [.. price],
            Quantity = [.. quantity],
        };
        var shown = new PriceOffers([.. shownProduct], [.. shownWeeks], [.. shownPrice], [.. shownPrice.Select(_ => 3L)]);
        return new(lines, shown, [.. Enumerable.Range(0, Products).Select(p => p / ProductsPerGroup)], [.. Enumerable.Range(0, Segments)], elasticities);
    }

    public static PricePanel Panel(Truth shop, PricingOptions options) =>
        PanelBuilder.Build(shop.Lines, shop.GroupOf, shop.SegmentOf, shop.SegmentOf.Length, shop.Shown, options);

    internal static int Poisson(Rng rng, double mean)
    {
        var count = 0;
        // A sum of Poissons is a Poisson: large means are split so that exp does not underflow.
        for (; mean > 30; mean -= 30) count += Small(30);
        return count + Small(mean);

        int Small(double m)
        {
            var (limit, product, k) = (Math.Exp(-m), rng.NextDouble(), 0);
            while (product > limit)
            {
                product *= rng.NextDouble();
                k++;
            }

            return k;
        }
    }

    // Marsaglia and Tsang 2000, for shapes of at least 1.
    internal static double Gamma(Rng rng, double shape)
    {
        var d = shape - 1.0 / 3;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = rng.NextNormal();
            var v = Math.Pow(1 + c * x, 3);
            if (v > 0 && Math.Log(1 - rng.NextDouble()) < 0.5 * x * x + d - d * v + d * Math.Log(v)) return d * v;
        }
    }
}
