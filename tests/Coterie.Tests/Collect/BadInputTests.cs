using System.Text;
using Coterie.Collect;

namespace Coterie.Tests.Collect;

/// <summary>Each bad input gives one clear message: what, where, expected, cure.</summary>
public class BadInputTests
{
    const string Good = "customer_id,date,price\na,2024-01-01,5\nb,2024-01-02,6\n";

    static string Refusal(byte[] bytes, string name = "events.csv")
    {
        using var c = new Collected();
        var path = c.Write(name, bytes);
        var message = Assert.Throws<InputException>(() => c.Open(path)).Message;
        Assert.Contains(name, message);
        Assert.DoesNotContain('\n', message);
        return message;
    }

    static string Refusal(string text) => Refusal(Encoding.UTF8.GetBytes(text));

    [Fact]
    public void AMissingFile_IsNamed()
    {
        using var c = new Collected();
        Assert.Contains("nowhere.csv", Assert.Throws<InputException>(() => c.Open("nowhere.csv")).Message);
        Assert.Throws<InputException>(() => c.Open(new CollectOptions()));
    }

    [Fact]
    public void AnEmptyFolder_IsNamed()
    {
        using var c = new Collected();
        Directory.CreateDirectory(Path.Combine(c.Folder, "void"));
        Assert.Contains("holds no data file", Assert.Throws<InputException>(() => c.Open(Path.Combine(c.Folder, "void"))).Message);
    }

    [Fact]
    public void EmptyFiles_AreRefused()
    {
        Assert.Contains("is empty", Refusal(""));
        Assert.Contains("white space", Refusal(" \n\n \n"));
        Assert.Contains("only a header", Refusal("customer_id,date,price\n"));
        Assert.Contains("is empty", Refusal(GenericDetectionTests.Gzip("")));
    }

    [Theory]
    [InlineData(new byte[] { 0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0, 0 }, "PNG")]
    [InlineData(new byte[] { 0x50, 0x4B, 3, 4, 20, 0, 6, 0 }, "CSV")]
    [InlineData(new byte[] { 0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1 }, "CSV")]
    [InlineData(new byte[] { (byte)'a', (byte)',', (byte)'b', 10, (byte)'1', 0, (byte)'2', 10 }, "NUL byte at byte 5")]
    [InlineData(new byte[] { (byte)'P', (byte)'A', (byte)'R', (byte)'1', 0, 1, 2 }, "Parquet")]
    public void BinaryFiles_AreNamedForWhatTheyAre(byte[] bytes, string part) => Assert.Contains(part, Refusal(bytes));

    [Fact]
    public void ACutOffGzip_IsRefused_WhereverItIsCut()
    {
        var whole = GenericDetectionTests.Gzip("customer_id,date,price\n" + string.Concat(Enumerable.Range(0, 30_000).Select(i => $"c{i * 7919 % 1000},2024-01-{1 + (i % 28):00},{i % 97}.5\n")));
        foreach (var length in new[] { whole.Length / 2, whole.Length - 1, whole.Length - 8, whole.Length - 9, 30 })
            Assert.Contains("gzip", Refusal(whole[..length], "events.csv.gz"));
        var damaged = whole.ToArray();
        damaged[whole.Length / 2] ^= 0x55;
        Assert.Contains("gzip", Refusal(damaged));
    }

    [Fact]
    public void AGzipOfSeveralMembers_IsWhole_WhateverItsName()
    {
        using var c = new Collected();
        var path = c.Write("events.csv", [.. GenericDetectionTests.Gzip(Good), .. GenericDetectionTests.Gzip("c,2024-01-03,7\n")]);
        Assert.Equal(["a", "b", "c"], c.Open(path).Column("customer_id"));
        Assert.Equal("csv, gzip", c.Relation.Files[0].Format);
    }

    [Fact]
    public void APlainFileNamedGz_IsReadAsWhatItIs()
    {
        using var c = new Collected();
        Assert.Equal(["a", "b"], c.Open(c.Write("events.csv.gz", Good)).Column("customer_id"));
    }

    [Fact]
    public void OneColumn_IsRefused() => Assert.Contains("one column", Refusal("customer_id\na\nb\n"));

    [Fact]
    public void NoTime_IsRefused_WithTheColumnsAndTheCure()
    {
        var message = Refusal("customer_id,price,order_date\na,5,soon\nb,6,later\n");
        Assert.Contains("customer_id, price, order_date", message);
        Assert.Contains("'order_date' (such as 'soon')", message);
        Assert.Contains("--map time=COLUMN", message);
    }

    [Fact]
    public void NoCustomer_IsRefused_WithTheColumnsAndTheCure()
    {
        var message = Refusal("price,order_date\n5.5,2024-01-01\n6.5,2024-01-02\n");
        Assert.Contains("price, order_date", message);
        Assert.Contains("--map customer_id=COLUMN", message);
    }

