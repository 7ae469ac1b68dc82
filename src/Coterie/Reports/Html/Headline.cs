using Coterie.Profiles;
using static Coterie.Reports.Html.Parts;

namespace Coterie.Reports.Html;

/// <summary>What was found, in one or two sentences, and the key figures.</summary>
static class Headline
{
    public static Bilingual Sentence(RunReport report)
    {
        var clauses = Clauses(report);
        return T(string.Join(' ', clauses.Select(c => c.En)), string.Concat(clauses.Select(c => c.Zh)));
    }

    static Bilingual[] Clauses(RunReport report)
    {
        var n = Numbers.Whole(report.Customers);
        var k = report.Segments.Count;
        if (k == 0) return [T($"No segments: {n} customers, and no groups among them.", $"没有分群：{n} 位客户之间不存在明显的群体。")];
        if (report.Search.NoStructure)
            return [T($"{Count(k)}, as asked, among {n} customers whose data show no groups of their own.", $"按要求把 {n} 位客户分为 {k} 群，但数据本身并无群体。")];

        var found = T($"{Count(k)} among {n} customers.", $"{n} 位客户分为 {k} 群，");
        var days = report.Validity?.HorizonDays ?? 0;
        var judged = report.Validity?.AgainstRfm switch
        {
            "better" => T($"They predict the next {days} days better than RFM.", $"对此后 {days} 天的预测优于 RFM。"),
            "worse" => T($"RFM predicts the next {days} days better than they do.", $"对此后 {days} 天的预测不如 RFM。"),
            "no_difference" => T($"They predict the next {days} days about as well as RFM.", $"对此后 {days} 天的预测与 RFM 相当。"),
            "mixed" => T($"They predict the next {days} days better than RFM in one measure, and worse in the other.", $"对此后 {days} 天的预测，一项优于 RFM，另一项不及。"),
            _ => T("The history is too short to test them on a later period.", "历史太短，尚无法用后续时期检验。"),
        };
        return [found, judged];
    }

    public static Fragment Hero(RunReport report) => Fragment.Of($"""
        <header class="hero">
        <p class="kicker">{Source(report)}</p>
        <h1>{Fragment.Each(Clauses(report), c => Fragment.Of($"<span class=\"clause\">{c}</span> "))}</h1>
        {(Concentration(report) is { } c ? Fragment.Of($"<p class=\"standfirst\">{c}</p>") : Fragment.Empty)}
        <dl class="figures">{Fragment.Each(Figures(report), f => Fragment.Of($"""<div><dt>{f.Label}</dt><dd>{f.Value}</dd><dd class="note">{f.Note}</dd></div>"""))}</dl>
        </header>

        """);

    static Bilingual Source(RunReport report)
    {
        var files = report.Input.Files;
        var first = files.Count == 0 ? "" : Path.GetFileName(files[0]);
        var more = files.Count - 1;
        var until = Numbers.Date(report.AsOf);
        return T(first + (more > 0 ? $" and {more} more" : "") + $" · as of {until}", first + (more > 0 ? $" 等 {files.Count} 个文件" : "") + $" · 截至 {until}");
    }

    /// <summary>The segment that brings most in proportion to its size, when that is worth a sentence.</summary>
    static Bilingual? Concentration(RunReport report)
    {
        if (report.Segments.Count == 0)
            return T("Customers differ by degrees, not by kind. Dividing them anyway would make groups that the next run would not find again.",
                "客户之间只有程度之别，没有类别之分。强行划分得到的群体，下次运行将无法重现。");
        var richest = report.Segments.MaxBy(s => s.RevenueShare / Math.Max(s.Share, 1e-9))!;
        return double.IsFinite(richest.RevenueShare) && richest.RevenueShare > 1.5 * richest.Share
            ? T($"{richest.Name.En}, {Numbers.Percent(richest.Share)} of customers, bring {Numbers.Percent(richest.RevenueShare)} of revenue.",
                $"{richest.Name.Zh}占客户的 {Numbers.Percent(richest.Share)}，带来 {Numbers.Percent(richest.RevenueShare)} 的收入。")
            : null;
    }

    sealed record Figure(Bilingual Label, Bilingual Value, Bilingual Note);

    static Bilingual Same(string text) => T(text, text);

    static IEnumerable<Figure> Figures(RunReport report)
    {
        var q = report.Quality;
        yield return new(T("Customers", "客户"), Same(Numbers.Whole(report.Customers)), T($"{Numbers.Date(q.FirstEvent)} to {Numbers.Date(q.LastEvent)}", $"{Numbers.Date(q.FirstEvent)} 至 {Numbers.Date(q.LastEvent)}"));
        if (q.RevenueKept > 0)
            yield return new(T("Revenue", "收入"), Numbers.MoneyCompact(q.RevenueKept, report.Currency), T("after cleaning, before refunds", "清洗后，未扣退款"));
        yield return new(T("Rows used", "采用行数"), Same(Numbers.Percent1(Share(q.RowsKept, q.RowsRead))), T($"of {Numbers.Whole(q.RowsRead)} read", $"共读取 {Numbers.Whole(q.RowsRead)} 行"));
        if (report.Segments.Count > 0)
        {
            double[] measured = [.. report.Segments.Select(s => s.Stability).Where(double.IsFinite).DefaultIfEmpty(double.NaN)];
            var (low, high) = (measured.Min(), measured.Max());
            yield return new(T("Stability", "稳定性"), Same(Numbers.Fixed(low, 2)), T($"of the weakest segment; the strongest has {Numbers.Fixed(high, 2)}", $"最弱的群；最强为 {Numbers.Fixed(high, 2)}"));
            yield return new(T("Told by rules", "规则可解释"), Same(Numbers.Percent(report.RulesFidelity)), T("of customers, by a few thresholds", "的客户可由少量阈值判定"));
        }
        else
            yield return new(T("Structure test", "结构检验"), Same("p = " + Numbers.Fixed(report.Search.Structure.PValue, 2)), T("how often data without groups look as grouped", "无群体的数据同样显得有群的频率"));
    }

    static string Count(int k) => k == 1 ? "One segment" : $"{k} segments";

    public static double Share(double part, double whole) => whole == 0 ? double.NaN : part / whole;
}
