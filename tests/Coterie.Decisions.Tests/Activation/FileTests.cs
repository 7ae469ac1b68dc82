using System.Text;
using Coterie.Activation;
using Coterie.Tests.Support;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;
using CsCheck;

namespace Coterie.Tests.Activation;

/// <summary>Files of changes.</summary>
public class FileTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ChangeFormat.Csv)]
    [InlineData(ChangeFormat.Parquet)]
    [InlineData(ChangeFormat.JsonLines)]
    public async Task ABatch_DeliveredTwice_IsOneFileWithTheSameBytes(ChangeFormat format)
    {
        using var folder = new TemporaryFolder();
        var destination = new FileDestination(folder.File("out"), format);
        await destination.Deliver(Some.Batch(), Stop);
        var file = Directory.GetFiles(folder.File("out")).Single();
        var bytes = File.ReadAllBytes(file);
        await destination.Deliver(Some.Batch(), Stop);
        Assert.Equal(file, Directory.GetFiles(folder.File("out")).Single());
        Assert.Equal(bytes, File.ReadAllBytes(file));
    }

    [Fact]
    public async Task Csv_NeutralisesFormulas_AndKeepsNumbers()
    {
        using var folder = new TemporaryFolder();
        var batch = Some.Batch(1, Some.Entered("=cmd|' /C calc'!A0", 0.25, "@SUM(1)"), Some.Entered("-5", null, "a,\"b\"\nc"), new AudienceChange(ChangeKind.Exited, "C", []));
        var destination = new FileDestination(folder.Path, ChangeFormat.Csv);
        await destination.Deliver(batch, Stop);
        Assert.Equal("""
            change,audience,segment,name,customer_id,confidence,note
            entered,coterie_s1,S1,Loyal,'=cmd|' /C calc'!A0,0.25,'@SUM(1)
            entered,coterie_s1,S1,Loyal,-5,,"a,""b""
            c"
            exited,coterie_s1,S1,Loyal,C,,

            """, File.ReadAllText(destination.PathOf(batch)));
    }

    [Fact]
    public void ACsvField_BeginsNoFormula_WhateverItHolds() => Gen.OneOf(Gen.String, Gen.String[Gen.Char["=+-@'\t＝1.,\"\na"], 0, 6]).Sample(text =>
    {
        var field = ChangeFiles.Field(text);
        var read = field.StartsWith('"') ? field[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : field;
        return SpreadsheetText.Guard(text) == read && (read.Length == 0 || !"=@\t\r\0＝＋－＠".Contains(read[0]));
    });

    [Fact]
    public async Task JsonLines_AreOneObjectALine()
    {
        using var folder = new TemporaryFolder();
        var destination = new FileDestination(folder.Path, ChangeFormat.JsonLines);
        await destination.Deliver(Some.Batch(), Stop);
        Assert.Equal("""
            {"audience":"coterie_s1","segment":"S1","name":"Loyal","change":"entered","customer_id":"A","traits":{"confidence":0.5,"note":"=1+1"}}
            {"audience":"coterie_s1","segment":"S1","name":"Loyal","change":"exited","customer_id":"B"}

            """, File.ReadAllText(destination.PathOf(Some.Batch())));
    }

    [Fact]
    public async Task Parquet_HasNumbersAsNumbers()
    {
        using var folder = new TemporaryFolder();
        var destination = new FileDestination(folder.Path, ChangeFormat.Parquet);
        await destination.Deliver(Some.Batch(), Stop);
        using var warehouse = new DuckDbWarehouse(new DuckDbOptions());
        var rows = warehouse.Rows(new Step("read", $"SELECT change, customer_id, confidence * 2, note FROM read_parquet({warehouse.Dialect.Text(destination.PathOf(Some.Batch()))})"),
            r => $"{r.GetString(0)} {r.GetString(1)} {(r.IsDBNull(2) ? "" : r.GetDouble(2))} {r.TextOrNull(3)}");
        Assert.Equal(["entered A 1 =1+1", "exited B  "], rows);
    }

    [Fact]
    public async Task AFileThatCannotBeWritten_IsNotHalfThere()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("taken"), "");
        Assert.Throws<ConfigurationException>(() => new FileDestination(folder.File("taken"), ChangeFormat.Csv));
        var destination = new FileDestination(folder.File("taken/below"), ChangeFormat.Csv);
        var e = await Assert.ThrowsAsync<DeliveryException>(() => destination.Deliver(Some.Batch(), Stop));
        Assert.False(e.MaybeDelivered);
    }

    [Fact]
    public void AWriteThatFails_LeavesTheFormerFile()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("a"), "former");
        Assert.Throws<IOException>(() => Durable.Write(folder.File("a"), stream =>
        {
            stream.Write(Encoding.ASCII.GetBytes("half"));
            throw new IOException("No space left on device");
        }));
        Assert.Equal("former", File.ReadAllText(folder.File("a")));
        Assert.Single(Directory.GetFiles(folder.Path));
    }
}
