using Coterie.Warehouse;

namespace Coterie.Clean;

/// <summary>The rows that speak of customers: events, and the identify calls that are none.</summary>
static class CustomerRows
{
    /// <summary>Identity rows as customer_id, time and properties; null where the warehouse keeps none.</summary>
    internal static string? Identities(IWarehouse warehouse)
    {
        var columns = EventStore.Columns(warehouse, EventStore.Rows);
        if (columns.Count == 0) return null;
        var people = new People(true, columns.Contains("anonymous_id"));
        var customer = people.Customer;
        // Somebody who acts faster than a person can is no customer by signing in.
        return $"""
            SELECT * FROM (
                SELECT {customer} AS "customer_id", r."time" AS "time", {(columns.Contains("properties") ? "r.\"properties\"" : "CAST(NULL AS VARCHAR)")} AS "properties",
                    {(columns.Contains("country") ? "r.\"country\"" : "CAST(NULL AS VARCHAR)")} AS "country", r.rowid AS "row"
                FROM {people.From(EventStore.Rows)} WHERE r."rule" = {CleaningRules.Identity.Code} AND r."kind" = 'identify')
            WHERE "customer_id" IS NOT NULL AND "customer_id" NOT IN (
                SELECT {customer} FROM {people.From(EventStore.Rows)} WHERE r."rule" = {CleaningRules.Robot.Code} AND {customer} IS NOT NULL)
            """;
    }

    /// <summary>Every row that has properties, as customer_id, time and properties; null where there are none.</summary>
    internal static string? WithProperties(IWarehouse warehouse)
    {
        var events = EventStore.Columns(warehouse, "events").Contains("properties") ? "SELECT \"customer_id\", \"time\", \"properties\" FROM \"events\" WHERE \"properties\" IS NOT NULL" : null;
        var identities = Identities(warehouse) is { } rows ? $"SELECT \"customer_id\", \"time\", \"properties\" FROM ({rows}) WHERE \"properties\" IS NOT NULL" : null;
        return (events, identities) switch
        {
            ({ } e, { } i) => $"{e} UNION ALL {i}",
            _ => events ?? identities,
        };
    }
}
