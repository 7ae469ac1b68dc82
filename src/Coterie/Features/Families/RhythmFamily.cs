using static Coterie.Features.FeatureSql;

namespace Coterie.Features;

/// <summary>Rhythm: the gaps between a customer's orders, and what they say of the next one.</summary>
static class RhythmFamily
{
    // The gaps add up to the time from the first order to the last.
    const string MeanGap = "((\"orders\".\"last\" - \"orders\".\"first\") / 86400.0 / nullif(\"orders\".\"orders\" - 1, 0))";

    static readonly string Recency = $"({DaysSince("\"orders\".\"last\"")})";

    public static readonly IReadOnlyList<FeatureDefinition> All =
    [
        new(new Feature
        {
            Name = "gap_mean_days", Label = "Days between orders", LabelZh = "平均下单间隔（天）",
            Sentence = "Mean number of days between consecutive orders; needs two orders.",
            Unit = "days", Family = "rhythm", Transform = Transform.Log,
            High = "long pauses between orders", Low = "short pauses between orders", HighZh = "复购间隔长", LowZh = "复购间隔短",
            Needs = ["kind:purchase"],
        }, MeanGap),
        new(new Feature
        {
            Name = "gap_spread", Label = "Irregularity of orders", LabelZh = "下单间隔波动",
            Sentence = "Standard deviation of the gaps between orders divided by their mean; needs three orders.",
            Unit = "ratio", Family = "rhythm",
            High = "orders irregularly", Low = "orders like clockwork", HighZh = "下单不规律", LowZh = "下单有规律",
            Needs = ["kind:purchase"],
        }, If("\"gaps\".\"gaps\" > 1", Ratio("\"gaps\".\"deviation\"", MeanGap))),
        new(new Feature
        {
            Name = "gap_trend", Label = "Last gap against the mean", LabelZh = "最近间隔与均值之比",
            Sentence = "The last gap between orders divided by the mean gap; needs three orders.",
            Unit = "ratio", Family = "rhythm", Transform = Transform.Log,
            High = "slowing down", Low = "speeding up", HighZh = "复购放缓", LowZh = "复购加快", Needs = ["kind:purchase"],
        }, If("\"gaps\".\"gaps\" > 1", Ratio("\"gaps\".\"last\"", MeanGap))),
        new(new Feature
        {
            Name = "overdue", Label = "Time since last order against the gap", LabelZh = "逾期程度",
            Sentence = "Days since the last order divided by the mean gap between orders: above 1, the next order is late.",
            Unit = "ratio", Family = "rhythm", Transform = Transform.Log,
            High = "overdue for an order", Low = "on schedule", HighZh = "该买未买", LowZh = "按期复购", Needs = ["kind:purchase"],
        }, Ratio(Recency, MeanGap)),
        new(new Feature
        {
            Name = "days_to_next_order", Label = "Days to the expected order", LabelZh = "距预期下单天数",
            Sentence = "Mean gap between orders minus the days since the last one: negative when the next order is late.",
            Unit = "days", Family = "rhythm",
            High = "next order is far off", Low = "next order is due", HighZh = "离下次购买尚远", LowZh = "应已再次购买",
            Needs = ["kind:purchase"],
        }, $"{MeanGap} - {Recency}"),
    ];
}
