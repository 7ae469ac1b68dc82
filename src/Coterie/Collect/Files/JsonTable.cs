using System.Text.Json.Nodes;
using Coterie.Warehouse;

namespace Coterie.Collect;

/// <summary>JSON Lines: the line is kept, and the members that are used are taken out of it in one go.</summary>
sealed class JsonTable : SourceTable
{
    readonly List<(int First, CsvScan.Scan Scan)> scans;

    readonly List<string> paths;

    // A layout that names members of its own meets others that the sample lacks, such as what a customer agreed to; they are kept.
    readonly bool keepsAll;

    /// <param name="more">JSON pointers of members that may come although the sample has none.</param>
    public JsonTable(IReadOnlyList<TableFile> files, Dialect dialect, IReadOnlyList<string>? more = null) : base(files, dialect)
    {
        var sampled = Sampled(files, i => $"c{i}", _ => "VARCHAR");
        var rows = sampled.Count == 0 ? 0 : sampled[0].Values.Count;
        keepsAll = more is not null;
        paths = [.. files[0].Paths, .. (more ?? []).Where(p => !files[0].Paths.Contains(p))];
        Columns = [.. sampled, .. paths.Skip(sampled.Count).Select((p, i) =>
            new SourceColumn(sampled.Count + i, JsonFiles.DottedName(p), $"c{sampled.Count + i}", "VARCHAR", new string?[rows]))];
        PieceStarts = Starts(files);
        scans = [.. Runs(files, f => (f.EngineEncoding, f.Gzip)).Select(run => (run.First, CsvScan.Lines(run.Files, dialect)))];
    }

    /// <summary>The line, whether it is JSON or not.</summary>
    public const string Line = "line";

    /// <summary>True where the line is no JSON object.</summary>
    public const string Broken = "broken";

    public override bool MarksBroken => true;

    public override string Raw => $"CASE WHEN {Broken} THEN CAST(json_object('line', {Line}) AS VARCHAR) ELSE {Line} END";

    public override string? MalformedSql => Malformed(scans.Select(s => (s.First, s.Scan.Rejects)));

    /// <summary>The column of a JSON pointer, or null.</summary>
    public SourceColumn? At(string pointer) => paths.IndexOf(pointer) is >= 0 and var at ? Columns[at] : null;

    string PathOf(SourceColumn column) => paths[column.Index];

    public override string Scan(IReadOnlyCollection<SourceColumn> used)
    {
        var list = used.OrderBy(c => c.Index).ToList();
        var pointers = string.Join(", ", list.Select(c => Dialect.Text(PathOf(c))));
        var members = string.Concat(list.Select((c, i) => $", nullif(members[{i + 1}], '') AS {c.Sql}"));
        var lines = string.Join(" UNION ALL ", scans
            .Select(s => $"SELECT CAST(file_index + {s.First} AS SMALLINT) AS file_no, c0 AS {Line} FROM {s.Scan.Sql}"));
        return $"SELECT file_no, {Line}, members IS NULL AS {Broken}{members} FROM "
            + $"(SELECT file_no, {Line}, TRY(json_extract_string({Line}, [{(pointers.Length == 0 ? "'/'" : pointers)}])) AS members "
            + $"FROM ({lines}))";
    }

    public override string? Properties(IReadOnlySet<SourceColumn> used)
    {
        if (!keepsAll && Columns.All(c => used.Contains(c) || c.Present.Count == 0)) return null;
        // A merge patch (RFC 7396) with null removes a member.
        var patch = new JsonObject();
        foreach (var column in used.Where(c => c.Index >= 0 && c.Index < Columns.Count && ReferenceEquals(Columns[c.Index], c)))
        {
            var at = patch;
            var steps = PathOf(column)[1..].Split('/')
                .Select(p => p.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)).ToList();
            foreach (var step in steps[..^1]) at = (JsonObject)(at[step] ??= new JsonObject());
            at[steps[^1]] = null;
        }

        return $"CASE WHEN NOT {Broken} THEN nullif(CAST(json_merge_patch({Line}, {Dialect.Text(patch.ToJsonString())}) AS VARCHAR), '{{}}') END";
    }
}
