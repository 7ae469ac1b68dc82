using System.Globalization;
using Coterie.Privacy;
using Coterie.Warehouse;

namespace Coterie.Clean;

/// <summary>Refuses rows of customers who were erased, before anything else looks at them: nothing of such a row is kept, not even in the quarantine.</summary>
static class ErasedCustomers
{
    static readonly string[] IdColumns = ["customer_id", "anonymous_id", "previous_id"];

    public static void Refuse(IWarehouse warehouse, Batch batch, SuppressionList suppressed)
    {
        var columns = IdColumns.Where(batch.Has).ToArray();
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var column in columns)
        {
            warehouse.Query(new Step("list the ids of the batch", $"SELECT DISTINCT \"{column}\" FROM {EventStore.Batch} WHERE \"{column}\" IS NOT NULL"), r =>
            {
                if (suppressed.Has(r.GetString(0))) found.Add(r.GetString(0));
            });
        }

        if (found.Count > 0)
        {
            warehouse.Execute(new Step("list the erased ids", "CREATE OR REPLACE TEMP TABLE batch_erased (id VARCHAR)"));
            warehouse.Append("batch_erased", [new TextColumn([.. found.Order(StringComparer.Ordinal)])]);
            // A rule of its own that no other step takes for a row that speaks, repeats or is put into the quarantine.
            warehouse.Execute(new Step("refuse the rows of erased customers", $"""
                UPDATE {EventStore.Batch} SET rule = {CleaningRules.Erased.Code}, raw = NULL
                WHERE {string.Join(" OR ", columns.Select(c => $"\"{c}\" IN (SELECT id FROM batch_erased)"))}
                """));
            warehouse.Execute(new Step("forget the erased ids", "DROP TABLE batch_erased"));
        }

        if (batch.HasMalformed) ForgetMalformed(warehouse, suppressed);
    }

    // A line that is no row may still carry an id.
    static void ForgetMalformed(IWarehouse warehouse, SuppressionList suppressed)
    {
        var lines = new List<string>();
        warehouse.Query(new Step("read the malformed rows", "SELECT rowid, raw FROM batch_malformed"), r =>
        {
            var line = r.GetString(1);
            if (line.Split([',', ';', '\t', '|', '"', ' ', '\'', ':', '{', '}', '[', ']'], StringSplitOptions.RemoveEmptyEntries).Any(suppressed.Has)) lines.Add(r.GetInt64(0).ToString(CultureInfo.InvariantCulture));
        });
        if (lines.Count == 0) return;
        warehouse.Execute(new Step("list malformed rows of erased customers", "CREATE OR REPLACE TEMP TABLE batch_erased (id VARCHAR)"));
        warehouse.Append("batch_erased", [new TextColumn(lines)]);
        // Their number and place count; what they say does not stay.
        warehouse.Execute(new Step("empty malformed rows of erased customers", $"UPDATE batch_malformed SET raw = '{ErasedPerson.Gone}' WHERE CAST(rowid AS VARCHAR) IN (SELECT id FROM batch_erased)"));
        warehouse.Execute(new Step("forget the erased lines", "DROP TABLE batch_erased"));
    }
}
