using Coterie.Warehouse;

namespace Coterie.Profiles;

/// <summary>The SQL over <c>events</c> joined with <c>segment_members(customer_id VARCHAR, label INTEGER)</c>, one row a customer,
/// that says what segments buy and when. Sums are exact and orders are total, so the answers never depend on threads.</summary>
public static class ProfileSteps
{
    const string Members = "segment_members";

    /// <summary>Top categories by segment: label, category, own amount, own total, the same among everybody else, and whether
    /// amounts are spend (1) or events (0). Spend where the segment spent anything, else events. Events without a category
    /// take no part.</summary>
    public static Step TopCategories(Dialect dialect, DateTime asOf, int top)
    {
        var q = dialect.Name;
        var spend = dialect.ExactSum($"e.{q("price")} * coalesce(e.{q("quantity")}, 1)", $"e.{q("kind")} = $purchase");
        var sql = $"""
            WITH by_both AS (
                SELECT m.{q("label")} AS {q("label")}, e.{q("category")} AS {q("category")}, {spend} AS {q("spend")}, count(*) AS {q("events")}
                FROM {q("events")} AS e
                INNER JOIN {q(Members)} AS m ON m.{q("customer_id")} = e.{q("customer_id")}
                WHERE e.{q("time")} <= $as_of AND e.{q("category")} IS NOT NULL AND e.{q("category")} <> $nothing
                GROUP BY m.{q("label")}, e.{q("category")}
            ),
            by_segment AS (
                SELECT {q("label")}, {dialect.ExactSum(q("spend"))} AS {q("spend")}, CAST(sum({q("events")}) AS BIGINT) AS {q("events")}
                FROM by_both GROUP BY {q("label")}
            ),
            by_category AS (
                SELECT {q("category")}, {dialect.ExactSum(q("spend"))} AS {q("spend")}, CAST(sum({q("events")}) AS BIGINT) AS {q("events")}
                FROM by_both GROUP BY {q("category")}
            ),
            overall AS (
                SELECT {dialect.ExactSum(q("spend"))} AS {q("spend")}, CAST(sum({q("events")}) AS BIGINT) AS {q("events")} FROM by_both
            ),
            measured AS (
                SELECT b.{q("label")}, b.{q("category")},
                    CASE WHEN s.{q("spend")} > 0 THEN 1 ELSE 0 END AS {q("is_spend")},
                    CASE WHEN s.{q("spend")} > 0 THEN b.{q("spend")} ELSE b.{q("events")} END AS {q("own")},
                    CASE WHEN s.{q("spend")} > 0 THEN s.{q("spend")} ELSE s.{q("events")} END AS {q("own_total")},
                    CASE WHEN s.{q("spend")} > 0 THEN c.{q("spend")} ELSE c.{q("events")} END AS {q("all")},
                    CASE WHEN s.{q("spend")} > 0 THEN o.{q("spend")} ELSE o.{q("events")} END AS {q("all_total")}
                FROM by_both AS b
                INNER JOIN by_segment AS s ON s.{q("label")} = b.{q("label")}
                INNER JOIN by_category AS c ON c.{q("category")} = b.{q("category")}
                CROSS JOIN overall AS o
            ),
            ranked AS (
                SELECT *, row_number() OVER (PARTITION BY {q("label")} ORDER BY {q("own")} DESC, {q("category")}) AS {q("place")} FROM measured
            )
            SELECT {q("label")}, {q("category")}, CAST({q("own")} AS DOUBLE), CAST({q("own_total")} AS DOUBLE),
                CAST({q("all")} - {q("own")} AS DOUBLE), CAST({q("all_total")} - {q("own_total")} AS DOUBLE), {q("is_spend")}
            FROM ranked WHERE {q("place")} <= $top AND {q("own")} > 0
            ORDER BY {q("label")}, {q("place")}
            """;
        return new Step("top categories by segment", sql)
        {
            Parameters = new Dictionary<string, object?> { ["as_of"] = asOf, ["purchase"] = "purchase", ["nothing"] = "", ["top"] = top },
        };
    }

