using System.Globalization;
using Coterie.Warehouse;

namespace Coterie.Clean;

/// <summary>One customer's events as a table of their own.</summary>
/// <remarks>Whose an event is, the view <c>events</c> knows only after who is who was joined, so a condition on its customer makes the engine unpack every column of every row: 0.2 s for two
/// million rows. Here the rows that can be theirs are found by their keys first.</remarks>
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
        var people = new People(Merged: true, stored.Contains("anonymous_id"));
        var parameters = new Dictionary<string, object?> { ["customer"] = customer };
        // More than theirs at times: a browser may have changed hands, a merged id may be sent again.
        var keys = warehouse.Rows(new Step("find a customer's keys", $"""
            SELECT DISTINCT {IdKeys.Of("id")} FROM (
                SELECT $customer AS id UNION ALL SELECT $anonymous
                UNION ALL SELECT id FROM {people.Known} WHERE customer = $customer UNION ALL SELECT anonymous_id FROM {people.Spans} WHERE customer = $customer)
            """)
        { Parameters = new Dictionary<string, object?>(parameters) { ["anonymous"] = People.IdOf(customer) } }, r => Convert.ToUInt32(r.GetValue(0), CultureInfo.InvariantCulture));
        var rows = string.Join(" UNION ALL ", IdKeys.Near(warehouse, stored, keys).Select(near => $"SELECT * FROM {near}"));
        return new Step("take out a customer's events", $"{warehouse.Dialect.CreateTemporary(Events)}\n{EventStore.Select(stored, people, $"({rows})", warehouse.Dialect)} AND {people.Customer} = $customer") { Parameters = parameters };
    }
}
