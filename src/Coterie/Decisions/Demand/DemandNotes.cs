using Coterie.Profiles;

namespace Coterie.Decisions.Demand;

/// <summary>How demand was counted and forecast, and what to beware of.</summary>
static class DemandNotes
{
    internal static IEnumerable<Bilingual> Of(DemandResult result, DemandShop shop, DemandOptions options, DecisionInput input, List<string> unknown)
    {
        var (first, last) = (shop.FirstDropped, shop.LastDropped);
        var dropped = (first, last) switch
        {
            (true, true) => new Bilingual("; the first and the last week are not whole and were left out", "；首周与末周不完整，已剔除"),
            (true, false) => new("; the first week is not whole and was left out", "；首周不完整，已剔除"),
            (false, true) => new("; the last week is not whole and was left out", "；末周不完整，已剔除"),
            _ => new("", ""),
        };
        yield return new($"ISO weeks (from Monday, UTC) {result.FirstWeek:yyyy-MM-dd} to {result.LastWeek:yyyy-MM-dd}, {result.WeeksSeen} of them{dropped.En}.",
            $"采用 ISO 周（周一起，UTC），自 {result.FirstWeek:yyyy-MM-dd} 至 {result.LastWeek:yyyy-MM-dd}，共 {result.WeeksSeen} 周{dropped.Zh}。");
        var counts = shop.Counts;
        yield return new($"Demand is gross: {counts.Bought:N0} units bought, less {counts.Bought - counts.Demand:N0} that their buyer sent back or cancelled within the same week. Later returns are not taken off, since they were wanted when bought; {counts.Returned:N0} units came back in all.",
            $"需求按毛销量计：共购买 {counts.Bought:N0} 件，扣除买家当周取消或退回的 {counts.Bought - counts.Demand:N0} 件。之后的退货不扣除（购买时确有需求）；退货总计 {counts.Returned:N0} 件。");
        if (input.Quality.Rules.FirstOrDefault(r => r is { Rule: "no_customer", Refused: true, Rows: > 0 }) is { } anonymous)
            yield return new($"{anonymous.Rows:N0} rows without a customer were refused by cleaning and are not in the demand: sales to guests come on top. The forecasts are of known customers only.",
                $"清洗时拒收了 {anonymous.Rows:N0} 行无客户的记录，未计入需求：访客购买需另加。预测只针对已知客户。");
        if (options.LinesAsUnits) yield return new("Each purchase line was counted as one unit.", "每条购买记录计为一件。");
        if (counts.Others > 0)
            yield return new($"{counts.Others:N0} of {counts.Products:N0} series are too young{(options.Top > 0 ? " or not among the largest" : "")} to be forecast one by one; they are one series, \"{DemandReading.Others.En}\".",
                $"{counts.Products:N0} 个序列中有 {counts.Others:N0} 个太新{(options.Top > 0 ? "或不在前列" : "")}，合并为一个序列“{DemandReading.Others.Zh}”。");
        if (result.WeeksSeen <= 52 + result.WeeksAhead)
            yield return new("There is no whole year before the weeks judged: a season cannot be told from a trend, and the seasonal naive forecast is last week's sales.", "被检验的各周之前不足一年：无法区分季节与趋势，季节性朴素法即为上一周的销量。");
        yield return new("Each series takes the combination of methods unless earlier weeks span a whole season and another method had a clearly lower quantile loss on them; quantiles were calibrated on earlier weeks, and both were judged on weeks later still. A surprise that hits everything at once, such as a first Christmas, is not in the intervals.",
            "除非较早的周覆盖完整一季（年）且某方法的分位数损失明显更低，各序列均采用组合预测；分位数在较早的周上校准，两者都在更晚的周上检验。突发的全局变化（如首个圣诞季）不在区间之内。");
        if (result.Sums is { } sums)
            yield return new($"Sums: error {sums.Own:0.00} by their own forecasts, {sums.BottomUp:0.00} by adding up, {sums.MinTrace:0.00} by minimum trace, in units of MASE; {(sums.Chosen == "min_trace" ? "minimum trace" : "adding up")} was taken. Quantiles keep the shape of their own forecast around the mean that agrees.",
                $"合计的误差（MASE）：自身预测 {sums.Own:0.00}，逐项相加 {sums.BottomUp:0.00}，最小迹调和 {sums.MinTrace:0.00}；采用{(sums.Chosen == "min_trace" ? "最小迹调和" : "逐项相加")}。分位数以调和后的期望值为中心，保持自身预测的形状。");
        if (counts.WeeksOutOfStock > 0)
            yield return new($"{counts.WeeksOutOfStock:N0} weeks of products without stock were corrected: about {counts.Lost:N0} units were wanted and not sold.", $"修正了 {counts.WeeksOutOfStock:N0} 个商品缺货周：约有 {counts.Lost:N0} 件需求未能满足。");
        else if (options.By == DemandSeriesKind.Product)
            yield return new("Sales are taken for demand: weeks without stock look like weeks without demand unless --stock-history names them.", "将销量视为需求：除非用 --stock-history 指明，缺货的周会被当作无需求的周。");
        if (unknown.Count > 0)
            yield return new($"{unknown.Count:N0} products of the stock file have no forecast of their own (never sold in whole weeks, too young, or beyond --top): {string.Join(", ", unknown.Take(5))}{(unknown.Count > 5 ? ", …" : "")}.",
                $"库存文件中有 {unknown.Count:N0} 个商品没有单独预测（未在完整周内售出、太新或超出 --top）：{string.Join("、", unknown.Take(5))}{(unknown.Count > 5 ? "……" : "")}。");
    }
}
