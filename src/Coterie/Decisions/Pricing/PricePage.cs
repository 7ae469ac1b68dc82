using Coterie.Profiles;

namespace Coterie.Decisions.Pricing;

/// <summary>Pricing as people read it.</summary>
static class PricePage
{
    const int MostRows = 24;

    internal static Bilingual Title { get; } = new("Prices: what a change does", "定价：价格变动的影响");

    internal static DecisionPage Of(PricingResult r, ProductGroups groups, DecisionInput input, PricingOptions options)
    {
        var everybody = r.Elasticities.Where(e => e.Segment is null).ToArray();
        var known = everybody.Where(e => e.Answered).ToArray();
        return new DecisionPage
        {
            Id = "pricing",
            Title = Title,
            Answered = r.Answered,
            Verdict = Verdict(r, everybody, known),
            Figures = Figures(r, known),
            Blocks = [.. Blocks(r, everybody, known, input, options)],
            Notes = [.. Notes(r, groups, options, everybody)],
        };
    }

    static Bilingual Verdict(PricingResult r, Elasticity[] everybody, Elasticity[] known)
    {
        if (known.Length == 0)
        {
            var (closest, needed) = (everybody.OrderByDescending(e => e.Spread).FirstOrDefault(), everybody.Where(e => e.SpreadNeeded > 0).Min(e => e.SpreadNeeded));
            var size = closest is null ? "" : $" The most a group's prices vary within a product is {closest.Spread:0.0%};";
            var sizeZh = closest is null ? "" : $"各组商品内价格波动最大为 {closest.Spread:0.0%}；";
            return needed is { } n
                ? new($"Prices hardly vary, so what they do cannot be said.{size} about {n:0.0%} would be needed. Change some prices for some weeks, a few products at random, and ask again.",
                    $"价格几乎没有变动，无法说明其影响。{sizeZh}大约需要 {n:0.0%}。可随机选取部分商品调价数周后再看。")
                : new("Prices never changed within a product, so what they do cannot be said. Change some prices for some weeks, a few products at random, and ask again.",
                    "同一商品的价格从未变动，无法说明其影响。可随机选取部分商品调价数周后再看。");
        }

        var sure = known.Count(e => e.Shrunk!.High < 0);
        var elastic = known.Count(e => e.Shrunk!.High < -1);
        var changes = r.Proposals.Count(p => p.Proposal.Action != "keep");
        var (en, zh) = r.Foresight is { DevianceTaken.High: < 0 }
            ? (" But elasticities learned on the first three quarters of the weeks did harm on the last quarter: they do not last, and no price is proposed.", "但用前四分之三的周学到的弹性在后四分之一的周反而有害：规律不稳定，因此不提出价格建议。")
            : r.Costs == "none"
            ? (" Proposals need unit costs: --cost FILE or --margin SHARE.", "提出价格建议需要成本：--cost 文件 或 --margin 比例。")
            : ($" For {changes} of {r.Proposals.Count:N0} products another price would earn more margin; for the others: keep the price.", $"{r.Proposals.Count:N0} 件商品中有 {changes} 件换个价格可多赚毛利，其余建议维持原价。");
        if (r.Foresight is null or { DevianceTaken: { Low: <= 0, High: >= 0 } })
            (en, zh) = (en + " Later weeks do not confirm it yet: take what follows as trials, not as plans.", zh + "后期的周尚未证实：以下只宜试行，不宜直接执行。");
        return new($"In {sure} of {everybody.Length} groups a higher price clearly sells less, in {elastic} so much less that revenue falls; in {everybody.Length - known.Length} the data cannot say.{en}",
            $"{everybody.Length} 组商品中，{sure} 组涨价明显减少销量，其中 {elastic} 组减少到收入也下降；{everybody.Length - known.Length} 组数据不足以判断。{zh}");
    }

