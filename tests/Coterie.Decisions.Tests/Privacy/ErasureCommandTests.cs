using System.Text.Json;
using Coterie.Cli;
using Coterie.Tests.Cli;

namespace Coterie.Tests.Privacy;

public class ErasureCommandTests : Running
{
    async Task<string> Made()
    {
        var events = Write("e.csv", "time,event,customer_id,product_id\n2024-01-01 10:00:00,view,anna-1701,P1\n2024-01-02 10:00:00,view,bert-1802,P2\n");
        Assert.Equal(CommandLine.Done, (await Coterie("ingest", events, "--workspace", At("ws"))).Code);
        return At("ws");
    }

    [Fact]
    public async Task Erase_NeedsYesWithoutATerminal_ThenShowsAReceipt_InBothLanguages()
    {
        var workspace = await Made();
        var asked = await Coterie("erase", "anna-1701", "--workspace", workspace);
        Assert.Equal(CommandLine.WrongUsage, asked.Code);
        Assert.Contains("--yes", asked.Error, StringComparison.Ordinal);
        var done = await Coterie("erase", "anna-1701", "--workspace", workspace, "--yes", "--reason", "letter of 3 May");
        Assert.Equal(CommandLine.Done, done.Code);
        Assert.Contains("Erased 1 customers", done.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("anna", done.Output, StringComparison.Ordinal);
        var again = await Coterie("erase", "anna-1701", "--workspace", workspace, "--yes");
        Assert.Equal(CommandLine.UnusableInput, again.Code);
        Assert.Contains("Erased before", again.Error, StringComparison.Ordinal);
        var chinese = await Coterie("erase", "bert-1802", "--workspace", workspace, "--yes", "--lang", "zh");
        Assert.Contains("已删除 1 位客户", chinese.Output, StringComparison.Ordinal);
        Assert.Contains("Later events of 1 ids", (await Coterie("erase", "bert-1802", "--workspace", workspace, "--lift")).Output, StringComparison.Ordinal);
        Assert.Equal(CommandLine.UnusableInput, (await Coterie("erase", "x", "--workspace", At("nowhere"), "--yes")).Code);
    }

    [Fact]
    public async Task Json_IsTheReceipt_WithoutTheId()
    {
        var done = await Coterie("erase", "anna-1701", "--workspace", await Made(), "--yes", "--json");
        using var receipt = JsonDocument.Parse(done.Output);
        Assert.Equal("coterie.erasure/1", receipt.RootElement.GetProperty("schema").GetString());
        Assert.DoesNotContain("anna", done.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BackupThenRestore_BringsErasedCustomersBack_UnlessToldWhoTheyWere()
    {
        var workspace = await Made();
        Assert.Equal(CommandLine.Done, (await Coterie("backup", "--workspace", workspace, "--out", At("b.tar.gz"))).Code);
        Assert.Equal(CommandLine.Done, (await Coterie("erase", "anna-1701", "--workspace", workspace, "--yes")).Code);
        var plain = await Coterie("restore", At("b.tar.gz"), "--workspace", At("plain"));
        Assert.Equal(CommandLine.Done, plain.Code);
        Assert.Contains("erase them again", plain.Output, StringComparison.Ordinal);
        var again = await Coterie("restore", At("b.tar.gz"), "--workspace", At("again"), "--erasures", Path.Combine(workspace, "erasures"));
        Assert.Contains("erased again: 1", again.Output, StringComparison.Ordinal);
        Assert.Empty(CanaryShop.With(At("again"), "anna-1701"));
        Assert.Equal(CommandLine.WrongUsage, (await Coterie("restore", At("b.tar.gz"), "--workspace", At("again"))).Code);
        Assert.Equal(CommandLine.UnusableInput, (await Coterie("restore", At("e.csv"), "--workspace", At("third"))).Code);
    }

    [Fact]
    public async Task Retention_SaysWhatIsMissing_AndWhatWouldGo()
    {
        var workspace = await Made();
        Assert.Equal(CommandLine.WrongUsage, (await Coterie("retention", "--workspace", workspace)).Code);
        File.WriteAllText(Path.Combine(workspace, "coterie.json"), """{"schema":"coterie.workspace/1","retention":{"events_months":1,"runs":3}}""");
        var dry = await Coterie("retention", "--workspace", workspace, "--dry-run");
        Assert.Contains("Would be removed", dry.Output, StringComparison.Ordinal);
        Assert.Contains("2 rows of events", dry.Output, StringComparison.Ordinal);
        Assert.Contains("已删除", (await Coterie("retention", "--workspace", workspace, "--lang", "zh")).Output, StringComparison.Ordinal);
    }
}
