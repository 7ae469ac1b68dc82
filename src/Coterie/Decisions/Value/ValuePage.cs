using Coterie.Evaluation;
using Coterie.Profiles;

namespace Coterie.Decisions;

/// <summary>The page of <c>value</c>.</summary>
internal static class ValuePage
{
    internal static DecisionPage Of(ValueResult result)
    {
        var title = new Bilingual("Customer value", "客户价值");
        var verdict = new Bilingual(result.Verdict, result.VerdictZh);
        if (!result.Answered || result.Total is not { } total || result.Check is not { } check || result.Model is not { } model)
            return new DecisionPage { Id = "value", Title = title, Verdict = verdict, Answered = false };
        List<DecisionBlock> blocks = [];
        if (result.Segments.Count > 0) blocks.Add(Segments(result));
        blocks.AddRange([Cohorts(result), Errors(check), Models(check), Parameters(model), Ordering(check), Orders(check)]);
        return new DecisionPage
        {
            Id = "value",
            Title = title,
            Verdict = verdict,
            Figures = Figures(result, total),
            Blocks = blocks,
            Notes = result.Notes,
        };
    }

    static IReadOnlyList<DecisionFigure> Figures(ValueResult result, GroupForecast total)
    {
        var days = result.HorizonDays;
        List<DecisionFigure> figures =
        [
            new(new($"Orders in the next {days} days", $"未来 {days} 天订单"), total.OrdersOutcome, "whole", new("interval of the outcome", "结果的区间")),
        ];
        if (!double.IsNaN(total.ExpectedSpend.Value)) figures.Add(new(new("Their money", "其金额"), total.SpendOutcome, "money", new("interval of the outcome", "结果的区间")));
        figures.Add(new(new("Customers who will order", "将会下单的客户"), total.ExpectedBuyers, "whole", new($"of {total.Customers:N0}", $"共 {total.Customers:N0} 位")));
        figures.Add(new(new("Still customers", "仍是客户"), total.Alive, "share", double.IsNaN(total.Alive)
            ? new("the chosen model cannot know it", "所选模型无法得知")
            : result.Model!.Name == "BG/NBD" ? new("mean chance, of customers with two orders or more", "平均概率，仅含两次及以上订单的客户") : new("mean chance", "平均概率")));
        if (result.OneTime is { Customers: > 0 } once)
            figures.Add(new(new("One-time buyers who will order", "一次性客户中将会下单的"), once.ExpectedBuyers / once.Customers, "share", new($"of {once.Customers:N0} with one order", $"共 {once.Customers:N0} 位只下过一单")));
        return figures;
    }

    static readonly DecisionColumn[] GroupColumns =
    [
        new(new("Customers", "客户"), "whole"), new(new("Orders (outcome)", "订单（结果）"), "whole"), new(new("Mean ±", "均值 ±"), "share"),
        new(new("Money (outcome)", "金额（结果）"), "money"), new(new("Mean ±", "均值 ±"), "share"), new(new("Will order", "将下单"), "share"), new(new("Still customers", "仍是客户"), "share"),
    ];

    static DecisionCell[] Cells(GroupForecast g) =>
    [
        g.Customers, g.OrdersOutcome, Around(g.ExpectedOrders), g.SpendOutcome, Around(g.ExpectedSpend), g.ExpectedBuyers / g.Customers, g.Alive,
    ];

    static double Around(Estimate mean) => mean.Value > 0 ? (mean.High - mean.Low) / 2 / mean.Value : double.NaN;

    static readonly Bilingual GroupLead = new("In brackets: where the number itself lies in 95 of 100 cases. Mean ±: how sure the mean is.", "括号内：实际数字在 100 次中有 95 次落在其间。均值 ±：均值有多可靠。");

    static DecisionTable Segments(ValueResult result) => new()
    {
        Title = new("By segment", "按群体"),
        Lead = GroupLead,
        Columns = [new(new("Segment", "群体"), "segment"), new(new("Name", "名称")), .. GroupColumns],
        Rows = [.. result.Segments.OrderByDescending(s => s.Forecast.ExpectedSpend.Value).ThenBy(s => s.Segment, StringComparer.Ordinal)
            .Select(s => (IReadOnlyList<DecisionCell>)[s.Segment ?? "–", s.Name, .. Cells(s.Forecast)])],
    };

    static DecisionTable Cohorts(ValueResult result) => new()
    {
        Title = new("By first order", "按首单时间"),
        Lead = GroupLead,
        Columns = [new(new("First order", "首单")), .. GroupColumns],
        Rows = [.. result.Cohorts.Select(c => (IReadOnlyList<DecisionCell>)[c.Cohort, .. Cells(c.Forecast)])],
    };

