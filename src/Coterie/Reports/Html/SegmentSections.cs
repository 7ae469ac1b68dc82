using System.Globalization;
using Coterie.Profiles;
using static Coterie.Reports.Html.Parts;

namespace Coterie.Reports.Html;

/// <summary>Who the segments are: shares, cards, map, differences.</summary>
static class SegmentSections
{
    public static Fragment Shares(RunReport report) => Section("shares", T("Customers and what they bring", "客户与收入的分布"),
        T("The upper bar divides customers, the lower one their revenue. A band that widens downwards is a segment worth more than its number.",
            "上条为客户占比，下条为收入占比。向下变宽的色带，价值高于人数。"),
        Fragment.Of($"""
            <figure class="chart-box">{Ribbons(report.Segments)}
            <details class="numbers" open><summary>{T("Numbers", "数据")}</summary>{SharesTable(report)}</details></figure>
            """));

    /// <summary>Two stacked bars joined by bands, 1000 x 200 units, drawn without script.</summary>
    static Fragment Ribbons(IReadOnlyList<SegmentProfile> segments)
    {
        const double width = 1000, barHeight = 44, top = 0, bottom = 156;
        var customers = segments.Sum(s => s.Share);
        var revenue = segments.Sum(s => double.IsFinite(s.RevenueShare) ? Math.Max(0, s.RevenueShare) : 0);
        var parts = new List<Fragment>();
        var (x1, x2) = (0.0, 0.0);
        for (var i = 0; i < segments.Count; i++)
        {
            var w1 = width * segments[i].Share / customers;
            var w2 = revenue > 0 && double.IsFinite(segments[i].RevenueShare) ? width * Math.Max(0, segments[i].RevenueShare) / revenue : 0;
            var colour = i % Palette.Segments.Count;
            parts.Add(Fragment.Of($"""
                <g class="f{colour}"><title>{segments[i].Id} {segments[i].Name.En} · {segments[i].Name.Zh}: {Numbers.Percent(segments[i].Share)} → {Numbers.Percent(segments[i].RevenueShare)}</title>
                <path class="band" d="M{N(x1)} {N(top + barHeight)} L{N(x1 + w1)} {N(top + barHeight)} C{N(x1 + w1)} 100 {N(x2 + w2)} 100 {N(x2 + w2)} {N(bottom)} L{N(x2)} {N(bottom)} C{N(x2)} 100 {N(x1)} 100 {N(x1)} {N(top + barHeight)} Z"/>
                {Bar(x1, top, w1, segments[i], segments[i].Share)}{Bar(x2, bottom, w2, segments[i], segments[i].RevenueShare)}</g>
                """));
            x1 += w1;
            x2 += w2;
        }

        return Fragment.Of($"""
            <div class="ribbons"><span class="ribbon-label">{T("Customers", "客户")}</span>
            <svg viewBox="0 0 1000 200" role="img" preserveAspectRatio="none" {Aria(T("Shares of customers above, shares of revenue below, by segment", "上为各群客户占比，下为收入占比"))}>{Fragment.Join(parts)}</svg>
            <span class="ribbon-label">{T("Revenue", "收入")}</span></div>
            """);

        Fragment Bar(double x, double y, double w, SegmentProfile s, double share) => Fragment.Of($"""
            <rect x="{N(x)}" y="{N(y)}" width="{N(Math.Max(0, w - 1.5))}" height="{N(barHeight)}"/>{(w < 70 ? Fragment.Empty
                : Fragment.Of($"""<svg x="{N(x)}" y="{N(y)}" width="{N(w)}" height="{N(barHeight)}" overflow="visible"><text x="50%" y="50%">{(w < 110 ? s.Id : $"{s.Id} {Numbers.Percent(share)}")}</text></svg>"""))}
            """);
    }

