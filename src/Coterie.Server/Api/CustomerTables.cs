using Coterie.Server.Customers;

namespace Coterie.Server.Api;

/// <summary>Rows about one customer in the tables of the newest decisions.</summary>
sealed class CustomerTables(DecisionShelf shelf, DecisionTables decided)
{
    /// <param name="kind">Null: every kind.</param>
    public IReadOnlyList<CustomerDecision> Of(string customer, string? kind, CancellationToken stop)
    {
        var found = new List<CustomerDecision>();
        foreach (var made in kind is null ? shelf.All : new[] { shelf.Newest(kind) }.OfType<ShelvedDecision>())
        {
            var tables = new SortedDictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string?>>>(StringComparer.Ordinal);
            foreach (var (name, path) in made.Files.Where(f => f.Key.EndsWith(".csv", StringComparison.Ordinal) && DecisionShelf.IsPersonal(f.Value)))
            {
                stop.ThrowIfCancellationRequested();
                if (decided.Of(path, customer) is { Count: > 0 } rows) tables[Path.GetFileNameWithoutExtension(name)] = [.. rows.Select(Nulls)];
            }

            if (tables.Count > 0) found.Add(new(made.Kind, made.Made, made.Run, tables));
        }

        return found;
    }

    // An empty field of a table says that there is no value.
    static Dictionary<string, string?> Nulls(IReadOnlyDictionary<string, string> row) => row.ToDictionary(f => f.Key, f => f.Value.Length == 0 ? null : f.Value, StringComparer.Ordinal);
}
