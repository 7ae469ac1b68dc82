using Coterie.Profiles;

namespace Coterie.Decisions;

/// <summary>Life-cycle states in words.</summary>
static class LifecycleWords
{
    public static Bilingual Name(LifecycleState state) => state switch
    {
        LifecycleState.New => new("New", "新客"),
        LifecycleState.Active => new("Active", "活跃"),
        LifecycleState.Back => new("Back", "回归"),
        LifecycleState.AtRisk => new("At risk", "有流失风险"),
        LifecycleState.Lapsed => new("Lapsed", "已流失"),
        _ => new("Not yet a buyer", "尚未购买"),
    };

    public static Bilingual Meaning(LifecycleState state) => state switch
    {
        LifecycleState.New => new("one purchase so far, and a second is not yet late", "仅购买一次，第二次尚未逾期"),
        LifecycleState.Active => new("buys in their own rhythm", "按自己的节奏购买"),
        LifecycleState.Back => new("returned after a pause from which few return", "在少有人返回的长期停顿后又回来"),
        LifecycleState.AtRisk => new("later than 80% of all returns, measured in their own rhythm", "按自身节奏衡量，已晚于 80% 的回购"),
        LifecycleState.Lapsed => new("later than 95% of all returns", "已晚于 95% 的回购"),
        _ => new("no purchase", "无购买"),
    };

    /// <summary>new, active, back, at_risk, lapsed, none.</summary>
    public static string Code(LifecycleState state) => state == LifecycleState.AtRisk ? "at_risk" : state.ToString().ToLowerInvariant();
}
