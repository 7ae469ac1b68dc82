using Coterie.Collect;
using Coterie.Warehouse;

namespace Coterie.Clean;

/// <summary>Puts counts together into the report.</summary>
static class Reading
{
    public static QualityReport AfterLoad(IWarehouse warehouse, Batch batch, LoadCounts counts, Identities.Found found, Robots.Found robots, CleanOptions options)
    {
        var columns = EventStore.Columns(warehouse, EventStore.Rows);
        // After a first load the store is what the load kept; after a later one it is counted.
        var store = batch.Stored.Count == 0 ? counts.Kept : OfRows(warehouse, columns);
        // Rows were counted by customer on the way; only what the store had already may take a customer away again.
        long? customers = batch.Stored.Count == 0 ? robots.Customers - robots.Robots : null;
        return Report(warehouse, columns, store, customers, options) with
        {
            Files = [.. batch.Relations.SelectMany(r => r.Files)],
            Mapping = [.. batch.Relations.SelectMany(r => r.Mapping).Distinct()],
            Layout = string.Join(", ", batch.Relations.Select(r => r.Layout).Distinct()),
            RowsRead = batch.Rows + batch.Malformed,
            RowsKept = counts.Kept.Events,
            RowsKnown = counts.Known,
            RevenueRead = counts.RevenueRead,
            RevenueKept = counts.Kept.Revenue,
            Refunds = counts.Kept.Refunds,
            Rules = Rules(counts.Refused, counts.Kept),
            IdentitiesMerged = found.Merged,
            Notes = [.. batch.Relations.SelectMany(r => r.Notes).Distinct(), .. batch.Notes, .. Notes(warehouse, columns, found.Shared)],
        };
    }

    public static QualityReport OfStore(IWarehouse warehouse, CleanOptions options)
    {
        var columns = EventStore.Columns(warehouse, EventStore.Rows);
        if (columns.Count == 0) throw new InputException("The workspace holds no events: ingest files into it first.");
        var store = OfRows(warehouse, columns);
        var found = Identities.Resolve(warehouse, new Dictionary<string, IReadOnlyList<string>> { [EventStore.Rows] = columns });
        var refused = CleaningRules.All.Where(r => r.Refused && store.Rules.ContainsKey(r.Code)).ToDictionary(r => r.Name, r => store.Rules[r.Code]);
        // Duplicates and malformed lines are in the quarantine only.
        foreach (var (rule, rows, revenue) in QuarantineOnly(warehouse)) refused[rule] = new RuleTotal(rows, revenue);
        return Report(warehouse, columns, store, null, options) with
        {
            RowsRead = store.Events + store.IdentityRows + refused.Values.Sum(t => t.Rows),
            RevenueRead = ExactMoney.Sum([store.Revenue, store.RefundsAsSent, .. refused.Values.Select(t => t.Revenue)]),
            Rules = Rules(refused, store),
            IdentitiesMerged = found.Merged,
            Notes = Notes(warehouse, columns, found.Shared),
        };
    }

    static Tally OfRows(IWarehouse warehouse, IReadOnlyList<string> columns) => Tally.Of(warehouse, $"{EventStore.Rows} AS r", "r.rule",
        columns.Contains("ordinal") ? "coalesce(r.ordinal, 0)" : "0", columns);

