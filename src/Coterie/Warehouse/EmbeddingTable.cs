using Coterie.Numerics;

namespace Coterie.Warehouse;

/// <summary>What a model made of customers: customers x dimensions.</summary>
/// <param name="Run">The run that computed them.</param>
/// <param name="Model">The model's name: one run may hold several.</param>
/// <param name="Customers">n.</param>
/// <param name="Values">n x d, finite.</param>
public sealed record Embeddings(string Run, string Model, string[] Customers, Matrix Values);

/// <summary>The table <c>embeddings</c> (customer_id, run, model, dimensions, values): how sequence models hand their results to the rest.</summary>
public static class EmbeddingTable
{
    const string Staged = "embeddings_staged";

    /// <summary>Writes embeddings in place of those of the same run and model.</summary>
    /// <exception cref="InputException">A number is not finite, or customers and rows are not equally many.</exception>
    public static void Write(IWarehouse w, Embeddings embeddings)
    {
        Clear(w, embeddings.Run, embeddings.Model);
        Add(w, embeddings);
    }

    /// <summary>Removes the embeddings of a run and model, if there are any.</summary>
    public static void Clear(IWarehouse w, string run, string model)
    {
        w.Execute(Table(w));
        w.Execute(Of("remove earlier embeddings", """DELETE FROM "embeddings" WHERE "run" = $run AND "model" = $model""", run, model));
    }

    /// <summary>Adds the embeddings of further customers: chunk by chunk, so that all of them need not be held at once.</summary>
    /// <exception cref="InputException">A number is not finite, or customers and rows are not equally many.</exception>
    public static void Add(IWarehouse w, Embeddings embeddings)
    {
        var (d, customers, values) = (w.Dialect, embeddings.Customers, embeddings.Values);
        if (customers.Length != values.Rows)
            throw new InputException($"There are embeddings of {values.Rows} customers and {customers.Length} ids; expected as many of one as of the other.");
        if (Array.FindIndex(values.Values, x => !float.IsFinite(x)) is var at and >= 0)
        {
            throw new InputException($"The embedding of customer '{customers[at / values.Columns]}' has {values.Values[at]} in dimension {at % values.Columns + 1}; "
                + "expected finite numbers. Training diverged: lower the learning rate.");
        }

        w.Execute(Table(w));
        if (customers.Length == 0) return;
        var columns = Enumerable.Range(1, values.Columns).Select(j => d.Name($"d{j}")).ToList();
        w.Execute(new Step("lay out embeddings", $"""
            {d.CreateTemporary(Staged)}
            SELECT CAST('' AS VARCHAR) AS "customer_id"{string.Concat(columns.Select(c => $", CAST(0 AS DOUBLE) AS {c}"))} WHERE 1 = 0
            """));
        try
        {
            var numbers = Enumerable.Range(0, values.Columns)
                .Select(j => new NumberColumn([.. Enumerable.Range(0, values.Rows).Select(i => (double)values[i, j])]));
            w.Append(Staged, [new TextColumn(customers), .. numbers]);
            var list = columns.Count > 0 ? d.ListOf(columns) : "NULL";
            w.Execute(Of("keep embeddings", $"""
                INSERT INTO "embeddings"
                SELECT "customer_id", $run, $model, {columns.Count}, CAST({list} AS {d.FloatList}) FROM {d.Name(Staged)}
                """, embeddings.Run, embeddings.Model));
        }
        finally
        {
            w.Execute(new Step("remove a temporary table", $"DROP TABLE IF EXISTS {d.Name(Staged)}"));
        }
    }

    /// <summary>Reads the embeddings of a run and model, customers in ordinal order.</summary>
    /// <exception cref="InputException">There are none.</exception>
    public static Embeddings Read(IWarehouse w, string run, string model)
    {
        w.Execute(Table(w));
        var d = w.Dialect;
        var sizes = w.Rows(Of("measure embeddings", """
            SELECT "dimensions" FROM "embeddings" WHERE "run" = $run AND "model" = $model GROUP BY "dimensions" ORDER BY 1
            """, run, model), r => r.GetInt32(0));
        if (sizes.Count != 1)
        {
            throw new InputException(sizes.Count == 0
                ? $"The warehouse has no embeddings of the model '{model}' of run '{run}'. Compute them first."
                : $"The embeddings of the model '{model}' of run '{run}' have {string.Join(" and ", sizes)} dimensions; expected one number. Compute them again.");
        }

        var rows = new List<KeyValuePair<string, float[]>>();
        var items = string.Concat(Enumerable.Range(1, sizes[0]).Select(j => $", {d.Item("\"values\"", j)}"));
        w.Query(Of("read embeddings", $"""SELECT "customer_id"{items} FROM "embeddings" WHERE "run" = $run AND "model" = $model""", run, model),
            r => rows.Add(new(r.GetString(0), [.. Enumerable.Range(1, sizes[0]).Select(r.GetFloat)])));
        rows.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
        return new(run, model, [.. rows.Select(r => r.Key)], new Matrix([.. rows.SelectMany(r => r.Value)], rows.Count, sizes[0]));
    }

    static Step Table(IWarehouse w) => new("make the table of embeddings", $"""
        CREATE TABLE IF NOT EXISTS "embeddings"
            ("customer_id" VARCHAR, "run" VARCHAR, "model" VARCHAR, "dimensions" INTEGER, "values" {w.Dialect.FloatList})
        """);

    static Step Of(string name, string sql, string run, string model) =>
        new(name, sql) { Parameters = new Dictionary<string, object?> { ["run"] = run, ["model"] = model } };
}
