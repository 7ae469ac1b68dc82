using Coterie.Warehouse;

namespace Coterie.Collect;

/// <summary>Tables of delimited text.</summary>
sealed class TextTable : SourceTable
{
    readonly List<(int First, CsvScan.Scan Scan)> scans;

    public TextTable(IReadOnlyList<TableFile> files, Dialect dialect) : base(files, dialect)
    {
        Columns = Sampled(files, i => $"c{i}", _ => "VARCHAR");
        PieceStarts = Starts(files);
        scans = [.. Runs(files, f => (f.Dialect, f.Header, f.Skip, f.EngineEncoding, f.Gzip))
            .Select(run => (run.First, CsvScan.Of(run.Files, dialect)))];
    }

    public override string Raw => Row(Columns, Dialect);

    public override string Newlines => Files.Any(f => f.BreaksInQuotes)
        ? $"CAST({string.Join(" + ", Columns.Select(c => $"coalesce(length({c.Sql}) - length(replace({c.Sql}, chr(10), '')), 0)"))} "
            + "AS INTEGER)"
        : "0";

    public override string MalformedSql => Malformed(scans.Select(s => (s.First, s.Scan.Rejects)));

    public override string Scan(IReadOnlyCollection<SourceColumn> used) => string.Join(" UNION ALL ", scans.Select(s =>
        $"SELECT CAST(file_index + {s.First} AS SMALLINT) AS file_no, {string.Join(", ", Columns.Select(c => c.Sql))} FROM {s.Scan.Sql}"));
}

/// <summary>Parquet files, with the types that they have.</summary>
sealed class ParquetTable : SourceTable
{
    public ParquetTable(IReadOnlyList<TableFile> files, Dialect dialect) : base(files, dialect)
    {
        Columns = Sampled(files, i => $"c{i}", i => files[0].Types[i]);
        PieceStarts = Starts(files);
    }

    public override string Raw => Row(Columns, Dialect);

    public override string Scan(IReadOnlyCollection<SourceColumn> used)
    {
        var columns = string.Join(", ", Columns.Select(c => $"{Dialect.Name(c.Name)} AS {c.Sql}"));
        var paths = string.Join(", ", Files.Select(f => Dialect.Text(CsvScan.Literal(f.ReadPath))));
        return $"SELECT CAST(file_index AS SMALLINT) AS file_no, {columns} FROM read_parquet([{paths}])";
    }
}
