using System.Globalization;
using Coterie.Privacy;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Clean;

/// <summary>Rows that left a table.</summary>
public sealed record RowsGone(string Table, long Rows);

/// <summary>Writes a workspace's warehouse anew without some of its rows: deleted rows stay readable in the blocks of a database file until something else is
/// written over them, so only a new file is surely without them.</summary>
static class StoreRewriting
{
    /// <summary>Copies everything but the person.</summary>
    /// <param name="from">The warehouse's file, which nobody has open.</param>
    /// <param name="to">The new file.</param>
    /// <param name="storage">Limits.</param>
    public static IReadOnlyList<RowsGone> WithoutPerson(string from, string to, DuckDbOptions storage, ErasedPerson person)
    {
        return Copy(from, to, storage, warehouse =>
        {
            if (EventStore.Columns(warehouse, EventStore.Rows).Count > 0) Persons.Mark(warehouse, person.Customers, person.Ids);
            else Persons.MarkNobody(warehouse, person.Ids);
            MarkQuarantine(warehouse, raw => RowErasure.IsRefused(raw, person));
            return table => Condition(warehouse, table);
        }, path => person.Mentions(path) ? person.Without(path) : null);
    }

    /// <summary>Copies everything but events, and refused rows, from before an instant.</summary>
    public static IReadOnlyList<RowsGone> Since(string from, string to, DuckDbOptions storage, DateTime cutoff) => Copy(from, to, storage, warehouse =>
    {
        Old(warehouse, cutoff);
        return table => table switch
        {
            EventStore.Rows => "rowid NOT IN (SELECT id FROM old_rows)",
            EventStore.Quarantine => "rowid NOT IN (SELECT id FROM old_quarantine)",
            _ => "true",
        };
    }, _ => null);

    /// <summary>How much <see cref="Since"/> would leave out.</summary>
    public static IReadOnlyList<RowsGone> Before(IWarehouse warehouse, DateTime cutoff)
    {
        if (EventStore.Columns(warehouse, EventStore.Rows).Count == 0) return [];
        Old(warehouse, cutoff);
        return [new(EventStore.Rows, Count(warehouse, "old_rows")), new(EventStore.Quarantine, Count(warehouse, "old_quarantine"))];
    }

    // Duplicates are in the quarantine only, rebuilt as JSON with their time; other refused rows are in the store too, at their file and line.
    static void Old(IWarehouse warehouse, DateTime cutoff)
    {
        var parameters = new Dictionary<string, object?> { ["cutoff"] = DateTime.SpecifyKind(cutoff, DateTimeKind.Unspecified) };
        warehouse.Execute(new Step("find rows from before the limit", $"CREATE OR REPLACE TEMP TABLE old_rows AS SELECT rowid AS id FROM {EventStore.Rows} WHERE \"time\" < $cutoff") { Parameters = parameters });
        warehouse.Execute(new Step("find refused rows from before the limit", $"""
            CREATE OR REPLACE TEMP TABLE old_quarantine AS
            SELECT q.rowid AS id FROM {EventStore.Quarantine} AS q
            WHERE EXISTS (
                SELECT 1 FROM {EventStore.Rows} AS r JOIN {EventStore.Files} AS f ON f.file = r.file
                WHERE f.path = q.file AND r.line = q.line AND r."time" < $cutoff)
                OR (json_valid(q.raw) AND TRY_CAST((q.raw ->> '$.time') AS TIMESTAMP) < $cutoff)
            """) { Parameters = parameters });
    }

    static long Count(IWarehouse warehouse, string table) => warehouse.Single(new Step("count rows", $"SELECT count(*) FROM {table}"), r => r.GetInt64(0));

    static void MarkQuarantine(IWarehouse warehouse, Func<string, bool> gone)
    {
        var found = new List<string>();
        if (EventStore.Columns(warehouse, EventStore.Quarantine).Count > 0)
        {
            warehouse.Query(new Step("read the refused rows", $"SELECT rowid, raw FROM {EventStore.Quarantine} WHERE raw IS NOT NULL"), r =>
            {
                if (gone(r.GetString(1))) found.Add(r.GetInt64(0).ToString(CultureInfo.InvariantCulture));
            });
        }

        warehouse.Execute(new Step("list refused rows", "CREATE OR REPLACE TEMP TABLE erased_quarantine (id VARCHAR)"));
        if (found.Count > 0) warehouse.Append("erased_quarantine", [new TextColumn(found)]);
    }

