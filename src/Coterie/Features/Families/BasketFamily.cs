using static Coterie.Features.FeatureSql;

namespace Coterie.Features;

/// <summary>Basket: how much, how many different things, and at which price level.</summary>
static class BasketFamily
{
    public static readonly IReadOnlyList<FeatureDefinition> All =
    [
        new(new Feature
        {
            Name = "units_per_order", Label = "Units per order", LabelZh = "每单件数",
            Sentence = "Units bought divided by orders.",
            Unit = "count", Family = "basket", Transform = Transform.Log,
            High = "many units per order", Low = "few units per order", HighZh = "每单件数多", LowZh = "每单件数少",
            Needs = ["kind:purchase", "quantity"],
        }, Ratio("\"orders\".\"units\"", "\"orders\".\"orders\"")),
        new(new Feature
        {
            Name = "lines_per_order", Label = "Lines per order", LabelZh = "每单行数",
            Sentence = "Purchase lines divided by orders.",
            Unit = "count", Family = "basket", Transform = Transform.Log,
            High = "long orders", Low = "short orders", HighZh = "每单品项多", LowZh = "每单品项少", Needs = ["kind:purchase"],
        }, Ratio("\"orders\".\"lines\"", "\"orders\".\"orders\"")),
        new(new Feature
        {
            Name = "products_bought", Label = "Different products bought", LabelZh = "购买商品种数",
            Sentence = "Number of distinct products bought.",
            Unit = "count", Family = "basket", Transform = Transform.Log,
            High = "buys many different products", Low = "buys few products", HighZh = "购买品种多", LowZh = "购买品种少",
            Needs = ["kind:purchase", "product_id"],
        }, Count("\"bought\".\"products\"")),
        new(new Feature
        {
            Name = "products_per_order", Label = "Different products per order", LabelZh = "每单商品种数",
            Sentence = "Mean number of distinct products in an order.",
            Unit = "count", Family = "basket", Transform = Transform.Log,
            High = "varied baskets", Low = "single-product baskets", HighZh = "购物篮丰富", LowZh = "购物篮单一",
            Needs = ["kind:purchase", "product_id"],
        }, Ratio("\"orders\".\"products\"", "\"orders\".\"orders\"")),
        new(new Feature
        {
            Name = "repeat_product_share", Label = "Products bought again", LabelZh = "复购商品占比",
            Sentence = "Share of the distinct products bought that were bought in two orders or more.",
            Unit = "share", Family = "basket", Transform = Transform.None,
            High = "rebuys the same products", Low = "rarely rebuys a product", HighZh = "常回购同款", LowZh = "少回购同款",
            Needs = ["kind:purchase", "product_id"],
        }, Ratio("\"bought\".\"again\"", "\"bought\".\"products\"")),
        new(new Feature
        {
            Name = "unit_price", Label = "Average unit price", LabelZh = "平均单价",
            Sentence = "Spend divided by units bought.",
            Unit = "money", Family = "basket", Transform = Transform.Log,
            High = "buys expensive items", Low = "buys cheap items", HighZh = "偏好高价商品", LowZh = "偏好低价商品",
            Needs = ["kind:purchase", "price"],
        }, Ratio("\"orders\".\"spend\"", "\"orders\".\"units\"")),
        new(new Feature
        {
            Name = "price_level", Label = "Price level within categories", LabelZh = "同类价格水平",
            Sentence = "Mean over purchase lines of the unit price divided by the mean unit price of the line's category.",
            Unit = "ratio", Family = "basket", Transform = Transform.Log,
            High = "chooses the premium end", Low = "chooses the cheap end", HighZh = "同类中选高价", LowZh = "同类中选低价",
            Needs = ["kind:purchase", "price", "category"],
        }, Ratio("\"prices\".\"relative\"", "\"prices\".\"compared\"")),
    ];
}
