using Coterie.Warehouse;

namespace Coterie.Clean;

/// <summary>The rows that a load refuses, with the line where each stands in its file.</summary>
static class Refusals
{
    /// <summary>Writes the temporary table <c>batch_refused</c> (rule code, file, line, raw, amount), malformed rows among them.</summary>
    public static void Collect(IWarehouse warehouse, Batch batch)
    {
        var amount = RowRules.Amount("r", batch.Has);
        var late = $"rule BETWEEN {CleaningRules.LastOfRow + 1} AND {CleaningRules.LastRefusal}";
        // Only a store can have marked a row that a rule of single rows refuses: as known.
        var unmarked = batch.Stored.Count > 0 ? " AND r.rowid NOT IN (SELECT id FROM batch_marks)" : "";
        warehouse.Execute(new Step("collect the refused rows", $"""
            CREATE OR REPLACE TEMP TABLE batch_refused AS
            WITH picked AS (
                SELECT r.rowid AS id, r.file, r.rule, r.raw, {amount} AS amount FROM {EventStore.Batch} AS r
                WHERE r.rule BETWEEN 1 AND {CleaningRules.LastOfRow}{unmarked}
                UNION ALL
                SELECT r.id, r.file, m.rule, {Rebuilt(batch.Columns)}, {amount}
                FROM (SELECT rowid AS id, * FROM {EventStore.Batch} WHERE rowid IN (SELECT id FROM batch_marks WHERE {late})) AS r
                JOIN batch_marks AS m ON m.id = r.id WHERE m.{late})
            SELECT p.rule, p.path AS file, p.line, p.raw, p.amount FROM ({WithLines("SELECT * FROM picked", batch)}) AS p
            UNION ALL
            SELECT {CleaningRules.MalformedRow.Code}, f.path, m.line, m.raw, NULL FROM batch_malformed AS m JOIN batch_files AS f ON f.file = m.file
            """));
        if (batch.Stored.Count > 0) warehouse.Execute(ForgetKnownMalformed());
    }

    /// <summary>Rows of the batch (id, file, …) with the path of their file and the line where they begin: after the lines of the header, the rows
    /// before, the line breaks inside them, and the malformed lines before.</summary>
    public static string WithLines(string rows, Batch batch)
    {
        var placed = "r.id - f.first_row + f.header_lines + 1";
        var breaks = "";
        if (batch.HasLineBreaks)
        {
            placed += " + coalesce(b.total, 0)";
            breaks = $"""
                ASOF LEFT JOIN (
                    SELECT file, rowid AS id, sum(line_breaks) OVER (PARTITION BY file ORDER BY rowid) AS total
                    FROM {EventStore.Batch} WHERE line_breaks > 0) AS b ON b.file = r.file AND r.id > b.id
                """;
        }
        var good = $"SELECT r.*, f.path, CAST({placed} AS BIGINT) AS line FROM ({rows}) AS r JOIN batch_files AS f ON f.file = r.file {breaks}";
        return !batch.HasMalformed ? good : $"""
            SELECT p.* REPLACE (p.line + coalesce(m.total, 0) AS line) FROM ({good}) AS p
            ASOF LEFT JOIN (
                SELECT file, line - row_number() OVER (PARTITION BY file ORDER BY line) + 1 AS line,
                    row_number() OVER (PARTITION BY file ORDER BY line) AS total
                FROM batch_malformed) AS m ON m.file = p.file AND p.line >= m.line
            """;
    }

    /// <summary>A stored row as JSON, for rows that were refused when their source text was gone.</summary>
    public static string Rebuilt(IReadOnlyList<string> columns) =>
        $"CAST(to_json(struct_pack({string.Join(", ", EventStore.SentAmong(columns).Select(c => $"\"{c}\" := r.\"{c}\""))})) AS VARCHAR)";

    // Malformed lines have no row to compare with: the quarantine itself says how many equal ones it has.
    static Step ForgetKnownMalformed() => new("leave out the malformed lines that the quarantine has", $"""
        DELETE FROM batch_refused WHERE rowid IN (
            SELECT b.id FROM (
                SELECT rowid AS id, raw, row_number() OVER (PARTITION BY raw ORDER BY file, line) AS number FROM batch_refused
                WHERE rule = {CleaningRules.MalformedRow.Code}) AS b
            JOIN (SELECT raw, count(*) AS copies FROM {EventStore.Quarantine} WHERE rule = '{CleaningRules.MalformedRow.Name}' GROUP BY raw) AS q
                ON q.raw = b.raw AND b.number <= q.copies)
        """);

    /// <summary>The name of a rule's code, in SQL.</summary>
    public static string NameOf(string code) =>
        $"CASE {code} {string.Join(" ", CleaningRules.All.Select(r => $"WHEN {r.Code} THEN '{r.Name}'"))} END";
}
