using System.Text.RegularExpressions;
using Coterie.Features;
using Coterie.Reports;
using CsCheck;
using Phrase = Coterie.Reports.Words.Phrase;

namespace Coterie.Tests.Decisions;

/// <summary>Laws of the phrasebook itself; <see cref="ChineseReportTests"/> holds it against what runs say.</summary>
public sealed partial class PhrasebookTests
{
    static string Id(Phrase p) => p.En;

    [Fact]
    public void BothLanguages_HaveTheSameHoles()
    {
        Assert.All(Phrasebook.All, p => Assert.Equal(p.Holes.Order(StringComparer.Ordinal), p.HolesOfChinese.Order(StringComparer.Ordinal)));
        Assert.All(Phrasebook.All, p => Assert.Equal(p.Holes.Count(), p.Holes.Distinct(StringComparer.Ordinal).Count()));
    }

    [Fact]
    public void NoEnglish_HasTwoMeanings() =>
        Assert.Empty(Phrasebook.All.GroupBy(Id, StringComparer.Ordinal).Where(g => g.Select(p => p.Zh).Distinct(StringComparer.Ordinal).Skip(1).Any()).Select(g => g.Key));

    [Fact]
    public void HolesOfTheEnglish_NeverTouch() => Assert.DoesNotContain(Phrasebook.All, p => p.En.Contains("}{", StringComparison.Ordinal));

    // Options with their values, names of files, methods and columns stay as they are in every language.
    [GeneratedRegex(@"--\w[\w-]*|\{[^}]*\}|customer_id|user_id|add_to_cart|product_category_name(_english)?|Lineitem (sku|name)|report\.html|fonts-dejavu-core|macOS|[A-Z][A-Za-z0-9*.-]*")]
    private static partial Regex Allowed();

    [GeneratedRegex("[a-z]{2,}[ ,]+[a-z]{2,}")]
    private static partial Regex EnglishWords();

    [Fact]
    public void TheChinese_HoldsNoEnglish_AndItsOwnSigns()
    {
        Assert.All(Phrasebook.All, p => Assert.DoesNotMatch(EnglishWords(), Allowed().Replace(p.Zh, "")));
        // Half-width commas, semicolons and stops belong to English.
        Assert.All(Phrasebook.All, p => Assert.DoesNotMatch(@"[\u4E00-\u9FFF] ?[,;:!?]|[\u4E00-\u9FFF]\.( |$)|[,;] ?[\u4E00-\u9FFF]", p.Zh));
        // A sentence is a sentence in both.
        Assert.All(Phrasebook.All.Where(p => p.En.EndsWith('.')), p => Assert.EndsWith("。", p.Zh));
    }

    [Fact]
    public void AnyNumbers_PassThrough_InEveryTemplate()
    {
        var templates = Phrasebook.All.Where(p => !p.IsWhole).ToArray();
        Gen.Select(Gen.Int[0, templates.Length - 1], Gen.Int[1, 999_999].Array[12]).Sample((at, numbers) =>
        {
            var (phrase, next) = (templates[at], 0);
            var sentence = Regex.Replace(phrase.En, @"\{(\w+)(:(\w+))?\}", hole => hole.Groups[3].Value == "words" ? "stability" : $"{numbers[next++]}");
            var chinese = Phrasebook.Chinese(sentence);
            Assert.NotNull(chinese);
            var (sent, told) = (Digits(sentence), Digits(chinese));
            Assert.All(numbers.Take(next), n => Assert.True(sent[$"{n}"] <= told.GetValueOrDefault($"{n}"), $"{sentence} → {chinese}"));
        }, iter: 2000);
    }

    static Dictionary<string, int> Digits(string text) =>
        Regex.Matches(text, @"\d+").GroupBy(m => m.Value, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);

    [Fact]
    public void AnyText_NeverThrows_AndIsNotLost()
    {
        Gen.String.Sample(text => Assert.Equal(text, Phrasebook.Of(text).En), iter: 2000);
        Assert.Equal("Nobody ever said this.", Phrasebook.Of("Nobody ever said this.").Zh);
        // Names that hold the words of a template are names.
        Assert.Equal("没有列指明已知客户；以“id' was taken for”列作为客户。", Phrasebook.Of("No column names known customers; 'id' was taken for' was taken for the customer.").Zh);
    }

    [Theory]
    [InlineData("The last 90 of 365 days were held back for the proof.", "在全部 365 天中，最后 90 天留作检验。")]
    [InlineData("stable, but coarser than kmeans with 4 clusters", "稳定，但比 K-means 分 4 群更粗")]
    [InlineData("stable, but not clearly better than gmm with 6 clusters on outlook: score 0.95 against 1.03", "稳定，但不明显优于前景上的高斯混合分 6 群：得分 0.95 对 1.03")]
    [InlineData("unstable: 7.1 % of customers change segment on a refit; at most 2 % is asked for", "不稳定：重新拟合时 7.1% 的客户换群，要求至多 2%")]
    [InlineData("no events of kind review; no column rating", "没有 review 类事件；没有 rating 列")]
    [InlineData("Prices are in 2 currencies (EUR, USD) and are not converted: sums mix them. Some files have times of day and some have dates only: time of day is not used.",
        "价格涉及 2 种货币（EUR、USD），未作换算：合计混合了各种货币。部分文件有时刻，部分只有日期：不使用时刻。")]
    public void Sentences_ReadAsChinese(string english, string chinese) => Assert.Equal(chinese, Phrasebook.Of(english).Zh);

    [Fact]
    public void EveryFeature_IsExplained() =>
        Assert.Empty(FeatureCatalogue.All.Append(FeatureCatalogue.CategoryShare("toys")).Where(f => Phrasebook.Chinese(f.Sentence) is null || Phrasebook.Chinese(f.Unit) is null).Select(f => f.Name));

    [Fact]
    public void EveryRuleOfTheChoice_IsTranslated() => Assert.All(SegmentSearch.Rules, r => Assert.NotNull(Phrasebook.Chinese(r)));

    /// <summary>What stages note is read from their sources, so that rare branches are held too: the shape of each sentence, its holes left open.</summary>
    [Fact]
    public void EveryNoteInTheSources_StandsInThePhrasebook()
    {
        var known = Phrasebook.All.Select(p => SourceSentences.Shape(p.En)).ToHashSet(StringComparer.Ordinal);
        var missing = SourceSentences.All().Where(s => !known.Contains(s.Shape) && Phrasebook.Chinese(s.Shape.Replace("{}", "7", StringComparison.Ordinal)) is null).ToArray();
        Assert.Empty(missing);
        Assert.True(SourceSentences.All().Count() > 60, "The sources are not found, or notes are made in another way: correct SourceSentences.");
    }
}
