using Coterie.Evaluation;
using Coterie.Profiles;
using static Coterie.Decisions.Campaigns.CampaignNumbers;

namespace Coterie.Decisions.Campaigns;

/// <summary>The page of a measured campaign.</summary>
static class MeasurePage
{
    public static DecisionPage Of(MeasureResult r, MeasureOptions options) => new()
    {
        Id = "campaign-results",
        Title = new("Campaign results", "活动结果"),
        Verdict = Verdict(r),
        Answered = r.Refused is null,
        Figures = [.. r.Effects.Take(4).Select(Figure)],
        Blocks = [.. Blocks(r, options.Segments)],
        Notes = [.. Notes(r, options)],
    };

    static Bilingual Verdict(MeasureResult r)
    {
        if (r.Refused is not null)
        {
            var worst = r.Balance!.Differences[0];
            return new($"No effect can be told: who was in which arm was not random. Before the campaign the arms already differ (p {P(r.Balance.P)}); the largest difference is in '{worst.Name}': {Short(worst.Difference)} standard deviations in '{worst.Arm}'. What is needed: arms drawn by chance, as 'campaign plan' draws them.",
                $"无法得出效果：分组不是随机的。活动之前各组就已不同（p {P(r.Balance.P)}）；差别最大的是“{worst.Name}”：“{worst.Arm}”组相差 {Short(worst.Difference)} 个标准差。需要：随机抽取的分组，例如由 campaign plan 抽取。");
        }

        Bilingual[] parts =
        [
            .. r.SampleRatio is { Alarm: true } ? (Bilingual[])[new($"ALARM: the arms do not have the sizes that were asked for (p {P(r.SampleRatio.P)}); customers were lost or doubled, so find out why before believing anything below.", $"警报：各组人数与设定不符（p {P(r.SampleRatio.P)}）；有客户丢失或重复，请先查明原因，再看下面的结果。")] : [],
            .. r.Effects.Select(Sentence),
            .. r.Uplift.Select(Sentence),
        ];
        return new(string.Join(' ', parts.Select(p => p.En)), string.Concat(parts.Select(p => p.Zh)));
    }

    static Bilingual Sentence(ArmEffect e)
    {
        var amount = Amount(e.Used.Effect, e.Yes);
        return e.AdjustedP <= 0.05
            ? e.Used.Effect.Value > 0
                ? new($"'{e.Arm}' raises {e.Outcome} by {amount.En}.", $"“{e.Arm}”使 {e.Outcome} 提高 {amount.Zh}。")
                : new($"'{e.Arm}' LOWERS {e.Outcome}: {amount.En}.", $"“{e.Arm}”使 {e.Outcome} 下降：{amount.Zh}。")
            : new($"No detectable effect of '{e.Arm}' on {e.Outcome}: {amount.En}.", $"“{e.Arm}”对 {e.Outcome} 没有可测出的效果：{amount.Zh}。");
    }

    static Bilingual Sentence(UpliftFinding u)
    {
        if (u.Usable)
        {
            return new($"Customers differ in what '{u.Arm}' does to their {u.Outcome}, and it can be foretold (Qini {Short(u.Qini.Value)}, p {P(u.AdjustedP)}): rank them.",
                $"“{u.Arm}”对各客户 {u.Outcome} 的效果不同，且可以预先判断（Qini {Short(u.Qini.Value)}，p {P(u.AdjustedP)}）：可按排序触达。");
        }

        return new($"No usable difference between customers in what '{u.Arm}' does to {u.Outcome} (no detectable ranking, p {P(u.AdjustedP)}): treat all alike.",
            $"“{u.Arm}”对 {u.Outcome} 的效果在客户之间没有可用的差别（测不出可用的排序，p {P(u.AdjustedP)}）：一视同仁即可。");
    }

    static Bilingual Amount(Estimate e, bool yes)
    {
        var text = yes ? $"{Points(e.Value)} ({Points(e.Low)} … {Points(e.High)})" : $"{Short(e.Value)} ({Short(e.Low)} … {Short(e.High)})";
        return yes ? new(text + " percentage points", text + " 个百分点") : new(text, text);
    }

