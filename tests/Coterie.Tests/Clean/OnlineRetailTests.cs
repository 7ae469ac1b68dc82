using Coterie.Clean;
using Coterie.Collect;
using Coterie.Tests.Support;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Tests.Clean;

/// <summary>UCI Online Retail; golden numbers from tools/oracles/online_retail_quality.py and from the data's README.</summary>
public class OnlineRetailTests
{
    static readonly string[] Sent = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"];

    static string Csv(string path) => $"read_csv({DuckDbDialect.Instance.Text(path)}, header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', " +
        $"columns = {{{string.Join(", ", Sent.Select(c => $"'{c}': 'VARCHAR'"))}}})";

    static RawRelation Relation(string path)
    {
        var expressions = new Dictionary<string, string>
        {
            ["customer_id"] = "nullif(replace(CustomerID, '.0', ''), '')",
            ["time"] = "CAST(InvoiceDate AS TIMESTAMP)",
            ["kind"] = "'purchase'",
            ["product_id"] = "StockCode",
            ["text"] = "nullif(Description, '')",
            ["order_id"] = "InvoiceNo",
            ["country"] = "Country",
            ["price"] = "abs(CAST(UnitPrice AS DOUBLE))",
            ["quantity"] = "abs(CAST(Quantity AS DOUBLE))",
            ["signed_price"] = "CAST(UnitPrice AS DOUBLE)",
            ["signed_quantity"] = "CAST(Quantity AS DOUBLE)",
            ["cancelled"] = "starts_with(InvoiceNo, 'C')",
        };
        var columns = RawColumns.All.Where(c => c.Name != "newlines").Select(c => $"CAST({expressions.GetValueOrDefault(c.Name, "NULL")} AS {c.Type}) AS \"{c.Name}\"");
        return new RawRelation
        {
            Layout = "online_retail",
            Files = [new SourceFile(path, "csv", "utf-8", new FileInfo(path).Length) { HeaderLines = 1 }],
            Mapping = [new MappedColumn("customer_id", "CustomerID", "layout")],
            SelectSql = $"SELECT CAST(0 AS SMALLINT) AS file_no, {string.Join(", ", columns)}, CAST(0 AS INTEGER) AS newlines, " +
                $"struct_pack({string.Join(", ", Sent.Select(c => $"{c} := {c}"))}) AS raw FROM {Csv(path)}",
            Present = expressions.Keys.ToHashSet(),
            HasTimeOfDay = true,
        };
    }

    [Fact]
    public void WithoutRules_TheFileIsWhatItsReadmeSays()
    {
        var path = Shared.Data("online_retail/online_retail.csv.gz");
        using var warehouse = new DuckDbWarehouse(new DuckDbOptions { Threads = 2 });
        // Every row gets a customer, so that duplicates and refunds are those of the whole file.
        var relation = Relation(path) with
        {
            SelectSql = Relation(path).SelectSql.Replace("nullif(replace(CustomerID, '.0', ''), '')", "'c' || CustomerID", StringComparison.Ordinal),
        };
        var report = Cleaning.Load(warehouse, [relation], new CleanOptions { OneShot = true, RobotEventsPerMinute = 100_000, RobotEventsPerDay = 1_000_000 });
        var removedFirst = report.Rules.Where(r => r.Refused && r.Rule != "duplicate").Sum(r => r.Rows);
        var earlier = warehouse.Single(new Step("duplicates among the refused", """
            SELECT CAST(coalesce(sum(n - 1), 0) AS BIGINT) FROM (SELECT count(*) AS n FROM quarantine WHERE rule <> 'duplicate' GROUP BY raw)
            """), r => r.GetInt64(0));
        Assert.Equal((541_909, 5_268), (report.RowsRead, report.Rules.Single(r => r.Rule == "duplicate").Rows + earlier));
        Assert.True(removedFirst > 0);
        Assert.Equal((9_288, 4_372), warehouse.Single(new Step("plain SQL", $"""
            SELECT count(*) FILTER (WHERE starts_with(InvoiceNo, 'C')), count(DISTINCT nullif(CustomerID, '')) FROM {Csv(path)}
            """), r => (r.GetInt64(0), r.GetInt64(1))));
    }

