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
                <p class="test">{Test(search)} <span lang="en">{search.Structure.Explanation}</span></p>
                {Stability(search)}
                <h3>{T("Every candidate", "全部候选")}</h3>
                <p class="lead">{T("Sort by any column.", "可按任意列排序。")}</p>
                <div class="tall">{Leaderboard(search)}</div>
                {(search.Rules.Count == 0 ? Fragment.Empty : Fragment.Of($"<h3>{T("Rules of the choice", "选择规则")}</h3>{Remarks(search.Rules)}"))}
                """));
    }

    static Bilingual Lead(ReportSearch search) => search.Chosen is { } c
        ? T($"{search.Candidates.Count} candidates were compared. {Method(c)} with {c.Clusters} groups was chosen: what a group is should not depend on which customers happened to be in the sample.",
            $"共比较 {search.Candidates.Count} 个候选，选定 {Method(c)}，{c.Clusters} 群：群体不应取决于恰好抽到了哪些客户。")
        : T($"{search.Candidates.Count} candidates were compared and none was chosen.", $"共比较 {search.Candidates.Count} 个候选，均未采用。");

    static string Method(Candidate c) => (c.Method switch { "kmeans" => "K-means", "gmm" => "Gaussian mixture", _ => c.Method })
        + (c.Distance == Distance.Cosine ? ", cosine" : "");

    static Bilingual Test(ReportSearch search) => search.Structure.Structure
        ? T($"Are there groups at all? Yes (p = {Numbers.Fixed(search.Structure.PValue, 3)}).", $"是否存在群体？是（p = {Numbers.Fixed(search.Structure.PValue, 3)}）。")
        : T($"Are there groups at all? No (p = {Numbers.Fixed(search.Structure.PValue, 3)}).", $"是否存在群体？否（p = {Numbers.Fixed(search.Structure.PValue, 3)}）。");

    static Fragment WhatToDo(RunReport report) => Fragment.Of($"""
        <div class="todo"><h3>{T("What to do instead", "可以怎么做")}</h3><ul>
        <li>{T("Treat customers as one list, ordered by value and by time since the last order; RFM quintiles do that.", "把客户看作一个整体，按价值和距上次下单的时间排序；RFM 五分法即可。")}</li>
        <li>{T("Give the run more to see: a longer history, clicks beside orders, categories and prices.", "提供更多信息：更长的历史、订单之外的点击、品类与价格。")}</li>
        <li>{T("Look at the data quality below: many refused rows can hide the groups.", "查看下方数据质量：被拒的行过多会掩盖群体。")}</li>
        <li>{Fragment.Of($"""{T("If a number of groups is needed all the same, ask for it:", "若仍需固定群数，可指定：")} <code>--k 4</code>""")}</li></ul></div>

        """);

    static Fragment Stability(ReportSearch search)
    {
        var lines = search.Candidates.Where(c => double.IsFinite(c.MeanJaccard) && c.MeanJaccard > 0)
            .GroupBy(c => Method(c) + (c.View == "portrait" ? "" : $" · {c.View}"), StringComparer.Ordinal)
            .Select(g => new
            {
                name = g.Key,
                points = g.OrderBy(c => c.Clusters).GroupBy(c => c.Clusters).Select(k => new[] { k.Key, Math.Round(k.Max(c => c.MeanJaccard), 4), Math.Round(k.Max(c => c.MinJaccard), 4) }),
                chosen = g.FirstOrDefault(c => c == search.Chosen)?.Clusters,
            }).ToArray();
        return lines.Length == 0 ? Fragment.Empty : Fragment.Of($"""
            <h3>{T("Stability by number of groups", "稳定性与群数")}</h3>
            {Chart("stability", T("Mean Jaccard similarity under resampling, by number of groups", "重抽样下的平均 Jaccard 相似度（按群数）"), new { lines }, Fragment.Empty, 320, legend: true)}
            """);
    }

    static Fragment Leaderboard(ReportSearch search)
    {
        var views = search.Candidates.Select(c => c.View).Distinct(StringComparer.Ordinal).Skip(1).Any();
        return Table(T("Candidates", "候选"),
        Fragment.Join(Sortable(T("Method", "方法"), false), views ? Sortable(T("View", "视角"), false) : Fragment.Empty, Sortable(T("Groups", "群数")), Sortable(T("Stability, mean", "平均稳定性")), Sortable(T("Stability, weakest", "最弱稳定性")),
            Sortable(T("Rand index of pairs", "成对兰德指数")), Sortable(T("Silhouette", "轮廓系数")), Sortable(T("Smallest group", "最小群")), Sortable(T("Score", "得分")), Sortable(T("Verdict", "结论"), false)),
        Fragment.Each(search.Candidates.OrderByDescending(c => c == search.Chosen).ThenByDescending(c => double.IsFinite(c.Score) ? c.Score : double.NegativeInfinity), c => Fragment.Of($"""
            <tr class="{(c == search.Chosen ? "chosen" : "")}"><th scope="row">{Method(c)}</th>{(views ? Fragment.Of($"<td>{c.View}</td>") : Fragment.Empty)}{Sorted(c.Clusters, Numbers.Whole(c.Clusters))}{Sorted(c.MeanJaccard, Numbers.Fixed(c.MeanJaccard, 3))}{Sorted(c.MinJaccard, Numbers.Fixed(c.MinJaccard, 3))}{Sorted(c.BootstrapAri, Numbers.Fixed(c.BootstrapAri, 3))}{Sorted(c.Silhouette, Numbers.Fixed(c.Silhouette, 3))}{Sorted(c.MinShare, Numbers.Percent1(c.MinShare))}{Sorted(c.Score, Numbers.Fixed(c.Score, 3))}<td lang="en">{c.Verdict}</td></tr>

            """)), "sortable");
    }

    static Fragment Sortable(Bilingual name, bool number = true) =>
        Fragment.Of($"""<th scope="col" class="{(number ? "num" : "")}"><button type="button">{name}</button></th>""");

    static Fragment Sorted(double value, string shown) =>
        Fragment.Of($"""<td class="num" data-v="{(double.IsFinite(value) ? value.ToString("R", System.Globalization.CultureInfo.InvariantCulture) : "")}">{shown}</td>""");
}
