using Coterie.Profiles;
using Coterie.Reports;
using Coterie.Reports.Html;
using Coterie.Server.Insight;
using static Coterie.Reports.Html.Parts;

namespace Coterie.Server.Pages.Explain;

/// <summary>One segment: who they are, what sets them apart, how sure that is.</summary>
/// <param name="shown">The run.</param>
/// <param name="at">The segment's place in it.</param>
/// <param name="figures">What the run's files say of it; null where they have no customer in it.</param>
sealed class SegmentPortrait(Shown shown, int at, SegmentFigures? figures)
{
    SegmentProfile Segment => shown.Report.Segments[at];

    /// <summary>Name and size.</summary>
    public Fragment Head() => Fragment.Of($"""
        <header class="page-head segment-head" style="border-top-color:var(--s{at % Palette.Segments.Count})">
        <h1>{Chip(Segment, at)} {Segment.Name}</h1>
        <p class="standfirst">{Segment.Action}</p>
        <dl class="figures small">
        {Figure(T("Customers", "客户"), Numbers.Whole(Segment.Size), T($"{Numbers.Percent1(Segment.Share)} of all", $"占全部 {Numbers.Percent1(Segment.Share)}"))}
        {Figure(T("of revenue", "收入占比"), Numbers.Percent1(Segment.RevenueShare), T($"{Numbers.Fixed(Segment.RevenueShare / Segment.Share, 2)} times the average per head", $"人均为平均的 {Numbers.Fixed(Segment.RevenueShare / Segment.Share, 2)} 倍"))}
        {Figure(T("Stability", "稳定性"), Numbers.Fixed(Segment.Stability, 2), SegmentSections.Stability(Segment.Stability).Words)}
        {(figures is { } f ? Figure(T("Confidence, mean", "平均把握度"), Numbers.Fixed(f.Confidence, 2), T($"nine of ten have {Numbers.Fixed(f.LowConfidence, 2)} or more", $"十分之九不低于 {Numbers.Fixed(f.LowConfidence, 2)}")) : Fragment.Empty)}
        {Later()}
        </dl></header>

        """);

    Fragment Later() => shown.Report.Validity is { } v && v.Segments.FirstOrDefault(f => f.Segment == Segment.Label) is { } future
        ? Figure(T("Ordered later", "此后下单"), Numbers.Percent(future.OrderRate.Value), T($"in the {v.HorizonDays} days after {Numbers.Date(v.FrozenAt)}", $"{Numbers.Date(v.FrozenAt)} 之后 {v.HorizonDays} 天内"))
        : Fragment.Empty;

    static Fragment Figure(Bilingual name, string value, Bilingual note) => Fragment.Of($"""<div><dt>{name}</dt><dd>{value}</dd><dd class="note">{note}</dd></div>""");

    /// <summary>The facts in sentences, the rule, and typical customers where the reader may see customers.</summary>
    public Fragment Who(bool customers) => Section("who", T("Who they are", "他们是谁"), T("What most of them share and most others do not.", "多数成员共有而多数其他客户没有的特点。"), Fragment.Of($"""
        <div class="columns"><div><ul class="facts">{Fragment.Each(Segment.Facts, f => Fragment.Of($"<li>{f.Sentence}</li>"))}</ul>
        {(customers && Segment.Examples.Count > 0 ? Fragment.Of($"""<p>{T("Typical customers:", "典型客户：")} {Fragment.Each(Segment.Examples, e => Fragment.Of($"""<a href="/customers/{Uri.EscapeDataString(e)}"><code>{e}</code></a> """))}</p>""") : Fragment.Empty)}</div>
        <div class="rule-box"><h3>{T("A rule that finds them", "找到他们的规则")}</h3><p class="rule">{Segment.Rule.Words}</p>
        <p class="lead">{T($"Of those whom the rule selects, {Numbers.Percent(Segment.Rule.Precision)} belong; it finds {Numbers.Percent(Segment.Rule.Recall)} of the segment. It describes the segment in short; it does not define it.",
            $"规则选出的客户中 {Numbers.Percent(Segment.Rule.Precision)} 属于本群；覆盖本群的 {Numbers.Percent(Segment.Rule.Recall)}。规则只是简短的描述，并非定义。")}</p>
        <details class="numbers" open><summary>{T("As SQL over features.parquet", "对应 SQL（features.parquet）")}</summary><pre><code>{Segment.Rule.Sql}</code></pre></details></div></div>
        """));

