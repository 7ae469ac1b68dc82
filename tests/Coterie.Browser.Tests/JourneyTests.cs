using System.Collections.Concurrent;
using Coterie.Server.Access;
using Coterie.Server.Data;
using Coterie.Tests.Server.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Coterie.Tests.Browser;

/// <summary>What people come for, each from the first click to the last, in a real browser and with real jobs.</summary>
[Collection("shop")]
public sealed class JourneyTests(Shop shop)
{
    [Fact]
    public async Task FirstStart_ToFirstSegments()
    {
        var complaints = new List<string>();
        var page = await shop.Open(complaints, signedIn: false);
        await using var server = shop.Fresh("first");
        await server.StartAsync();
        try
        {
            var url = server.Urls.First();
            await page.GotoAsync($"{url}/");
            Assert.Contains("Nobody is here yet", await page.InnerTextAsync("main"), StringComparison.Ordinal);
            await page.GotoAsync($"{url}/setup?code={server.Services.GetRequiredService<SetupLink>().Renew()}");
            await page.FillAsync("[name=name]", "Ann Example");
            await page.FillAsync("[name=email]", Shop.Email);
            await page.FillAsync("[name=password]", Shop.Password);
            await page.ClickAsync("main button.primary");
            await page.WaitForSelectorAsync("ol.steps");

            await page.GotoAsync($"{url}/quality");
            await page.SetInputFilesAsync("form[action='/do/upload'] input[type=file]", shop.Events);
            await page.ClickAsync("form[action='/do/upload'] button");
            await page.WaitForSelectorAsync("form[action$='/ingest']");
            Assert.Contains("customer_id", await page.InnerTextAsync("main"), StringComparison.Ordinal);
            await page.ClickAsync("form[action$='/ingest'] button");
            await Until(() => Task.FromResult(server.Services.GetRequiredService<Coterie.Server.Jobs.JobQueue>().All(new()).All(j => j.State == JobState.Done)));

            await page.GotoAsync($"{url}/runs");
            await Run(page);
            await Until(() => Task.FromResult(server.Services.GetRequiredService<Coterie.Server.Runs>().Latest is not null));
            await page.GotoAsync($"{url}/");
            Assert.Contains("segments among", await page.InnerTextAsync("h1"), StringComparison.Ordinal);
            await page.GotoAsync($"{url}/segments");
            Assert.True(await page.Locator("a[href^='/segments/S']").CountAsync() > 1);
        }
        finally
        {
            await page.Context.CloseAsync();
            await server.StopAsync();
        }

        Assert.Empty(complaints);
    }

    [Fact]
    public async Task SignIn_ByAnIdentityProviderOnAnotherSite()
    {
        var complaints = new List<string>();
        var page = await shop.Open(complaints, signedIn: false);
        await using var provider = await IdentityProvider.Start("localhost", showsPage: true);
        await using var server = shop.Fresh("provider", provider.Options);
        server.Services.GetRequiredService<People>().Invite(provider.Email, "Ann Example", Role.Operator);
        await server.StartAsync();
        try
        {
            var url = server.Urls.First();
            await page.GotoAsync($"{url}/runs");
            await page.ClickAsync("a[href^='/signin/openid']");
            await page.ClickAsync("#go");
            // The session is there although the way back began on another site, from which no cookie of ours is sent.
            await page.WaitForURLAsync($"{url}/runs");
            await page.GotoAsync($"{url}/account");
            Assert.Equal("Ann Example", await page.InnerTextAsync("h1"));
        }
        finally
        {
            await page.Context.CloseAsync();
            await server.StopAsync();
        }

        Assert.Empty(complaints);
    }

