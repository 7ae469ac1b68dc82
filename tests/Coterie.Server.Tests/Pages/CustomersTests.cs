using System.Net;
using System.Text.Json;
using Coterie.Feedback;
using Coterie.Server;
using Coterie.Server.Access;
using Coterie.Server.Customers;
using Coterie.Server.Data;
using Coterie.Tests.Live;
using Coterie.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Tests.Server.Pages;

/// <summary>Pages of customers over a workspace with a run.</summary>
public class CustomersTests(LiveShop shop) : IClassFixture<LiveShop>
{
    static async Task<RunningServer> Copy(LiveShop shop, TemporaryFolder folder)
    {
        var workspace = folder.File("copy");
        foreach (var file in Directory.EnumerateFiles(shop.Workspace, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != ".lock"))
        {
            var to = Path.Combine(workspace, Path.GetRelativePath(shop.Workspace, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }

        return await RunningServer.Start(o => o with { Workspace = workspace });
    }

    [Fact]
    public async Task TheList_GoesThroughEverybodyOnce_InEachOrder()
    {
        using var folder = new TemporaryFolder();
        await using var server = await Copy(shop, folder);
        using var browser = await Browser.As(server, Role.Analyst);
        var all = File.ReadLines(Path.Combine(shop.RunDirectory, "segments.csv")).Skip(1).Select(l => l.Split(',')[0]).Order(StringComparer.Ordinal).ToArray();
        foreach (var order in new[] { "id", "spend", "quiet" })
        {
            var seen = new List<string>();
            for (var next = $"/customers?order={order}"; next is not null;)
            {
                var page = (await browser.Get(next)).Shown;
                seen.AddRange(System.Text.RegularExpressions.Regex.Matches(page, "<th scope=\"row\" class=\"wrap\"><a href=\"[^\"]*\">([^<]+)<").Select(m => m.Groups[1].Value));
                next = System.Text.RegularExpressions.Regex.Match(page, "href=\"(/customers\\?[^\"]*after=[^\"]*)\" rel=\"next\"") is { Success: true } m ? m.Groups[1].Value : null;
            }

            Assert.Equal(all, seen.Order(StringComparer.Ordinal));
        }

        var some = shop.Customers[3];
        Assert.Contains($">{some}</a>", (await browser.Get($"/customers?q={some}")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await browser.Get("/customers?segment=S99&order=x&after=x&q=%00%22%3E")).Status);
    }

    [Fact]
    public async Task APage_SaysWhyHere_AndIsWrittenDown()
    {
        using var folder = new TemporaryFolder();
        await using var server = await Copy(shop, folder);
        using var browser = await Browser.As(server, Role.Operator);
        var customer = shop.Customers[5];
        // Opened once, it is there at once.
        var former = await server.Services.GetRequiredService<OpenedRuns>().Whole(server.Services.GetRequiredService<Runs>().Latest!);
        var why = former.Explain(customer);
        var page = await browser.Get("/customers/" + customer);
        for (var i = 0; i < 40 && page.Text.Contains("The run is being read", StringComparison.Ordinal); i++) page = await browser.Get("/customers/" + customer);
        Assert.Contains(why.For[0].Sentence.En, page.Shown, StringComparison.Ordinal);
        Assert.Contains("id=\"timeline\"", page.Text, StringComparison.Ordinal);
        var audit = server.Services.GetRequiredService<Audit>();
        Assert.NotEmpty(audit.Read(new AuditQuery { Action = "customer.read", Subject = audit.Customer(customer) }));
        // Nobody stands in the audit by name.
        Assert.DoesNotContain(audit.Read(new AuditQuery { Take = 500 }), a => $"{a.Subject} {a.Detail}".Contains(customer, StringComparison.Ordinal));
        foreach (var nobody in new[] { "nobody", "..%2F..", "%3Cscript%3E", "-?id=a%2Fb", new string('x', 2000) })
            Assert.Equal(HttpStatusCode.NotFound, (await browser.Get("/customers/" + nobody)).Status);
    }

    [Fact]
    public async Task MovingAndPinning_GoIntoTheFeedback_AndCanBeTakenBack()
    {
        using var folder = new TemporaryFolder();
        await using var server = await Copy(shop, folder);
        using var browser = await Browser.As(server, Role.Operator);
        var customer = shop.Customers[7];
        var member = server.Services.GetRequiredService<OpenedRuns>().Ask(server.Services.GetRequiredService<Runs>().Latest!, i => i.Of(customer))!;
        var other = shop.Model.Segments.Select(s => s.Id).First(s => s != member.Segment);
        var page = "/customers/" + customer;
        Assert.Contains("done=asked", (await browser.Send(page, "/do/customers/place", ("customer", customer), ("segment", member.Segment))).Location, StringComparison.Ordinal);
        Assert.Contains("done=asked", (await browser.Send(page, "/do/customers/place", ("customer", customer), ("segment", other), ("note", "met <them>"))).Location, StringComparison.Ordinal);
        var log = FeedbackLog.Open(server.Host.Directory);
        Assert.Equal(["pin", "move"], log.InForce.Select(e => e.Kind));
        Assert.Equal("Operator person", log.InForce[0].Who);
        Assert.Contains("met &lt;them&gt;", (await browser.Get(page)).Text, StringComparison.Ordinal);
        Assert.Contains("done=withdrawn", (await browser.Send(page, "/do/customers/withdraw", ("customer", customer), ("entry", log.InForce[1].Id))).Location, StringComparison.Ordinal);
        Assert.Equal(["pin"], FeedbackLog.Open(server.Host.Directory).InForce.Select(e => e.Kind));
        foreach (var (c, s) in new[] { ("nobody", member.Segment), (customer, "S99"), (customer, "") })
            Assert.Contains("problem=", (await browser.Send(page, "/do/customers/place", ("customer", c), ("segment", s))).Location, StringComparison.Ordinal);
    }

    // Of the polyglots that circulate: each closes another context.
    static readonly string[] Polyglots =
    [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'><svg/onload=alert(1)>", "</script><script>alert(1)</script>", "javascript:alert(1)", "</textarea><script>alert(1)</script>",
        "<iframe srcdoc='<script>alert(1)</script>'>", "jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk=alert() )//%0D%0A%0d%0a//</stYle/</titLe/</teXtarEa/</scRipt/--!>\\x3csVg/<sVg/oNloAd=alert()//>\\x3e",
        "{{constructor.constructor('alert(1)')()}}", "@(1+1)", "<!--", "]]>", "&lt;script&gt;", "\u2028<b>", "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    ];

    [Fact]
    public async Task WhateverAnEventHolds_StaysText()
    {
        await using var server = await RunningServer.Start();
        using var browser = await Browser.As(server, Role.Admin);
        var events = Polyglots.SelectMany((p, i) => new object[]
        {
            new { type = "track", @event = p, userId = "evil/" + p, messageId = $"a{i}", timestamp = "2024-03-01T10:00:00Z", properties = new Dictionary<string, object> { ["product_id"] = p, ["name"] = p, ["category"] = p, ["brand"] = p, [p] = p, ["price"] = 3 } },
            new { type = "track", @event = "Order Completed", userId = "evil/" + p, messageId = $"b{i}", timestamp = "2024-03-02T10:00:00Z", properties = new { order_id = p, products = new[] { new { product_id = p, name = p, price = 5, quantity = 2 } } } },
        });
        Assert.Equal(200, (await server.Post("/v1/batch", JsonSerializer.Serialize(new { batch = events }), basic: server.Key)).Status);
        server.Loading.Load(CancellationToken.None);
        foreach (var p in Polyglots)
        {
            var page = await browser.Get("/customers/-?id=" + Uri.EscapeDataString("evil/" + p));
            Assert.True(page.Status == HttpStatusCode.OK, p);
            Assert.Contains("evil/" + p, page.Shown, StringComparison.Ordinal);
            // Tags of ours only: none of these names is in a page of a customer.
            foreach (var tag in new[] { "<script>", "<img", "<svg/", "<iframe", "<math", "<b>", "<sVg", "<style" }) Assert.DoesNotContain(tag, page.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("href=\"javascript", page.Text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task TheTimeline_ShowsEveryEventOnce_PageByPage()
    {
        await using var server = await RunningServer.Start();
        using var browser = await Browser.As(server, Role.Analyst);
        // Many at the same instant: the cursor must tell them apart.
        var events = Enumerable.Range(0, 130).Select(i => new { type = "track", @event = "Product Viewed", userId = "u", messageId = $"m{i:000}", timestamp = $"2024-03-0{1 + i % 2}T10:00:00Z", properties = new { product_id = $"item{i:000}" } });
        await server.Post("/v1/batch", JsonSerializer.Serialize(new { batch = events }), basic: server.Key);
        server.Loading.Load(CancellationToken.None);
        var seen = new List<string>();
        var pages = 0;
        for (var next = "/customers/u"; next is not null; pages++)
        {
            var page = (await browser.Get(next)).Shown;
            seen.AddRange(System.Text.RegularExpressions.Regex.Matches(page, "<span class=\"wrap\">(item\\d+)").Select(m => m.Groups[1].Value));
            next = System.Text.RegularExpressions.Regex.Match(page, "href=\"(/customers/u\\?before=[^\"#]*)#timeline\" rel=\"next\"") is { Success: true } m ? m.Groups[1].Value : null;
        }

        Assert.Equal(3, pages);
        Assert.Equal(Enumerable.Range(0, 130).Select(i => $"item{i:000}"), seen.Order(StringComparer.Ordinal));
    }
}