    /// <summary>Standardised differences with their intervals, the radar beside them, and the numbers.</summary>
    public Fragment Apart(Fragment radar)
    {
        var facts = Segment.Facts.Where(f => double.IsFinite(f.Difference.Value)).ToArray();
        var differences = facts.Length == 0 ? Fragment.Empty
            : ChartData.Dots(T("Difference from everybody else, in standard deviations", "与其余客户的差异（标准差）"), "fixed", [.. facts.Select(f => ChartData.Dot(f.Label, f.Difference, $"s{at % Palette.Segments.Count}"))], zero: true);
        var drawn = radar.IsEmpty ? Fragment.Empty : Fragment.Of($"""<div><h3>{T("Mean place among all customers", "在全部客户中的平均位次")}</h3>{radar}</div>""");
        return Section("apart", T("What sets them apart", "差异所在"),
            T("To the right of the line they have more than the others, to the left less; the bar is the interval. Below 0.2 a difference is small, from 0.8 it is large.", "竖线右侧表示高于其他客户，左侧表示低于；横条为区间。0.2 以下为小，0.8 以上为大。"),
            Fragment.Of($"""
                <div class="triple two">{differences}{drawn}</div>
                <details class="numbers" open><summary>{T("Numbers", "数据")}</summary>{Table(T("Facts of the segment", "本群事实"),
                    Fragment.Join(Parts.Head(T("Trait", "特征")), HeadNumbers(T("Here", "本群"), T("Everybody else", "其余客户"), T("Difference", "差异")), Parts.Head(T("Compared by", "比较方式"))),
                    Fragment.Each(Segment.Facts, f => Fragment.Of($"""<tr><th scope="row">{f.Label}</th><td class="num">{Numbers.Value(f.Inside, f.Unit, shown.Report.Currency)}</td><td class="num">{Numbers.Value(f.Outside, f.Unit, shown.Report.Currency)}</td>{Cells($"{Numbers.Signed(f.Difference.Value)} ({Numbers.Interval(f.Difference, Numbers.Signed)})")}<td>{(f.Statistic == "mean" ? T("mean", "均值") : T("median", "中位数"))}</td></tr>""")))}</details>
                """));
    }

    /// <summary>Stability, confidence, second-best segments, and what each view says.</summary>
    public Fragment Sure() => Section("sure", T("How sure that is", "有多可靠"), Stable(), Fragment.Of($"""
        <div class="columns"><div><h3>{T("Where they would be if not here", "若不在本群会在哪里")}</h3>{Seconds()}</div>
        <div><h3>{T("What the two views say", "两种视角的看法")}</h3>{Views()}</div></div>
        """));

    Bilingual Stable() => Segment.Stability switch
    {
        >= 0.85 => T("Drawn again and again, the customers give this segment nearly every time.", "反复抽样几乎每次都得到本群。"),
        >= 0.75 => T("Drawn again and again, the customers give this segment most times; its border moves a little.", "反复抽样大多得到本群，边界略有移动。"),
        >= 0.6 => T("Drawn again and again, the customers give something like this segment; who belongs to it is in doubt.", "反复抽样得到相近的群，但成员归属存疑。"),
        >= 0 => T("Drawn again and again, the customers often give other groups: do not rely on this one.", "反复抽样常得到别的群：不宜依赖本群。"),
        _ => T("How stable the segment is was not measured.", "未测量本群的稳定性。"),
    };

    Fragment Seconds()
    {
        if (figures is not { Seconds.Count: > 0 } f) return Fragment.Of($"<p>{T("There is no other segment.", "没有其他分群。")}</p>");
        var all = f.Seconds.Sum(s => (double)s.Customers);
        return Table(T("Second-best segments of the members", "成员的次优分群"), Fragment.Join(Parts.Head(T("Second best", "次优分群")), HeadNumbers(T("Customers", "客户"), T("Share", "占比"))),
            Fragment.Each(f.Seconds, s => Fragment.Of($"""<tr><td>{shown.Link(s.Segment)}</td>{Cells(Numbers.Whole(s.Customers), Numbers.Percent1(s.Customers / all))}</tr>""")));
    }

    Fragment Views()
    {
        var deep = shown.Report.Deep;
        if (!deep.On) return Fragment.Of($"""<p>{T("One view only.", "只用一个视角。")} {deep.Why}</p>""");
        if (figures is not { } f || f.Disputed is not { } disputed)
            return Fragment.Of($"""<p>{T("The views were not fused, so no customer has two opinions.", "两种视角未融合，客户没有两种判断。")}</p>{(deep.Verdict is { } v ? Fragment.Of($"<p class=\"lead\">{v}</p>") : Fragment.Empty)}""");
        var disputes = deep.Disputes.Where(d => d.Segment == Segment.Id).ToArray();
        return Fragment.Of($"""
            <p>{T($"How much they do and the order in which they do it point to the same segment for {Numbers.Percent(1 - (double)disputed / Math.Max(f.Customers, 1))} of the members; mean agreement {Numbers.Fixed(f.Agreement, 2)}. {Numbers.Whole(disputed)} are disputed: treat them as members, but spend less on it.",
                $"对 {Numbers.Percent(1 - (double)disputed / Math.Max(f.Customers, 1))} 的成员，行为的数量与先后指向同一分群；平均一致度 {Numbers.Fixed(f.Agreement, 2)}。{Numbers.Whole(disputed)} 位有争议：可按成员对待，但投入宜少。")}</p>
            {(disputes.Length == 0 ? Fragment.Empty : Table(T("Most frequent disputes", "最常见的争议"), Fragment.Join(Parts.Head(T("Features point to", "特征指向"), T("The order of events points to", "事件次序指向")), HeadNumbers(T("Customers", "客户"))),
                Fragment.Each(disputes, d => Fragment.Of($"""<tr><td>{shown.Link(d.Features)}</td><td>{shown.Link(d.Sequences)}</td>{Cells(Numbers.Whole(d.Customers))}</tr>"""))))}
            """);
    }
}
