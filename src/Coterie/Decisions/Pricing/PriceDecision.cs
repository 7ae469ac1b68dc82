using Coterie.Evaluation;
using Coterie.Profiles;

namespace Coterie.Decisions.Pricing;

/// <summary>How what is bought answers to price, by group of products and segment, and which prices would earn more margin.</summary>
public static class PriceDecision
{
    // Today's price and units are those of the last weeks.
    const int RecentWeeks = 8;
    const int MostGroups = 40;
    internal const string Other = "other";
    // The largest step that is proposed at once, whatever prices were seen.
    const double MostChange = 0.3;

    /// <exception cref="ConfigurationException">Options are wrong: lists every problem.</exception>
    /// <exception cref="InputException">The file of costs cannot be used.</exception>
    public static Decided Decide(DecisionInput input, PricingOptions options)
    {
        options.Check();
        var costs = options.CostFile is { } file ? UnitCosts.Read(file) : null;
        if (input.Quality.Kinds.GetValueOrDefault("purchase") == 0)
            return Refused(input, options, null, new("The log has no purchases: there is nothing to learn a price effect from.", "日志中没有购买记录，无法估计价格的影响。"));
        if (!input.Quality.Present.Contains("price"))
            return Refused(input, options, null, new("The log has no unit prices: elasticities need what a unit cost in each week. Map a column with --map price=NAME.",
                "日志中没有单价：估计弹性需要知道每周的单价。可用 --map price=列名 指定。"));
        if (!input.Quality.Present.Contains("product_id"))
            return Refused(input, options, null, new("The log names no products, so the same thing at two prices cannot be told from two things. Map a column with --map product_id=NAME.",
                "日志中没有商品编号，无法区分“同一商品的两个价格”与“两件商品”。可用 --map product_id=列名 指定。"));
        input.Say("reading what was bought");
        var lines = PurchaseLines.Read(input);
        var groups = Grouped(lines);
        var segments = input.Segments?.Segments.Count ?? 0;
        var panel = PanelBuilder.Build(lines, groups.OfProduct, input.Segments is null ? [.. lines.Customers.Select(_ => -1)] : lines.SegmentsOf(input.Segments), segments,
            PriceOffers.Read(input, lines.Products), options);
        if (panel.Products.Count < 2)
            return Refused(input, options, panel.Findings, Few(panel.Findings, options));
        var before = panel.Products.Select(p => p.Group).Distinct().Order().ToArray();
        panel = Pooled(panel, groups.Names.Count - 1, options);
        string[] pooled = [.. before.Except(panel.Products.Select(p => p.Group)).Select(g => groups.Names[g])];
        input.Say("estimating elasticities");
        var fits = ElasticityModel.Fit(panel, groups.Names.Count, options, input.Seed.Child(7), input.Threads);
        input.Stop.ThrowIfCancellationRequested();
        var answered = fits.All.Where(e => e.Segment is null && e.Reason is null).Select(e => e.Group).ToArray();
        var foresight = answered.Length == 0 ? null : Foresight.Judge(panel, answered, options, input.Seed.Child(7).Stream(3));
        // What does harm on later weeks is nothing to act on.
        var misled = foresight is { DevianceTaken.High: < 0 };
        var recent = panel.Products.ToDictionary(p => p.Product, Recent);
        double? CostOf(PanelProduct p) => costs is null ? options.Margin is { } m ? (1 - m) * p.Price[^1] : null
            : costs.TryGetValue(lines.Products[p.Product].Id, out var c) ? c : null;
        var elasticities = fits.All.Select(e => Row(e, panel, groups, input, options, CostOf, recent)).ToArray();
        if (misled) elasticities = [.. elasticities.Select(e => e with { Proposal = null })];
        var proposals = misled ? [] : Proposals(fits, panel, groups, lines, CostOf, recent);
        var result = new PricingResult
        {
            AsOf = input.AsOf,
            Answered = answered.Length > 0,
            Grouping = groups.Grouping.ToString().ToLowerInvariant(),
            PooledGroups = pooled,
            Panel = panel.Findings,
            Elasticities = elasticities,
            BetweenGroups = fits.BetweenGroups,
            BetweenSegments = fits.BetweenSegments,
            Foresight = foresight,
            Costs = options.Margin is { } margin ? $"margin {margin}" : costs is null ? "none" : $"{costs.Count} products from a file",
            Proposals = proposals,
        };
        var page = PricePage.Of(result, groups, input, options);
        return new Decided(result with { Notes = [.. page.Notes.Select(n => n.En)] }, page, PriceFiles.Of(result));
    }

