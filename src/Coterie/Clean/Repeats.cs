using System.Numerics;
using Coterie.Warehouse;

namespace Coterie.Clean;

/// <summary>Rows that came before: in an earlier load (known), or earlier in this one (duplicates, reused message ids).</summary>
static class Repeats
{
    /// <summary>Fills <c>batch_marks</c> (id, rule, ordinal): what other rows decide about rows of the batch.</summary>
    public static void Mark(IWarehouse warehouse, Batch batch)
    {
        warehouse.Execute(new Step("create the marks", "CREATE OR REPLACE TEMP TABLE batch_marks (id BIGINT, rule UTINYINT, ordinal INTEGER)"));
        warehouse.Execute(new Step("create the repeated hashes", "CREATE OR REPLACE TEMP TABLE batch_repeated (row_hash UBIGINT)"));
        foreach (var step in Repeated(batch.Rows)) warehouse.Execute(step);
        warehouse.Execute(Ordinals(batch));
        if (batch.Stored.Count > 0) MarkKnown(warehouse, batch);
        warehouse.Execute(MarkDuplicates(batch));
        if (batch.Has("ordinal")) warehouse.Execute(MarkPossibleDuplicates());
    }

    // In parts of about a million rows the table of groups stays in the processor's cache: a third faster for ten million rows, and the memory it
    // takes does not grow with them.
    static IEnumerable<Step> Repeated(long rows)
    {
        var parts = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(rows / 1_000_000, 1, 1024));
        var width = (UInt128.One << 64) / (UInt128)parts;
        for (var part = UInt128.Zero; part < (UInt128)parts; part++)
            yield return new Step("find the repeated hashes", $"""
                INSERT INTO batch_repeated SELECT row_hash FROM {EventStore.Batch}
                WHERE row_hash >= {part * width} AND row_hash <= {((part + 1) * width) - 1} GROUP BY row_hash HAVING count(*) > 1
                """);
    }

    // Only hashes that occur more than once are numbered: a window over all rows costs four times as much.
    // Rows with one message id are ordered by time and content, so that the order of files does not decide which of them counts.
    static Step Ordinals(Batch batch)
    {
        var message = batch.Has("message_id");
        var content = message ? ", \"content\"" : "";
        var order = $"OVER (PARTITION BY row_hash ORDER BY \"time\"{content}, rowid)";
        return new Step("number the equal rows", $"""
            CREATE OR REPLACE TEMP TABLE batch_equals AS
            SELECT rowid AS id, row_hash, file, rule, CAST(row_number() {order} - 1 AS INTEGER) AS ordinal,
                {(message ? "\"message_id\" IS NOT NULL" : "false")} AS message,
                {(message ? $"coalesce(\"content\" = first_value(\"content\") {order}, true)" : "true")} AS same
            FROM {EventStore.Batch}
            WHERE row_hash IN (SELECT row_hash FROM batch_repeated)
            """);
    }

    // A row is known if the store has an equal one that failed no rule of single rows where this one fails none, or failed the same.
    // Where equal rows are kept (no time of day) or refused one by one, the store must have as many as this load.
    static void MarkKnown(IWarehouse warehouse, Batch batch)
    {
        var early = $"CASE WHEN rule > {CleaningRules.LastOfRow} AND rule <= {CleaningRules.LastRefusal} THEN {CleaningRules.Kept} ELSE rule END";
        warehouse.Execute(new Step("find the rows that the store has", $"""
            CREATE OR REPLACE TEMP TABLE batch_stored AS
            SELECT row_hash, {early} AS rule, count(*) AS copies FROM {EventStore.Rows}
            WHERE row_hash IN (SELECT row_hash FROM {EventStore.Batch}) GROUP BY ALL
            """));
        var message = batch.Has("message_id") ? "b.message_id IS NULL AND " : "";
        warehouse.Execute(new Step("mark the rows that the store has", $"""
            INSERT INTO batch_marks
            SELECT b.rowid, {CleaningRules.Known}, 0
            FROM {EventStore.Batch} AS b
            JOIN batch_stored AS s ON s.row_hash = b.row_hash AND s.rule = b.rule
            JOIN batch_files AS f ON f.file = b.file
            LEFT JOIN batch_equals AS e ON e.id = b.rowid
            WHERE {message}((b.rule = {CleaningRules.Kept} AND f.time_of_day) OR coalesce(e.ordinal, 0) < s.copies)
            """));
        // Equal message ids have equal hashes; where there are none, nobody needs to unpack the store's.
        if (!batch.Stored.Contains("message_id") || warehouse.Single(new Step("count the rows that the store has", "SELECT count(*) FROM batch_stored"), r => r.GetInt64(0)) == 0) return;
        warehouse.Execute(new Step("mark the message ids that the store has", $"""
            INSERT INTO batch_marks
            SELECT b.rowid, CASE WHEN bool_or(r.content = b.content) THEN {CleaningRules.Known} ELSE {CleaningRules.IdConflict.Code} END, 0
            FROM {EventStore.Batch} AS b
            JOIN {EventStore.Rows} AS r ON r.row_hash = b.row_hash AND r.message_id = b.message_id
            WHERE b.rule IN ({CleaningRules.Kept}, {CleaningRules.Identity.Code})
            GROUP BY b.rowid
            """));
    }

    static Step MarkDuplicates(Batch batch) => new("mark the duplicates", $"""
        INSERT INTO batch_marks
        SELECT e.id, CASE WHEN e.same THEN {CleaningRules.Duplicate.Code} ELSE {CleaningRules.IdConflict.Code} END, 0
        FROM batch_equals AS e JOIN batch_files AS f ON f.file = e.file
        WHERE e.rule = {CleaningRules.Kept} AND e.ordinal > 0 AND (f.time_of_day OR e.message) AND e.id NOT IN (SELECT id FROM batch_marks)
        """);

    static Step MarkPossibleDuplicates() => new("number the possible duplicates", $"""
        INSERT INTO batch_marks
        SELECT e.id, {CleaningRules.Kept}, e.ordinal FROM batch_equals AS e
        WHERE e.rule = {CleaningRules.Kept} AND e.ordinal > 0 AND e.id NOT IN (SELECT id FROM batch_marks)
        """);
}
