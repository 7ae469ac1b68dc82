using Coterie.Warehouse;

namespace Coterie.Features;

/// <summary>Numbers of event kinds in <c>features_seen</c>.</summary>
enum SeenKind { Other, View, Search, Wishlist, AddToCart, RemoveFromCart, Checkout, Purchase, Refund, Review, EmailOpen, AdClick, Message }

/// <summary>Steps that read the events: whatever is later than the as-of instant ends here.</summary>
/// <remarks>Customers, products and categories get whole numbers, because an aggregate over ten million rows of numbers costs half of one
/// over texts, and far less than half of one over long ids.</remarks>
static class SeenSteps
{
    const string Visible = """
        "time" <= $as_of AND "customer_id" IS NOT NULL
        """;

    /// <summary>features_customer: customer_no, customer_id; numbered in the binary order of the id.</summary>
    public static Step Customers(FeatureScope s) => s.Table("number the customers", "features_customer", $"""
        SELECT CAST(row_number() OVER (ORDER BY "customer_id") - 1 AS INTEGER) AS "customer_no", "customer_id"
        FROM (SELECT DISTINCT "customer_id" FROM {s.Events} WHERE {Visible}) AS "ids"
        """);

    /// <summary>features_product: product_no, product_id.</summary>
    public static Step Products(FeatureScope s) => s.Table("number the products", "features_product", $"""
        SELECT CAST(row_number() OVER (ORDER BY "product_id") - 1 AS INTEGER) AS "product_no", "product_id"
        FROM (SELECT DISTINCT "product_id" FROM {s.Events} WHERE {Visible} AND "product_id" IS NOT NULL) AS "ids"
        """);

    /// <summary>features_category: category_no, category; the category of most events of the whole shop has number 0.</summary>
    public static Step Categories(FeatureScope s) => s.Table("number the categories", "features_category", $"""
        SELECT CAST(row_number() OVER (ORDER BY "events" DESC, "category") - 1 AS INTEGER) AS "category_no", "category"
        FROM (SELECT "category", count(*) AS "events" FROM {s.Events}
              WHERE {Visible} AND "category" IS NOT NULL GROUP BY "category") AS "counted"
        """);

    /// <summary>features_seen: every visible event of the sampled customers, in numbers.</summary>
    public static Step Seen(FeatureScope s) => s.Table("see the events as of the instant", "features_seen", $"""
        SELECT "customer"."customer_no"{Numbers(s)}{(s.Has("session_id") ? """, "event"."session_id" """ : "")},
               {s.Dialect.EpochSeconds("\"event\".\"time\"")} AS "second",
               CAST({Kind} AS TINYINT) AS "kind"
        FROM {s.Events} AS "event"
        {Joins(s)}
        WHERE "event"."time" <= $as_of
        """);

    /// <summary>features_line: lines of purchases and refunds, with their money.</summary>
    public static Step Lines(FeatureScope s) => s.Table("see the lines of orders and refunds", "features_line", $"""
        SELECT "customer"."customer_no"{Numbers(s)}, "event"."order_id",
               {s.Dialect.EpochSeconds("\"event\".\"time\"")} AS "second",
               CASE WHEN "event"."order_id" IS NULL THEN {s.Dialect.Day("\"event\".\"time\"")} END AS "day",
               CAST({Kind} AS TINYINT) AS "kind",
               "event"."price", coalesce("event"."quantity", 1) AS "quantity", "event"."list_price",
               coalesce("event"."price", 0) * coalesce("event"."quantity", 1) AS "money"
        FROM {s.Events} AS "event"
        {Joins(s)}
        WHERE "event"."time" <= $as_of AND "event"."kind" IN ('purchase', 'refund')
        """);

    /// <summary>features_COLUMN_count: how often each customer has each value of a text column, over all visible events.</summary>
    public static Step ValueCounts(FeatureScope s, string column) => s.Table($"count each customer's {column}s", $"features_{column}_count", $"""
        SELECT "customer"."customer_no", "event".{s.Dialect.Name(column)} AS "value", count(*) AS "events"
        FROM {s.Events} AS "event"
        JOIN "features_customer" AS "customer" ON "event"."customer_id" = "customer"."customer_id"
        WHERE "event"."time" <= $as_of AND "event".{s.Dialect.Name(column)} IS NOT NULL
        GROUP BY "customer"."customer_no", "event".{s.Dialect.Name(column)}
        """);

    /// <summary>features_reviews: one row a customer with reviews.</summary>
    public static Step Reviews(FeatureScope s) => s.Table("sum up reviews", "features_reviews", $"""
        SELECT "customer"."customer_no", count(*) AS "reviews", count("event"."rating") AS "rated",
               {s.Dialect.ExactSum("\"event\".\"rating\"")} AS "stars", {s.Dialect.CountIf("\"event\".\"rating\" <= 2")} AS "low",
               count("event"."text") AS "texts", {FeatureSql.Sum("char_length(\"event\".\"text\")")} AS "characters"
        FROM {s.Events} AS "event"
        JOIN "features_customer" AS "customer" ON "event"."customer_id" = "customer"."customer_id"
        WHERE "event"."time" <= $as_of AND "event"."kind" = 'review'
        GROUP BY "customer"."customer_no"
        """);

    static string Numbers(FeatureScope s) =>
        (s.Has("product_id") ? """, "product"."product_no" """ : "") + (s.Has("category") ? """, "category"."category_no" """ : "");

    static string Joins(FeatureScope s)
    {
        var joins = """JOIN "features_customer" AS "customer" ON "event"."customer_id" = "customer"."customer_id" """;
        if (s.Has("product_id"))
            joins += """LEFT JOIN "features_product" AS "product" ON "event"."product_id" = "product"."product_id" """;
        if (s.Has("category"))
            joins += """LEFT JOIN "features_category" AS "category" ON "event"."category" = "category"."category" """;
        return joins;
    }

    static readonly string Kind = $"""CASE "event"."kind" {string.Join(' ', Words.Select(w => $"WHEN '{w.Word}' THEN {(int)w.Kind}"))} ELSE 0 END""";

    static (string Word, SeenKind Kind)[] Words =>
    [
        ("view", SeenKind.View), ("add_to_cart", SeenKind.AddToCart), ("purchase", SeenKind.Purchase), ("search", SeenKind.Search),
        ("remove_from_cart", SeenKind.RemoveFromCart), ("wishlist", SeenKind.Wishlist), ("checkout", SeenKind.Checkout),
        ("refund", SeenKind.Refund), ("review", SeenKind.Review), ("email_open", SeenKind.EmailOpen), ("ad_click", SeenKind.AdClick),
        ("message", SeenKind.Message),
    ];
}