    [Fact]
    public void TwoCustomers_AreRefused_UntilOneIsChosen()
    {
        var text = "customer_id,user_id,date,price\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"{i % 11},{i % 7},2024-01-{1 + (i % 28):00},5\n"));
        var message = Refusal(text);
        Assert.Contains("'customer_id'", message);
        Assert.Contains("'user_id'", message);
        Assert.Contains("--map customer_id=", message);
        using var c = Collected.Of(text, Collected.Map("customer_id=user_id"));
        Assert.Equal("user_id", c.Source("customer_id"));
    }

    [Fact]
    public void TwoLikeColumnsWithoutNames_AreRefused()
    {
        var rng = new Coterie.Numerics.Seed(1).Stream(0);
        Assert.Contains("may be the customer", Refusal("p,q,r\n" + string.Concat(Enumerable.Range(0, 600).Select(i =>
            $"{rng.NextInt(60)},{rng.NextInt(60)},{new DateTime(2024, 1, 1).AddMinutes(rng.NextInt(500_000)):yyyy-MM-dd HH:mm:ss}\n"))));
    }

    [Fact]
    public void ARowOfTenMegabytes_IsRead_AndOneBeyondTheLimitIsMalformed()
    {
        using var c = Collected.Of($"customer_id,date,text\na,2024-01-01,x\nb,2024-01-02,{new string('y', 10_000_000)}\nc,2024-01-03,{new string('z', 17_000_000)}\nd,2024-01-04,w\n");
        Assert.Equal(["a", "b", "d"], c.Column("customer_id"));
        Assert.StartsWith("0:4:", Assert.Single(c.Malformed()));
        Assert.Contains("longer than", Refusal(new string('x', 17_000_000)));
    }

    [Fact]
    public void AVeryLongFirstRow_IsReadToo()
    {
        using var c = Collected.Of($"customer_id,date,text\na,2024-01-01,{new string('y', 10_000_000)}\nb,2024-01-02,x\n");
        Assert.Equal(["a", "b"], c.Column("customer_id"));
    }

    [Fact]
    public void EmptyLinesBeforeTheHeader_AreNoHeader()
    {
        using var c = Collected.Of("\n\n" + Good);
        Assert.Equal(["a", "b"], c.Column("customer_id"));
        Assert.Equal(3, c.Relation.Files[0].HeaderLines);
    }

    [Fact]
    public void AQuoteThatNeverCloses_LosesOnlyWhatItHolds()
    {
        using var c = Collected.Of(Good + "c,2024-01-03,\"5\nd,2024-01-04,7\n");
        Assert.Equal(["a", "b"], c.Column("customer_id"));
        Assert.StartsWith("0:4:c,2024-01-03,\"5", Assert.Single(c.Malformed()));
    }

    [Fact]
    public void BrokenBytesInAUtf8File_MakeOneMalformedRow()
    {
        using var c = new Collected();
        var text = "customer_id,date,text\n" + string.Concat(Enumerable.Range(0, 200).Select(i => $"é{i % 9},2024-01-01,ü\n"));
        c.Open(c.Write("x.csv", [.. Encoding.UTF8.GetBytes(text), .. "b,2024-01-02,"u8, 0xFC, 10]));
        Assert.Equal(200, c.Column("customer_id").Count);
        Assert.StartsWith("0:202:", Assert.Single(c.Malformed()));
    }

    [Fact]
    public void QuotedLineBreaks_SurviveReadingInParallel()
    {
        // Larger than what one thread of the engine takes at a time, so that a border falls inside quotes.
        var rows = 60_000;
        var text = new StringBuilder("customer_id,date,text\n");
        for (var i = 0; i < rows; i++) text.Append($"c{i % 977},2024-01-{1 + (i % 28):00},\"line one, {new string((char)('a' + (i % 26)), 200)}\nline \"\"two\"\" {i}\"\n");
        using var c = Collected.Of(text.ToString());
        Assert.Equal(rows, c.One<int>("SELECT count(*) FROM raw_0 WHERE newlines = 1 AND text LIKE 'line one%'"));
        Assert.Equal($"{rows - 1}", c.One<string>("SELECT regexp_extract(text, '[0-9]+$') FROM raw_0 WHERE rowid = (SELECT max(rowid) FROM raw_0)"));
        Assert.Empty(c.Malformed());
    }

    [Fact]
    public void AHundredThousandColumns_AreRefused() =>
        Assert.Contains("100,000 columns", Refusal(string.Join(",", Enumerable.Range(0, 100_000).Select(i => $"c{i}")) + "\n" + string.Join(",", new string('1', 100_000).ToCharArray()) + "\n"));

