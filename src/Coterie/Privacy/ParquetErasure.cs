using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Privacy;

/// <summary>Takes a person's rows out of a Parquet file.</summary>
static class ParquetErasure
{
    /// <summary>Writes the file without the person's rows, and without their words in names of columns, beside it.</summary>
    /// <returns>Rows left out and columns renamed; where there is neither, nothing is written.</returns>
    /// <exception cref="InputException">The file cannot be read.</exception>
    internal static FileErasure.Outcome Clean(string path, string to, ErasedPerson person)
    {
        using var warehouse = new DuckDbWarehouse(new DuckDbOptions { Threads = 1 });
        var dialect = warehouse.Dialect;
        var source = $"read_parquet({dialect.Text(path)}, file_row_number = true)";
        try
        {
            var columns = warehouse.Rows(new Step("columns of a Parquet file", $"DESCRIBE SELECT * FROM {source}"), r => new Column(r.GetString(0), r.GetString(1)));
            var texts = columns.Where(c => c.Type == "VARCHAR").Select(c => c.Name).ToArray();
            var numbers = columns.Where(c => c.Type is "BIGINT" or "INTEGER" or "UBIGINT" or "HUGEINT" && person.IsKey(c.Name)).Select(c => c.Name).ToArray();
            var renamed = columns.Where(c => person.Mentions(c.Name)).Select(c => c.Name).ToArray();
            var found = new List<long>();
            var list = string.Concat(texts.Select(t => $", {dialect.Name(t)}")) + string.Concat(numbers.Select(n => $", CAST({dialect.Name(n)} AS VARCHAR)"));
            string[] names = [.. texts, .. numbers];
            warehouse.Query(new Step("find the person in a Parquet file", $"SELECT file_row_number{list} FROM {source}"), r =>
            {
                for (var j = 0; j < names.Length; j++)
                {
                    if (r.TextOrNull(j + 1) is not { } text) continue;
                    if (!(person.IsKey(names[j]) && person.Is(text)) && !person.Mentions(text)) continue;
                    found.Add(r.GetInt64(0));
                    return;
                }
            });
            if (found.Count + renamed.Length == 0) return new(0, 0);
            warehouse.Execute(new Step("list the rows that go", "CREATE TEMP TABLE gone (place VARCHAR)"));
            if (found.Count > 0) warehouse.Append("gone", [new TextColumn([.. found.Select(f => f.ToString(System.Globalization.CultureInfo.InvariantCulture))])]);
            warehouse.Execute(new Step("write a Parquet file without the person", $"""
                COPY (SELECT {string.Join(", ", columns.Where(c => c.Name != "file_row_number").Select(c => $"{dialect.Name(c.Name)} AS {dialect.Name(person.Without(c.Name))}"))} FROM {source} WHERE CAST(file_row_number AS VARCHAR) NOT IN (SELECT place FROM gone) ORDER BY file_row_number)
                TO {dialect.Text(to)} (FORMAT parquet)
                """));
            return new(found.Count, renamed.Length);
        }
        catch (WarehouseException e)
        {
            throw new InputException($"'{path}' cannot be read as Parquet: {e.InnerException?.Message.Split('\n')[0]} Remove it, or restore it from a backup, and erase again.", e);
        }
    }

    sealed record Column(string Name, string Type);
}
