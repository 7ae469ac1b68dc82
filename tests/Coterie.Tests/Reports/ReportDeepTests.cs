using System.Net;
using System.Text.RegularExpressions;
using Coterie.Cli;
using Coterie.Evaluation;
using Coterie.Reports;
using Coterie.Reports.Html;
using Coterie.Tests.Support;
using CsCheck;

namespace Coterie.Tests.Reports;

public partial class ReportDeepTests
{
    [GeneratedRegex("""<section id="(deep|classifier|learning)".*?</section>""", RegexOptions.Singleline)]
    private static partial Regex Parts();

    [GeneratedRegex("""<script type="application/json">(.*?)</script>""", RegexOptions.Singleline)]
    private static partial Regex Data();

    [GeneratedRegex("""<span class="en" lang="en">(.*?)</span><span class="zh" lang="zh-Hans">(.*?)</span>""", RegexOptions.Singleline)]
    private static partial Regex Pairs();

    [GeneratedRegex(@"[+−-]?\d[\d,.]*%?")]
    private static partial Regex Figures();

    /// <summary>The sections of the second view, without the charts' data.</summary>
    static string Sections(RunReport report) => Data().Replace(string.Concat(Parts().Matches(ReportHtml.Page(report, "en")).Select(m => m.Value)), "");

    static RunReport With(Func<ReportDeep, ReportDeep> change) => SomeDeep.Report() with { Deep = change(SomeDeep.Full()) };

    static string Text(string html) => WebUtility.HtmlDecode(Regex.Replace(html, "<[^>]+>", " "));

    [Fact]
    public void EveryNumber_IsThereInBothLanguages()
    {
        foreach (Match pair in Pairs().Matches(Sections(SomeDeep.Report())))
        {
            // Order may differ: Chinese puts the whole before the part.
            var en = Figures().Matches(WebUtility.HtmlDecode(pair.Groups[1].Value)).Select(m => m.Value.TrimEnd('.', ',')).Order();
            var zh = Figures().Matches(WebUtility.HtmlDecode(pair.Groups[2].Value)).Select(m => m.Value.TrimEnd('.', ',')).Order();
            Assert.True(en.SequenceEqual(zh), pair.Value);
        }
    }

    [Fact]
    public void EveryText_HasBothLanguages()
    {
        foreach (Match pair in Pairs().Matches(Sections(SomeDeep.Report())))
        {
            Assert.NotEmpty(pair.Groups[1].Value.Trim());
            Assert.Matches(@"\p{IsCJKUnifiedIdeographs}", pair.Groups[2].Value);
        }
    }

    [Fact]
    public void ThePage_HoldsTheNumbersOfEveryPart()
    {
        var deep = SomeDeep.Full();
        var text = Text(Sections(SomeDeep.Report()));
        foreach (var number in new[]
        {
            "4,334", "399,656", "0.462 (0.441 … 0.483)", "0.431 (0.414 … 0.449)", "0.536 (0.517 … 0.553)", "+0.031 (+0.008 … +0.054)", "+0.017 (−0.006 … +0.041)", "533", "141",
            "0.924", "0.951", "0.741", "0.823", "0.814", "0.512 (0.473 … 0.551)", "0.857", "146,880", "12,358", "3,467 / 433 / 434", "2.173", "88.8", "0.742 (0.723 … 0.761)", "−0.039 (−0.061 … −0.018)",
        })
            Assert.Contains(number, text);
        foreach (var row in deep.Crossing)
            foreach (var n in row) Assert.Contains($"{n:#,0}", text);
        foreach (var row in deep.Classifier!.HeldOut.Confusion)
            foreach (var n in row) Assert.Contains($"{n}", text);
        foreach (var epoch in deep.Trainings.SelectMany(t => t.Curve))
            Assert.Contains(epoch.Loss.ToString("0.0000", System.Globalization.CultureInfo.InvariantCulture), text);
    }

