using Coterie.Clean;
using Coterie.Profiles;
using static Coterie.Reports.Html.Parts;

namespace Coterie.Reports.Html;

/// <summary>What went in: quality, files, mapping, features.</summary>
static class DataSections
{
    public static Fragment Quality(RunReport report)
    {
        var q = report.Quality;
        var refused = q.Rules.Where(r => r.Refused).OrderByDescending(r => r.Rows).ToArray();
        var findings = q.Rules.Where(r => !r.Refused).OrderByDescending(r => r.Rows).ToArray();
        return Section("quality", T("Data quality", "数据质量"),
            T($"{Numbers.Whole(q.RowsRead)} rows were read and {Numbers.Whole(q.RowsKept)} kept. Refused rows are whole in quarantine, each with its rule.",
                $"读取 {Numbers.Whole(q.RowsRead)} 行，保留 {Numbers.Whole(q.RowsKept)} 行。被拒的行完整保存在隔离区，并注明规则。"),
            Fragment.Of($"""
                {Rules(T("Refused", "已拒绝"), refused, q, report.Currency)}
                {Rules(T("Noted, not refused", "已记录，未拒绝"), findings, q, report.Currency)}
                <dl class="plain"><div><dt>{T("Money as sent", "原始金额")}</dt><dd>{Numbers.Money(q.RevenueRead, report.Currency)}</dd></div>
                <div><dt>{T("Purchases kept", "保留的购买")}</dt><dd>{Numbers.Money(q.RevenueKept, report.Currency)}</dd></div>
                <div><dt>{T("Refunds", "退款")}</dt><dd>{Numbers.Money(q.Refunds, report.Currency)}</dd></div>
                {(q.RowsKnown > 0 ? Fragment.Of($"<div><dt>{T("Rows known before", "此前已有的行")}</dt><dd>{Numbers.Whole(q.RowsKnown)}</dd></div>") : Fragment.Empty)}
                {(q.IdentitiesMerged > 0 ? Fragment.Of($"<div><dt>{T("Identities merged", "合并的身份")}</dt><dd>{Numbers.Whole(q.IdentitiesMerged)}</dd></div>") : Fragment.Empty)}</dl>
                <div class="columns"><div><h3>{T("Files", "文件")}</h3>{Files(q)}</div><div><h3>{T("Kinds of event", "事件类型")}</h3>{Kinds(q)}</div></div>
                <h3>{T("How columns were read", "列的识别")}</h3><p class="lead">{T("Layout: ", "布局：")}{Word(q.Layout)}</p>{Mapping(q)}
                {Remarks(q.Notes)}
                """));
    }

    static Fragment Rules(Bilingual title, IReadOnlyList<RuleCount> rules, QualityReport q, string? currency) => rules.Count == 0
        ? Fragment.Empty
        : Table(title, Fragment.Join(Head(title), HeadNumbers(T("Rows", "行"), T("of rows", "占行数")), Head(T("", "")), HeadNumbers(T("Money", "金额"), T("of money", "占金额"))),
            Fragment.Each(rules, r => Fragment.Of($"""
                <tr><th scope="row">{T(r.Meaning, r.MeaningZh)} <code>{r.Rule}</code></th>{Cells(Numbers.Whole(r.Rows), Numbers.Percent(Headline.Share(r.Rows, q.RowsRead)))}<td class="plot"><span class="bar"><i style="width:{Width(Headline.Share(r.Rows, q.RowsRead))}"></i></span></td>{Cells(Numbers.Money(r.Revenue, currency), Numbers.Percent(Headline.Share(r.Revenue, q.RevenueRead)))}</tr>

                """)), "rules");

    static Fragment Files(QualityReport q) => Table(T("Files", "文件"), Fragment.Join(Head(T("File", "文件"), T("Format", "格式")), HeadNumbers(T("Size", "大小"))),
        Fragment.Each(q.Files, f => Fragment.Of($"""<tr><th scope="row" class="wrap">{Path.GetFileName(f.Path)}</th><td>{Word(f.Format)}, {f.Encoding}</td>{Cells(Numbers.Bytes(f.Bytes))}</tr>""")));

