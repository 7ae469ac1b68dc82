using Coterie.Warehouse;

namespace Coterie.Decisions.Churn;

/// <summary>The days on which each customer ordered, and what they paid: all that labels and values are made of.</summary>
internal sealed class OrderDays
{
    readonly Dictionary<string, int> places;

    OrderDays(string[] customers, double[][] times, double[][] money, DateTime origin)
    {
        (Customers, Times, Money, Origin) = (customers, times, money, origin);
        RefundTimes = [.. customers.Select(_ => Array.Empty<double>())];
        RefundMoney = [.. customers.Select(_ => Array.Empty<double>())];
        places = new Dictionary<string, int>(customers.Length, StringComparer.Ordinal);
        foreach (var customer in customers) places.Add(customer, places.Count);
    }

    /// <summary>n, ordinal order.</summary>
    internal string[] Customers { get; }
    /// <summary>n lists of days since <see cref="Origin"/>, rising: the first order of each day.</summary>
    internal double[][] Times { get; }
    /// <summary>n lists: money of each day, refunds not taken off.</summary>
    internal double[][] Money { get; }
    /// <summary>n lists of days since <see cref="Origin"/> with a refund, and the money given back.</summary>
    internal double[][] RefundTimes { get; private set; }
    internal double[][] RefundMoney { get; private set; }
    internal DateTime Origin { get; }

    internal double At(DateTime time) => (time - Origin).TotalDays;

    /// <summary>-1 for somebody who never ordered.</summary>
    internal int Place(string customer) => places.GetValueOrDefault(customer, -1);

    /// <summary>How many of a customer's order days lie at or before a time.</summary>
    internal int Before(int customer, double time)
    {
        var times = Times[customer];
        int low = 0, high = times.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (times[middle] <= time) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    /// <summary>Whether a customer orders in (from, to].</summary>
    internal bool Orders(int customer, double from, double to) => Before(customer, to) > Before(customer, from);

    internal static OrderDays Read(IWarehouse warehouse, DateTime until)
    {
        // Days since the first order, so that numbers stay small.
        var origin = warehouse.Single(new Step("find the first order", """SELECT min("time") FROM "events" WHERE "kind" = 'purchase' AND "time" <= $until""")
        {
            Parameters = new Dictionary<string, object?> { ["until"] = until },
        }, r => r.IsDBNull(0) ? until : r.GetDateTime(0)).Date;
        var orders = Days(warehouse, "purchase", origin, until);
        var refunds = Days(warehouse, "refund", origin, until);
        // Engines sort by bytes of UTF-8, .NET by UTF-16 units.
        var customers = orders.Keys.Order(StringComparer.Ordinal).ToArray();
        return new OrderDays(customers, [.. customers.Select(c => orders[c].Times.ToArray())], [.. customers.Select(c => orders[c].Money.ToArray())], origin)
        {
            RefundTimes = [.. customers.Select(c => refunds.TryGetValue(c, out var own) ? own.Times.ToArray() : [])],
            RefundMoney = [.. customers.Select(c => refunds.TryGetValue(c, out var own) ? own.Money.ToArray() : [])],
        };
    }

    sealed record Listed(List<double> Times, List<double> Money);

    static Dictionary<string, Listed> Days(IWarehouse warehouse, string kind, DateTime origin, DateTime until)
    {
        var d = warehouse.Dialect;
        var listed = new Dictionary<string, Listed>(StringComparer.Ordinal);
        warehouse.Query(new Step($"list days with a {kind}", $"""
            SELECT "customer_id", min("time") AS "first", {d.ExactSum("coalesce(\"price\", 0) * coalesce(\"quantity\", 1)")}
            FROM "events" WHERE "kind" = $kind AND "customer_id" IS NOT NULL AND "time" <= $until
            GROUP BY "customer_id", {d.Day("\"time\"")}
            ORDER BY "customer_id", "first"
            """) { Parameters = new Dictionary<string, object?> { ["kind"] = kind, ["until"] = until } }, r =>
        {
            if (!listed.TryGetValue(r.GetString(0), out var own)) listed.Add(r.GetString(0), own = new([], []));
            own.Times.Add((r.GetDateTime(1) - origin).TotalDays);
            own.Money.Add(r.GetDouble(2));
        });
        return listed;
    }

    /// <summary>For tests: customers are numbered "0", "1", ….</summary>
    internal static OrderDays Of(double[][] times, double[][] money, DateTime origin) => new([.. Enumerable.Range(0, times.Length).Select(i => $"{i:00000000}")], times, money, origin);
}
