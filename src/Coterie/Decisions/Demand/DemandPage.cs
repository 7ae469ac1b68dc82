using System.Globalization;
using Coterie.Evaluation;
using Coterie.Profiles;

namespace Coterie.Decisions.Demand;

/// <summary>Demand as people read it.</summary>
static class DemandPage
{
    internal static readonly Bilingual Title = new("Demand: what will sell, and when to order", "需求：将卖出多少，何时补货");
    const int Shown = 100, History = 26;

    /// <param name="unknown">Products of the stock file that are not forecast one by one.</param>
    internal static DecisionPage Of(DemandResult result, DemandShop shop, DemandOptions options, DecisionInput input, List<string> unknown) => new()
    {
        Id = "demand",
        Title = Title,
        Verdict = Verdict(result),
        Figures = Figures(result, options),
        Blocks = [.. Blocks(result, shop, options)],
        Notes = [.. DemandNotes.Of(result, shop, options, input, unknown)],
    };

    static Bilingual Verdict(DemandResult result)
    {
        if (result.Judgement is not { } judged)
            return new("Nothing could be judged: no series had sales that change in the weeks before. Read the forecasts as guesses.", "没有可检验的序列：此前各周的销量没有变化。预测仅供参考。");
        var (ratio, low, high) = (judged.AgainstNaive.Value, judged.AgainstNaive.Low, judged.AgainstNaive.High);
        var ninety = judged.Coverage.First(c => c.Level == 0.9).Share.Value;
        var covered = new Bilingual($"demand stayed at or below the 90% quantile in {Percent(ninety)} of weeks", $"有 {Percent(ninety)} 的周需求不高于 90% 分位数");
        if (double.IsNaN(low) || (low <= 1 && high >= 1))
            return new($"On {judged.Origins} later starts the forecasts were not clearly better than repeating the past: their error was {ratio:0.00} of that of the seasonal naive forecast{Interval(low, high)}; {covered.En}.",
                $"在较晚的 {judged.Origins} 个起点上，预测并不明显优于照搬过去：误差为季节性朴素法的 {ratio:0.00} 倍{IntervalZh(low, high)}；{covered.Zh}。");
        return high < 1
            ? new($"The forecasts can be used: on {judged.Origins} later starts their error was {ratio:0.00} of that of the seasonal naive forecast{Interval(low, high)}, and {covered.En}.",
                $"预测可用：在较晚的 {judged.Origins} 个起点上，误差为季节性朴素法的 {ratio:0.00} 倍{IntervalZh(low, high)}；{covered.Zh}。")
            : new($"Do not use these forecasts: on {judged.Origins} later starts repeating the past was better; their error was {ratio:0.00} of that of the seasonal naive forecast{Interval(low, high)}.",
                $"不要使用这些预测：在较晚的 {judged.Origins} 个起点上，照搬过去更准；预测误差为季节性朴素法的 {ratio:0.00} 倍{IntervalZh(low, high)}。");
    }

    static string Interval(double low, double high) => double.IsNaN(low) ? "" : $" (95%: {low:0.00} to {high:0.00})";

    static string IntervalZh(double low, double high) => double.IsNaN(low) ? "" : $"（95%：{low:0.00} 至 {high:0.00}）";

    static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    static List<DecisionFigure> Figures(DemandResult result, DemandOptions options)
    {
        var top = result.Series[0];
        var first = top.Weeks[0];
        var figures = new List<DecisionFigure>
        {
            new(new($"Units in the week of {first.Week:yyyy-MM-dd}", $"{first.Week:yyyy-MM-dd} 当周销量"), new Estimate(first.Mean, first.Q05, first.Q95), "whole",
                new($"{top.Name}, 90% interval", $"{(top.Kind == "total" ? DemandReading.Total.Zh : top.Name)}，90% 区间")),
            new(new($"Units expected over {result.WeeksAhead} weeks", $"未来 {result.WeeksAhead} 周期望销量"), top.Weeks.Sum(w => w.Mean), "whole"),
        };
        if (result.Judgement is { } judged)
        {
            figures.Add(new(new("Error against the seasonal naive forecast", "相对季节性朴素法的误差"), judged.AgainstNaive, "number", new("below 1 is better; over series, 95%", "低于 1 为更好；按序列重抽样，95%")));
            figures.Add(new(new("Weeks inside the 90% interval", "落在 90% 区间内的周"), judged.Central, "share",
                new("of single series; counts near zero cannot leave it below, so more than 90% is expected for slow sellers", "单个序列；滞销商品销量不会低于零，因此超过 90% 属正常")));
        }

        if (options.Stock is not null)
        {
            figures.Add(new(new("Products to order now", "现在需补货的商品"), result.Reorder.Count(r => r.Order > 0), "whole"));
            figures.Add(new(new("Units that would be asked for in vain before an order of today arrives", "今日下单到货前预计缺货量"), result.Reorder.Sum(r => r.Missing ?? 0), "whole"));
        }

        return figures;
    }