    static QualityReport Report(IWarehouse warehouse, IReadOnlyList<string> columns, Tally store, long? customers, CleanOptions options) => new()
    {
        Files = warehouse.Rows(new Step("list the files", $"SELECT path, format, encoding, bytes, header_lines FROM {EventStore.Files} ORDER BY file"),
            r => new SourceFile(r.GetString(0), r.GetString(1), r.GetString(2), r.GetInt64(3)) { HeaderLines = r.GetInt32(4) }),
        Mapping = warehouse.Rows(new Step("list the mapping", $"SELECT target, source, why, format FROM {EventStore.Mapping}"),
            r => new MappedColumn(r.GetString(0), r.GetString(1), r.GetString(2), r.TextOrNull(3))),
        Layout = string.Join(", ", warehouse.Rows(new Step("list the layouts", $"SELECT DISTINCT layout FROM {EventStore.Files} ORDER BY layout"), r => r.GetString(0))),
        RowsRead = 0,
        RowsKept = store.Events,
        RevenueRead = 0,
        RevenueKept = store.Revenue,
        Refunds = store.Refunds,
        Customers = customers ?? warehouse.Single(new Step("count the customers", "SELECT count(*) FROM (SELECT customer_id FROM events GROUP BY customer_id)"), r => r.GetInt64(0)),
        FirstEvent = store.First,
        LastEvent = store.Last,
        Rules = [],
        Kinds = store.Kinds,
        Present = store.Present,
        HasTimeOfDay = warehouse.Single(new Step("see whether times have a time of day",
            $"SELECT coalesce(bool_and(time_of_day), true) FROM {EventStore.Files}"), r => r.GetBoolean(0)),
        Currency = options.Currency ?? (columns.Contains("currency") ? Currencies(warehouse).FirstOrDefault() : null),
    };

    static List<RuleCount> Rules(IReadOnlyDictionary<string, RuleTotal> refused, Tally kept) =>
    [
        .. CleaningRules.All.Select(rule =>
        {
            var total = rule == CleaningRules.Identity ? new RuleTotal(kept.IdentityRows, 0)
                : rule == CleaningRules.Refund ? new RuleTotal(kept.RefundRows, kept.RefundsAsSent)
                : rule == CleaningRules.PossibleDuplicate ? kept.PossibleDuplicates
                : refused.GetValueOrDefault(rule.Name);
            return new RuleCount(rule.Name, rule.Meaning, rule.MeaningZh, total.Rows, total.Revenue, rule.Refused);
        }),
    ];

    static List<string> Notes(IWarehouse warehouse, IReadOnlyList<string> columns, long shared)
    {
        var notes = new List<string>();
        if (shared > 0)
            notes.Add($"{shared:N0} anonymous ids were used by more than one customer: the customers stay apart, and each anonymous event goes to whoever was identified last before it.");
        if (columns.Contains("currency") && Currencies(warehouse) is { Count: > 1 } currencies)
            notes.Add($"Prices are in {currencies.Count} currencies ({string.Join(", ", currencies.Take(5))}) and are not converted: sums mix them.");
        var forms = warehouse.Single(new Step("see whether times mix forms", $"SELECT count(DISTINCT time_of_day) FROM {EventStore.Files}"), r => r.GetInt64(0));
        if (forms > 1) notes.Add("Some files have times of day and some have dates only: time of day is not used.");
        return notes;
    }

    static List<string> Currencies(IWarehouse warehouse) => warehouse.Rows(
        new Step("count the currencies", "SELECT currency FROM events WHERE currency IS NOT NULL GROUP BY currency ORDER BY count(*) DESC, currency"), r => r.GetString(0));

    // Their amounts are read back from the JSON that was kept of them.
    static List<(string Rule, long Rows, double Revenue)> QuarantineOnly(IWarehouse warehouse) => warehouse.Rows(
        new Step("count what only the quarantine has", $"""
            SELECT rule, count(*), {warehouse.Dialect.ExactSum($"CASE WHEN rule = '{CleaningRules.Duplicate.Name}' AND json_valid(raw) AND (raw ->> '$.kind') IN {RowRules.Money} THEN TRY_CAST((raw ->> '$.signed_price') AS DOUBLE) * coalesce(TRY_CAST((raw ->> '$.signed_quantity') AS DOUBLE), 1) END")}
            FROM {EventStore.Quarantine} WHERE rule IN ('{CleaningRules.Duplicate.Name}', '{CleaningRules.MalformedRow.Name}') GROUP BY rule
            """), r => (r.GetString(0), r.GetInt64(1), r.GetDouble(2)));
}
