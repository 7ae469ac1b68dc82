using System.Globalization;
using Coterie.Profiles;

namespace Coterie.Decisions.Lookalikes;

/// <summary>Lookalikes as people read them, and their table.</summary>
internal static class LookalikePage
{
    static readonly Bilingual Title = new("Lookalikes of a seed audience", "种子人群的相似客户");

    internal static Decided Unanswered(LookalikeResult basis, Bilingual why) => new(basis with { Verdict = why },
        new DecisionPage { Id = "lookalike", Title = Title, Verdict = why, Answered = false }, []);

    internal static Bilingual Verdict(LookalikeResult basis, IReadOnlyList<LookalikeRecall> judged)
    {
        var at = judged[LookalikeJudging.Judged];
        string reach = Percent(at.Reach), found = Percent(at.Found.Value), interval = $"{Percent(at.Found.Low)} … {Percent(at.Found.High)}", rfm = Percent(at.FoundByRfm.Value);
        if (at.Found.Low <= at.Reach)
            return new($"The seed audience is not alike in what is known of customers: with half of it hidden, the likest {reach} of customers hold {found} of the hidden half ({interval}); chance finds {reach}. A ranking would be made up.",
                $"种子人群在已知信息上并不相似：隐藏一半后，最相似的 {reach} 客户中只找回 {found}（{interval}）；随机为 {reach}。给出排序等于编造。");
        var beside = at.Gain.Low > 0 ? new Bilingual("more than", "多于") : at.Gain.High < 0 ? new Bilingual("less than", "少于") : new Bilingual("about as many as", "接近");
        return new(
            $"With half of the {basis.Seeds:N0} seeds hidden, the likest {reach} of customers hold {found} of the hidden half ({interval}); chance finds {reach}. That is {beside.En} by recency, frequency and money alone ({rfm}).",
            $"在 {basis.Seeds:N0} 位种子中隐藏一半，最相似的 {reach} 客户包含其中 {found}（{interval}）；随机为 {reach}。{beside.Zh}只用最近、频次、金额时的 {rfm}。");
    }

    internal static Decided Of(DecisionInput input, LookalikeOptions options, LookalikeResult result, IReadOnlyList<Bilingual> notes)
    {
        Bilingual[] all = [.. Notes(input, options, result), .. notes];
        result = result with { Notes = [.. all.Select(n => n.En)], Listed = result.Answered ? result.Listed : [] };
        List<DecisionBlock> blocks = [Recalls(result), Curve(result)];
        if (result.Answered) blocks.AddRange([Listed(input, result), Reach(result), ReachCurve(result)]);
        var page = new DecisionPage
        {
            Id = "lookalike",
            Title = Title,
            Verdict = result.Verdict,
            Answered = result.Answered,
            Figures =
            [
                new(new("Seeds", "种子客户"), result.Seeds, "whole", result.Unknown > 0 ? new($"{result.Unknown:N0} ids of the list are unknown", $"名单中 {result.Unknown:N0} 个客户号未知") : null),
                new(new("Other customers", "其他客户"), result.Others, "whole"),
                new(new("Hidden half found in the likest 10%", "最相似 10% 中找回的隐藏种子"), result.Judged[LookalikeJudging.Judged].Found, "share"),
            ],
            Blocks = blocks,
            Notes = all,
        };
        return new Decided(result, page, result.Answered ? [Table(input, result)] : []);
    }

    static DecisionTable Recalls(LookalikeResult r) => new()
    {
        Title = new("Hidden half found again", "隐藏一半的找回情况"),
        Lead = new("Of the hidden half, how many are among the likest so many of all customers outside the shown half. Intervals are over halves.", "在展示的一半之外的全部客户中，最相似的若干比例里包含多少隐藏的种子。区间来自多次随机对半。"),
        Columns = [new(new("Reach", "触达比例"), "share"), new(new("Found", "找回"), "share"), new(new("By RFM", "仅用 RFM"), "share"), new(new("Difference", "差值"), "share"), new(new("By chance", "随机"), "share")],
        Rows = [.. r.Judged.Select(j => (IReadOnlyList<DecisionCell>)[j.Reach, j.Found, j.FoundByRfm, j.Gain, j.Reach])],
    };

    static LineChart Curve(LookalikeResult r)
    {
        double[][] Points(Func<LookalikeRecall, Evaluation.Estimate> of) => [.. r.Judged.Select(j => new[] { j.Reach, of(j).Value, of(j).Low, of(j).High })];
        return new LineChart
        {
            Title = new("Found against reach", "找回比例与触达比例"), X = new("Reach", "触达比例"), Format = "percent",
            Lines =
            [
                new(new("Likeness", "相似度"), Points(j => j.Found)), new(new("RFM alone", "仅用 RFM"), Points(j => j.FoundByRfm)),
                new(new("Chance", "随机"), [.. r.Judged.Select(j => new[] { j.Reach, j.Reach })]),
            ],
        };
    }

