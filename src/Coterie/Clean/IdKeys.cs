using Coterie.Warehouse;

namespace Coterie.Clean;

/// <summary>Numbers that stand beside the ids of stored rows, so that few people's rows are found without unpacking everybody's ids.</summary>
/// <remarks>A load's rows are stored in the order of their person, so the engine, which knows the least and the largest number of each block, passes over the others: 3 ms
/// instead of 2 s for one customer among a million. A key tells only where to look: whoever finds rows by it compares the ids too, so nothing depends on keys being different, or
/// there: runs that are thrown away have none.</remarks>
static class IdKeys
{
    /// <summary>The key of whom a row names: its customer id, else its anonymous id, else the id that it says was somebody's.</summary>
    public const string Person = "person_key";

    /// <summary>The key of its anonymous id.</summary>
    public const string Anonymous = "anonymous_key";

    static readonly string[] Naming = ["customer_id", "anonymous_id", "previous_id"];

    /// <summary>Rows of a block, of which the engine knows the least and the largest key.</summary>
    const int Block = 122_880;

    /// <summary>So many keys are looked up in the time in which one block is unpacked.</summary>
    const int KeysInABlock = 16;

    /// <summary>More branches in one statement take longer to plan than to run.</summary>
    const int InAStatement = 32;

    /// <summary>The key columns of rows with some columns.</summary>
    public static IEnumerable<string> For(IReadOnlySet<string> columns) => columns.Contains("anonymous_id") ? [Person, Anonymous] : [Person];

    /// <summary>A key column's value.</summary>
    public static string Value(string column, IReadOnlyCollection<string> columns) =>
        Of(column == Anonymous ? "\"anonymous_id\"" : $"coalesce({string.Join(", ", Naming.Where(columns.Contains))})");

    /// <summary>The key of an id: the low 32 bits of its MD5, which do not change with the engine's version.</summary>
    public static string Of(string id) => $"CAST(md5_number_lower({id}) & 4294967295 AS UINTEGER)";

    /// <summary>Rows of the store among which are all of some people: each text is something to select from, and what they hold is disjoint.</summary>
    /// <param name="store">Not empty.</param>
    /// <param name="stored">Its columns.</param>
    /// <param name="keys">Of the people's ids.</param>
    public static IEnumerable<string> Near(IWarehouse store, IReadOnlyCollection<string> stored, IReadOnlyCollection<uint> keys)
    {
        if (!stored.Contains(Person)) return [EventStore.Rows];
        var rows = store.Single(new Step("about how many rows are stored", $"SELECT estimated_size FROM duckdb_tables() WHERE table_name = '{EventStore.Rows}'"), r => r.GetInt64(0));
        return keys.Count > (rows / Block + 1) * KeysInABlock ? [EventStore.Rows]
            : keys.Chunk(InAStatement).Select(some => $"({string.Join(" UNION ALL ", some.Select(k => $"SELECT * FROM {EventStore.Rows} WHERE \"{Person}\" = {k}"))})");
    }
}
