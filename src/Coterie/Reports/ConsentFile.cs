using Coterie.Clean;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Reports;

/// <summary>A run's <c>consent.parquet</c>: customer_id, marketing, analytics, personalisation (given, refused or NULL), for customers who said something. What is sent from
/// the run long afterwards still knows who refused.</summary>
public static class ConsentFile
{
    public const string Name = "consent.parquet";

    const string Table = "coterie_consent_out";

    /// <summary>Writes it; nothing where nobody said anything.</summary>
    public static void Write(IWarehouse warehouse, string path, Consents consents)
    {
        if (consents.OfCustomer.Count == 0) return;
        var table = warehouse.Dialect.Name(Table);
        warehouse.Execute(new Step("make room for consent", $"CREATE OR REPLACE TEMP TABLE {table} (customer_id VARCHAR, marketing VARCHAR, analytics VARCHAR, personalisation VARCHAR)"));
        try
        {
            var all = consents.OfCustomer.OrderBy(c => c.Key, StringComparer.Ordinal).ToArray();
            warehouse.Append(Table,
            [
                new TextColumn([.. all.Select(c => c.Key)]), new TextColumn([.. all.Select(c => Word(c.Value.Marketing))]), new TextColumn([.. all.Select(c => Word(c.Value.Analytics))]),
                new TextColumn([.. all.Select(c => Word(c.Value.Personalisation))]),
            ]);
            warehouse.Execute(ParquetStep.Copy(warehouse.Dialect, "write consent as Parquet", Table, path));
        }
        finally
        {
            warehouse.Execute(new Step("drop consent", $"DROP TABLE IF EXISTS {table}"));
        }
    }

    /// <summary>Reads it out of a run's directory; nobody said anything where it is not there.</summary>
    /// <exception cref="InputException">It is damaged.</exception>
    public static Consents Read(string run)
    {
        var path = Path.Combine(run, Name);
        if (!File.Exists(path)) return Consents.None;
        using var warehouse = new DuckDbWarehouse(new DuckDbOptions());
        try
        {
            var all = warehouse.Rows(new Step("read consent", $"SELECT customer_id, marketing, analytics, personalisation FROM read_parquet({warehouse.Dialect.Text(path)})"),
                r => KeyValuePair.Create(r.GetString(0), new Consent(Answer(r.TextOrNull(1)), Answer(r.TextOrNull(2)), Answer(r.TextOrNull(3)))));
            return new Consents(all.ToDictionary(StringComparer.Ordinal), 0);
        }
        catch (WarehouseException e)
        {
            throw new InputException($"'{path}' is damaged: {e.InnerException?.Message.Split('\n')[0]} Run segment again.", e);
        }
    }

    static string? Word(ConsentAnswer answer) => answer switch
    {
        ConsentAnswer.Given => "given",
        ConsentAnswer.Refused => "refused",
        _ => null,
    };

    static ConsentAnswer Answer(string? word) => word switch
    {
        "given" => ConsentAnswer.Given,
        "refused" => ConsentAnswer.Refused,
        _ => ConsentAnswer.Unknown,
    };
}
