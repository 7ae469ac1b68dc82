using Coterie.Warehouse;

namespace Coterie.Decisions.Pricing;

/// <summary>Prices shown without a purchase: views and carts, by product, week and price.</summary>
/// <param name="Weeks">Weeks before the instant, 0 the last.</param>
sealed record PriceOffers(int[] Product, int[] Weeks, double[] Price, long[] Count)
{
    public static PriceOffers None { get; } = new([], [], [], []);

    internal static PriceOffers Read(DecisionInput input, IReadOnlyList<SoldProduct> products)
    {
        Dictionary<string, int> places = new(StringComparer.Ordinal);
        for (var p = 0; p < products.Count; p++) places[products[p].Id] = p;
        List<int> product = [], weeks = [];
        List<double> price = [];
        List<long> count = [];
        var d = input.Warehouse.Dialect;
        var week = d.Quotient($"$now - {d.EpochSeconds("\"time\"")}", $"{PanelBuilder.WeekSeconds}");
        input.Warehouse.Query(new Step("read prices shown", $"""
            SELECT "product_id", {week} AS "week", "price", count(*) AS "times" FROM "events"
            WHERE "kind" IN ('view', 'add_to_cart') AND "price" > 0 AND "product_id" IS NOT NULL AND "time" <= $as_of
            GROUP BY "product_id", "week", "price" ORDER BY "product_id", "week", "price"
            """) { Parameters = PurchaseLines.Instant(input) }, r =>
        {
            if (!places.TryGetValue(r.GetString(0), out var place)) return;
            product.Add(place);
            weeks.Add(checked((int)r.GetInt64(1)));
            price.Add(r.GetDouble(2));
            count.Add(r.GetInt64(3));
        });
        return new PriceOffers([.. product], [.. weeks], [.. price], [.. count]);
    }
}

/// <summary>Makes the panel: which weeks a product was on sale, what it cost in each, and who bought how much.</summary>
static class PanelBuilder
{
    public const int WeekSeconds = 7 * 86_400;
    const double WildFactor = 4;
    const double MostTimesUsual = 20;

    /// <param name="lines">What was bought.</param>
    /// <param name="groups">products: the group of each, -1 for none.</param>
    /// <param name="segmentOf">customers: the place of the segment, -1 for none.</param>
    /// <param name="segments">Number of segments.</param>
    /// <param name="offers">Prices shown.</param>
    /// <param name="options">Validated.</param>
    internal static PricePanel Build(PurchaseLines lines, int[] groups, int[] segmentOf, int segments, PriceOffers offers, PricingOptions options)
    {
        // Weeks are counted back from the instant; the oldest is left out where it is not whole.
        var oldest = lines.Count == 0 ? 0 : lines.Ago.Max();
        var weeks = (int)Math.Min(options.MostWeeks, (oldest + 86_400) / WeekSeconds);
        var ofProduct = LinesOf(lines, weeks);
        var seen = OffersOf(offers, lines.Products.Count);
        var usual = ofProduct.Select(l => Median([.. l.Select(i => lines.Quantity[i])])).ToArray();
        var discounts = QuantityDiscounts.Measure(lines, ofProduct);
        var bulk = discounts.Found;
        List<PanelProduct> products = [];
        var (few, unknown, groupless, wild, twoPrices, capped) = (0, 0, 0, 0, 0, 0L);
        var (zero, carried, cells) = (0L, 0L, 0L);
        for (var p = 0; p < ofProduct.Length; p++)
        {
            if (ofProduct[p].Count == 0) continue;
            if (groups[p] < 0)
            {
                groupless++;
                continue;
            }

            var prices = Prices(lines, ofProduct[p], bulk ? usual[p] : double.PositiveInfinity, offers, seen[p], weeks);
            wild += DropWild(prices);
            if (prices.Where(x => x > 0).Distinct().Take(2).Count() > 1) twoPrices++;
            var sold = new bool[weeks];
            foreach (var i in ofProduct[p]) sold[Week(lines.Ago[i], weeks)] = true;
            var (from, to) = OnSale(sold, [.. prices.Select(x => x > 0)]);
            if (to - from < options.FewestWeeks || sold.Count(s => s) < options.FewestWeeks)
            {
                few++;
                continue;
            }

            var price = prices[from..to];
            var known = price.Select(x => x > 0).ToArray();
            if (known.Count(k => k) < options.KnownShare * price.Length)
            {
                unknown++;
                continue;
            }

            Carry(price);
            var units = Enumerable.Range(0, segments + 1).Select(_ => new double[price.Length]).ToArray();
            var most = MostTimesUsual * Math.Max(1, usual[p]);
            foreach (var i in ofProduct[p])
            {
                var quantity = lines.Quantity[i];
                if (quantity > most) (quantity, capped) = (most, capped + 1);
                var t = Week(lines.Ago[i], weeks) - from;
                if (t < 0 || t >= price.Length) continue;
                units[segments][t] += quantity;
                if (segmentOf[lines.Customer[i]] is var s and >= 0) units[s][t] += quantity;
            }

            products.Add(new PanelProduct(p, groups[p], from, price, units, known));
            cells += price.Length;
            zero += units[segments].LongCount(u => u == 0);
            carried += known.LongCount(k => !k);
        }

        return new PricePanel(weeks, segments, products, new PanelFindings
        {
            Weeks = weeks,
            ProductsBought = ofProduct.Count(l => l.Count > 0),
            ProductsUsed = products.Count,
            TooFewWeeks = few,
            PriceUnknown = unknown,
            WithoutGroup = groupless,
            ZeroWeeks = (double)zero / Math.Max(1, cells),
            CarriedPrices = (double)carried / Math.Max(1, cells),
            PricesFromViews = offers.Product.Length > 0,
            QuantityDiscounts = bulk,
            PriceOfDoubleQuantity = discounts.Slope * Math.Log(2),
            CappedLines = capped,
            WildPrices = wild,
            ProductsWithTwoPrices = twoPrices,
        });
    }