    [Fact]
    public void RowsWithTheWrongNumberOfFields_AreKeptApart()
    {
        using var c = Collected.Of("customer_id,date,price\na,2024-01-01,5\nb,2024-01-02\n\"c\",2024-01-03,7,8\n\"d\"x,2024-01-04,7\ne,2024-01-05,8\n");
        Assert.Equal(["a", "e"], c.Column("customer_id"));
        Assert.Equal(["0:3:b,2024-01-02", "0:4:\"c\",2024-01-03,7,8", "0:5:\"d\"x,2024-01-04,7"], c.Malformed());
        // Run again, the lines are still those of one run.
        c.Warehouse.Execute(new Coterie.Warehouse.Step("again", $"CREATE OR REPLACE TABLE again AS SELECT * FROM ({c.Relation.SelectSql})"));
        Assert.Equal(3, c.Malformed().Count);
    }

    [Fact]
    public void MalformedRowsOfSeveralFiles_KnowTheirFile()
    {
        using var c = new Collected();
        var a = c.Write("a.csv", Good + "broken\n");
        var b = c.Write("b.csv", GenericDetectionTests.Gzip(Good + "also,broken\n"));
        Assert.Equal(["0:4:broken", "1:4:also,broken"], c.Open(a, b).Malformed());
    }

    [Fact]
    public void DuplicateHeaders_AreMadeUnique_WithANote()
    {
        using var c = Collected.Of("customer_id,date,price,note,note,\na,2024-01-01,5,x,y,z\nb,2024-01-02,6,x,y,z\n");
        Assert.Equal("{\"note\":\"x\",\"note_2\":\"y\",\"column_6\":\"z\"}", c.Column("properties")[0]);
        Assert.Contains(c.Relation.Notes, n => n.Contains("note_2"));
    }

    [Fact]
    public void NamesWithSqlQuotesAndLineBreaks_StayNames()
    {
        using var c = Collected.Of("\"customer \"\"; DROP TABLE events; --\",\"order\ndate\",\"pri'ce\"\na,2024-01-01,5\nb,2024-01-02,6\n",
            Collected.Map("customer_id=customer \"; DROP TABLE events; --", "time=order\ndate", "price=pri'ce"));
        Assert.Equal(["a", "b"], c.Column("customer_id"));
        Assert.Equal(["5.0", "6.0"], c.Column("price"));
        Assert.Contains("DROP TABLE", c.Column("raw")[0]);
        Assert.Equal(2, c.Relation.Files[0].HeaderLines);
    }

    [Fact]
    public void Formulas_AreJustText()
    {
        using var c = Collected.Of("customer_id,date,price\n=cmd|'/C calc'!A0,2024-01-01,5\n+1,2024-01-02,6\n");
        Assert.Equal("=cmd|'/C calc'!A0", c.Column("customer_id")[0]);
    }

    [Fact]
    public void ADamagedJsonArray_SaysWhere() => Assert.Contains("damaged after", Refusal(Encoding.UTF8.GetBytes("[{\"customer_id\":\"a\",\"date\":\"2024-01-01\"},\n{\"customer_id\":"), "x.json"));

    [Fact]
    public void PatternSignsInAPath_AreNoPattern()
    {
        using var c = new Collected();
        c.Write("day1.csv", Good);
        Assert.Equal(["a", "b"], c.Open(c.Write("day[1]*.csv", Good)).Column("customer_id"));
    }

    [Fact]
    public void TitleLinesAndSepLines_AreSkipped()
    {
        using var c = Collected.Of("sep=;\ncustomer_id;date;price\na;2024-01-01;5,5\nb;2024-01-02;6,5\n");
        Assert.Equal(["5.5", "6.5"], c.Column("price"));
        Assert.Equal(2, c.Relation.Files[0].HeaderLines);
        using var d = Collected.Of("Orders of May\nmade on Friday\n\ncustomer_id,date,price\na,2024-01-01,5\nb,2024-01-02\nb,2024-01-02,6\n");
        Assert.Equal(["a", "b"], d.Column("customer_id"));
        Assert.Equal(["0:6:b,2024-01-02"], d.Malformed());
    }

    [Fact]
    public void LineBreaksInFields_AreCounted_SoThatLinesCanBeTold()
    {
        using var c = Collected.Of("customer_id,date,text\na,2024-01-01,\"x\ny\nz\"\nb,2024-01-02,w\n");
        Assert.Equal(["2", "0"], c.Column("newlines"));
        using var d = Collected.Of("customer_id,date,text\na,2024-01-01,\"x, y\"\nb,2024-01-02,w\n");
        Assert.Contains("CAST(0 AS INTEGER) AS \"newlines\"", d.Relation.SelectSql);
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void OtherLineEnds_AreRead(string end)
    {
        using var c = Collected.Of(Good.Replace("\n", end));
        Assert.Equal(["5.0", "6.0"], c.Column("price"));
    }

    [Fact]
    public void MixedLineEnds_AreRead_AndRecordsCounted()
    {
        using var c = Collected.Of("customer_id,date,text\r\na,2024-01-01,5\" disk\nb,2024-01-02,\"x\r\ny\"\r\nshort\nc,2024-01-03,z\r\n");
        Assert.Equal(["a", "b", "c"], c.Column("customer_id"));
        Assert.Equal(["0:4:short"], c.Malformed());
    }
}
