using System.Text;
using Coterie.Features;
using Coterie.Numerics;
using Coterie.Reports;
using Coterie.Tests.Support;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;
using CsCheck;

namespace Coterie.Tests.Reports;

public class SegmentFileTests
{
    static readonly Gen<string> Texts = Gen.OneOf(Gen.String, Gen.String[Gen.Char["=+-@'\t＝1.,\"\na"], 0, 6])
        .Where(s => s.EnumerateRunes().All(r => r != Rune.ReplacementChar));

    [Fact]
    public void Guarding_IsUndoneByRestoring() => Texts.Sample(s => SpreadsheetText.Restore(SpreadsheetText.Guard(s)) == s);

    [Fact]
    public void GuardedText_NeverBeginsAFormula() => Texts.Sample(s =>
    {
        var guarded = SpreadsheetText.Guard(s);
        return guarded.Length == 0 || !"=@\t\r\n\0＝＋－＠".Contains(guarded[0]) && (guarded[0] is not ('+' or '-') || double.TryParse(guarded, out _));
    });

    [Theory]
    [InlineData("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0")]
    [InlineData("@SUM(1+1)*cmd|' /C calc'!A0", "'@SUM(1+1)*cmd|' /C calc'!A0")]
    [InlineData("+1+cmd", "'+1+cmd")]
    [InlineData("-5", "-5")]
    [InlineData("+44.5", "+44.5")]
    [InlineData("-5-5", "'-5-5")]
    [InlineData("-.5.", "'-.5.")]
    [InlineData("＝1", "'＝1")]
    [InlineData("'=1", "''=1")]
    [InlineData("17850.0", "17850.0")]
    [InlineData("'t Hooft", "'t Hooft")]
    public void Formulas_AreGuarded_AndNumbersKeepTheirForm(string value, string expected) => Assert.Equal(expected, SpreadsheetText.Guard(value));

    [Fact]
    public void ALine_IsAsRfc4180WantsIt()
    {
        using var folder = new TemporaryFolder();
        SegmentFile.WriteCsv(folder.File("s.csv"),
        [
            new("17850", "S1", "Champions", 0.98765, "S2"),
            new("a \"b\", c", "S2", "两行\n名", 1, null, 0.5),
            new("=1+1", "S3", "重要价值客户", double.NaN, "S1"),
        ]);
        Assert.Equal(
            "customer_id,segment,name,confidence,second,agreement\n17850,S1,Champions,0.9877,S2,\n\"a \"\"b\"\", c\",S2,\"两行\n名\",1.0000,,0.5000\n'=1+1,S3,重要价值客户,,S1,\n",
            File.ReadAllText(folder.File("s.csv")));
    }

    [Fact]
    public void ACsv_ReadByAnotherReader_GivesTheRowsBack()
    {
        using var folder = new TemporaryFolder();
        using var warehouse = new DuckDbWarehouse(new DuckDbOptions());
        var path = folder.File("s.csv");
        Gen.Select(Texts.Where(t => !t.Contains('\0')), Gen.Double[0, 1]).Array[1, 20].Sample(rows =>
        {
            SegmentFile.WriteCsv(path, rows.Select(r => new SegmentRow(r.Item1, "S1", r.Item1, r.Item2, "S2")));
            var back = warehouse.Rows(new Step("read", $"SELECT customer_id, confidence FROM read_csv({warehouse.Dialect.Text(path)}, header=true, all_varchar=true, delim=',', quote='\"', escape='\"', nullstr='\u0001', auto_detect=false, new_line='\\n', columns={{'customer_id':'VARCHAR','segment':'VARCHAR','name':'VARCHAR','confidence':'VARCHAR','second':'VARCHAR','agreement':'VARCHAR'}})"),
                r => (Id: r.GetString(0), Confidence: double.Parse(r.GetString(1))));
            return back.Count == rows.Length
                && back.Zip(rows).All(p => SpreadsheetText.Restore(p.First.Id) == p.Second.Item1 && Math.Abs(p.First.Confidence - p.Second.Item2) <= 0.0000501);
        }, iter: 60, threads: 1);
    }

