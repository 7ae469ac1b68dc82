using System.Globalization;
using Coterie.Evaluation;
using Coterie.Profiles;
using static Coterie.Reports.Html.Parts;

namespace Coterie.Reports.Html;

/// <summary>How well the classifier places customers whom it never learned from.</summary>
static class ClassifierSection
{
    public static Fragment Build(RunReport report)
    {
        if (report.Deep.Classifier is not { } c) return Fragment.Empty;
        var r = c.HeldOut;
        return Section("classifier", T("A classifier for newcomers", "新客户的分类器"),
            T($"It learned the final segments from their members and places a customer at once, even one with a few events. Judged on {Numbers.Whole(r.Count)} customers whom it never learned from.",
                $"它从各群成员学习最终分群，可立即归类新客户，哪怕只有几个事件。以下结果来自 {Numbers.Whole(r.Count)} 位未参与学习的客户。"),
            Fragment.Of($"""
                {Sentence(c)}
                <dl class="figures small">{Figure(T("Accuracy", "准确率"), r.Accuracy)}{Figure(T("Precision, mean", "精确率（平均）"), r.MacroPrecision)}{Figure(T("Recall, mean", "召回率（平均）"), r.MacroRecall)}{Figure(T("F1, mean of segments", "F1（群平均）"), r.MacroF1)}{Figure(T("F1, weighted by size", "F1（按规模加权）"), r.WeightedF1)}{Figure(T("Calibration error", "校准误差"), r.Calibration.ExpectedError)}</dl>
                <div class="triple two">{ByEvents(c)}{Reliability(r.Calibration)}</div>
                <h3>{T("By segment", "按分群")}</h3>{PerSegment(report, c)}
                <h3>{T("Where it puts them", "归类去向")}</h3>
                <p class="lead">{T("Rows are the true segments and add up to 100%, columns what the classifier says.", "行为真实分群，合计 100%；列为分类器的判断。")}</p>
                {Confusion(report, c)}
                <details class="numbers" open><summary>{T("More indices", "更多指标")}</summary><dl class="figures small">{Figure(T("Precision, weighted", "精确率（加权）"), r.WeightedPrecision)}{Figure(T("Recall, weighted", "召回率（加权）"), r.WeightedRecall)}{Figure(T("Log loss, nats", "对数损失（nat）"), r.LogLoss)}{Figure(T("Brier score, 0 to 2", "Brier 分数（0 至 2）"), r.Brier)}{Figure(T("Largest calibration error", "最大校准误差"), r.Calibration.LargestError)}</dl></details>
                """));
    }

    static Fragment Figure(Bilingual name, double value) => DeepSections.Figure(name, Fragment.Of($"{Numbers.Fixed(value, 3)}"), null);

    static Fragment Sentence(ReportClassifier c)
    {
        if (c.ByEvents.FirstOrDefault(e => e.Events is not null) is not { Events: { } events } few || c.ByEvents.FirstOrDefault(e => e.Events is null) is not { } all) return Fragment.Empty;
        return Fragment.Of($"""<p class="verdict told">{T(
            $"Right about {Numbers.Percent(few.Accuracy.Value)} of customers after {events} events, and about {Numbers.Percent(all.Accuracy.Value)} with their whole history.",
            $"看到 {events} 个事件时判断正确 {Numbers.Percent(few.Accuracy.Value)}，看到全部历史时 {Numbers.Percent(all.Accuracy.Value)}。")}</p>""");
    }

    static Bilingual Seen(AccuracyByEvents e) => e.Events is { } n ? T(n.ToString(CultureInfo.InvariantCulture), n.ToString(CultureInfo.InvariantCulture)) : T("all", "全部");

    static Fragment ByEvents(ReportClassifier c)
    {
        var title = T("Accuracy by the number of events seen", "准确率与所见事件数");
        var data = new
        {
            format = "percent",
            to = 1,
            labels = true,
            x = ChartData.Text(T("First events seen", "所见的最初事件数")),
            // The second line of a place is how many customers stand behind it.
            places = c.ByEvents.Select(e => ChartData.Text(T($"{Seen(e).En}\n{Numbers.Whole(e.Customers)}", $"{Seen(e).Zh}\n{Numbers.Whole(e.Customers)}"))),
            lines = new[]
            {
                ChartData.Line(T("Accuracy", "准确率"), c.ByEvents.Select((e, i) => new[] { i, e.Accuracy.Value, e.Accuracy.Low, e.Accuracy.High })),
                ChartData.Line(T("F1, mean of segments", "F1（群平均）"), c.ByEvents.Select((e, i) => new[] { i, e.MacroF1 })),
            },
        };
        return c.ByEvents.Count == 0 ? Fragment.Empty : Fragment.Of($"""
            <div><h3>{title}</h3><p class="lead">{T("Under each number of events: customers who have so many.", "事件数之下为有这么多事件的客户数。")}</p>{Chart("lines", title, data, Table(title, Fragment.Join(HeadNumbers(T("Events seen", "所见事件"), T("Customers", "客户"), T("Accuracy", "准确率"), T("F1, mean", "F1（平均）"))),
                Fragment.Each(c.ByEvents, e => Fragment.Of($"""<tr><th scope="row" class="num">{Seen(e)}</th>{Cells(Numbers.Whole(e.Customers), ChartData.With(e.Accuracy), Numbers.Fixed(e.MacroF1, 3))}</tr>"""))), 320, legend: true)}</div>
            """);
    }

