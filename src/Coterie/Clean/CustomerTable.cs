using Coterie.Warehouse;

namespace Coterie.Clean;

/// <summary>The tables <c>customers</c> and <c>customer_traits</c>: who is known as of an instant, and what the shop said of them. Temporary, made anew from the rows.</summary>
public static class CustomerTable
{
    public const string Name = "customers";
    public const string Traits = "customer_traits";

    /// <summary>Makes <c>customers</c>: customer_id, first_seen, last_seen, and marketing, analytics, personalisation (given, refused or NULL). Customers have an event or
    /// an identify call at or before the instant; consent is the newest there is.</summary>
    public static void Make(IWarehouse warehouse, DateTime asOf, Consents consents)
    {
        var d = warehouse.Dialect;
        var identities = CustomerRows.Identities(warehouse) is { } rows ? $" UNION ALL SELECT \"customer_id\", \"time\" FROM ({rows})" : "";
        const string Said = "customer_consents";
        warehouse.Execute(new Step("make room for consent", $"{d.CreateTemporary(Said)} SELECT '' AS \"customer_id\", '' AS \"marketing\", '' AS \"analytics\", '' AS \"personalisation\" WHERE false"));
        try
        {
            var told = consents.OfCustomer.OrderBy(c => c.Key, StringComparer.Ordinal).ToArray();
            if (told.Length > 0)
            {
                warehouse.Append(Said,
                [
                    new TextColumn([.. told.Select(t => t.Key)]), new TextColumn([.. told.Select(t => Word(t.Value.Marketing))]),
                    new TextColumn([.. told.Select(t => Word(t.Value.Analytics))]), new TextColumn([.. told.Select(t => Word(t.Value.Personalisation))]),
                ]);
            }

            warehouse.Execute(new Step("list the customers", $"""
                {d.CreateTemporary(Name)}
                SELECT c.*, s."marketing", s."analytics", s."personalisation" FROM (
                    SELECT "customer_id", min("time") AS "first_seen", max("time") AS "last_seen"
                    FROM (SELECT "customer_id", "time" FROM "events"{identities})
                    WHERE "customer_id" IS NOT NULL AND "time" <= $as_of GROUP BY "customer_id") AS c
                LEFT JOIN {d.Name(Said)} AS s ON s."customer_id" = c."customer_id"
                """) { Parameters = new Dictionary<string, object?> { ["as_of"] = asOf } });
        }
        finally
        {
            warehouse.Execute(new Step("drop what was said", $"DROP TABLE IF EXISTS {d.Name(Said)}"));
        }
    }

    /// <summary>Makes <c>customer_traits</c>: customer_id, name, value (as text), the newest of each at or before the instant; a trait that was set to null is gone.</summary>
    public static void MakeTraits(IWarehouse warehouse, DateTime asOf)
    {
        var d = warehouse.Dialect;
        var parts = new List<string>();
        if (EventStore.Columns(warehouse, "events").Contains("properties"))
        {
            parts.Add("""
                SELECT "customer_id", "time", 0 AS "row", CASE WHEN json_valid("properties") THEN json_extract("properties", '/context/traits') END AS "traits" FROM "events" WHERE contains("properties", '"traits"')
                """);
        }

        if (CustomerRows.Identities(warehouse) is { } rows)
        {
            foreach (var pointer in (string[])["/context/traits", "/traits"])
                parts.Add($"SELECT \"customer_id\", \"time\", \"row\", CASE WHEN json_valid(\"properties\") THEN json_extract(\"properties\", '{pointer}') END AS \"traits\" FROM ({rows})");
            // The country is a column of its own: it was taken out of the traits.
            parts.Add($"SELECT \"customer_id\", \"time\", \"row\", json_object('country', \"country\") AS \"traits\" FROM ({rows}) WHERE \"country\" IS NOT NULL");
        }

        const string Empty = "SELECT '' AS \"customer_id\", '' AS \"name\", '' AS \"value\" WHERE false";
        // At one instant the later row counts, and of one row the larger text: any rule would do, but it must be one. The newest value may be null: the trait is gone.
        warehouse.Execute(new Step("list the customers' traits", parts.Count == 0 ? $"{d.CreateTemporary(Traits)} {Empty}" : $"""
            {d.CreateTemporary(Traits)}
            SELECT "customer_id", "name", json_extract_string("json", '$') AS "value" FROM (
                SELECT "customer_id", "name", max_by("json", ("time", "row", "json")) AS "json" FROM (
                    SELECT "customer_id", "time", "row", "name", coalesce(CAST(json_extract("traits", '/' || replace(replace("name", '~', '~0'), '/', '~1')) AS VARCHAR), 'null') AS "json"
                    FROM (
                        SELECT "customer_id", "time", "row", "traits", unnest(json_keys("traits")) AS "name"
                        FROM ({string.Join("\nUNION ALL ", parts)}) WHERE "time" <= $as_of AND "traits" IS NOT NULL AND json_type("traits") = 'OBJECT'))
                GROUP BY "customer_id", "name")
            WHERE "json" <> 'null'
            """) { Parameters = parts.Count == 0 ? new Dictionary<string, object?>() : new Dictionary<string, object?> { ["as_of"] = asOf } });
    }

    static string? Word(ConsentAnswer answer) => answer switch
    {
        ConsentAnswer.Given => "given",
        ConsentAnswer.Refused => "refused",
        _ => null,
    };
}
