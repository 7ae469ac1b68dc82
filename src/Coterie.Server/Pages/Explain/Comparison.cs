using Coterie.Evaluation;
using Coterie.Profiles;
using Coterie.Reports;
using Coterie.Reports.Html;
using Coterie.Server.Insight;
using static Coterie.Reports.Html.Parts;

namespace Coterie.Server.Pages.Explain;

/// <summary>All segments side by side: tiles, radar of their traits, and a table.</summary>
/// <param name="shown">The run.</param>
/// <param name="figures">What its files say of the segments.</param>
sealed class Comparison(Shown shown, RunFigures figures)
{
    const int RadarTraits = 8, LinesAtFirst = 3;

    IReadOnlyList<SegmentProfile> Segments => shown.Report.Segments;

    /// <summary>One tile a segment, the way to its page.</summary>
    public Fragment Tiles() => Fragment.Of($"""
        <div class="tiles seg-tiles">{Fragment.Each(Segments, (s, i) => Fragment.Of($"""
            <a class="tile" style="border-top-color:var(--s{i % Palette.Segments.Count})" href="{shown.Path(s.Id)}"><h2>{Chip(s, i)} {s.Name}</h2>
            <p class="size"><strong>{Numbers.Percent(s.Share)}</strong> {T("of customers", "客户")} · <strong>{Numbers.Percent(s.RevenueShare)}</strong> {T("of revenue", "收入")}</p>
            <p>{(s.Facts.Count > 0 ? Fragment.Of($"{s.Facts[0].Sentence}") : Fragment.Empty)}</p>{Badge(s)}</a>

            """))}</div>

        """);

    /// <summary>How stable a segment is, in words and as a number.</summary>
    public static Fragment Badge(SegmentProfile s)
    {
        var stability = SegmentSections.Stability(s.Stability);
        return Fragment.Of($"""<span class="badge {stability.Css}">{stability.Words} · {Numbers.Fixed(s.Stability, 2)}</span>""");
    }

    /// <summary>The main traits, drawn: all segments, or one of them.</summary>
    public Fragment Radar(string? only = null)
    {
        var count = Math.Min(RadarTraits, figures.Traits.Count);
        // Fewer corners than a triangle's are no area.
        if (count < 3) return Fragment.Empty;
        var drawn = Segments.Select((s, i) => (Segment: s, Index: i)).Where(s => (only is null || s.Segment.Id == only) && figures.Segments.ContainsKey(s.Segment.Id)).ToArray();
        var data = new
        {
            axes = figures.Traits.Take(count).Select(t => ChartData.Text(t.Label)),
            lines = drawn.Select(s => new
            {
                name = ChartData.Text(T($"{s.Segment.Id} {s.Segment.Name.En}", $"{s.Segment.Id} {s.Segment.Name.Zh}")),
                colour = $"s{s.Index % Palette.Segments.Count}",
                values = figures.Segments[s.Segment.Id].Places.Take(count).Select(v => Math.Round(v, 4)),
            }),
            off = drawn.Length > LinesAtFirst + 1 ? Enumerable.Range(LinesAtFirst, drawn.Length - LinesAtFirst) : [],
        };
        var label = T("Radar of the main traits: mean place among all customers", "主要特征雷达图：在全部客户中的平均位次");
        var numbers = only is not null ? Places(count, [.. drawn.Select(d => d.Segment)]) : Places(count, Segments);
        return Chart("radar", label, data, numbers, 480, legend: only is null);
    }

    Fragment Places(int count, IReadOnlyList<SegmentProfile> segments) => Table(T("Mean place among all customers", "在全部客户中的平均位次"),
        Fragment.Join(Head(T("Trait", "特征")), Fragment.Each(segments, s => Fragment.Of($"""<th scope="col" class="num">{Chip(s, shown.IndexOf(s.Id))}</th>"""))),
        Fragment.Each(figures.Traits.Take(count), (t, j) => Fragment.Of($"""<tr><th scope="row">{t.Label}</th>{Cells([.. segments.Select(s => figures.Segments.TryGetValue(s.Id, out var f) ? Numbers.Percent(f.Places[j]) : Numbers.Missing)])}</tr>""")));

