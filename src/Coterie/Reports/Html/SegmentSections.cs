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

    /// <summary>Two stacked bars joined by bands, drawn without script: the bars are boxes, so that their text keeps its shape at any width.</summary>
    static Fragment Ribbons(IReadOnlyList<SegmentProfile> segments)
    {
        var customers = Parts(segments, s => s.Share);
        var revenue = Parts(segments, s => s.RevenueShare);
        var (x1, x2) = (0.0, 0.0);
        var bands = new List<Fragment>();
        for (var i = 0; i < segments.Count; i++)
        {
            var (y1, y2) = (x1 + customers[i], x2 + revenue[i]);
            bands.Add(Fragment.Of($"""
                <path class="f{i % Palette.Segments.Count}" d="M{N(x1)} 0 L{N(y1)} 0 C{N(y1)} 50 {N(y2)} 50 {N(y2)} 100 L{N(x2)} 100 C{N(x2)} 50 {N(x1)} 50 {N(x1)} 0 Z"/>
                """));
            (x1, x2) = (y1, y2);
        }

        return Fragment.Of($"""
            <div class="ribbons" role="img" {Aria(T("Shares of customers above, shares of revenue below, by segment", "上为各群客户占比，下为收入占比"))}><span class="ribbon-label">{T("Customers", "客户")}</span>
            {Bar(segments, customers, s => s.Share)}<svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">{Fragment.Join(bands)}</svg>
            {Bar(segments, revenue, s => s.RevenueShare)}<span class="ribbon-label">{T("Revenue", "收入")}</span></div>
            """);
    }

    /// <summary>Widths in per cent that add up to 100; a negative or missing share has none.</summary>
    static double[] Parts(IReadOnlyList<SegmentProfile> segments, Func<SegmentProfile, double> share)
    {
        var shares = segments.Select(s => double.IsFinite(share(s)) ? Math.Max(0, share(s)) : 0).ToArray();
        var all = shares.Sum();
        return [.. shares.Select(s => all > 0 ? 100 * s / all : 0)];
    }

    static Fragment Bar(IReadOnlyList<SegmentProfile> segments, double[] widths, Func<SegmentProfile, double> share) => Fragment.Of($"""
        <div class="stack">{Fragment.Each(segments, (s, i) => Fragment.Of($"""<div class="c{i % Palette.Segments.Count}" style="width:{N(widths[i])}%" title="{s.Id} {s.Name.En} · {s.Name.Zh}: {Numbers.Percent(share(s))}"><span></span><b>{s.Id}</b><span>{Numbers.Percent(share(s))}</span></div>"""))}</div>

        """);

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
            <dl class="pair"><div><dt>{T("of customers", "客户占比")}</dt><dd>{Numbers.Percent(s.Share)}</dd><dd><span class="bar"><i style="width:{Width(s.Share)}"></i></span></dd></div>
            <div><dt>{T("of revenue", "收入占比")}</dt><dd>{Numbers.Percent(s.RevenueShare)}</dd><dd><span class="bar"><i class="f{i % Palette.Segments.Count}" style="width:{Width(s.RevenueShare)}"></i></span></dd></div></dl>
            <ul class="facts">{Fragment.Each(s.Facts.Take(3), f => Fragment.Of($"<li>{f.Sentence}</li>"))}</ul>
            <p class="action"><b>{T("Do", "建议")}</b> {s.Action}</p>
            <p class="rule"><b>{T("Who", "归属")}</b> {Stopped(s.Rule.Words)} <small>{T(
                $"Of those whom the rule selects, {Numbers.Percent(s.Rule.Precision)} belong; it finds {Numbers.Percent(s.Rule.Recall)} of the segment.",
                $"规则选出的客户中 {Numbers.Percent(s.Rule.Precision)} 属于本群；覆盖本群的 {Numbers.Percent(s.Rule.Recall)}。")}</small></p>
            <details><summary>{T("SQL and typical customers", "SQL 与典型客户")}</summary><pre><code>{s.Rule.Sql}</code></pre>
            <p>{T("Typical:", "典型：")} {Fragment.Each(s.Examples, e => Fragment.Of($"<code>{e}</code> "))}</p></details>
            </article>

            """);
    }

    static Bilingual Stopped(Bilingual words) => T(words.En.EndsWith('.') ? words.En : words.En + ".", words.Zh.EndsWith('。') ? words.Zh : words.Zh + "。");

    internal sealed record Badge(Bilingual Words, string Css);

    /// <summary>Words for the bootstrap Jaccard, by the thresholds of Hennig (2007): 0.85 highly stable, 0.75 valid, 0.6 a pattern in doubt.</summary>
    internal static Badge Stability(double jaccard) => jaccard switch
    {
        >= 0.85 => new(T("very stable", "非常稳定"), "good"),
        >= 0.75 => new(T("stable", "稳定"), "good"),
        >= 0.6 => new(T("in doubt", "存疑"), "fair"),
        >= 0 => new(T("unstable", "不稳定"), "poor"),
        _ => new(T("not measured", "未测"), "none"),
    };


    public static Fragment Map(RunReport report)
    {
        var index = report.Segments.Select((s, i) => (s.Id, i)).ToDictionary(p => p.Id, p => p.i, StringComparer.Ordinal);
        var points = report.Map.Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y))
            .Select(p => new[] { Math.Round(p.X, 3), Math.Round(p.Y, 3), index.GetValueOrDefault(p.Segment, -1) }).ToArray();
        if (points.Length == 0) return Fragment.Empty;
        var data = new { segments = report.Segments.Select(s => new { s.Id, Name = ChartData.Text(s.Name) }), points };
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
        var features = Distinguishing(report.Segments).Take(rows).ToArray();
        return Section("differences", T("What sets them apart", "差异所在"),
            T("How far each segment lies from everybody else, in standard deviations: blue is more, clay is less. Empty cells were not among the segment's facts.",
                "各群与其余客户相差多少个标准差：蓝色偏高，陶土色偏低。空格表示该特征不在该群的事实之列。"),
            Table(T("Standardised differences by feature and segment", "各特征与分群的标准化差异"),
                Fragment.Join(Head(T("Feature", "特征")), Fragment.Each(report.Segments, (s, i) => Fragment.Of($"""<th scope="col" class="num">{Chip(s, i)}<span class="col-name">{s.Name}</span></th>"""))),
                Fragment.Each(features, f => Fragment.Of($"""
                    <tr><th scope="row">{f.Label}</th>{Fragment.Each(report.Segments, s => Cell(s.Facts.FirstOrDefault(x => x.Feature == f.Feature), report.Currency))}</tr>

                    """)), "heat"));
    }

    /// <summary>One fact of each feature, the features that separate some segment most first.</summary>
    internal static IEnumerable<Fact> Distinguishing(IReadOnlyList<SegmentProfile> segments) =>
        segments.SelectMany(s => s.Facts).GroupBy(f => f.Feature, StringComparer.Ordinal).OrderByDescending(g => g.Max(Size)).Select(g => g.First());

    /// <summary>The step of the diverging scale: by the usual words for a standardised difference (Cohen 1988), none below 0.2, small, medium at
    /// 0.5, large at 0.8, and one more at 1.3.</summary>
    internal static string Level(double difference)
    {
        var step = Math.Abs(difference) switch { < 0.2 => 0, < 0.5 => 1, < 0.8 => 2, < 1.3 => 3, _ => 4 };
        return step == 0 ? "z" : (difference > 0 ? "p" : "n") + step.ToString(CultureInfo.InvariantCulture);
    }

    static double Size(Fact fact) => double.IsFinite(fact.Difference.Value) ? Math.Abs(fact.Difference.Value) : 0;

    static Fragment Cell(Fact? fact, string? currency)
    {
        if (fact is null || !double.IsFinite(fact.Difference.Value)) return Fragment.Of($"""<td class="h none"></td>""");
        var d = fact.Difference.Value;
        return Fragment.Of($"""
            <td class="h {Level(d)}"><b>{Numbers.Signed(d)}</b><small>{Numbers.Value(fact.Inside, fact.Unit, currency)}</small></td>
            """);
    }}
