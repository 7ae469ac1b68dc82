using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Server.Api;

/// <summary>Rows about one customer in the tables of the newest decisions.</summary>
sealed class CustomerTables(DecisionShelf shelf)
{
    /// <param name="kind">Null: every kind.</param>
    public IReadOnlyList<CustomerDecision> Of(string customer, string? kind, CancellationToken stop)
    {
        var found = new List<CustomerDecision>();
        DuckDbWarehouse? engine = null;
        try
        {
            foreach (var made in kind is null ? shelf.All : new[] { shelf.Newest(kind) }.OfType<ShelvedDecision>())
            {
                var tables = new SortedDictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string?>>>(StringComparer.Ordinal);
                foreach (var (name, path) in made.Files.Where(f => f.Key.EndsWith(".csv", StringComparison.Ordinal) && DecisionShelf.IsPersonal(f.Value)))
                {
                    stop.ThrowIfCancellationRequested();
                    if (Rows(engine ??= new DuckDbWarehouse(new DuckDbOptions()), path, customer) is { Count: > 0 } rows) tables[Path.GetFileNameWithoutExtension(name)] = rows;
                }

                if (tables.Count > 0) found.Add(new(made.Kind, made.Made, made.Run, tables));
            }
        }
        finally
        {
            engine?.Dispose();
        }

        return found;
    }

    static List<IReadOnlyDictionary<string, string?>> Rows(DuckDbWarehouse engine, string path, string customer)
    {
        Func<string, string> q = engine.Dialect.Name;
        var source = $"read_csv({engine.Dialect.Text(path)}, header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"')";
        var columns = engine.Rows(new Step("columns of a decision's table", $"DESCRIBE SELECT * FROM {source}"), r => r.GetString(0));
        var id = columns.Contains("customer_id") ? "customer_id" : "customer";
        // Ids that a spreadsheet would compute are guarded in the file.
        return engine.Rows(new Step("a customer's rows of a decision", $"SELECT {string.Join(", ", columns.Select(q))} FROM {source} WHERE {q(id)} = $customer")
        {
            Parameters = new Dictionary<string, object?> { ["customer"] = SpreadsheetText.Guard(customer) },
        }, IReadOnlyDictionary<string, string?> (r) => columns.Select((c, i) => (c, value: r.TextOrNull(i))).ToDictionary(p => p.c, p => p.value, StringComparer.Ordinal));
    }
}
