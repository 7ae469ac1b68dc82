using Coterie.Reports;
using Coterie.Warehouse;

namespace Coterie;

/// <summary>The networks' files in a run: their weights beside the model, and everybody's embedding.</summary>
internal static class NetworkFiles
{
    const string Table = "embeddings";

    internal static void Write(IWarehouse warehouse, string directory, string[] customers, Networks networks)
    {
        foreach (var folder in new[] { Networks.EncoderFolder, Networks.ClassifierFolder })
        {
            var into = Directory.CreateDirectory(Path.Combine(directory, "model", folder)).FullName;
            foreach (var file in Directory.EnumerateFiles(Path.Combine(networks.Directory, folder))) File.Copy(file, Path.Combine(into, Path.GetFileName(file)));
        }

        // In a workspace the table stays, for whoever asks the warehouse.
        var table = warehouse.Dialect.Name(Table);
        var names = Enumerable.Range(0, networks.Embeddings.Columns).Select(j => $"e{j:00}").ToArray();
        warehouse.Execute(new Step("make room for the embeddings", $"CREATE OR REPLACE TABLE {table} (customer_id VARCHAR{string.Concat(names.Select(n => $", {n} DOUBLE"))})"));
        warehouse.Append(Table, [new TextColumn(customers), .. names.Select((_, j) => new NumberColumn(Column(networks, j)))]);
        warehouse.Execute(ParquetStep.Copy(warehouse.Dialect, "write the embeddings as Parquet", Table, Path.Combine(directory, "embeddings.parquet")));
    }

    static double[] Column(Networks networks, int column)
    {
        var values = new double[networks.Embeddings.Rows];
        for (var i = 0; i < values.Length; i++) values[i] = networks.Embeddings[i, column];
        return values;
    }
}
