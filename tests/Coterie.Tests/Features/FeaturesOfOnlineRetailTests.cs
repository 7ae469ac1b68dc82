using Coterie.Features;
using Coterie.Tests.Support;
using Coterie.Warehouse;

namespace Coterie.Tests.Features;

/// <summary>UCI Online Retail: totals of the features against totals of the file, computed by plain SQL over the file itself.</summary>
public class FeaturesOfOnlineRetailTests
{
    [Fact]
    public void Totals_AreThoseOfTheFile()
    {
        var file = Shared.Data("online_retail/online_retail.csv.gz");
        using var warehouse = EventLog.Warehouse();
        warehouse.Execute(new Step("read", $"""
            CREATE TABLE lines AS SELECT *, "InvoiceNo" LIKE 'C%' AS cancelled
            FROM read_csv({warehouse.Dialect.Text(file)}, header = true, all_varchar = true) WHERE "CustomerID" IS NOT NULL
            """));
        warehouse.Execute(new Step("load", """
            INSERT INTO events
            SELECT NULL, "CustomerID", CAST("InvoiceDate" AS TIMESTAMP), CASE WHEN cancelled THEN 'refund' ELSE 'purchase' END, "StockCode",
                   NULL, NULL, CAST("UnitPrice" AS DOUBLE), abs(CAST("Quantity" AS DOUBLE)), NULL, NULL, "InvoiceNo", NULL, NULL, NULL, NULL, NULL, "Country", NULL
            FROM lines
            """));
        var table = FeatureComputation.Compute(warehouse, new FeatureRequest
        {
            AsOf = new DateTime(2011, 12, 10),
            Present = new HashSet<string> { "product_id", "price", "quantity", "order_id", "country" },
            Kinds = new HashSet<string> { "purchase", "refund" },
        });
        double Of(string sql) => warehouse.Single(new Step("total", sql), r => r.GetDouble(0));
        Assert.Equal(4372, table.Count);
        Assert.Equal(Of("SELECT CAST(count(DISTINCT \"InvoiceNo\") AS DOUBLE) FROM lines WHERE NOT cancelled"), table.Column("frequency")!.Sum());
        Assert.Equal(Of("SELECT sum(CAST(\"UnitPrice\" AS DECIMAL(18,4)) * CAST(\"Quantity\" AS INTEGER))::DOUBLE FROM lines WHERE NOT cancelled"),
            table.Column("monetary")!.Sum(), 1e-5);
        Assert.Equal(Of("SELECT sum(CAST(\"UnitPrice\" AS DECIMAL(18,4)) * CAST(\"Quantity\" AS INTEGER))::DOUBLE FROM lines"),
            table.Column("net_spend")!.Sum(), 1e-5);
        Assert.Equal(Of("SELECT count(DISTINCT (\"CustomerID\", \"StockCode\"))::DOUBLE FROM lines WHERE NOT cancelled"),
            table.Column("products_bought")!.Sum());
        Assert.Equal("United Kingdom", table.Facts!.MainCountry);
    }
}