    [Fact]
    public void WithoutASecondView_OneParagraphSaysWhy_AndThereIsNoTable()
    {
        var sections = Sections(Some.Report());
        Assert.Contains("half of the customers have 2 events or fewer", sections);
        Assert.Contains("One view only", sections);
        Assert.DoesNotContain("<table", sections);
        Assert.DoesNotContain("class=\"chart\"", sections);
        Assert.DoesNotContain("id=\"classifier\"", sections);
        Assert.DoesNotContain("id=\"learning\"", sections);
        Assert.DoesNotContain("href=\"#deep\"", ReportHtml.Page(Some.Report(), "en"));
    }

    [Fact]
    public void WithASecondView_TheNavigationLeadsThere_AndTheGlossaryExplains()
    {
        var page = ReportHtml.Page(SomeDeep.Report(), "en");
        Assert.Contains("href=\"#deep\"", page);
        Assert.Contains("href=\"#classifier\"", page);
        Assert.Contains("<dt><span class=\"en\" lang=\"en\">Disputed</span>", page);
        Assert.DoesNotContain("href=\"#classifier\"", ReportHtml.Page(With(d => d with { Classifier = null }), "en"));
    }

    [Fact]
    public void AnyPart_MayBeMissing()
    {
        Func<ReportDeep, ReportDeep>[] less =
        [
            d => d with { Agreement = null }, d => d with { Crossing = [] }, d => d with { Verdict = null }, d => d with { Gains = [] }, d => d with { Disputed = 0, Disputes = [] }, d => d with { Truth = [] },
            d => d with { Classifier = null }, d => d with { Trainings = [] }, d => d with { Heads = null }, d => d with { SequenceCandidates = [] }, d => d with { FusedCandidates = [] },
            d => d with { EventDeciles = [], Events = 0, Customers = 0 }, d => d with { Model = null }, d => d with { Kept = "features" },
            d => d with { Classifier = d.Classifier! with { ByEvents = [] } }, d => d with { Trainings = [.. d.Trainings.Select(t => t with { TestLoss = null, Curve = [.. t.Curve.Select(e => e with { Validation = null })] })] },
        ];
        Gen.Bool.Array[less.Length].Sample(left =>
        {
            var report = With(d => less.Where((_, i) => left[i]).Aggregate(d, (now, change) => change(now.Classifier is null ? now with { Classifier = SomeDeep.Classifier(3) } : now)));
            var sections = Sections(report);
            // No heading without something under it, no table without a row, nothing that is no number.
            Assert.DoesNotMatch(@"<tbody>\s*</tbody>", sections);
            Assert.DoesNotMatch(@"</h3>\s*(<h3|</section>)", sections);
            Assert.DoesNotMatch(">[^<]*(NaN|∞|Infinity)", sections);
            return true;
        }, iter: 60, threads: 1);
    }

    [Fact]
    public void NothingMeasured_IsDashes()
    {
        var no = new Estimate(double.NaN, double.NaN, double.NaN);
        var report = With(d => d with
        {
            Gains = [new("features", no, no)],
            Agreement = d.Agreement! with { Ari = new(no, double.NaN, double.NaN, double.NaN) },
            SequenceCandidates = [new(4, double.NaN, double.NaN, double.NaN, double.NaN, "not measured")],
            Classifier = d.Classifier! with { ByEvents = [new(5, 0, no, double.NaN, double.NaN)], HeldOut = d.Classifier.HeldOut with { Calibration = new(double.NaN, double.NaN, []), LogLoss = double.NaN } },
            Trainings = [.. d.Trainings.Select(t => t with { TestLoss = double.NaN, Curve = [.. t.Curve.Select(e => e with { Loss = double.NaN, Validation = double.NaN })] })],
        });
        Assert.DoesNotMatch(">[^<]*(NaN|∞|Infinity)", Sections(report));
        Assert.DoesNotContain("NaN", string.Concat(Data().Matches(ReportHtml.Page(report, "en")).Select(m => m.Value)));
        using var folder = new TemporaryFolder();
        Assert.DoesNotContain(ReportPlots.Write(report, folder.File("plots")).Files, f => f.EndsWith("learning.png", StringComparison.Ordinal));
    }