    [Fact]
    public async Task UnderstandASegment()
    {
        var complaints = new List<string>();
        var page = await shop.Open(complaints);
        await page.GotoAsync("/segments");
        await page.Locator("a[href^='/segments/S1']").First.ClickAsync();
        await page.WaitForSelectorAsync("h1");
        var said = await page.InnerTextAsync("main");
        foreach (var part in new[] { "Who they are", "What sets them apart", "A rule that finds them", "Stability" }) Assert.Contains(part, said, StringComparison.Ordinal);
        Assert.True(await page.Locator(".chart svg, .chart canvas").CountAsync() > 0, "the charts are drawn");
        await page.Locator("a[href^='/customers/']").First.ClickAsync();
        await page.WaitForURLAsync("**/customers/**");
        await page.WaitForSelectorAsync("text=Why here");
        await page.Context.CloseAsync();
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task MoveACustomer_AndRunAgain()
    {
        var complaints = new List<string>();
        var page = await shop.Open(complaints);
        var runs = shop.Services.GetRequiredService<Coterie.Server.Runs>();
        var before = runs.Latest!;
        var customer = Coterie.Reports.SegmentFile.ReadParquet(Path.Combine(before.Directory, "segments.parquet")).First(r => r.Segment == "S1").CustomerId;
        await page.GotoAsync($"/customers/{customer}");
        await page.SelectOptionAsync("form[action='/do/customers/place'] [name=segment]", "S2");
        await page.FillAsync("form[action='/do/customers/place'] [name=note]", "knows better");
        await page.ClickAsync("form[action='/do/customers/place'] button");
        await page.WaitForSelectorAsync("text=knows better");
        await page.GotoAsync("/runs");
        await Run(page);
        await Until(() => Task.FromResult(runs.Latest!.Id != before.Id));
        var after = runs.Latest!;
        Assert.Equal("S2", Coterie.Reports.SegmentFile.ReadParquet(Path.Combine(after.Directory, "segments.parquet")).First(r => r.CustomerId == customer).Segment);
        await page.GotoAsync($"/customers/{customer}");
        Assert.Contains("S2", await page.InnerTextAsync("main header"), StringComparison.Ordinal);
        await page.GotoAsync("/review");
        Assert.Contains("knows better", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        await page.Context.CloseAsync();
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task BuildAnAudience_AndSendItToAWebhook()
    {
        var complaints = new List<string>();
        var page = await shop.Open(complaints);
        await using var receiver = new Receiver();
        await receiver.Start();
        await page.GotoAsync("/settings/destinations?kind=webhook");
        await page.FillAsync("form[action='/do/destinations/add'] [name=name]", "Our CRM");
        await page.FillAsync("form[action='/do/destinations/add'] [name=url]", receiver.Url + "/hook");
        await page.FillAsync("form[action='/do/destinations/add'] [name=secret]", "whsec_" + Convert.ToBase64String(new byte[32].Select((_, i) => (byte)i).ToArray()));
        await page.CheckAsync("form[action='/do/destinations/add'] [name=allow_private]");
        await page.ClickAsync("form[action='/do/destinations/add'] button");
        await page.WaitForSelectorAsync("text=The destination is kept");

        await page.GotoAsync("/audiences/new");
        await page.ClickAsync("button[value='add:r:did']");
        await page.FillAsync("[name='r.rules.0.within_days']", "");
        await page.ClickAsync("button[value='add:r:segment']");
        await page.CheckAsync("[name='r.rules.1.in'][value=S1]");
        await Until(async () => await page.Locator("#live-count").CountAsync() > 0 && await page.InnerTextAsync("#live-count") != "0" && await page.Locator("[name='r.rules.1.in'][value=S1]").IsCheckedAsync());
        await page.FillAsync("form[action='/do/audiences/save'] [name=name]", "Buyers of the first segment");
        await page.ClickAsync("form[action='/do/audiences/save'] button");
        await page.WaitForURLAsync("**/audiences/A*");
        var size = int.Parse((await page.InnerTextAsync(".figures dd >> nth=0")).Replace(",", "", StringComparison.Ordinal));
        await page.ClickAsync("form[action$='/send'] button");
        await Until(() => Task.FromResult(receiver.Customers.Count >= size));
        Assert.Equal(size, receiver.Customers.Count);
        Assert.True(receiver.Signed);
        // The page comes again by itself when the job has ended.
        await page.WaitForSelectorAsync(".verdict.told");
        await page.Context.CloseAsync();
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task DeleteACustomer()
    {
        var complaints = new List<string>();
        var page = await shop.Open(complaints);
        var latest = shop.Services.GetRequiredService<Coterie.Server.Runs>().Latest!;
        var customer = Coterie.Reports.SegmentFile.ReadParquet(Path.Combine(latest.Directory, "segments.parquet"))[^1].CustomerId;
        await page.GotoAsync($"/customers/{customer}");
        await page.FillAsync("form[action='/do/customers/erase'] [name=confirm]", customer);
        await page.ClickAsync("form[action='/do/customers/erase'] button");
        await page.WaitForURLAsync("**/settings/privacy**");
        await Until(async () => (await (await page.Context.NewPageAsync()).GotoAsync($"/customers/{customer}"))!.Status != 200 || !(await page.Context.Pages[^1].InnerTextAsync("main")).Contains("Why here", StringComparison.Ordinal));
        Assert.DoesNotContain(customer, File.ReadAllText(Path.Combine(latest.Directory, "segments.csv")), StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(shop.Workspace, "erasures"), "*.json"));
        await page.Context.CloseAsync();
        Assert.DoesNotContain(complaints, c => !c.Contains("404", StringComparison.Ordinal));
    }

    // The quick kind. Its options stand open while there is no run, and behind a word later.
    static async Task Run(IPage page)
    {
        if (!await page.Locator("[name=deep]").IsVisibleAsync()) await page.Locator("details:has([name=deep]) > summary").ClickAsync();
        await page.SelectOptionAsync("[name=deep]", "off");
        await page.SelectOptionAsync("[name=decisions]", "off");
        await page.ClickAsync("form[action='/do/runs'] button.primary");
    }

    static async Task Until(Func<Task<bool>> come)
    {
        for (var i = 0; i < 480; i++)
        {
            if (await come()) return;
            await Task.Delay(500);
        }

        Assert.Fail("it did not come about in four minutes");
    }

    /// <summary>Somebody who takes webhooks.</summary>
    sealed class Receiver : IAsyncDisposable
    {
        readonly WebApplication app;

        public Receiver()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            app = builder.Build();
            app.MapPost("/hook", async http =>
            {
                Signed &= http.Request.Headers.ContainsKey("webhook-signature");
                using var body = await System.Text.Json.JsonDocument.ParseAsync(http.Request.Body);
                Collect(body.RootElement);
            });
        }

        public ConcurrentDictionary<string, bool> Customers { get; } = new();
        public bool Signed { get; private set; } = true;
        public string Url => app.Urls.First();

        public Task Start() => app.StartAsync();

        void Collect(System.Text.Json.JsonElement e)
        {
            if (e.ValueKind == System.Text.Json.JsonValueKind.Object)
            {
                if (e.TryGetProperty("customer_id", out var id)) Customers[id.GetString()!] = true;
                foreach (var p in e.EnumerateObject()) Collect(p.Value);
            }
            else if (e.ValueKind == System.Text.Json.JsonValueKind.Array)
            {
                foreach (var one in e.EnumerateArray()) Collect(one);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }
}
