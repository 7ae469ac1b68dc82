namespace Coterie.Tests.Features;

/// <summary>The plain twin of the SQL: features of one customer by loops over a sorted list, as their sentences say.</summary>
sealed class PlainFeatures(IReadOnlyList<LogEvent> shop, string customer, DateTime asOf)
{
    sealed record Order(DateTime Time, IReadOnlyList<LogEvent> Lines)
    {
        public double Value => Lines.Sum(Money);
    }

    readonly List<LogEvent> mine = [.. shop.Where(e => e.Customer == customer && e.Time <= asOf).OrderBy(e => e.Time)];

    public Dictionary<string, double> All()
    {
        var orders = Gather("purchase");
        var visits = Visits();
        var purchases = Of("purchase");
        var spend = orders.Sum(o => o.Value);
        var gaps = orders.Zip(orders.Skip(1), (a, b) => Days(b.Time - a.Time)).ToList();
        var recency = orders.Count > 0 ? Days(asOf - orders[^1].Time) : double.NaN;
        var starts = visits.Select(v => v[0].Time).ToList();
        var views = Of("view").Where(e => e.Product is not null).ToList();
        var viewed = views.Select(e => e.Product).Distinct().Count();
        var bought = purchases.Where(e => e.Product is not null).Select(e => e.Product).Distinct().ToList();
        var carted = Of("add_to_cart").Where(e => e.Product is not null).Select(e => e.Product).Distinct().ToList();
        var again = bought.Count(p => orders.Count(o => o.Lines.Any(l => l.Product == p)) > 1);
        var categories = mine.Where(e => e.Category is not null).GroupBy(e => e.Category!).ToDictionary(g => g.Key, g => g.ToList());
        var categorised = categories.Values.Sum(c => c.Count);
        var carts = visits.Count(v => v.Any(e => e.Kind is "add_to_cart" or "checkout" or "purchase"));
        var buying = visits.Count(v => v.Any(e => e.Kind == "purchase"));
        var listed = purchases.Where(e => e.ListPrice > 0 && e.Price is not null).ToList();
        var usual = shop.Where(e => e.Time <= asOf && e.Kind == "purchase" && e.Category is not null && e.Price > 0)
            .GroupBy(e => e.Category!).ToDictionary(g => g.Key, g => g.Average(e => e.Price!.Value));
        var relative = purchases.Where(e => e.Category is not null && e.Price is not null && usual.ContainsKey(e.Category))
            .Select(e => e.Price!.Value / usual[e.Category!]).ToList();
        var reviews = Of("review");
        var home = shop.Where(e => e.Time <= asOf && e.Country is not null).GroupBy(e => e.Country!)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).FirstOrDefault()?.Key;
        double VisitShare(Func<DateTime, bool> when) => Ratio(starts.Count(when), starts.Count);
        return new Dictionary<string, double>
        {
            ["recency_days"] = shop.Any(e => e.Kind == "purchase") ? recency
                : visits.Count > 0 ? Days(asOf - visits.Max(v => v[^1].Time)) : double.NaN,
            ["tenure_days"] = starts.Count > 0 ? Days(asOf - starts[0]) : double.NaN,
            ["frequency"] = orders.Count,
            ["monetary"] = spend,
            ["net_spend"] = spend - Of("refund").Sum(Money),
            ["avg_order_value"] = Ratio(spend, orders.Count),
            ["max_order_value"] = orders.Count > 0 ? orders.Max(o => o.Value) : double.NaN,
            ["order_value_spread"] = orders.Count > 1 ? Ratio(Deviation(orders.Select(o => o.Value)), spend / orders.Count) : double.NaN,
            ["gap_mean_days"] = gaps.Count > 0 ? gaps.Average() : double.NaN,
            ["gap_spread"] = gaps.Count > 1 ? Ratio(Deviation(gaps), gaps.Average()) : double.NaN,
            ["gap_trend"] = gaps.Count > 1 ? Ratio(gaps[^1], gaps.Average()) : double.NaN,
            ["overdue"] = gaps.Count > 0 ? Ratio(recency, gaps.Average()) : double.NaN,
            ["units_per_order"] = Ratio(purchases.Sum(e => e.Quantity ?? 1), orders.Count),
            ["products_bought"] = bought.Count,
            ["repeat_product_share"] = Ratio(again, bought.Count),
            ["price_level"] = Ratio(relative.Sum(), relative.Count),
            ["refund_order_rate"] = Ratio(Gather("refund").Count, orders.Count),
            ["discount_depth"] = 1 - Ratio(listed.Sum(Money), listed.Sum(e => e.ListPrice!.Value * (e.Quantity ?? 1))),
            ["category_count"] = categories.Count,
            ["category_entropy"] = categories.Count > 0 ? Entropy(categories.Values.Select(c => c.Count)) : double.NaN,
            ["top_category_share"] = categories.Count > 0 ? Ratio(categories.Values.Max(c => c.Count), categorised) : double.NaN,
            ["new_category_share"] = Ratio(categories.Values.Count(c => c[0].Time > asOf.AddDays(-90)), categories.Count),
            ["category_share:a/b"] = Ratio(categories.GetValueOrDefault("a/b")?.Count ?? 0, categorised),
            ["top_brand_share"] = mine.Where(e => e.Brand is not null).GroupBy(e => e.Brand).Select(g => g.Count()).ToList() is { Count: > 0 } brands
                ? Ratio(brands.Max(), brands.Sum()) : double.NaN,
            ["active_days"] = visits.SelectMany(v => v).Select(e => e.Time.Date).Distinct().Count(),
            ["weekend_share"] = VisitShare(t => t.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday),
            ["night_share"] = VisitShare(t => t.Hour is >= 22 or < 6),
            ["business_hours_share"] = VisitShare(t => t.Hour is >= 9 and < 17 && t.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)),
            ["weekday_entropy"] = starts.Count > 0 ? Entropy(starts.GroupBy(t => t.DayOfWeek).Select(g => g.Count())) : double.NaN,
            ["month_concentration"] = starts.Count > 0 ? Ratio(starts.GroupBy(t => t.Month).Max(g => g.Count()), starts.Count) : double.NaN,
            ["holiday_share"] = VisitShare(t => t.Month >= 11),
            ["views"] = Of("view").Count,
            ["view_to_cart"] = Ratio(carted.Count, viewed),
            ["cart_to_purchase"] = Ratio(carted.Intersect(bought).Count(), carted.Count),
            ["abandoned_cart_share"] = Ratio(carts - buying, carts),
            ["repeat_view_share"] = Ratio(views.Count - viewed, views.Count),
            ["visits"] = visits.Count,
            ["events_per_visit"] = Ratio(visits.Sum(v => v.Count), visits.Count),
            ["visit_minutes"] = Ratio(visits.Sum(v => (v[^1].Time - v[0].Time).TotalMinutes), visits.Count),
            ["max_visit_events"] = visits.Count > 0 ? visits.Max(v => v.Count) : double.NaN,
            ["bounce_share"] = Ratio(visits.Count(v => v.Count == 1), visits.Count),
            ["searches"] = Of("search").Count,
            ["mobile_share"] = Share(mine.Where(e => e.Device is not null), e => e.Device is "iPhone" or "Android phone"),
            ["paid_share"] = Share(mine.Where(e => e.Channel is not null), e => e.Channel == "Paid Search"),
            ["abroad_share"] = Share(mine.Where(e => e.Country is not null), e => e.Country != home),
            ["rating_mean"] = Ratio(reviews.Sum(e => e.Rating!.Value), reviews.Count),
            ["review_length"] = Ratio(reviews.Sum(e => e.Text!.Length), reviews.Count),
            ["recent_visit_share_30"] = VisitShare(t => t > asOf.AddDays(-30)),
            ["recent_spend_share_90"] = Ratio(orders.Where(o => o.Time > asOf.AddDays(-90)).Sum(o => o.Value), spend),
            ["activity_trend"] = starts.Count > 0
                ? 1 - 2 * Ratio(starts.Average(t => Days(asOf - t)), Days(asOf - starts[0])) : double.NaN,
        };
    }

    List<LogEvent> Of(string kind) => [.. mine.Where(e => e.Kind == kind)];

    List<Order> Gather(string kind) => [.. Of(kind).GroupBy(e => e.Order ?? e.Time.Date.ToString("yyyy-MM-dd"))
        .Select(g => new Order(g.Min(e => e.Time), [.. g])).OrderBy(o => o.Time)];

    List<List<LogEvent>> Visits()
    {
        var visits = new List<List<LogEvent>>();
        var there = mine.Where(e => e.Kind is not ("refund" or "email_open" or "message")).ToList();
        foreach (var e in there.Where(e => e.Session is null))
        {
            if (visits.Count == 0 || e.Time - visits[^1][^1].Time > TimeSpan.FromMinutes(30)) visits.Add([]);
            visits[^1].Add(e);
        }

        visits.AddRange(there.Where(e => e.Session is not null).GroupBy(e => e.Session).Select(g => g.ToList()));
        return [.. visits.OrderBy(v => v[0].Time)];
    }

    static double Money(LogEvent e) => (e.Price ?? 0) * (e.Quantity ?? 1);

    static double Days(TimeSpan span) => span.TotalDays;

    static double Ratio(double a, double b) => b == 0 ? double.NaN : a / b;

    static double Share(IEnumerable<LogEvent> events, Func<LogEvent, bool> which) => Ratio(events.Count(which), events.Count());

    static double Deviation(IEnumerable<double> values)
    {
        var list = values.ToList();
        var mean = list.Average();
        return Math.Sqrt(list.Average(v => (v - mean) * (v - mean)));
    }

    static double Entropy(IEnumerable<int> counts)
    {
        var list = counts.ToList();
        double total = list.Sum();
        return -list.Sum(n => n / total * Math.Log2(n / total));
    }
}
