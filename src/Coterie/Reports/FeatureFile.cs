using Coterie.Features;
using Coterie.Warehouse;

namespace Coterie.Reports;

/// <summary>The feature table as <c>features.parquet</c>: customer_id, then one DOUBLE column for each feature, NULL where there is nothing to measure.</summary>
public static class FeatureFile
{
    const string Table = "coterie_features_out";

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
