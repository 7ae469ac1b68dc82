using Coterie.Profiles;
using static Coterie.Reports.Html.Parts;

namespace Coterie.Reports.Html;

/// <summary>Tables of the two views: where they cross, who is disputed, how many groups each was given, and what a truth file says.</summary>
static class DeepTables
{
    /// <summary>Features groups by sequence groups. Columns stand in the order of their partners, so that agreement is a diagonal.</summary>
    public static Fragment Crossing(ReportDeep deep)
    {
        var width = deep.Crossing.Select(r => r.Length).DefaultIfEmpty(0).Max();
        if (width == 0) return Fragment.Empty;
        var partner = new Dictionary<int, int>();
        foreach (var m in deep.Agreement?.Matching ?? [])
            if (m.Second is { } second && second < width && second >= 0) partner[m.First] = second;
        int[] columns = [.. Enumerable.Range(0, deep.Crossing.Count).Where(partner.ContainsKey).Select(r => partner[r]).Concat(Enumerable.Range(0, width)).Distinct()];
        return Fragment.Of($"""
            <h3>{T("Where the views cross", "两种视角的交叉")}</h3>
            <p class="lead">{T("Each row is a group of the features view and adds up to 100%: in which groups of the sequence view its customers are. Framed cells are partners, matched so that the most customers agree.",
                "每行是特征视角的一个群，合计 100%：其客户落在序列视角的哪些群。加框的格子是一一匹配的伙伴，使一致的客户最多。")}</p>
            {Table(T("Customers by group of the features view and of the sequence view", "特征群与序列群的客户交叉表"),
                Fragment.Join(Head(T("Features view", "特征视角")), Fragment.Each(columns, c => Fragment.Of($"""<th scope="col" class="num">{T($"Sequence {c + 1}", $"序列 {c + 1}")}</th>"""))),
                Fragment.Each(deep.Crossing, (row, r) => Fragment.Of($"""
                    <tr><th scope="row">{T($"Features {r + 1}", $"特征 {r + 1}")} <small>{T($"{Numbers.Whole(row.Sum(n => (double)n))} customers", $"{Numbers.Whole(row.Sum(n => (double)n))} 位客户")}</small></th>{Fragment.Each(columns, c => Share(c < row.Length ? row[c] : 0, row, partner.TryGetValue(r, out var p) && p == c))}</tr>

                    """)), "heat cross")}
            """);
    }

    /// <summary>A cell of a heat table: its share of the row over the number itself.</summary>
    internal static Fragment Share(int count, IReadOnlyList<int> row, bool framed = false)
    {
        var share = Headline.Share(count, row.Sum(n => (double)n));
        return Fragment.Of($"""<td class="h {Step(count == 0 ? 0 : share)}{(framed ? " framed" : "")}">{(count == 0 ? Fragment.Of($"<small>0</small>") : Fragment.Of($"<b>{Numbers.Percent(share)}</b><small>{Numbers.Whole(count)}</small>"))}</td>""");
    }

    public static Fragment Disputes(RunReport report)
    {
        var deep = report.Deep;
        var share = Headline.Share(deep.Disputed, deep.Customers);
        if (deep.Disputes.Count == 0 || deep.Disputed == 0) return Fragment.Empty;
        return Fragment.Of($"""
            <h3>{T("Disputed customers", "有争议的客户")}</h3>
            <p class="lead">{T($"For {Numbers.Whole(deep.Disputed)} customers ({Numbers.Percent(share)}) the two views point to different segments. They are on a border: treat them by the segment they are in, but spend less on it. The most frequent disputes:",
                $"有 {Numbers.Whole(deep.Disputed)} 位客户（{Numbers.Percent(share)}）被两种视角指向不同的分群。他们处于边界：可按所在分群对待，但投入宜少。最常见的争议：")}</p>
            {Table(T("Most frequent disputes", "最常见的争议"),
                Fragment.Join(Head(T("In segment", "所在分群"), T("Features point to", "特征指向"), T("The order of events points to", "事件次序指向")), HeadNumbers(T("Customers", "客户"), T("of disputed", "占争议客户")), Head(T("", ""))),
                Fragment.Each(deep.Disputes, d => Fragment.Of($"""
                    <tr><th scope="row">{Segment(report, d.Segment)}</th><td>{Segment(report, d.Features)}</td><td>{Segment(report, d.Sequences)}</td>{Cells(Numbers.Whole(d.Customers), Numbers.Percent(Headline.Share(d.Customers, deep.Disputed)))}<td class="plot"><span class="bar"><i style="width:{Width(Headline.Share(d.Customers, deep.Disputed))}"></i></span></td></tr>

                    """)), "named")}
            """);
    }

