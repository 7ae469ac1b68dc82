using Coterie.Evaluation;
using Coterie.Profiles;

namespace Coterie.Decisions.Churn;

/// <summary>Churn as people read it, and its tables.</summary>
internal static class ChurnPage
{
    static readonly Bilingual Title = new("Churn: who is about to leave", "流失预警：谁将离开");

    internal static Decided Unanswered(DecisionInput input, Bilingual why) => new(
        new ChurnResult { AsOf = input.AsOf, Answered = false, Verdict = why },
        new DecisionPage { Id = "churn", Title = Title, Verdict = why, Answered = false }, []);

    internal static Decided Of(DecisionInput input, ChurnOptions options, ChurnResult result, IReadOnlyList<ChurnRisk> risks, IReadOnlyList<Lapsed> gone, IReadOnlyList<Bilingual> notes)
    {
        Bilingual[] all = [.. Notes(input, result), .. notes];
        result = result with { Notes = [.. all.Select(n => n.En)] };
        var page = new DecisionPage
        {
            Id = "churn",
            Title = Title,
            Verdict = result.Verdict,
            Figures = Figures(result),
            Blocks = [Warned(input, result), Against(result), .. Calibrated(result), Periods(result), Drivers(result)],
            Notes = all,
        };
        return new Decided(result, page, [Table(input, risks), GoneTable(input, gone)]);
    }

    static IReadOnlyList<DecisionFigure> Figures(ChurnResult r)
    {
        List<DecisionFigure> figures =
        [
            new(new("Customers still expected", "仍可期待的客户"), r.Customers, "whole", r.Gone > 0 ? new($"{r.Gone:N0} more are gone already by the rule", $"另有 {r.Gone:N0} 位按规则已流失") : null),
            new(new("Expected to churn", "预计流失"), Math.Round(r.ExpectedChurners), "whole", new($"in their windows, at most {r.HorizonDays} days", $"在各自窗口内，最多 {r.HorizonDays} 天")),
        ];
        if (!double.IsNaN(r.ExpectedLoss))
            figures.Add(new(new("Value at stake", "涉险价值"), r.ExpectedLoss, "money", new("probability times expected spend over the horizon, summed", "流失概率 × 期内预期消费，合计")));
        figures.Add(new(new("AUC on later periods", "更晚时段 AUC"), r.Judged!.Trees.Auc, "score", new($"recency alone {ChurnWords.Fixed(r.Judged.Recency.Auc.Value)}", $"只看最近下单 {ChurnWords.Fixed(r.Judged.Recency.Auc.Value)}")));
        return figures;
    }

    static DecisionTable Warned(DecisionInput input, ChurnResult r)
    {
        var money = !double.IsNaN(r.ExpectedLoss);
        List<DecisionColumn> columns = [new(new("Customer", "客户"))];
        if (input.Segments is not null) columns.Add(new(new("Segment", "客群"), "segment"));
        columns.AddRange([new(new("Probability", "流失概率"), "share"), new(new("Window", "窗口"), "days")]);
        if (money) columns.AddRange([new(new("Expected spend", "预期消费"), "money"), new(new("At stake", "涉险价值"), "money")]);
        columns.Add(new(new("Why", "原因")));
        return new DecisionTable
        {
            Title = new("Early warning", "预警名单"),
            Lead = money ? new("Customers more at risk than the average, the most expected loss (probability times expected spend) first.", "风险高于平均的客户，按预期损失（概率 × 预期消费）从高到低。")
                : new("Customers more at risk than the average, the most likely first; the log has no prices.", "风险高于平均的客户，按流失概率从高到低；日志没有价格。"),
            Columns = columns,
            Rows = [.. r.Warned.Select(w =>
            {
                List<DecisionCell> row = [w.Customer];
                if (input.Segments is not null) row.Add(w.Segment < 0 ? DecisionCell.Nothing : input.Segments.Segments[w.Segment].Id);
                row.AddRange([w.Probability, w.WindowDays]);
                if (money) row.AddRange([w.Value, w.ExpectedLoss]);
                row.Add(Join(w.Reasons.Take(2)));
                return row;
            })],
        };
    }

