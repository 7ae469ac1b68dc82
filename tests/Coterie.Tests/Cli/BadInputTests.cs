using System.IO.Compression;
using System.Text;

namespace Coterie.Tests.Cli;

/// <summary>Files and options that cannot work: one clear message, the right exit code, and nothing half-written.</summary>
public class BadInputTests : Running
{
    async Task Refused(string file, params string[] words)
    {
        var ran = await Coterie("segment", file, "--out", At("out"));
        Assert.True(ran.Code == 3, $"exit code {ran.Code}: {ran.Error}");
        foreach (var word in words) Assert.Contains(word, ran.Error, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", ran.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(At("out")));
        Assert.Empty(Directory.EnumerateDirectories(Root));
        Assert.Equal("", ran.Output);
    }

    [Fact]
    public Task AMissingFile() => Refused(At("absent.csv"), "absent.csv");

    [Fact]
    public Task AnEmptyFile() => Refused(Write("empty.csv", ""), "empty.csv", "empty");

    [Fact]
    public Task AHeaderWithoutRows() => Refused(Write("header.csv", "customer_id,time,price\n"), "header.csv");

    [Fact]
    public Task ABinaryFile() => Refused(Write("photo.csv", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 1, 2, 3, 4]), "photo.csv");

    [Fact]
    public Task AFileWithOneColumn() => Refused(Write("one.csv", "customer_id\n1\n2\n3\n"), "one.csv", "column");

    [Fact]
    public Task ATableWithoutTimes() => Refused(Write("timeless.csv", "customer_id,price\n1,2.5\n2,3.5\n1,4.5\n"), "time", "--map");

    [Fact]
    public async Task TwoEquallyGoodCustomerColumns_AreNotGuessed()
    {
        var rows = Enumerable.Range(0, 60).Select(i => $"U{i % 11},U{i % 7},2024-01-{1 + i % 28:00} 10:{i % 60:00}:00,{i + 0.5}");
        await Refused(Write("two.csv", "user_id,customer_id,time,price\n" + string.Join('\n', rows) + "\n"), "user_id", "customer_id", "--map");
    }

    [Fact]
    public async Task MixedTimeFormats_AreNotGuessed()
    {
        var rows = Enumerable.Range(0, 60).Select(i => i % 2 == 0 ? $"c{i % 9},2024-02-{1 + i % 28:00},5.5" : $"c{i % 9},{1 + i % 12}/{13 + i % 15}/2024 8:26,5.5");
        await Refused(Write("mixed.csv", "customer_id,time,price\n" + string.Join('\n', rows) + "\n"), "time");
    }

    [Fact]
    public Task ARowOfTenMegabytes() =>
        Refused(Write("long.csv", "customer_id,time,price\nc1,2024-01-01,5\nc2," + new string('x', 10_000_000) + ",5\n"), "long.csv");

