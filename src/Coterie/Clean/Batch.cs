using Coterie.Collect;
using Coterie.Warehouse;

namespace Coterie.Clean;

/// <summary>The rows of one load on their way into the store: read once, with the rules of single rows already decided.</summary>
sealed class Batch
{
    const string Table = EventStore.Batch;
    readonly IWarehouse warehouse;
    readonly CleanOptions options;
    readonly int firstFile;
    readonly List<string> notes = [];

    public Batch(IWarehouse warehouse, IReadOnlyList<RawRelation> relations, CleanOptions options)
    {
        this.warehouse = warehouse;
        this.options = options;
        Relations = relations;
        Stored = EventStore.Columns(warehouse, EventStore.Rows);
        Columns = EventStore.ColumnsFor(relations, Stored, options);
        // The rows of a one-shot run become the store by a change of name; those of a workspace are copied, so they need not outlive the session.
        var kind = options.OneShot ? "" : "TEMP ";
        warehouse.Execute(new Step("drop what an interrupted load left", $"DROP TABLE IF EXISTS {Table}"));
        warehouse.Execute(new Step("create the batch", $"CREATE {kind}TABLE {Table} ({EventStore.Definition(Columns, warehouse.Dialect)})"));
        warehouse.Execute(EventStore.CreateFiles());
        firstFile = warehouse.Single(new Step("count the files", $"SELECT coalesce(max(file) + 1, 0) FROM {EventStore.Files}"), r => r.GetInt32(0));
    }

    public IReadOnlyList<RawRelation> Relations { get; }

    /// <summary>Columns of the store before this load; none where there is no store yet.</summary>
    public IReadOnlyList<string> Stored { get; }

    /// <summary>Columns of the batch, in order; those of the store are among them.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Some field of some row holds a line break.</summary>
    public bool HasLineBreaks { get; private set; }

    public bool HasMalformed => Malformed > 0;

    public IReadOnlyList<string> Notes => notes;

    public long Rows { get; private set; }

    public long Malformed { get; private set; }

    public bool Has(string column) => Columns.Contains(column);

    /// <summary>Reads every relation into the batch; row ids follow the order of the files.</summary>
    public void Fill()
    {
        var file = firstFile;
        warehouse.Execute(new Step("create the batch's files", """
            CREATE OR REPLACE TEMP TABLE batch_files (file INTEGER, path VARCHAR, format VARCHAR, encoding VARCHAR, bytes BIGINT, header_lines INTEGER,
                layout VARCHAR, time_of_day BOOLEAN, first_row BIGINT)
            """));
        warehouse.Execute(new Step("create the malformed rows", "CREATE OR REPLACE TEMP TABLE batch_malformed (file INTEGER, line BIGINT, raw VARCHAR)"));
        foreach (var relation in Relations)
        {
            var insert = Insert(relation, file);
            if (Mixes(insert)) notes.Add($"Rows of the layout {relation.Layout} are joined from several files: their line numbers in quarantine are approximate.");
            warehouse.Execute(insert);
            if (relation.MalformedSql is { } malformed)
                warehouse.Execute(new Step("keep the malformed rows",
                    $"INSERT INTO batch_malformed SELECT file_no + {file}, line, coalesce(raw, reason, '') FROM ({malformed})"));
            foreach (var source in relation.Files) warehouse.Execute(AddFile(source, relation, file++));
        }
        warehouse.Execute(new Step("find each file's first row", $"""
            UPDATE batch_files SET first_row = f.first_row FROM (SELECT file, min(rowid) AS first_row FROM {Table} GROUP BY file) AS f
            WHERE batch_files.file = f.file
            """));
        Malformed = warehouse.Single(new Step("count the malformed rows", "SELECT count(*) FROM batch_malformed"), r => r.GetInt64(0));
        warehouse.Query(new Step("count the rows", $"SELECT count(*), coalesce(max(line_breaks), 0) > 0 FROM {Table}"), r =>
        {
            Rows = r.GetInt64(0);
            HasLineBreaks = r.GetBoolean(1);
        });
    }

