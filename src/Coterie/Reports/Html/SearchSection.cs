using Coterie.Clustering;
using Coterie.Profiles;
using static Coterie.Reports.Html.Parts;

namespace Coterie.Reports.Html;

/// <summary>How the number of segments was chosen: the null test, stability by K, and the whole leaderboard.</summary>
static class SearchSection
{
    public static Fragment Build(RunReport report)
    {
        var search = report.Search;
        return Section("search", search.NoStructure && search.Chosen is null ? T("Why there are none", "为何没有分群") : T("How the number was chosen", "分群数如何确定"), Lead(search),
            Fragment.Of($"""
                {(search.NoStructure ? WhatToDo(report) : Fragment.Empty)}
                <p class="test">{Test(search)}{Told(search.Structure.Explanation)}</p>
                {(Trust(search) is { } trust ? Fragment.Of($"<p class=\"trust\">{trust}</p>") : Fragment.Empty)}
                {Stability(search)}
                <h3>{T("Every candidate", "全部候选")}</h3>
                <p class="lead">{T("Sort by any column.", "可按任意列排序。")}</p>
                <div class="tall">{Leaderboard(search)}</div>
                {(search.Rules.Count == 0 ? Fragment.Empty : Fragment.Of($"<h3>{T("Rules of the choice", "选择规则")}</h3>{Remarks(search.Rules)}"))}
                """));
    }

    static Bilingual Lead(ReportSearch search) => search.Chosen is { } c
        ? T($"{search.Candidates.Count} candidates were compared. {Method(c).En} with {c.Clusters} groups was chosen: what a group is should not depend on which customers happened to be in the sample.",
            $"共比较 {search.Candidates.Count} 个候选，选定者为：{Method(c).Zh}，{c.Clusters} 群。群体不应取决于恰好抽到了哪些客户。")
        : T($"{search.Candidates.Count} candidates were compared and none was chosen.", $"共比较 {search.Candidates.Count} 个候选，均未采用。");

    /// <summary>How far other methods find the same groups: the best sign of trust that needs no labels.</summary>
    static Bilingual? Trust(ReportSearch search)
    {
        if (search.Chosen is not { } c || !double.IsFinite(c.Agreement)) return null;
        var value = Numbers.Fixed(c.Agreement, 2);
        return c.Agreement switch
        {
            >= 0.8 => T($"Other methods find the same groups (mean Rand index {value}): a good sign.", $"其他方法得到相同的群体（平均兰德指数 {value}）：这是好迹象。"),
            >= 0.5 => T($"Other methods find similar groups with other borders (mean Rand index {value}): trust the groups, less so who is near a border.",
                $"其他方法得到相似的群体，但边界不同（平均兰德指数 {value}）：群体可信，靠近边界的客户则不太确定。"),
            _ => T($"Other methods find different groups (mean Rand index {value}): these are one useful division among several, not the only one.",
                $"其他方法得到不同的群体（平均兰德指数 {value}）：这是多种可行划分之一，并非唯一。"),
        };
    }

    /// <summary>Whether a row of the leaderboard is the chosen one; by what it says, because a report read from a file holds two copies of it.</summary>
    static bool IsChosen(ReportSearch search, Candidate c) => search.Chosen is { } chosen
        && chosen.Method == c.Method && chosen.Distance == c.Distance && chosen.Clusters == c.Clusters && chosen.View == c.View && chosen.Score.Equals(c.Score);

    static Bilingual Method(Candidate c)
    {
        var name = c.Method switch
        {
            "kmeans" => T("K-means", "K-means"),
            "gmm" => T("Gaussian mixture", "高斯混合"),
            "genie" => T("Genie", "Genie"),
            "hdbscan" => T("HDBSCAN*", "HDBSCAN*"),
            _ => T(c.Method, c.Method),
        };
        return c.Distance == Distance.Cosine ? T($"{name.En}, cosine", $"{name.Zh}（余弦）") : name;
    }

    /// <summary>A method, and the view where it is not the portrait.</summary>
    static Bilingual Made(Candidate c)
    {
        var (method, view) = (Method(c), Word(c.View));
        return c.View == "portrait" ? method : T($"{method.En} · {view.En}", $"{method.Zh} · {view.Zh}");
    }

    static Bilingual Test(ReportSearch search) => search.Structure.Structure
        ? T($"Are there groups at all? Yes (p = {Numbers.Fixed(search.Structure.PValue, 3)}). ", $"是否存在群体？是（p = {Numbers.Fixed(search.Structure.PValue, 3)}）。")
        : T($"Are there groups at all? No (p = {Numbers.Fixed(search.Structure.PValue, 3)}). ", $"是否存在群体？否（p = {Numbers.Fixed(search.Structure.PValue, 3)}）。");

