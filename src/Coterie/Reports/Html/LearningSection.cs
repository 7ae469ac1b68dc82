using Coterie.Evaluation;
using Coterie.Profiles;
using static Coterie.Reports.Html.Parts;

namespace Coterie.Reports.Html;

/// <summary>What was trained, its loss curves, and what small heads make of the representations.</summary>
static class LearningSection
{
    public static Fragment Build(RunReport report)
    {
        var (trainings, heads) = (report.Deep.Trainings, report.Deep.Heads);
        if (trainings.Count == 0 && heads is not { Scores.Count: > 0 }) return Fragment.Empty;
        if (trainings.Count == 0) return Section("learning", T("What the views know", "各视角知道什么"), T("Simple models were put on each representation of the customers, so that only the representations differ.", "在客户的各种表示上使用同样简单的模型，因此只有表示不同。"), Heads(heads!));
        return Section("learning", T("How the networks learned", "网络如何训练"),
            T("A network is worth keeping while the loss on customers whom it does not train on still falls; the weights of that epoch were kept.", "只要在未参与训练的客户上损失仍在下降，训练就有意义；保留的是该轮的权重。"),
            Fragment.Join(Trainings(trainings), heads is { Scores.Count: > 0 } ? Heads(heads) : Fragment.Empty));
    }

    internal static Bilingual What(LearningRun run) => run.What switch
    {
        "encoder" => T("Encoder of sequences", "序列编码器"),
        "classifier" => T("Classifier of segments", "分群分类器"),
        "classifier of the freeze" => T("Classifier as of the freeze", "冻结时刻的分类器"),
        _ => T(run.What, run.What),
    };

    static Fragment Trainings(IReadOnlyList<LearningRun> trainings) => trainings.Count == 0 ? Fragment.Empty : Fragment.Of($"""
        {(trainings.Any(t => t.Curve.Count > 1) ? Fragment.Of($"""<div class="triple two">{Fragment.Each(trainings, Curve)}</div>""") : Fragment.Empty)}
        {Table(T("Trainings", "训练"),
            Fragment.Join(Head(T("Network", "网络")), HeadNumbers(T("Trained numbers", "可训练参数"), T("Customers: train / validate / test", "客户：训练 / 验证 / 测试"), T("Epochs", "轮数"), T("Kept", "保留"), T("Steps", "步数"), T("Loss: train / validate / test", "损失：训练 / 验证 / 测试"), T("Seconds", "秒")), Head(T("Why it ended", "结束原因"))),
            Fragment.Each(trainings, r => Fragment.Of($"""
                <tr><th scope="row">{What(r)}<small class="model">{Told(r.Model)}</small></th>{Cells(Numbers.Whole(r.Parameters), $"{Numbers.Whole(r.TrainingCustomers)} / {Numbers.Whole(r.ValidationCustomers)} / {Numbers.Whole(r.TestCustomers)}", Numbers.Whole(r.Curve.Count), Numbers.Whole(r.BestEpoch), Numbers.Whole(r.Steps), Losses(r), Numbers.Fixed(r.Seconds, 1))}<td class="why">{Told(r.Ended)}</td></tr>

                """)), "trainings")}
        {Fragment.Each(trainings, r => Remarks(r.Findings))}
        """);

    /// <summary>Losses of the kept weights.</summary>
    static string Losses(LearningRun run)
    {
        var kept = run.Curve.FirstOrDefault(e => e.Epoch == run.BestEpoch);
        return string.Join(" / ", new[] { kept?.Loss, kept?.Validation, run.TestLoss }.Select(l => Numbers.Fixed(l ?? double.NaN, 3)));
    }