    static DecisionFigure[] Figures(PricingResult r, Elasticity[] known)
    {
        List<DecisionFigure> figures = [];
        if (known.Length > 0)
        {
            var middle = known.OrderBy(e => e.Shrunk!.Value).ElementAt(known.Length / 2);
            figures.Add(new(new("Elasticity of the middle group", "居中一组的弹性"), middle.Shrunk!, "signed",
                new($"{middle.Group}: a price 10% higher changes units by {Math.Pow(1.1, middle.Shrunk!.Value) - 1:+0%;-0%}", $"{middle.Group}：涨价 10% 时销量变化 {Math.Pow(1.1, middle.Shrunk.Value) - 1:+0%;-0%}")));
        }

        if (r.BetweenSegments is { } scatter)
            figures.Add(new(new("How much segments differ in it", "各分群弹性的差异"), scatter, "number", scatter.Low < 0.05
                ? new("could be nothing", "可能没有差异") : new("standard deviation", "标准差")));
        if (r.Foresight is { } f)
            figures.Add(new(new($"Share of the later {f.LaterWeeks} weeks that price explains", $"价格对后 {f.LaterWeeks} 周的解释程度"), f.DevianceTaken, "share", f.DevianceTaken.Low > 0
                ? new("better than without price, on weeks not learned from", "在未参与学习的周里优于不看价格")
                : f.DevianceTaken.High < 0 ? new("worse than without price: what was learned does not last", "不如不看价格：所学不可延续")
                : new("not clearly better than without price", "未明显优于不看价格")));
        return [.. figures];
    }

    static IEnumerable<DecisionBlock> Blocks(PricingResult r, Elasticity[] everybody, Elasticity[] known, DecisionInput input, PricingOptions options)
    {
        var shown = everybody.OrderByDescending(e => e.Answered).ThenBy(e => e.Shrunk?.Value ?? 0).ToArray();
        if (known.Length > 0)
            yield return new DotChart
            {
                Title = new("Elasticity by group", "各组弹性"),
                Lead = new("A price 1% higher changes units by so many per cent. Left of −1, revenue falls when the price rises.", "涨价 1% 时销量变化的百分比。小于 −1 时涨价会减少收入。"),
                Format = "fixed",
                Zero = true,
                Rows = [.. shown.Where(e => e.Answered).Take(MostRows).Select(e => new DotRow(Named(e.Group), e.Shrunk!))],
            };
        yield return new DecisionTable
        {
            Title = new("What price does, by group", "各组的价格影响"),
            Columns = [new(new("Group", "组")), new(new("Elasticity", "弹性"), "signed"), new(new("Products with moving prices", "有调价的商品"), "whole"), new(new("Price spread", "价格波动"), "share"), new(new("What it says", "结论"))],
            Rows = [.. shown.Select(e => (IReadOnlyList<DecisionCell>)[Named(e.Group), e.Shrunk is { } x ? x : DecisionCell.Nothing, e.Moved, e.Spread, Says(e, options)])],
        };
        var bySegment = r.Elasticities.Where(e => e.Segment is not null).OrderBy(e => e.Group, StringComparer.Ordinal).ThenBy(e => e.Segment, StringComparer.Ordinal).ToArray();
        if (bySegment.Length > 0)
            yield return new DecisionTable
            {
                Title = new("By segment", "按分群"),
                Lead = new("Shrunk towards the group: a small share of its own means that the number is mostly the group's.", "向组内均值收缩：自身数据占比小时，该值主要来自整组。"),
                Columns = [new(new("Group", "组")), new(new("Segment", "分群"), "segment"), new(new("Elasticity", "弹性"), "signed"), new(new("Share of its own data", "自身数据占比"), "share"),
                    .. r.Costs == "none" ? Array.Empty<DecisionColumn>() : [new DecisionColumn(new("Discount for this segment", "给该分群的折扣"))]],
                Rows = [.. bySegment.Select(e => (IReadOnlyList<DecisionCell>)[Named(e.Group), e.Segment!, e.Shrunk!, e.OwnShare ?? double.NaN,
                    .. r.Costs == "none" ? Array.Empty<DecisionCell>() : [Discount(e.Proposal)]])],
            };
        if (r.Proposals.Count == 0) yield break;
        var changes = r.Proposals.Where(p => p.Proposal.Action != "keep").Take(options.Top).ToArray();
        yield return new DecisionTable
        {
            Title = new("Prices to try", "建议尝试的价格"),
            Lead = changes.Length == 0 ? new("None: no other price within those seen clearly earns more.", "没有：在出现过的价格范围内，没有明显更赚的价格。")
                : new("At the elasticity of the group. Try on a few products first; the gain is margin a week.", "按所在组的弹性计算。请先在少数商品上试行；收益为每周毛利。"),
            Columns = [new(new("Product", "商品")), new(new("Group", "组")), new(new("Price now", "现价"), "money"), new(new("Try", "建议价"), "money"), new(new("Units a week now", "现每周销量"), "number"), new(new("Gain a week", "每周收益"), "money"), new(new("Remark", "备注"))],
            Rows = [.. changes.Select(p => (IReadOnlyList<DecisionCell>)[p.Name, Named(p.Group), p.PriceNow, p.Price, p.UnitsPerWeek, p.GainPerWeek,
                p.Proposal.AtTheEdge ? new Bilingual("at the limit: prices seen, or 30%", "已到上限：出现过的价格或 30%") : Same("")])],
        };
    }

