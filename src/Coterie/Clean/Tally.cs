using Coterie.Warehouse;

namespace Coterie.Clean;

/// <summary>Counts over stored rows: one pass by rule and kind.</summary>
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
    /// <summary>Rule code to rows and revenue as sent, over all rows.</summary>
    public required IReadOnlyDictionary<byte, RuleTotal> Rules { get; init; }
    public required RuleTotal PossibleDuplicates { get; init; }

    /// <param name="from">Stored rows as <c>r</c>, with what the next two need.</param>
    /// <param name="rule">The code of a row's rule.</param>
    /// <param name="ordinal">How many equal rows came before it.</param>
    public static Tally Of(IWarehouse warehouse, string from, string rule, string ordinal, IReadOnlyList<string> columns)
    {
        var optional = EventStore.SentAmong(columns).Where(c => c is not ("customer_id" or "time" or "kind")).ToList();
        var amount = RowRules.Amount("r", columns.Contains);
        var counts = string.Concat(optional.Select(c => $", count(r.\"{c}\")"));
        var lines = warehouse.Rows(new Step("count rows by rule and kind", $"""
            SELECT {rule} AS code, coalesce(r."kind", '') AS kind_, {ordinal} > 0 AS repeated, count(*), {warehouse.Dialect.ExactSum(amount)},
                {warehouse.Dialect.ExactSum($"abs({amount})")}, coalesce(min(r."time"), TIMESTAMP '0001-01-01'), coalesce(max(r."time"), TIMESTAMP '0001-01-01'){counts}
            FROM {from} GROUP BY code, kind_, repeated
            """),
            r => new Line(r.GetByte(0), r.GetString(1), r.GetBoolean(2), r.GetInt64(3), r.GetDouble(4), r.GetDouble(5), r.GetDateTime(6), r.GetDateTime(7),
                [.. Enumerable.Range(8, optional.Count).Select(r.GetInt64)]));
        var events = lines.Where(l => l.Rule == CleaningRules.Kept).ToList();
        return new Tally
        {
            Kinds = events.GroupBy(l => l.Kind, l => l.Rows).OrderByDescending(g => g.Sum()).ThenBy(g => g.Key, StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => g.Sum()),
            Events = events.Sum(l => l.Rows),
            IdentityRows = lines.Where(l => l.Rule == CleaningRules.Identity.Code).Sum(l => l.Rows),
            Revenue = ExactMoney.Sum(events.Where(l => l.Kind == "purchase").Select(l => l.Absolute)),
            Refunds = ExactMoney.Sum(events.Where(l => l.Kind == "refund").Select(l => l.Absolute)),
            RefundsAsSent = ExactMoney.Sum(events.Where(l => l.Kind == "refund").Select(l => l.Amount)),
            RefundRows = events.Where(l => l.Kind == "refund").Sum(l => l.Rows),
            First = events.Count == 0 ? null : DateTime.SpecifyKind(events.Min(l => l.First), DateTimeKind.Utc),
            Last = events.Count == 0 ? null : DateTime.SpecifyKind(events.Max(l => l.Last), DateTimeKind.Utc),
            Present = Carrying(events, optional),
            Rules = lines.GroupBy(l => l.Rule).ToDictionary(g => g.Key, RuleTotal.Of),
            PossibleDuplicates = RuleTotal.Of(events.Where(l => l.Repeated)),
        };
    }

    public sealed record Line(byte Rule, string Kind, bool Repeated, long Rows, double Amount, double Absolute, DateTime First, DateTime Last, long[] Filled);

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

/// <summary>Rows and money under one rule.</summary>
readonly record struct RuleTotal(long Rows, double Revenue)
{
    public static RuleTotal Of(IEnumerable<Tally.Line> lines) => new(lines.Sum(l => l.Rows), ExactMoney.Sum(lines.Select(l => l.Amount)));
}

static class ExactMoney
{
    /// <summary>A sum in whole ten-thousandths, so that the order of parts does not matter; never minus zero.</summary>
    public static double Sum(IEnumerable<double> parts) => (double)parts.Sum(part => Math.Round((decimal)part, 4)) + 0.0;
}
