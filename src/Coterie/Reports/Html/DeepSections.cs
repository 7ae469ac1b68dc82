using Coterie.Evaluation;
using Coterie.Fusion;
using Coterie.Profiles;
using static Coterie.Reports.Html.Parts;

namespace Coterie.Reports.Html;

/// <summary>The second view: why it was looked at, what was kept of both, how far they agree and who is disputed.</summary>
static class DeepSections
{
    public static Fragment Views(RunReport report)
    {
        var deep = report.Deep;
        if (!deep.On) return Section("deep", T("One view only", "只用一个视角"), deep.Why, Remarks(deep.Notes));
        return Section("deep", T("Two views, one segmentation", "两种视角，一套分群"), deep.Why, Fragment.Join(
            Verdict(deep), Figures(deep), Gains(deep), Agreement(deep), DeepTables.Crossing(deep), DeepTables.Disputes(report), DeepTables.Candidates(deep),
            DeepTables.Truth(deep), Remarks([.. deep.Notes.Distinct(StringComparer.Ordinal)])));
    }

    /// <summary>A view, or what came of both, as the page calls it.</summary>
    internal static Bilingual View(string view) => view switch
    {
        "features" => T("Features view", "特征视角"),
        "sequences" => T("Sequence view", "序列视角"),
        "fused" => T("Both fused", "融合"),
        "classifier" => T("Classifier", "分类器"),
        "kmeans_rfm" => T("K-means on R, F, M", "R、F、M 的 K-means"),
        _ => T(view, view),
    };

    static Fragment Verdict(ReportDeep deep) => Fragment.Join(
        deep.Verdict is { } v ? Fragment.Of($"""<p class="verdict {(deep.Kept == "fused" ? "good" : "fair")}">{v}</p>""") : Fragment.Empty,
        Fragment.Of($"""<p class="lead">{T("The features view sees how much, how often and how recently; the sequence view sees what follows what.", "特征视角看数量、频率与远近；序列视角看行为的先后。")}{Model(deep)}</p>"""));

    static Fragment Model(ReportDeep deep) => deep.Model is { } m ? Fragment.Of($"{T($" Here it is a model of sequences: {m.En}.", $"所用序列模型：{m.Zh}。")}") : Fragment.Empty;

    static Fragment Figures(ReportDeep deep)
    {
        var figures = new List<Fragment> { Figure(T("Kept", "采用"), Fragment.Of($"{View(deep.Kept)}"), null) };
        if (deep.Agreement is { } a)
            figures.Add(Figure(T("Agreement (ARI)", "一致度（ARI）"), Fragment.Of($"{Numbers.Fixed(a.Ari.Value.Value, 2)}"),
                T($"95 of 100 random pairings stay below {Numbers.Fixed(a.Ari.ChanceHigh, 3)}", $"100 次随机配对中 95 次低于 {Numbers.Fixed(a.Ari.ChanceHigh, 3)}")));
        // Where one view alone was kept there is nobody to dispute.
        if (deep.Customers > 0 && (deep.Kept == "fused" || deep.Disputed > 0))
            figures.Add(Figure(T("Disputed", "有争议"), Fragment.Of($"{Numbers.Percent(Headline.Share(deep.Disputed, deep.Customers))}"),
                T($"{Numbers.Whole(deep.Disputed)} of {Numbers.Whole(deep.Customers)} customers", $"共 {Numbers.Whole(deep.Disputed)} 位，全部 {Numbers.Whole(deep.Customers)} 位")));
        if (deep.Customers > 0)
            figures.Add(Figure(T("Events seen", "所见事件"), Fragment.Of($"{Numbers.Whole(deep.Events)}"),
                T($"{Numbers.Short((double)deep.Events / deep.Customers)} a customer on average", $"人均 {Numbers.Short((double)deep.Events / deep.Customers)} 个")));
        if (deep.EventDeciles.Count == 11)
            figures.Add(Figure(T("Events of a typical customer", "典型客户的事件数"), Fragment.Of($"{Numbers.Short(deep.EventDeciles[5])}"),
                T($"one in ten has {Numbers.Short(deep.EventDeciles[1])} or fewer, one in ten {Numbers.Short(deep.EventDeciles[9])} or more",
                    $"最少的十分之一不超过 {Numbers.Short(deep.EventDeciles[1])} 个，最多的十分之一不少于 {Numbers.Short(deep.EventDeciles[9])} 个")));
        return Fragment.Of($"""<dl class="figures small">{Fragment.Join(figures)}</dl>""");
    }