    static Bilingual Discount(PriceProposal? p) => p is null ? Same("–")
        : p.Action == "lower" ? new($"{1 - p.Ratio:0%} off", $"降 {1 - p.Ratio:0%}") : new("none", "不打折");

    static Bilingual Says(Elasticity e, PricingOptions options)
    {
        // Rounded up: what is needed must not read like what is there.
        var needed = e.SpreadNeeded is { } n ? (En: $"; about {Math.Ceiling(n * 1000) / 1000:0.0%} needed", Zh: $"；约需 {Math.Ceiling(n * 1000) / 1000:0.0%}") : (En: "", Zh: "");
        if (!e.Answered)
            return e.Reason switch
            {
                "no_spread" => new($"no price moved{needed.En}", $"没有价格变动{needed.Zh}"),
                "few_products" => new($"products with moving prices: {e.Moved}; {options.FewestMoved} needed", $"仅 {e.Moved} 件商品有调价，需要 {options.FewestMoved} 件"),
                "wide" => new($"prices vary too little for a usable interval{needed.En}", $"价格波动太小，区间过宽{needed.Zh}"),
                _ => new("too little was bought to estimate anything", "购买太少，无法估计"),
            };
        var x = e.Shrunk!;
        return x.Low > 0 ? new("units rise with price: prices follow demand here, this is no price effect", "销量随价格上升：此处是价格随需求走，并非价格的作用")
            : x.High < -1 ? new($"elastic: a lower price earns more where margin is above {e.FairMargin!.Value:0%}", $"富有弹性：毛利率高于 {e.FairMargin!.Value:0%} 时降价更赚")
            : x is { Low: > -1, High: < 0 } ? new("inelastic: a higher price raises revenue", "缺乏弹性：涨价增加收入")
            : x.High < 0 ? new("a higher price sells less", "涨价减少销量")
            : new("no clear effect", "影响不明显");
    }

