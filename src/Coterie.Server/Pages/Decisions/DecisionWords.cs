using Coterie.Profiles;

namespace Coterie.Server.Pages.Decisions;

/// <summary>What each decision is called and what it answers.</summary>
static class DecisionWords
{
    sealed record Words(Bilingual Name, Bilingual Question);

    static readonly Dictionary<string, Words> All = new(StringComparer.Ordinal)
    {
        ["next_actions"] = new(new("Next actions", "下一步行动"), new("What to do with each segment first.", "各群优先做什么。")),
        ["value"] = new(new("Value", "客户价值"), new("What will customers buy, and what are they worth?", "客户将购买多少，价值几何？")),
        ["churn"] = new(new("Churn", "流失"), new("Who is about to leave, why, and what is at stake?", "谁将流失、为何流失、损失多少？")),
        ["lifecycle"] = new(new("Life cycle", "生命周期"), new("Where are customers on their way, and where do they move?", "客户处于哪个阶段，如何流转？")),
        ["recommend"] = new(new("Recommendations", "推荐"), new("What should be offered to whom?", "向谁推荐什么？")),
        ["demand"] = new(new("Demand", "需求"), new("What will be needed, and when to reorder?", "需要多少，何时补货？")),
        ["pricing"] = new(new("Pricing", "定价"), new("Where would another price pay?", "哪里适合调价？")),
        ["positioning"] = new(new("Positioning", "定位"), new("Which brands stand near which customers?", "哪些品牌贴近哪些客户？")),
        ["campaign-plan"] = new(new("Campaign plan", "活动方案"), new("Whom to contact with which offer, and whom to hold out.", "向谁发放何种优惠，保留谁作对照。")),
        ["campaign-measure"] = new(new("Campaign results", "活动效果"), new("What did the campaign change?", "活动带来了什么变化？")),
    };

    public static Bilingual Name(string kind) => All.TryGetValue(kind, out var w) ? w.Name : new(kind, kind);

    public static Bilingual Question(string kind) => All.TryGetValue(kind, out var w) ? w.Question : new("", "");
}
