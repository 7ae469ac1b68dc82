using Coterie.Evaluation;
using Coterie.Numerics;

namespace Coterie.Decisions;

/// <summary>What customers are worth: orders and money expected over a horizon, the chance that they still are customers, and when they order next; by a
/// model that was chosen by how well it said what followed.</summary>
public static class ValueDecision
{
    const int Bins = 10;

    /// <exception cref="ConfigurationException">The options make no sense, or the horizon is longer than half the history.</exception>
    public static Decided Decide(DecisionInput input, ValueOptions options)
    {
        return Decide(input, options, out _);
    }

    /// <summary>The same, with the forecast for other decisions; null where the data cannot carry one.</summary>
    internal static Decided Decide(DecisionInput input, ValueOptions options, out ValueForecast? forecast)
    {
        var study = Study(input, options);
        forecast = study.Forecast;
        return new Decided(study.Result, ValuePage.Of(study.Result), forecast is null ? [] : ValueTables.Of(study.Result, forecast, input.Segments));
    }

    /// <summary>The forecast alone, for other decisions; null where the data cannot carry one.</summary>
    public static ValueForecast? Forecast(DecisionInput input, ValueOptions options) => Study(input, options).Forecast;

    sealed record Studied(ValueResult Result, ValueForecast? Forecast);

    static Studied Study(DecisionInput input, ValueOptions options)
    {
        options.Check();
        var through = RepeatPurchases.DayOf(input.AsOf);
        input.Say("reading orders");
        var all = RepeatPurchases.Read(input.Warehouse, through);
        if (all.Count == 0)
            return Unanswered(input, all, null, "There is no purchase in these events, so there is nothing to forecast orders from. A file of orders is needed.",
                "事件中没有任何购买记录，无法预测订单。需要订单文件。");
        // A freeze sees whole days, so the horizon is counted from the first day of orders to the end of the last.
        var horizon = Horizon.Choose(RepeatPurchases.DateOf(all.First.Min()), RepeatPurchases.DateOf(through + 1), options.Horizon, out var why);
        if (horizon is null)
            return Unanswered(input, all, null, $"{why} A forecast that cannot be checked is not made.", "历史太短，留不出至少 7 天（历史的四分之一）作为检验期；无法检验的预测不予给出。");
        var before = RepeatPurchases.Read(input.Warehouse, through - horizon.Days);
        if (before.Repeaters < options.LeastRepeaters)
        {
            var nobody = all.Repeaters == 0;
            return Unanswered(input, all, horizon.Days,
                nobody ? $"Every one of the {all.Count:N0} customers ordered once (on one day), so nothing says how often anybody comes back. At least {options.LeastRepeaters} customers with a second order are needed."
                    : $"Only {before.Repeaters:N0} customers had a second order {horizon.Days} days before the end (they are what a forecast learns from); at least {options.LeastRepeaters} are needed. A longer history or a shorter --horizon helps.",
                nobody ? $"全部 {all.Count:N0} 位客户都只下过一次单（同一天），数据无法说明有没有人会回来、多久回来一次。至少需要 {options.LeastRepeaters} 位有第二次订单的客户。"
                    : $"在结束前 {horizon.Days} 天，只有 {before.Repeaters:N0} 位客户有第二次订单（预测要从他们学起），至少需要 {options.LeastRepeaters} 位。请提供更长的历史，或缩短 --horizon。");
        }

        input.Say("fitting four families on what was known before, judging them on what followed");
        var trial = ValueTrial.Of(input.Warehouse, before, through, options, input.Seed.Child(1), input.Threads);
        if (trial.Buyers < options.LeastBuyers)
            return Unanswered(input, all, horizon.Days,
                $"Only {trial.Buyers:N0} of {before.Count:N0} customers ordered again in the {horizon.Days} days that were held back; at least {options.LeastBuyers} are needed to judge a forecast.",
                $"留作检验的 {horizon.Days} 天内，{before.Count:N0} 位客户中只有 {trial.Buyers:N0} 位再次下单；至少需要 {options.LeastBuyers} 位才能检验预测。");
        if (trial.Best < 0)
            return Unanswered(input, all, horizon.Days, "No model could be fitted to these orders: no search ended at an optimum, so no forecast is made.",
                "没有一个模型能拟合这些订单（所有搜索都没有到达最优点），因此不给出预测。");
        return Answer(input, options, all, trial, horizon.Days);
    }

