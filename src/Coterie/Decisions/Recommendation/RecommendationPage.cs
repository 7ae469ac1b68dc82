using System.Globalization;
using Coterie.Evaluation;
using Coterie.Profiles;

namespace Coterie.Decisions;

/// <summary>What people read of a recommendation.</summary>
static class RecommendationPage
{
    // Tables of more customers than this are a file's business.
    const int MostShown = 20;

    internal static DecisionPage Of(RecommendationResult result, RecommendationOptions options, CustomerList[] lists, Shortage? shortage, int unknownExcluded, DecisionInput input)
    {
        var blocks = new List<DecisionBlock>();
        if (options.Customers.Count > 0 || lists.Length <= MostShown) blocks.AddRange(lists.Take(MostShown).Select(List));
        else blocks.Add(Overview(lists));
        if (options.Customers.Count == 0) blocks.Add(Newcomers(result));
        if (result.Test is { } test)
        {
            blocks.Add(Methods(test));
            blocks.Add(Gains(test));
        }

        return new DecisionPage
        {
            Id = "recommend",
            Title = new("What to recommend", "推荐什么"),
            Verdict = result.Test is { } judged ? Verdict(judged) : Shortage(shortage!),
            Answered = result.Answered,
            Figures = result.Test is { } proof ? Figures(proof) : [],
            Blocks = blocks,
            Notes = [.. Notes(result, options, lists, unknownExcluded, input)],
        };
    }

    static Bilingual Verdict(RecommendationTest test)
    {
        var (over, popular) = (test.OverPopularity, test.Methods[0].Metrics.Ndcg.Value);
        var (en, zh) = over.Low > 0
            ? ($"Personal lists find more of what customers took next than the popular list does: NDCG@10 {Three(test.Blend.Ndcg.Value)} against {Three(popular)}.",
                $"个性化推荐比热门榜更能命中客户之后所买：NDCG@10 为 {Three(test.Blend.Ndcg.Value)}，热门榜为 {Three(popular)}。")
            : ($"Personal lists are not shown to be better than the popular list: NDCG@10 {Three(test.Blend.Ndcg.Value)} against {Three(popular)}, difference {Signed(over)}. Showing everybody what is popular would do as well.",
                $"没有证据表明个性化推荐优于热门榜：NDCG@10 为 {Three(test.Blend.Ndcg.Value)} 对 {Three(popular)}，差值 {Signed(over)}。直接展示热门商品效果相当。");
        var hit = Percent(test.Blend.HitRate.Value);
        return new($"{en} Of {test.Customers:N0} customers who came back within {Span(test.Days)}, {hit} took something from their ten.", $"{zh}{SpanZh(test.Days).Trim()}内回来的 {test.Customers:N0} 位客户中，{hit} 取用了十件推荐中的至少一件。");
    }

    static Bilingual Shortage(Shortage s) => s.Products <= ListScores.Length
        ? new($"The shop has {s.Products} {(s.Products == 1 ? "product" : "products")}, which all fit on one list: there is nothing to choose. Lists hold what is taken most.",
            $"店里只有 {s.Products} 种商品，一张清单即可列完，无需挑选。清单按热门程度排列。")
        : new($"The log cannot carry personal lists: {s.Judged} customers took something in the last {Span(s.Days)} having taken something before, and {s.Choosing} in the period before that; "
            + $"{RecommendationTrial.FewestCustomers} are needed in each. Lists hold what is taken most. A longer log, or --kind with a commoner kind of event, would help.",
            $"日志不足以支持个性化推荐：最近{SpanZh(s.Days)}内有购买且此前也有购买的客户为 {s.Judged} 位，再往前同样长的时期为 {s.Choosing} 位；每期需要 {RecommendationTrial.FewestCustomers} 位。清单为热门商品。可提供更长的日志，或用 --kind 指定更常见的事件。");

    static IReadOnlyList<DecisionFigure> Figures(RecommendationTest test) =>
    [
        new(new("Returning customers who took something from their list", "回头客中取用过推荐的比例"), test.Blend.HitRate, "share", new("ten products, on the last part of the log", "十件商品，于日志末段检验")),
        new(new("Share of what they took that was on it (recall@10)", "所买被命中的比例（Recall@10）"), test.Blend.Recall, "share"),
        new(new("NDCG@10 above the popular list", "NDCG@10 高于热门榜"), test.OverPopularity, "signed"),
        new(new("Products that reach any list", "进入任一清单的商品"), test.Blend.Coverage, "share", new("coverage of the catalogue", "商品覆盖率")),
    ];

    static DecisionTable List(CustomerList list) => new()
    {
        Title = new($"For {list.CustomerId}", $"给 {list.CustomerId}"),
        Lead = list.Basis switch
        {
            "history" => null,
            "segment" => new("Took nothing yet: what the segment takes most.", "尚无购买：展示所在分群的热门商品。"),
            _ => new("Took nothing yet and has no segment: what the shop sells most.", "尚无购买且无分群：展示全店热门商品。"),
        },
        Columns = [new(new("Rank", "名次"), "whole"), new(new("Product", "商品")), new(new("Title", "名称")), new(new("Because", "理由"))],
        Rows = [.. list.Products.Select((p, i) => (IReadOnlyList<DecisionCell>)[i + 1, p.ProductId, p.Title, p.Because])],
    };

