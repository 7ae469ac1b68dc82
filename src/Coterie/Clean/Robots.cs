using Coterie.Warehouse;

namespace Coterie.Clean;

/// <summary>Customers who act faster than a person can, over the store and the batch together.</summary>
static class Robots
{
    /// <param name="Customers">Customers with any event, robots among them.</param>
    public sealed record Found(long Customers, long Robots);

    /// <summary>Writes the temporary table <c>robots</c> (customer). The lines of one order are one event: a wholesaler's long order is no robot.</summary>
    public static Found Find(IWarehouse warehouse, Batch batch, People people, CleanOptions options)
    {
        var sources = new List<Source> { new(EventStore.Batch, "batch_files", $"r.rule = {CleaningRules.Kept}", batch.Has("order_id")) };
        if (batch.Stored.Count > 0)
            sources.Add(new Source(EventStore.Rows, EventStore.Files, $"r.rule IN ({CleaningRules.Kept}, {CleaningRules.Robot.Code})", batch.Stored.Contains("order_id")));

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
