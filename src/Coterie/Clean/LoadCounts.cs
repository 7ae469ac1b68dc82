using Coterie.Warehouse;

namespace Coterie.Clean;

/// <summary>What a load did to its rows, counted before the batch becomes part of the store.</summary>
/// <param name="Refused">Rule to rows and revenue.</param>
/// <param name="RevenueRead">Over all rows of the load, sign as sent.</param>
sealed record LoadCounts(IReadOnlyDictionary<string, RuleTotal> Refused, long Known, RuleTotal PossibleDuplicates, double RevenueRead, Tally Kept)
{
    public static LoadCounts Of(IWarehouse warehouse, Batch batch)
    {
        var amount = RowRules.Amount("r", batch.Has);
        var all = warehouse.Single(new Step("sum the revenue as sent", $"SELECT {warehouse.Dialect.ExactSum(amount)} FROM {EventStore.Batch} AS r"), r => r.GetDouble(0));
        var marks = warehouse.Rows(new Step("count the marks", $"""
            SELECT m.rule, count(*), {warehouse.Dialect.ExactSum(amount)} FROM batch_marks AS m JOIN {EventStore.Batch} AS r ON r.rowid = m.id GROUP BY m.rule
            """), r => (Rule: r.GetByte(0), Total: new RuleTotal(r.GetInt64(1), r.GetDouble(2)))).ToDictionary(m => m.Rule, m => m.Total);
        // Nothing marked, nothing to leave out: the anti-join over all rows is spared.
        var kept = marks.Keys.All(rule => rule == CleaningRules.Kept) ? EventStore.Batch
            : $"(SELECT * FROM {EventStore.Batch} WHERE rowid NOT IN (SELECT id FROM batch_marks WHERE rule <> {CleaningRules.Kept}))";
        return new LoadCounts(
            Totals(warehouse, "SELECT rule, amount FROM batch_refused"),
            marks.GetValueOrDefault(CleaningRules.Known).Rows + KnownMalformed(warehouse, batch),
            marks.GetValueOrDefault(CleaningRules.Kept),
            all,
            Tally.Of(warehouse, kept, batch.Columns));
    }

    static long KnownMalformed(IWarehouse warehouse, Batch batch) => batch.Malformed - warehouse.Single(
        new Step("count the new malformed rows", $"SELECT count(*) FROM batch_refused WHERE rule = {CleaningRules.MalformedRow.Code}"), r => r.GetInt64(0));

    static Dictionary<string, RuleTotal> Totals(IWarehouse warehouse, string rows) => warehouse.Rows(
        new Step("count the refused rows", $"SELECT {Refusals.NameOf("rule")}, count(*), {warehouse.Dialect.ExactSum("amount")} FROM ({rows}) GROUP BY rule"),
        r => (Rule: r.GetString(0), Total: new RuleTotal(r.GetInt64(1), r.GetDouble(2)))).ToDictionary(r => r.Rule, r => r.Total);
}

/// <summary>Rows and money under one rule.</summary>
readonly record struct RuleTotal(long Rows, double Revenue);
