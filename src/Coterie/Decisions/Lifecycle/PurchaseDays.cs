using Coterie.Warehouse;

namespace Coterie.Decisions;

/// <summary>The days on which each customer bought, ascending, as days since 1970-01-01. Orders of one day are one purchase.</summary>
/// <param name="Customers">Ordinal order; only those who bought.</param>
/// <param name="Days">One array a customer.</param>
/// <param name="Revenue">Price x quantity of all purchases, refunds not subtracted, one a customer.</param>
public sealed record PurchaseDays(string[] Customers, int[][] Days, double[] Revenue)
{
    static readonly DateTime Epoch = DateTime.UnixEpoch;

    public static int DayOf(DateTime time) => (time.Date - Epoch).Days;

    public static DateTime DateOf(int day) => DateTime.SpecifyKind(Epoch.AddDays(day), DateTimeKind.Utc);

    public static PurchaseDays Read(IWarehouse warehouse, DateTime asOf)
    {
        var d = warehouse.Dialect;
        var step = new Step("read purchase days", $"""
            SELECT "customer_id", {d.Quotient(d.EpochSeconds("\"time\""), "86400")} AS "day", {d.ExactSum("\"price\" * coalesce(\"quantity\", 1)")} AS "spend"
            FROM "events" WHERE "kind" = 'purchase' AND "time" <= $as_of GROUP BY 1, 2 ORDER BY 1, 2
            """) { Parameters = new Dictionary<string, object?> { ["as_of"] = asOf } };
        var (customers, days, revenue, current) = (new List<string>(), new List<int[]>(), new List<double>(), new List<int>());
        warehouse.Query(step, r =>
        {
            var customer = r.GetString(0);
            if (customers.Count == 0 || customers[^1] != customer)
            {
                if (customers.Count > 0) days.Add([.. current]);
                current.Clear();
                customers.Add(customer);
                revenue.Add(0);
            }

            current.Add((int)r.GetInt64(1));
            if (!r.IsDBNull(2)) revenue[^1] += r.GetDouble(2);
        });
        if (customers.Count > 0) days.Add([.. current]);
        // The engine's collation need not be ours.
        var order = Enumerable.Range(0, customers.Count).ToArray();
        Array.Sort(order, (a, b) => string.CompareOrdinal(customers[a], customers[b]));
        return new([.. order.Select(i => customers[i])], [.. order.Select(i => days[i])], [.. order.Select(i => revenue[i])]);
    }
}
