using Coterie.Profiles;

namespace Coterie.Decisions.Demand;

/// <summary>Front door of demand: units by week from the events, forecasts that were judged on later weeks, quantiles that were calibrated on earlier ones,
/// sums that agree, and what to order.</summary>
public static class DemandPlan
{
    static readonly double[] Levels = [0.05, 0.25, 0.5, 0.75, 0.95];

    /// <exception cref="ConfigurationException">Options out of range, or segments are asked for without a run.</exception>
    /// <exception cref="InputException">No purchases, no products, no quantities, only returns, or a stock file that cannot be used.</exception>
    public static Decided Decide(DecisionInput input, DemandOptions options)
    {
        options.Validate();
        var stock = options.Stock is { } path ? StockFile.Read(path) : null;
        var settings = new ForecastSettings { Horizon = options.Weeks, Lead = options.LeadWeeks, Stride = 1, Boosting = options.Boosting, Threads = input.Threads, Seed = input.Seed };
        input.Say("summing up units by week");
        var shop = DemandReading.Read(input, options, settings, out var weeks);
        // With two years the origins are spread over one, so that methods are compared in every season.
        if (weeks >= 104) settings = settings with { Stride = 4 };
        if (shop is null) return TooShort(input, options, settings, weeks);
        if (shop.Panel.Count == 0 || shop.Nodes.All(n => n.Product is null && n.Category is null && n.Segment is null)) return TooYoung(input, options, settings, weeks);

        var run = ForecastRun.Of(shop.Panel, settings, input.Say, input.Stop);
        input.Say("judging on later weeks");
        int sums = shop.Sums.Count, all = shop.Panel.Count;
        var judgement = Judging.Of(run, [.. Enumerable.Range(sums, all - sums)]);
        var sumJudgement = sums == 0 ? null : Judging.Of(run, [.. Enumerable.Range(0, sums)]);
        input.Say("making sums agree");
        var hierarchy = HierarchyForecast.Of(run, [.. shop.Sums.Select(s => s.Members)]);
        var reorder = StockPlan.Lines(shop, hierarchy, run, options.Service, stock);
        var result = new DemandResult
        {
            FirstWeek = DemandSteps.Monday(shop.FirstWeek),
            LastWeek = DemandSteps.Monday(shop.FirstWeek + weeks - 1),
            WeeksSeen = weeks,
            WeeksAhead = options.Weeks,
            LeadWeeks = options.LeadWeeks,
            Service = options.Service,
            Counts = shop.Counts,
            Judgement = judgement,
            SumJudgement = sumJudgement,
            Sums = hierarchy.Accuracy,
            Series = [.. Enumerable.Range(0, all).Select(i => Series(shop, run, hierarchy, i, options.By))],
            Reorder = reorder,
            Silent = StockPlan.Silent(shop),
        };
        return new(result, DemandPage.Of(result, shop, options, input, Unknown(stock, shop)), Files(result, options));
    }

    static SeriesForecast Series(DemandShop shop, ForecastRun run, HierarchyForecast hierarchy, int i, DemandSeriesKind by)
    {
        var weeks = new WeekForecast[run.Settings.Horizon];
        for (var h = 0; h < weeks.Length; h++)
        {
            var q = hierarchy.Quantiles(i, h, Levels);
            weeks[h] = new(DemandSteps.Monday(shop.FirstWeek + shop.Panel.Weeks + h), hierarchy.Means[h][i], q[0], q[1], q[2], q[3], q[4]);
        }

        var node = i < shop.Sums.Count ? null : shop.Nodes[i - shop.Sums.Count];
        var kind = node is null ? shop.Sums[i].Kind
            : node.Product is null && node.Category is null && node.Segment is null ? "other"
            : by switch { DemandSeriesKind.Product => "product", DemandSeriesKind.Category => "category", _ => "segment_category" };
        var method = run.Forecast(run.Last, i) is null ? "mean_so_far" : DemandMethods.Code(run.Chosen(run.Last, i));
        return new(shop.Panel.Names[i], kind, node?.Category, node?.Segment, run.Origins[run.Last].Patterns[i], method, weeks);
    }

    static List<string> Unknown(Dictionary<string, StockLevel>? stock, DemandShop shop)
    {
        if (stock is null) return [];
        var known = shop.Nodes.Where(n => n.Product is not null).Select(n => n.Product!).ToHashSet(StringComparer.Ordinal);
        return [.. stock.Keys.Where(p => !known.Contains(p)).Order(StringComparer.Ordinal)];
    }

    static IReadOnlyList<DecisionFile> Files(DemandResult result, DemandOptions options)
    {
        var demand = new DecisionFile("demand", ["series", "kind", "week", "mean", "q05", "q25", "q50", "q75", "q95", "method"],
            result.Series.SelectMany(s => s.Weeks.Select(w => (IReadOnlyList<object?>)[s.Name, s.Kind, w.Week, w.Mean, w.Q05, w.Q25, w.Q50, w.Q75, w.Q95, s.Method])));
        if (options.By != DemandSeriesKind.Product) return [demand];
        var reorder = new DecisionFile("reorder", ["product_id", "pattern", "lead_mean", "safety_stock", "reorder_point", "on_hand", "on_order", "order", "stockout_risk", "expected_missing"],
            result.Reorder.Select(r => (IReadOnlyList<object?>)[r.Product, r.Pattern.ToString().ToLowerInvariant(), r.LeadMean, r.SafetyStock, r.ReorderPoint, r.OnHand, r.OnOrder, r.Order, r.Risk, r.Missing]));
        return [demand, reorder];
    }

    static Decided TooShort(DecisionInput input, DemandOptions options, ForecastSettings settings, int weeks) => Unanswered(input, options, weeks, new(
        $"The events hold {weeks} whole weeks; to forecast {options.Weeks} ahead and to judge that on later weeks, {settings.FewestWeeks} are needed. Come back with more, or ask for fewer with --weeks and --lead-weeks.",
        $"数据只有 {weeks} 个完整的周；要预测未来 {options.Weeks} 周并在更晚的周上检验，至少需要 {settings.FewestWeeks} 周。请补充数据，或用 --weeks、--lead-weeks 缩短预测期。"));

    static Decided TooYoung(DecisionInput input, DemandOptions options, ForecastSettings settings, int weeks) => Unanswered(input, options, weeks, new(
        $"No product was first sold {settings.Fewest + settings.Span} weeks ago or earlier; none can be forecast and judged yet. Try --by category.",
        $"没有任何商品的首次销售早于 {settings.Fewest + settings.Span} 周前，暂时无法预测与检验。可改用 --by category。"));

    static Decided Unanswered(DecisionInput input, DemandOptions options, int weeks, Bilingual why) => new(
        new DemandResult
        {
            FirstWeek = input.Quality.FirstEvent ?? input.AsOf, LastWeek = input.AsOf, WeeksSeen = weeks,
            WeeksAhead = options.Weeks, LeadWeeks = options.LeadWeeks, Service = options.Service,
        },
        new DecisionPage { Id = "demand", Title = DemandPage.Title, Verdict = why, Answered = false }, []);
}
