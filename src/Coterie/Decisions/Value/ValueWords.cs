using Coterie.Profiles;

namespace Coterie.Decisions;

/// <summary>What <c>value</c> says in words.</summary>
internal static class ValueWords
{
    internal static Bilingual Verdict(GroupForecast shop, ValueCheck check, ValueForecast forecast, string? currency)
    {
        var (days, model) = (forecast.HorizonDays, forecast.Model);
        var outcome = shop.OrdersOutcome;
        string en = "", zh = "";
        if (!double.IsNaN(shop.ExpectedSpend.Value))
        {
            string Money(double value) => Wording.Number(Math.Round(value), "money", currency);
            en = $", worth {Money(shop.ExpectedSpend.Value)} ({Money(shop.SpendOutcome.Low)} to {Money(shop.SpendOutcome.High)})";
            zh = $"，金额 {Money(shop.ExpectedSpend.Value)}（{Money(shop.SpendOutcome.Low)} 至 {Money(shop.SpendOutcome.High)}）";
        }

        // What was off, as it would have been seen then: with the factor where there was one.
        var off = 1 / check.Ratio * (check.FactorHelps ? check.EarlierRatio : 1) - 1;
        var (side, sideZh) = off < 0 ? ("too low", "偏低") : ("too high", "偏高");
        return new(
            $"In the next {days} days these {shop.Customers:N0} customers are expected to place {shop.ExpectedOrders.Value:N0} orders ({outcome.Low:N0} to {outcome.High:N0}){en}. "
            + $"Checked on the last {days} days, which the forecast had not seen, its total was {Math.Abs(off):0.0%} {side} ({model}, chosen from {check.Models.Count} models).",
            $"未来 {days} 天，这 {shop.Customers:N0} 位客户预计下单 {shop.ExpectedOrders.Value:N0} 次（{outcome.Low:N0} 至 {outcome.High:N0}）{zh}。"
            + $"用预测未见过的最近 {days} 天检验，总数{sideZh} {Math.Abs(off):0.0%}（从 {check.Models.Count} 个模型中选出的 {model}）。");
    }

    internal static IEnumerable<Bilingual> Notes(ValueForecast forecast, ValueCheck check)
    {
        yield return new("Orders are days with a purchase. Refunds lower what a customer spent, not the number of orders. Only customers who have ordered before are forecast; new ones come on top.",
            "订单按“有购买的天”计。退款会减少客户的消费额，但不减少订单数。只预测已经下过单的客户，新客户不计在内。");
        yield return new("Two intervals are different things: that of the expectation says how sure the mean is if the model holds; that of the outcome says where the number itself lies in 95 of 100 cases. Outcomes of totals also count the error of the last check as one standard deviation.",
            "两种区间含义不同：期望的区间表示在模型成立时均值有多可靠；结果的区间表示实际数字在 100 次中有 95 次落在其间。合计的结果区间还把上次检验的误差算作一个标准差。");
        if (!forecast.Fitted.Model.CanLeave)
            yield return new("Models in which customers leave for good said no better what followed than NBD, in which nobody does: these orders do not show who left, so no chance of still being a customer is given. The chance of ordering in the horizon is.",
                "带有“流失”的模型并不比没有流失的 NBD 更符合后续事实：这些订单看不出谁已流失，因此不给出“仍是客户”的概率；期内下单的概率照常给出。");
        else if (!forecast.Fitted.Model.KnowsOneTimeBuyers)
            yield return new("BG/NBD assumes that nobody leaves before a second order, so it says nothing on whether one-time buyers still are customers: their chance is left empty instead of shown as 100 %. Their chance of ordering in the horizon is given.",
                "BG/NBD 假定第二次下单之前不会流失，因此它无法说明只买过一次的客户是否还在：这些客户的概率留空，而不显示为 100%；期内下单的概率照常给出。");
        var chosen = check.Errors.Last(e => e.Name == (check.FactorHelps ? "chosen" : forecast.Model));
        foreach (var naive in check.Errors.Where(e => (e.Name is "same_as_last_period" or "rate") && e.Rmse < chosen.Rmse))
            yield return new($"\"{Name(naive.Name, check).En}\" was nearer in the check than the model (root mean square error {naive.Rmse:0.000} against {chosen.Rmse:0.000}): trade changed in a way that the model does not know, such as a season.",
                $"检验中“{Name(naive.Name, check).Zh}”比模型更接近（均方根误差 {naive.Rmse:0.000} 对 {chosen.Rmse:0.000}）：生意发生了模型不了解的变化，例如旺季。");
        yield return double.IsNaN(check.EarlierRatio)
            ? new("The history is too short for a check one horizon earlier, so no correction of totals could be tried.", "历史太短，无法再往前检验一期，因此没有尝试校正总数。")
            : check.FactorHelps
                ? new($"Forecasts are multiplied by {forecast.Factor:0.00}: in the check one horizon earlier {check.EarlierRatio:0.00} times the forecast was ordered, that factor brought the last check nearer, and the last check itself gives the factor used now.",
                    $"预测乘以 {forecast.Factor:0.00}：再早一期的检验中实际订单是预测的 {check.EarlierRatio:0.00} 倍，用这个系数使上次检验更接近；现在使用的是上次检验得出的系数。")
                : new($"Totals are not corrected: a check one horizon earlier would have multiplied them by {check.EarlierRatio:0.00}, which made the last check worse.",
                    $"总数未作校正：再早一期的检验会把它乘以 {check.EarlierRatio:0.00}，那样上次检验反而更差。");
        if (!forecast.Spend.HasMoney) yield return new("No order has money, so only orders are forecast.", "没有一笔订单带有金额，因此只预测订单数。");
        else if (forecast.Spend.Optimum is null)
            yield return new($"Gamma-Gamma, the model of money per order, found no usable fit here: every order counts as the shop's mean ({forecast.Spend.ShopMean:0.##}).",
                $"单笔金额模型（Gamma-Gamma）在此没有可用的拟合：每笔订单都按全店均值（{forecast.Spend.ShopMean:0.##}）计。");
        if (forecast.Spend.WithoutMoney > 0 && forecast.Spend.HasMoney)
            yield return new($"{forecast.Spend.WithoutMoney:N0} customers have orders but no money left after refunds; they count as orders and are left out of the fit of money.",
                $"{forecast.Spend.WithoutMoney:N0} 位客户有订单但扣除退款后没有金额；计入订单，但不参与金额的拟合。");
        var edges = forecast.Fitted.Model.ParameterNames.Where((_, j) => forecast.Fitted.Optimum.AtEdge[j]).ToArray();
        if (edges.Length > 0)
            yield return new($"Of {string.Join(", ", edges)} the data only say that it is very large or very small; the forecast does not hang on how much.",
                $"对于 {string.Join("、", edges)}，数据只能说明它很大或很小；预测并不取决于具体数值。");
        if (check.Models.FirstOrDefault(m => !m.Settled) is { } unsettled)
            yield return new($"{unsettled.Name} was not considered: its search did not end at an optimum.", $"未考虑 {unsettled.Name}：其搜索没有到达最优点。");
    }

    /// <summary>A forecast's name for people.</summary>
    internal static Bilingual Name(string name, ValueCheck check) => name switch
    {
        "same_as_last_period" => new("Same as the period before", "与前一期相同"),
        "rate" => new("Own rate so far", "自己的历史频率"),
        "chosen" => new("Chosen, with its factor", "所选模型并乘以系数"),
        _ when check.Models.Any(m => m.Name == name && m.Chosen) => new($"{name} (chosen)", $"{name}（所选）"),
        _ => new(name, name),
    };
}
