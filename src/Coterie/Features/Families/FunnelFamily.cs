using static Coterie.Features.FeatureSql;

namespace Coterie.Features;

/// <summary>Funnel: from view to cart to purchase, and how much a customer compares on the way.</summary>
static class FunnelFamily
{
    public static readonly IReadOnlyList<FeatureDefinition> All =
    [
        new(new Feature
        {
            Name = "views", Label = "Product views", LabelZh = "浏览次数",
            Sentence = "Number of view events.",
            Unit = "count", Family = "funnel", Transform = Transform.Log,
            High = "browses a lot", Low = "browses little", HighZh = "浏览多", LowZh = "浏览少", Needs = ["kind:view"],
        }, Count("\"views\".\"views\"")),
        new(new Feature
        {
            Name = "cart_adds", Label = "Additions to the cart", LabelZh = "加购次数",
            Sentence = "Number of additions to the cart.",
            Unit = "count", Family = "funnel", Transform = Transform.Log,
            High = "fills the cart often", Low = "rarely uses the cart", HighZh = "加购频繁", LowZh = "很少加购", Needs = ["kind:add_to_cart"],
        }, Count("\"actions\".\"cart_adds\"")),
        new(new Feature
        {
            Name = "wishlist_adds", Label = "Wishlist additions", LabelZh = "收藏次数",
            Sentence = "Number of additions to a wishlist.",
            Unit = "count", Family = "funnel", Transform = Transform.Log,
            High = "keeps a wishlist", Low = "keeps no wishlist", HighZh = "收藏多", LowZh = "收藏少", Needs = ["kind:wishlist"],
        }, Count("\"actions\".\"wishlist_adds\"")),
        new(new Feature
        {
            Name = "view_to_cart", Label = "View to cart", LabelZh = "浏览加购率",
            Sentence = "Distinct products put into the cart divided by distinct products viewed.",
            Unit = "ratio", Family = "funnel", Transform = Transform.None,
            High = "carts what is viewed", Low = "views without carting", HighZh = "看了就加购", LowZh = "只看不加购",
            Needs = ["kind:view", "kind:add_to_cart", "product_id"],
        }, Ratio(Count("\"carts\".\"products\""), "\"views\".\"products\"")),
        new(new Feature
        {
            Name = "cart_to_purchase", Label = "Cart to purchase", LabelZh = "加购购买率",
            Sentence = "Share of the distinct products put into the cart that were bought.",
            Unit = "share", Family = "funnel", Transform = Transform.None,
            High = "buys what is in the cart", Low = "leaves products in the cart", HighZh = "加购就买", LowZh = "加购不买",
            Needs = ["kind:add_to_cart", "kind:purchase", "product_id"],
        }, Ratio("\"carts\".\"bought\"", "\"carts\".\"products\"")),
        new(new Feature
        {
            Name = "view_to_purchase", Label = "View to purchase", LabelZh = "浏览购买率",
            Sentence = "Distinct products bought divided by distinct products viewed.",
            Unit = "ratio", Family = "funnel", Transform = Transform.None,
            High = "buys what is viewed", Low = "window-shops", HighZh = "看了就买", LowZh = "只逛不买",
            Needs = ["kind:view", "kind:purchase", "product_id"],
        }, Ratio(Count("\"bought\".\"products\""), "\"views\".\"products\"")),
        new(new Feature
        {
            Name = "cart_removal_rate", Label = "Removals from the cart", LabelZh = "购物车移除率",
            Sentence = "Removals from the cart divided by additions.",
            Unit = "ratio", Family = "funnel", Transform = Transform.None,
            High = "takes things out of the cart", Low = "keeps the cart", HighZh = "常移出购物车", LowZh = "很少移出购物车",
            Needs = ["kind:add_to_cart", "kind:remove_from_cart"],
        }, Ratio("\"actions\".\"cart_removals\"", "\"actions\".\"cart_adds\"")),
        new(new Feature
        {
            Name = "abandoned_cart_share", Label = "Abandoned carts", LabelZh = "弃购率",
            Sentence = "Share of the visits that came as far as the cart in which nothing was bought.",
            Unit = "share", Family = "funnel", Transform = Transform.None,
            High = "abandons carts", Low = "completes carts", HighZh = "常弃购", LowZh = "很少弃购", Needs = ["kind:add_to_cart", "kind:purchase"],
        }, Ratio("\"visits\".\"abandoned\"", "\"visits\".\"carts\"")),
        new(new Feature
        {
            Name = "views_per_purchase", Label = "Views per line bought", LabelZh = "每购一件浏览次数",
            Sentence = "View events divided by purchase lines.",
            Unit = "ratio", Family = "funnel", Transform = Transform.Log,
            High = "looks long before buying", Low = "buys at first sight", HighZh = "反复比较后购买", LowZh = "一看就买",
            Needs = ["kind:view", "kind:purchase"],
        }, Ratio(Count("\"views\".\"views\""), "\"orders\".\"lines\"")),
        new(new Feature
        {
            Name = "products_viewed_per_visit", Label = "Products viewed per visit", LabelZh = "每次访问浏览商品数",
            Sentence = "Distinct products viewed divided by visits.",
            Unit = "ratio", Family = "funnel", Transform = Transform.Log,
            High = "compares many products a visit", Low = "goes straight to a product", HighZh = "每次看很多商品", LowZh = "每次只看少数商品",
            Needs = ["kind:view", "product_id"],
        }, Ratio(Count("\"views\".\"products\""), "\"visits\".\"visits\"")),
        new(new Feature
        {
            Name = "products_viewed_per_order", Label = "Products viewed per order", LabelZh = "每单浏览商品数",
            Sentence = "Distinct products viewed divided by orders.",
            Unit = "ratio", Family = "funnel", Transform = Transform.Log,
            High = "compares many products an order", Low = "orders without comparing", HighZh = "下单前货比多家", LowZh = "不比较就下单",
            Needs = ["kind:view", "kind:purchase", "product_id"],
        }, Ratio(Count("\"views\".\"products\""), "\"orders\".\"orders\"")),
        new(new Feature
        {
            Name = "repeat_view_share", Label = "Repeated views", LabelZh = "重复浏览占比",
            Sentence = "Share of product views that were not the first view of the product by the customer.",
            Unit = "share", Family = "funnel", Transform = Transform.None,
            High = "comes back to the same product", Low = "looks at a product once", HighZh = "反复看同款", LowZh = "很少重看",
            Needs = ["kind:view", "product_id"],
        }, Ratio("(\"views\".\"product_views\" - \"views\".\"products\")", "\"views\".\"product_views\"")),
    ];
}
