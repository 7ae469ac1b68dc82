using Coterie.Warehouse;

namespace Coterie.Features;

/// <summary>Steps from lines to orders: an order is a distinct order id, and where that is missing a distinct day with a purchase.</summary>
static class OrderSteps
{
    static readonly string Purchase = $"\"kind\" = {(int)SeenKind.Purchase}";

    const string Usual = "nullif(\"usual\".\"price\", 0)";

    static readonly string Refund = $"\"kind\" = {(int)SeenKind.Refund}";

    /// <summary>features_order: one row an order.</summary>
    public static Step Orders(FeatureScope s) => s.Table("gather lines into orders", "features_order", $"""
        SELECT "customer_no", min("second") AS "ordered", count(*) AS "lines",
               {s.Dialect.ExactSum("\"quantity\"")} AS "units", {s.Dialect.ExactSum("\"money\"")} AS "value"
               {(s.Has("product_id") ? """, count(DISTINCT "product_no") AS "products" """ : "")}
        FROM "features_line" WHERE {Purchase}
        GROUP BY "customer_no", "order_id", "day"
        """);

    /// <summary>features_orders: sums over a customer's orders.</summary>
    public static Step Sums(FeatureScope s)
    {
        var more = "";
        if (s.Has("product_id")) more += $""", {FeatureSql.Sum("\"products\"")} AS "products" """;
        if (s.Seasons)
        {
            var month = s.Dialect.Month(s.Dialect.FromEpochSeconds("\"ordered\""));
            for (var quarter = 1; quarter <= 4; quarter++)
                more += $""", {s.Dialect.ExactSum("\"value\"", $"{month} BETWEEN {3 * quarter - 2} AND {3 * quarter}")} AS "spend_quarter_{quarter}" """;
            more += $""", {s.Dialect.ExactSum("\"value\"", $"{month} >= 11")} AS "spend_holiday" """;
        }

        return s.Table("sum up orders", "features_orders", $"""
            SELECT "customer_no", count(*) AS "orders", min("ordered") AS "first", max("ordered") AS "last", {FeatureSql.Sum("\"lines\"")} AS "lines",
                   {s.Dialect.ExactSum("\"units\"")} AS "units", {s.Dialect.ExactSum("\"value\"")} AS "spend",
                   max("value") AS "most", {s.Dialect.StandardDeviation("\"value\"")} AS "deviation",
                   {s.Dialect.CountIf($"\"ordered\" > $now - {90 * 86400}")} AS "last_90",
                   {s.Dialect.ExactSum("\"value\"", $"\"ordered\" > $now - {30 * 86400}")} AS "spend_last_30",
                   {s.Dialect.ExactSum("\"value\"", $"\"ordered\" > $now - {90 * 86400}")} AS "spend_last_90"
                   {more}
            FROM "features_order"
            GROUP BY "customer_no"
            """);
    }

    /// <summary>features_gaps: the days between a customer's orders; customers with two orders or more.</summary>
    public static Step Gaps(FeatureScope s) => s.Table("measure gaps between orders", "features_gaps", $"""
        SELECT "customer_no", count("gap") AS "gaps", {s.Dialect.StandardDeviation("\"gap\"")} AS "deviation",
               max(CASE WHEN "following" IS NULL THEN "gap" END) AS "last"
        FROM (
            SELECT "customer_no", ("ordered" - lag("ordered") OVER "by_time") / 86400.0 AS "gap", lead("ordered") OVER "by_time" AS "following"
            FROM "features_order"
            WINDOW "by_time" AS (PARTITION BY "customer_no" ORDER BY "ordered")
        ) AS "gap"
        GROUP BY "customer_no"
        HAVING count("gap") > 0
        """);

    /// <summary>features_bought: distinct products that a customer bought, and those bought in two orders or more.</summary>
    public static Step Bought(FeatureScope s) => s.Table("count products bought", "features_bought", $"""
        SELECT "customer_no", count(*) AS "products", {s.Dialect.CountIf("\"orders\" > 1")} AS "again"
        FROM (
            SELECT "customer_no", "product_no", count(*) AS "orders"
            FROM (SELECT DISTINCT "customer_no", "product_no", "order_id", "day" FROM "features_line"
                  WHERE {Purchase} AND "product_no" IS NOT NULL) AS "ordered"
            GROUP BY "customer_no", "product_no"
        ) AS "product"
        GROUP BY "customer_no"
        """);

    /// <summary>features_prices: what a customer's lines cost against the list price and against their category.</summary>
    public static Step Prices(FeatureScope s)
    {
        var relative = s.Has("category")
            ? $"""
               , {s.FineSum($"\"line\".\"price\" / {Usual}")} AS "relative", count("line"."price" / {Usual}) AS "compared"
               """
            : "";
        var usual = s.Has("category")
            ? """LEFT JOIN "features_usual_price" AS "usual" ON "line"."category_no" = "usual"."category_no" """
            : "";
        const string listed = "\"line\".\"list_price\" > 0 AND \"line\".\"price\" IS NOT NULL";
        return s.Table("compare prices", "features_prices", $"""
            SELECT "line"."customer_no",
                   {s.Dialect.ExactSum("\"line\".\"list_price\" * \"line\".\"quantity\"", listed)} AS "list_money",
                   {s.Dialect.ExactSum("\"line\".\"money\"", listed)} AS "listed_money",
                   {s.Dialect.ExactSum("\"line\".\"money\"", $"{listed} AND \"line\".\"price\" < \"line\".\"list_price\"")} AS "reduced_money"
                   {relative}
            FROM "features_line" AS "line" {usual}
            WHERE "line".{Purchase}
            GROUP BY "line"."customer_no"
            """);
    }

    /// <summary>features_refunds: refunds in orders and in money.</summary>
    public static Step Refunds(FeatureScope s) => s.Table("sum up refunds", "features_refunds", $"""
        SELECT "customer_no", count(*) AS "refunds", {s.Dialect.ExactSum("\"money\"")} AS "money"
        FROM (
            SELECT "customer_no", {s.Dialect.ExactSum("\"money\"")} AS "money"
            FROM "features_line" WHERE {Refund}
            GROUP BY "customer_no", "order_id", "day"
        ) AS "refund"
        GROUP BY "customer_no"
        """);
}