    [Fact]
    public Task AHundredThousandColumns() => Refused(
        Write("wide.csv", string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"c{i}")) + "\n" + string.Join(',', Enumerable.Repeat("1", 100_000)) + "\n"), "wide.csv", "columns");

    [Fact]
    public async Task ATruncatedGzip()
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(Encoding.UTF8.GetBytes(Orders(2_000)));
        await Refused(Write("cut.csv.gz", memory.ToArray()[..(int)(memory.Length / 2)]), "cut.csv.gz");
    }

    [Fact]
    public Task NulBytes() => Refused(Write("nul.csv", Encoding.UTF8.GetBytes("customer_id,time,price\nc1,2024-01-01,5\n\0\0\0\nc2,2024-01-02,6\n")), "nul.csv", "NUL");

    [Fact]
    public Task AQuoteLeftOpenInTheHeader_DoesNotSwallowRows() =>
        Refused(Write("open.csv", Orders().Replace("unit_price\n", "\"unit_price\n", StringComparison.Ordinal) + "\"\n"), "open.csv", "quote", "header");

    [Fact]
    public async Task DuplicateHeaders_AreToldAndSurvived()
    {
        var ran = await Coterie("segment", Write("twice.csv", Orders().Replace("category", "product_id", StringComparison.Ordinal)), "--out", At("out"));
        Assert.True(ran.Code is 0 or 3, ran.Error);
        if (ran.Code == 3) Assert.Contains("product_id", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NamesWithQuotesAndSql_AreOnlyNames()
    {
        var file = Write("names.csv", Orders().Replace("category,", "\"\"\"; DROP TABLE events; --\",", StringComparison.Ordinal));
        var ran = await Coterie("segment", file, "--out", At("out"));
        Assert.True(ran.Code == 0, ran.Error);
    }

    [Fact]
    public async Task Formulas_AreNeutralisedInTheOutput()
    {
        var file = Write("formula.csv", Orders().Replace("C0001,", "=cmd|' /C calc'!A0,", StringComparison.Ordinal));
        var ran = await Coterie("segment", file, "--out", At("out"));
        Assert.True(ran.Code == 0, ran.Error);
        var cells = File.ReadAllLines(At("out/segments.csv"));
        Assert.Contains(cells, l => l.StartsWith("'=cmd|", StringComparison.Ordinal) || l.StartsWith("\"'=cmd|", StringComparison.Ordinal));
        Assert.DoesNotContain(cells, l => l.StartsWith('='));
    }

    [Theory]
    [InlineData("--k", "0")]
    [InlineData("--k", "many")]
    [InlineData("--method", "magic")]
    [InlineData("--lang", "fr")]
    [InlineData("--as-of", "soon")]
    [InlineData("--memory-limit", "2")]
    [InlineData("--threads", "0")]
    [InlineData("--time-budget", "-1")]
    [InlineData("--horizon", "9999")]
    [InlineData("--map", "customer_id")]
    [InlineData("--map", "nothing_known=customer_id")]
    [InlineData("--map", "customer_id=absent")]
    [InlineData("--timezone", "Nowhere/Land")]
    [InlineData("--unknown", "x")]
    public async Task AWrongOption_IsAUsageError(string option, string value)
    {
        var ran = await Coterie("segment", Write("orders.csv", Orders(40)), "--out", At("out"), option, value);
        Assert.True(ran.Code == 2, $"exit code {ran.Code}: {ran.Error}");
        Assert.Contains(option.TrimStart('-'), ran.Error, StringComparison.OrdinalIgnoreCase);
        Assert.False(Directory.Exists(At("out")));
    }

    [Fact]
    public async Task AnOutputDirectoryWithSomethingElse_IsRefused_AndLeftAlone()
    {
        Directory.CreateDirectory(At("out"));
        File.WriteAllText(At("out/thesis.txt"), "years of work");
        var ran = await Coterie("segment", Write("orders.csv", Orders()), "--out", At("out"));
        Assert.Equal(2, ran.Code);
        Assert.Equal(["thesis.txt"], Directory.GetFileSystemEntries(At("out")).Select(Path.GetFileName));
        Assert.Equal(0, (await Coterie("segment", At("orders.csv"), "--out", At("out"), "--force")).Code);
        Assert.Equal("years of work", File.ReadAllText(At("out/thesis.txt")));
    }

    [Fact]
    public async Task AStopInTheMiddle_LeavesNoOutput_AndAWholeWorkspace()
    {
        var file = Write("orders.csv", Orders(800));
        Assert.Equal(0, (await Coterie("ingest", file, "--workspace", At("shop"))).Code);
        using var stop = new CancellationTokenSource();
        var stages = new StopAt("features", stop);
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Segmentation.Run(new SegmentationOptions { Workspace = At("shop"), Out = At("out") }, stages, stop.Token));
        Assert.False(Directory.Exists(At("out")));
        Assert.Equal(0, (await Coterie("segment", "--workspace", At("shop"))).Code);
        Assert.True(File.Exists(At("shop/runs/0001/report.json")));
    }

    sealed class StopAt(string stage, CancellationTokenSource stop) : IProgress<StageProgress>
    {
        public void Report(StageProgress value)
        {
            if (value.Stage == stage) stop.Cancel();
        }
    }
}
