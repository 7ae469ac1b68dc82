using System.Net;
using System.Text.RegularExpressions;
using Coterie.Server.Access;
using Coterie.Server.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Tests.Explain;

[Collection(ExplainServer.Shared)]
public sealed partial class PageTests(ExplainServer shop)
{
    static readonly string[] Void = ["meta", "link", "br", "img", "input", "hr", "col"];

    // Words that are the same in both languages, and what the data are called.
    static readonly string[] International =
    [
        "Coterie", "RFM", "SQL", "CSV", "AUC", "EN", "means", "HDBSCAN", "Genie", "Silhouette", "Jaccard", "USD", "auto", "kmeans", "gmm", "genie", "Kappa", "ARI", "features", "parquet", "UTC",
    ];

    public static TheoryData<string> Paths =>
    [
        "/", "/segments", "/segments/S1", "/segments/S2?order=confidence", "/migration", "/migration?from=0002&to=0001", "/migration?from=0001&to=0001", "/runs", "/runs/0001", "/runs/0002", "/?run=0001", "/segments?run=0001",
    ];

    [GeneratedRegex("<script[^>]*>.*?</script>", RegexOptions.Singleline)]
    private static partial Regex Scripts();

    [GeneratedRegex("<(/?)([a-zA-Z][a-zA-Z0-9]*)([^>]*?)(/?)>")]
    private static partial Regex Tags();

    [GeneratedRegex("<h([1-6])")]
    private static partial Regex Headings();

    [Theory, MemberData(nameof(Paths))]
    public async Task EveryPage_IsWhole_AndHasOneTitle(string path)
    {
        var client = await shop.As(Role.Operator);
        using var answer = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var page = await answer.Content.ReadAsStringAsync();
        var open = new Stack<string>();
        foreach (Match tag in Tags().Matches(Scripts().Replace(page, "")))
        {
            var element = tag.Groups[2].Value.ToLowerInvariant();
            if (Void.Contains(element) || tag.Groups[4].Length > 0) continue;
            if (tag.Groups[1].Length == 0) open.Push(element);
            else Assert.Equal(open.Pop(), element);
        }

        Assert.Empty(open);
        int[] levels = [.. Headings().Matches(page).Select(m => m.Groups[1].Value[0] - '0')];
        Assert.Equal(1, levels.Count(l => l == 1));
        Assert.Equal(1, levels[0]);
        foreach (var (before, after) in levels.Zip(levels.Skip(1))) Assert.True(after <= before + 1, $"h{before} is followed by h{after} on {path}");
        var ids = Regex.Matches(page, " id=\"([^\"]+)\"").Select(m => m.Groups[1].Value).ToArray();
        Assert.Equal(ids.Distinct().Count(), ids.Length);
    }

    [Theory, MemberData(nameof(Paths))]
    public async Task EveryPage_IsInChineseToo(string path)
    {
        var client = await shop.As(Role.Operator);
        var page = Scripts().Replace(await client.GetStringAsync(path + (path.Contains('?') ? "&" : "?") + "lang=zh"), "");
        Assert.Contains("data-lang=\"zh\"", page);
        // What is English, and said to be, is not shown or is a message of the run's own.
        page = Regex.Replace(page, "<(\\w+)(?: [^>]*)? lang=\"en\"[^>]*>.*?</\\1>|<(pre|code)[^>]*>.*?</\\2>", "", RegexOptions.Singleline);
        var data = shop.Members.Select(m => m.CustomerId).ToHashSet();
        foreach (var text in Tags().Split(Regex.Replace(page, "<!DOCTYPE html>|<head>.*?</head>", "", RegexOptions.Singleline)).Where((_, i) => i % 5 == 0).Select(WebUtility.HtmlDecode))
        {
            // Words of three letters and more; ids, names of the data and what stands in a Chinese sentence are none of them.
            if (text is null || data.Contains(text.Trim()) || text.Contains("onerror", StringComparison.Ordinal) || text.Contains('/') || Regex.IsMatch(text, "[\u4e00-\u9fff]")) continue;
            foreach (Match word in Regex.Matches(text, "[A-Za-z]{3,}")) Assert.True(International.Contains(word.Value) || text.Contains(".csv", StringComparison.Ordinal) || Regex.IsMatch(text.Trim(), "^[a-z_-]+$"), $"'{text.Trim()}' is not translated on {path}");
        }
    }

