using Coterie.Warehouse;

namespace Coterie.Clean;

/// <summary>Counts over the store: one pass by rule and kind.</summary>
sealed record Tally
{
    /// <summary>Kinds of events, most common first.</summary>
    public required IReadOnlyDictionary<string, long> Kinds { get; init; }
    public required long Events { get; init; }
    public required long IdentityRows { get; init; }
    public required double Revenue { get; init; }
    public required double Refunds { get; init; }
    /// <summary>Of refunds, sign as sent.</summary>
    public required double RefundsAsSent { get; init; }
    public required long RefundRows { get; init; }
    public required DateTime? First { get; init; }
    public required DateTime? Last { get; init; }
    public required IReadOnlySet<string> Present { get; init; }

    /// <param name="source">What to count: a table, or a query, of stored rows.</param>
    public static Tally Of(IWarehouse warehouse, string source, IReadOnlyList<string> columns)
    {
        var optional = EventStore.SentAmong(columns).Where(c => c is not ("customer_id" or "time" or "kind")).ToList();
        var amount = RowRules.Amount("r", columns.Contains);
        var counts = string.Concat(optional.Select(c => $", count(\"{c}\")"));
        var lines = warehouse.Rows(new Step("count events by kind", $"""
            SELECT rule, "kind", count(*), {warehouse.Dialect.ExactSum(amount)}, {warehouse.Dialect.ExactSum($"abs({amount})")}, min("time"), max("time"){counts}
            FROM {source} AS r WHERE rule IN ({CleaningRules.Kept}, {CleaningRules.Identity.Code}) GROUP BY rule, "kind"
            """),
            r => new Line(r.GetByte(0), r.GetString(1), r.GetInt64(2), r.GetDouble(3), r.GetDouble(4), r.GetDateTime(5), r.GetDateTime(6),
                [.. Enumerable.Range(7, optional.Count).Select(r.GetInt64)]));
        var events = lines.Where(l => l.Rule == CleaningRules.Kept).ToList();
        return new Tally
        {
            Kinds = events.OrderByDescending(l => l.Rows).ThenBy(l => l.Kind, StringComparer.Ordinal).ToDictionary(l => l.Kind, l => l.Rows),
            Events = events.Sum(l => l.Rows),
            IdentityRows = lines.Where(l => l.Rule == CleaningRules.Identity.Code).Sum(l => l.Rows),
            Revenue = events.Where(l => l.Kind == "purchase").Sum(l => l.Absolute),
            Refunds = events.Where(l => l.Kind == "refund").Sum(l => l.Absolute),
            RefundsAsSent = events.Where(l => l.Kind == "refund").Sum(l => l.Amount),
            RefundRows = events.Where(l => l.Kind == "refund").Sum(l => l.Rows),
            First = events.Count == 0 ? null : DateTime.SpecifyKind(events.Min(l => l.First), DateTimeKind.Utc),
            Last = events.Count == 0 ? null : DateTime.SpecifyKind(events.Max(l => l.Last), DateTimeKind.Utc),
            Present = Carrying(events, optional),
        };
    }

    sealed record Line(byte Rule, string Kind, long Rows, double Amount, double Absolute, DateTime First, DateTime Last, long[] Filled);

    static SortedSet<string> Carrying(List<Line> events, List<string> optional)
    {
        var present = new SortedSet<string>(StringComparer.Ordinal);
        if (events.Count == 0) return present;
        present.UnionWith(["event_id", "customer_id", "time", "kind"]);
        for (var i = 0; i < optional.Count; i++)
        {
            var name = optional[i] switch { "signed_price" => "price", "signed_quantity" => "quantity", var other => other };
            if (events.Any(l => l.Filled[i] > 0) && IsEventColumn(name)) present.Add(name);
        }
        return present;
    }

    static bool IsEventColumn(string column) => Warehouse.Events.Columns.Any(c => c.Name == column);
}
