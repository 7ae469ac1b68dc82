using System.Numerics;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Tables;

/// <summary>Reads a Parquet file of numbers by DuckDB, a column of some thousand rows at a time.</summary>
static class ParquetTable
{
    static readonly HashSet<string> Numbers = new(StringComparer.Ordinal)
    {
        "FLOAT", "DOUBLE", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "BOOLEAN",
    };

    sealed record Column(string Name, string Type);

    public static NumericTable Read(string path, int threads)
    {
        using var warehouse = new DuckDbWarehouse(new() { Threads = threads });
        var dialect = warehouse.Dialect;
        // A path is a pattern to DuckDB: brackets take * and ? literally.
        var source = $"read_parquet({dialect.Text(string.Concat(path.Select(c => c is '*' or '?' or '[' ? $"[{c}]" : c.ToString())))})";
        try
        {
            var columns = warehouse.Rows(new Step("columns of the table", $"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {source})"),
                r => new Column(r.GetString(0), r.GetString(1)));
            if (columns.Find(c => !Numbers.Contains(c.Type) && !c.Type.StartsWith("DECIMAL", StringComparison.Ordinal)) is { } text)
            {
                throw new InputException($"{path}, column {columns.IndexOf(text) + 1} ({text.Name}) is of type {text.Type}; expected numbers only. "
                    + "Leave the column out, or write it as a number.");
            }

            var count = warehouse.Single(new Step("rows of the table", $"SELECT count(*) FROM {source}"), r => r.GetInt64(0));
            var rows = NumericTables.Room(path, count, columns.Count);
            var width = columns.Count;
            var missing = (Row: long.MaxValue, Column: 0);
            warehouse.Numbers(new Step("read the table", $"SELECT {string.Join(", ", columns.Select(c => $"CAST({dialect.Name(c.Name)} AS DOUBLE)"))} FROM {source}"), (start, column, values, present) =>
            {
                var at = checked((int)(start * width + column));
                foreach (var value in values)
                {
                    rows.Values[at] = (float)value;
                    at += width;
                }

                if (FirstMissing(present, values.Length) is var first and >= 0 && start + first < missing.Row) missing = (start + first, column);
            });
            if (missing.Row < long.MaxValue)
            {
                throw new InputException($"{path}, row {missing.Row + 1}, column {missing.Column + 1} ({columns[missing.Column].Name}) is missing; expected finite numbers. "
                    + "Fill or remove missing values first.");
            }

            return new(rows, [.. columns.Select(c => c.Name)]);
        }
        catch (WarehouseException e)
        {
            throw new InputException($"{path} cannot be read as Parquet: {e.InnerException!.Message.Split('\n')[0]}", e);
        }
    }

    // Columns of a chunk come in order, so that the first missing value of a row is the one that is kept.
    static int FirstMissing(ReadOnlySpan<ulong> present, int rows)
    {
        for (var word = 0; word < present.Length; word++)
        {
            if (present[word] == ulong.MaxValue) continue;
            var row = 64 * word + BitOperations.TrailingZeroCount(~present[word]);
            return row < rows ? row : -1;
        }

        return -1;
    }
}