    // Rows keep the order of their source (preserve_insertion_order) unless a join mixes them, and nothing of ours is a join: no IN of many values
    // either, which the engine turns into one. Sources that join must sort, or their line numbers are not to be trusted.
    bool Mixes(Step insert)
    {
        var plan = string.Join('\n', warehouse.Rows(insert with { Name = "plan to " + insert.Name, Sql = "EXPLAIN " + insert.Sql }, r => r.GetString(1)));
        return plan.Contains("_JOIN", StringComparison.Ordinal) && !plan.Contains("ORDER_BY", StringComparison.Ordinal);
    }

    Step Insert(RawRelation relation, int file)
    {
        var (raw, breaks) = Shape(relation);
        var dialect = warehouse.Dialect;
        var content = RowHash.Content(options.OneShot, [.. Columns, "cancelled"]);
        var values = Columns.Select(column => column switch
        {
            "row_hash" => $"CASE WHEN event_rule BETWEEN 1 AND {CleaningRules.LastOfRow} THEN {RowHash.Text("coalesce(event_raw, '')", options.OneShot)}" +
                $" WHEN \"message_id\" IS NOT NULL THEN {RowHash.Text("'message ' || \"message_id\"", options.OneShot)} ELSE {content} END",
            "content" => $"CASE WHEN \"message_id\" IS NOT NULL THEN {content} END",
            "ordinal" => "0",
            "file" => $"file_no + {file}",
            "line" => "NULL",
            "line_breaks" => breaks,
            "rule" => "event_rule",
            "raw" => "event_raw",
            "kind" => "event_kind",
            IdKeys.Person or IdKeys.Anonymous => IdKeys.Value(column, Columns),
            _ => dialect.Name(column),
        });
        return new Step($"read {relation.Layout} rows", $"""
            INSERT INTO {Table}
            SELECT {string.Join(", ", values)}
            FROM (SELECT *, CASE WHEN event_rule BETWEEN 1 AND {CleaningRules.LastOfRow} THEN {raw} END AS event_raw
            FROM (SELECT *, {RowRules.Code(relation, dialect)} AS event_rule
            FROM (SELECT *, {RowRules.Kind} AS event_kind
            FROM ({relation.SelectSql}))))
            """)
        { Parameters = RowRules.Parameters(options) };
    }

    // A struct is passed on by reference and written as JSON for refused rows only; a text was written for every row by the time we see it
    // (one second in ten million rows), because the engine does not move expressions across projections.
    RawShape Shape(RawRelation relation)
    {
        var types = warehouse.Rows(new Step($"describe {relation.Layout} rows", $"DESCRIBE {relation.SelectSql}"), r => (Name: r.GetString(0), Type: r.GetString(1)))
            .ToDictionary(c => c.Name, c => c.Type);
        var raw = !types.TryGetValue("raw", out var type) ? "CAST(NULL AS VARCHAR)"
            : type is "VARCHAR" or "JSON" ? "CAST(\"raw\" AS VARCHAR)" : "CAST(to_json(\"raw\") AS VARCHAR)";
        return new RawShape(raw, types.ContainsKey("newlines") ? "coalesce(\"newlines\", 0)" : "0");
    }

    readonly record struct RawShape(string Raw, string LineBreaks);

    static Step AddFile(SourceFile source, RawRelation relation, int file) =>
        new("note a file", "INSERT INTO batch_files VALUES ($file, $path, $format, $encoding, $bytes, $header, $layout, $time_of_day, NULL)")
        {
            Parameters = new Dictionary<string, object?>
            {
                ["file"] = file,
                ["path"] = source.Path,
                ["format"] = source.Format,
                ["encoding"] = source.Encoding,
                ["bytes"] = source.Bytes,
                ["header"] = source.HeaderLines,
                ["layout"] = relation.Layout,
                ["time_of_day"] = relation.HasTimeOfDay,
            },
        };
}
