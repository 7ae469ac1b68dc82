using Coterie.Warehouse;

namespace Coterie.Sequences;

/// <summary>Steps that bring each customer's last events in order.</summary>
static class SequenceSteps
{
    /// <summary>customer_id, events: every customer with an event by the instant.</summary>
    public static Step Customers(Dialect d, SequenceRequest request) => Seen(request, "count each customer's events", $"""
        SELECT "customer_id", count(*) FROM {d.Name(request.Events)}
        WHERE "time" <= $as_of AND "customer_id" IS NOT NULL GROUP BY "customer_id"
        """);

    /// <summary>customer_no, customer_id, events: empty until the numbered customers are appended.</summary>
    public static Step Numbered(Dialect d, string table) => new("lay out the numbered customers", $"""
        {d.CreateTemporary(table)}
        SELECT CAST(0 AS DOUBLE) AS "customer_no", CAST('' AS VARCHAR) AS "customer_id", CAST(0 AS DOUBLE) AS "events" WHERE 1 = 0
        """);

    /// <summary>customer_no, place, second, kind, then <see cref="SequenceEvent.Columns"/> (NULL where they are not present): the last events of the
    /// customers numbered from .. until-1, in order. The place counts a customer's events from 1.</summary>
    public static Step Events(Dialect d, SequenceRequest request, string table, int from, int until)
    {
        var columns = SequenceEvent.Columns.Where(request.Present.Contains).ToList();
        string All(Func<string, string> sql) => string.Concat(columns.Select(c => $", {sql(d.Name(c))}"));
        var read = SequenceEvent.Columns.Select(c => request.Present.Contains(c) ? d.Name(c) : $"NULL AS {d.Name(c)}");
        var step = Seen(request, "see the customers' last events in order", $"""
            SELECT "customer_no", "place", "second", "kind", {string.Join(", ", read)}
            FROM (
                SELECT "customer"."customer_no", "customer"."events", {d.EpochSeconds("\"event\".\"time\"")} AS "second", "event"."kind"
                       {All(c => $"\"event\".{c}")},
                       row_number() OVER (PARTITION BY "customer"."customer_no" ORDER BY {Order(d, request)}) AS "place"
                FROM {d.Name(request.Events)} AS "event"
                JOIN {d.Name(table)} AS "customer" ON "event"."customer_id" = "customer"."customer_id"
                WHERE "event"."time" <= $as_of AND "customer"."customer_no" >= $from_no AND "customer"."customer_no" < $until_no
            ) AS "numbered"
            WHERE "place" > "events" - {request.Window}
            ORDER BY "customer_no", "place"
            """);
        return step with
        {
            Parameters = new Dictionary<string, object?>(step.Parameters) { ["from_no"] = (double)from, ["until_no"] = (double)until },
        };
    }

    /// <summary>event_id: all events of the request in that order, for relations that hold one customer.</summary>
    public static Step Ids(Dialect d, SequenceRequest request) => Seen(request, "name a customer's events in order", $"""
        SELECT "event"."event_id" FROM {d.Name(request.Events)} AS "event" WHERE "event"."time" <= $as_of ORDER BY {Order(d, request)}
        """);

    static string Order(Dialect d, SequenceRequest request) =>
        $"\"event\".\"time\", {KindOrder("\"event\".\"kind\"")}, \"event\".\"kind\""
        + string.Concat(SequenceEvent.Columns.Where(request.Present.Contains).Select(c => $", \"event\".{d.Name(c)} NULLS LAST"));

    // Where a log has dates only, a day's events stand in the order in which a purchase comes about.
    static string KindOrder(string kind) =>
        $"CASE {kind} {string.Join(' ', SequenceFields.Kinds.Select((word, i) => $"WHEN '{word}' THEN {i}"))} ELSE {SequenceFields.Kinds.Count} END";

    /// <summary>A step that knows the instant.</summary>
    public static Step Seen(SequenceRequest request, string name, string sql) =>
        new(name, sql) { Parameters = new Dictionary<string, object?> { ["as_of"] = request.AsOf } };
}
