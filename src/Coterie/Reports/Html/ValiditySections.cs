using Coterie.Evaluation;
using Coterie.Profiles;
using static Coterie.Reports.Html.Parts;

namespace Coterie.Reports.Html;

/// <summary>Whether the segments say something about what follows, and what each did.</summary>
static class ValiditySections
{
    static readonly string[] Order = ["ours", "features", "sequences", "fused", "classifier", "kmeans_rfm", "rfm", "random"];

    public static Fragment Validity(RunReport report)
    {
        if (report.Validity is not { } v)
            return report.Segments.Count == 0 ? Fragment.Empty : Section("validity", T("Do they predict?", "能否预测未来？"),
                T("Not measured: the history is too short to hold a period back and test the segments on it. Run again when there is more.",
                    "未检验：历史太短，无法留出一段时期用于检验。数据更长后请重新运行。"), Fragment.Empty);

        var metrics = Ordered(v);
        return Section("validity", T("Do they predict?", "能否预测未来？"),
            T($"The same method was run on everything before {Numbers.Date(v.FrozenAt)} and judged on the {v.HorizonDays} days that followed, for {Numbers.Whole(v.Customers)} customers. The lines are bootstrap intervals.",
                $"用 {Numbers.Date(v.FrozenAt)} 之前的数据以同样方法分群，再以此后 {v.HorizonDays} 天检验，共 {Numbers.Whole(v.Customers)} 位客户。横线为自助法区间。"),
            Fragment.Of($"""
                <p class="verdict {(v.AgainstRfm switch { "better" => "good", "worse" => "poor", _ => "fair" })}">{v.Verdict}</p>
                <div class="triple">
                {Dots(metrics, T("Differences in spend explained", "解释的消费差异"), m => m.R2Spend, "percent")}
                {Dots(metrics, T("… on a log scale, where big spenders weigh less", "……对数尺度（削弱大额客户）"), m => m.R2LogSpend, "percent")}
                {Dots(metrics, T("Telling who will order (0.5 is a coin toss)", "判断谁会下单（0.5 为随机）"), m => m.AucOrders, "fixed")}
                </div>
                <details class="numbers" open><summary>{T("Numbers", "数据")}</summary>{MetricsTable(metrics)}
                <p>{T($"Gain over RFM, same customers: {Signed(v.GainOverRfmR2)} in R² of spend, {Signed(v.GainOverRfmAuc)} in AUC.",
                    $"相对 RFM 的提升（同一批客户）：消费 R² {Signed(v.GainOverRfmR2)}，AUC {Signed(v.GainOverRfmAuc)}。")}</p></details>
                {Remarks(v.Notes)}
                """));
    }

