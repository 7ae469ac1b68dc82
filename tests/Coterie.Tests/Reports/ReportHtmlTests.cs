using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Coterie.Reports;
using Coterie.Tests.Support;
using CsCheck;

namespace Coterie.Tests.Reports;

public partial class ReportHtmlTests
{
    static readonly string[] Void = ["meta", "link", "br", "img", "input", "hr", "col"];

    public static TheoryData<string> All => ["shop", "clicks", "none", "short", "labels", "hostile", "twelve", "same", "deep"];

    [GeneratedRegex("<script>(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Scripts();

    [GeneratedRegex("<style>.*?</style>", RegexOptions.Singleline)]
    private static partial Regex Styles();

    [GeneratedRegex("<(/?)([a-zA-Z][a-zA-Z0-9]*)([^>]*?)(/?)>")]
    private static partial Regex Tags();

    static string WithoutScripts(string page) => Styles().Replace(Scripts().Replace(page, ""), "");

    [Theory, MemberData(nameof(All))]
    public void EveryElement_IsClosedWhereItBelongs(string name)
    {
        var open = new Stack<string>();
        foreach (Match tag in Tags().Matches(WithoutScripts(ReportHtml.Page(ReportJsonTests.Named(name), "en"))))
        {
            var element = tag.Groups[2].Value.ToLowerInvariant();
            if (Void.Contains(element) || tag.Groups[4].Length > 0) continue;
            if (tag.Groups[1].Length == 0) open.Push(element);
            else Assert.Equal(open.Pop(), element);
        }

        Assert.Empty(open);
    }

    [Theory, MemberData(nameof(All))]
    public void ThePage_AsksNothingOfAnyNetwork(string name)
    {
        var page = ReportHtml.Page(ReportJsonTests.Named(name), "en");
        Assert.DoesNotContain("src=\"", WithoutScripts(page));
        Assert.DoesNotMatch("href=\"(?!#|data:,)", WithoutScripts(page));
        Assert.DoesNotMatch(@"url\s*\(|@import", Styles().Match(page).Value);
        var policy = Regex.Match(page, "Content-Security-Policy\" content=\"([^\"]*)\"").Groups[1].Value;
        Assert.StartsWith("default-src 'none'; script-src 'sha256-", policy);
        Assert.DoesNotContain("http", policy);
        Assert.DoesNotContain("unsafe-inline", policy[..policy.IndexOf("style-src", StringComparison.Ordinal)]);
    }

    [Fact]
    public void TheTwoScripts_AreTheOnesThatThePolicyAllows()
    {
        var page = ReportHtml.Page(Some.WithHostileText(), "en");
        var scripts = Scripts().Matches(page).Select(m => m.Groups[1].Value).ToArray();
        Assert.Equal(2, scripts.Length);
        foreach (var script in scripts)
            Assert.Contains("'sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script))) + "'", page);
    }

    [Fact]
    public void NothingFromTheData_BecomesMarkup()
    {
        var page = ReportHtml.Page(Some.WithHostileText(), "en");
        Assert.DoesNotContain("<img", WithoutScripts(page));
        Assert.DoesNotContain("onerror=alert(1)>", WithoutScripts(page));
        Assert.Contains("&lt;/script&gt;", page);
        // Scripts: two of ours, and the data of the charts, which close only where we close them.
        var plain = Scripts().Replace(page, "");
        Assert.Equal(Regex.Count(plain, "<script type=\"application/json\">"), Regex.Count(plain, "</script>"));
    }

    [Fact]
    public void AnyText_IsShownAsItIs_AndNeverAsMarkup()
    {
        var report = Some.NoStructure() with { Map = [], Features = [] };
        var before = Tags().Count(WithoutScripts(ReportHtml.Page(report with { Notes = ["x"], Settings = new Dictionary<string, string> { ["k"] = "x" } }, "en")));
        Gen.OneOf(Gen.String[Gen.Char[' ', '~'], 0, 40], Gen.String[Gen.Char["<>&\"'`/=! {}sc客"], 0, 20]).Sample(text =>
        {
            var page = WithoutScripts(ReportHtml.Page(report with { Notes = [text], Settings = new Dictionary<string, string> { ["k"] = text } }, "en"));
            return Tags().Count(page) == before && System.Net.WebUtility.HtmlDecode(page).Contains($"<li>{text}</li>");
        }, iter: 50, threads: 1);
    }

    [Theory, MemberData(nameof(All))]
    public void EverySegment_IsThere_InBothLanguages(string name)
    {
        var report = ReportJsonTests.Named(name);
        if (name == "hostile") return;
        var page = ReportHtml.Page(report, "en");
        foreach (var s in report.Segments)
        {
            Assert.Contains($">{s.Id}</span>", page);
            Assert.Contains($"<span class=\"en\" lang=\"en\">{s.Name.En}</span><span class=\"zh\" lang=\"zh-Hans\">{s.Name.Zh}</span>", page);
            Assert.Contains(System.Text.Encodings.Web.HtmlEncoder.Default.Encode(s.Rule.Sql), page);
            Assert.Equal(report.Segments.Count, Regex.Count(page, "<article class=\"card"));
        }

        Assert.Equal(report.Segments.Count > 0, page.Contains("id=\"segments\""));
        Assert.Equal(report.Labels is not null, page.Contains("id=\"labels\""));
    }

    [Theory, MemberData(nameof(All))]
    public void Headings_GoDownOneLevelAtATime_FromOneTitle(string name)
    {
        var levels = Regex.Matches(WithoutScripts(ReportHtml.Page(ReportJsonTests.Named(name), "en")), "<h([1-6])").Select(m => int.Parse(m.Groups[1].Value)).ToArray();
        Assert.Equal(1, levels[0]);
        Assert.Equal(1, levels.Count(l => l == 1));
        foreach (var (before, after) in levels.Zip(levels.Skip(1))) Assert.True(after <= before + 1, $"h{before} is followed by h{after}");
    }

    [Theory, MemberData(nameof(All))]
    public void EveryChart_HasALabel_AndItsNumbersAreOnThePageWithoutScripts(string name)
    {
        var page = WithoutScripts(ReportHtml.Page(ReportJsonTests.Named(name), "en"));
        foreach (Match chart in Regex.Matches(page, "<div class=\"chart\"[^>]*>"))
        {
            Assert.Contains("role=\"img\"", chart.Value);
            Assert.Matches("aria-label=\"[^\"]+\"", chart.Value);
        }

        // Closed details hide their content without scripts, so numbers are in open ones.
        foreach (Match details in Regex.Matches(page, "<details class=\"numbers\"[^>]*>")) Assert.Contains(" open", details.Value);
        foreach (Match head in Regex.Matches(page, "<th[ >][^>]*")) Assert.Contains("scope=", head.Value);
    }

    [Fact]
    public void TheHeadline_SaysWhatWasFound()
    {
        Assert.Contains("<title>6 segments among 4,334 customers. They predict the next 90 days better than RFM.</title>", ReportHtml.Page(Some.Report(), "en"));
        Assert.Contains("<title>4,334 位客户分为 6 群，对此后 90 天的预测优于 RFM。</title>", ReportHtml.Page(Some.Report(), "zh"));
        Assert.Contains("<title>No segments: 2,357 customers, and no groups among them.</title>", ReportHtml.Page(Some.NoStructure(), "en"));
        Assert.Contains("about as well as RFM.</title>", ReportHtml.Page(Some.NoBetterThanRfm(), "en"));
        Assert.Contains("better than RFM in one measure, and worse in the other.", ReportHtml.Page(Some.Report() with { Validity = SomeParts.Validity(6, "mixed") }, "en"));
        Assert.Contains("too short to test them", ReportHtml.Page(Some.WithoutValidity(), "en"));
        Assert.Contains("RFM predicts the next 90 days better than they do.", ReportHtml.Page(Some.TwelveSegments(), "en"));
        Assert.Contains("as asked, among", ReportHtml.Page(Some.Report() with { Search = Some.Report().Search with { NoStructure = true } }, "en"));
    }

    [Fact]
    public void WithoutStructure_ThePageSaysSo_AndWhatToDo()
    {
        var page = ReportHtml.Page(Some.NoStructure(), "en");
        Assert.Contains("What to do instead", page);
        Assert.Contains("--k 4", page);
        Assert.DoesNotContain("<article class=\"card", page);
    }

    [Fact]
    public void ThePage_IsDrawnFromReportJsonAlone()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in new[] { "shop", "none", "labels", "hostile" })
        {
            ReportJson.Write(ReportJsonTests.Named(name), folder.File("report.json"));
            Assert.Equal(ReportHtml.Page(ReportJsonTests.Named(name), "en"), ReportHtml.Page(ReportJson.Read(folder.File("report.json")), "en"));
        }
    }

    [Fact]
    public void ThePage_IsLittleMoreThanItsChartLibrary()
    {
        using var folder = new TemporaryFolder();
        ReportHtml.Write(Some.TwelveSegments(), folder.File("report.html"), "zh");
        Assert.InRange(new FileInfo(folder.File("report.html")).Length, 1_100_000, 1_600_000);
        Assert.StartsWith("<!doctype html>\n<html lang=\"zh-Hans\" data-lang=\"zh\"", File.ReadAllText(folder.File("report.html")));
    }

    [Fact]
    public void NumbersThatAreMissing_AreDashes_NotNaN()
    {
        var report = Some.WithLabels();
        var page = WithoutScripts(ReportHtml.Page(report with
        {
            RulesFidelity = double.NaN,
            PeakMemoryMb = double.NaN,
            Quality = report.Quality with { RowsRead = 0, RevenueRead = 0, FirstEvent = null },
            Segments = [.. report.Segments.Select(s => s with { RevenueShare = double.NaN, Stability = double.NaN, TopCategories = [], Facts = [], Examples = [] })],
        }, "en"));
        Assert.DoesNotMatch(">[^<]*(NaN|∞|Infinity)", page);
        Assert.DoesNotContain("NaN%", page);
    }

    [Fact]
    public void Text_IsReadableInBothThemes()
    {
        string Of(string name, bool dark) => Palette.Page.Single(c => c.Name == name) is var c && dark ? c.Dark : c.Light;
        foreach (var dark in new[] { false, true })
        {
            foreach (var surface in new[] { "paper", "card" })
            {
                foreach (var text in new[] { "ink", "muted", "accent", "good", "fair", "poor" })
                    Assert.True(Palette.Contrast(Of(text, dark), Of(surface, dark)) >= 4.5, $"{text} on {surface}, dark {dark}");
                foreach (var mark in Palette.Segments)
                    Assert.True(Palette.Contrast(dark ? mark.Dark : mark.Light, Of(surface, dark)) >= 3, $"{mark.Name} on {surface}, dark {dark}");
            }

            foreach (var s in Palette.Segments)
                Assert.True(Palette.Contrast(dark ? s.Dark : s.Light, Palette.TextOn(dark ? s.Dark : s.Light)) >= 4.5, $"text on {s.Name}, dark {dark}");
            foreach (var (fill, text) in Palette.Heat)
                Assert.True(Palette.Contrast(dark ? fill.Dark : fill.Light, dark ? text.Dark : text.Light) >= 4.5, $"text on {fill.Name}, dark {dark}");
        }
    }

    [Fact]
    public void Contrast_IsThatOfWcag()
    {
        // WCAG 2.2: black on white is 21:1; #767676 on white is the well-known 4.54:1.
        Assert.Equal(21, Palette.Contrast("#000000", "#ffffff"), 9);
        Assert.Equal(4.54, Palette.Contrast("#767676", "#ffffff"), 2);
    }
}