    static int Week(long ago, int weeks) => weeks - 1 - (int)(ago / WeekSeconds);

    static List<int>[] LinesOf(PurchaseLines lines, int weeks)
    {
        var of = Enumerable.Range(0, lines.Products.Count).Select(_ => new List<int>()).ToArray();
        for (var i = 0; i < lines.Count; i++)
            if (lines.Product[i] is var p and >= 0 && lines.Price[i] > 0 && lines.Ago[i] >= 0 && Week(lines.Ago[i], weeks) >= 0) of[p].Add(i);
        return of;
    }

    static List<int>[] OffersOf(PriceOffers offers, int products)
    {
        var of = Enumerable.Range(0, products).Select(_ => new List<int>()).ToArray();
        for (var i = 0; i < offers.Product.Length; i++) of[offers.Product[i]].Add(i);
        return of;
    }

    // The price that most lines and views of a week show, the dearer among equals; 0 where none does. Not the mean paid: who buys much pays less
    // per unit, and then the price would follow from the units.
    static double[] Prices(PurchaseLines lines, List<int> own, double largest, PriceOffers offers, List<int> seen, int weeks)
    {
        var counts = new SortedDictionary<double, long>[weeks];
        foreach (var i in own)
            if (lines.Quantity[i] <= largest) Add(Week(lines.Ago[i], weeks), lines.Price[i], 1);
        foreach (var i in seen)
            if (weeks - 1 - offers.Weeks[i] is var week and >= 0 && week < weeks) Add(week, offers.Price[i], offers.Count[i]);
        // Where a product has three lines a week, a price that one line shows and no second agrees with is a special arrangement.
        var usualLines = Median([.. counts.Where(c => c is not null).Select(c => (double)c.Values.Sum())]);
        var prices = new double[weeks];
        for (var t = 0; t < weeks; t++)
        {
            long most = usualLines >= 3 ? 2 : 1;
            if (counts[t] is null) continue;
            foreach (var (price, count) in counts[t])
                if (count >= most) (prices[t], most) = (price, count);
        }

        return prices;

        void Add(int week, double price, long count)
        {
            var of = counts[week] ??= [];
            of[price] = of.GetValueOrDefault(price) + count;
        }
    }

    static int DropWild(double[] prices)
    {
        var usual = Median([.. prices.Where(p => p > 0)]);
        var dropped = 0;
        for (var t = 0; t < prices.Length; t++)
        {
            if (prices[t] <= 0 || (prices[t] <= usual * WildFactor && prices[t] >= usual / WildFactor)) continue;
            prices[t] = 0;
            dropped++;
        }

        return dropped;
    }

    /// <summary>From the first to the last week with a sign of life, and on to either end of the log where the silence there is no longer than the longest
    /// in between: the product was then most likely still on sale.</summary>
    static Span OnSale(bool[] sold, bool[] shown)
    {
        var (first, last, longest) = (-1, -1, 0);
        for (var t = 0; t < sold.Length; t++)
        {
            if (!sold[t] && !shown[t]) continue;
            if (first < 0) first = t;
            else longest = Math.Max(longest, t - last - 1);
            last = t;
        }

        if (first < 0) return new(0, 0);
        return new(first <= longest ? 0 : first, sold.Length - 1 - last <= longest ? sold.Length : last + 1);
    }

    readonly record struct Span(int From, int To);

    // A week without a known price has that of the week before; at the beginning that of the first week known.
    static void Carry(double[] price)
    {
        var last = price.First(p => p > 0);
        for (var t = 0; t < price.Length; t++) last = price[t] = price[t] > 0 ? price[t] : last;
    }

    internal static double Median(double[] values)
    {
        if (values.Length == 0) return double.NaN;
        Array.Sort(values);
        return values[(values.Length - 1) / 2];
    }
}
