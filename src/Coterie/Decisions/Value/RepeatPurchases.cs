using Coterie.Warehouse;

namespace Coterie.Decisions;

/// <summary>Who bought when, up to a day: purchases of one customer on one day are one order, as in the literature, for a shop's order ids often split one
/// visit. Refunds lower what a customer spent and leave the number of orders alone: an order that was sent back was still a reason to come.</summary>
internal sealed class RepeatPurchases
{
    internal const double DaysPerWeek = 7;

    internal RepeatPurchases(int through) => Through = through;

    /// <summary>The last day that is seen, in days since 1970-01-01.</summary>
    internal int Through { get; }
    /// <summary>n, in the order of their ids.</summary>
    internal List<string> Customers { get; } = [];
    /// <summary>n days of the first and of the last order.</summary>
    internal List<int> First { get; } = [];
    internal List<int> Last { get; } = [];
    /// <summary>n numbers of orders, 1 or more.</summary>
    internal List<int> Orders { get; } = [];
    /// <summary>n: money of purchases minus refunds, never below 0.</summary>
    internal List<double> Spent { get; } = [];
    internal int Count => Customers.Count;
    internal int Repeaters => Orders.Count(o => o > 1);

    internal double MeanSpend(int customer) => Spent[customer] / Orders[customer];

    internal static int DayOf(DateTime time) => (int)Math.Floor((time - DateTime.UnixEpoch).TotalDays);

    internal static DateTime DateOf(int day) => DateTime.UnixEpoch.AddDays(day);

    /// <summary>Reads everybody who bought up to the end of a day.</summary>
    internal static RepeatPurchases Read(IWarehouse warehouse, int through)
    {
        var read = new RepeatPurchases(through);
        warehouse.Query(Step(warehouse.Dialect, int.MinValue, through), r =>
        {
            read.Add(r.GetString(0), (int)r.GetInt64(1), (int)r.GetInt64(2), (int)r.GetInt64(3), Math.Max(0, r.GetDouble(4)));
        });
        return read;
    }

    internal void Add(string customer, int first, int last, int orders, double spent)
    {
        Customers.Add(customer);
        First.Add(first);
        Last.Add(last);
        Orders.Add(orders);
        Spent.Add(spent);
    }

    /// <summary>What these customers ordered and spent on the days (from, to].</summary>
    internal PurchaseOutcomes Outcomes(IWarehouse warehouse, int from, int to)
    {
        var places = new Dictionary<string, int>(Count, StringComparer.Ordinal);
        for (var i = 0; i < Count; i++) places[Customers[i]] = i;
        var outcomes = new PurchaseOutcomes(new int[Count], new double[Count]);
        warehouse.Query(Step(warehouse.Dialect, from, to), r =>
        {
            if (!places.TryGetValue(r.GetString(0), out var i)) return;
            outcomes.Orders[i] = (int)r.GetInt64(3);
            outcomes.Spent[i] = Math.Max(0, r.GetDouble(4));
        });
        return outcomes;
    }

    /// <summary>The rows that the models are fitted on.</summary>
    internal PurchaseRows Rows()
    {
        double[] recency = new double[Count], age = new double[Count];
        var repeats = new int[Count];
        for (var i = 0; i < Count; i++)
        {
            repeats[i] = Orders[i] - 1;
            recency[i] = (Last[i] - First[i]) / DaysPerWeek;
            age[i] = (Through - First[i]) / DaysPerWeek;
        }

        return PurchaseRows.Of(repeats, recency, age);
    }

    static Step Step(Dialect d, int from, int to) => new("read repeat purchases", $"""
        SELECT "customer_id", min(CASE WHEN "bought" > 0 THEN "day" END), max(CASE WHEN "bought" > 0 THEN "day" END),
            CAST({d.CountIf("\"bought\" > 0")} AS BIGINT), {d.ExactSum("\"spent\"")} - {d.ExactSum("\"returned\"")}
        FROM (
            SELECT "customer_id", CAST({d.Quotient(d.EpochSeconds("\"time\""), "86400")} AS BIGINT) AS "day",
                {d.ExactSum(Money, "\"kind\" = 'purchase'")} AS "spent", {d.ExactSum(Money, "\"kind\" = 'refund'")} AS "returned",
                {d.CountIf("\"kind\" = 'purchase'")} AS "bought"
            FROM "events"
            WHERE "kind" IN ('purchase', 'refund') AND "customer_id" IS NOT NULL AND "time" >= $from AND "time" < $to
            GROUP BY "customer_id", "day"
        ) AS "days"
        GROUP BY "customer_id"
        HAVING {d.CountIf("\"bought\" > 0")} > 0
        ORDER BY "customer_id"
        """)
    {
        Parameters = new Dictionary<string, object?>
        {
            ["from"] = from == int.MinValue ? new DateTime(1900, 1, 1) : DateOf(from + 1),
            ["to"] = DateOf(to + 1),
        },
    };

    const string Money = "coalesce(\"price\", 0) * coalesce(\"quantity\", 1)";
}

/// <summary>What customers did in a period.</summary>
/// <param name="Orders">n numbers of days with a purchase.</param>
/// <param name="Spent">n: money of purchases minus refunds, never below 0.</param>
internal sealed record PurchaseOutcomes(int[] Orders, double[] Spent);
