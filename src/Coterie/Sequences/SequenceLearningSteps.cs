using Coterie.Warehouse;

namespace Coterie.Sequences;

/// <summary>Steps that measure what the schema of sequences learns.</summary>
static class SequenceLearningSteps
{
    /// <summary>Price ratios are counted in steps of 1/50 of their logarithm, two per cent.</summary>
    public const int StepsPerE = 50;

    const string Seen = """ "time" <= $as_of AND "customer_id" IS NOT NULL""";

    /// <summary>The values of most events of a text column, most first.</summary>
    public static Step Top(Dialect d, SequenceRequest request, string column, int most) => SequenceSteps.Seen(request, $"find the top values of {column}", $"""
        SELECT {d.Name(column)} FROM {d.Name(request.Events)} WHERE {Seen} AND {d.Name(column)} IS NOT NULL
        GROUP BY {d.Name(column)} ORDER BY count(*) DESC, {d.Name(column)} LIMIT {most}
        """);

    /// <summary>category, price: the categories of most events, most first, and their mean unit price or NULL.</summary>
    public static Step Categories(Dialect d, SequenceRequest request, int most) => SequenceSteps.Seen(request, "find the categories and their usual prices", $"""
        SELECT "category", {Mean(d, request)} FROM {d.Name(request.Events)} WHERE {Seen} AND "category" IS NOT NULL
        GROUP BY "category" ORDER BY count(*) DESC, "category" LIMIT {most}
        """);

    /// <summary>One row: the mean unit price of all events.</summary>
    public static Step UsualPrice(Dialect d, SequenceRequest request) => SequenceSteps.Seen(request, "find the usual price", $"""
        SELECT {Mean(d, request)} FROM {d.Name(request.Events)} WHERE {Seen}
        """);

    /// <summary>step, events: how often each ratio of price to usual price occurs, ascending.</summary>
    public static Step PriceRatios(Dialect d, SequenceRequest request, int most)
    {
        var events = d.Name(request.Events);
        var category = request.Present.Contains("category") ? "\"event\".\"category\"" : "NULL";
        var usual = request.Present.Contains("category")
            ? $"""
                LEFT JOIN (SELECT "category", {Mean(d, request)} AS "price" FROM {events} WHERE {Seen} AND "category" IS NOT NULL
                           GROUP BY "category" ORDER BY count(*) DESC, "category" LIMIT {most}) AS "usual" ON {category} = "usual"."category"
                """
            : """CROSS JOIN (SELECT CAST(NULL AS DOUBLE) AS "price") AS "usual" """;
        return SequenceSteps.Seen(request, "count prices over usual prices", $"""
            SELECT CAST(round(ln("event"."price" / coalesce("usual"."price", "shop"."price")) * {StepsPerE}) AS BIGINT) AS "step", count(*) AS "events"
            FROM {events} AS "event" {usual}
            CROSS JOIN (SELECT {Mean(d, request)} AS "price" FROM {events} WHERE {Seen}) AS "shop"
            WHERE "event"."time" <= $as_of AND "event"."customer_id" IS NOT NULL AND "event"."price" > 0
                AND coalesce("usual"."price", "shop"."price") > 0
            GROUP BY 1 ORDER BY 1
            """);
    }

    static string Mean(Dialect d, SequenceRequest request) => request.Present.Contains("price")
        ? $"""CASE WHEN {d.CountIf("\"price\" > 0")} > 0 THEN {d.ExactSum("\"price\"", "\"price\" > 0")} / {d.CountIf("\"price\" > 0")} END"""
        : "CAST(NULL AS DOUBLE)";
}
