using Coterie.Warehouse;

namespace Coterie.Clean;

/// <summary>One customer's events as a table of their own.</summary>
/// <remarks>Whose an event is, the view <c>events</c> knows only after who is who was joined, so a condition on its customer makes the engine unpack every column of every row: 0.2 s for two
/// million rows. Here rows are chosen by the ids as they were sent first, whose columns alone are unpacked: a fifth of that.</remarks>
static class OneCustomer
{
    /// <summary>The table, with the columns of <c>events</c>, for as long as a question takes.</summary>
    public const string Events = "one_customer";

    /// <summary>Asks while the table is there.</summary>
    public static T Ask<T>(IWarehouse warehouse, string customer, Func<T> ask)
    {
        warehouse.Execute(TakeOut(warehouse, customer));
        try
        {
            return ask();
        }
        finally
        {
            warehouse.Execute(new Step("remove a temporary table", $"DROP TABLE IF EXISTS {Events}"));
        }
    }

    static Step TakeOut(IWarehouse warehouse, string customer)
    {
        var stored = EventStore.Columns(warehouse, EventStore.Rows);
        var anonymous = stored.Contains("anonymous_id");
        var people = new People(Merged: true, anonymous);
        // More than theirs at times: a browser may have changed hands, a merged id may be sent again.
        var rows = $"""
            SELECT * FROM {EventStore.Rows} WHERE "customer_id" = $customer
            UNION ALL SELECT * FROM {EventStore.Rows} WHERE "customer_id" <> $customer AND "customer_id" IN (SELECT id FROM {people.Known} WHERE customer = $customer)
            """;
        if (anonymous) rows += $"""

            UNION ALL SELECT * FROM {EventStore.Rows} WHERE "customer_id" IS NULL
                AND "anonymous_id" IN (SELECT anonymous_id FROM {people.Spans} WHERE customer = $customer UNION SELECT $anonymous)
            """;
        return new Step("take out a customer's events",
            $"{warehouse.Dialect.CreateTemporary(Events)}\n{EventStore.Select(stored, people, $"({rows})", warehouse.Dialect)} AND {people.Customer} = $customer")
        {
            Parameters = new Dictionary<string, object?>(anonymous ? [new("anonymous", customer.StartsWith("anon:", StringComparison.Ordinal) ? customer[5..] : customer)] : []) { ["customer"] = customer },
        };
    }
}