    [Fact]
    public void TheCrossing_PutsPartnersOnADiagonal()
    {
        var section = Sections(SomeDeep.Report());
        var table = Regex.Match(section, "<table class=\"heat cross\">.*?</table>", RegexOptions.Singleline).Value;
        var rows = Regex.Matches(table, "<tr><th scope=\"row\">.*?</tr>", RegexOptions.Singleline);
        Assert.Equal(6, rows.Count);
        for (var r = 0; r < rows.Count; r++)
        {
            var cells = Regex.Matches(rows[r].Value, "<td class=\"h ([^\"]*)\"");
            Assert.Equal(7, cells.Count);
            Assert.Equal([r], Enumerable.Range(0, 7).Where(c => cells[c].Groups[1].Value.Contains("framed")));
        }
    }

    [Fact]
    public void ATrainingOfOneEpoch_HasNoCurve_AndItsLossesAreInTheTable()
    {
        var report = With(d => d with { Trainings = [.. d.Trainings.Select(t => t with { Curve = [new(1, 4.3681, 3.4212)], BestEpoch = 1, TestLoss = 3.3244 })] });
        Assert.DoesNotContain("loss by epoch", ReportHtml.Page(report, "en"));
        Assert.Contains("4.368 / 3.421 / 3.324", Text(Sections(report)));
        using var folder = new TemporaryFolder();
        Assert.DoesNotContain(ReportPlots.Write(report, folder.File("plots")).Files, f => f.EndsWith("learning.png", StringComparison.Ordinal));
    }

    [Fact]
    public void ClassesOfTheClassifier_StandInTheOrderOfTheSegments()
    {
        var report = With(d => d with { Classifier = d.Classifier! with { Segments = ["S4", "S3", "gone", "S2", "S1", "S6"] } });
        var section = Regex.Match(Sections(report), "<section id=\"classifier\".*?</section>", RegexOptions.Singleline).Value;
        var tables = Regex.Matches(section, "<table class=\"(named|heat)\">.*?</table>", RegexOptions.Singleline);
        Assert.Equal(2, tables.Count);
        foreach (Match table in tables)
        {
            var rows = Regex.Matches(table.Value, "<th scope=\"row\">(?:<span class=\"chip c\\d\">(S\\d)</span>|(gone))").Select(m => m.Groups[1].Value + m.Groups[2].Value);
            Assert.Equal(["S1", "S2", "S3", "S4", "S6", "gone"], rows);
        }

        // Framed cells are the diagonal whatever the order.
        Assert.Equal(6, Regex.Count(section, "framed"));
    }

    [Fact]
    public void WhatTwoTablesWouldRepeat_IsSaidOnce()
    {
        var same = With(d => d with { FusedCandidates = d.SequenceCandidates, Notes = ["a note", "a note"] });
        Assert.Equal(1, Regex.Count(Sections(same), "class=\"groups\""));
        Assert.Equal(1, Regex.Count(Sections(same), "<li>a note</li>"));
        Assert.Equal(2, Regex.Count(Sections(SomeDeep.Report()), "class=\"groups\""));
        Assert.DoesNotContain("Rand index of pairs", Sections(With(d => d with { SequenceCandidates = [.. d.SequenceCandidates.Select(c => c with { PairAri = double.NaN })], FusedCandidates = [] })));
    }

    [Fact]
    public void WhereOneViewWasKept_NobodyIsCalledDisputed()
    {
        var one = With(d => d with { Kept = "features", Disputed = 0, Disputes = [] });
        Assert.DoesNotContain(">Disputed<", Sections(one));
        var output = new StringWriter();
        Summary.Deep(output, one.Deep, "en");
        Assert.DoesNotContain("disputed", output.ToString());
    }

    [Fact]
    public void NothingIsMinusNothing()
    {
        var none = new Estimate(-0.0001, -0.0002, 0.0001);
        var text = Text(Sections(With(d => d with { Agreement = d.Agreement! with { Ari = new(none, -0.0001, 0.0001, 1) }, Gains = [new("features", none, none)] })));
        Assert.DoesNotContain("−0.000", text);
        Assert.DoesNotContain("+0.000", text);
        Assert.Contains("0.000 (0.000 … 0.000)", text);
    }

