using Coterie.Profiles;

namespace Coterie.Decisions;

/// <summary>Life cycles as people read them.</summary>
static class LifecyclePage
{
    const int MostCohorts = 13;
    // Cohorts of fewer customers say nothing in a cell.
    const int FewestInCohort = 10;
    static readonly Bilingual Title = new("Life cycle", "生命周期");

    public static DecisionPage Of(LifecycleReport report, DecisionInput input)
    {
        if (report.Customers.Count == 0)
        {
            return new()
            {
                Id = "lifecycle", Title = Title, Answered = false,
                Verdict = new(
                    $"Too few customers came back to know a rhythm: at least {Rhythm.FewestGaps} gaps between two purchases are needed. Nobody is called active or lapsed without one.",
                    $"回头购买的客户太少，无法得知购买节奏：至少需要 {Rhythm.FewestGaps} 个两次购买之间的间隔。没有节奏，就不判定谁活跃、谁流失。"),
                Blocks = [.. CohortBlocks(report), .. MigrationBlocks(report)],
            };
        }

        return new()
        {
            Id = "lifecycle",
            Title = Title,
            Verdict = Verdict(report),
            Figures = [.. report.States.Where(s => s.Customers > 0).Select(s => new DecisionFigure(LifecycleWords.Name(s.State), s.Customers, "whole", LifecycleWords.Meaning(s.State)))],
            Blocks = [States(report), .. HistoryBlocks(report), .. CohortBlocks(report), .. SegmentBlocks(report, input), .. TransitionBlocks(report), .. MigrationBlocks(report)],
            Notes = Notes(report),
        };
    }

    static Bilingual Verdict(LifecycleReport report)
    {
        var risk = report.States.First(s => s.State == LifecycleState.AtRisk);
        var (first, words) = (Percent(risk.Share), Percent(risk.RevenueShare));
        var money = double.IsNaN(risk.RevenueShare) ? new Bilingual("", "") : new Bilingual($"; they brought {words} of revenue so far", $"，此前贡献了 {words} 的收入");
        var en = $"{risk.Customers:N0} customers ({first}) are overdue but not yet lost{money.En}.";
        var zh = $"{risk.Customers:N0} 位客户（{first}）已逾期但尚未流失{money.Zh}。";
        if (double.IsFinite(risk.Bought.Value))
        {
            en += $" Of those in that state {report.PeriodDays} days ago, {Percent(risk.Bought.Value)} bought since ({Percent(risk.Bought.Low)} to {Percent(risk.Bought.High)}).";
            zh += $"{report.PeriodDays} 天前处于该状态的客户中，{Percent(risk.Bought.Value)} 此后购买（{Percent(risk.Bought.Low)} 至 {Percent(risk.Bought.High)}）。";
        }

        return new(en, zh);
    }

    static DecisionTable States(LifecycleReport report) => new()
    {
        Title = new("States", "各状态"),
        Lead = new($"The last column is the test: customers in each state {report.PeriodDays} days ago, judged by what was known then, and the share that bought since.",
            $"最后一列为检验：以当时所知判定 {report.PeriodDays} 天前各状态的客户，此后购买的占比。"),
        Columns = [new(new("State", "状态")), new(new("Meaning", "含义")), new(new("Customers", "客户"), "whole"), new(new("Share", "占比"), "share"), new(new("Revenue so far", "累计收入占比"), "share"),
            new(new("In it a period ago", "一个周期前"), "whole"), new(new("Bought since", "此后购买"), "share")],
        Rows = [.. report.States.Select(s => (IReadOnlyList<DecisionCell>)[LifecycleWords.Name(s.State), LifecycleWords.Meaning(s.State), s.Customers, s.Share, s.RevenueShare, s.Then, s.Bought])],
    };

    static IEnumerable<DecisionBlock> HistoryBlocks(LifecycleReport report)
    {
        if (report.History.Count < 3) yield break;
        yield return new LineChart
        {
            Title = new("Customers by state over time", "各状态客户数的变化"),
            X = new("End of period", "周期末"),
            Format = "number",
            Places = [.. report.History.Select(h => Same($"{h.At:yyyy-MM-dd}"))],
            Lines = [.. report.States.Select(s => new ChartLine(LifecycleWords.Name(s.State), [.. report.History.Select((h, i) => new double[] { i, h.Customers.GetValueOrDefault(s.State) })]))],
        };
    }

    static IEnumerable<DecisionBlock> CohortBlocks(LifecycleReport report)
    {
        var cohorts = report.Cohorts.Where(c => c.Customers >= FewestInCohort && c.Retained.Count > 0).TakeLast(MostCohorts).ToArray();
        if (cohorts.Length < 2) yield break;
        var columns = cohorts.Max(c => Math.Min(c.Retained.Count, MostCohorts - 1));
        yield return new HeatChart
        {
            Title = new("Who comes back: share of each month's new customers that buy in the months after", "回购情况：各月新客在之后各月的购买占比"),
            Lead = new("The first cohort of a log also holds customers from before it began.", "日志的首个群组还包含日志开始之前就有的老客户。"),
            Unit = "share",
            Corner = new("First purchase", "首次购买"),
            Rows = [.. cohorts.Select(c => Same($"{c.Start:yyyy-MM} ({c.Customers:N0})"))],
            Columns = [.. Enumerable.Range(1, columns).Select(m => Same($"+{m}"))],
            Values = [.. cohorts.Select(c => (IReadOnlyList<double>)[.. Enumerable.Range(0, columns).Select(m => m < c.Retained.Count ? (double)c.Retained[m] / c.Customers : double.NaN)])],
        };
    }