    static Studied Answer(DecisionInput input, ValueOptions options, RepeatPurchases all, ValueTrial trial, int days)
    {
        var model = trial.Fitted[trial.Best].Model;
        input.Say("checking one horizon earlier");
        var earlier = EarlierRatio(input, options, trial, days, model.Name);
        var ratio = trial.Ratio(model.Name);
        // A factor from the check before is used only where it brought this check's total nearer.
        var helps = earlier > 0 && ratio > 0 && Math.Abs(Math.Log(ratio / earlier)) < Math.Abs(Math.Log(ratio));
        var factor = helps ? ratio : 1;
        var error = Math.Abs(Math.Log(helps ? ratio / earlier : ratio));

        input.Say($"fitting {model.Name} on everything");
        var rows = all.Rows();
        // The fit before the held-out period is where the last search begins, beside fresh starts.
        double[][] starts = [[.. trial.Fitted[trial.Best].Optimum.Logs], .. MaximumLikelihood.Starts(options.Starts, model.Size, input.Seed.Child(2))];
        if (PurchaseFit.Fit(model, rows, starts, input.Threads) is not { Optimum.Settled: true } fitted)
            return Unanswered(input, all, days, $"{model.Name} could be fitted on what was known {days} days ago but not on everything: no search ended at an optimum, so no forecast is made.",
                $"{model.Name} 能拟合 {days} 天前的数据，却不能拟合全部数据（没有搜索到达最优点），因此不给出预测。");
        var spend = SpendFit.Of(all, options.Starts, input.Seed.Child(3), input.Threads);
        input.Say("forecasting every customer");
        var forecast = new ValueForecast(all, rows, fitted, spend, days, factor, error, input.Threads);
        var check = new ValueCheck
        {
            FrozenAt = RepeatPurchases.DateOf(trial.Before.Through),
            Until = RepeatPurchases.DateOf(all.Through),
            Customers = trial.Before.Count,
            Buyers = trial.Buyers,
            ActualOrders = trial.ActualOrders,
            ActualSpend = trial.ActualSpend,
            Models = trial.Models(),
            Errors = trial.Errors(helps ? earlier : 1),
            OrderingBins = trial.OrderingBins(Bins),
            OrdersBins = trial.OrdersBins(Bins, helps ? earlier : 1),
            EarlierRatio = earlier,
            Ratio = ratio,
            FactorHelps = helps,
        };
        return new Studied(ValueGroups.Of(input, forecast, check), forecast);
    }

    static double EarlierRatio(DecisionInput input, ValueOptions options, ValueTrial trial, int days, string model)
    {
        var freeze = trial.Before.Through - days;
        if (freeze - trial.Before.First.Min() < days) return double.NaN;
        var before = RepeatPurchases.Read(input.Warehouse, freeze);
        if (before.Repeaters < options.LeastRepeaters) return double.NaN;
        var earlier = ValueTrial.Of(input.Warehouse, before, trial.Before.Through, options, input.Seed.Child(4), input.Threads, model);
        return earlier.Buyers < options.LeastBuyers ? double.NaN : earlier.Ratio(model);
    }

    static Studied Unanswered(DecisionInput input, RepeatPurchases all, int? days, string en, string zh) => new(new ValueResult
    {
        AsOf = input.AsOf,
        HorizonDays = days,
        Answered = false,
        Verdict = en,
        VerdictZh = zh,
        Currency = input.Currency,
        Customers = all.Count,
        OneTimeBuyers = all.Count - all.Repeaters,
    }, null);
}