    static DecisionFigure Figure(ArmEffect e) => new(new($"{e.Arm}: effect on {e.Outcome}", $"{e.Arm}：对 {e.Outcome} 的效果"), Cell(e.Used.Effect), e.Yes ? "share" : "number",
        new($"{Whole(e.Used.Treated)} contacted, {Whole(e.Used.Control)} held out; p {P(e.AdjustedP)}; an effect of {Size(e.Detectable, e.Yes)} would be found in 80 of 100 such campaigns",
            $"触达 {Whole(e.Used.Treated)} 人，对照 {Whole(e.Used.Control)} 人；p {P(e.AdjustedP)}；若效果达 {Size(e.Detectable, e.Yes)}，100 次这样的活动中有 80 次能测出"));

    static string Size(double value, bool yes) => yes ? Percent(value) : Short(value);

    // An interval that is not there yet is no interval.
    static DecisionCell Cell(Estimate e) => double.IsFinite(e.Low) ? e : e.Value;

    static IEnumerable<DecisionBlock> Blocks(MeasureResult r, Membership? run)
    {
        if (r.Balance is { Random: false } b) yield return Differences(b);
        if (r.Effects.Count > 0) yield return EffectTable(r);
        foreach (var group in r.SegmentEffects.GroupBy(s => (s.Arm, s.Outcome)))
        {
            yield return SegmentTable(r, [.. group], run);
            yield return new DotChart
            {
                Title = new($"'{group.Key.Arm}' on {group.Key.Outcome}, by segment", $"“{group.Key.Arm}”对 {group.Key.Outcome} 的效果（按分群）"),
                Lead = new("Left of zero it harms; an interval across zero tells nothing either way.", "零的左侧为有害；跨过零的区间说明不了方向。"),
                Format = Yes(r, group.Key.Arm, group.Key.Outcome) ? "percent" : "signed",
                Zero = true,
                Rows = [.. group.Where(s => double.IsFinite(s.Effect.Effect.Low)).Select(s => new DotRow(SegmentWords.Of(s.Segment, run), s.Effect.Effect))],
            };
        }

        if (r.Uplift.Count > 0) yield return UpliftTable(r);
        foreach (var u in r.Uplift)
        {
            yield return Curve(r, u);
            yield return Calibration(r, u);
        }

        foreach (var group in r.Looks.GroupBy(l => (l.Arm, l.Outcome))) yield return Growth(r, [.. group]);
    }

    static bool Yes(MeasureResult r, string arm, string outcome) => r.Effects.First(e => e.Arm == arm && e.Outcome == outcome).Yes;

    static Bilingual Same(string text) => new(text, text);

    static DecisionTable Differences(CovariateBalance b) => new()
    {
        Title = new("How the arms differed before the campaign", "活动前各组的差别"),
        Columns = [new(new("What", "项目")), new(new("Arm", "组")), new(new("Difference from control, standard deviations", "与对照组之差（标准差）"), "signed")],
        Rows = [.. b.Differences.Take(10).Select(d => (IReadOnlyList<DecisionCell>)[d.Name, d.Arm, d.Difference])],
    };

    static DecisionTable EffectTable(MeasureResult r) => new()
    {
        Title = new("Effect of each arm", "各组的效果"),
        Columns =
        [
            new(new("Arm", "组")), new(new("Outcome", "结果")), new(new("Contacted", "触达人数"), "whole"), new(new("Mean, contacted", "触达组均值")),
            new(new("Mean, control", "对照组均值")), new(new("Effect", "效果")), new(new("p (Holm)", "p（Holm）")),
        ],
        Rows = [.. r.Effects.Select(e => (IReadOnlyList<DecisionCell>)[e.Arm, e.Outcome, e.Plain.Treated, Size(e.Plain.TreatedMean, e.Yes), Size(e.Plain.ControlMean, e.Yes), Amount(e.Used.Effect, e.Yes), P(e.AdjustedP)])],
    };

    static DecisionTable SegmentTable(MeasureResult r, SegmentEffect[] rows, Membership? run)
    {
        var contrast = r.SegmentContrasts.FirstOrDefault(c => c.Arm == rows[0].Arm && c.Outcome == rows[0].Outcome);
        return new()
        {
            Title = new($"'{rows[0].Arm}' on {rows[0].Outcome}: effect in each segment", $"“{rows[0].Arm}”对 {rows[0].Outcome}：各分群的效果"),
            Lead = contrast is null ? null : contrast.P <= 0.05
                ? new($"The segments differ in the effect (p {P(contrast.P)}).", $"各分群的效果不同（p {P(contrast.P)}）。")
                : new($"No detectable difference between the segments (p {P(contrast.P)}).", $"各分群之间测不出差别（p {P(contrast.P)}）。"),
            Columns =
            [
                new(new("Segment", "分群")), new(new("Contacted", "触达人数"), "whole"), new(new("Control", "对照人数"), "whole"),
                new(new("Effect", "效果"), Yes(r, rows[0].Arm, rows[0].Outcome) ? "share" : "signed"), new(new("p (Holm)", "p（Holm）")),
            ],
            Rows = [.. rows.Select(s => (IReadOnlyList<DecisionCell>)[SegmentWords.Of(s.Segment, run), s.Effect.Treated, s.Effect.Control, Cell(s.Effect.Effect), P(s.AdjustedP)])],
        };
    }

