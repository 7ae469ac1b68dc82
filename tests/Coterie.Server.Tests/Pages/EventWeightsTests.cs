using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Coterie.Numerics;
using Coterie.Reports.Html;
using Coterie.Server.Customers;
using Coterie.Server.Data;
using Coterie.Simulation;
using Coterie.Tests.Live;
using Coterie.Tests.Support;
using Coterie.Warehouse;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Tests.Server.Pages;

/// <summary>Which events speak for a customer's segment, on their page.</summary>
[Collection(nameof(LiveShop))]
public sealed partial class EventWeightsTests(LiveShop shop)
{
    // An event of the timeline: what it says of the segment, where it says something.
    [GeneratedRegex("<li class=\"[^\"]*\"><time datetime=\"(?<time>[^\"]*)\">.*?</li>|<li><time datetime=\"(?<time>[^\"]*)\">.*?</li>", RegexOptions.Singleline)]
    private static partial Regex Event();

    [GeneratedRegex("<small class=\"weight (?<side>for|against)\">.*?(?<figure>[+−][0-9.,]+)</small>", RegexOptions.Singleline)]
    private static partial Regex Weight();

    [Fact]
    public async Task OnRequest_TheTimelineSaysWhatEachEventSays_TheStrongestStandAbove_AndWithoutEventsThatIsSaid()
    {
        using var folder = new TemporaryFolder();
        Simulator.Write(new SimulationOptions { Customers = 300, Days = 200, Seed = 7 }, folder.File("shop"));
        var workspace = folder.File("workspace");
        Segmentation.Run(new SegmentationOptions { Files = [Path.Combine(folder.File("shop"), "events.csv")], Workspace = workspace, Deep = "on", Decisions = "off", Seed = new Seed(3), Threads = 2 }, stop: TestContext.Current.CancellationToken);
        await using var server = await RunningServer.Start(o => o with { Workspace = workspace });
        using var browser = await Browser.As(server, Role.Analyst);
        var former = FormerRun.Open(Workspace.LatestRunOf(workspace)!);
        var customer = former.Table.Customers.First(c => server.Services.GetRequiredService<CustomerStore>().Of(c, null).Facts.Events > CustomerStore.PageSize + 10);
        var reasons = server.Host.Read(w => former.MovingEvents(customer, w, EventReasons.Newest), TestContext.Current.CancellationToken);
        Assert.Equal(EventReasons.Newest, reasons.Count);

        server.WithKey(Role.Analyst);
        using var api = JsonDocument.Parse(await server.Client.GetStringAsync($"/api/v1/customers/{customer}/explanation/events"));
        Assert.Equal(reasons.Select(r => (r.Id, r.Weight)), api.RootElement.GetProperty("events").EnumerateArray().Select(e => (e.GetProperty("id").GetString()!, e.GetProperty("weight").GetDouble())));

        var plain = await browser.Get("/customers/" + customer);
        Assert.DoesNotContain("class=\"weight", plain.Text, StringComparison.Ordinal);
        var link = Regex.Match(plain.Shown, "<a class=\"secondary\" href=\"([^\"#]*)#timeline\">").Groups[1].Value;
        Assert.Equal($"/customers/{customer}?events=1", link);

        // Both pages of the timeline, with figures of two decimals.
        var (said, address) = (new List<string>(), (string?)link);
        for (var pages = 0; address is not null; pages++)
        {
            var page = await browser.Get(address);
            Assert.Equal(HttpStatusCode.OK, page.Status);
            foreach (var strongest in reasons.Where(r => r.Weight > 0).Take(3).Concat(reasons.Where(r => r.Weight < 0).Take(3)))
            {
                Assert.Contains($"{strongest.What.En}</span>", page.Shown, StringComparison.Ordinal);
                Assert.Contains($"{strongest.What.Zh}</span>", page.Shown, StringComparison.Ordinal);
            }

            said.AddRange(Event().Matches(page.Shown).Select(e => (Time: e.Groups["time"].Value, Weight: Weight().Match(e.Value))).Where(e => e.Weight.Success).Select(e => $"{e.Time} {e.Weight.Groups["side"]} {e.Weight.Groups["figure"]}"));
            address = Regex.Match(page.Shown, "href=\"([^\"#]*)#timeline\" rel=\"next\"") is { Success: true } next && pages < 5 ? next.Groups[1].Value : null;
        }

        var expected = reasons.Where(r => Math.Abs(r.Weight) >= 0.005).Select(r => $"{r.Time:yyyy-MM-ddTHH:mm:ss}Z {(r.Weight > 0 ? "for" : "against")} {Numbers.Signed(r.Weight)}");
        Assert.Equal(expected.Order(StringComparer.Ordinal), said.Order(StringComparer.Ordinal));

        server.Host.Write(w => w.Warehouse.Execute(new Step("remove all events", "DELETE FROM event_rows")));
        Assert.Contains("none of the events any more", (await browser.Get(link)).Shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARunThatDidNotLookAtTheOrder_IsNotAsked()
    {
        using var folder = new TemporaryFolder();
        await using var server = await RunningServer.Start(o => o with { Workspace = LiveShop.Copy(shop.Workspace, folder.File("shop")) });
        using var browser = await Browser.As(server, Role.Analyst);
        var page = await browser.Get($"/customers/{shop.Customers[2]}?events=1");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.DoesNotContain("Which events speak", page.Shown, StringComparison.Ordinal);
        Assert.DoesNotContain("Events that speak", page.Shown, StringComparison.Ordinal);
    }
}
