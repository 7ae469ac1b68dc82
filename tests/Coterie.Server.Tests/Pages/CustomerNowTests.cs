using System.Globalization;
using System.Net;
using Coterie.Server.Data;
using Coterie.Server.Live;
using Coterie.Tests.Live;
using Coterie.Tests.Support;
using static Coterie.Tests.Live.LiveServer;

namespace Coterie.Tests.Server.Pages;

/// <summary>Where a customer belongs now, on their page.</summary>
[Collection(nameof(LiveShop))]
public class CustomerNowTests(LiveShop shop)
{
    Task<RunningServer> Start(TemporaryFolder folder) => RunningServer.Start(o => o with { Workspace = LiveShop.Copy(shop.Workspace, folder.File("shop")) });

    [Fact]
    public async Task ThePage_SaysWhatTheMembershipIs_WhetherTheyMovedOrNot()
    {
        using var folder = new TemporaryFolder();
        await using var server = await Start(folder);
        var live = await Ready(server);
        using var browser = await Browser.As(server, Role.Analyst);
        var customers = shop.Customers.Take(24).ToArray();
        await Send(server, customers.SelectMany(c => LiveShop.Orders(c, shop.Model.AsOf.AddHours(1), 3)));
        var moved = 0;
        foreach (var customer in customers)
        {
            var answer = (await Settled(live, customer, a => a.Source == AnswerSource.Live))!;
            var page = (await browser.Get("/customers/" + customer)).Shown;
            var now = page[page.IndexOf("id=\"where-now\"", StringComparison.Ordinal)..page.IndexOf("<dl class=\"figures", StringComparison.Ordinal)];
            var confidence = answer.Confidence!.Value.ToString("0.00", CultureInfo.InvariantCulture);
            Assert.Contains($": confidence {confidence}, as of {answer.AsOf:yyyy-MM-dd HH:mm} UTC.", now, StringComparison.Ordinal);
            Assert.Contains($"：置信度 {confidence}，截至 {answer.AsOf:yyyy-MM-dd HH:mm} UTC。", now, StringComparison.Ordinal);
            var elsewhere = answer.Segment != live.Members!.Of(customer)!.Segment;
            Assert.Equal(elsewhere, now.Contains("Moved since, with 3 new events, to", StringComparison.Ordinal));
            Assert.Equal(elsewhere, now.Contains("计入 3 个新事件后移至", StringComparison.Ordinal));
            Assert.Equal(elsewhere, now.Contains($">{answer.Segment}</span>", StringComparison.Ordinal));
            Assert.Equal(!elsewhere, now.Contains("Still there, with 3 new events", StringComparison.Ordinal));
            moved += elsewhere ? 1 : 0;
        }

        Assert.InRange(moved, 1, customers.Length - 1);
        Assert.Contains("No event of this customer was collected since the run.", (await browser.Get("/customers/" + shop.Customers[30])).Shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoIsInNoRunAndNotLoadedYet_HasAPage_AndIsPlaced()
    {
        using var folder = new TemporaryFolder();
        await using var server = await Start(folder);
        await Ready(server);
        using var browser = await Browser.As(server, Role.Analyst);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.Get("/customers/quite%20new")).Status);
        await Send(server, LiveShop.Orders("quite new", shop.Model.AsOf.AddHours(1), 1));
        var answer = (await Settled(server.Live, "quite new", a => a.Segment is not null))!;
        var page = await browser.Get("/customers/quite%20new");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("Placed since, with 1 new event, in", page.Shown, StringComparison.Ordinal);
        Assert.Contains($">{answer.Segment}</span>", page.Shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhyThereIsNoSegment_IsSaidInBothLanguages_AndWhomAnIdBelongsTo()
    {
        using var folder = new TemporaryFolder();
        await using var server = await Start(folder);
        await Ready(server);
        using var browser = await Browser.As(server, Role.Analyst);
        var (robot, at) = (shop.Customers[4], shop.Model.AsOf.AddHours(1));
        string Visit(string who, int i) => $$"""{"type":"track","event":"Product Viewed",{{who}},"messageId":"n-{{i}}","timestamp":"{{at.AddMilliseconds(i * 20):O}}","properties":{"product_id":"p00382"} }""";
        await Send(server, [.. Enumerable.Range(0, 400).Select(i => Visit($"\"userId\":\"{robot}\"", i)), Visit($"\"anonymousId\":\"tablet\",\"userId\":\"{shop.Customers[3]}\"", 400)]);
        var note = (await Settled(server.Live, robot, a => a.Source == AnswerSource.Live && a.Segment is null))!.Note!;
        var page = (await browser.Get("/customers/" + robot)).Shown;
        Assert.Contains("No segment now. " + note.En, page, StringComparison.Ordinal);
        Assert.Contains("目前没有分群。" + note.Zh, page, StringComparison.Ordinal);
        // Asked for once, it is placed: whose browser this is.
        await Settled(server.Live, shop.Customers[3], a => a.Source == AnswerSource.Live);
        server.Live.Mark(["tablet"]);
        await Settled(server.Live, "tablet", a => a.MergedInto is not null);
        Assert.Contains($"<a href=\"/customers/{shop.Customers[3]}\">{shop.Customers[3]}</a>", (await browser.Get("/customers/tablet")).Shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnEarlierRun_RefersToTheNewest_AndWithoutARunThatIsSaid()
    {
        using var folder = new TemporaryFolder();
        var workspace = LiveShop.Copy(shop.Workspace, folder.File("shop"));
        LiveShop.Copy(shop.RunDirectory, Path.Combine(workspace, "runs", "0002"));
        await using var server = await RunningServer.Start(o => o with { Workspace = workspace });
        await Ready(server);
        using var browser = await Browser.As(server, Role.Analyst);
        var page = "/customers/" + shop.Customers[6];
        Assert.Contains("This page shows run 0001; run 0002 is the one", (await browser.Get(page + "?run=0001")).Shown, StringComparison.Ordinal);
        Assert.DoesNotContain("This page shows run", (await browser.Get(page)).Shown, StringComparison.Ordinal);

        await using var fresh = await RunningServer.Start();
        await Send(fresh, LiveShop.Orders("u", shop.Model.AsOf, 1));
        fresh.Loading.Load(TestContext.Current.CancellationToken);
        using var other = await Browser.As(fresh, Role.Analyst);
        Assert.Contains("There is no run yet; the first one places this customer.", (await other.Get("/customers/u")).Shown, StringComparison.Ordinal);
    }
}
