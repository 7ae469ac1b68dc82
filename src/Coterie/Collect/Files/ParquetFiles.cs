using Coterie.Warehouse;

namespace Coterie.Collect;

/// <summary>Understands one Parquet file: the engine knows its columns and types; rows are taken from all over it.</summary>
static class ParquetFiles
{
    const long SampleRows = 4_000;
    const long PieceRows = 500;

    public static TableFile Read(InputPath input, IWarehouse warehouse)
    {
        var dialect = warehouse.Dialect;
        var scan = $"read_parquet({dialect.Text(CsvScan.Literal(input.Path))}, file_row_number = true)";
        try
        {
            var columns = warehouse.Rows(
                new Step("describe a Parquet file", $"DESCRIBE SELECT * FROM read_parquet({dialect.Text(CsvScan.Literal(input.Path))})"),
                r => (Name: r.GetString(0), Type: r.GetString(1)));
            var rows = warehouse.Single(new Step("count a Parquet file", $"SELECT count(*) FROM {scan}"), r => r.GetInt64(0));
            if (rows == 0)
            {
                throw new InputException(
                    $"'{input.Path}' has no row (columns: {Shown.Names(columns.Select(c => c.Name))}). Expected at least one event.",
                    $"“{input.Path}”没有数据行（列：{Shown.Names(columns.Select(c => c.Name))}）。至少应有一个事件。");
            }

            // The head, and eight pieces from further on: enough to see formats change.
            var step = Math.Max(PieceRows, rows / 8);
            var list = string.Join(", ", columns.Select(c => $"CAST({dialect.Name(c.Name)} AS VARCHAR)"));
            var sample = warehouse.Rows(
                new Step("sample a Parquet file",
                    $"SELECT file_row_number, {list} FROM {scan} WHERE file_row_number < {SampleRows} OR file_row_number % {step} < "
                        + $"{PieceRows} ORDER BY file_row_number"),
                r => (Row: r.GetInt64(0), Fields: Enumerable.Range(1, columns.Count)
                    .Select(i => r.TextOrNull(i) is { Length: > 0 } text ? text : null).ToArray()));
            return new TableFile
            {
                Path = input.Path, ReadPath = input.Path, Format = FileFormat.Parquet, Shown = "parquet", Encoding = "binary",
                Bytes = new FileInfo(input.Path).Length,
                Names = [.. columns.Select(c => c.Name)], Types = [.. columns.Select(c => c.Type)],
                Chunks = Pieces(sample.Select(s => s.Row).ToList(), sample.Select(s => s.Fields).ToList()),
            };
        }
        catch (WarehouseException e)
        {
            throw new InputException(
                $"'{input.Path}' begins as a Parquet file but cannot be read: {e.InnerException?.Message.Split('\n')[0]} "
                + "Expected a complete Parquet file; copy or write it again.",
                $"“{input.Path}”以 Parquet 开头，但无法读取。应为完整的 Parquet 文件，请重新复制或写出。", e);
        }
    }

    static List<IReadOnlyList<string?[]>> Pieces(List<long> numbers, List<string?[]> rows)
    {
        var pieces = new List<IReadOnlyList<string?[]>>();
        var piece = new List<string?[]>();
        for (var i = 0; i < rows.Count; i++)
        {
            if (i > 0 && numbers[i] != numbers[i - 1] + 1)
            {
                pieces.Add(piece);
                piece = [];
            }

            piece.Add(rows[i]);
        }

        pieces.Add(piece);
        return pieces;
    }
}