    static DecisionTable Errors(ValueCheck check) => new()
    {
        Title = new("How far forecasts were off in the check", "检验中各预测的误差"),
        Lead = new($"Learned up to {check.FrozenAt:yyyy-MM-dd}, judged on what {check.Customers:N0} customers ordered until {check.Until:yyyy-MM-dd} ({check.ActualOrders:N0} orders by {check.Buyers:N0} of them).",
            $"学习截至 {check.FrozenAt:yyyy-MM-dd}，以 {check.Customers:N0} 位客户到 {check.Until:yyyy-MM-dd} 的实际订单检验（其中 {check.Buyers:N0} 位共 {check.ActualOrders:N0} 单）。"),
        Columns =
        [
            new(new("Forecast", "预测")), new(new("Total off by", "总数偏差"), "share"), new(new("Mean error", "平均误差"), "number"), new(new("Root mean square", "均方根误差"), "number"),
            new(new("AUC: who orders", "AUC：谁会下单"), "number"), new(new("Money from the top tenth", "前十分之一占消费额"), "share"),
        ],
        Rows = [.. check.Errors.Select(e => (IReadOnlyList<DecisionCell>)[ValueWords.Name(e.Name, check), e.Bias, Digits(e.Mae), Digits(e.Rmse), Digits(e.Auc), e.TopTenth])],
    };

    static DecisionTable Models(ValueCheck check) => new()
    {
        Title = new("Which model, and why", "选择哪个模型"),
        Lead = new("The held-out log-likelihood says how little a model was surprised by what customers then did. Of models that it cannot tell from the best, the one with the least root mean square error is taken; where that is the same too, the simplest.",
            "检验期对数似然表示客户后来的行为对模型有多不意外。凡与最好者分不出高下的模型，取均方根误差最小的；若仍相同，取最简单的。"),
        Columns =
        [
            new(new("Model", "模型")), new(new("Held-out log-likelihood", "检验期对数似然"), "number"), new(new("Behind the best", "与最好者之差"), "signed"),
            new(new("Search", "搜索")), new(new("Chosen", "选用")),
        ],
        Rows = [.. check.Models.Select(m => (IReadOnlyList<DecisionCell>)
        [
            m.Name, m.HeldOutLogLikelihood, Hundredths(m.BehindBest),
            m.Settled ? new Bilingual($"{m.StartsAgreed} of {m.Starts} starts agree{(m.StartsThatGaveUp > 0 ? $", {m.StartsThatGaveUp} gave up" : "")}", $"{m.Starts} 个起点中 {m.StartsAgreed} 个一致{(m.StartsThatGaveUp > 0 ? $"，{m.StartsThatGaveUp} 个中途放弃" : "")}")
                : new Bilingual("did not end at an optimum", "没有到达最优点"),
            m.Chosen ? new Bilingual("yes", "是") : new Bilingual("", ""),
        ])],
    };

    static DecisionTable Parameters(FinalModel model) => new()
    {
        Title = new($"{model.Name} fitted on everything", $"{model.Name} 在全部数据上的拟合"),
        Lead = new("Times are in weeks. Gamma-Gamma (p, q, v) is the model of money per order.", "时间以周计。Gamma-Gamma（p、q、v）是单笔金额的模型。"),
        Columns = [new(new("Parameter", "参数")), new(new("Value", "数值"), "number")],
        Rows = [.. model.Parameters.Concat(model.SpendParameters).Select(p => (IReadOnlyList<DecisionCell>)[p.Key, p.Value])],
    };

    static LineChart Ordering(ValueCheck check) => new()
    {
        Title = new("Chance of ordering, forecast and actual", "下单概率：预测与实际"),
        Lead = new("On the diagonal, of customers with a forecast of 30 % three in ten ordered.", "落在对角线上，即预测 30% 的客户中每十位有三位下单。"),
        X = new("forecast chance", "预测概率"),
        Format = "percent",
        Square = true,
        Lines = [Line(check.OrderingBins)],
    };

    static LineChart Orders(ValueCheck check) => new()
    {
        Title = new("Orders per customer, forecast and actual", "人均订单：预测与实际"),
        Lead = new("Ten groups of customers by their forecast for the held-out period.", "按检验期的预测把客户分为十组。"),
        X = new("forecast orders", "预测订单"),
        Format = "number",
        Square = true,
        Lines = [Line(check.OrdersBins)],
    };

    static ChartLine Line(IReadOnlyList<ForecastBin> bins) =>
        new(new("held-out period", "检验期"), [.. bins.Select(b => new[] { b.Forecast, b.Actual.Value, b.Actual.Low, b.Actual.High })]);

    static Estimate Hundredths(Estimate e) => new(Math.Round(e.Value, 2), Math.Round(e.Low, 2), Math.Round(e.High, 2));

    // Errors differ in the third digit.
    static DecisionCell Digits(double value) => double.IsFinite(value) ? DecisionCell.FromString(value.ToString("0.0000")) : DecisionCell.Nothing;
}