    [Theory, MemberData(nameof(Paths))]
    public async Task NamesFromTheData_StayText(string path)
    {
        var page = await (await shop.As(Role.Operator)).GetStringAsync(path);
        Assert.DoesNotContain("<img", page);
        Assert.DoesNotContain("<svg/onload", page);
        // The only scripts are files of ours and data for charts, which close only where we close them.
        Assert.Equal(Regex.Count(page, "<script "), Regex.Count(page, "</script>"));
        foreach (Match tag in Tags().Matches(Scripts().Replace(page, ""))) Assert.DoesNotMatch(@"\son\w+\s*=", Regex.Replace(tag.Value, "\"[^\"]*\"", "\"\""));
    }

    [Theory, MemberData(nameof(Paths))]
    public async Task AViewer_SeesNobodyByName(string path)
    {
        var page = await (await shop.As(Role.Viewer)).GetStringAsync(path);
        foreach (var member in shop.Members) Assert.DoesNotContain(WebUtility.HtmlEncode(member.CustomerId), page);
        Assert.DoesNotContain("/do/runs", page);
    }

    [Theory, MemberData(nameof(Paths))]
    public async Task AStranger_IsAskedToSignIn(string path)
    {
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = shop.Server.Client.BaseAddress };
        using var answer = await client.GetAsync(path);
        Assert.Equal("/signin", answer.Headers.Location?.AbsolutePath);
    }

    [Theory, InlineData("/segments/S1/members.csv"), InlineData("/runs/0002/report")]
    public async Task FilesWithCustomers_AreForAnalysts(string path)
    {
        using var denied = await (await shop.As(Role.Viewer)).GetAsync(path);
        Assert.Equal("/denied", denied.Headers.Location?.AbsolutePath);
        using var answer = await (await shop.As(Role.Analyst)).GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("/segments/S99"), InlineData("/segments/..%2f..%2fcoterie.json"), InlineData("/segments/S1?run=0009"), InlineData("/runs/0009"), InlineData("/runs/..%2f0001"), InlineData("/?run=7"), InlineData("/migration?from=0009")]
    [InlineData("/runs/0009/report"), InlineData("/runs/..%2f0001/report"), InlineData("/segments/S99/members.csv"), InlineData("/segments/S1/members.csv?run=..")]
    public async Task WhatIsNotThere_Is404(string path)
    {
        using var answer = await (await shop.As(Role.Analyst)).GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        if (!path.EndsWith("report", StringComparison.Ordinal) && !path.Contains("csv", StringComparison.Ordinal)) Assert.Contains("<h1>", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task AnUnknownSegment_IsSaid()
    {
        using var answer = await (await shop.As(Role.Analyst)).GetAsync("/segments/S99");
        Assert.Contains("Run 0002 has no segment of this id.", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task TheReport_MayRunItsTwoScripts_AndSeesNothingOfTheDashboard()
    {
        using var answer = await (await shop.As(Role.Analyst)).GetAsync("/runs/0002/report?lang=zh");
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'sha256-", policy);
        Assert.Contains("sandbox allow-scripts", policy);
        Assert.DoesNotContain("allow-same-origin", policy);
        Assert.DoesNotContain("unsafe-inline", policy[..policy.IndexOf("style-src", StringComparison.Ordinal)]);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("data-lang=\"zh\"", page);
        foreach (Match script in Regex.Matches(page, "<script>(.*?)</script>", RegexOptions.Singleline))
            Assert.Contains(Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(script.Groups[1].Value))), policy);
    }

    [Fact]
    public async Task Looks_AtCustomers_AreInTheAuditLog()
    {
        var audit = shop.Server.Services.GetRequiredService<Audit>();
        int Count(string action) => audit.Read(new AuditQuery { Action = action, Take = 500 }).Count;
        var client = await shop.As(Role.Analyst);
        foreach (var (action, path) in new[] { ("segment.members", "/segments/S1?q=c00"), ("segment.export", "/segments/S1/members.csv"), ("run.report", "/runs/0001/report") })
        {
            var before = Count(action);
            await client.GetStringAsync(path);
            Assert.True(Count(action) > before, action);
        }

        Assert.DoesNotContain(audit.Read(new AuditQuery { Take = 500 }), a => a.Detail?.Contains("c00", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void TheSummary_SaysWhatTheReportSays()
    {
        foreach (var run in shop.Runs.All)
        {
            var (summary, report) = (shop.Insight.Summary(run), shop.Runs.Report(run));
            Assert.Equal((report.AsOf, report.Customers, report.Search.NoStructure, report.Validity?.AgainstRfm, report.Seed.ToString(), report.Version), (summary.AsOf, summary.Customers, summary.NoStructure, summary.AgainstRfm, summary.Seed, summary.Version));
            Assert.Equal(report.Segments.Select(s => (s.Id, s.Name, s.Size)), summary.Segments.Select(s => (s.Id, s.Name, s.Size)));
        }
    }
}
