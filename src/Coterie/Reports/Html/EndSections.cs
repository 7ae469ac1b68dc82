using Coterie.Evaluation;
using Coterie.Profiles;
using static Coterie.Reports.Html.Parts;

namespace Coterie.Reports.Html;

/// <summary>Comparison with a truth file, how the run went, and the words that the page uses.</summary>
static class EndSections
{
    public static Fragment Labels(RunReport report)
    {
        if (report.Labels is not { } l) return Fragment.Empty;
        return Section("labels", T("Against the truth", "与真实标签比较"),
            T($"{Numbers.Whole(l.Count)} customers with a known class. Segments were matched to classes one to one for accuracy, precision, recall and F1; the other indices need no matching.",
                $"{Numbers.Whole(l.Count)} 位客户有已知类别。准确率、精确率、召回率与 F1 按一一匹配计算，其余指标无需匹配。"),
            Fragment.Of($"""
                <dl class="figures small">{Figure("ARI", l.Ari)}{Figure("AMI", l.Ami)}{Figure("NMI", l.Nmi)}{Figure(T("Accuracy", "准确率"), l.Accuracy)}{Figure(T("F1, mean of classes", "F1（类平均）"), l.MacroF1)}{Figure(T("Purity", "纯度"), l.Purity)}</dl>
                <details class="numbers" open><summary>{T("More indices", "更多指标")}</summary><dl class="figures small">{Figure(T("Precision, mean", "精确率（平均）"), l.MacroPrecision)}{Figure(T("Recall, mean", "召回率（平均）"), l.MacroRecall)}{Figure(T("F1, weighted", "F1（加权）"), l.WeightedF1)}{Figure(T("Homogeneity", "同质性"), l.Homogeneity)}{Figure(T("Completeness", "完整性"), l.Completeness)}{Figure("V", l.VMeasure)}{Figure("Fowlkes–Mallows", l.FowlkesMallows)}</dl></details>
                <h3>{T("Where each class went", "各类别的去向")}</h3>
                <p class="lead">{T("Rows are true classes, columns segments; the colour is the share of the class.", "行为真实类别，列为分群；颜色表示占该类别的比例。")}</p>
                {Confusion(l)}
                <h3>{T("By class", "按类别")}</h3>
                {Table(T("Scores by class", "各类别得分"), Fragment.Join(Head(T("Class", "类别"), T("Matched to", "匹配到")), HeadNumbers(T("Customers", "客户"), T("Precision", "精确率"), T("Recall", "召回率"), T("F1", "F1"))),
                    Fragment.Each(l.PerClass, c => Fragment.Of($"""<tr><th scope="row">{c.Class}</th><td>{l.Matching.GetValueOrDefault(c.Class) ?? Numbers.Missing}</td>{Cells(Numbers.Whole(c.Support), Numbers.Fixed(c.Precision, 3), Numbers.Fixed(c.Recall, 3), Numbers.Fixed(c.F1, 3))}</tr>""")))}
                """));
    }

    static Fragment Figure(string name, double value) => Figure(T(name, name), value);

    static Fragment Figure(Bilingual name, double value) => Fragment.Of($"<div><dt>{name}</dt><dd>{Numbers.Fixed(value, 3)}</dd></div>");

    static Fragment Confusion(LabelReport l) => Table(T("Confusion matrix", "混淆矩阵"),
        Fragment.Join(Head(T("True class", "真实类别")), Fragment.Each(l.ClusterNames, c => Fragment.Of($"""<th scope="col" class="num">{c}</th>"""))),
        Fragment.Each(l.Confusion, (row, r) => Fragment.Of($"""
            <tr><th scope="row">{(r < l.ClassNames.Count ? l.ClassNames[r] : "")}</th>{Fragment.Each(row, n => Cell(n, row.Sum()))}</tr>

            """)), "heat");

    static Fragment Cell(int count, int total) => Fragment.Of($"""<td class="h {Step(Headline.Share(count, total))}">{Numbers.Whole(count)}</td>""");

    public static Fragment Run(RunReport report)
    {
        var total = report.Timings.Values.Sum();
        return Section("run", T("The run", "运行情况"),
            T($"Coterie {report.Version}, seed {report.Seed}: the same files, options and seed give the same segments.", $"Coterie {report.Version}，种子 {report.Seed}：相同文件、选项与种子得到相同分群。"),
            Fragment.Of($"""
                <div class="columns"><div><h3>{T("Time by stage", "各阶段用时")}</h3>{Table(T("Time by stage", "各阶段用时"), Fragment.Join(Head(T("Stage", "阶段")), HeadNumbers(T("Seconds", "秒")), Head(T("", ""))),
                    Fragment.Each(report.Timings.OrderByDescending(t => t.Value).ThenBy(t => t.Key, StringComparer.Ordinal), t => Fragment.Of($"""<tr><th scope="row">{Word(t.Key)}</th>{Cells(Numbers.Fixed(t.Value, 2))}<td class="plot"><span class="bar"><i style="width:{Width(Headline.Share(t.Value, total))}"></i></span></td></tr>""")))}
                <p class="lead">{T($"{Numbers.Fixed(total, 1)} s in all; at most {Numbers.Whole(report.PeakMemoryMb)} MB of memory.", $"共 {Numbers.Fixed(total, 1)} 秒；内存峰值 {Numbers.Whole(report.PeakMemoryMb)} MB。")}</p></div>
                <div><h3>{T("Settings", "设置")}</h3>{Table(T("Settings", "设置"), Head(T("Setting", "设置"), T("Value", "取值")),
                    Fragment.Each(report.Settings.OrderBy(s => s.Key, StringComparer.Ordinal), s => Fragment.Of($"""<tr><th scope="row">{s.Key}</th><td class="wrap">{Word(s.Value)}</td></tr>""")))}</div></div>
                {(report.Notes.Count == 0 ? Fragment.Empty : Fragment.Of($"<h3>{T("Notes", "备注")}</h3><p class=\"lead\">{T("Everything that was sampled, switched, assumed or skipped.", "所有抽样、切换、假设或跳过之处。")}</p>{Remarks(report.Notes)}"))}
                """));
    }

