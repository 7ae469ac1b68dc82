using System.Collections.Concurrent;

namespace Coterie.Server.Customers;

/// <summary>Tables of decisions in which customers were looked up lately: the index of each is made once.</summary>
public sealed class DecisionTables
{
    const int KeptTables = 16;
    readonly ConcurrentDictionary<string, Kept> tables = new(StringComparer.Ordinal);

    sealed record Kept(DateTime Written, Lazy<CustomerCsv> Table)
    {
        public long Used { get; set; } = Environment.TickCount64;
    }

    /// <summary>A customer's rows, column to value, in the order of the file; an empty value is an empty text.</summary>
    /// <exception cref="InputException">No column of the file names customers.</exception>
    public IReadOnlyList<IReadOnlyDictionary<string, string>> Of(string file, string customer)
    {
        var written = File.GetLastWriteTimeUtc(file);
        if (!tables.TryGetValue(file, out var kept) || kept.Written != written) tables[file] = kept = new(written, new(() => CustomerCsv.Open(file)));
        kept.Used = Environment.TickCount64;
        foreach (var old in tables.OrderByDescending(t => t.Value.Used).Skip(KeptTables)) tables.TryRemove(old.Key, out _);
        return kept.Table.Value.Of(customer);
    }

    /// <summary>Lets go of everything: after somebody changed the files.</summary>
    public void Forget() => tables.Clear();
}