    /// <summary>The radar of all segments as a section.</summary>
    public Fragment RadarSection() => Radar() is { IsEmpty: false } radar ? Section("radar", T("Their main traits", "主要特征"),
        T("Customers stand in a line, ordered by a trait; how far along it a segment's members are on average. The dashed ring is everybody. Click a name to show or hide a segment.",
            "将全部客户按某一特征排序，图示各群成员的平均位次。虚线环为全部客户。点击名称可显示或隐藏分群。"), radar) : Fragment.Empty;

    /// <summary>Everything that can be compared, in a table.</summary>
    public Fragment TableSection() => Section("compare", T("Side by side", "并列比较"),
        T("Medians of each segment, and under them the mean place of its members among all customers: blue is more than everybody, clay is less.",
            "各群的中位数；其下为成员在全部客户中的平均位次：蓝色高于全体，陶土色低于全体。"),
        Table(T("All segments side by side", "全部分群并列"),
            Fragment.Join(Head(T("", "")), Fragment.Each(Segments, s => Fragment.Of($"""<th scope="col" class="num"><a class="seg-link" href="{shown.Path(s.Id)}">{Chip(s, shown.IndexOf(s.Id))}<span class="col-name">{s.Name}</span></a></th>"""))),
            Fragment.Join(Plain(T("Customers", "客户数"), s => Numbers.Whole(s.Size)), Plain(T("Share of customers", "客户占比"), s => Numbers.Percent1(s.Share)), Plain(T("Share of revenue", "收入占比"), s => Numbers.Percent1(s.RevenueShare)),
                Plain(T("Revenue per head, average = 1", "人均收入（平均=1）"), s => Numbers.Fixed(s.RevenueShare / s.Share, 2)), Plain(T("Stability", "稳定性"), s => Numbers.Fixed(s.Stability, 2)),
                Plain(T("Confidence, mean", "平均把握度"), s => figures.Segments.TryGetValue(s.Id, out var f) ? Numbers.Fixed(f.Confidence, 2) : Numbers.Missing), Future(),
                Fragment.Each(figures.Traits, Trait)), "heat compare"));

    Fragment Plain(Bilingual name, Func<SegmentProfile, string> value) =>
        Fragment.Of($"""<tr><th scope="row">{name}</th>{Fragment.Each(Segments, s => Fragment.Of($"""<td class="num">{value(s)}</td>"""))}</tr>""");

    Fragment Future()
    {
        if (shown.Report.Validity is not { } v) return Fragment.Empty;
        SegmentFuture? Of(SegmentProfile s) => v.Segments.FirstOrDefault(f => f.Segment == s.Label);
        return Fragment.Join(
            Plain(T($"Ordered in the {v.HorizonDays} days after {Numbers.Date(v.FrozenAt)}", $"{Numbers.Date(v.FrozenAt)} 后 {v.HorizonDays} 天下单率"), s => Of(s) is { } f ? Numbers.Percent1(f.OrderRate.Value) : Numbers.Missing),
            Plain(T("… and spent, per customer", "……人均消费"), s => Of(s) is { } f ? Numbers.Money(f.SpendPerCustomer.Value, shown.Report.Currency) : Numbers.Missing));
    }

    Fragment Trait(Trait trait, int j) => Fragment.Of($"""
        <tr><th scope="row">{trait.Label}</th>{Fragment.Each(Segments, s => figures.Segments.TryGetValue(s.Id, out var f) ? Cell(f.Medians[j], f.Places[j], trait) : Fragment.Of($"""<td class="h none"></td>"""))}</tr>

        """);

    Fragment Cell(double median, double place, Trait trait) => !double.IsFinite(median)
        ? Fragment.Of($"""<td class="h none"></td>""")
        : Fragment.Of($"""<td class="h {Level(place)}"><b>{Numbers.Value(median, trait.Unit, shown.Report.Currency)}</b><small>{Numbers.Percent(place)}</small></td>""");

    /// <summary>The step of the diverging scale: a tenth of the customers away from the middle, two, three, four tenths.</summary>
    static string Level(double place)
    {
        if (!double.IsFinite(place)) return "z";
        var step = (int)Math.Min(4, Math.Floor(Math.Abs(place - 0.5) * 10 + 1e-9));
        return step == 0 ? "z" : (place > 0.5 ? "p" : "n") + step.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
