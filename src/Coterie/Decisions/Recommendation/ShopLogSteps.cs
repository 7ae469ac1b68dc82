using Coterie.Warehouse;

namespace Coterie.Decisions;

/// <summary>The SQL over <c>events</c> that recommendation reads. Orders are total, so the answers do not depend on threads.</summary>
static class ShopLogSteps
{
    const string Seen = """ "time" <= $as_of AND "customer_id" IS NOT NULL AND "product_id" IS NOT NULL AND "product_id" <> $nothing """;

    /// <summary>Kinds of events about products: kind, events, the commonest first.</summary>
    internal static Step Kinds(DateTime asOf) => Asked("kinds of events about products", $"""
        SELECT "kind", count(*) AS "events" FROM "events" WHERE {Seen} GROUP BY "kind" ORDER BY "events" DESC, "kind"
        """, asOf);

    /// <summary>Who took what and when, a product of one instant once.</summary>
    internal static Step Taken(DateTime asOf, string kind)
    {
        var step = Asked("who took what", $"""
            SELECT DISTINCT "customer_id", "time", "product_id" FROM "events" WHERE {Seen} AND "kind" = $kind ORDER BY "customer_id", "time", "product_id"
            """, asOf);
        return step with { Parameters = new Dictionary<string, object?>(step.Parameters) { ["kind"] = kind } };
    }

    /// <summary>Each product: first seen, median price.</summary>
    internal static Step Products(DateTime asOf) => Asked("products", $"""
        SELECT "product_id", min("time") AS "first_seen", median(CASE WHEN "price" > 0 THEN "price" END) AS "price" FROM "events" WHERE {Seen} GROUP BY "product_id" ORDER BY "product_id"
        """, asOf);

    /// <summary>The commonest text of each product in a column: what people write about a product is not its title.</summary>
    internal static Step Texts(DateTime asOf, string column) => Asked($"{column} of products", $"""
        WITH "counted" AS (
            SELECT "product_id", "{column}" AS "words", count(*) AS "times" FROM "events"
            WHERE {Seen} AND "{column}" IS NOT NULL AND "{column}" <> $nothing AND "kind" NOT IN ('review', 'message', 'search')
            GROUP BY "product_id", "{column}"
        ),
        "ranked" AS (SELECT *, row_number() OVER (PARTITION BY "product_id" ORDER BY "times" DESC, "words") AS "place" FROM "counted")
        SELECT "product_id", "words" FROM "ranked" WHERE "place" = 1 ORDER BY "product_id"
        """, asOf);

    static Step Asked(string name, string sql, DateTime asOf) => new(name, sql) { Parameters = new Dictionary<string, object?> { ["as_of"] = asOf, ["nothing"] = "" } };
}