    static string Condition(IWarehouse warehouse, string table)
    {
        if (table == EventStore.Rows) return "rowid NOT IN (SELECT id FROM erased_rows)";
        if (table == EventStore.Quarantine) return "CAST(rowid AS VARCHAR) NOT IN (SELECT id FROM erased_quarantine)";
        // Tables that others keep here, such as embeddings.
        var columns = EventStore.Columns(warehouse, table).Where(c => c is "customer_id" or "customer" or "anonymous_id" or "previous_id").ToArray();
        return columns.Length == 0 ? "true" : string.Join(" AND ", columns.Select(c =>
        {
            var name = warehouse.Dialect.Name(c);
            return $"({name} IS NULL OR (CAST({name} AS VARCHAR) NOT IN (SELECT id FROM erased_ids) AND CAST({name} AS VARCHAR) NOT IN (SELECT id FROM erased_customers)))";
        }));
    }

    static List<RowsGone> Copy(string from, string to, DuckDbOptions storage, Func<IWarehouse, Func<string, string>> plan, Func<string, string?> renamed)
    {
        File.Delete(to);
        File.Delete(to + ".wal");
        var gone = new List<RowsGone>();
        bool hasEvents;
        List<string> views;
        using (var old = new DuckDbWarehouse(storage with { File = from }))
        {
            var dialect = old.Dialect;
            hasEvents = EventStore.Columns(old, EventStore.Rows).Count > 0;
            var tables = old.Rows(new Step("list the tables", "SELECT table_name FROM duckdb_tables() WHERE NOT internal AND NOT temporary AND schema_name = 'main' ORDER BY table_oid"), r => r.GetString(0));
            views = old.Rows(new Step("list the views", "SELECT sql FROM duckdb_views() WHERE NOT internal AND NOT temporary AND schema_name = 'main' AND view_name <> 'events' ORDER BY view_oid"), r => r.GetString(0));
            var keep = plan(old);
            old.Execute(new Step("make the new warehouse", $"ATTACH {dialect.Text(to)} AS clean"));
            var names = hasEvents && NameFiles(old, renamed);
            // Each load was stored in this order; now all of them are.
            var order = EventStore.Columns(old, EventStore.Rows).Contains(IdKeys.Person) ? $" ORDER BY \"{IdKeys.Person}\", rowid" : "";
            foreach (var table in tables.Where(t => t is not ("identity_known" or "identity_spans")))
            {
                var name = dialect.Name(table);
                var before = Count(old, name);
                old.Execute(new Step($"copy {table}", $"CREATE TABLE clean.main.{name} AS SELECT {Columns(table, names)} FROM main.{name} AS t WHERE {keep(table)}{(table == EventStore.Rows ? order : "")}"));
                var after = Count(old, $"clean.main.{name}");
                if (after < before) gone.Add(new(table, before - after));
            }

            old.Execute(new Step("finish the new warehouse", "DETACH clean"));
        }

        using var fresh = new DuckDbWarehouse(storage with { File = to });
        if (hasEvents) WriteIdentities(fresh);
        foreach (var view in views) fresh.Execute(new Step("make a view again", view));
        fresh.Execute(new Step("write the new warehouse to the disk", "CHECKPOINT"));
        return gone;
    }

    // Who is who follows from the rows that are left.
    static void WriteIdentities(IWarehouse warehouse)
    {
        var columns = EventStore.Columns(warehouse, EventStore.Rows);
        var found = Identities.Resolve(warehouse, new Dictionary<string, IReadOnlyList<string>> { [EventStore.Rows] = columns });
        foreach (var table in new[] { "known", "spans" })
            warehouse.Execute(new Step("keep who is who", $"CREATE OR REPLACE TABLE identity_{table} AS SELECT * FROM new_{table} ORDER BY ALL"));
        warehouse.Execute(EventStore.CreateView(columns, new People(found.People.Merged, found.People.Anonymous), warehouse.Dialect));
    }

    // An update would leave the old name in the new file's free blocks.
    static string Columns(string table, bool names) => !names ? "*" : table switch
    {
        EventStore.Files => "* REPLACE (coalesce((SELECT clean FROM file_names AS n WHERE n.path = t.path), t.path) AS path)",
        EventStore.Quarantine => "* REPLACE (coalesce((SELECT clean FROM file_names AS n WHERE n.path = t.file), t.file) AS file)",
        _ => "*",
    };

    static bool NameFiles(IWarehouse warehouse, Func<string, string?> renamed)
    {
        var pairs = warehouse.Rows(new Step("list the files", $"SELECT DISTINCT path FROM {EventStore.Files}"), r => r.GetString(0))
            .Select(path => (Path: path, Clean: renamed(path))).Where(p => p.Clean is not null).ToArray();
        if (pairs.Length == 0) return false;
        warehouse.Execute(new Step("list the files that name the person", "CREATE OR REPLACE TEMP TABLE file_names (path VARCHAR, clean VARCHAR)"));
        warehouse.Append("file_names", [new TextColumn([.. pairs.Select(p => p.Path)]), new TextColumn([.. pairs.Select(p => p.Clean)])]);
        return true;
    }
}