    public static Fragment Glossary(RunReport report) => Section("glossary", T("Words", "术语"), T("As this page uses them.", "本页中的含义。"),
        Fragment.Of($"""<dl class="glossary">{Fragment.Each(report.Deep.On ? [.. Terms, .. DeepTerms] : Terms, t => Fragment.Of($"<div><dt>{t.Word}</dt><dd>{t.Meaning}</dd></div>"))}</dl>"""));

    sealed record Term(Bilingual Word, Bilingual Meaning);

    static readonly Term[] Terms =
    [
        new(T("Segment", "分群"), T("A named group of customers who behave alike and unlike the rest.", "行为彼此相似、与他人不同的一组客户。")),
        new(T("Stability (Jaccard)", "稳定性（Jaccard）"), T("Customers are drawn again and again with replacement and clustered anew; the mean overlap of a segment with its nearest new cluster. 1 is the same group every time; below 0.6 do not rely on it (Hennig 2007).",
            "对客户反复有放回抽样并重新聚类，取该群与最接近新簇的平均重合度。1 表示每次相同；低于 0.6 不宜采信（Hennig 2007）。")),
        new(T("Standardised difference", "标准化差异"), T("Mean inside the segment minus mean outside, in standard deviations of the transformed feature. 0.2 is small, 0.8 large (Cohen 1988).",
            "群内均值减群外均值，以变换后特征的标准差为单位。0.2 为小，0.8 为大（Cohen 1988）。")),
        new(T("Silhouette", "轮廓系数"), T("How much nearer customers are to their own group than to the next, from −1 to 1; here each group counts the same, so that small ones are not drowned (Rousseeuw 1987).",
            "客户距本群比距次近群近多少，取值 −1 至 1；此处各群等权，小群不被淹没（Rousseeuw 1987）。")),
        new(T("R²", "R²"), T("Share of the differences in later spend that the group's mean explains, for customers it was not learned from. 0 is no better than the overall mean.",
            "群均值对后续消费差异的解释比例，在未参与学习的客户上计算。0 表示不优于总体均值。")),
        new(T("AUC", "AUC"), T("The chance that a customer who ordered later was in a group with a higher rate than one who did not. 0.5 is a coin toss.",
            "随后下单的客户所在群的下单率高于未下单客户的概率。0.5 等于抛硬币。")),
        new(T("RFM quintiles", "RFM 五分法"), T("The usual practice: customers cut into fifths by recency, frequency and money, then named by those cells.", "通行做法：按近度、频度、金额各分五等，再按组合命名。")),
        new(T("Interval", "区间"), T("From a bootstrap: customers are drawn again and again, and the interval holds nearly all values that come out (Efron 1979). If the interval of a difference holds zero, it may be chance.",
            "由自助法得到：对客户反复抽样，区间包含几乎所有结果（Efron 1979）。若差异的区间含零，可能只是偶然。")),
        new(T("Precision and recall of a rule", "规则的精确率与召回率"), T("Of the customers whom the rule selects, the share in the segment; of the segment, the share that the rule selects.", "规则选出的客户中属于该群的比例；该群中被规则选出的比例。")),
    ];

    static readonly Term[] DeepTerms =
    [
        new(T("Sequence view", "序列视角"), T("Customers grouped by what follows what in their events: which product comes again, what precedes an order, how long they pause. Amounts do not enter.",
            "按事件的先后给客户分组：哪些商品再次出现，下单之前发生什么，停顿多久。不看金额。")),
        new(T("Fused", "融合"), T("Segments made from what both views say of each customer. Which of the three was kept, the features view, the sequence view or the fusion, and why, stands under \"Two views\".",
            "由两种视角对每位客户的判断合成的分群。三者（特征视角、序列视角、融合）中采用了哪一个及其原因，见“两种视角”一节。")),
        new(T("Agreement", "一致度"), T("How far two groupings of the same customers coincide. Adjusted indices are 0 by chance and 1 when they are the same; kappa is compared with random pairings, which lie above 0.",
            "同一批客户的两种分组在多大程度上重合。调整后的指数随机时为 0，完全相同时为 1；kappa 与随机配对相比，后者高于 0。")),
        new(T("Disputed", "有争议"), T("A customer whom the two views would put into different final segments.", "两种视角会归入不同最终分群的客户。")),
        new(T("Calibration error", "校准误差"), T("How far confidence and the share that is right lie apart, on average over customers. At 0.02, of a hundred customers placed with 90% confidence about 88 to 92 are right.",
            "把握度与正确比例平均相差多少。若为 0.02，以 90% 的把握归类的一百位客户中约有 88 至 92 位正确。")),
    ];
}
