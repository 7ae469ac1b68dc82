using static Coterie.Features.FeatureSql;

namespace Coterie.Features;

/// <summary>Refunds and discounts: what came back, and what was bought below the list price.</summary>
static class RefundDiscountFamily
{
    public static readonly IReadOnlyList<FeatureDefinition> All =
    [
        new(new Feature
        {
            Name = "refund_order_rate", Label = "Refunds per order", LabelZh = "退货单率",
            Sentence = "Refunds (distinct refund ids, else days with a refund) divided by orders.",
            Unit = "ratio", Family = "refunds",
            High = "returns often", Low = "hardly returns", HighZh = "退货频繁", LowZh = "很少退货", Needs = ["kind:purchase", "kind:refund"],
        }, Ratio(Count("\"refunds\".\"refunds\""), "\"orders\".\"orders\"")),
        new(new Feature
        {
            Name = "refund_money_rate", Label = "Money refunded", LabelZh = "退款金额率",
            Sentence = "Money refunded divided by spend.",
            Unit = "ratio", Family = "refunds",
            High = "gets much money back", Low = "keeps what is bought", HighZh = "退款比例高", LowZh = "退款比例低",
            Needs = ["kind:purchase", "kind:refund", "price"],
        }, Ratio(Count("\"refunds\".\"money\""), "\"orders\".\"spend\"")),
        new(new Feature
        {
            Name = "discount_depth", Label = "Discount depth", LabelZh = "平均折扣力度",
            Sentence = "One minus money paid over money at list prices, on purchase lines whose list price is known.",
            Unit = "share", Family = "discount", Transform = Transform.None,
            High = "buys at deep discounts", Low = "pays list price", HighZh = "买大折扣商品", LowZh = "按原价购买",
            Needs = ["kind:purchase", "price", "list_price"],
        }, $"1 - {Ratio("\"prices\".\"listed_money\"", "\"prices\".\"list_money\"")}"),
        new(new Feature
        {
            Name = "discounted_share", Label = "Spend on reduced goods", LabelZh = "折扣消费占比",
            Sentence = "Share of spend on lines below their list price, of the spend on lines whose list price is known.",
            Unit = "share", Family = "discount", Transform = Transform.None,
            High = "waits for discounts", Low = "ignores discounts", HighZh = "偏爱折扣", LowZh = "不看折扣",
            Needs = ["kind:purchase", "price", "list_price"],
        }, Ratio("\"prices\".\"reduced_money\"", "\"prices\".\"listed_money\"")),
    ];
}
