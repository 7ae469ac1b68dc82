using static Coterie.Features.FeatureSql;

namespace Coterie.Features;

/// <summary>Recency, frequency, money: how lately, how often, and for how much a customer orders.</summary>
static class RecencyMoneyFamily
{
    public static readonly IReadOnlyList<FeatureDefinition> All =
    [
        new(new Feature
        {
            Name = "recency_days", Label = "Days since last order", LabelZh = "距上次下单天数",
            Sentence = "Days from the customer's last order to the as-of instant; in data without any purchase, from the last visit.",
            Unit = "days", Family = "recency", Transform = Transform.Log,
            High = "ordered long ago", Low = "ordered recently", HighZh = "久未下单", LowZh = "近期下单",
        }, DaysSince("\"orders\".\"last\"")) { SqlWithoutPurchases = DaysSince("\"visits\".\"last\"") },
        new(new Feature
        {
            Name = "days_since_visit", Label = "Days since last visit", LabelZh = "距上次访问天数",
            Sentence = "Days from the end of the customer's last visit to the as-of instant.",
            Unit = "days", Family = "recency", Transform = Transform.Log,
            High = "not seen lately", Low = "seen recently", HighZh = "久未来访", LowZh = "近期来访", Needs = ["browsing"],
        }, DaysSince("\"visits\".\"last\"")),
        new(new Feature
        {
            Name = "tenure_days", Label = "Days as a customer", LabelZh = "客龄（天）",
            Sentence = "Days from the customer's first visit or purchase to the as-of instant.",
            Unit = "days", Family = "recency",
            High = "long-standing", Low = "newly arrived", HighZh = "老客", LowZh = "新到访",
        }, DaysSince("\"visits\".\"opened_first\"")),
        new(new Feature
        {
            Name = "frequency", Label = "Orders", LabelZh = "订单数",
            Sentence = "Number of orders: distinct order ids, or distinct days with a purchase where there are no ids.",
            Unit = "orders", Family = "frequency", Transform = Transform.Sqrt,
            High = "buys often", Low = "buys rarely", HighZh = "购买频繁", LowZh = "很少购买", Needs = ["kind:purchase"],
        }, Count("\"orders\".\"orders\"")),
        new(new Feature
        {
            Name = "orders_per_month", Label = "Orders per month", LabelZh = "月均订单数",
            Sentence = "Orders divided by the months since the first visit or purchase; the first 30 days count as a whole month.",
            Unit = "orders per month", Family = "frequency",
            High = "orders at a high rate", Low = "orders at a low rate", HighZh = "下单密集", LowZh = "下单稀疏", Needs = ["kind:purchase"],
        }, If("\"visits\".\"visits\" > 0",
            $"{Count("\"orders\".\"orders\"")} / greatest(({DaysSince("\"visits\".\"opened_first\"")}) / 30.0, 1.0)")),
        new(new Feature
        {
            Name = "monetary", Label = "Spend", LabelZh = "消费总额",
            Sentence = "Price times quantity over all purchases, refunds not subtracted.",
            Unit = "money", Family = "money", Transform = Transform.Sqrt,
            High = "spends much", Low = "spends little", HighZh = "消费高", LowZh = "消费低", Needs = ["kind:purchase", "price"],
        }, Count("\"orders\".\"spend\"")),
        new(new Feature
        {
            Name = "net_spend", Label = "Spend after refunds", LabelZh = "净消费额",
            Sentence = "Spend minus the money refunded; negative where refunds of older orders exceed it.",
            Unit = "money", Family = "money",
            High = "spends much after refunds", Low = "spends little after refunds", HighZh = "净消费高", LowZh = "净消费低",
            Needs = ["kind:purchase", "kind:refund", "price"],
        }, $"{Count("\"orders\".\"spend\"")} - {Count("\"refunds\".\"money\"")}"),
        new(new Feature
        {
            Name = "avg_order_value", Label = "Average order value", LabelZh = "平均订单金额",
            Sentence = "Spend divided by orders.",
            Unit = "money", Family = "money", Transform = Transform.Log,
            High = "large orders", Low = "small orders", HighZh = "客单价高", LowZh = "客单价低", Needs = ["kind:purchase", "price"],
        }, Ratio("\"orders\".\"spend\"", "\"orders\".\"orders\"")),
        new(new Feature
        {
            Name = "max_order_value", Label = "Largest order", LabelZh = "最大订单金额",
            Sentence = "Value of the customer's largest order.",
            Unit = "money", Family = "money", Transform = Transform.Log,
            High = "has placed a big order", Low = "never placed a big order", HighZh = "有过大额订单", LowZh = "无大额订单",
            Needs = ["kind:purchase", "price"],
        }, "\"orders\".\"most\""),
        new(new Feature
        {
            Name = "order_value_spread", Label = "Spread of order values", LabelZh = "订单金额波动",
            Sentence = "Standard deviation of the customer's order values divided by their mean; needs two orders.",
            Unit = "ratio", Family = "money",
            High = "order sizes vary", Low = "even order sizes", HighZh = "订单金额不一", LowZh = "订单金额稳定",
            Needs = ["kind:purchase", "price"],
        }, If("\"orders\".\"orders\" > 1", Ratio("\"orders\".\"deviation\" * \"orders\".\"orders\"", "\"orders\".\"spend\""))),
        new(new Feature
        {
            Name = "largest_order_share", Label = "Spend in the largest order", LabelZh = "最大订单占比",
            Sentence = "Share of the customer's spend that was in one order, the largest.",
            Unit = "share", Family = "money", Transform = Transform.None,
            High = "spend in one order", Low = "spend over many orders", HighZh = "消费集中于一单", LowZh = "消费分散于多单",
            Needs = ["kind:purchase", "price"],
        }, Ratio("\"orders\".\"most\"", "\"orders\".\"spend\"")),
    ];
}
