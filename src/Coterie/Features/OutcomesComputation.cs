using Coterie.Warehouse;

namespace Coterie.Features;

public static partial class FeatureComputation
{
    /// <summary>What happened to these customers in (<paramref name="from"/>, <paramref name="to"/>], UTC; in the given order.</summary>
    /// <param name="w">Holds the events.</param>
    /// <param name="events">The relation of events.</param>
    /// <param name="customers">Whom to look at.</param>
    /// <param name="from">Events later than this count.</param>
    /// <param name="to">Events up to this count.</param>
    public static Outcomes Outcomes(IWarehouse w, string events, string[] customers, DateTime from, DateTime to)
    {
        var index = new Dictionary<string, int>(customers.Length, StringComparer.Ordinal);
        for (var i = 0; i < customers.Length; i++) index[customers[i]] = i;
        var outcomes = new Outcomes(customers, new double[customers.Length], new double[customers.Length], new bool[customers.Length],
            new string?[customers.Length]);

        w.Query(OutcomeSteps.Active(w.Dialect.Name(events), from, to), r =>
        {
            if (index.TryGetValue(r.GetString(0), out var i)) outcomes.Active[i] = true;
        });
        w.Query(OutcomeSteps.Orders(w.Dialect, w.Dialect.Name(events), from, to), r =>
        {
            if (!index.TryGetValue(r.GetString(0), out var i)) return;
            outcomes.Orders[i] = r.GetDouble(1);
            outcomes.Spend[i] = r.GetDouble(2);
        });
        w.Query(OutcomeSteps.TopCategories(w.Dialect, w.Dialect.Name(events), from, to), r =>
        {
            if (index.TryGetValue(r.GetString(0), out var i)) outcomes.TopCategory[i] = r.GetString(1);
        });
        return outcomes;
    }
}

/// <summary>Steps on what customers did in (from, to].</summary>
static class OutcomeSteps
{
    const string Money = "coalesce(\"price\", 0) * coalesce(\"quantity\", 1)";

    const string Within = "\"time\" > $from AND \"time\" <= $to AND \"customer_id\" IS NOT NULL";

    public static Step Active(string events, DateTime from, DateTime to) => Between("find who is active", $"""
        SELECT DISTINCT "customer_id" FROM {events} WHERE {Within}
        """, from, to);

    public static Step Orders(Dialect d, string events, DateTime from, DateTime to) => Between("sum up the orders that follow", $"""
        SELECT "customer_id", CAST(count(*) AS DOUBLE), {d.ExactSum("\"value\"")}
        FROM (
            SELECT "customer_id", {d.ExactSum(Money)} AS "value"
            FROM {events} WHERE {Within} AND "kind" = 'purchase'
            GROUP BY "customer_id", "order_id", CASE WHEN "order_id" IS NULL THEN {d.Day("\"time\"")} END
        ) AS "order"
        GROUP BY "customer_id"
        """, from, to);

    public static Step TopCategories(Dialect d, string events, DateTime from, DateTime to) => Between("find the categories that follow", $"""
        SELECT "customer_id", "category"
        FROM (
            SELECT "customer_id", "category", row_number() OVER (PARTITION BY "customer_id" ORDER BY "spend" DESC, "category") AS "place"
            FROM (
                SELECT "customer_id", "category", {d.ExactSum(Money)} AS "spend"
                FROM {events} WHERE {Within} AND "kind" = 'purchase' AND "category" IS NOT NULL
                GROUP BY "customer_id", "category"
            ) AS "spent"
        ) AS "placed"
        WHERE "place" = 1
        """, from, to);

    static Step Between(string name, string sql, DateTime from, DateTime to) =>
        new(name, sql) { Parameters = new Dictionary<string, object?> { ["from"] = from, ["to"] = to } };
}
