using Coterie.Warehouse;

namespace Coterie.Features;

/// <summary>Steps on what customers look at, put into the cart, and in which categories, brands, channels they move.</summary>
static class InterestSteps
{
    static int Code(SeenKind kind) => (int)kind;

    /// <summary>features_views: views, and distinct products viewed.</summary>
    public static Step Views(FeatureScope s)
    {
        var product = s.Has("product_id") ? "\"product_no\"" : "CAST(NULL AS INTEGER)";
        return s.Table("count views", "features_views", $"""
            SELECT "customer_no", {FeatureSql.Sum("\"views\"")} AS "views", count("product_no") AS "products",
                   {FeatureSql.Sum("CASE WHEN \"product_no\" IS NOT NULL THEN \"views\" ELSE 0 END")} AS "product_views"
            FROM (
                SELECT "customer_no", {product} AS "product_no", count(*) AS "views"
                FROM "features_seen" WHERE "kind" = {Code(SeenKind.View)}
                GROUP BY "customer_no", {product}
            ) AS "product"
            GROUP BY "customer_no"
            """);
    }

    /// <summary>features_carts: distinct products put into the cart, and those of them that were bought.</summary>
    public static Step Carts(FeatureScope s) => s.Table("follow products from cart to purchase", "features_carts", $"""
        SELECT "customer_no", count(*) AS "products", {FeatureSql.Sum("\"bought\"")} AS "bought"
        FROM (
            SELECT "customer_no", "product_no",
                   max(CASE WHEN "kind" = {Code(SeenKind.AddToCart)} THEN 1 ELSE 0 END) AS "carted",
                   max(CASE WHEN "kind" = {Code(SeenKind.Purchase)} THEN 1 ELSE 0 END) AS "bought"
            FROM "features_seen"
            WHERE "product_no" IS NOT NULL AND "kind" IN ({Code(SeenKind.AddToCart)}, {Code(SeenKind.Purchase)})
            GROUP BY "customer_no", "product_no"
        ) AS "product"
        WHERE "carted" = 1
        GROUP BY "customer_no"
        """);

    /// <summary>features_actions: how often a customer did what is neither view nor purchase.</summary>
    public static Step Actions(FeatureScope s)
    {
        string Of(SeenKind kind, string name) => $"{s.Dialect.CountIf($"\"kind\" = {Code(kind)}")} AS \"{name}\"";
        return s.Table("count actions", "features_actions", $"""
            SELECT "customer_no", {Of(SeenKind.AddToCart, "cart_adds")}, {Of(SeenKind.RemoveFromCart, "cart_removals")},
                   {Of(SeenKind.Wishlist, "wishlist_adds")}, {Of(SeenKind.Search, "searches")},
                   {Of(SeenKind.EmailOpen, "email_opens")}, {Of(SeenKind.AdClick, "ad_clicks")}
            FROM "features_seen"
            WHERE "kind" NOT IN ({Code(SeenKind.Other)}, {Code(SeenKind.View)}, {Code(SeenKind.Purchase)})
            GROUP BY "customer_no"
            """);
    }

    /// <summary>features_categories: breadth and concentration of a customer's events over categories.</summary>
    public static Step Categories(FeatureScope s)
    {
        var tops = string.Concat(Enumerable.Range(0, s.TopCategoryNumbers.Count)
            .Select(i => $""", {FeatureSql.Sum($"CASE WHEN \"category_no\" = $top_{i}_ THEN \"events\" ELSE 0 END")} AS "top_{i}" """));
        return s.Table("sum up categories", "features_categories", $"""
            SELECT "customer_no", count(*) AS "categories", {FeatureSql.Sum("\"events\"")} AS "events", max("events") AS "most",
                   {s.FineSum("\"events\" * log2(\"events\")")} AS "n_log2_n",
                   {s.Dialect.CountIf($"\"first\" > $now - {90 * 86400}")} AS "recent"{tops}
            FROM (
                SELECT "customer_no", "category_no", count(*) AS "events", min("second") AS "first"
                FROM "features_seen" WHERE "category_no" IS NOT NULL
                GROUP BY "customer_no", "category_no"
            ) AS "category"
            GROUP BY "customer_no"
            """);
    }

    /// <summary>features_brands, features_channels, features_devices, features_countries: number of values, events, most events of one.</summary>
    /// <param name="condition">Which values are counted besides, as "matching"; over the column "value".</param>
    public static Step Values(FeatureScope s, string column, string table, string condition) => s.Table($"sum up {column}s", table, $"""
        SELECT "customer_no", count(*) AS "values", {FeatureSql.Sum("\"events\"")} AS "events", max("events") AS "most",
               {FeatureSql.Sum($"CASE WHEN {condition} THEN \"events\" ELSE 0 END")} AS "matching"
        FROM "features_{column}_count"
        GROUP BY "customer_no"
        """);
}