    static IEnumerable<DecisionBlock> Blocks(DemandResult result, DemandShop shop, DemandOptions options)
    {
        yield return Chart(result, shop);
        if (options.By == DemandSeriesKind.Product) yield return Reorder(result, options);
        if (result.Silent.Count > 0) yield return Silent(result);
        yield return Largest(result);
        if (result.Judgement is not { } judged) yield break;
        yield return Accuracy(judged);
        yield return Coverage(judged);
    }

    static LineChart Chart(DemandResult result, DemandShop shop)
    {
        var (series, demand) = (result.Series[0], shop.Panel.Demand[0]);
        var from = Math.Max(shop.Panel.Starts[0], demand.Length - History);
        var past = Enumerable.Range(from, demand.Length - from).Select(t => new double[] { t - from, demand[t] }).ToArray();
        var ahead = series.Weeks.Select((w, h) => new[] { demand.Length - from + h, w.Mean, w.Q05, w.Q95 }).ToArray();
        string[] places = [.. Enumerable.Range(from, demand.Length - from + series.Weeks.Count).Select(t => DemandSteps.Monday(shop.FirstWeek + t).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))];
        return new()
        {
            Title = series.Kind == "total" ? new("Units a week, all products", "每周销量（全部商品）") : new($"Units a week, {series.Name}", $"每周销量（{series.Name}）"),
            Lead = new("The band holds a week with a chance of 90%.", "阴影为每周的 90% 区间。"),
            X = new("Week from", "周（起始日）"),
            Format = "number",
            Lines = [new(new("Sold", "实际"), past), new(new("Expected", "预测"), ahead)],
            Places = [.. places.Select(p => new Bilingual(p, p))],
        };
    }

    static DecisionTable Reorder(DemandResult result, DemandOptions options)
    {
        var stocked = options.Stock is not null;
        // What is missing soonest first; without a stock file the largest sellers.
        var rows = stocked ? result.Reorder.Where(r => r.OnHand is not null).OrderByDescending(r => r.Missing).ThenBy(r => r.Product, StringComparer.Ordinal)
            : result.Reorder.OrderByDescending(r => r.LeadMean).ThenBy(r => r.Product, StringComparer.Ordinal);
        DecisionColumn[] columns =
        [
            new(new("Product", "商品")), new(new("Pattern", "需求类型")), new(new($"Expected in {result.LeadWeeks} weeks", $"{result.LeadWeeks} 周期望需求"), "number"),
            new(new("Safety stock", "安全库存"), "number"), new(new("Reorder point", "再订货点"), "number"),
        ];
        DecisionColumn[] more =
        [
            new(new("On hand", "现有库存"), "number"), new(new("On order", "在途"), "number"), new(new("Order now", "现在订购"), "number"),
            new(new("Risk of running out", "缺货风险"), "share"), new(new("Missing on average", "平均缺货"), "number"),
        ];
        return new()
        {
            Title = stocked ? new("What to order", "补货建议") : new("Reorder points", "再订货点"),
            Lead = new($"Order when stock and open orders are at or below the reorder point: then {Percent(options.Service)} of order cycles of {result.LeadWeeks} weeks should end without a stock-out.",
                $"当库存与在途之和不高于再订货点时下单：在 {result.LeadWeeks} 周的订货周期中，应有 {Percent(options.Service)} 不缺货。"),
            Columns = stocked ? [.. columns, .. more] : columns,
            Rows = [.. rows.Take(Shown).Select(r => (IReadOnlyList<DecisionCell>)(stocked
                ? [r.Product, DemandMethods.Name(r.Pattern), r.LeadMean, r.SafetyStock, r.ReorderPoint, r.OnHand ?? double.NaN, r.OnOrder ?? double.NaN, r.Order ?? double.NaN, r.Risk ?? double.NaN, r.Missing ?? double.NaN]
                : [r.Product, DemandMethods.Name(r.Pattern), r.LeadMean, r.SafetyStock, r.ReorderPoint]))],
        };
    }

    static DecisionTable Silent(DemandResult result) => new()
    {
        Title = new("Sold regularly, then nothing: out of stock, or taken off sale?", "曾经常销售、随后归零：缺货还是下架？"),
        Lead = new("If these are out of stock, their demand is higher than their sales say: give the days without stock with --stock-history.",
            "若为缺货，其真实需求高于销量所示：请用 --stock-history 提供缺货日期。"),
        Columns =
        [
            new(new("Product", "商品")), new(new("Weeks with sales before", "此前有销售的周"), "share"), new(new("Empty weeks since", "此后空白周数"), "whole"),
            new(new("Units a week before", "此前每周销量"), "number"),
        ],
        Rows = [.. result.Silent.Take(Shown).Select(s => (IReadOnlyList<DecisionCell>)[s.Product, s.Share, s.Silent, s.UnitsPerWeek])],
    };

    static DecisionTable Largest(DemandResult result) => new()
    {
        Title = new("Expected units", "期望销量"),
        Lead = new("Means of products add up to those of their sums; quantiles do not, since not everything sells well in the same week.",
            "商品的期望值之和等于合计的期望值；分位数不可相加，因为各商品不会在同一周同时热销。"),
        Columns =
        [
            new(new("Series", "序列")), new(new("Pattern", "需求类型")), new(new("Method", "方法")), new(new("Next week, 90% interval", "下周（90% 区间）"), "number"),
            new(new($"Over {result.WeeksAhead} weeks", $"未来 {result.WeeksAhead} 周"), "number"),
        ],
        Rows = [.. result.Series.OrderBy(s => s.Kind is "total" ? 0 : s.Kind is "category" or "segment" ? 1 : 2).ThenByDescending(s => s.Weeks.Sum(w => w.Mean)).ThenBy(s => s.Name, StringComparer.Ordinal)
            .Take(Shown).Select(s => (IReadOnlyList<DecisionCell>)[NameOf(s), DemandMethods.Name(s.Pattern), MethodOf(s.Method), new Estimate(s.Weeks[0].Mean, s.Weeks[0].Q05, s.Weeks[0].Q95), s.Weeks.Sum(w => w.Mean)])],
    };

    static Bilingual NameOf(SeriesForecast series) => series.Kind switch { "total" => DemandReading.Total, "other" => DemandReading.Others, _ => new(series.Name, series.Name) };

    internal static Bilingual MethodOf(string code) => code switch
    {
        "chosen" => new("Chosen, mean", "所选方法（期望值）"),
        "chosen_median" => new("Chosen, median", "所选方法（中位数）"),
        "mean_so_far" => new("Mean so far (young)", "至今平均（新序列）"),
        _ => DemandMethods.All.Where(m => DemandMethods.Code(m) == code).Select(DemandMethods.Name).First(),
    };

    static DecisionTable Accuracy(DemandJudgement judged)
    {
        DemandPattern[] patterns = [.. judged.Methods.Where(m => m.Pattern is not null).Select(m => m.Pattern!.Value).Distinct()];
        return new()
        {
            Title = new("How far off each method was on later weeks", "各方法在更晚的周上的误差"),
            Lead = new("MASE: mean absolute error over that of the seasonal naive forecast on the weeks before; lower is better. The middle quantile is the best guess by this measure; the mean is what adds up.",
                "MASE：平均绝对误差除以此前各周季节性朴素法的误差，越低越好。就该指标而言中位数是最佳猜测；期望值则可以相加。"),
            Columns =
            [
                new(new("Method", "方法")), new(new("MASE, 95%", "MASE（95%）"), "number"), new(new("Quantile loss", "分位数损失"), "number"), new(new("Bias", "偏差"), "share"),
                .. patterns.Select(p => new DecisionColumn(new($"MASE, {DemandMethods.Name(p).En}", $"MASE（{DemandMethods.Name(p).Zh}）"), "number")),
            ],
            Rows = [.. judged.Methods.Where(m => m.Pattern is null).Select(m => (IReadOnlyList<DecisionCell>)
                [
                    MethodOf(m.Method), m.Mase, m.Pinball, m.Bias,
                    .. patterns.Select(p => judged.Methods.FirstOrDefault(o => o.Pattern == p && o.Method == m.Method) is { } own ? own.Mase.Value : DecisionCell.Nothing),
                ])],
        };
    }

    static DecisionTable Coverage(DemandJudgement judged) => new()
    {
        Title = new("Whether the quantiles hold on later weeks", "分位数在更晚的周上是否成立"),
        Lead = new("Share of weeks at or below each quantile. Where most weeks are zero even the lowest quantile is zero and holds more than it says; the last column shares out these jumps and should be near the level.",
            "需求不高于各分位数的周所占比例。若多数周为零，最低的分位数也为零，所以覆盖偏高；最后一列消除了这种跳跃，应接近名义水平。"),
        Columns =
        [
            new(new("Level", "水平"), "share"), new(new("Weeks, 95%", "周（95%）"), "share"), new(new("Lead times, 95%", "订货周期（95%）"), "share"), new(new("Weeks, jumps shared out", "周（消除跳跃）"), "share"),
        ],
        Rows = [.. judged.Coverage.Select((c, q) => (IReadOnlyList<DecisionCell>)[c.Level, c.Share, judged.LeadCoverage[q].Share, c.Randomised])],
    };
}