    /// <summary>When segments are there: label, 1 for orders and 0 for events, weekday 1..7, hour 0..23, how many. An order counts
    /// once, when its first line was placed; purchases without an order id are one order a day.</summary>
    public static Step Times(Dialect dialect, DateTime asOf)
    {
        var q = dialect.Name;
        var time = q("time");
        var sql = $"""
            WITH orders AS (
                SELECT m.{q("label")} AS {q("label")}, min(e.{time}) AS {time}
                FROM {q("events")} AS e
                INNER JOIN {q(Members)} AS m ON m.{q("customer_id")} = e.{q("customer_id")}
                WHERE e.{time} <= $as_of AND e.{q("kind")} = $purchase
                GROUP BY m.{q("label")}, m.{q("customer_id")}, coalesce(e.{q("order_id")}, CAST({dialect.Day($"e.{time}")} AS VARCHAR))
            )
            SELECT {q("label")}, 1 AS {q("is_order")}, CAST({dialect.Weekday(time)} AS INTEGER) AS {q("weekday")},
                CAST({dialect.Hour(time)} AS INTEGER) AS {q("hour")}, count(*) AS {q("n")}
            FROM orders GROUP BY 1, 2, 3, 4
            UNION ALL
            SELECT m.{q("label")}, 0, CAST({dialect.Weekday($"e.{time}")} AS INTEGER), CAST({dialect.Hour($"e.{time}")} AS INTEGER), count(*)
            FROM {q("events")} AS e
            INNER JOIN {q(Members)} AS m ON m.{q("customer_id")} = e.{q("customer_id")}
            WHERE e.{time} <= $as_of
            GROUP BY 1, 2, 3, 4
            ORDER BY 1, 2, 3, 4
            """;
        return new Step("weekdays and hours by segment", sql)
        {
            Parameters = new Dictionary<string, object?> { ["as_of"] = asOf, ["purchase"] = "purchase" },
        };
    }

    /// <summary>Runs both steps: one rhythm for each label 0 .. clusters-1. <paramref name="hasTimeOfDay"/> false leaves hours empty.</summary>
    public static IReadOnlyList<SegmentRhythm> Read(IWarehouse warehouse, int clusters, DateTime asOf, bool hasTimeOfDay, int top = 5)
    {
        var categories = Enumerable.Range(0, clusters).Select(_ => new List<NamedShare>()).ToArray();
        warehouse.Query(TopCategories(warehouse.Dialect, asOf, top), reader =>
        {
            var label = reader.GetInt32(0);
            if (label < 0 || label >= clusters) return;
            double own = reader.GetDouble(2), ownTotal = reader.GetDouble(3), other = reader.GetDouble(4), otherTotal = reader.GetDouble(5);
            categories[label].Add(new NamedShare(reader.GetString(1), own / ownTotal, otherTotal > 0 ? other / otherTotal : 0));
        });

        var weekdays = new double[clusters * 2][];
        var hours = new double[clusters * 2][];
        for (var i = 0; i < weekdays.Length; i++) (weekdays[i], hours[i]) = (new double[7], new double[24]);
        warehouse.Query(Times(warehouse.Dialect, asOf), reader =>
        {
            var label = reader.GetInt32(0);
            if (label < 0 || label >= clusters) return;
            var at = 2 * label + reader.GetInt32(1);
            weekdays[at][reader.GetInt32(2) - 1] += reader.GetInt64(4);
            hours[at][reader.GetInt32(3)] += reader.GetInt64(4);
        });

        return [.. Enumerable.Range(0, clusters).Select(k =>
        {
            var at = 2 * k + (weekdays[2 * k + 1].Sum() > 0 ? 1 : 0);
            return new SegmentRhythm
            {
                Label = k,
                TopCategories = categories[k],
                Weekdays = Shares(weekdays[at]),
                Hours = hasTimeOfDay ? Shares(hours[at]) : [],
            };
        })];
    }

    static double[] Shares(double[] counts) => counts.Sum() is > 0 and var total ? Array.ConvertAll(counts, c => c / total) : [];
}