    [Fact]
    public void RowsOfDifferentLengths_AndPartnersThatAreNotThere_AreBorne()
    {
        var report = With(d => d with { Crossing = [[1, 2], [3], []], Agreement = d.Agreement! with { Matching = [new(0, 9, 1, 1, 1), new(7, 0, 1, 1, 1), new(1, null, 0, 1, 0)] } });
        Assert.Contains("heat cross", Sections(report));
    }

    [Fact]
    public void FurtherGroupings_StandBetweenOursAndTheBaselines()
    {
        var validity = SomeDeep.Report().Validity!;
        Assert.Equal(["ours", "features", "sequences", "classifier", "kmeans_rfm", "rfm", "random"], ValiditySections.Ordered(validity).Select(m => m.Name));
        var page = ReportHtml.Page(SomeDeep.Report(), "en");
        Assert.Contains("<span class=\"en\" lang=\"en\">Sequence view alone</span><span class=\"zh\" lang=\"zh-Hans\">序列视角</span>", page);
        Assert.Contains("<span class=\"en\" lang=\"en\">Features view alone</span><span class=\"zh\" lang=\"zh-Hans\">特征视角</span>", page);
    }

    [Fact]
    public void MarkupInTheSecondView_StaysText()
    {
        const string text = "</script><b>bold</b>\"'&";
        var page = ReportHtml.Page(SomeDeep.Report() with { Deep = SomeDeep.Hostile(text) }, "en");
        Assert.DoesNotContain("<b>bold", page);
        Assert.Contains("&lt;/script&gt;&lt;b&gt;bold&lt;/b&gt;", page);
        Assert.Equal(3, Parts().Count(page));
    }

    [Fact]
    public void TheSecondView_ComesBackFromJson()
    {
        using var folder = new TemporaryFolder();
        foreach (var deep in new[] { SomeDeep.Off(), SomeDeep.Full(), SomeDeep.Full() with { Classifier = null, Heads = null, Agreement = null, Model = null, Verdict = null } })
        {
            var report = SomeDeep.Report() with { Deep = deep };
            File.WriteAllText(folder.File("report.json"), ReportJson.Text(report));
            var back = ReportJson.Read(folder.File("report.json"));
            Assert.Equal(ReportJson.Text(report), ReportJson.Text(back));
            Assert.Equal(ReportHtml.Page(report, "zh"), ReportHtml.Page(back, "zh"));
            Assert.Equal(deep.Crossing.Select(r => r.Sum()), back.Deep.Crossing.Select(r => r.Sum()));
            Assert.Equal(deep.Trainings.Select(t => t.TestLoss), back.Deep.Trainings.Select(t => t.TestLoss));
            Assert.Equal(deep.Classifier?.ByEvents[^1].Events, back.Deep.Classifier?.ByEvents[^1].Events);
        }
    }

    [Theory]
    [InlineData("en", "Both views were fused into 6 segments", "Two views: agreement 0.46 (0.44 to 0.48); 12.3% of customers disputed; classifier right about 85.7% of 693 customers, macro F1 0.85.")]
    [InlineData("zh", "两种视角融合为 6 个分群", "两种视角：一致度 0.46（0.44 至 0.48）；有争议的客户 12.3%；分类器在 693 位客户上准确率 0.86、F1 0.85。")]
    public void TheTerminal_SaysTheVerdictInTwoLines(string lang, string verdict, string facts)
    {
        var output = new StringWriter();
        Summary.Deep(output, SomeDeep.Full(), lang);
        var lines = output.ToString().TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.StartsWith(verdict, lines[0]);
        Assert.Equal(facts, lines[1].Trim());
    }

    [Fact]
    public void TheTerminal_SaysWhyThereIsNone()
    {
        var output = new StringWriter();
        Summary.Deep(output, SomeDeep.Off(), "en");
        Assert.Equal("Second view: The order of events was not looked at: half of the customers have 2 events or fewer.", output.ToString().Trim());
    }
}