    static DecisionTable Overview(CustomerList[] lists)
    {
        var groups = lists.GroupBy(l => l.Segment).OrderBy(g => g.Key is null).ThenBy(g => g.Key?.Length).ThenBy(g => g.Key, StringComparer.Ordinal);
        return new()
        {
            Title = new("Lists made", "已生成的清单"),
            Lead = new("Places whose reason is a product of the customer's own; the others are there because they are popular.", "“自身历史”指理由来自客户自己买过的商品，其余因热门入选。"),
            Columns = [new(new("Segment", "分群"), "segment"), new(new("Customers", "客户"), "whole"), new(new("With a history", "有历史"), "whole"), new(new("Places by own history", "因自身历史入选"), "share"), new(new("Different products", "不同商品"), "whole")],
            Rows = [.. groups.Select(g => (IReadOnlyList<DecisionCell>)
            [
                g.Key is { } segment ? segment : new Bilingual("No segment", "无分群"), g.Count(), g.Count(l => l.Basis == "history"),
                g.SelectMany(l => l.Products).Select(p => p.BecauseOf is null ? 0.0 : 1).DefaultIfEmpty(double.NaN).Average(), g.SelectMany(l => l.Products).Select(p => p.ProductId).Distinct(StringComparer.Ordinal).Count(),
            ])],
        };
    }

    static DecisionTable Newcomers(RecommendationResult result) => new()
    {
        Title = new("What newcomers are shown", "新客户看到的商品"),
        Lead = new("Most taken in each segment, recent weeks counting as the test found best.", "各分群中最常购买的商品，时间权重按检验结果选定。"),
        Columns = [new(new("Segment", "分群"), "segment"), new(new("Name", "名称")), new(new("First five", "前五件"))],
        Rows = [.. result.SegmentLists.Select(l => (IReadOnlyList<DecisionCell>)[l.Segment ?? "", l.Segment is null ? Capital(l.Name) : l.Name, string.Join("; ", l.Products.Take(5).Select(p => p.Title))])],
    };

    static DecisionTable Methods(RecommendationTest test)
    {
        static IReadOnlyList<DecisionCell> Row(Bilingual name, double weight, ListMetrics m, string settings) => [name, weight, m.Recall, m.Ndcg, m.HitRate, m.Coverage, m.Novelty, settings];
        return new()
        {
            Title = new("Each method alone, and the blend", "各方法单独与混合的效果"),
            Lead = new("Lists of ten over the whole catalogue, on the last part of the log; weights were chosen on the part before it.", "十件清单，在全部商品上排序，于日志末段检验；权重在其前一段选定。"),
            Columns =
            [
                new(new("Method", "方法")), new(new("Weight", "权重"), "share"), new(new("Recall@10", "Recall@10"), "share"), new(new("NDCG@10", "NDCG@10"), "share"),
                new(new("Hit rate", "命中率"), "share"), new(new("Coverage", "覆盖率"), "share"), new(new("Novelty (bits)", "新颖度（比特）"), "number"), new(new("Settings", "设置")),
            ],
            Rows = [.. test.Methods.Select(m => Row(m.Name, m.Weight, m.Metrics, m.Settings)).Append(Row(new("Blend", "混合"), 1, test.Blend, ""))],
        };
    }

    static DotChart Gains(RecommendationTest test) => new()
    {
        Title = new("NDCG@10 with intervals", "NDCG@10 及区间"),
        Format = "fixed",
        Zero = true,
        Rows = [.. test.Methods.Select(m => new DotRow(Capital(m.Name), m.Metrics.Ndcg, -1)).Append(new DotRow(new("Blend", "混合"), test.Blend.Ndcg))],
    };