    static DecisionTable Listed(DecisionInput input, LookalikeResult r)
    {
        List<DecisionColumn> columns = [new(new("Rank", "名次"), "whole"), new(new("Customer", "客户"))];
        if (input.Segments is not null) columns.Add(new(new("Segment", "客群"), "segment"));
        columns.Add(new(new("Similarity", "相似度"), "score"));
        return new DecisionTable
        {
            Title = new("Likest customers", "最相似的客户"),
            Columns = columns,
            Rows = [.. r.Listed.Select(l =>
            {
                List<DecisionCell> row = [l.Rank, l.Customer];
                if (input.Segments is not null) row.Add(l.Segment < 0 ? DecisionCell.Nothing : input.Segments.Segments[l.Segment].Id);
                row.Add(l.Similarity);
                return (IReadOnlyList<DecisionCell>)row;
            })],
        };
    }

    static DecisionTable Reach(LookalikeResult r) => new()
    {
        Title = new("Reach against similarity", "触达与相似度"),
        Lead = new("The farther the list reaches, the less alike its last customer.", "名单越长，末位客户越不相似。"),
        Columns = [new(new("Customers", "客户数"), "whole"), new(new("Similarity of the last", "末位相似度"), "score"), new(new("Mean similarity", "平均相似度"), "score")],
        Rows = [.. r.Reach.Select(s => (IReadOnlyList<DecisionCell>)[s.Customers, s.Similarity, s.Mean])],
    };

    static LineChart ReachCurve(LookalikeResult r) => new()
    {
        Title = new("Similarity by reach", "相似度随触达变化"), X = new("Customers", "客户数"), Format = "fixed",
        Lines = [new(new("Mean of the list", "名单平均"), [.. r.Reach.Select(s => new[] { s.Customers, s.Mean })]), new(new("Last of the list", "名单末位"), [.. r.Reach.Select(s => new[] { s.Customers, s.Similarity })])],
    };

    static IEnumerable<Bilingual> Notes(DecisionInput input, LookalikeOptions options, LookalikeResult r)
    {
        yield return r.Space == "embedding"
            ? new($"Likeness is measured in the run's embedding of {r.AsOf:yyyy-MM-dd}.", $"相似度在本次运行 {r.AsOf:yyyy-MM-dd} 的向量表示中计算。")
            : new($"Likeness is measured in the prepared features as of {r.AsOf:yyyy-MM-dd}.{(input.Run is null ? "" : " The run has no embeddings.parquet.")}",
                $"相似度在 {r.AsOf:yyyy-MM-dd} 的标准化特征中计算。{(input.Run is null ? "" : "该运行没有 embeddings.parquet。")}");
        yield return r.Way == "linear"
            ? new("Ranked by a penalised logistic regression of seed against others, which found more of the halves that chose; similarity is its probability of being a seed among the customers compared.", "排序按“种子对其他客户”的带惩罚逻辑回归，在用于选择的对半中它找回更多；相似度为其给出的属于种子的概率。")
            : new($"Ranked by the mean similarity to the {options.Nearest} nearest seeds ({(r.Space == "embedding" ? "cosine" : "1 / (1 + root mean square difference)")}), which found at least as many of the halves that chose.", $"排序按与最近 {options.Nearest} 位种子的平均相似度（{(r.Space == "embedding" ? "余弦" : "1 /（1 + 均方根差）")}），在用于选择的对半中它找回不少于另一方法。");
        if (options.Segment is not null)
            yield return new("A segment is made of the same features, so its own hidden half is easy to find: this does not show that the others will act like it.", "客群本就由同样的特征划分，隐藏的一半容易找回：这不说明其他客户会有同样行为。");
        yield return new("Being alike is no effect: test the list against a random audience.", "相似不等于有效：请将名单与随机人群对照检验。");
    }

    static DecisionFile Table(DecisionInput input, LookalikeResult r) => new("lookalike", ["rank", "customer", "segment", "similarity"],
        r.Listed.Select(l => (IReadOnlyList<object?>)[l.Rank, l.Customer, l.Segment < 0 ? null : input.Segments!.Segments[l.Segment].Id, l.Similarity]));

    static string Percent(double share) => (share * 100).ToString("0.#", CultureInfo.InvariantCulture) + "%";
}