    static Fragment Kinds(QualityReport q) => Table(T("Kinds of event", "事件类型"), Fragment.Join(Head(T("Kind", "类型")), HeadNumbers(T("Events", "事件数"), T("Share", "占比"))),
        Fragment.Each(q.Kinds.OrderByDescending(k => k.Value).ThenBy(k => k.Key, StringComparer.Ordinal),
            k => Fragment.Of($"""<tr><th scope="row"><code>{k.Key}</code></th>{Cells(Numbers.Whole(k.Value), Numbers.Percent1(Headline.Share(k.Value, q.RowsKept)))}</tr>""")));

    static Fragment Mapping(QualityReport q) => Table(T("Column mapping", "列映射"), Head(T("Event column", "事件列"), T("Comes from", "来源"), T("Because of", "依据"), T("Format", "格式")),
        Fragment.Each(q.Mapping, m => Fragment.Of($"""<tr><th scope="row"><code>{m.Target}</code></th><td>{Word(m.Source)}</td><td>{Why(m.Why)}</td><td>{Word(m.Format ?? "")}</td></tr>""")));

    static Bilingual Why(string why) => why switch
    {
        "name" => T("its name", "列名"),
        "content" => T("its content", "内容"),
        "layout" => T("the layout", "布局"),
        "map" => T("your --map", "--map 指定"),
        _ => T(why, why),
    };

    public static Fragment Features(RunReport report)
    {
        var used = report.Features.Count(f => f.Used);
        return Section("features", T("Features", "特征"),
            T($"{report.Features.Count} were computed for every customer; {used} took part in clustering.", $"为每位客户计算了 {report.Features.Count} 个特征，其中 {used} 个参与聚类。"),
            Fragment.Of($"""
                {Table(T("Features", "特征"),
                    Fragment.Join(Head(T("Feature", "特征"), T("Family", "类别"), T("Transform", "变换")), HeadNumbers(T("10%", "10%"), T("Median", "中位数"), T("90%", "90%"), T("Missing", "缺失")), Head(T("Clustered", "参与聚类"))),
                    Fragment.Each(report.Features, f => Fragment.Of($"""
                        <tr><th scope="row">{f.Label}<small>{Told(f.Sentence)}</small></th><td>{Family(f.Family)}</td><td>{Word(f.Transform)}</td>{Decile(f, 1, report.Currency)}{Decile(f, 5, report.Currency)}{Decile(f, 9, report.Currency)}{Cells(Numbers.Percent(f.MissingShare))}<td>{(f.Used ? Fragment.Of($"{T("yes", "是")}") : Fragment.Of($"""<span class="no">{T("no", "否")}</span> <small>{Told(f.Dropped ?? "")}</small>"""))}</td></tr>

                        """)), "features")}
                {(report.FeaturesLeftOut.Count == 0 ? Fragment.Empty : Fragment.Of($"""
                    <details class="left-out"><summary>{T($"{report.FeaturesLeftOut.Count} features of the catalogue could not be computed from these data", $"目录中有 {report.FeaturesLeftOut.Count} 个特征无法由本数据计算")}</summary>
                    {Table(T("Features left out", "未计算的特征"), Head(T("Feature", "特征"), T("Reason", "原因")),
                        Fragment.Each(report.FeaturesLeftOut.OrderBy(p => p.Key, StringComparer.Ordinal), p => Fragment.Of($"""<tr><th scope="row"><code>{p.Key}</code></th><td>{Told(p.Value)}</td></tr>""")))}</details>
                    """))}
                """));
    }

    static Fragment Decile(ReportFeature f, int decile, string? currency) =>
        Fragment.Of($"""<td class="num">{(f.Deciles.Length == 11 ? Numbers.Value(f.Deciles[decile], f.Unit, currency) : T(Numbers.Missing, Numbers.Missing))}</td>""");

    static Bilingual Family(string family) => family switch
    {
        "recency" => T(family, "近度"), "frequency" => T(family, "频度"), "money" => T(family, "金额"), "rhythm" => T(family, "节奏"), "basket" => T(family, "购物篮"),
        "refunds" => T(family, "退款"), "discount" => T(family, "折扣"), "category" => T(family, "品类"), "time" => T(family, "时间"), "season" => T(family, "季节"),
        "funnel" => T(family, "转化"), "session" => T(family, "会话"), "search" => T(family, "搜索"), "context" => T(family, "情境"), "reviews" => T(family, "评价"),
        "trend" => T(family, "趋势"), _ => T(family, family),
    };
}
