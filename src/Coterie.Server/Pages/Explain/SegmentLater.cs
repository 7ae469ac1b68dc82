using System.Globalization;
using Coterie.Evaluation;
using Coterie.Profiles;
using Coterie.Reports;
using Coterie.Reports.Html;
using static Coterie.Reports.Html.Parts;

namespace Coterie.Server.Pages.Explain;

/// <summary>What a segment did in the period that was held back, and its habits.</summary>
static class SegmentLater
{
    static readonly Bilingual[] Days = [T("Mon", "一"), T("Tue", "二"), T("Wed", "三"), T("Thu", "四"), T("Fri", "五"), T("Sat", "六"), T("Sun", "日")];

    /// <summary>The segment against the others in the later period.</summary>
    public static Fragment Validity(Shown shown, int at)
    {
        var (report, title) = (shown.Report, T("What they did next", "此后的表现"));
        if (report.Validity is not { } v)
            return Section("next", title, T("Not measured: the history is too short to hold a period back.", "未检验：历史太短，无法留出一段时期。"), Fragment.Empty);
        if (v.Segments.All(f => f.Segment != report.Segments[at].Label))
            return Section("next", title, T($"Not measured: no group of {Numbers.Date(v.FrozenAt)}, when the period that was held back began, shares enough customers with this segment.", $"未检验：留出期起点（{Numbers.Date(v.FrozenAt)}）的各群均与本群共同客户过少。"), Fragment.Empty);
        return Section("next", title,
            T($"The same method was run on everything before {Numbers.Date(v.FrozenAt)}; this is what the segments did in the {v.HorizonDays} days that followed, matched to today's by the customers they share. The others are grey.",
                $"用 {Numbers.Date(v.FrozenAt)} 之前的数据以同样方法分群；以下为各群此后 {v.HorizonDays} 天的表现（按共同客户与现有分群对应），其他群为灰色。"),
            Fragment.Of($"""
                <div class="triple">{Dots(shown, at, v, T("Ordered at least once", "至少下单一次"), f => f.OrderRate, "percent")}{Dots(shown, at, v, T("Ordered twice or more", "下单两次及以上"), f => f.RepeatRate, "percent")}{Dots(shown, at, v, T("Spend per customer", "人均消费"), f => f.SpendPerCustomer, "money")}</div>
                <details class="numbers" open><summary>{T("Numbers", "数据")}</summary>{Numbers_(shown, v)}</details>
                """));
    }

    static Fragment Dots(Shown shown, int at, ReportValidity v, Bilingual title, Func<SegmentFuture, Estimate> pick, string format)
    {
        var rows = v.Segments.Select(f => (Future: f, Index: Index(shown.Report, f.Segment))).Where(r => r.Index >= 0).OrderBy(r => r.Index)
            .Select(r => ChartData.Dot(T(shown.Report.Segments[r.Index].Id, shown.Report.Segments[r.Index].Id), pick(r.Future), r.Index == at ? $"s{at % Palette.Segments.Count}" : "grey")).ToArray();
        return Fragment.Of($"""<div><h3>{title}</h3>{Chart("dots", title, new { format, currency = Numbers.Prefix(shown.Report.Currency), rows }, Fragment.Empty, 52 + 34 * rows.Length)}</div>""");
    }

    static int Index(RunReport report, int label)
    {
        for (var i = 0; i < report.Segments.Count; i++)
            if (report.Segments[i].Label == label) return i;
        return -1;
    }

    static Fragment Numbers_(Shown shown, ReportValidity v) => Table(T("The later period by segment", "各群后续表现"),
        Fragment.Join(Head(T("Segment", "分群")), HeadNumbers(T("Customers", "客户"), T("Order rate", "下单率"), T("Repeat rate", "复购率"), T("Spend per customer", "人均消费"))),
        Fragment.Each(v.Segments.Where(f => Index(shown.Report, f.Segment) >= 0).OrderBy(f => Index(shown.Report, f.Segment)), f => Fragment.Of($"""
            <tr><th scope="row">{shown.Link(shown.Report.Segments[Index(shown.Report, f.Segment)].Id)}</th>{Cells(Numbers.Whole(f.Customers), With(f.OrderRate, Numbers.Percent), With(f.RepeatRate, Numbers.Percent), With(f.SpendPerCustomer, m => Numbers.Money(m, shown.Report.Currency)))}</tr>

            """)));