    /// <summary>Nothing for a single epoch: its losses are in the table.</summary>
    static Fragment Curve(LearningRun run)
    {
        var title = T($"{What(run).En}: loss by epoch", $"{What(run).Zh}：各轮损失");
        if (run.Curve.Count < 2) return Fragment.Empty;
        var data = new
        {
            format = "number",
            x = ChartData.Text(T("Epoch", "轮")),
            marks = new[] { new { x = run.BestEpoch, label = ChartData.Text(T("kept", "保留")) } },
            lines = new[]
            {
                ChartData.Line(T("Training", "训练"), run.Curve.Where(e => double.IsFinite(e.Loss)).Select(e => new[] { e.Epoch, e.Loss })),
                ChartData.Line(T("Validation", "验证"), run.Curve.Where(e => e.Validation is { } v && double.IsFinite(v)).Select(e => new[] { e.Epoch, e.Validation!.Value })),
            }.Take(run.Curve.Any(e => e.Validation is { } v && double.IsFinite(v)) ? 2 : 1),
        };
        return Fragment.Of($"""
            <div><h3>{title}</h3>{Chart("lines", title, data, Fragment.Of($"""<div class="tall">{Table(title, HeadNumbers(T("Epoch", "轮"), T("Training", "训练"), T("Validation", "验证")),
                Fragment.Each(run.Curve, e => Fragment.Of($"""<tr class="{(e.Epoch == run.BestEpoch ? "chosen" : "")}"><th scope="row" class="num">{Numbers.Whole(e.Epoch)}</th>{Cells(Numbers.Fixed(e.Loss, 4), Numbers.Fixed(e.Validation ?? double.NaN, 4))}</tr>""")))}</div>"""), 280, legend: true)}</div>
            """);
    }

    static Bilingual Task(string task) => task switch
    {
        "churn" => T("Who will not come back", "谁不再回来"),
        "next_category" => T("Which category comes next", "下一个品类"),
        "spend" => T("How much they will spend", "将消费多少"),
        _ => T(task, task),
    };

    static Bilingual Metric(string metric) => metric switch { "auc" => T("AUC", "AUC"), "r2_log_spend" => T("R² of log spend", "对数消费 R²"), _ => T(metric, metric) };

    static Bilingual Input(string input) => input switch
    {
        "features" => T("Features", "特征"),
        "embedding" => T("Embedding", "嵌入"),
        "sequences" => T("Sequences", "序列"),
        "both" => T("Both", "两者"),
        _ => T(input, input),
    };

    static Fragment Heads(SmallHeadsReport heads)
    {
        var tasks = heads.Scores.GroupBy(s => s.Task, StringComparer.Ordinal).ToArray();
        var (learned, judged) = (Numbers.Whole(heads.LearnedFrom), Numbers.Whole(heads.JudgedOn));
        return Fragment.Of($"""
            <h3>{T("What each representation knows of what follows", "各种表示对未来知道多少")}</h3>
            <p class="lead">{(heads.LaterPeriod
                ? T($"The same small heads learned on {learned} customers from each representation and were judged on {judged} customers of a later period.", $"在各表示上用同样的小模型从 {learned} 位客户学习，并在后一时期的 {judged} 位客户上检验。")
                : T($"The same small heads learned from each representation; each of {judged} customers was judged by heads that learned from others ({learned} in all).", $"在各表示上用同样的小模型学习；{judged} 位客户均由未见过他们的模型检验（共学习 {learned} 位）。"))}</p>
            <div class="triple">{Fragment.Each(tasks, t => ChartData.Dots(T($"{Task(t.Key).En} ({Metric(t.First().Metric).En})", $"{Task(t.Key).Zh}（{Metric(t.First().Metric).Zh}）"), t.First().Metric == "auc" ? "fixed" : "percent",
                [.. t.Select(s => ChartData.Dot(Input(s.Input), s.Value, s.Input == "both" ? "accent" : "grey"))]))}</div>
            <details class="numbers" open><summary>{T("Numbers", "数据")}</summary>{Table(T("Small heads", "小模型得分"),
                Fragment.Join(Head(T("Task", "任务"), T("Learned from", "学习自")), HeadNumbers(T("Score", "得分")), Head(T("Measure", "指标")), HeadNumbers(T("Penalty", "惩罚"))),
                Fragment.Each(heads.Scores, s => Fragment.Of($"""<tr><th scope="row">{Task(s.Task)}</th><td>{Input(s.Input)}</td>{Cells(ChartData.With(s.Value))}<td>{Metric(s.Metric)}</td>{Cells(Numbers.Short(s.Penalty))}</tr>""")))}
            {(heads.Gains.Count == 0 ? Fragment.Empty : Table(T("Gains, paired", "配对增益"),
                Fragment.Join(Head(T("Task", "任务"), T("Learned from", "学习自"), T("Over", "相对于")), HeadNumbers(T("Gain", "增益"))),
                Fragment.Each(heads.Gains, g => Fragment.Of($"""<tr><th scope="row">{Task(g.Task)}</th><td>{Input(g.Input)}</td><td>{Input(g.Over)}</td>{Cells(ChartData.Gain(g.Value))}</tr>"""))))}</details>
            {Remarks(heads.Notes)}
            """);
    }
}
