using System.IO.Compression;
using System.Runtime.Intrinsics;
using Coterie.Numerics;

namespace Coterie.Tables;

/// <summary>Reads tables of numbers: CSV, TSV and white-space text with or without a header, Parquet, and NumPy's <c>.npy</c>; text and
/// <c>.npy</c> also as <c>.gz</c>. Values become single precision; nothing in a file is ever executed.</summary>
public static class NumericTables
{
    /// <summary>The table of a file, by the ending of its name. It has at least one row and one column, and every value is finite.</summary>
    /// <exception cref="InputException">The file is missing, empty, damaged, holds text, a missing value or an infinity: with the place.</exception>
    public static NumericTable Read(string path, int threads)
    {
        if (Directory.Exists(path)) throw new InputException($"{path} is a directory. Expected a table of numbers: CSV, text, .npy or Parquet.");
        if (!File.Exists(path)) throw new InputException($"{path} does not exist. Expected a table of numbers: CSV, text, .npy or Parquet.");
        try
        {
            var name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
            var zipped = name.Length < path.Length;
            switch (Path.GetExtension(name).ToLowerInvariant())
            {
                case ".parquet" when zipped:
                    throw new InputException($"{path}: Parquet is compressed inside; a .gz around it is not read. Unpack it with gunzip.");
                case ".parquet":
                    return Finite(ParquetTable.Read(path, threads), path, threads);
                case ".npy":
                    return Finite(NpyReader.Read(path, zipped, threads), path, threads);
                default:
                    using (var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan))
                    using (Stream stream = zipped ? new GZipStream(file, CompressionMode.Decompress) : file)
                        return TextTable.Read(stream, path, threads);
            }
        }
        catch (InvalidDataException e)
        {
            throw new InputException($"{path} is not a whole gzip file: {e.Message} Copy it again.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Room for a table, not cleared.</summary>
    internal static Matrix Room(string path, long rows, long columns)
    {
        if (columns < 1) throw new InputException($"{path} has no columns. Expected at least one column of numbers.");
        if (rows < 1) throw new InputException($"{path} has no rows. Expected at least one row of numbers.");
        if (rows > Array.MaxLength / columns)
            throw new InputException($"{path} has {rows} x {columns} numbers; one table holds at most {Array.MaxLength}. Take fewer columns or a sample of the rows.");
        return new(GC.AllocateUninitializedArray<float>((int)(rows * columns)), (int)rows, (int)columns);
    }

    // What a text holds is checked where it is parsed, with the line.
    static NumericTable Finite(NumericTable table, string path, int threads)
    {
        var rows = table.Rows;
        var wrong = new int[Chunks.Count(rows.Rows)];
        Chunks.For(rows.Rows, threads, (chunk, start, end) => wrong[chunk] = FirstWrong(rows.Values.AsSpan(start * rows.Columns, (end - start) * rows.Columns)));
        for (var chunk = 0; chunk < wrong.Length; chunk++)
        {
            if (wrong[chunk] < 0) continue;
            int row = chunk * Chunks.Rows + wrong[chunk] / rows.Columns, column = wrong[chunk] % rows.Columns;
            var name = table.Names is null ? "" : $" ({table.Names[column]})";
            throw new InputException($"{path}, row {row + 1}, column {column + 1}{name} is {rows[row, column]}; expected finite numbers within single precision. "
                + "Fill or remove missing and infinite values first.");
        }

        return table;
    }

    static int FirstWrong(ReadOnlySpan<float> values)
    {
        // x - x is 0 exactly when x is finite.
        Vector256<float> sum = default;
        var i = 0;
        for (; i + 8 <= values.Length; i += 8)
        {
            var x = Vector256.Create(values.Slice(i, 8));
            sum += x - x;
        }

        var rest = 0f;
        for (; i < values.Length; i++) rest += values[i] - values[i];
        if (sum == Vector256<float>.Zero && rest == 0) return -1;
        for (i = 0; float.IsFinite(values[i]); i++) { }
        return i;
    }
}