    static string With(Estimate e, Func<double, string> text) => $"{text(e.Value)} ({Numbers.Interval(e, text)})";

    /// <summary>When they come and what they buy.</summary>
    public static Fragment Habits(Shown shown, int at)
    {
        var segment = shown.Report.Segments[at];
        var days = segment.Weekdays.Any(d => d > 0);
        var hours = shown.Report.Quality.HasTimeOfDay && segment.Hours.Any(h => h > 0);
        var buys = segment.TopCategories.Count > 0;
        if (!days && !hours && !buys) return Fragment.Empty;
        return Section("habits", T("Their habits", "习惯"), T("When they come and what they buy. Rows add up to 100%: the stronger the colour, the more of their orders fall there.", "何时到来、购买什么。每行合计 100%：颜色越深，订单越多。"), Fragment.Join(
            days ? Row(T("By day of the week", "按星期"), Days, segment.Weekdays, shown.Report.Segments.Select(s => s.Weekdays), "heat days") : Fragment.Empty,
            hours ? Row(T("By hour of the day", "按小时"), [.. Enumerable.Range(0, 24).Select(h => h.ToString(CultureInfo.InvariantCulture)).Select(h => T(h, h))], segment.Hours, shown.Report.Segments.Select(s => s.Hours), "heat tight") : Fragment.Empty,
            buys ? Categories(segment, at) : Fragment.Empty));
    }

    // The scale is that of all segments, so that pages can be compared.
    static Fragment Row(Bilingual title, IReadOnlyList<Bilingual> columns, double[] shares, IEnumerable<double[]> all, string css)
    {
        var most = all.SelectMany(s => s).Where(double.IsFinite).DefaultIfEmpty(0).Max();
        return Fragment.Of($"""
            <h3>{title}</h3>
            {Table(title, Fragment.Each(columns, c => Fragment.Of($"""<th scope="col" class="num">{c}</th>""")), Fragment.Of($"""<tr>{Fragment.Each(shares, s => Fragment.Of($"""<td class="h {(most > 0 && s >= 0.005 ? Step(s / most) : "z")}">{(s >= 0.005 ? (s * 100).ToString("0", CultureInfo.InvariantCulture) : "")}</td>"""))}</tr>"""), css)}
            """);
    }

    static Fragment Categories(SegmentProfile s, int at)
    {
        var most = s.TopCategories.SelectMany(c => new[] { c.Share, c.ShareElsewhere }).Where(double.IsFinite).DefaultIfEmpty(1).Max();
        return Fragment.Of($"""
            <h3>{T("Top categories by share of spend; the tick is the share among everybody else", "消费占比最高的品类；刻线为其余客户的占比")}</h3>
            <table class="bars one"><colgroup><col><col><col class="n"><col class="n"></colgroup><thead class="hidden"><tr>{Head(T("Category", "品类"), T("Share", "占比"), T("Share elsewhere", "其他客户占比"))}</tr></thead><tbody>
            {Fragment.Each(s.TopCategories, c => Fragment.Of($"""<tr><th scope="row" title="{c.Name}">{c.Name}</th><td class="plot"><span class="bar"><i class="f{at % Palette.Segments.Count}" style="width:{Width(c.Share / most)}"></i><u style="left:{Width(c.ShareElsewhere / most)}"></u></span></td><td class="num">{Numbers.Percent(c.Share)}</td><td class="num elsewhere">{Numbers.Percent(c.ShareElsewhere)}</td></tr>"""))}</tbody></table>
            """);
    }
}
