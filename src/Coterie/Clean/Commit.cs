using Coterie.Warehouse;

namespace Coterie.Clean;

/// <summary>Puts a finished batch into the store: all of it or nothing.</summary>
static class Commit
{
    public static void Run(IWarehouse warehouse, Batch batch, Identities.Found found, long robots, CleanOptions options)
    {
        if (options.OneShot)
            Write(warehouse, batch, found, Become(batch));
        else
            InTransaction(warehouse, () => Write(warehouse, batch, found, Append(batch, found.People, robots, warehouse.Dialect)));
        foreach (var table in new[]
        {
            "batch_files", "batch_malformed", "batch_marks", "batch_repeated", "batch_equals", "batch_refused", "batch_stored", "new_known", "new_spans", "customer_rows", "suspects", "robots", "robots_earlier", "batch_customers", "near_rows",
            "identity_pairs", "identity_aliases",
        })
            warehouse.Execute(new Step("drop what the load needed", $"DROP TABLE IF EXISTS temp.main.{table}"));
        if (!options.OneShot) warehouse.Execute(new Step("drop the batch", $"DROP TABLE IF EXISTS temp.main.{EventStore.Batch}"));
    }

    static void InTransaction(IWarehouse warehouse, Action write)
    {
        warehouse.Execute(new Step("begin", "BEGIN TRANSACTION"));
        try
        {
            write();
        }
        catch (WarehouseException)
        {
            warehouse.Execute(new Step("roll back", "ROLLBACK"));
            throw;
        }
        warehouse.Execute(new Step("commit", "COMMIT"));
    }

    static void Write(IWarehouse warehouse, Batch batch, Identities.Found found, IEnumerable<Step> rows)
    {
        warehouse.Execute(EventStore.CreateQuarantine());
        warehouse.Execute(EventStore.CreateMapping());
        foreach (var step in rows) warehouse.Execute(step);
        foreach (var step in Describe(batch)) warehouse.Execute(step);
        WriteMapping(warehouse, batch);
        foreach (var table in new[] { "known", "spans" })
            warehouse.Execute(new Step("keep who is who", $"CREATE OR REPLACE TABLE identity_{table} AS SELECT * FROM new_{table} ORDER BY ALL"));
        var people = new People(found.People.Merged, found.People.Anonymous);
        warehouse.Execute(EventStore.CreateView(EventStore.Columns(warehouse, EventStore.Rows), people, warehouse.Dialect));
    }

    // A run that is thrown away: what stays is deleted down to in place, which costs a twentieth of an update or a copy.
    static IEnumerable<Step> Become(Batch batch)
    {
        if (batch.Has("ordinal"))
            yield return new Step("set aside the possible duplicates", $"""
                CREATE OR REPLACE TEMP TABLE batch_stored AS SELECT r.* REPLACE (m.ordinal AS ordinal)
                FROM {EventStore.Batch} AS r JOIN batch_marks AS m ON m.id = r.rowid WHERE m.rule = {CleaningRules.Kept}
                """);
        yield return new Step("delete the marked rows", $"DELETE FROM {EventStore.Batch} WHERE rowid IN (SELECT id FROM batch_marks)");
        if (batch.Has("ordinal"))
            yield return new Step("put back the possible duplicates", $"INSERT INTO {EventStore.Batch} SELECT * FROM batch_stored");
        foreach (var column in new[] { "raw", "line_breaks" })
            yield return new Step("drop a column that nobody needs now", $"ALTER TABLE {EventStore.Batch} DROP COLUMN {column}");
        yield return new Step("make the batch the store", $"ALTER TABLE {EventStore.Batch} RENAME TO {EventStore.Rows}");
    }

    // Refused rows of the batch stay in the store (but for duplicates: their first row stays), so that a second load of them finds them.
    static IEnumerable<Step> Append(Batch batch, People people, long robots, Dialect dialect)
    {
        if (robots > 0 && batch.Stored.Count > 0)
        {
            yield return new Step("find the robots' earlier rows", $"""
                CREATE OR REPLACE TEMP TABLE robots_earlier AS
                SELECT r.rowid AS id FROM {people.From(EventStore.Rows)}
                WHERE r.rule = {CleaningRules.Kept} AND {people.Customer} IN (SELECT customer FROM robots)
                """);
            yield return new Step("quarantine the robots' earlier rows", $"""
                INSERT INTO {EventStore.Quarantine}
                SELECT '{CleaningRules.Robot.Name}', f.path, r.line, {Refusals.Rebuilt(batch.Stored)}
                FROM {EventStore.Rows} AS r JOIN {EventStore.Files} AS f ON f.file = r.file WHERE r.rowid IN (SELECT id FROM robots_earlier)
                """);
            yield return new Step("refuse the robots' earlier rows",
                $"UPDATE {EventStore.Rows} SET rule = {CleaningRules.Robot.Code} WHERE rowid IN (SELECT id FROM robots_earlier)");
        }

        var columns = batch.Columns.Where(c => c is not ("raw" or "line_breaks")).ToList();
        if (batch.Stored.Count == 0)
            yield return new Step("create the store", $"CREATE TABLE {EventStore.Rows} ({EventStore.Definition(columns, dialect)})");
        var values = columns.Select(c => c switch
        {
            "rule" => "coalesce(m.rule, r.rule)",
            "ordinal" => "coalesce(m.ordinal, 0)",
            _ => $"r.\"{c}\"",
        });
        yield return new Step("append the batch to the store", $"""
            INSERT INTO {EventStore.Rows} ({string.Join(", ", columns.Select(c => $"\"{c}\""))})
            SELECT {string.Join(", ", values)}
            FROM ({Refusals.WithLines($"SELECT rowid AS id, * EXCLUDE (line) FROM {EventStore.Batch}", batch)}) AS r
            LEFT JOIN batch_marks AS m ON m.id = r.id
            WHERE coalesce(m.rule, r.rule) NOT IN ({CleaningRules.Known}, {CleaningRules.Duplicate.Code}, {CleaningRules.Erased.Code})
            ORDER BY r."{IdKeys.Person}", r.id
            """);
    }

    // Once there is a store, a file that brings nothing new is not noted: loading it twice changes nothing.
    static IEnumerable<Step> Describe(Batch batch)
    {
        yield return new Step("note the files", $"""
            INSERT INTO {EventStore.Files} SELECT file, path, format, encoding, bytes, header_lines, layout, time_of_day FROM batch_files
            {(batch.Stored.Count == 0 ? "" : $"WHERE file IN (SELECT DISTINCT file FROM {EventStore.Rows}) OR path IN (SELECT file FROM batch_refused)")}
            ORDER BY file
            """);
        yield return new Step("fill the quarantine", $"""
            INSERT INTO {EventStore.Quarantine} SELECT {Refusals.NameOf("rule")}, file, line, raw FROM batch_refused ORDER BY file, line
            """);
    }

    static void WriteMapping(IWarehouse warehouse, Batch batch)
    {
        foreach (var relation in batch.Relations)
            foreach (var column in relation.Mapping)
                warehouse.Execute(new Step("note a mapped column", $"""
                    INSERT INTO {EventStore.Mapping} SELECT $layout, $target, $source, $why, $format
                    WHERE NOT EXISTS (FROM {EventStore.Mapping} WHERE layout = $layout AND target = $target AND source = $source)
                    """)
                {
                    Parameters = new Dictionary<string, object?>
                    {
                        ["layout"] = relation.Layout,
                        ["target"] = column.Target,
                        ["source"] = column.Source,
                        ["why"] = column.Why,
                        ["format"] = column.Format,
                    },
                });
    }
}
