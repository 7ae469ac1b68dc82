using System.Text.RegularExpressions;
using Coterie.Features;
using Coterie.Tests.Support;

namespace Coterie.Tests.Features;

public partial class FeatureCatalogueTests
{
    [Fact]
    public void Names_AreUnique_AndSnakeCase()
    {
        Assert.True(FeatureCatalogue.All.Count >= 50);
        Assert.Equal(FeatureCatalogue.All.Count, FeatureCatalogue.All.Select(f => f.Name).Distinct().Count());
        Assert.All(FeatureCatalogue.All, f => Assert.Matches(SnakeCase(), f.Name));
    }

    [Fact]
    public void EveryFeature_SpeaksBothLanguages() => Assert.All(FeatureCatalogue.All.Append(FeatureCatalogue.CategoryShare("a/b")), f =>
    {
        Assert.All(new[] { f.Label, f.Sentence, f.Unit, f.High, f.Low }, Assert.NotEmpty);
        Assert.All(new[] { f.LabelZh, f.HighZh, f.LowZh }, t => Assert.Matches("[\u4e00-\u9fff]", t));
        Assert.EndsWith(".", f.Sentence, StringComparison.Ordinal);
        Assert.NotEqual(f.High, f.Low);
        Assert.NotEqual(f.HighZh, f.LowZh);
    });

    [Fact]
    public void Words_AreNotSharedByTwoFeatures()
    {
        Assert.Empty(FeatureCatalogue.All.Select(f => f.Label).GroupBy(x => x).Where(g => g.Count() > 1).Select(g => g.Key));
        Assert.Empty(FeatureCatalogue.All.SelectMany(f => new[] { f.High, f.Low }).GroupBy(x => x).Where(g => g.Count() > 1).Select(g => g.Key));
        Assert.Empty(FeatureCatalogue.All.Select(f => f.LabelZh).GroupBy(x => x).Where(g => g.Count() > 1).Select(g => g.Key));
    }

    [Fact]
    public void Families_AreThoseOfTheContract()
    {
        string[] families = ["recency", "frequency", "money", "rhythm", "basket", "refunds", "discount", "category", "time", "season", "funnel",
            "session", "search", "context", "reviews", "trend"];
        Assert.Equal(families.Order(), FeatureCatalogue.All.Select(f => f.Family).Distinct().Order());
    }

    [Fact]
    public void ThePage_IsWhatTheCatalogueSays()
    {
        var page = Repository.At("docs", "methods", "features.md");
        if (Environment.GetEnvironmentVariable("COTERIE_UPDATE_DOCS") == "1") File.WriteAllText(page, FeatureCatalogueDoc.Write());
        Assert.Equal(FeatureCatalogueDoc.Write(), File.ReadAllText(page));
    }

    [GeneratedRegex("^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
    private static partial Regex SnakeCase();
}
