using System.Text.Json;
using Coterie.Reports;
using Coterie.Tests.Support;
using CsCheck;

namespace Coterie.Tests.Reports;

public class ReportJsonTests
{
    public static TheoryData<string> All => ["shop", "clicks", "none", "short", "labels", "hostile", "twelve", "deep"];

    internal static RunReport Named(string name) => name switch
    {
        "shop" => Some.Report(),
        "clicks" => Some.Clickstream(),
        "none" => Some.NoStructure(),
        "short" => Some.WithoutValidity(),
        "labels" => Some.WithLabels(),
        "hostile" => Some.WithHostileText(),
        "deep" => SomeDeep.Report(),
        "same" => Some.NoBetterThanRfm(),
        _ => Some.TwelveSegments(),
    };

    [Theory, MemberData(nameof(All))]
    public void AReport_ReadBackAndWrittenAgain_GivesTheSameBytes(string name)
    {
        using var folder = new TemporaryFolder();
        ReportJson.Write(Named(name), folder.File("a.json"));
        var back = ReportJson.Read(folder.File("a.json"));
        ReportJson.Write(back, folder.File("b.json"));
        Assert.Equal(File.ReadAllBytes(folder.File("a.json")), File.ReadAllBytes(folder.File("b.json")));
        Assert.Equal(Named(name).AsOf, back.AsOf);
        Assert.Equal(DateTimeKind.Utc, back.AsOf.Kind);
        Assert.Equal(Named(name).Segments.Count, back.Segments.Count);
    }

    [Fact]
    public void AnyNumber_ComesBackExactly_AndOneThatIsNotFiniteComesBackAsNaN()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("n.json");
        Gen.Double.Sample(value =>
        {
            ReportJson.Write(Some.NoStructure() with { PeakMemoryMb = value, Map = [], Features = [] }, path);
            var back = ReportJson.Read(path).PeakMemoryMb;
            return double.IsFinite(value) ? back.Equals(value) : double.IsNaN(back);
        }, iter: 100, threads: 1);
    }

    [Fact]
    public void AnyText_ComesBackUnchanged()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("t.json");
        Gen.String.Where(s => s.EnumerateRunes().All(r => r != System.Text.Rune.ReplacementChar)).Sample(text =>
        {
            ReportJson.Write(Some.NoStructure() with { Notes = [text], Map = [], Features = [] }, path);
            return ReportJson.Read(path).Notes[0] == text;
        }, iter: 100, threads: 1);
    }

    [Fact]
    public void TheKeysOfTheContract_AreThere()
    {
        using var folder = new TemporaryFolder();
        ReportJson.Write(Some.Report(), folder.File("r.json"));
        using var document = JsonDocument.Parse(File.ReadAllBytes(folder.File("r.json")));
        foreach (var path in new[]
        {
            "schema", "version", "seed", "as_of", "input.files", "input.rows_read", "input.rows_kept", "input.quarantined.no_customer", "customers", "features",
            "search.candidates", "search.chosen", "search.no_structure", "validity.horizon_days", "validity.metrics.ours", "validity.metrics.rfm",
            "validity.metrics.random", "validity.metrics.kmeans_rfm", "timings.collect", "peak_memory_mb",
        })
            Assert.True(Has(document.RootElement, path), path);
        var segment = document.RootElement.GetProperty("segments")[0];
        foreach (var path in new[] { "id", "name.en", "name.zh", "size", "share", "revenue_share", "stability", "facts", "rule" })
            Assert.True(Has(segment, path), path);
        Assert.Equal("schema", document.RootElement.EnumerateObject().First().Name);
    }

    [Fact]
    public void TheOrderOfADictionary_DoesNotChangeTheBytes()
    {
        using var folder = new TemporaryFolder();
        var report = Some.Report();
        ReportJson.Write(report, folder.File("a.json"));
        ReportJson.Write(report with { Settings = report.Settings.Reverse().ToDictionary(), Timings = report.Timings.Reverse().ToDictionary() }, folder.File("b.json"));
        Assert.Equal(File.ReadAllBytes(folder.File("a.json")), File.ReadAllBytes(folder.File("b.json")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"schema\": \"else/1\"}")]
    [InlineData("not json")]
    public void AFileThatIsNoReport_IsRefusedByName(string content)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("x.json"), content);
        Assert.Contains("x.json", Assert.Throws<InputException>(() => ReportJson.Read(folder.File("x.json"))).Message);
    }

    [Fact]
    public void QualityAndProfiles_ComeBackAsTheyWere()
    {
        using var folder = new TemporaryFolder();
        var report = Some.Report();
        QualityFile.Write(report.Quality, folder.File("quality.json"));
        ProfilesFile.Write(report.Segments, folder.File("profiles.json"));
        var quality = QualityFile.Read(folder.File("quality.json"));
        Assert.Equal(report.Quality.Rules, quality.Rules);
        Assert.Equal(report.Quality.Present.Order(), quality.Present.Order());
        Assert.Equal(report.Segments.Select(s => s.Name), ProfilesFile.Read(folder.File("profiles.json")).Select(s => s.Name));
        Assert.StartsWith("{\n  \"schema\": \"coterie.quality/1\"", File.ReadAllText(folder.File("quality.json")));
        Assert.Throws<InputException>(() => QualityFile.Read(folder.File("profiles.json")));
    }

    [Fact]
    public void Rules_CarryTheirFidelityInBothLanguages()
    {
        using var folder = new TemporaryFolder();
        RulesFile.Write("SELECT 1", 0.9137, folder.File("rules.sql"));
        var lines = File.ReadAllText(folder.File("rules.sql")).Split('\n');
        Assert.Contains(lines, l => l.StartsWith("--") && l.Contains("91.4 %") && l.Contains("客户"));
        Assert.Contains(lines, l => l.StartsWith("--") && l.Contains("91.4 %") && l.Contains("customers"));
        Assert.Equal("SELECT 1", lines.Single(l => l.Length > 0 && !l.StartsWith("--")));
    }

    static bool Has(JsonElement element, string path)
    {
        foreach (var key in path.Split('.'))
            if (!element.TryGetProperty(key, out element)) return false;
        return true;
    }
}
