using Coterie.Profiles;
using CsCheck;

namespace Coterie.Tests.Profiles;

public class SegmentNamesTests
{
    static readonly Gen<double> Position = Gen.Double[0, 1];

    [Theory]
    [InlineData(0.9, 0.9, 0.9, 0, 0, "champions")]
    [InlineData(0.5, 0.8, 0.7, 0, 0, "loyal")]
    [InlineData(0.8, 0.5, 0.5, 0.2, 0, "potential_loyalists")]
    [InlineData(0.9, 0.2, 0.3, 1, 0, "new_customers")]
    [InlineData(0.8, 0.2, 0.3, 0.5, 0, "promising")]
    [InlineData(0.5, 0.7, 0.4, 0, 0, "needs_attention")]
    [InlineData(0.4, 0.2, 0.4, 0.5, 0, "about_to_sleep")]
    [InlineData(0.2, 0.6, 0.7, 0, 0, "at_risk")]
    [InlineData(0.1, 0.9, 0.9, 0, 0, "cant_lose_them")]
    [InlineData(0.2, 0.4, 0.4, 0.3, 0, "hibernating")]
    [InlineData(0.1, 0.2, 0.2, 0.9, 0, "lost")]
    [InlineData(0.5, 0.5, 0.9, 0, 0, "big_spenders")]
    [InlineData(0.5, 0.2, 0.4, 0.9, 0, "one_time_buyers")]
    [InlineData(0.5, 0.2, 0.2, 0, 0.8, "window_shoppers")]
    [InlineData(0.5, 0.5, 0.5, 0, 0, null)]
    public void TheTable_SaysWhatItSays(double r, double f, double m, double once, double never, string? expected) =>
        Assert.Equal(expected, SegmentNames.Choose(new RfmPosition(r, f, m, once, never))?.Class);

    [Fact]
    public void EveryPosition_HasOneName_OrIsInTheMiddleOfAllThree() => Gen.Select(Position, Position, Position, Position).Sample((r, f, m, once) =>
        SegmentNames.Choose(new RfmPosition(r, f, m, once, 0)) is not null
            || new[] { r, f, m }.All(x => x is >= 0.4 and < 0.6));

    [Fact]
    public void Words_AreUnique_InBothLanguages_WithAnActionEach()
    {
        var named = SegmentNames.All.Where(n => n != SegmentNames.Distinct).ToArray();
        Assert.Equal(named.Length, named.Select(n => n.Name.En).Distinct().Count());
        Assert.Equal(named.Length, named.Select(n => n.Name.Zh).Distinct().Count());
        Assert.All(SegmentNames.All, n => Assert.True(n.Action.En.Length > 20 && SomeTable.HasChinese(n.Action.Zh)));
    }

    [Fact]
    public void TheDocumentation_HasEveryRowOfTheTable()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Coterie.slnx"))) folder = folder.Parent;
        if (folder is null)
        {
            Assert.Skip("The repository's docs are not above the test assembly.");
            return;
        }

        var page = File.ReadAllText(Path.Combine(folder.FullName, "docs", "methods", "profiles.md"));
        foreach (var row in SegmentNames.All.Where(n => n != SegmentNames.Distinct))
            Assert.Contains($"| `{row.Class}` | {row.Name.En} | {row.Name.Zh} |", page, StringComparison.Ordinal);
    }
}
