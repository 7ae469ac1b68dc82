using Coterie.Features;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Reports;

/// <summary>The feature table as <c>features.parquet</c>: customer_id, then one DOUBLE column for each feature, NULL where there is nothing to measure.</summary>
public static class FeatureFile
{
    const string Table = "coterie_features_out";

    /// <summary>Reads what <see cref="WriteParquet"/> wrote; definitions come from the catalogue.</summary>
    /// <exception cref="InputException">The file is missing, damaged, or has a column that the catalogue does not know.</exception>
    public static FeatureTable Read(string path, DateTime asOf)
    {
        if (!File.Exists(path)) throw new InputException($"'{path}' is missing; run segment again.");
        using var warehouse = new DuckDbWarehouse(new DuckDbOptions());
        var source = $"read_parquet({warehouse.Dialect.Text(path)})";
        try
        {
            var names = warehouse.Rows(new Step("columns of the features", $"DESCRIBE SELECT * FROM {source}"), r => r.GetString(0)).Where(n => n != "customer_id").ToArray();
            var customers = new List<string>();
            var columns = names.Select(_ => new List<double>()).ToArray();
            var list = string.Concat(names.Select(n => $", {warehouse.Dialect.Name(n)}"));
            warehouse.Query(new Step("read the features", $"SELECT customer_id{list} FROM {source}"), r =>
            {
                customers.Add(r.GetString(0));
                for (var j = 0; j < columns.Length; j++) columns[j].Add(r.IsDBNull(j + 1) ? double.NaN : r.GetDouble(j + 1));
            });
            return new FeatureTable
            {
                AsOf = asOf,
                Customers = [.. customers],
                Features = [.. names.Select(FeatureCatalogue.Named)],
                Columns = [.. columns.Select(c => c.ToArray())],
            };
        }
        catch (WarehouseException e)
        {
            throw new InputException($"'{path}' is damaged: {e.InnerException?.Message.Split('\n')[0]} Run segment again.", e);
        }
    }

    /// <exception cref="WarehouseException">The file cannot be written, or another part has switched the engine's file access off.</exception>
    public static void WriteParquet(IWarehouse warehouse, string path, FeatureTable features)
    {
        var table = warehouse.Dialect.Name(Table);
        var columns = string.Concat(features.Features.Select(f => $", {warehouse.Dialect.Name(f.Name)} DOUBLE"));
        warehouse.Execute(new Step("make room for the features", $"CREATE OR REPLACE TEMP TABLE {table} (customer_id VARCHAR{columns})"));
        try
        {
            warehouse.Append(Table, [new TextColumn(features.Customers), .. features.Columns.Select(c => new NumberColumn(c))]);
            warehouse.Execute(ParquetStep.Copy(warehouse.Dialect, "write the features as Parquet", Table, path));
        }
        finally
        {
            warehouse.Execute(new Step("drop the features", $"DROP TABLE IF EXISTS {table}"));
        }
    }
}

/// <summary>Writing a table as Parquet: the engine takes neither the table nor the path as a parameter, so both are quoted.</summary>
static class ParquetStep
{
    public static Step Copy(Dialect dialect, string name, string table, string path) =>
        new(name, $"COPY {dialect.Name(table)} TO {dialect.Text(path)} (FORMAT parquet)");
}