    static Fragment Reliability(CalibrationReport calibration)
    {
        var title = T("Can its confidence be taken at its word?", "它的把握度可信吗？");
        var bins = calibration.Bins.Where(b => b.Count > 0).ToArray();
        var data = new
        {
            format = "percent",
            square = true,
            to = 1,
            x = ChartData.Text(T("Mean confidence", "平均把握度")),
            lines = new[] { ChartData.Line(T("Share classified correctly", "判断正确的比例"), bins.Select(b => new[] { b.Confidence, b.Accuracy.Value, b.Accuracy.Low, b.Accuracy.High })) },
        };
        return bins.Length == 0 ? Fragment.Empty : Fragment.Of($"""
            <div><h3>{title}</h3><p class="lead">{T("On the dotted line it is as sure as it is right.", "虚线上把握与正确相当。")}</p>{Chart("lines", title, data, Table(title, Fragment.Join(HeadNumbers(T("Confidence", "把握度"), T("Customers", "客户"), T("Mean confidence", "平均把握度"), T("Correct", "正确"))),
                Fragment.Each(bins, b => Fragment.Of($"""<tr><th scope="row" class="num">{Numbers.Fixed(b.Low, 3)} … {Numbers.Fixed(b.High, 3)}</th>{Cells(Numbers.Whole(b.Count), Numbers.Fixed(b.Confidence, 3), ChartData.With(b.Accuracy))}</tr>"""))), 320, legend: true)}</div>
            """);
    }

    static Fragment Named(RunReport report, ReportClassifier c, int at) =>
        at >= 0 && at < c.Segments.Count ? DeepTables.Segment(report, c.Segments[at]) : Fragment.Of($"#{at}");

    static Fragment PerSegment(RunReport report, ReportClassifier c) => Table(T("Scores by segment", "各分群得分"),
        Fragment.Join(Head(T("Segment", "分群")), HeadNumbers(T("Truly in it", "实际属于"), T("Put into it", "判为属于"), T("Precision", "精确率"), T("Recall", "召回率"), T("F1", "F1")), Head(T("", ""))),
        Fragment.Each(c.HeldOut.PerClass, p => Fragment.Of($"""
            <tr><th scope="row">{Named(report, c, p.Class)}</th>{Cells(Numbers.Whole(p.Support), Numbers.Whole(p.Predicted), Numbers.Fixed(p.Precision, 3), Numbers.Fixed(p.Recall, 3), Numbers.Fixed(p.F1, 3))}<td class="plot"><span class="bar"><i class="{Fill(report, c, p.Class)}" style="width:{Width(p.F1)}"></i></span></td></tr>

            """)), "named");

    static string Fill(RunReport report, ReportClassifier c, int at) =>
        at >= 0 && at < c.Segments.Count && DeepTables.IndexOf(report, c.Segments[at]) is var i and >= 0 ? string.Create(CultureInfo.InvariantCulture, $"f{i % Palette.Segments.Count}") : "";

    static Fragment Confusion(RunReport report, ReportClassifier c) => Table(T("Confusion matrix", "混淆矩阵"),
        Fragment.Join(Head(T("True segment", "真实分群")), Fragment.Each(Enumerable.Range(0, c.HeldOut.Confusion.Length), i => Fragment.Of($"""<th scope="col" class="num">{Column(report, c, i)}</th>"""))),
        Fragment.Each(c.HeldOut.Confusion, (row, r) => Fragment.Of($"""
            <tr><th scope="row">{Named(report, c, r)}</th>{Fragment.Each(row, (n, i) => DeepTables.Share(n, row, i == r))}</tr>

            """)), "heat");

    static Fragment Column(RunReport report, ReportClassifier c, int at) => at < c.Segments.Count && DeepTables.IndexOf(report, c.Segments[at]) is var i and >= 0
        ? Fragment.Of($"""{Chip(report.Segments[i], i)}<span class="col-name">{report.Segments[i].Name}</span>""")
        : Named(report, c, at);
}