    static DecisionTable UpliftTable(MeasureResult r) => new()
    {
        Title = new("Can the effect on a customer be foretold?", "能否预先判断对某位客户的效果？"),
        Lead = new("Qini: 0 is a random order, 1 the perfect one. Gain: what contacting the best share brings, for each customer of the whole base, and how much more than contacting as many at random.",
            "Qini：0 为随机排序，1 为完美排序。收益：触达排序靠前的一部分客户，摊到全体每位客户的增量，以及比随机触达同样多的人多出多少。"),
        Columns =
        [
            new(new("Arm", "组")), new(new("Outcome", "结果")), new(new("Learner", "学习器")), new(new("Qini", "Qini"), "number"), new(new("p of no ranking", "无排序的 p")),
            new(new("Share contacted", "触达比例"), "share"), new(new("Gain", "收益"), "number"), new(new("Over random", "比随机多"), "signed"), new(new("Usable", "可用")),
        ],
        Rows =
        [
            .. r.Uplift.Select(u => (IReadOnlyList<DecisionCell>)[u.Arm, u.Outcome, Name(u.Learner), u.Qini, P(u.AdjustedP), u.Policy.Share, u.Policy.Gain, u.Policy.OverRandom,
                u.Usable ? new Bilingual("yes", "是") : new Bilingual("no", "否")]),
        ],
    };

    public static Bilingual Name(UpliftLearner learner) => learner switch
    {
        UpliftLearner.SLearner => new("S-learner", "S 学习器"),
        UpliftLearner.TLearner => new("T-learner", "T 学习器"),
        UpliftLearner.XLearner => new("X-learner", "X 学习器"),
        UpliftLearner.ClassTransformation => new("class transformation", "类别变换"),
        UpliftLearner.DoublyRobust => new("doubly robust", "双重稳健"),
        _ => new("honest uplift trees", "诚实增益树"),
    };

    static LineChart Curve(MeasureResult r, UpliftFinding u) => new()
    {
        Title = new($"'{u.Arm}' on {u.Outcome}: what is gained by contacting the best first", $"“{u.Arm}”对 {u.Outcome}：先触达排序靠前者的收益"),
        Lead = new("Above the straight line the ranking is worth something.", "高于直线处，排序才有价值。"),
        X = new("Share of customers contacted", "触达客户的比例"),
        Format = Yes(r, u.Arm, u.Outcome) ? "percent" : "number",
        Lines =
        [
            new ChartLine(new("by predicted effect, held out", "按预测效果（留出）"), u.Curve),
            new ChartLine(new("at random", "随机"), [[0, 0], [1, u.Curve[^1][1]]]),
        ],
    };

    static DotChart Calibration(MeasureResult r, UpliftFinding u) => new()
    {
        Title = new($"'{u.Arm}' on {u.Outcome}: measured effect by predicted effect", $"“{u.Arm}”对 {u.Outcome}：按预测效果分组的实测效果"),
        Lead = new("Customers in five equal bins of predicted effect, the least first. If predictions hold, the dots rise and each interval holds its prediction.", "按预测效果把客户分为五等份，由低到高。若预测成立，点应逐级升高，且各区间包含其预测值。"),
        Format = Yes(r, u.Arm, u.Outcome) ? "percent" : "signed",
        Zero = true,
        Rows = [.. u.Bins.Select(b => new DotRow(Same($"{Size(b.Predicted, Yes(r, u.Arm, u.Outcome))} ({Whole(b.Customers)})"), b.Measured))],
    };

