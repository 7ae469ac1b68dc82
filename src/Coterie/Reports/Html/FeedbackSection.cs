using Coterie.Feedback;
using Coterie.Profiles;
using static Coterie.Reports.Html.Parts;

namespace Coterie.Reports.Html;

/// <summary>What people asked of the segments, what was kept, and whom it moved.</summary>
static class FeedbackSection
{
    // Entries about single customers may be thousands; report.json has them all.
    const int MostEntries = 60, MostMoves = 20;

    public static Fragment Build(RunReport report)
    {
        if (report.Feedback is not { } f) return Fragment.Empty;
        return Section("feedback", T("Feedback", "反馈"),
            T("What people asked of the segments, what this run kept of it, and whom it moved against the same run without it.", "人对分群的要求、本次运行保留了哪些，以及与无反馈的同一次运行相比哪些客户换了群。"),
            Fragment.Of($"""
                {Figures(f)}
                <p class="test">{f.Method}</p>
                {Entries(f)}
                {Findings(f)}
                {Moves(report, f)}
                {Agreement(report, f.Agreement)}
                <p class="lead">{f.Proof}</p>
                """));
    }

    static Fragment Figures(FeedbackReport f)
    {
        int kept = f.Entries.Count(e => e.Kept == FeedbackKept.Kept), partly = f.Entries.Count(e => e.Kept == FeedbackKept.Partly);
        return Fragment.Of($"""
            <dl class="figures small">{DeepSections.Figure(T("Entries", "要求"), Fragment.Of($"{Numbers.Whole(f.Entries.Count)}"), null)}{DeepSections.Figure(T("Kept", "已保留"), Fragment.Of($"{Numbers.Whole(kept)}"),
                partly > 0 ? T($"and {Numbers.Whole(partly)} in part", $"另有 {Numbers.Whole(partly)} 条部分保留") : null)}{DeepSections.Figure(T("Customers moved", "换群客户"), Fragment.Of($"{Numbers.Whole(f.Moved)}"),
                T($"{Numbers.Percent(Headline.Share(f.Moved, f.Customers))} of all; {Numbers.Whole(f.MovedByWord)} of them by a word about that customer", $"占全部 {Numbers.Percent(Headline.Share(f.Moved, f.Customers))}；其中 {Numbers.Whole(f.MovedByWord)} 位由针对其本人的要求所致"))}</dl>
            """);
    }

    static Bilingual Word(FeedbackKept kept) => kept switch
    {
        FeedbackKept.Kept => T("kept", "已保留"),
        FeedbackKept.Partly => T("in part", "部分保留"),
        _ => T("not kept", "未保留"),
    };

    static Fragment Entries(FeedbackReport f)
    {
        // What could not be kept comes first, then what is about whole segments.
        FeedbackOutcome[] shown = [.. f.Entries.OrderBy(e => e.Kept == FeedbackKept.Kept).ThenBy(e => e.Kind is "pin" or "move" or "together" or "apart" or "review").Take(MostEntries)];
        return Fragment.Of($"""
            {Table(T("Entries of feedback", "反馈条目"), Head(T("Entry", "编号"), T("Asked", "要求"), T("By", "提出者"), T("Outcome", "结果"), T("Why", "说明")),
                Fragment.Each(shown, e => Fragment.Of($"""
                    <tr><th scope="row">{e.Id}</th><td class="wrap">{e.Asked}{(e.Note is { } note ? Fragment.Of($" <small>{note}</small>") : Fragment.Empty)}</td><td>{e.Who}, {Numbers.Date(e.Time)}</td><td>{Word(e.Kept)}</td><td class="wrap">{e.Why}</td></tr>

                    """)))}
            {(f.Entries.Count > shown.Length ? Fragment.Of($"""<p class="lead">{T($"and {Numbers.Whole(f.Entries.Count - shown.Length)} more that were kept; report.json lists them.", $"另有 {Numbers.Whole(f.Entries.Count - shown.Length)} 条已保留，见 report.json。")}</p>""") : Fragment.Empty)}
            """);
    }

    static Fragment Findings(FeedbackReport f) => f.Findings.Count == 0 ? Fragment.Empty
        : Fragment.Of($"""<ul class="remarks">{Fragment.Each(f.Findings, finding => Fragment.Of($"<li>{finding}</li>"))}</ul>""");

    static Fragment Moves(RunReport report, FeedbackReport f) => f.Moves.Count == 0 ? Fragment.Empty : Fragment.Of($"""
        <h3>{T("Who moved", "换群去向")}</h3>
        {Table(T("Customers moved by feedback", "因反馈而换群的客户"), Fragment.Join(Head(T("Without feedback in", "无反馈时"), T("Now in", "现在")), HeadNumbers(T("Customers", "客户"))),
            Fragment.Each(f.Moves.Take(MostMoves), m => Fragment.Of($"""<tr><th scope="row">{DeepTables.Segment(report, m.From)}</th><td>{DeepTables.Segment(report, m.To)}</td>{Cells(Numbers.Whole(m.Customers))}</tr>""")), "named")}
        """);

    static Fragment Agreement(RunReport report, ReviewAgreement agreement)
    {
        if (agreement.Overall is not { } overall) return Fragment.Empty;
        return Fragment.Of($"""
            <h3>{T("Reviewers and the model", "复核者与模型")}</h3>
            <p class="lead">{T($"Reviewers agreed with the model about {Numbers.Whole(overall.Agreed)} of {Numbers.Whole(overall.Reviews)} customers. Borderline customers are offered first, so this is no measure of how often the model is right of all customers.",
                $"复核者在 {Numbers.Whole(overall.Reviews)} 位客户中同意模型 {Numbers.Whole(overall.Agreed)} 位。复核优先选取边界客户，因此这不代表模型对全部客户的正确率。")}</p>
            {Table(T("Agreement of reviewers", "复核一致率"), Fragment.Join(Head(T("Of", "范围")), HeadNumbers(T("Reviewed", "复核"), T("Agreed", "同意"), T("Share, 95 %", "比例（95%）"))),
                Fragment.Join(Rows(agreement.Months, m => Fragment.Of($"{m.Of}")), Rows(agreement.Segments, s => DeepTables.Segment(report, s.Of))))}
            """);
    }

    static Fragment Rows(IReadOnlyList<AgreementShare> shares, Func<AgreementShare, Fragment> of) => Fragment.Each(shares, s => Fragment.Of(
        $"""<tr><th scope="row">{of(s)}</th>{Cells(Numbers.Whole(s.Reviews), Numbers.Whole(s.Agreed), $"{Numbers.Percent(s.Share.Value)} ({Numbers.Percent(s.Share.Low)} – {Numbers.Percent(s.Share.High)})")}</tr>"""));
}