    static Fragment WhatToDo(RunReport report) => Fragment.Of($"""
        <div class="todo"><h3>{T("What to do instead", "可以怎么做")}</h3><ul>
        <li>{T("Treat customers as one list, ordered by value and by time since the last order; RFM quintiles do that.", "把客户看作一个整体，按价值和距上次下单的时间排序；RFM 五分法即可。")}</li>
        <li>{T("Give the run more to see: a longer history, clicks beside orders, categories and prices.", "提供更多信息：更长的历史、订单之外的点击、品类与价格。")}</li>
        <li>{T("Look at the data quality below: many refused rows can hide the groups.", "查看下方数据质量：被拒的行过多会掩盖群体。")}</li>
        <li>{Fragment.Of($"""{T("If a number of groups is needed all the same, ask for it:", "若仍需固定群数，可指定：")} <code>--k 4</code>""")}</li></ul></div>

        """);

    /// <summary>Stability of one method by number of groups, ascending.</summary>
    internal sealed record Line(Bilingual Name, IReadOnlyList<int> Groups, IReadOnlyList<double> Mean, IReadOnlyList<double> Weakest, int? Chosen);

    internal static IReadOnlyList<Line> Lines(ReportSearch search) =>
    [
        .. search.Candidates.Where(c => double.IsFinite(c.MeanJaccard) && c.MeanJaccard > 0)
            .GroupBy(Made)
            .Select(g =>
            {
                // Of several candidates with one number of groups (other settings), the most stable is drawn.
                var best = g.GroupBy(c => c.Clusters).OrderBy(k => k.Key).Select(k => k.FirstOrDefault(c => IsChosen(search, c)) ?? k.MaxBy(c => c.MeanJaccard)!).ToArray();
                return new Line(g.Key, [.. best.Select(c => c.Clusters)], [.. best.Select(c => c.MeanJaccard)], [.. best.Select(c => c.MinJaccard)], best.FirstOrDefault(c => IsChosen(search, c))?.Clusters);
            }),
    ];

    static Fragment Stability(ReportSearch search)
    {
        var lines = Lines(search);
        var data = new { lines = lines.Select(l => new { name = ChartData.Text(l.Name), points = l.Groups.Select((k, i) => new[] { k, Math.Round(l.Mean[i], 4), Math.Round(l.Weakest[i], 4) }), l.Chosen }) };
        return lines.Count == 0 ? Fragment.Empty : Fragment.Of($"""
            <h3>{T("Stability by number of groups", "稳定性与群数")}</h3>
            {Chart("stability", T("Mean Jaccard similarity under resampling, by number of groups", "重抽样下的平均 Jaccard 相似度（按群数）"), data, Fragment.Empty, 320, legend: true)}
            """);
    }

    static Fragment Leaderboard(ReportSearch search)
    {
        var views = search.Candidates.Select(c => c.View).Distinct(StringComparer.Ordinal).Skip(1).Any();
        return Table(T("Candidates", "候选"),
        Fragment.Join(Sortable(T("Method", "方法"), false), views ? Sortable(T("View", "视角"), false) : Fragment.Empty, Sortable(T("Groups", "群数")), Sortable(T("Stability, mean", "平均稳定性")), Sortable(T("Stability, weakest", "最弱稳定性")),
            Sortable(T("Rand index of pairs", "成对兰德指数")), Sortable(T("Agreement of methods", "方法间一致性")), Sortable(T("Silhouette", "轮廓系数")), Sortable(T("Smallest group", "最小群")), Sortable(T("Score", "得分")), Sortable(T("Verdict", "结论"), false)),
        Fragment.Each(search.Candidates.OrderByDescending(c => IsChosen(search, c)).ThenByDescending(c => double.IsFinite(c.Score) ? c.Score : double.NegativeInfinity), c => Fragment.Of($"""
            <tr class="{(IsChosen(search, c) ? "chosen" : "")}"><th scope="row">{Method(c)}</th>{(views ? Fragment.Of($"<td>{Word(c.View)}</td>") : Fragment.Empty)}{Sorted(c.Clusters, Numbers.Whole(c.Clusters))}{Sorted(c.MeanJaccard, Numbers.Fixed(c.MeanJaccard, 3))}{Sorted(c.MinJaccard, Numbers.Fixed(c.MinJaccard, 3))}{Sorted(c.BootstrapAri, Numbers.Fixed(c.BootstrapAri, 3))}{Sorted(c.Agreement, Numbers.Fixed(c.Agreement, 3))}{Sorted(c.Silhouette, Numbers.Fixed(c.Silhouette, 3))}{Sorted(c.MinShare, Numbers.Percent1(c.MinShare))}{Sorted(c.Score, Numbers.Fixed(c.Score, 3))}<td>{Told(c.Verdict)}</td></tr>

            """)), "sortable");
    }

    static Fragment Sortable(Bilingual name, bool number = true) =>
        Fragment.Of($"""<th scope="col" class="{(number ? "num" : "")}"><button type="button">{name}</button></th>""");

    static Fragment Sorted(double value, string shown) =>
        Fragment.Of($"""<td class="num" data-v="{(double.IsFinite(value) ? value.ToString("R", System.Globalization.CultureInfo.InvariantCulture) : "")}">{shown}</td>""");
}
