using Coterie.Collect;
using Coterie.Warehouse;

namespace Coterie.Clean;

/// <summary>How events lie in the warehouse: the tables behind <c>events</c> and <c>quarantine</c>.</summary>
/// <remarks>
/// <c>event_rows</c> holds every row that may be needed again with the code of its rule (0: an event) and only the columns that some source
/// had; <c>event_files</c> and <c>event_mapping</c> say where rows came from; <c>identity_known</c> and <c>identity_spans</c> say who is who.
/// <c>events</c> is a view over them. Why: docs/decisions/0002-how-events-are-stored.md.
/// </remarks>
static class EventStore
{
    public const string Rows = "event_rows";
    public const string Batch = "batch_rows";
    public const string Files = "event_files";
    public const string Mapping = "event_mapping";
    public const string Quarantine = "quarantine";

    /// <summary>What every row has besides the columns of its source.</summary>
    static readonly IReadOnlyList<EventColumn> Own =
    [
        new("row_hash", "UBIGINT", "Hash of the message id, else of the content as sent; of the raw text where the row alone is refused."),
        new("content", "UBIGINT", "Hash of the content; only where messages have ids."),
        new("ordinal", "INTEGER", "Number of equal rows before it, where equal rows are kept (dates without a time of day)."),
        new("file", "INTEGER", "Row of event_files."),
        new("line", "BIGINT", "Line in that file where the row begins, from 1."),
        new("line_breaks", "INTEGER", "Line breaks inside the row's fields."),
        new("rule", "UTINYINT", "Code of the rule that refused it, else 0."),
        new("raw", "VARCHAR", "The source row, where the row alone is refused."),
        new(IdKeys.Person, "UINTEGER", "Where to look for a person's rows; not in a run that is thrown away."),
        new(IdKeys.Anonymous, "UINTEGER", "The same for an anonymous id."),
    ];

    /// <summary>Raw columns that are stored where a source has them. The others follow from these: price and quantity are absolute values,
    /// cancelled is in the kind, unreadable in the rule.</summary>
    static readonly IReadOnlyList<EventColumn> Sent =
        [.. RawColumns.All.Where(c => c.Name is not ("price" or "quantity" or "cancelled" or "unreadable"))];

    public static EventColumn Column(string name) => Own.Concat(Sent).First(c => c.Name == name);

    /// <summary>The columns that a load needs, those of the store among them, in order.</summary>
    public static IReadOnlyList<string> ColumnsFor(IReadOnlyList<RawRelation> relations, IEnumerable<string> stored, CleanOptions options)
    {
        var present = relations.SelectMany(r => r.Present).ToHashSet();
        present.UnionWith([.. stored, "customer_id", "time", "kind"]);
        if (present.Contains("price")) present.Add("signed_price");
        if (present.Contains("quantity")) present.Add("signed_quantity");
        present.UnionWith(["row_hash", "file", "line_breaks", "rule", "raw"]);
        if (present.Contains("message_id")) present.Add("content");
        if (relations.Any(r => !r.HasTimeOfDay)) present.Add("ordinal");
        if (!options.OneShot) present.UnionWith(["line", .. IdKeys.For(present)]);
        return [.. Own.Concat(Sent).Select(c => c.Name).Where(present.Contains)];
    }

    /// <summary>Columns that are raw values of a source, among stored ones.</summary>
    public static IEnumerable<string> SentAmong(IEnumerable<string> stored) => stored.Where(name => Sent.Any(c => c.Name == name));

    public static IReadOnlyList<string> Columns(IWarehouse warehouse, string table) => warehouse.Rows(
        new Step("columns of a table", "SELECT column_name FROM information_schema.columns WHERE table_name = $table ORDER BY ordinal_position")
        {
            Parameters = new Dictionary<string, object?> { ["table"] = table },
        },
        r => r.GetString(0));

    public static string Definition(IEnumerable<string> columns, Dialect dialect) =>
        string.Join(", ", columns.Select(name => $"{dialect.Name(name)} {Column(name).Type}"));

    public static string List(IEnumerable<string> columns, Dialect dialect) => string.Join(", ", columns.Select(dialect.Name));

    /// <summary>A column of NULLs more: nobody sees a difference until rows fill it.</summary>
    public static Step Widen(string column, Dialect dialect) => new("widen the store", $"ALTER TABLE {Rows} ADD COLUMN {Definition([column], dialect)}");

    /// <summary>Gives rows that were stored before there were keys theirs.</summary>
    public static Step AddKeys(IReadOnlyCollection<string> stored) =>
        new("give stored rows their keys", $"UPDATE {Rows} SET {string.Join(", ", stored.Where(c => c is IdKeys.Person or IdKeys.Anonymous).Select(c => $"\"{c}\" = {IdKeys.Value(c, stored)}"))}");

    public static Step CreateFiles() => new("create the list of files", $"""
        CREATE TABLE IF NOT EXISTS {Files} (file INTEGER, path VARCHAR, format VARCHAR, encoding VARCHAR, bytes BIGINT, header_lines INTEGER,
            layout VARCHAR, time_of_day BOOLEAN)
        """);

    public static Step CreateMapping() => new("create the list of mapped columns", $"""
        CREATE TABLE IF NOT EXISTS {Mapping} (layout VARCHAR, target VARCHAR, source VARCHAR, why VARCHAR, format VARCHAR)
        """);

    public static Step CreateQuarantine() => new("create the quarantine",
        $"CREATE TABLE IF NOT EXISTS {Quarantine} (rule VARCHAR, file VARCHAR, line BIGINT, raw VARCHAR)");

    /// <summary>The <c>events</c> view over the columns that the store has; the others are NULL.</summary>
    public static Step CreateView(IReadOnlyList<string> stored, People people, Dialect dialect) =>
        new("create the view of events", $"CREATE OR REPLACE VIEW events AS\n{Select(stored, people, Rows, dialect)}");

    /// <summary>The columns of <c>events</c> for the rows of a table or query; ends in a condition, to which others may be added.</summary>
    public static string Select(IReadOnlyList<string> stored, People people, string rows, Dialect dialect)
    {
        var has = stored.ToHashSet();
        var columns = Events.Columns.Select(column => $"CAST({Expression(column.Name, has, people)} AS {column.Type}) AS {dialect.Name(column.Name)}");
        return $"""
            SELECT {string.Join(",\n    ", columns)}
            FROM {people.From(rows)}
            WHERE r."rule" = {CleaningRules.Kept}
            """;
    }

    static string Expression(string column, HashSet<string> has, People people) => column switch
    {
        "event_id" => EventId(has),
        "customer_id" => people.Customer,
        "price" => has.Contains("signed_price") ? "abs(r.\"signed_price\")" : "NULL",
        "quantity" => has.Contains("signed_quantity") ? "abs(r.\"signed_quantity\")" : "NULL",
        _ => has.Contains(column) ? $"r.\"{column}\"" : "NULL",
    };

    static string EventId(HashSet<string> has)
    {
        var id = "format('{:016x}', r.\"row_hash\")";
        if (has.Contains("ordinal")) id += " || CASE WHEN r.\"ordinal\" > 0 THEN '-' || r.\"ordinal\" ELSE '' END";
        return has.Contains("message_id") ? $"coalesce(r.\"message_id\", {id})" : id;
    }
}