    /// <summary>Ours first, then each view alone and what learned from them, then the baselines from strong to weak.</summary>
    internal static IReadOnlyList<ValidityMetrics> Ordered(ReportValidity v) =>
        [.. Order.Where(v.Metrics.ContainsKey).Select(n => v.Metrics[n]), .. v.Metrics.Where(m => !Order.Contains(m.Key)).OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => m.Value)];

    internal static Bilingual Name(ValidityMetrics m) => m.Name switch
    {
        "ours" => T("These segments", "本次分群"),
        "features" => T("Features view alone", "特征视角"),
        "sequences" => T("Sequence view alone", "序列视角"),
        "fused" => T("Both fused", "融合"),
        "classifier" => T("Classifier", "分类器"),
        "rfm" => T("RFM quintiles", "RFM 五分法"),
        "kmeans_rfm" => T("K-means on R, F, M", "R、F、M 的 K-means"),
        "random" => T("Random groups", "随机分组"),
        _ => T(m.Name, m.Name),
    };

    static string Signed(Estimate e) => $"{Numbers.Signed(e.Value)} ({Numbers.Interval(e, Numbers.Signed)})";

    static Fragment Dots(IReadOnlyList<ValidityMetrics> metrics, Bilingual title, Func<ValidityMetrics, Estimate> pick, string format) => Fragment.Of($"""
        <div><h3>{title}</h3>{Chart("dots", title, new
        {
            format,
            rows = metrics.Select(m => ChartData.Dot(Name(m), pick(m), m.Name == "ours" ? "accent" : "grey")),
        }, Fragment.Empty, 52 + 40 * metrics.Count)}</div>
        """);

    static Fragment MetricsTable(IReadOnlyList<ValidityMetrics> metrics) => Table(T("Predictive validity", "预测效度"),
        Fragment.Join(Head(T("Grouping", "分组方式")), HeadNumbers(T("Groups", "组数"), T("R² of spend", "消费 R²"), T("R² of log spend", "对数消费 R²"), T("AUC of ordering", "下单 AUC"))),
        Fragment.Each(metrics, m => Fragment.Of($"""
            <tr><th scope="row">{Name(m)}</th>{Cells(Numbers.Whole(m.Groups), ChartData.With(m.R2Spend), ChartData.With(m.R2LogSpend), ChartData.With(m.AucOrders))}</tr>

            """)));

    public static Fragment Future(RunReport report)
    {
        if (report.Validity is not { Segments.Count: > 0 } v) return Fragment.Empty;
        var rows = v.Segments.Select(f => (Future: f, Index: IndexOf(report, f.Segment))).ToArray();
        return Section("future", T("What each segment did next", "各群此后的表现"),
            T($"In the {v.HorizonDays} days after {Numbers.Date(v.FrozenAt)}, by the segment a customer was in on that day. Segments of that day are matched to today's by the customers they share; where too few are shared, a group of that day stands without a name.",
                $"{Numbers.Date(v.FrozenAt)} 之后 {v.HorizonDays} 天，按当日所属分群统计。当日分群按共同客户与现有分群对应；共同客户过少者不具名。"),
            Fragment.Of($"""
                <div class="triple">
                {Chart(T("Spend per customer", "人均消费"), f => f.SpendPerCustomer, "money")}
                {Chart(T("Ordered at least once", "至少下单一次"), f => f.OrderRate, "percent")}
                {Chart(T("Ordered twice or more", "下单两次及以上"), f => f.RepeatRate, "percent")}
                </div>
                <details class="numbers" open><summary>{T("Numbers", "数据")}</summary>{Table(T("The horizon by segment", "各群后续表现"),
                    Fragment.Join(Head(T("Segment", "分群")), HeadNumbers(T("Customers", "客户"), T("Spend per customer", "人均消费"), T("Order rate", "下单率"), T("Repeat rate", "复购率")), Head(T("Next category", "后续首要品类"))),
                    Fragment.Each(rows, r => Fragment.Of($"""
                        <tr><th scope="row">{Label(report, r.Index)}</th>{Cells(Numbers.Whole(r.Future.Customers), Money(r.Future.SpendPerCustomer), Rate(r.Future.OrderRate), Rate(r.Future.RepeatRate))}<td>{(r.Future.NextCategory is { } c ? $"{c} ({Numbers.Percent(r.Future.NextCategoryShare)})" : Numbers.Missing)}</td></tr>

                        """)))}</details>
                """));

        Fragment Chart(Bilingual title, Func<SegmentFuture, Estimate> pick, string format) => Fragment.Of($"""
            <div><h3>{title}</h3>{Parts.Chart("dots", title, new
            {
                format,
                currency = Numbers.Money(0, report.Currency).TrimEnd('0'),
                rows = rows.Select(r => ChartData.Dot(r.Index < 0 ? Unnamed : Short(report.Segments[r.Index]), pick(r.Future), r.Index < 0 ? "grey" : $"s{r.Index % Palette.Segments.Count}")),
            }, Fragment.Empty, 52 + 34 * rows.Length)}</div>
            """);

        string Money(Estimate e) => $"{Numbers.Money(e.Value, report.Currency)} ({Numbers.Money(e.Low, report.Currency)} … {Numbers.Money(e.High, report.Currency)})";
    }

    static string Rate(Estimate e) => $"{Numbers.Percent(e.Value)} ({Numbers.Percent(e.Low)} … {Numbers.Percent(e.High)})";

    static Bilingual Short(SegmentProfile s) => T(s.Id, s.Id);

    static int IndexOf(RunReport report, int label)
    {
        for (var i = 0; i < report.Segments.Count; i++)
            if (report.Segments[i].Label == label) return i;
        return -1;
    }

    static readonly Bilingual Unnamed = T("none of today's", "非现有分群");

    static Fragment Label(RunReport report, int index) => index < 0 ? Fragment.Of($"{Unnamed}") : Named(report.Segments[index], index);
}