    static string N(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    static Fragment SharesTable(RunReport report) => Table(T("Shares of customers and revenue", "客户与收入占比"),
        Fragment.Join(Head(T("Segment", "分群")), HeadNumbers(T("Customers", "客户"), T("Share", "占比"), T("Share of revenue", "收入占比"), T("Revenue per head, average = 1", "人均收入（平均=1）"))),
        Fragment.Each(report.Segments, (s, i) => Fragment.Of($"""
            <tr><th scope="row">{Named(s, i)}</th>{Cells(Numbers.Whole(s.Size), Numbers.Percent1(s.Share), Numbers.Percent1(s.RevenueShare), Numbers.Fixed(s.RevenueShare / s.Share, 2))}</tr>

            """)));

    public static Fragment Cards(RunReport report) => Section("segments", T("The segments", "各分群"),
        T("Each with what sets it apart, what to do, and a rule that tells who belongs.", "各群的特征、建议与归属规则。"),
        Fragment.Of($"""<div class="cards">{Fragment.Each(report.Segments, (s, i) => Card(s, i))}</div>"""));

    static Fragment Card(SegmentProfile s, int i)
    {
        var stability = Stability(s.Stability);
        return Fragment.Of($"""
            <article class="card b{i % Palette.Segments.Count}">
            <header>{Chip(s, i)}<h3>{s.Name}</h3><span class="badge {stability.Css}">{stability.Words} · {Numbers.Fixed(s.Stability, 2)}</span></header>
            <p class="size"><strong>{Numbers.Whole(s.Size)}</strong> {T("customers", "位客户")}</p>
            <dl class="pair"><div><dt>{T("of customers", "客户占比")}</dt><dd>{Numbers.Percent(s.Share)}</dd><span class="bar"><i style="width:{Width(s.Share)}"></i></span></div>
            <div><dt>{T("of revenue", "收入占比")}</dt><dd>{Numbers.Percent(s.RevenueShare)}</dd><span class="bar"><i class="f{i % Palette.Segments.Count}" style="width:{Width(s.RevenueShare)}"></i></span></div></dl>
            <ul class="facts">{Fragment.Each(s.Facts.Take(3), f => Fragment.Of($"<li>{f.Sentence}</li>"))}</ul>
            <p class="action"><b>{T("Do", "建议")}</b> {s.Action}</p>
            <p class="rule"><b>{T("Who", "归属")}</b> {s.Rule.Words}. <small>{T(
                $"Of those whom the rule selects, {Numbers.Percent(s.Rule.Precision)} belong; it finds {Numbers.Percent(s.Rule.Recall)} of the segment.",
                $"规则选出的客户中 {Numbers.Percent(s.Rule.Precision)} 属于本群；覆盖本群的 {Numbers.Percent(s.Rule.Recall)}。")}</small></p>
            <details><summary>{T("SQL and typical customers", "SQL 与典型客户")}</summary><pre><code>{s.Rule.Sql}</code></pre>
            <p>{T("Typical:", "典型：")} {Fragment.Each(s.Examples, e => Fragment.Of($"<code>{e}</code> "))}</p></details>
            </article>

            """);
    }

    sealed record Badge(Bilingual Words, string Css);

    /// <summary>Words for the bootstrap Jaccard, by the thresholds of Hennig (2007): 0.85 highly stable, 0.75 valid, 0.6 a pattern in doubt.</summary>
    static Badge Stability(double jaccard) => jaccard switch
    {
        >= 0.85 => new(T("very stable", "非常稳定"), "good"),
        >= 0.75 => new(T("stable", "稳定"), "good"),
        >= 0.6 => new(T("in doubt", "存疑"), "fair"),
        >= 0 => new(T("unstable", "不稳定"), "poor"),
        _ => new(T("not measured", "未测"), "none"),
    };

    static string Width(double share) => N(Math.Clamp(double.IsFinite(share) ? share * 100 : 0, 0, 100)) + "%";

    public static Fragment Map(RunReport report)
    {
        var index = report.Segments.Select((s, i) => (s.Id, i)).ToDictionary(p => p.Id, p => p.i, StringComparer.Ordinal);
        var points = report.Map.Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y))
            .Select(p => new[] { Math.Round(p.X, 3), Math.Round(p.Y, 3), index.GetValueOrDefault(p.Segment, -1) }).ToArray();
        if (points.Length == 0) return Fragment.Empty;
        var data = new { segments = report.Segments.Select(s => new { s.Id, Name = Text(s.Name) }), points };
        var none = report.Segments.Count == 0;
        return Section("map", T("The map", "客户地图"),
            none ? T("Every dot is a customer; near dots behave alike. The cloud has no gaps: there is nothing to divide.", "每点为一位客户，距离近者行为相似。点云没有间隙，无从划分。")
                : T("Every dot is a customer; near dots behave alike. The map keeps two of many dimensions, so groups that overlap here may still lie apart.",
                    "每点为一位客户，距离近者行为相似。地图只保留两个维度，图上重叠的群实际可能分开。"),
            Chart("map", T("Scatter of customers by the first two principal components", "客户在前两个主成分上的散点图"), data, none ? Fragment.Empty : MapTable(report, index), 520, legend: !none));
    }

    static Fragment MapTable(RunReport report, Dictionary<string, int> index)
    {
        var groups = report.Map.Where(p => index.ContainsKey(p.Segment)).ToLookup(p => p.Segment, StringComparer.Ordinal);
        return Table(T("Centres on the map", "地图上的中心"),
            Fragment.Join(Head(T("Segment", "分群")), HeadNumbers(T("Dots", "点数"), T("Centre, component 1", "中心（成分 1）"), T("Centre, component 2", "中心（成分 2）"))),
            Fragment.Each(report.Segments, (s, i) => Fragment.Of($"""
                <tr><th scope="row">{Named(s, i)}</th>{Cells(Numbers.Whole(groups[s.Id].Count()), Mean(groups[s.Id].Select(p => p.X)), Mean(groups[s.Id].Select(p => p.Y)))}</tr>

                """)));
    }

    static string Mean(IEnumerable<double> values) => Numbers.Fixed(values.DefaultIfEmpty(double.NaN).Average(), 2);

    /// <summary>Features that separate most, each segment's standardised difference from everybody else.</summary>
    public static Fragment Differences(RunReport report)
    {
        const int rows = 16;
        var features = report.Segments.SelectMany(s => s.Facts).GroupBy(f => f.Feature, StringComparer.Ordinal)
            .OrderByDescending(g => g.Max(f => Size(f))).Take(rows)
            .Select(g => (g.First().Label, g.First().Unit, Name: g.Key)).ToArray();
        return Section("differences", T("What sets them apart", "差异所在"),
            T("How far each segment lies from everybody else, in standard deviations: blue is more, clay is less. Empty cells were not among the segment's facts.",
                "各群与其余客户相差多少个标准差：蓝色偏高，陶土色偏低。空格表示该特征不在该群的事实之列。"),
            Table(T("Standardised differences by feature and segment", "各特征与分群的标准化差异"),
                Fragment.Join(Head(T("Feature", "特征")), Fragment.Each(report.Segments, (s, i) => Fragment.Of($"""<th scope="col" class="num">{Chip(s, i)}<span class="col-name">{s.Name}</span></th>"""))),
                Fragment.Each(features, f => Fragment.Of($"""
                    <tr><th scope="row">{f.Label}</th>{Fragment.Each(report.Segments, s => Cell(s.Facts.FirstOrDefault(x => x.Feature == f.Name), report.Currency))}</tr>

                    """)), "heat"));
    }

    static double Size(Fact fact) => double.IsFinite(fact.Difference.Value) ? Math.Abs(fact.Difference.Value) : 0;

    static Fragment Cell(Fact? fact, string? currency)
    {
        if (fact is null || !double.IsFinite(fact.Difference.Value)) return Fragment.Of($"""<td class="h none"></td>""");
        var d = fact.Difference.Value;
        var level = Math.Abs(d) switch { < 0.2 => 0, < 0.5 => 1, < 0.8 => 2, < 1.3 => 3, _ => 4 };
        var css = level == 0 ? "z" : (d > 0 ? "p" : "n") + level.ToString(CultureInfo.InvariantCulture);
        return Fragment.Of($"""
            <td class="h {css}"><b>{Numbers.Signed(d)}</b><small>{Numbers.Value(fact.Inside, fact.Unit, currency)}</small></td>
            """);
    }

    internal static object Text(Bilingual text) => new { text.En, text.Zh };
}
