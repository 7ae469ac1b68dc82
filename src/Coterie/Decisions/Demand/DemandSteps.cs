using Coterie.Warehouse;

namespace Coterie.Decisions.Demand;

/// <summary>What demand asks of the warehouse. Weeks are ISO weeks: numbered from Monday 1970-01-05, in UTC.</summary>
static class DemandSteps
{
    internal const long FirstMonday = 4 * 86400, Week = 7 * 86400;

    /// <summary>Monday 00:00 of a week.</summary>
    internal static DateTime Monday(long week) => DateTime.UnixEpoch.AddSeconds(FirstMonday + week * Week);

    /// <summary>Units bought, units that the same customer sent back or cancelled in the same week, and money, by product, customer and week, summed up
    /// to product and week.</summary>
    /// <remarks>What is cancelled by its buyer within the week was no demand: the week takes the difference, not below zero. What comes back later was
    /// wanted at the time and stays.</remarks>
    internal static Step Products(Dialect d, DateTime asOf, bool lines) => Dated("sum up units by product and week", asOf, $"""
        SELECT "product_id", "week", {d.ExactSum("CASE WHEN \"bought\" > \"returned\" THEN \"bought\" - \"returned\" ELSE 0 END")} AS "units",
               {d.ExactSum("\"bought\"")} AS "bought", {d.ExactSum("\"returned\"")} AS "returned",
               {d.ExactSum("\"money\"")} AS "money"
        FROM ({Baskets(d, lines, "\"product_id\"")}) AS "basket"
        GROUP BY "product_id", "week"
        ORDER BY "product_id", "week"
        """);

    /// <summary>The same by customer and category, for segments.</summary>
    internal static Step Customers(Dialect d, DateTime asOf, bool lines) => Dated("sum up units by customer, category and week", asOf, $"""
        SELECT "customer_id", "category", "week", {d.ExactSum("CASE WHEN \"bought\" > \"returned\" THEN \"bought\" - \"returned\" ELSE 0 END")} AS "units",
               {d.ExactSum("\"bought\"")} AS "bought", {d.ExactSum("\"returned\"")} AS "returned"
        FROM ({Baskets(d, lines, "\"product_id\", \"category\"")}) AS "basket"
        GROUP BY "customer_id", "category", "week"
        ORDER BY "customer_id", "category", "week"
        """);

    /// <summary>How often each product stands in each category.</summary>
    internal static Step Categories(DateTime asOf) => Dated("find the category of each product", asOf, """
        SELECT "product_id", "category", count(*) AS "lines"
        FROM "events"
        WHERE "kind" = 'purchase' AND "product_id" IS NOT NULL AND "category" IS NOT NULL AND "time" <= $as_of
        GROUP BY "product_id", "category"
        ORDER BY "product_id", "category"
        """);

    /// <summary>The first and the last instant at which anything was bought.</summary>
    internal static Step Span(Dialect d, DateTime asOf) => Dated("find the first and the last purchase", asOf, $"""
        SELECT count(*), min({d.EpochSeconds("\"time\"")}), max({d.EpochSeconds("\"time\"")}), count("quantity"), count("product_id")
        FROM "events" WHERE "kind" = 'purchase' AND "time" <= $as_of
        """);

    static string Baskets(Dialect d, bool lines, string by)
    {
        var units = lines ? "1.0" : "coalesce(\"quantity\", 1.0)";
        var week = d.Quotient($"{d.EpochSeconds("\"time\"")} - {FirstMonday}", $"{Week}");
        return $"""
            SELECT {by}, "customer_id", {week} AS "week",
                   {d.ExactSum(units, "\"kind\" = 'purchase'")} AS "bought", {d.ExactSum(units, "\"kind\" = 'refund'")} AS "returned",
                   {d.ExactSum($"{units} * coalesce(\"price\", 0)", "\"kind\" = 'purchase'")} AS "money"
            FROM "events"
            WHERE "kind" IN ('purchase', 'refund') AND "product_id" IS NOT NULL AND "time" <= $as_of
            GROUP BY {by}, "customer_id", {week}
            """;
    }

    static Step Dated(string name, DateTime asOf, string sql) => new(name, sql) { Parameters = new Dictionary<string, object?> { ["as_of"] = asOf } };
}
