using Coterie.Feedback;
using Spectre.Console;

namespace Coterie.Cli;

/// <summary>Feedback on the terminal.</summary>
internal static class FeedbackSummary
{
    // A screen holds so many; report.html and report.json have them all.
    const int Most = 10;

    internal static void Added(TextWriter output, FeedbackEntry entry, string lang) =>
        output.WriteLine($"{entry.Id}{(lang == "zh" ? "：" : ": ")}{entry.Words.In(lang)}{(lang == "zh" ? "。下次运行起生效。" : ". It counts from the next run on.")}");

    internal static void Show(TextWriter output, FeedbackLog log, string lang)
    {
        var zh = lang == "zh";
        var inForce = log.InForce.Select(e => e.Id).ToHashSet();
        if (log.All.Count == 0) output.WriteLine(zh ? "尚无反馈。" : "No feedback yet.");
        foreach (var e in log.All)
        {
            var gone = e is not WithdrawEntry && !inForce.Contains(e.Id) ? zh ? "（已撤回）" : " (withdrawn)" : "";
            output.WriteLine($"{e.Id,-5} {e.Time:yyyy-MM-dd HH:mm}  {e.Who}{(zh ? "：" : ": ")}{e.Words.In(lang)}{gone}{(e.Note is { } note ? $" — {note}" : "")}");
        }
    }

    /// <summary>How feedback changed a run: a line, and what could not be kept.</summary>
    internal static void Show(TextWriter output, FeedbackReport report, string lang)
    {
        var zh = lang == "zh";
        int kept = report.Entries.Count(e => e.Kept == FeedbackKept.Kept), partly = report.Entries.Count(e => e.Kept == FeedbackKept.Partly), all = report.Entries.Count;
        output.WriteLine(zh
            ? $"反馈：{all:N0} 条要求，保留 {kept:N0} 条{(partly > 0 ? $"，部分保留 {partly:N0} 条" : "")}；{report.Moved:N0} 位客户因此换群。"
            : $"Feedback: {all:N0} {(all == 1 ? "entry" : "entries")}, {kept:N0} kept{(partly > 0 ? $", {partly:N0} in part" : "")}; {report.Moved:N0} of {report.Customers:N0} customers are in another segment because of it.");
        var open = report.Entries.Where(e => e.Kept != FeedbackKept.Kept).ToArray();
        foreach (var e in open.Take(Most))
            output.WriteLine(zh ? $"  {e.Id} {e.Asked.Zh}：{(e.Kept == FeedbackKept.Partly ? "部分保留" : "未保留")}，{e.Why.Zh}。" : $"  {e.Id} {e.Asked.En}: {(e.Kept == FeedbackKept.Partly ? "kept in part" : "not kept")}, {e.Why.En}.");
        if (open.Length > Most) output.WriteLine(zh ? $"  另有 {open.Length - Most:N0} 条，见报告。" : $"  and {open.Length - Most:N0} more; the report lists them.");
        foreach (var finding in report.Findings) output.WriteLine("  " + finding.In(lang));
    }

    internal static void Show(TextWriter output, IReadOnlyList<ReviewItem> queue, ReviewAgreement agreement, string lang)
    {
        var zh = lang == "zh";
        if (queue.Count == 0)
        {
            output.WriteLine(zh ? "没有可复核的客户：分群不足两个，或都已复核。" : "Nobody is left to review: there are fewer than two segments, or people have looked at everybody.");
        }
        else
        {
            var table = new Table().Border(TableBorder.Simple);
            foreach (var column in zh ? new[] { "客户", "所在分群", "其次", "把握度", "消费", "原因" } : ["customer", "in", "or", "confidence", "spend", "why"]) table.AddColumn(column);
            foreach (var q in queue)
            {
                table.AddRow(Markup.Escape(q.Customer), Markup.Escape($"{q.Segment} {q.SegmentName.In(lang)}"), Markup.Escape($"{q.Second} {q.SecondName?.In(lang)}"), $"{q.Confidence:0.00}",
                    q.Spend is { } spend ? $"{spend:N0}" : "", Markup.Escape(q.Why.In(lang)));
            }

            Summary.Console(output).Write(table);
            output.WriteLine(zh ? "回答：feedback review 客户 agree|disagree|分群编号" : "Answer with: feedback review CUSTOMER agree|disagree|SEGMENT");
        }

        if (agreement.Overall is not { } overall)
        {
            output.WriteLine(zh ? "尚无复核。" : "No reviews yet.");
            return;
        }

        output.WriteLine(zh
            ? $"复核 {overall.Reviews:N0} 位，同意 {overall.Agreed:N0} 位（{overall.Share.Value:0%}，95% 区间 {overall.Share.Low:0%} 至 {overall.Share.High:0%}）。"
            : $"{overall.Reviews:N0} reviewed, {overall.Agreed:N0} agreed ({overall.Share.Value:0%}, 95 % interval {overall.Share.Low:0%} to {overall.Share.High:0%}).");
        foreach (var share in agreement.Months.Concat(agreement.Segments))
            output.WriteLine($"  {share.Of,-8} {share.Agreed,5:N0}/{share.Reviews:N0}  {share.Share.Value:0%} ({share.Share.Low:0%} – {share.Share.High:0%})");
    }
}