    /// <summary>A segment by its id, with colour and name where the report has it.</summary>
    internal static Fragment Segment(RunReport report, string id) => IndexOf(report, id) is var i and >= 0 ? Named(report.Segments[i], i) : Fragment.Of($"{id}");

    internal static int IndexOf(RunReport report, string id)
    {
        for (var i = 0; i < report.Segments.Count; i++)
            if (report.Segments[i].Id == id) return i;
        return -1;
    }

    public static Fragment Candidates(ReportDeep deep) => deep.SequenceCandidates.Count + deep.FusedCandidates.Count == 0 ? Fragment.Empty : Fragment.Of($"""
        <h3>{T("Number of groups, by stability", "按稳定性确定群数")}</h3>
        <p class="lead">{T("Groups were learned from two halves of the customers apart, and both placed everybody. A number counts when every group of one half has its like in the other; of those the largest is taken.", "将客户分为两半分别学习，再各自归类全部客户。某一群数仅当一半中的每个群都能在另一半中找到对应时才成立；取其中最大者。")}</p>
        {(deep.SequenceCandidates.SequenceEqual(deep.FusedCandidates)
            ? Candidates(T("Sequences and fusion", "序列与融合"), deep.SequenceCandidates)
            : Fragment.Join(Candidates(T("Sequence view", "序列视角"), deep.SequenceCandidates), Candidates(T("Both fused", "融合"), deep.FusedCandidates)))}
        """);

    static Fragment Candidates(Bilingual title, IReadOnlyList<ReportGroups> candidates)
    {
        var pairs = candidates.Any(c => double.IsFinite(c.PairAri));
        return candidates.Count == 0 ? Fragment.Empty : Fragment.Of($"""
            <div class="tall">{Table(title,
                Fragment.Join(Head(title), HeadNumbers(T("Groups", "群数"), T("Stability, mean", "平均稳定性"), T("Stability, weakest", "最弱稳定性")), pairs ? HeadNumbers(T("Rand index of pairs", "成对兰德指数")) : Fragment.Empty, HeadNumbers(T("Smallest group", "最小群")), Head(T("Verdict", "结论"))),
                Fragment.Each(candidates, c => Fragment.Of($"""
                    <tr class="{(c.Verdict == "chosen" ? "chosen" : "")}"><td class="plot"><span class="bar"><i style="width:{Width(c.MeanJaccard)}"></i></span></td>{Cells(Numbers.Whole(c.Groups), Numbers.Fixed(c.MeanJaccard, 3), Numbers.Fixed(c.MinJaccard, 3))}{(pairs ? Cells(Numbers.Fixed(c.PairAri, 3)) : Fragment.Empty)}{Cells(Numbers.Percent1(c.MinShare))}<td class="why">{Told(c.Verdict)}</td></tr>

                    """)), "groups")}</div>

            """);
    }

    public static Fragment Truth(ReportDeep deep) => deep.Truth.Count == 0 ? Fragment.Empty : Fragment.Of($"""
        <h3>{T("Each view against the truth", "各视角与真实标签")}</h3>
        <p class="lead">{T("The same customers with a known class; groups are matched to classes one to one for accuracy and F1.", "同一批已知类别的客户；准确率与 F1 按一一匹配计算。")}</p>
        {Table(T("Views against the truth", "各视角与真实标签"),
            Fragment.Join(Head(T("View", "视角")), HeadNumbers(T("Groups", "群数"), T("ARI", "ARI")), Head(T("", "")), HeadNumbers(T("Accuracy", "准确率"), T("F1, mean of classes", "F1（类平均）"))),
            Fragment.Each(deep.Truth, t => Fragment.Of($"""
                <tr class="{(t.View == deep.Kept ? "chosen" : "")}"><th scope="row">{DeepSections.View(t.View)}</th>{Cells(Numbers.Whole(t.Groups), Numbers.Fixed(t.Ari, 3))}<td class="plot"><span class="bar"><i style="width:{Width(t.Ari)}"></i></span></td>{Cells(Numbers.Fixed(t.Accuracy, 3), Numbers.Fixed(t.MacroF1, 3))}</tr>

                """)))}
        """);
}
