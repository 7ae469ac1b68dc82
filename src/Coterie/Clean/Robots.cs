using System.Globalization;
using Coterie.Warehouse;

namespace Coterie.Clean;

/// <summary>Customers who act faster than a person can, over the store and the batch together.</summary>
static class Robots
{
    /// <param name="Customers">Customers with any event, robots among them.</param>
    public sealed record Found(long Customers, long Robots);

    /// <summary>Writes the temporary table <c>robots</c> (customer). The lines of one order are one event: a wholesaler's long order is no robot.</summary>
    /// <param name="warehouse">Holds batch and store.</param>
    /// <param name="batch">What is loaded.</param>
    /// <param name="people">Who is who after it.</param>
    /// <param name="options">How much is too much.</param>
    /// <param name="everybody">Counts all customers. Otherwise only those whom the batch names, who alone can have become robots by it: robots from before
    /// whom it does not name are not found again, and the number of customers is not that of all.</param>
    public static Found Find(IWarehouse warehouse, Batch batch, People people, CleanOptions options, bool everybody)
    {
        var sources = new List<Source> { new(EventStore.Batch, "batch_files", $"r.rule = {CleaningRules.Kept}", batch.Has("order_id")) };
        if (batch.Stored.Count > 0)
            sources.Add(new Source(everybody ? EventStore.Rows : Near(warehouse, batch, people), EventStore.Files, $"r.rule IN ({CleaningRules.Kept}, {CleaningRules.Robot.Code})", batch.Stored.Contains("order_id")));

        // Most customers have too few events in all, and hardly any of the others have too many rows at one time: two cheap counts of rows leave
        // next to nobody for the count of orders and acts.
        warehouse.Execute(new Step("count the rows of customers", $"""
            CREATE OR REPLACE TEMP TABLE customer_rows AS
            SELECT customer, count(*) AS events
            FROM ({string.Join(" UNION ALL ", sources.Select(s => $"SELECT {people.Customer} AS customer FROM {people.From(s.Table)} WHERE {s.Rows}"))})
            GROUP BY customer
            """));
        var (customers, most) = warehouse.Single(new Step("count the customers", "SELECT count(*), coalesce(max(events), 0) FROM customer_rows"),
            r => (r.GetInt64(0), r.GetInt64(1)));
        var suspects = new[]
        {
            (Limit: options.RobotEventsPerMinute, Span: "epoch_us(\"time\") // 60000000"),
            (Limit: options.RobotEventsPerDay, Span: "CAST(\"time\" AS DATE)"),
        }.Where(s => most > s.Limit).Select(s => $"""
            SELECT customer FROM ({Rows(sources, people, $"{people.Customer} IN (SELECT customer FROM customer_rows WHERE events > {s.Limit})")})
            GROUP BY customer, {s.Span} HAVING count(*) > {s.Limit}
            """).ToList();
        if (suspects.Count == 0) return new Found(customers, 0);
        warehouse.Execute(new Step("find the suspects", $"CREATE OR REPLACE TEMP TABLE suspects AS {string.Join(" UNION ", suspects)}"));
        if (warehouse.Single(new Step("count the suspects", "SELECT count(*) FROM suspects"), r => r.GetInt64(0)) == 0) return new Found(customers, 0);
        var unrepeated = $"r.rowid NOT IN (SELECT id FROM batch_marks WHERE rule <> {CleaningRules.Kept})";
        var rows = string.Join(" UNION ALL ", sources.Select(s =>
            Rows([s], people, $"{people.Customer} IN (SELECT customer FROM suspects){(s.Table == EventStore.Batch ? $" AND {unrepeated}" : "")}")));
        warehouse.Execute(new Step("find the robots", $"""
            CREATE OR REPLACE TEMP TABLE robots AS
            WITH acts AS ({rows}),
            minutes AS (
                SELECT customer, epoch_us("time") // 60000000 AS minute, count(*) FILTER (WHERE unit IS NULL) AS acts, count(DISTINCT unit) AS orders
                FROM acts GROUP BY customer, minute),
            days AS (
                SELECT customer, CAST("time" AS DATE) AS day, count(*) FILTER (WHERE unit IS NULL) AS acts, count(DISTINCT unit) AS orders
                FROM acts GROUP BY customer, day)
            SELECT customer FROM minutes WHERE acts + orders > {options.RobotEventsPerMinute}
            UNION
            SELECT customer FROM days WHERE acts + orders > {options.RobotEventsPerDay}
            """));
        var found = warehouse.Single(new Step("count the robots", "SELECT count(*) FROM robots"), r => r.GetInt64(0));
        if (found == 0) return new Found(customers, 0);
        warehouse.Execute(new Step("mark the robots' rows", $"""
                INSERT INTO batch_marks
                SELECT r.rowid, {CleaningRules.Robot.Code}, coalesce(m.ordinal, 0) FROM {people.From(EventStore.Batch)}
                LEFT JOIN batch_marks AS m ON m.id = r.rowid
                WHERE r.rule = {CleaningRules.Kept} AND coalesce(m.rule, {CleaningRules.Kept}) = {CleaningRules.Kept}
                    AND {people.Customer} IN (SELECT customer FROM robots)
                """));
        // A possible duplicate of a robot is refused as the robot's.
        warehouse.Execute(new Step("leave one mark a row", $"""
            DELETE FROM batch_marks WHERE rule = {CleaningRules.Kept} AND id IN (SELECT id FROM batch_marks WHERE rule <> {CleaningRules.Kept})
            """));
        return new Found(customers, found);
    }