    static Bilingual Join(IEnumerable<ChurnReason> reasons) => new(string.Join("; ", reasons.Select(r => r.Sentence.En)), string.Join("；", reasons.Select(r => r.Sentence.Zh)));

    static DecisionTable Against(ChurnResult r)
    {
        var j = r.Judged!;
        IReadOnlyList<DecisionCell> Row(Bilingual name, ChurnScore s) => [name, s.Auc, s.Brier, s.LiftAt10, s.ValueLiftAt10, s.CalibrationError, s.CalibrationErrorByChance, s.CalibrationErrorTogether];
        return new DecisionTable
        {
            Title = new("Judged on later periods", "在更晚时段上的检验"),
            Lead = new("Lift: how many times more churners (or churners' spend) the tenth at most risk holds than chance. Calibration error: how far probabilities were off within a period; by chance, what perfect ones would show with so few customers; together, with periods too high and too low evened out.",
                "提升度：风险最高的一成客户所含流失客户（或其消费）是随机抽取的几倍。校准误差：单个时段内概率的平均偏差；偶然误差：概率完全正确时因客户数有限仍会出现的误差；合并误差：各时段偏高偏低相抵之后。"),
            Columns =
            [
                new(new("Way", "方法")), new(new("AUC", "AUC"), "score"), new(new("Brier score", "Brier 分"), "score"), new(new("Lift at 10%", "前 10% 提升度"), "number"),
                new(new("Lift in value", "价值提升度"), "number"), new(new("Calibration error", "校准误差"), "share"), new(new("By chance", "偶然误差"), "share"), new(new("Together", "合并误差"), "share"),
            ],
            Rows =
            [
                Row(new("Boosted trees", "提升树"), j.Trees), Row(new("Days since last order alone", "只看距上次下单天数"), j.Recency),
                [new Bilingual("Difference (trees better: AUC up, Brier down)", "差值（树更好：AUC 升、Brier 降）"), j.AucGain, new Estimate(-j.BrierGain.Value, -j.BrierGain.High, -j.BrierGain.Low),
                    DecisionCell.Nothing, DecisionCell.Nothing, DecisionCell.Nothing, DecisionCell.Nothing, DecisionCell.Nothing],
            ],
        };
    }

    static LineChart[] Calibrated(ChurnResult r)
    {
        ChartLine Line(Bilingual name, ChurnScore s) => new(name, [.. s.Reliability.Select(b => new[] { b.Confidence, b.Accuracy.Value, b.Accuracy.Low, b.Accuracy.High })]);
        return
        [
            new LineChart
            {
                Title = new("Probability given and share that churned", "给出的概率与实际流失比例"),
                Lead = new("On the diagonal, a probability can be taken at its word.", "落在对角线上时，概率可以照字面理解。"),
                X = new("Probability given", "给出的概率"), Format = "percent", Square = true,
                Lines = [Line(new("Boosted trees", "提升树"), r.Judged!.Trees), Line(new("Days since last order alone", "只看距上次下单天数"), r.Judged.Recency)],
            },
        ];
    }

    static DecisionTable Periods(ChurnResult r) => new()
    {
        Title = new("Period by period", "逐时段"),
        Lead = new("Each was foreseen by trees that had seen nothing of it.", "每个时段都由未见过该时段的模型预测。"),
        Columns =
        [
            new(new("Foreseen on", "预测时点"), "date"), new(new("Customers", "客户"), "whole"), new(new("Churned", "实际流失"), "share"), new(new("Foretold", "预测流失"), "share"),
            new(new("AUC, trees", "AUC（树）"), "score"), new(new("AUC, recency", "AUC（最近下单）"), "score"), new(new("Calibration error", "校准误差"), "share"),
        ],
        Rows = [.. r.Judged!.CutOffs.Select(c => (IReadOnlyList<DecisionCell>)[c.At, c.Customers, c.Churned, c.Foretold, c.AucTrees, c.AucRecency, c.CalibrationError])],
    };

