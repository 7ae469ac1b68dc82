using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Tables;

/// <summary>Reads a Parquet file of numbers by DuckDB.</summary>
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
            var at = 0;
            warehouse.Query(new Step("read the table", $"SELECT {string.Join(", ", columns.Select(c => $"CAST({dialect.Name(c.Name)} AS DOUBLE)"))} FROM {source}"), reader =>
            {
                for (var j = 0; j < columns.Count; j++)
                {
                    if (reader.IsDBNull(j))
                        throw new InputException($"{path}, row {at / columns.Count + 1}, column {j + 1} ({columns[j].Name}) is missing; expected finite numbers. Fill or remove missing values first.");
                    rows.Values[at + j] = (float)reader.GetDouble(j);
                }

                at += columns.Count;
            });
            return new(rows, [.. columns.Select(c => c.Name)]);
        }
        catch (WarehouseException e)
        {
            throw new InputException($"{path} cannot be read as Parquet: {e.InnerException!.Message.Split('\n')[0]}", e);
        }
    }
}
