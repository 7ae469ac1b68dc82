using Coterie.Decisions.Lookalikes;
using Coterie.Numerics;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Reports;

/// <summary>A run's <c>embeddings.parquet</c>: customer_id, then one column for each dimension.</summary>
public static class EmbeddingFile
{
    /// <summary>Null where the run made no embedding.</summary>
    /// <exception cref="InputException">The file is damaged.</exception>
    public static CustomerVectors? Read(string run, DateTime asOf)
    {
        var path = Path.Combine(run, "embeddings.parquet");
        if (!File.Exists(path)) return null;
        using var warehouse = new DuckDbWarehouse(new DuckDbOptions());
        var source = $"read_parquet({warehouse.Dialect.Text(path)})";
        try
        {
            var names = warehouse.Rows(new Step("columns of the embeddings", $"DESCRIBE SELECT * FROM {source}"), r => r.GetString(0)).Where(n => n != "customer_id").ToArray();
            List<string> customers = [];
            List<float> values = [];
            warehouse.Query(new Step("read the embeddings", $"SELECT \"customer_id\"{string.Concat(names.Select(n => $", CAST({warehouse.Dialect.Name(n)} AS DOUBLE)"))} FROM {source} ORDER BY \"customer_id\""), r =>
            {
                customers.Add(r.GetString(0));
                for (var j = 0; j < names.Length; j++) values.Add((float)r.GetDouble(j + 1));
            });
            return new CustomerVectors([.. customers], new Matrix([.. values], customers.Count, names.Length), asOf);
        }
        catch (WarehouseException e)
        {
            throw new InputException($"'{path}' is damaged: {e.InnerException?.Message.Split('\n')[0]} Run segment again.", e);
        }
    }
}
