using Coterie.Clean;
using Coterie.Collect;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Tests.Clean;

/// <summary>Raw rows written by hand: what a reader would have made of files.</summary>
static class Rows
{
    public static readonly DateTime Now = new(2024, 6, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>A purchase of one unit at 10, at noon of 2024-01-01, with the given columns changed.</summary>
    public static Dictionary<string, string?> Buy(string? customer = "c1", params (string Column, string? Value)[] changes) =>
        Row([("customer_id", customer), ("time", "2024-01-01 12:00:00"), ("kind", "purchase"), ("product_id", "p1"), ("signed_price", "10"),
            ("signed_quantity", "1"), .. changes]);

    public static Dictionary<string, string?> Row(params (string Column, string? Value)[] values)
    {
        var row = new Dictionary<string, string?>();
        foreach (var (column, value) in values) row[column] = value;
        return row;
    }

    /// <summary>One relation; each list of rows is one file with a header line.</summary>
    public static RawRelation Relation(IReadOnlyList<IReadOnlyList<Dictionary<string, string?>>> files, bool timeOfDay = true, string layout = "generic")
    {
        var columns = files.SelectMany(f => f).SelectMany(r => r.Keys).Distinct().Order(StringComparer.Ordinal).ToList();
        var d = DuckDbDialect.Instance;
        var values = files.SelectMany((rows, file) => rows.Select(row =>
            $"({file}, {string.Join(", ", columns.Select(c => row.GetValueOrDefault(c) is { } v ? d.Text(v) : "NULL"))})")).ToList();
        var source = values.Count > 0
            ? $"(VALUES {string.Join(", ", values)}) AS v(file_no, {string.Join(", ", columns.Select(d.Name))})"
            : $"(SELECT 0 AS file_no{string.Concat(columns.Select(c => $", NULL AS {d.Name(c)}"))} WHERE false)";
        var breaks = columns.Count == 0 ? "0" : string.Join(" + ", columns.Select(c => $"coalesce(length({d.Name(c)}) - length(replace({d.Name(c)}, chr(10), '')), 0)"));
        var raw = columns.Count == 0 ? "{'empty': 0}" : $"struct_pack({string.Join(", ", columns.Select(c => $"{d.Name(c)} := {d.Name(c)}"))})";
        return new RawRelation
        {
            Layout = layout,
            Files = [.. Enumerable.Range(0, files.Count).Select(i => new SourceFile($"file{i}.csv", "csv", "utf-8", 0) { HeaderLines = 1 })],
            Mapping = [],
            SelectSql = $"SELECT CAST(file_no AS SMALLINT) AS file_no, {string.Join(", ", RawColumns.All.Where(c => c.Name != "newlines").Select(Expression))}, CAST({breaks} AS INTEGER) AS newlines, {raw} AS raw FROM {source}",
            Present = columns.ToHashSet(),
            HasTimeOfDay = timeOfDay,
        };

        string Expression(EventColumn c)
        {
            var value = columns.Contains(c.Name) ? d.Name(c.Name)
                : c.Name is "price" or "quantity" && columns.Contains("signed_" + c.Name) ? $"abs(CAST({d.Name("signed_" + c.Name)} AS DOUBLE))" : "NULL";
            return $"CAST({value} AS {c.Type}) AS {d.Name(c.Name)}";
        }
    }

    public static RawRelation Relation(params Dictionary<string, string?>[] rows) => Relation([rows]);

    public static QualityReport Load(IWarehouse warehouse, RawRelation relation, CleanOptions? options = null) =>
        Cleaning.Load(warehouse, [relation], (options ?? new CleanOptions()) with { Now = Now });

    public static QualityReport Load(IWarehouse warehouse, params Dictionary<string, string?>[] rows) => Load(warehouse, Relation(rows));

    public static DuckDbWarehouse Open(int threads = 2) => new(new DuckDbOptions { Threads = threads, MemoryLimit = 500_000_000 });

    /// <summary>All events as text, sorted: equal lists are equal sets of events.</summary>
    public static List<string> Events(IWarehouse warehouse) =>
        warehouse.Rows(new Step("events", "SELECT CAST(e AS VARCHAR) FROM events AS e ORDER BY 1"), r => r.GetString(0));

    /// <summary>Rule, file and line of all refused rows, in order.</summary>
    public static List<string> Refused(IWarehouse warehouse) => warehouse.Rows(
        new Step("quarantine", "SELECT rule || ' ' || file || ':' || line FROM quarantine ORDER BY file, line"), r => r.GetString(0));

    public static List<string> Column(IWarehouse warehouse, string column) => warehouse.Rows(
        new Step("column", $"SELECT coalesce(CAST({warehouse.Dialect.Name(column)} AS VARCHAR), 'NULL') FROM events ORDER BY 1"), r => r.GetString(0));

    public static long Count(this QualityReport report, string rule) => report.Rules.Single(r => r.Rule == rule).Rows;

    public static long RefusedRows(this QualityReport report) => report.Rules.Where(r => r.Refused).Sum(r => r.Rows);
}
