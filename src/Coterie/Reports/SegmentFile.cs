using System.Globalization;
using System.Text;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Reports;

/// <summary>One customer's place: a line of <c>segments.csv</c>.</summary>
/// <param name="CustomerId">The id as the log has it.</param>
/// <param name="Segment">Stable segment id, "S1".</param>
/// <param name="Name">The segment's name in the language of the run.</param>
/// <param name="Confidence">In [0, 1]: how much nearer the own segment is than the second.</param>
/// <param name="Second">Id of the second-best segment; null when there is only one.</param>
/// <param name="Agreement">In [0, 1]: agreement of the two views; null while there is only one view.</param>
public sealed record SegmentRow(string CustomerId, string Segment, string Name, double Confidence, string? Second, double? Agreement = null);

/// <summary>Customers and their segments as files that other tools read.</summary>
public static class SegmentFile
{
    public const string Header = "customer_id,segment,name,confidence,second,agreement";

    const string Table = "coterie_segments_out";

    /// <summary>RFC 4180 quoting, UTF-8 without a byte order mark, LF, numbers with four decimals and a point, formulas guarded
    /// (<see cref="SpreadsheetText"/>); the same rows give the same bytes.</summary>
    public static void WriteCsv(string path, IEnumerable<SegmentRow> rows)
    {
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 16);
        WriteCsv(writer, rows);
    }

    /// <summary>The same to a writer that stays open: rows are taken one by one, so they need not be in memory together.</summary>
    public static void WriteCsv(StreamWriter writer, IEnumerable<SegmentRow> rows)
    {
        writer.NewLine = "\n";
        writer.WriteLine(Header);
        foreach (var row in rows)
        {
            Field(writer, row.CustomerId);
            writer.Write(',');
            Field(writer, row.Segment);
            writer.Write(',');
            Field(writer, row.Name);
            writer.Write(',');
            Number(writer, row.Confidence);
            writer.Write(',');
            Field(writer, row.Second ?? "");
            writer.Write(',');
            Number(writer, row.Agreement ?? double.NaN);
            writer.WriteLine();
        }
    }

    /// <summary>The same columns and order as Parquet, ids and names untouched: a reader of Parquet runs no formulas.</summary>
    /// <exception cref="WarehouseException">The file cannot be written, or another part has switched the engine's file access off.</exception>
    public static void WriteParquet(IWarehouse warehouse, string path, IReadOnlyList<SegmentRow> rows)
    {
        var table = warehouse.Dialect.Name(Table);
        warehouse.Execute(new Step("make room for the segments",
            $"CREATE OR REPLACE TEMP TABLE {table} (customer_id VARCHAR, segment VARCHAR, name VARCHAR, confidence DOUBLE, second VARCHAR, agreement DOUBLE)"));
        try
        {
            warehouse.Append(Table,
            [
                new TextColumn([.. rows.Select(r => r.CustomerId)]),
                new TextColumn([.. rows.Select(r => r.Segment)]),
                new TextColumn([.. rows.Select(r => r.Name)]),
                new NumberColumn([.. rows.Select(r => r.Confidence)]),
                new TextColumn([.. rows.Select(r => r.Second)]),
                new NumberColumn([.. rows.Select(r => r.Agreement ?? double.NaN)]),
            ]);
            warehouse.Execute(ParquetStep.Copy(warehouse.Dialect, "write the segments as Parquet", Table, path));
        }
        finally
        {
            warehouse.Execute(new Step("drop the segments", $"DROP TABLE IF EXISTS {table}"));
        }
    }

    /// <summary>Reads what <see cref="WriteParquet"/> wrote.</summary>
    /// <exception cref="InputException">The file is missing or damaged.</exception>
    public static IReadOnlyList<SegmentRow> ReadParquet(string path)
    {
        if (!File.Exists(path)) throw new InputException($"'{path}' is missing; run segment again.");
        using var warehouse = new DuckDbWarehouse(new DuckDbOptions());
        try
        {
            return warehouse.Rows(new Step("read the segments", $"SELECT customer_id, segment, name, confidence, second, agreement FROM read_parquet({warehouse.Dialect.Text(path)})"),
                r => new SegmentRow(r.GetString(0), r.GetString(1), r.GetString(2), r.GetDouble(3), r.TextOrNull(4), r.IsDBNull(5) ? null : r.GetDouble(5)));
        }
        catch (WarehouseException e)
        {
            throw new InputException($"'{path}' is damaged: {e.InnerException?.Message.Split('\n')[0]} Run segment again.", e);
        }
    }

    internal static void Field(StreamWriter writer, string value)
    {
        var guarded = SpreadsheetText.Guard(value);
        if (guarded.AsSpan().IndexOfAny(",\"\r\n") < 0 && guarded.AsSpan().Trim().Length == guarded.Length)
        {
            writer.Write(guarded);
            return;
        }

        writer.Write('"');
        writer.Write(guarded.Replace("\"", "\"\""));
        writer.Write('"');
    }

    internal static void Number(StreamWriter writer, double value)
    {
        if (!double.IsFinite(value)) return;
        Span<char> text = stackalloc char[32];
        value.TryFormat(text, out var length, "0.0000", CultureInfo.InvariantCulture);
        writer.Write(text[..length]);
    }
}
