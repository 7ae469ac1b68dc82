using System.Text.RegularExpressions;
using Coterie.Reports;
using Coterie.Tests.Cli;

namespace Coterie.Tests.Decisions;

/// <summary>Whole runs, read by somebody who knows no English.</summary>
public sealed partial class ChineseReportTests : Running
{
    // Text of the page that is neither the English half of a pair nor markup.
    [GeneratedRegex("<span class=\"en\" lang=\"en\">.*?</span>|<script.*?</script>|<style.*?</style>|<pre>.*?</pre>|<code>.*?</code>|<[^>]*>", RegexOptions.Singleline)]
    private static partial Regex NotChinese();

    // Four English words in a row are a sentence, whatever they are about.
    [GeneratedRegex(@"\b[A-Za-z]{2,}( [a-z]{2,}){3,}")]
    private static partial Regex Sentence();

    async Task<string> Segmented(string file, params string[] options)
    {
        var ran = await Coterie(["segment", file, "--out", At("out"), "--lang", "zh", .. options]);
        Assert.Equal(0, ran.Code);
        Assert.DoesNotMatch(Sentence(), ran.Output);
        Assert.DoesNotContain("note:", ran.Output, StringComparison.Ordinal);
        var page = File.ReadAllText(At("out/report.html"));
        string[] alone = [.. Regex.Matches(page, "<[a-z]+[^>]* lang=\"en\"[^>]*>[^<]*").Select(m => m.Value).Where(m => !m.StartsWith("<span class=\"en\"", StringComparison.Ordinal) && !m.Contains("data-set-lang", StringComparison.Ordinal))];
        Assert.Empty(alone);
        Assert.Empty(Sentence().Matches(NotChinese().Replace(page, "\n")).Select(m => m.Value));
        Known(ReportJson.Read(At("out/report.json")));
        return ran.Output;
    }

    // Everything that stages say in words.
    static void Known(RunReport r)
    {
        string[] said =
        [
            .. r.Notes, .. r.Quality.Notes, .. r.Search.Rules, r.Search.Structure.Explanation, .. r.Search.Candidates.Select(c => c.Verdict), .. r.Search.Candidates.Select(c => c.View),
            .. r.Features.Select(f => f.Sentence), .. r.Features.Select(f => f.Transform), .. r.Features.Select(f => f.Dropped ?? ""), .. r.FeaturesLeftOut.Values, .. r.Validity?.Notes ?? [],
            .. r.Deep.Notes, .. r.Deep.SequenceCandidates.Concat(r.Deep.FusedCandidates).Select(c => c.Verdict), .. r.Deep.Heads?.Notes ?? [], .. r.Timings.Keys,
            .. r.Deep.Trainings.SelectMany(t => t.Findings.Append(t.Ended).Append(t.Model)),
        ];
        Assert.Empty(said.Where(s => Phrasebook.Chinese(s) is null).Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Orders_InBothViewsAndWithNetworks()
    {
        var shop = At("shop");
        Assert.Equal(0, (await Coterie("simulate", "--customers", "300", "--days", "200", "--seed", "3", "--out", shop, "--lang", "zh")).Code);
        var printed = await Segmented(Path.Combine(shop, "events.csv"), "--truth", Path.Combine(shop, "truth.csv"), "--deep", "on", "--time-budget", "4");
        Assert.Contains("读取", printed, StringComparison.Ordinal);
        Assert.Contains("与真实标签比较", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Orders_InTheFeaturesViewAlone()
    {
        var printed = await Segmented(Write("orders.csv", Orders()), "--deep", "off");
        Assert.Contains("编号", printed, StringComparison.Ordinal);
        var scored = await Coterie("score", At("orders.csv"), "--model", At("out"), "--out", At("scored.csv"), "--lang", "zh");
        Assert.Contains("200 位客户", scored.Output, StringComparison.Ordinal);
        var evaluated = await Coterie("evaluate", "--labels", At("out/segments.csv"), "--truth", At("out/segments.csv"), "--lang", "zh");
        Assert.Contains("准确率 1.0000", evaluated.Output, StringComparison.Ordinal);
        var ingested = await Coterie("ingest", At("orders.csv"), "--workspace", At("kept"), "--lang", "zh");
        Assert.Contains("工作区共有 200 位客户。", ingested.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CustomersWithoutGroups_AreToldSo_InChinese()
    {
        // Eight customers who order at random from the same distribution.
        var rng = new Coterie.Numerics.Seed(7).Stream(0);
        var rows = Enumerable.Range(0, 32).Select(i => $"{i},C{i % 8},{new DateTime(2024, 1, 1).AddMinutes(rng.NextInt(200 * 1440)):yyyy-MM-dd HH:mm:ss},P{rng.NextInt(30)},1,{5 + rng.NextDouble() * 20:0.00}");
        var printed = await Segmented(Write("orders.csv", "order_id,customer_id,order_date,product_id,quantity,unit_price\n" + string.Join('\n', rows) + "\n"));
        Assert.Contains("没有分群", printed, StringComparison.Ordinal);
    }
}
