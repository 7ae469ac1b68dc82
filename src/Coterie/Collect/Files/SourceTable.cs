using Coterie.Warehouse;

namespace Coterie.Collect;

/// <summary>A column of a source, as the mapping sees it.</summary>
/// <param name="Index">Place among the columns.</param>
/// <param name="Name">As in the file; unique.</param>
/// <param name="Sql">Its expression over the table's scan.</param>
/// <param name="Type">SQL type: VARCHAR for everything that comes from text.</param>
/// <param name="Values">Sampled values, null where empty; all columns of a table have the same rows.</param>
sealed record SourceColumn(int Index, string Name, string Sql, string Type, IReadOnlyList<string?> Values)
{
    public ColumnName Key { get; } = ColumnName.Of(Name);

    public IReadOnlyList<string> Present { get; } = [.. Values.OfType<string>()];

    public bool IsText => Type == "VARCHAR";
}

/// <summary>Files of the same columns, as one relation for the engine and as a sample to look at.</summary>
abstract class SourceTable(IReadOnlyList<TableFile> files, Dialect dialect)
{
    public IReadOnlyList<TableFile> Files { get; } = files;

    public Dialect Dialect { get; } = dialect;

    public IReadOnlyList<SourceColumn> Columns { get; protected init; } = [];

    /// <summary>Numbers of the sampled rows at which a new piece begins: rows are neighbours in the file only within a piece.</summary>
    public IReadOnlyList<int> PieceStarts { get; protected init; } = [0];

    public string FilesShown => string.Join(", ", Files.Take(3).Select(f => $"'{f.Path}'"))
        + (Files.Count > 3 ? $" and {Files.Count - 3} more" : "");

    /// <summary>The same in Chinese.</summary>
    public string FilesShownZh => string.Concat(Files.Take(3).Select(f => $"“{f.Path}”")) + (Files.Count > 3 ? $"等 {Files.Count} 个文件" : "");

    /// <summary>SQL of a relation with file_no and the given columns' expressions resolvable over it.</summary>
    public abstract string Scan(IReadOnlyCollection<SourceColumn> used);

    /// <summary>The whole source row: a struct of its columns, or the line of JSON.</summary>
    public abstract string Raw { get; }

    /// <summary>Whether the scan has a column <see cref="JsonTable.Broken"/>.</summary>
    public virtual bool MarksBroken => false;

    /// <summary>Line breaks inside the row's fields.</summary>
    public virtual string Newlines => "0";

    public virtual string? MalformedSql => null;

    /// <summary>A JSON object of everything but the used columns; null where nothing is left.</summary>
    public virtual string? Properties(IReadOnlySet<SourceColumn> used)
    {
        var rest = Columns.Where(c => !used.Contains(c)).ToList();
        return rest.Count == 0 ? null : JsonObject(rest);
    }

    public SourceColumn? Find(string name) =>
        Columns.FirstOrDefault(c => c.Name == name) ?? Columns
            .FirstOrDefault(c => string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>A row of columns as a struct: the engine passes it on by reference, where a JSON text would be written for every row.</summary>
    public static string Row(IEnumerable<SourceColumn> columns, Dialect dialect) =>
        $"struct_pack({string.Join(", ", columns.Select(c => $"{dialect.Name(c.Name)} := {c.Sql}"))})";

    protected string JsonObject(IEnumerable<SourceColumn> columns) =>
        $"CAST(json_object({string.Join(", ", columns.Select(c => $"{Dialect.Text(c.Name)}, {c.Sql}"))}) AS VARCHAR)";

    protected static IReadOnlyList<SourceColumn> Sampled(IReadOnlyList<TableFile> files, Func<int, string> sql, Func<int, string> type)
    {
        var rows = files.SelectMany(f => f.Chunks).SelectMany(c => c).ToList();
        return [.. files[0].Names.Select((name, i) => new SourceColumn(i, name, sql(i), type(i), [.. rows.Select(r => r[i])]))];
    }

    protected static IReadOnlyList<int> Starts(IReadOnlyList<TableFile> files)
    {
        var starts = new List<int>();
        var row = 0;
        foreach (var chunk in files.SelectMany(f => f.Chunks))
        {
            starts.Add(row);
            row += chunk.Count;
        }

        return starts;
    }

    /// <summary>Neighbouring files that one read statement can take together, with the number of the first.</summary>
    protected static IEnumerable<(int First, List<TableFile> Files)> Runs(IReadOnlyList<TableFile> files, Func<TableFile, object> way)
    {
        for (var i = 0; i < files.Count;)
        {
            var run = files.Skip(i).TakeWhile(f => way(f).Equals(way(files[i]))).ToList();
            yield return (i, run);
            i += run.Count;
        }
    }

    protected static string Malformed(IEnumerable<(int First, string Rejects)> scans, string where = "") =>
        string.Join(" UNION ALL ", scans.Select(s =>
        $"SELECT CAST(file_id + {s.First} AS SMALLINT) AS file_no, CAST(line AS BIGINT) AS line, CAST(error_message AS VARCHAR) AS reason, "
        // The engine writes the line with the break before it.
        + $"ltrim(CAST(csv_line AS VARCHAR), chr(13) || chr(10)) AS raw FROM {s.Rejects} "
        // One refusal a line, of the last time the scan ran: several fields of a line may be wrong.
        + $"WHERE scan_id = (SELECT max(scan_id) FROM {s.Rejects}) {where}QUALIFY row_number() OVER (PARTITION BY file_id, line "
        + "ORDER BY column_idx) = 1"));
}