    internal static Fragment Figure(Bilingual name, Fragment value, Bilingual? note) =>
        Fragment.Of($"<div><dt>{name}</dt><dd>{value}</dd>{(note is null ? Fragment.Empty : Fragment.Of($"""<dd class="note">{note}</dd>"""))}</div>");

    static Fragment Gains(ReportDeep deep) => deep.Gains.Count == 0 ? Fragment.Empty : Fragment.Of($"""
        <h3>{T("What both together add to one view alone", "两种视角合用比单一视角多了什么")}</h3>
        <p class="lead">{T("Gain of the fused segments on the horizon, over the same customers. To the right of the line they say more; an interval that crosses it may be chance.",
            "融合分群在验证期上的增益（同一批客户）。竖线右侧表示预测更多；区间跨过竖线则可能只是偶然。")}</p>
        <div class="triple two">{GainDots(deep, T("Gain in spend explained (R²)", "消费差异解释力（R²）的增益"), g => g.R2Spend)}
        {GainDots(deep, T("Gain in telling who orders (AUC)", "判断谁会下单（AUC）的增益"), g => g.Auc)}</div>
        <details class="numbers" open><summary>{T("Numbers", "数据")}</summary>{Table(T("Gains of the fused segments", "融合分群的增益"),
            Fragment.Join(Head(T("Fused, over", "融合相对于")), HeadNumbers(T("R² of spend", "消费 R²"), T("AUC of ordering", "下单 AUC"))),
            Fragment.Each(deep.Gains, g => Fragment.Of($"""<tr><th scope="row">{View(g.Over)}</th>{Cells(ChartData.Gain(g.R2Spend), ChartData.Gain(g.Auc))}</tr>""")))}</details>
        """);

    static Fragment GainDots(ReportDeep deep, Bilingual title, Func<ReportGain, Estimate> pick) =>
        ChartData.Dots(title, "signed", [.. deep.Gains.Select(g => ChartData.Dot(T($"Over the {View(g.Over).En.ToLowerInvariant()}", $"相对{View(g.Over).Zh}"), pick(g), "accent"))], zero: true);

    static Fragment Agreement(ReportDeep deep)
    {
        if (deep.Agreement is not { } a) return Fragment.Empty;
        (Bilingual Name, Bilingual Short, AgreementIndex Index)[] indices =
        [
            (T("Adjusted Rand index", "调整兰德指数"), T("Rand index", "兰德指数"), a.Ari),
            (T("Adjusted mutual information", "调整互信息"), T("Mutual information", "互信息"), a.Ami),
            (T("Cohen's kappa", "Cohen 的 kappa"), T("Kappa", "Kappa"), a.Kappa),
        ];
        return Fragment.Of($"""
            <h3>{T("How far the two views agree", "两种视角的一致程度")}</h3>
            <p class="test">{T(a.Sentence, a.SentenceZh)}</p>
            <div class="triple two">{ChartData.Dots(T("Agreement; 1 is full", "一致度（1 为完全一致）"), "fixed",
                [.. indices.Select(i => ChartData.Dot(i.Short, i.Index.Value, a.BetterThanChance ? "accent" : "grey", i.Index.ChanceHigh))], zero: true)}
            <div class="beside">{Table(T("Agreement", "一致度"), Fragment.Join(Head(T("Index", "指标")), HeadNumbers(T("Value", "取值"), T("By chance", "随机"), T("p", "p"))),
                Fragment.Each(indices, i => Fragment.Of($"""<tr><th scope="row">{i.Name}</th>{Cells(ChartData.With(i.Index.Value), Numbers.Fixed(i.Index.ChanceMean, 3), Numbers.Fixed(i.Index.PValue, 3))}</tr>""")))}
            <p class="lead">{T("95 of 100 random pairings stay below the upright mark.", "100 次随机配对中有 95 次低于竖标。")}</p></div></div>
            """);
    }
}