    // Groups beyond the largest, and products that the log puts nowhere, are one group of the rest.
    static ProductGroups Grouped(PurchaseLines lines)
    {
        var groups = ProductGroups.Of(lines, null);
        // Single products have no rivals to share week effects with: all are one group then.
        if (groups.Grouping == ProductGrouping.Product)
            return groups with { Names = ["all products"], OfProduct = [.. groups.OfProduct.Select(_ => 0)], Note = new("The log names neither categories nor brands: all products are one group.", "日志中既无品类也无品牌：所有商品作为一组。") };
        var most = Math.Min(MostGroups, groups.Names.Count);
        return groups with { Names = [.. groups.Names.Take(most), Other], OfProduct = [.. groups.OfProduct.Select(g => g < 0 || g >= most ? most : g)] };
    }

    // Groups in which too few prices moved are judged with the rest, and the page says which.
    static PricePanel Pooled(PricePanel panel, int other, PricingOptions options)
    {
        var moved = panel.Products.GroupBy(p => p.Group).ToDictionary(g => g.Key, g => g.Count(p => p.Price.Max() > p.Price.Min() * 1.000001));
        return panel with { Products = [.. panel.Products.Select(p => moved[p.Group] < options.FewestMoved ? p with { Group = other } : p)] };
    }

    static double Recent(PanelProduct p) => p.Units[^1].TakeLast(RecentWeeks).Average();

    static Bilingual Few(PanelFindings f, PricingOptions o) => f.Weeks < o.FewestWeeks
        ? new($"The log spans {f.Weeks} whole weeks; elasticities need products that were on sale for {o.FewestWeeks} weeks or more.", $"日志只有 {f.Weeks} 个完整的周；估计弹性需要商品至少在售 {o.FewestWeeks} 周。")
        : new($"Of {f.ProductsBought:N0} products only {f.ProductsUsed} were bought in {o.FewestWeeks} weeks or more with a price known in {o.KnownShare:0%} of them: too few to learn a price effect from. More purchases a product, or views with prices, are needed.",
            $"{f.ProductsBought:N0} 件商品中，仅 {f.ProductsUsed} 件在至少 {o.FewestWeeks} 周有购买且 {o.KnownShare:0%} 的周已知价格，不足以估计。需要每件商品有更多购买，或带价格的浏览记录。");

    static Decided Refused(DecisionInput input, PricingOptions options, PanelFindings? findings, Bilingual why)
    {
        var result = new PricingResult
        {
            AsOf = input.AsOf, Answered = false, Grouping = "none", Panel = findings, Elasticities = [], Proposals = [],
            Costs = options.Margin is { } m ? $"margin {m}" : options.CostFile is null ? "none" : "file", Notes = [why.En],
        };
        return new Decided(result, new DecisionPage { Id = "pricing", Title = PricePage.Title, Verdict = why, Answered = false }, PriceFiles.Of(result));
    }

    static Elasticity Row(GroupElasticity e, PricePanel panel, ProductGroups groups, DecisionInput input, PricingOptions options, Func<PanelProduct, double?> costOf, Dictionary<int, double> recent)
    {
        var shrunk = e.Draws is null ? null : Draws.Interval(e.Draws);
        var products = panel.Products.Where(p => p.Group == e.Group).ToArray();
        return new Elasticity
        {
            Group = groups.Names[e.Group],
            Segment = e.Segment is { } s ? input.Segments!.Segments[s].Id : null,
            Answered = e.Draws is not null,
            Reason = e.Reason,
            Own = e.Own,
            Shrunk = shrunk,
            OwnShare = e.OwnShare,
            Products = products.Length,
            Moved = e.Fit?.Moved ?? 0,
            EffectiveProducts = e.Fit?.Effective ?? 0,
            Units = e.Fit?.Units ?? 0,
            Spread = e.Spread,
            SpreadNeeded = e.Draws is null ? Needed(e, options) : null,
            FairMargin = shrunk is { High: < -1 } ? -1 / shrunk.Value : null,
            Proposal = e.Draws is null ? null : OfGroup(e, products, costOf, recent),
        };
    }

