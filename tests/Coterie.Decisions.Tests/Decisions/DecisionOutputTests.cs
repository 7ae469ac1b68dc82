using System.Text;
using Coterie.Decisions;
using Coterie.Evaluation;
using Coterie.Profiles;
using Coterie.Reports;
using Coterie.Tests.Support;

namespace Coterie.Tests.Decisions;

public class DecisionOutputTests
{
    static readonly DecisionShop Shop = new("GBP", []);

    static Decided Some(params object?[] row) => new(
        new { Customers = 3, Rate = double.NaN },
        new DecisionPage { Id = "value", Title = new("Value", "价值"), Verdict = new("Found.", "已得出。") },
        [new DecisionFile("value", [.. row.Select((_, i) => $"c{i}")], [row])]);

    static string Csv(params object?[] row)
    {
        using var stream = new MemoryStream();
        DecisionOutput.Csv(stream, Some(row).Files[0]);
        return Encoding.UTF8.GetString(stream.ToArray()).Split('\n')[1];
    }

    [Fact]
    public void ATable_KeepsNumbers_AndGuardsWhatASpreadsheetWouldCompute()
    {
        Assert.Equal("0.1,,5,true,2024-02-03,2024-02-03T04:05:00Z", Csv(0.1, double.NaN, 5, true, new DateTime(2024, 2, 3), new DateTime(2024, 2, 3, 4, 5, 0)));
        Assert.Equal("'=1+1,\"a,\"\"b\"\"\",", Csv("=1+1", "a,\"b\"", null));
    }

    [Fact]
    public void FilesThatAreThere_AreReplacedOnlyWhenForced()
    {
        using var folder = new TemporaryFolder();
        var written = DecisionOutput.Write(Some("a"), Shop, folder.Path, force: false);
        Assert.Equal([folder.File("value.html"), folder.File("value.json"), folder.File("value.page.json"), folder.File("value.csv")], written);
        var kept = DecisionOutput.ReadPage(folder.File("value.page.json"));
        Assert.Equal((Shop.Currency, Some("a").Page.Title, Shop.Segments.Count), (kept.Currency, kept.Page.Title, kept.Segments.Count));
        var e = Assert.Throws<ConfigurationException>(() => DecisionOutput.Write(Some("b"), Shop, folder.Path, force: false));
        Assert.Contains("--force", e.Message, StringComparison.Ordinal);
        Assert.Contains("\na\n", File.ReadAllText(folder.File("value.csv")), StringComparison.Ordinal);
        DecisionOutput.Write(Some("b"), Shop, folder.Path, force: true);
        Assert.Contains("\nb\n", File.ReadAllText(folder.File("value.csv")), StringComparison.Ordinal);
        Assert.Contains("\"rate\": \"NaN\"", File.ReadAllText(folder.File("value.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void ACell_IsWrittenInItsUnit_WithItsInterval()
    {
        Assert.Equal("12.3% (10.0% … 15.0%)", DecisionText.Of(new Estimate(0.123, 0.1, 0.15), "share", null).En);
        Assert.Equal("£12.50", DecisionText.Of(12.5, "money", "GBP").En);
        Assert.Equal("–", DecisionText.Of(DecisionCell.Nothing, "money", "GBP").En);
        Assert.Equal("3 天", DecisionText.Of(3, "days", null).Zh);
        Assert.Equal("2024-01-02", DecisionText.Of(new DateTime(2024, 1, 2), "date", null).Zh);
        Assert.Equal("价值", DecisionText.Of(new Bilingual("Value", "价值"), "text", null).Zh);
    }
}