    static IEnumerable<Bilingual> Notes(PricingResult r, ProductGroups groups, PricingOptions options, Elasticity[] everybody)
    {
        yield return groups.Note;
        if (r.PooledGroups.Count > 0)
            yield return new($"Groups with fewer than {options.FewestMoved} products whose price moved are judged together as \"other\": {Listed(r.PooledGroups)}.", $"有调价的商品少于 {options.FewestMoved} 件的组合并为“其他”：{Listed(r.PooledGroups)}。");
        if (r.Answered && r.Foresight is null)
            yield return new("Not judged on later weeks: the first three quarters of the weeks alone give no group a usable interval.", "未能用后期的周检验：仅凭前四分之三的周，没有一组的区间可用。");
        yield return new("Prices were not set at random. If they fell when demand was about to rise or fall anyway (sales before holidays, clearing of unwanted stock), the numbers hold that too; product and week effects take out only what is lasting for a product or common to a group in a week. A trial on products drawn at random is the proof.",
            "价格并非随机设定。若降价恰在需求本来就要变化之时（节前促销、清理滞销品），数字中也含有这部分；商品效应与周效应只能扣除商品的长期差异和同组同周的共同变化。随机抽取商品试行才是证明。");
        yield return new("Elasticity is against the other products of the group in the same week: what moves from one product to its neighbour counts as an effect.", "弹性是相对于同组同周的其他商品而言：从一件商品转到相邻商品的销量也计为影响。");
        var p = r.Panel!;
        yield return new($"{p.ProductsUsed:N0} of {p.ProductsBought:N0} products over {p.Weeks} weeks: {p.TooFewWeeks:N0} were bought in fewer than {options.FewestWeeks} weeks, {p.PriceUnknown:N0} in too few for their price to be known. Nothing was bought in {p.ZeroWeeks:0%} of the product weeks; {p.CarriedPrices:0%} of the prices are carried on from the week before.",
            $"共 {p.Weeks} 周、{p.ProductsBought:N0} 件商品，使用 {p.ProductsUsed:N0} 件：{p.TooFewWeeks:N0} 件有购买的周少于 {options.FewestWeeks}，{p.PriceUnknown:N0} 件因购买太少而价格不明。{p.ZeroWeeks:0%} 的商品周没有购买；{p.CarriedPrices:0%} 的价格沿用前一周。");
        if (p.QuantityDiscounts)
            yield return new($"Large quantities are cheaper here: within a product and week the unit price falls by {-p.PriceOfDoubleQuantity:0.0%} when the quantity of a line doubles. The price of a week is therefore that of lines of usual size: the mean price paid would be a consequence of what was bought.",
                $"此店大量购买更便宜：同一商品同一周内，数量翻倍时单价下降 {-p.PriceOfDoubleQuantity:0.0%}。因此每周价格取自常规数量的订单行；若用平均支付价，价格就成了购买量的结果。");
        if (p.CappedLines > 0)
            yield return new($"{p.CappedLines:N0} lines of more than twenty times the usual quantity of their product count as twenty times.", $"{p.CappedLines:N0} 行数量超过该商品常规数量 20 倍，按 20 倍计。");
        if (p.WildPrices > 0)
            yield return new($"{p.WildPrices:N0} weekly prices more than four times above or below the product's usual one were not believed.", $"{p.WildPrices:N0} 个周价格与常规价相差四倍以上，未采用。");
        if (everybody.FirstOrDefault(e => e.Answered && e.EffectiveProducts < 5) is { } few)
            yield return new($"In some groups a few best sellers decide (in {few.Group} the estimate rests on about {few.EffectiveProducts:0.#} products' worth).", $"部分组由少数畅销品决定（如 {few.Group} 约相当于 {few.EffectiveProducts:0.#} 件商品）。");
        if (r.Costs != "none")
            yield return new("Margins are of today's price; every product is taken to answer like its group. \"Keep the price\" where the interval of the gain covers zero; never beyond the prices of at least two weeks, never more than 30% at once.", "毛利按现价计算；每件商品视作与所在组反应相同。收益区间包含零时维持原价；建议不超出至少两周出现过的价格，一次不超过 30%。");
    }

    static string Listed(IReadOnlyList<string> names) => string.Join(", ", names.Take(12)) + (names.Count > 12 ? " …" : "");

    static Bilingual Named(string group) => group == PriceDecision.Other ? new("other", "其他") : Same(group);

    static Bilingual Same(string text) => new(text, text);
}