    static LineChart Growth(MeasureResult r, Look[] looks) => new()
    {
        Title = new($"'{looks[0].Arm}' on {looks[0].Outcome}: the effect as it was known day by day", $"“{looks[0].Arm}”对 {looks[0].Outcome}：逐日所知的效果"),
        Lead = looks.FirstOrDefault(l => l.P <= 0.05) is { } first
            ? new($"These intervals hold at every look. They leave zero out from {first.Day:yyyy-MM-dd} on.", $"这些区间在每次查看时都成立。自 {first.Day:yyyy-MM-dd} 起不再包含零。")
            : new("These intervals hold at every look. They have not left zero out so far.", "这些区间在每次查看时都成立。至今仍包含零。"),
        X = new("Day", "日期"),
        Format = Yes(r, looks[0].Arm, looks[0].Outcome) ? "percent" : "signed",
        Places = [.. looks.Select(l => Same(l.Day.ToString("yyyy-MM-dd")))],
        Lines = [new ChartLine(Same(looks[0].Arm), [.. looks.Select((l, i) => new[] { i, l.Effect.Value, l.Effect.Low, l.Effect.High })])],
    };

    static IEnumerable<Bilingual> Notes(MeasureResult r, MeasureOptions o)
    {
        yield return new($"{Whole(r.Customers)} customers: {string.Join(", ", r.Arms.Select(a => $"{a.Name} {Whole(a.Customers)}"))}; '{r.Control}' is control.",
            $"共 {Whole(r.Customers)} 位客户：{string.Join("，", r.Arms.Select(a => $"{a.Name} {Whole(a.Customers)}"))}；对照组为“{r.Control}”。");
        if (r.LeftOut > 0) yield return new($"{Whole(r.LeftOut)} rows have no arm or no outcome and were left out.", $"{Whole(r.LeftOut)} 行缺少分组或结果，未计入。");
        if (r.Unknown > 0) yield return new($"{Whole(r.Unknown)} customers are not in the run; they count in the total and in no segment.", $"{Whole(r.Unknown)} 位客户不在该次运行中；计入总体，不计入任何分群。");
        yield return r.SampleRatio is { } ratio
            ? new($"Sizes of the arms against those asked for: p {P(ratio.P)}{(ratio.Alarm ? " (ALARM)" : "")}.", $"各组人数与设定之比：p {P(ratio.P)}{(ratio.Alarm ? "（警报）" : "")}。")
            : new("Sizes of the arms were not checked: give the shares that were asked for with --expect.", "未核对各组人数：请用 --expect 给出设定的比例。");
        if (r.Refused is not null) yield break;
        yield return r.Balance is { } balance
            ? new($"Covariates foretell the arm no better than chance would: p {P(balance.P)} (below 0.001 the results are refused).", $"由已知特征预测分组：p {P(balance.P)}（低于 0.001 则拒绝）。")
            : new("Whether the arms are random was not checked: name what was known before with --covariates.", "未核对分组是否随机：请用 --covariates 指明活动前已知的特征。");
        if (o.Pre.Count > 0)
            yield return new($"CUPED took {string.Join(", ", r.Effects.Select(e => Percent(e.VarianceSaved)).Distinct())} of the variance out.", $"CUPED 消去的方差：{string.Join("，", r.Effects.Select(e => Percent(e.VarianceSaved)).Distinct())}。");
        yield return r.Sequential
            ? new($"Intervals are a confidence sequence: they hold however often results are looked at; narrowest near {Whole(o.Planned)} customers.", $"区间为置信序列：查看多少次都成立；在约 {Whole(o.Planned)} 位客户时最窄。")
            : new("Intervals hold for one look at the end. If results are looked at along the way, add --sequential.", "区间只对最后一次查看成立。若中途也要查看，请加 --sequential。");
        if (r.SegmentEffects.Count > 0) yield return new("Intervals of segments hold all together (Bonferroni); their p values are Holm-adjusted.", "各分群的区间同时成立（Bonferroni）；p 值经 Holm 校正。");
        var asked = r.Effects.Count;
        if (o.Covariates.Count > 0 && r.Uplift.Count < asked)
            yield return new($"For {asked - r.Uplift.Count} of {asked} comparisons there are too few customers or responses to learn a ranking.", $"{asked} 项比较中有 {asked - r.Uplift.Count} 项的客户或响应太少，无法学习排序。");
        if (r.Uplift.Count > 0) yield return new("Rankings are judged on customers that neither the model nor its choice has seen. p: 500 shuffles of the treatment by default, each learned anew; Holm-adjusted.", "排序只用模型及其选择均未见过的客户来评判。p：默认将分组随机打乱 500 次并重新学习；经 Holm 校正。");
    }
}