    [Fact]
    public void Cleaning_RefusesWhatPlainPandasRefuses()
    {
        var path = Shared.Data("online_retail/online_retail.csv.gz");
        using var warehouse = new DuckDbWarehouse(new DuckDbOptions { Threads = 2 });
        var report = Cleaning.Load(warehouse, [Relation(path)], new CleanOptions { OneShot = true });

        Assert.Equal(541_909, report.RowsRead);
        Assert.Equal(9_747_747.934, report.RevenueRead, 3);
        var counts = report.Rules.Where(r => r.Rows > 0).ToDictionary(r => r.Rule, r => (r.Rows, Math.Round(r.Revenue, 3)));
        Assert.Equal(new Dictionary<string, (long, double)>
        {
            ["no_customer"] = (135_080, 1_447_682.12),
            ["zero_price"] = (40, 0),
            ["non_product"] = (1_993, 14_587.494),
            ["duplicate"] = (5_220, 21_186.39),
            ["refund"] = (8_505, -471_735.71),
        }, counts);
        Assert.Equal((399_576, 4_362), (report.RowsKept, report.Customers));
        Assert.Equal(new Dictionary<string, long> { ["purchase"] = 391_071, ["refund"] = 8_505 }, report.Kinds);
        Assert.Equal((8_736_027.64, 471_735.71), (Math.Round(report.RevenueKept, 3), Math.Round(report.Refunds, 3)));
        Assert.Equal(new DateTime(2010, 12, 1, 8, 26, 0), report.FirstEvent);
        Assert.Equal(new DateTime(2011, 12, 9, 12, 50, 0), report.LastEvent);
        Assert.True(report.HasTimeOfDay);
        Assert.Empty(report.Notes);
        Assert.Equal(["country", "customer_id", "event_id", "kind", "order_id", "price", "product_id", "quantity", "text", "time"], report.Present.Order());

        // The relation itself against plain SQL over the file.
        Assert.Equal((391_071, 8_736_027.64), warehouse.Single(new Step("events", $"""
            SELECT count(*), {warehouse.Dialect.ExactSum("price * quantity")} FROM events WHERE kind = 'purchase'
            """), r => (r.GetInt64(0), Math.Round(r.GetDouble(1), 3))));
        Assert.Equal(0, warehouse.Single(new Step("same customers", $"""
            SELECT count(*) FROM (SELECT DISTINCT customer_id FROM events EXCEPT SELECT replace(CustomerID, '.0', '') FROM {Csv(path)})
            """), r => r.GetInt64(0)));

        // Every line of the file is an event or in quarantine, and the lines of the quarantine are those of the file.
        Assert.Equal(142_333, warehouse.Single(new Step("quarantine", "SELECT count(DISTINCT line) FROM quarantine"), r => r.GetInt64(0)));
        warehouse.Execute(new Step("numbered file", $"CREATE TABLE numbered AS SELECT row_number() OVER () + 1 AS line, InvoiceNo, StockCode FROM {Csv(path)}"));
        Assert.Equal([], warehouse.Rows(new Step("lines", $"""
            SELECT f.line || ' ' || f.InvoiceNo || ' ' || f.StockCode || ' ' || q.rule || ' ' || (q.raw ->> 'InvoiceNo') || ' ' || (q.raw ->> 'StockCode') FROM numbered AS f JOIN quarantine AS q USING (line)
            WHERE (q.raw ->> (CASE WHEN q.rule = 'duplicate' THEN 'order_id' ELSE 'InvoiceNo' END)) IS DISTINCT FROM f.InvoiceNo
                OR (q.raw ->> (CASE WHEN q.rule = 'duplicate' THEN 'product_id' ELSE 'StockCode' END)) IS DISTINCT FROM f.StockCode
            LIMIT 5
            """), r => r.GetString(0)));
    }
}