    static IEnumerable<Bilingual> Notes(RecommendationResult result, RecommendationOptions options, CustomerList[] lists, int unknownExcluded, DecisionInput input)
    {
        if (result.Kind != "purchase" && options.Kind is null)
            yield return new($"The log has no purchases about products; \"{result.Kind}\" events stand for taking one.", $"日志中没有商品购买事件；以“{result.Kind}”事件代替。");
        var (share, shareZh) = double.IsNaN(result.RepeatShare) ? ("An unknown share", "未知比例") : (Percent(result.RepeatShare), Percent(result.RepeatShare));
        var (decided, decidedZh) = options.Again is null ? ($" (the line is {Percent(RecommendationTrial.RepeatShop)})", $"（界线 {Percent(RecommendationTrial.RepeatShop)}）") : (" (as asked)", "（按要求）");
        yield return result.Again
            ? new($"{share} of what customers take they took before: lists may hold such products{decided}.", $"客户所买中 {shareZh} 为以前买过：清单可包含买过的商品{decidedZh}。")
            : new($"{share} of what customers take they took before: lists hold only products that are new to the customer{decided}.", $"客户所买中 {shareZh} 为以前买过：清单只含客户未买过的商品{decidedZh}。");
        if (result.LeftOut > 0) yield return new($"{result.LeftOut:N0} left out: no consent (they refused personalisation). Who never said has a list.", $"已排除 {result.LeftOut:N0} 位：未获同意（已拒绝个性化）。从未表态的客户仍有清单。");
        if (result.Offered < result.Products) yield return new($"Filters leave {result.Offered:N0} of {result.Products:N0} products. The test was without filters.", $"筛选后剩 {result.Offered:N0} / {result.Products:N0} 种商品。检验未加筛选。");
        if (options.Diversity > 0) yield return new($"Lists were re-ranked for diversity ({options.Diversity:0.##}); the test was without.", $"清单按多样性（{options.Diversity:0.##}）重排；检验未重排。");
        if (unknownExcluded > 0) yield return new($"--exclude names {unknownExcluded:N0} {(unknownExcluded == 1 ? "product" : "products")} that the log does not know.", $"--exclude 中有 {unknownExcluded:N0} 个商品不在日志里。");
        var strangers = options.Customers.Count == 0 ? [] : lists.Where(l => l.Basis != "history").Select(l => l.CustomerId).ToArray();
        if (strangers.Length > 0)
            yield return new($"Nothing is known to have been taken by {string.Join(", ", strangers.Take(5))}{(strangers.Length > 5 ? $" and {strangers.Length - 5:N0} more" : "")}: check the id; a newcomer gets the popular list.",
                $"{string.Join("、", strangers.Take(5))}{(strangers.Length > 5 ? $" 等另外 {strangers.Length - 5:N0} 位" : "")}没有购买记录：请核对编号；新客户展示热门清单。");
        if (lists.Length > result.Lists.Count) yield return new($"The document holds the first {result.Lists.Count:N0} lists; recommendations.csv has all {lists.Length:N0}.", $"文档含前 {result.Lists.Count:N0} 份清单；recommendations.csv 含全部 {lists.Length:N0} 份。");
        if (result.Test is not { } test) yield break;
        yield return new($"Settings and weights were chosen on {test.ChoosingCustomers:N0} customers from {Date(test.ChosenFrom)} to {Date(test.From)}, and judged on {test.Customers:N0} from then to {Date(result.AsOf)}; the lists shown learn from all of it.",
            $"设置与权重在 {Date(test.ChosenFrom)} 至 {Date(test.From)} 的 {test.ChoosingCustomers:N0} 位客户上选定，在其后至 {Date(result.AsOf)} 的 {test.Customers:N0} 位上检验；所示清单学习了全部数据。");
        if (test.OverBest.Low <= 0)
        {
            var best = test.Methods.First(m => m.Id == test.Best);
            yield return new($"The blend is not shown to be better than {best.Name.En} alone: difference in NDCG@10 {Signed(test.OverBest)}.", $"没有证据表明混合优于单独的“{best.Name.Zh}”：NDCG@10 差值 {Signed(test.OverBest)}。");
        }

        if (test.NewProductShare > 0.005) yield return new($"{Percent(test.NewProductShare)} of what was taken in the test were products that the log did not know before: no list could hold them.", $"检验期所买中 {Percent(test.NewProductShare)} 为此前日志没有的商品，任何清单都无法包含。");
        if (test.NewCustomers is { } fresh) yield return new($"Of {test.NewCustomerCount:N0} customers who had taken nothing before, {Percent(fresh.Value)} took something from the popular list.", $"{test.NewCustomerCount:N0} 位此前无购买的客户中，{Percent(fresh.Value)} 取用了热门清单中的商品。");
        if (input.Segments is not null && !test.WithinSegments)
            yield return new("The segments were made from later events than the test may see, so popularity was judged for the whole shop; the lists shown use it within segments.", "分群使用了检验期之后的事件，因此检验用的是全店热门；所示清单使用分群内热门。");
        if (result.Products > new EaseOptions().MostProducts) yield return new($"The linear item model takes the {new EaseOptions().MostProducts:N0} most taken of {result.Products:N0} products.", $"线性商品模型只用 {result.Products:N0} 种商品中最常取用的 {new EaseOptions().MostProducts:N0} 种。");
    }

    // Names of methods stand within sentences too, where they begin small.
    static Bilingual Capital(Bilingual name) => name with { En = char.ToUpperInvariant(name.En[0]) + name.En[1..] };

    static string Three(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    static string Percent(double value) => value.ToString("0.0%", CultureInfo.InvariantCulture);

    static string Signed(Estimate e) => string.Create(CultureInfo.InvariantCulture, $"{e.Value:+0.0000;-0.0000} ({e.Low:+0.0000;-0.0000} … {e.High:+0.0000;-0.0000})");

    static string Date(DateTime time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    static string Span(double days) => days >= 1.5 ? $"{days:0} days" : days * 24 >= 1.5 ? $"{days * 24:0} hours" : $"{days * 24 * 60:0} minutes";

    static string SpanZh(double days) => days >= 1.5 ? $" {days:0} 天" : days * 24 >= 1.5 ? $" {days * 24:0} 小时" : $" {days * 24 * 60:0} 分钟";
}