    static IEnumerable<DecisionBlock> SegmentBlocks(LifecycleReport report, DecisionInput input)
    {
        if (report.Segments.Count == 0 || input.Segments is not { } segments) yield break;
        var states = report.States.Select(s => s.State).ToArray();
        yield return new HeatChart
        {
            Title = new("States within segments", "各分群内的状态"),
            Lead = new("Each row adds up to 100% of the segment's buyers.", "每行合计为该群购买者的 100%。"),
            Unit = "share",
            Corner = new("Segment", "分群"),
            Rows = [.. segments.Segments.Select(s => new Bilingual($"{s.Id} {s.Name.En}", $"{s.Id} {s.Name.Zh}"))],
            Columns = [.. states.Select(LifecycleWords.Name)],
            Values = [.. report.Segments.Select(s => (IReadOnlyList<double>)[.. states.Select(x => s.Customers > 0 ? (double)s.States.GetValueOrDefault(x) / s.Customers : double.NaN)])],
        };
    }

    static IEnumerable<DecisionBlock> TransitionBlocks(LifecycleReport report)
    {
        var links = report.Transitions.Where(t => t.To != LifecycleState.None).ToArray();
        if (links.Length == 0) yield break;
        var present = links.SelectMany(t => new[] { t.From, t.To }).Distinct().Order().ToArray();
        yield return new FlowChart
        {
            Title = new($"Where customers went in the last {report.PeriodDays} days", $"最近 {report.PeriodDays} 天客户的去向"),
            Nodes = [.. present.SelectMany(s => new[] { new FlowNode($"a{(int)s}", LifecycleWords.Name(s), 0, (int)s - 1), new FlowNode($"b{(int)s}", LifecycleWords.Name(s), 1, (int)s - 1) })
                .Where(n => links.Any(l => n.Id == $"a{(int)l.From}" || n.Id == $"b{(int)l.To}"))],
            Links = [.. links.Select(t => new FlowLink($"a{(int)t.From}", $"b{(int)t.To}", t.Customers))],
        };
        yield return new DecisionTable
        {
            Title = new("The same in numbers", "对应数据"),
            Columns = [new(new("From", "从")), new(new("To", "到")), new(new("Customers", "客户"), "whole"), new(new("Share", "占比"), "share")],
            Rows = [.. links.Select(t => (IReadOnlyList<DecisionCell>)[LifecycleWords.Name(t.From), LifecycleWords.Name(t.To), t.Customers, t.Share])],
        };
    }

    static IEnumerable<DecisionBlock> MigrationBlocks(LifecycleReport report)
    {
        if (report.Migration is not { } m) yield break;
        var nodes = m.Before.Select((s, i) => new FlowNode("a" + s.Id, new($"{s.Id} {s.Name.En}", $"{s.Id} {s.Name.Zh}"), 0, i))
            .Append(new("a" + SegmentMigration.New, new("Not in the earlier run", "较早运行中没有"), 0))
            .Concat(m.After.Select((s, i) => new FlowNode("b" + s.Id, new($"{s.Id} {s.Name.En}", $"{s.Id} {s.Name.Zh}"), 1, i)))
            .Append(new("b" + SegmentMigration.Gone, new("Not in the later run", "较晚运行中没有"), 1));
        var used = m.Flows.SelectMany(f => new[] { "a" + f.From, "b" + f.To }).ToHashSet(StringComparer.Ordinal);
        yield return new FlowChart
        {
            Title = new("From segment to segment between the two runs", "两次运行之间的分群迁移"),
            Lead = double.IsNaN(m.Moved) ? new("The two runs have no customer in common.", "两次运行没有共同的客户。")
                : new($"{Percent(m.Moved)} of the customers that both runs know are in another segment now.", $"两次运行共有的客户中，{Percent(m.Moved)} 已进入其他分群。"),
            Nodes = [.. nodes.Where(n => used.Contains(n.Id))],
            Links = [.. m.Flows.Select(f => new FlowLink("a" + f.From, "b" + f.To, f.Customers))],
        };
    }

    static Bilingual[] Notes(LifecycleReport report)
    {
        var r = report.Rhythm!;
        var gap = Math.Exp(r.MeanLog);
        return
        [
            new($"Learned from {r.Gaps:N0} gaps between purchase days. The typical gap is {gap:0.#} days; a customer's own gap is shrunk to it (one gap of their own counts {Weight(r)}).",
                $"由 {r.Gaps:N0} 个购买日间隔学得。典型间隔为 {gap:0.#} 天；客户自身的间隔向其收缩（自身一个间隔的权重为 {Weight(r)}）。"),
            new($"At risk: later than {r.Late:0.0} times the own gap, by which 80% of returns had happened; lapsed: later than {r.Gone:0.0} times (95%). Customers who never returned have no gap and are not among these returns.",
                $"有流失风险：超过自身间隔的 {r.Late:0.0} 倍（80% 的回购发生在此之前）；已流失：超过 {r.Gone:0.0} 倍（95%）。从未回购者没有间隔，不计入上述回购。"),
        ];
    }

    static string Weight(Rhythm r) => r.Between <= 0 ? "0%" : Percent(1 / (1 + r.Within / r.Between));

    static string Percent(double share) => double.IsFinite(share) ? $"{share:0.0%}" : "–";

    static Bilingual Same(string text) => new(text, text);
}
