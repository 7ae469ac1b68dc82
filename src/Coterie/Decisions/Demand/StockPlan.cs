namespace Coterie.Decisions.Demand;

/// <summary>Reorder points, safety stock and orders from the distribution of the lead time's demand: a base-stock policy with a service level for each
/// order cycle (Silver, Pyke and Thomas 2017, chapter 7), without taking demand for normal.</summary>
static class StockPlan
{
    /// <param name="shop">By product.</param>
    /// <param name="hierarchy">Its forecasts.</param>
    /// <param name="run">Where patterns are.</param>
    /// <param name="service">Share of cycles without a stock-out.</param>
    /// <param name="stock">Null without a stock file; products it does not name have no order.</param>
    internal static List<ReorderLine> Lines(DemandShop shop, HierarchyForecast hierarchy, ForecastRun run, double service, Dictionary<string, StockLevel>? stock)
    {
        var lines = new List<ReorderLine>();
        var lead = run.Settings.Horizon;
        for (var i = 0; i < shop.Nodes.Count; i++)
        {
            if (shop.Nodes[i].Product is not { } product) continue;
            var node = shop.Sums.Count + i;
            var demand = hierarchy.Distribution(node, lead);
            var mean = hierarchy.Means[lead][node];
            // Below one half a quantile is no safety; the stock is never planned below what is expected.
            var point = Math.Max(hierarchy.Quantiles(node, lead, [service])[0], shop.Panel.Whole ? Math.Floor(mean) : mean);
            var pattern = run.Origins[run.Last].Patterns[node];
            if (stock is null || !stock.TryGetValue(product, out var level))
            {
                lines.Add(new(product, pattern, mean, point - mean, point, null, null, null, null, null));
                continue;
            }

            var order = Math.Max(0, point - level.Position);
            lines.Add(new(product, pattern, mean, point - mean, point, level.OnHand, level.OnOrder, shop.Panel.Whole ? Math.Ceiling(order) : order,
                1 - demand.AtMost(level.Position), demand.Beyond(level.Position)));
        }

        return lines;
    }

    /// <summary>Products whose last empty weeks are hard to believe if they were still on sale: (1 - share)^weeks below one in a thousand.</summary>
    internal static List<SilentProduct> Silent(DemandShop shop)
    {
        var silent = new List<SilentProduct>();
        for (var i = 0; i < shop.Nodes.Count; i++)
        {
            if (shop.Nodes[i].Product is not { } product) continue;
            var node = shop.Sums.Count + i;
            var demand = shop.Panel.Known(node, shop.Panel.Weeks);
            var last = demand.Length - 1;
            while (last > 0 && demand[last] <= 0) last--;
            var weeks = demand.Length - 1 - last;
            var (sold, units) = (0, 0.0);
            for (var t = 0; t <= last; t++)
            {
                if (demand[t] > 0) sold++;
                units += demand[t];
            }

            // Eight weeks at least: a share of fewer is a guess. One week more and one sale less keep it below one.
            if (last + 1 < 8 || weeks == 0) continue;
            var share = (sold - 0.5) / (last + 1);
            if (Math.Pow(1 - share, weeks) is var chance && chance < 0.001) silent.Add(new(product, share, weeks, chance, units / (last + 1)));
        }

        return [.. silent.OrderByDescending(s => s.UnitsPerWeek * s.Silent).ThenBy(s => s.Product, StringComparer.Ordinal)];
    }
}