    static DecisionTable Drivers(ChurnResult r) => new()
    {
        Title = new("What the forecast rests on", "预测依据"),
        Lead = new("Mean size of each feature's Shapley value, in log-odds.", "各特征 Shapley 值绝对值的平均（对数几率）。"),
        Columns = [new(new("Feature", "特征")), new(new("Weight", "权重"), "number")],
        Rows = [.. r.Drivers.Select(d => (IReadOnlyList<DecisionCell>)[d.Label, d.Weight])],
    };

    static IEnumerable<Bilingual> Notes(DecisionInput input, ChurnResult r)
    {
        yield return ChurnWords.Rule(r);
        var l = r.Learned!;
        yield return new($"Today's {l.Trees} trees learned from {l.Portraits:N0} portraits frozen from {l.FirstFreeze:yyyy-MM-dd} to {l.LastFreeze:yyyy-MM-dd}; probabilities are calibrated ({l.Calibration}) on the later freeze of {l.CalibratedAt:yyyy-MM-dd}. The judgement repeats this one horizon earlier each time.",
            $"今天的 {l.Trees} 棵树学自 {l.FirstFreeze:yyyy-MM-dd} 至 {l.LastFreeze:yyyy-MM-dd} 冻结的 {l.Portraits:N0} 份画像；概率在更晚的 {l.CalibratedAt:yyyy-MM-dd} 上校准（{l.Calibration}）。检验时整个过程逐次前移一个时段。");
        if (r.GoneReturned is { } back)
            yield return new($"Of those that the rule called gone at the judged instants, {ChurnWords.Percent(back.Value)} ({ChurnWords.Percent(back.Low)} … {ChurnWords.Percent(back.High)}) ordered in the {r.HorizonDays} days after.",
                $"在检验时点按规则已流失的客户中，{ChurnWords.Percent(back.Value)}（{ChurnWords.Percent(back.Low)} … {ChurnWords.Percent(back.High)}）在随后 {r.HorizonDays} 天内又下单。");
        if (r.ValueFrom == "mean_spend")
        {
            var (group, groupZh) = input.Segments is null ? ("the mean of customers with about as many orders", "订单数相近客户的均值") : ("their segment's mean", "所在客群的均值");
            yield return new($"Expected spend is the customer's own mean per {r.HorizonDays} days, shrunk to {group} by how few periods were seen; it is no forecast.", $"预期消费为客户自身每 {r.HorizonDays} 天的平均消费，按已观察期数向{groupZh}收缩；并非预测。");
        }

        if (input.Run is not null)
            yield return new("Only features teach: the run's embedding was made as of today, and in a portrait frozen in the past it would show what came later.",
                "只用特征学习：本次运行的向量表示以今天为准，放入过去冻结的画像会泄露后来发生的事。");
        yield return new("A risk is no effect: whether a message keeps a customer needs a test with a group left alone.", "风险高不等于干预有效：消息能否留住客户，需要留出对照组来检验。");
    }

    static DecisionFile Table(DecisionInput input, IReadOnlyList<ChurnRisk> risks) => new("churn",
        ["customer", "segment", "probability", "window_days", "value_at_stake", "expected_loss", "reason_1", "reason_2", "reason_3"],
        risks.Select(r => (IReadOnlyList<object?>)[r.Customer, Segment(input, r.Segment), r.Probability, r.WindowDays, r.Value, r.ExpectedLoss, Reason(r, 0), Reason(r, 1), Reason(r, 2)]));

    static string? Reason(ChurnRisk risk, int place) => risk.Reasons.Count > place ? risk.Reasons[place].Sentence.En : null;

    static string? Segment(DecisionInput input, int segment) => segment < 0 ? null : input.Segments!.Segments[segment].Id;

    static DecisionFile GoneTable(DecisionInput input, IReadOnlyList<Lapsed> gone) => new("churn_gone", ["customer", "segment", "silent_days", "limit_days"],
        gone.Select(g => (IReadOnlyList<object?>)[g.Customer, Segment(input, input.Segments?.Of(g.Customer) ?? -1), Math.Round(g.SilentDays, 2), Math.Round(g.LimitDays, 2)]));
}