    // The table with all stored rows of the customers whom the batch names.
    static string Near(IWarehouse warehouse, Batch batch, People people)
    {
        warehouse.Execute(new Step("find the customers whom the batch names", $"CREATE OR REPLACE TEMP TABLE batch_customers AS SELECT DISTINCT {people.Customer} AS id FROM {people.From(EventStore.Batch)} WHERE {people.Customer} IS NOT NULL"));
        var keys = warehouse.Rows(new Step("find the keys of these customers", $"""
            SELECT DISTINCT {IdKeys.Of("id")} FROM (
                SELECT id FROM batch_customers UNION ALL SELECT substr(id, {People.Nobody.Length + 1}) FROM batch_customers WHERE starts_with(id, '{People.Nobody}')
                UNION ALL SELECT id FROM {people.Known} WHERE customer IN (SELECT id FROM batch_customers)
                UNION ALL SELECT anonymous_id FROM {people.Spans} WHERE customer IN (SELECT id FROM batch_customers))
            """), r => Convert.ToUInt32(r.GetValue(0), CultureInfo.InvariantCulture));
        string[] near = [.. IdKeys.Near(warehouse, batch.Columns, keys)];
        if (near is [EventStore.Rows]) return EventStore.Rows;
        warehouse.Execute(new Step("make room for these customers' rows", $"CREATE OR REPLACE TEMP TABLE near_rows AS SELECT * FROM {EventStore.Rows} LIMIT 0"));
        foreach (var some in near) warehouse.Execute(new Step("take out these customers' rows", $"INSERT INTO near_rows SELECT * FROM {some}"));
        return "near_rows";
    }

    static string Rows(IEnumerable<Source> sources, People people, string condition) => string.Join(" UNION ALL ", sources.Select(s => $"""
        SELECT {people.Customer} AS customer, r."time", CASE WHEN r."kind" IN {RowRules.Money} THEN {s.Unit} END AS unit
        FROM {people.From(s.Table)} JOIN {s.Files} AS f ON f.file = r.file
        WHERE {s.Rows} AND f.time_of_day{(condition.Length == 0 ? "" : $" AND {condition}")}
        """));

    sealed record Source(string Table, string Files, string Rows, bool HasOrders)
    {
        /// <summary>What makes lines of a purchase one event.</summary>
        public string Unit => HasOrders ? "coalesce(r.\"order_id\", CAST(r.\"time\" AS VARCHAR))" : "CAST(r.\"time\" AS VARCHAR)";
    }
}