    [Fact]
    public void TheSameRows_GiveTheSameBytes()
    {
        using var folder = new TemporaryFolder();
        using var warehouse = new DuckDbWarehouse(new DuckDbOptions());
        var rows = Enumerable.Range(0, 5_000).Select(i => new SegmentRow($"c{i}", $"S{i % 5}", "n", i / 5_000.0, null)).ToArray();
        foreach (var n in new[] { "a", "b" })
        {
            SegmentFile.WriteCsv(folder.File($"{n}.csv"), rows);
            SegmentFile.WriteParquet(warehouse, folder.File($"{n}.parquet"), rows);
        }

        Assert.Equal(File.ReadAllBytes(folder.File("a.csv")), File.ReadAllBytes(folder.File("b.csv")));
        Assert.Equal(File.ReadAllBytes(folder.File("a.parquet")), File.ReadAllBytes(folder.File("b.parquet")));
    }

    [Fact]
    public void Parquet_HoldsTheRowsUntouched_InOrder()
    {
        using var folder = new TemporaryFolder();
        using var warehouse = new DuckDbWarehouse(new DuckDbOptions());
        var path = folder.File("it's \"here\".parquet");
        SegmentFile.WriteParquet(warehouse, path, [new("=1", "S1", "重要", 0.25, null), new("b", "S2", "n", 0.5, "S1", 0.75)]);
        var back = warehouse.Rows(new Step("read", $"SELECT * FROM read_parquet({warehouse.Dialect.Text(path)})"),
            r => new SegmentRow(r.GetString(0), r.GetString(1), r.GetString(2), r.GetDouble(3), r.TextOrNull(4), r.IsDBNull(5) ? null : r.GetDouble(5)));
        Assert.Equal([new("=1", "S1", "重要", 0.25, null), new("b", "S2", "n", 0.5, "S1", 0.75)], back);
    }

    [Fact]
    public void Features_AreOneDoubleColumnEach_AndWhatIsMissingIsNull()
    {
        using var folder = new TemporaryFolder();
        using var warehouse = new DuckDbWarehouse(new DuckDbOptions());
        const int n = 200_000;
        var rng = new Rng(1, 1);
        var columns = Enumerable.Range(0, 12).Select(j => Enumerable.Range(0, n).Select(i => (i + j) % 7 == 0 ? double.NaN : rng.NextDouble()).ToArray()).ToArray();
        var table = new FeatureTable
        {
            AsOf = DateTime.UnixEpoch,
            Customers = [.. Enumerable.Range(0, n).Select(i => $"c{i:000000}")],
            Features = [.. columns.Select((_, j) => SomeFeature($"f \"{j}"))],
            Columns = columns,
        };
        FeatureFile.WriteParquet(warehouse, folder.File("features.parquet"), table);
        var file = warehouse.Dialect.Text(folder.File("features.parquet"));
        Assert.Equal("customer_id VARCHAR, " + string.Join(", ", columns.Select((_, j) => $"f \"{j} DOUBLE")),
            string.Join(", ", warehouse.Rows(new Step("types", $"DESCRIBE SELECT * FROM read_parquet({file})"), r => $"{r.GetString(0)} {r.GetString(1)}")));
        var row = 0;
        var wrong = 0;
        warehouse.Query(new Step("all", $"SELECT * FROM read_parquet({file})"), r =>
        {
            if (r.GetString(0) != table.Customers[row]) wrong++;
            for (var j = 0; j < columns.Length; j++)
                if (r.IsDBNull(j + 1) ? !double.IsNaN(columns[j][row]) : r.GetDouble(j + 1) != columns[j][row]) wrong++;
            row++;
        });
        Assert.Equal((n, 0), (row, wrong));
    }

    [Fact]
    public void AnAppendOfUnequalColumns_IsRefused()
    {
        using var warehouse = new DuckDbWarehouse(new DuckDbOptions());
        Assert.Throws<ArgumentException>(() => warehouse.Append("t", [new NumberColumn([1, 2]), new TextColumn(["a"])]));
        Assert.Throws<WarehouseException>(() => warehouse.Append("no such table", [new NumberColumn([1])]));
    }

    static Feature SomeFeature(string name) => new()
    {
        Name = name, Label = name, LabelZh = name, Sentence = name, Unit = "count", Family = "money", High = "h", Low = "l", HighZh = "高", LowZh = "低",
    };
}
