using Coterie.Profiles;

namespace Coterie.Decisions;

/// <summary>Next actions as people read them.</summary>
static class NextActionPage
{
    static readonly Bilingual Title = new("Next actions", "下一步行动");

    public static Bilingual Words(NextActionKind kind, int customers) => kind switch
    {
        NextActionKind.WinBack => new($"Win back the {customers:N0} who are likely to stay away, those with most at stake first.", $"挽回可能流失的 {customers:N0} 位客户，损失最大者优先。"),
        NextActionKind.SecondOrder => new($"Bring the {customers:N0} who bought once to a second order before it is late.", $"促使仅购买一次的 {customers:N0} 位客户在逾期之前再次下单。"),
        NextActionKind.LetBe => new("Leave them alone: they buy by themselves, and a discount would give margin away.", "无需打扰：他们会自行购买，折扣只会让出利润。"),
        NextActionKind.LastTry => new($"One cheap last try with the {customers:N0} who have lapsed; hardly anything is expected of them.", $"对已流失的 {customers:N0} 位客户做一次低成本的最后尝试；预期收入很少。"),
        _ => new("Nothing to go by: no money is expected of them.", "缺乏依据：没有预期收入。"),
    };

    public static DecisionPage Of(NextActionResult result)
    {
        if (!result.Answered)
        {
            return new()
            {
                Id = "next_actions", Title = Title, Answered = false,
                Verdict = new("No action is named: that needs segments, a forecast of what customers will spend, and a rhythm of their purchases; not all of them could be had from these events.",
                    "无法给出行动：需要分群、客户消费的预测以及购买节奏，而这些数据无法全部提供。"),
            };
        }

        var acting = result.Segments.Where(s => s.Kind is NextActionKind.WinBack or NextActionKind.SecondOrder).ToArray();
        var money = acting.Sum(s => s.Kind == NextActionKind.WinBack ? s.AtRisk : s.FromNew);
        var letBe = result.Segments.Count(s => s.Kind == NextActionKind.LetBe);
        return new()
        {
            Id = "next_actions",
            Title = Title,
            Verdict = new(
                $"Segments worth acting on: {acting.Length}; best left alone: {letBe}.", $"值得采取行动的分群：{acting.Length} 个；最好不去打扰的：{letBe} 个。"),
            Figures = acting.Length == 0 ? [] : [new(new("Money in play", "可争取的金额"), money, "money", new($"over {result.HorizonDays} days; no action can move more", $"{result.HorizonDays} 天内；任何行动的上限"))],
            Blocks =
            [
                new DecisionTable
                {
                    Title = new("One action for each segment", "每个分群的行动"),
                    Lead = new("Leave half of those whom an action is for alone, by lot, and compare: the last column says how large a rise such a test would see.",
                        "随机留下一半目标客户不做触达再比较：最后一列为此类测试能够发现的最小提升。"),
                    Columns = [new(new("Segment", "分群"), "segment"), new(new("Name", "名称")), new(new("Next action", "下一步行动")), new(new("Customers", "客户"), "whole"), new(new("Expected money", "预期金额"), "money"),
                        new(new("Likely lost", "可能损失"), "money"), new(new("From first-time buyers", "来自首购客户"), "money"), new(new("Would order anyway", "无行动时下单"), "share"), new(new("Rise a test would see", "测试可见的提升"), "share")],
                    Rows = [.. result.Segments.Select(s => (IReadOnlyList<DecisionCell>)[s.Segment, s.Name, s.Action, s.Customers, s.Expected, s.AtRisk, s.FromNew, s.Ordering, s.Detectable])],
                },
                .. Shown(result),
            ],
            Notes =
            [
                new($"The rule: the action goes to where most of the money is that can still be moved, what is likely to be lost with those at risk or what is expected of those who bought once. Below {NextActionDecision.WorthActing:0%} of a segment's expected money it is not worth disturbing anybody.",
                    $"规则：行动指向仍可争取的金额最多之处，即有流失风险者可能造成的损失，或仅购一次者的预期消费。低于该群预期金额的 {NextActionDecision.WorthActing:0%} 时，不值得打扰客户。"),
                new("No effect is promised: what an action changes is known after a test with a group left alone ('campaign plan' makes one, 'campaign measure' reads it).",
                    "不承诺任何效果：只有设对照组的测试才能知道行动改变了什么（campaign plan 制定测试，campaign measure 读取结果）。"),
            ],
        };
    }

    static IEnumerable<DecisionBlock> Shown(NextActionResult result)
    {
        if (result.Segments.All(s => s.Show.Count == 0)) yield break;
        yield return new DecisionTable
        {
            Title = new("What to show them", "推荐展示"),
            Columns = [new(new("Segment", "分群"), "segment"), new(new("Taken most", "最常购买"))],
            Rows = [.. result.Segments.Where(s => s.Show.Count > 0).Select(s => (IReadOnlyList<DecisionCell>)[s.Segment, string.Join("; ", s.Show)])],
        };
    }

}