    // Errors shrink in proportion to the spread: with an error seen, as much more as it is too wide; with none, what Poisson units of this dispersion would give.
    static double? Needed(GroupElasticity e, PricingOptions options) => e.Fit is not { Units: > 0 } fit ? null
        : e.Own is { } own && fit.Moved >= options.FewestMoved ? fit.Spread * (own.High - own.Low) / 2 / options.WidestHalf
        : 1.96 * Math.Sqrt(fit.Dispersion / fit.Units) / options.WidestHalf;

    // For a whole group the change is relative: margin and range of prices are those of its products, weighted by revenue.
    static PriceProposal? OfGroup(GroupElasticity e, PanelProduct[] products, Func<PanelProduct, double?> costOf, Dictionary<int, double> recent)
    {
        var (revenue, cost, low, high) = (0.0, 0.0, 0.0, 0.0);
        foreach (var p in products)
        {
            if (costOf(p) is not { } c || recent[p.Product] <= 0) continue;
            var (weight, seen) = (recent[p.Product] * p.Price[^1], Seen(p));
            revenue += weight;
            cost += recent[p.Product] * c;
            low += weight * Math.Log(seen.Low);
            high += weight * Math.Log(seen.High);
        }

        if (revenue <= 0) return null;
        // A segment can be given a discount and not a surcharge.
        return PriceProposals.Best(e.Draws!, cost / revenue, Math.Exp(low / revenue), e.Segment is null ? Math.Exp(high / revenue) : 1);
    }

    readonly record struct Range(double Low, double High);

    // Over today's price: of the prices that some other week reached too, and no further than a step.
    static Range Seen(PanelProduct p)
    {
        var ratios = Enumerable.Range(0, p.Weeks).Where(t => p.Known[t]).Select(t => p.Price[t] / p.Price[^1]).Order().ToArray();
        if (ratios.Length < 2) return new(1, 1);
        return new(Math.Clamp(ratios[1], 1 - MostChange, 1), Math.Clamp(ratios[^2], 1, 1 + MostChange));
    }

    static ProductProposal[] Proposals(ElasticityFits fits, PricePanel panel, ProductGroups groups, PurchaseLines lines, Func<PanelProduct, double?> costOf, Dictionary<int, double> recent)
    {
        List<ProductProposal> proposals = [];
        var draws = fits.All.Where(e => e is { Segment: null, Draws: not null }).ToDictionary(e => e.Group, e => e.Draws!);
        foreach (var p in panel.Products)
        {
            // A product that is no longer on sale has no price to change.
            if (p.First + p.Weeks < panel.Weeks || recent[p.Product] <= 0 || !draws.TryGetValue(p.Group, out var of) || costOf(p) is not { } cost) continue;
            var (now, seen) = (p.Price[^1], Seen(p));
            var best = PriceProposals.Best(of, cost / now, seen.Low, seen.High);
            var revenue = recent[p.Product] * now;
            proposals.Add(new ProductProposal
            {
                Product = lines.Products[p.Product].Id,
                Name = lines.Products[p.Product].Name,
                Group = groups.Names[p.Group],
                PriceNow = now,
                Cost = cost,
                UnitsPerWeek = recent[p.Product],
                Price = best.Ratio * now,
                Proposal = best,
                GainPerWeek = new Estimate(best.GainShare.Value * revenue, best.GainShare.Low * revenue, best.GainShare.High * revenue),
            });
        }

        return [.. proposals.OrderBy(p => p.Proposal.Action == "keep").ThenByDescending(p => p.GainPerWeek.Value).ThenBy(p => p.Product, StringComparer.Ordinal)];
    }
}
