using Coterie.Warehouse;

namespace Coterie.Clean;

/// <summary>What a load did to its rows, counted before the batch becomes part of the store.</summary>
/// <param name="Refused">Rule to rows and revenue.</param>
/// <param name="RevenueRead">Over all rows of the load, sign as sent.</param>
sealed record LoadCounts(IReadOnlyDictionary<string, RuleTotal> Refused, long Known, double RevenueRead, Tally Kept)
{
    public static LoadCounts Of(IWarehouse warehouse, Batch batch)
    {
        var tally = Tally.Of(warehouse, $"{EventStore.Batch} AS r LEFT JOIN batch_marks AS m ON m.id = r.rowid", "coalesce(m.rule, r.rule)",
            "coalesce(m.ordinal, 0)", batch.Columns);
        var refused = CleaningRules.All.Where(r => r.Refused && tally.Rules.ContainsKey(r.Code)).ToDictionary(r => r.Name, r => tally.Rules[r.Code]);
        var malformed = warehouse.Single(new Step("count the new malformed rows",
            $"SELECT count(*) FROM batch_refused WHERE rule = {CleaningRules.MalformedRow.Code}"), r => r.GetInt64(0));
        if (malformed > 0) refused.Add(CleaningRules.MalformedRow.Name, new RuleTotal(malformed, 0));
        var known = tally.Rules.GetValueOrDefault(CleaningRules.Known).Rows + batch.Malformed - malformed;
        return new LoadCounts(refused, known, ExactMoney.Sum(tally.Rules.Values.Select(t => t.Revenue)), tally);
    }
}
