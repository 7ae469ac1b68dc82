using System.Globalization;
using Coterie.Profiles;
using static Coterie.Reports.Html.Parts;

namespace Coterie.Reports.Html;

/// <summary>When customers buy and what they buy.</summary>
static class HabitSections
{
    static readonly Bilingual[] Days = [T("Mon", "一"), T("Tue", "二"), T("Wed", "三"), T("Thu", "四"), T("Fri", "五"), T("Sat", "六"), T("Sun", "日")];

    public static Fragment When(RunReport report)
    {
        var hours = report.Quality.HasTimeOfDay && report.Segments.Any(s => s.Hours.Any(h => h > 0));
        return Section("when", T("When they come", "何时到来"),
            T("Each row is a segment and adds up to 100%: the stronger the colour, the more of its orders fall there.", "每行是一个群，合计 100%：颜色越深，该群在此时段的订单越多。"),
            Fragment.Of($"""
                <h3>{T("By day of the week", "按星期")}</h3>{Grid(report, T("Share of orders by weekday", "各星期订单占比"), Days, s => s.Weekdays)}
                {(hours ? Fragment.Of($"""<h3>{T("By hour of the day", "按小时")}</h3>{Grid(report, T("Share of orders by hour", "各小时订单占比"), HourNames, s => s.Hours)}""") : Fragment.Empty)}
                """));
    }

    static IReadOnlyList<Bilingual> HourNames =>
        [.. Enumerable.Range(0, 24).Select(h => T(h.ToString(CultureInfo.InvariantCulture), h.ToString(CultureInfo.InvariantCulture)))];

    static Fragment Grid(RunReport report, Bilingual label, IReadOnlyList<Bilingual> columns, Func<SegmentProfile, double[]> shares)
    {
        var most = report.Segments.SelectMany(shares).Where(double.IsFinite).DefaultIfEmpty(0).Max();
        return Table(label,
            Fragment.Join(Head(T("Segment", "分群")), Fragment.Each(columns, c => Fragment.Of($"""<th scope="col" class="num">{c}</th>"""))),
            Fragment.Each(report.Segments, (s, i) => Fragment.Of($"""
                <tr><th scope="row">{Named(s, i)}</th>{Fragment.Each(shares(s), v => Cell(v, most))}</tr>

                """)), columns.Count > 12 ? "heat tight" : "heat days");
    }

    /// <summary>Six steps of equal width up to the largest share shown.</summary>
    static Fragment Cell(double share, double most)
    {
        var level = most <= 0 || !double.IsFinite(share) ? 0 : Math.Clamp((int)Math.Ceiling(6 * share / most - 1e-9), 0, 6);
        var css = share < 0.005 || level == 0 ? "z" : "q" + level.ToString(CultureInfo.InvariantCulture);
        return Fragment.Of($"""<td class="h {css}">{(share >= 0.005 ? (share * 100).ToString("0", CultureInfo.InvariantCulture) : "")}</td>""");
    }

    public static Fragment What(RunReport report) => report.Segments.All(s => s.TopCategories.Count == 0)
        ? Fragment.Empty
        : Section("what", T("What they buy", "购买什么"),
            T("Each segment's top categories by share of its spend; the tick marks the share among everybody else.", "各群消费占比最高的品类；刻线为其余客户的占比。"),
            Fragment.Of($"""<div class="categories">{Fragment.Each(report.Segments, (s, i) => Categories(s, i, report.Segments))}</div>"""));

    static Fragment Categories(SegmentProfile s, int i, IReadOnlyList<SegmentProfile> all)
    {
        var most = all.SelectMany(x => x.TopCategories).SelectMany(c => new[] { c.Share, c.ShareElsewhere }).Where(double.IsFinite).DefaultIfEmpty(1).Max();
        return Fragment.Of($"""
            <div class="category"><h3>{Named(s, i)}</h3><table class="bars"><colgroup><col><col><col class="n"><col class="n"></colgroup><thead class="hidden"><tr>{Head(T("Category", "品类"), T("Share", "占比"), T("Share elsewhere", "其他客户占比"))}</tr></thead><tbody>
            {Fragment.Each(s.TopCategories.Take(6), c => Fragment.Of($"""
                <tr><th scope="row" title="{c.Name}">{c.Name}</th><td class="plot"><span class="bar"><i class="f{i % Palette.Segments.Count}" style="width:{Width(c.Share / most)}"></i><u style="left:{Width(c.ShareElsewhere / most)}"></u></span></td><td class="num">{Numbers.Percent(c.Share)}</td><td class="num elsewhere">{Numbers.Percent(c.ShareElsewhere)}</td></tr>

                """))}</tbody></table></div>

            """);
    }

}
