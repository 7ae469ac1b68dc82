using System.Globalization;
using System.Net;
using System.Text.Json;
using Coterie.Numerics;
using Coterie.Server.Live;
using Coterie.Tests.Server;
using Coterie.Tests.Support;
using static Coterie.Tests.Live.LiveServer;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Tests.Live;

[Collection(nameof(LiveShop))]
public class LiveMembershipTests(LiveShop shop)
{
    static string Shown(LiveAnswer p) => string.Create(CultureInfo.InvariantCulture, $"{p.Segment} {p.Confidence:R} {p.Second} {p.Agreement:R}");

    Task<RunningServer> Start(TemporaryFolder folder) => RunningServer.Start(o => o with { Workspace = LiveShop.Copy(shop.Workspace, folder.File("shop")) });

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task WhateverIsLoadedMeanwhile_AnswersAreThoseOfScore(int seed)
    {
        using var folder = new TemporaryFolder();
        await using var server = await Start(folder);
        var live = await Ready(server);
        var rng = new Seed((ulong)seed).Stream(9);
        var people = shop.Customers.Skip(seed * 3).Take(10).ToArray();
        var lines = LiveShop.NewLines(people, shop.Model.AsOf, (ulong)seed, 80);
        for (var at = 0; at < lines.Count;)
        {
            var some = lines.Skip(at).Take(1 + rng.NextInt(25)).ToArray();
            await Send(server, some);
            at += some.Length;
            if (rng.NextInt(2) == 0) await Task.Run(() => server.Loading.Load(TestContext.Current.CancellationToken));
        }

        var sent = server.Collecting.Log.Last;
        Assert.True(sent > 1);
        // Everybody once more, at the same instant: that of the newest event.
        var touched = LiveShop.Ids(lines);
        var asOf = DateTime.MinValue;
        var all = shop.Scored(lines, null);
        var compared = 0;
        live.Mark(touched);
        foreach (var customer in touched.SelectMany(i => new[] { i, CustomerScoring.Anonymous + i }).Where(all.ContainsKey))
        {
            var answer = (await Settled(live, customer, a => a.Source == AnswerSource.Live))!;
            asOf = asOf == DateTime.MinValue ? answer.AsOf : asOf;
            Assert.Equal(asOf, answer.AsOf);
            Assert.Equal($"{customer} {all[customer]}", $"{customer} {Shown(answer)}");
            Assert.True(answer.EventsSeen > 0);
            compared++;
        }

        Assert.True(compared > 8, $"{compared} customers");
        foreach (var other in shop.Customers.Except(touched).Take(20))
        {
            var answer = live.Of(other)!;
            Assert.Equal((AnswerSource.Run, false), (answer.Source, answer.Pending));
            Assert.Equal(server.Live.Members!.Of(other)!.Segment, answer.Segment);
        }
    }

    [Fact]
    public async Task OverHttp_AnEventMovesTheAnswer_AndStrangersAreUnknown()
    {
        using var folder = new TemporaryFolder();
        await using var server = await Start(folder);
        server.WithKey(Coterie.Server.Data.Role.Analyst);
        await Ready(server);
        var customer = shop.Customers[5];
        var before = await Get(server, customer);
        Assert.Equal(("run", false), (before.GetProperty("source").GetString(), before.GetProperty("pending").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, before.GetProperty("events_seen").ValueKind);
        await Send(server, LiveShop.Orders(customer, shop.Model.AsOf.AddHours(1), 3));
        JsonElement after = default;
        for (var tries = 0; tries < 1500; tries++)
        {
            after = await Get(server, customer);
            if (!after.GetProperty("pending").GetBoolean() && after.GetProperty("source").GetString() == "live") break;
            await Task.Delay(20);
        }

        Assert.Equal("live", after.GetProperty("source").GetString());
        Assert.True(after.GetProperty("events_seen").GetInt64() >= 3);
        Assert.Equal(3, after.GetProperty("events_since").GetInt64());
        Assert.True(after.GetProperty("as_of").GetDateTime() > before.GetProperty("as_of").GetDateTime());
        Assert.NotEmpty(after.GetProperty("name").GetProperty("zh").GetString()!);

        using var unknown = await server.Client.GetAsync("/api/v1/customers/nobody/membership");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal("application/problem+json", unknown.Content.Headers.ContentType!.MediaType);

        await Send(server, LiveShop.Orders("quite new", shop.Model.AsOf.AddHours(1), 1));
        Assert.NotNull((await Settled(server.Live, "quite new", a => a.Segment is not null))!.Segment);
    }

    [Fact]
    public async Task AnErasedCustomer_IsKnownToNobody()
    {
        using var folder = new TemporaryFolder();
        await using var server = await Start(folder);
        var live = await Ready(server);
        var (moved, still, other) = (shop.Customers[6], shop.Customers[7], shop.Customers[10]);
        await Send(server, LiveShop.Orders(moved, shop.Model.AsOf.AddHours(1), 2));
        await Settled(live, moved, a => a.Source == AnswerSource.Live);
        var queue = server.Services.GetRequiredService<Coterie.Server.Jobs.JobQueue>();
        foreach (var customer in new[] { moved, still })
        {
            var job = queue.Add("erase", new Dictionary<string, string> { ["customer"] = customer }, Coterie.Server.Access.Caller.System);
            for (var tries = 0; queue.Of(job.Id)!.State is Coterie.Server.Data.JobState.Queued or Coterie.Server.Data.JobState.Running && tries < 1200; tries++) await Task.Delay(50);
            Assert.Equal((Coterie.Server.Data.JobState.Done, (string?)null), (queue.Of(job.Id)!.State, queue.Of(job.Id)!.Error));
        }

        // What was asked for meanwhile settles first.
        await Settled(live, other);
        Assert.Null(live.Of(moved));
        Assert.Null(live.Of(still));
        Assert.Null(live.Members!.Of(moved));
        Assert.NotNull(live.Of(other)!.Segment);
    }

    [Fact]
    public async Task WithoutARun_TheRouteSaysSo()
    {
        await using var server = await RunningServer.Start();
        server.WithKey(Coterie.Server.Data.Role.Analyst);
        using var answer = await server.Client.GetAsync("/api/v1/customers/c1/membership");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("no_run", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Null(server.Live.Of("c1"));
        Assert.Equal(0, server.Live.Mark(["c1"]));
    }

    [Fact]
    public async Task AfterAStart_MovedCustomersArePlacedWhenSomebodyAsks()
    {
        using var folder = new TemporaryFolder();
        var customer = shop.Customers[8];
        LiveAnswer former;
        await using (var server = await Start(folder))
        {
            await Ready(server);
            await Send(server, LiveShop.Orders(customer, shop.Model.AsOf.AddHours(2), 2));
            former = (await Settled(server.Live, customer, a => a.Source == AnswerSource.Live))!;
        }

        await using var again = await RunningServer.Start(o => o with { Workspace = folder.File("shop") });
        var live = await Ready(again);
        Assert.Equal(former, await Settled(live, customer, a => a.Source == AnswerSource.Live));
    }

    [Fact]
    public async Task AnotherRunTakesOver_AndCustomersWhoMovedArePlacedByItsModel()
    {
        using var folder = new TemporaryFolder();
        await using var server = await Start(folder);
        var live = await Ready(server);
        var customer = shop.Customers[9];
        await Send(server, LiveShop.Orders(customer, shop.Model.AsOf.AddHours(2), 2));
        var former = await Settled(live, customer, a => a.Source == AnswerSource.Live);
        var runs = Path.Combine(folder.File("shop"), "runs");
        // As a finished run appears: whole, by one change of name.
        Directory.Move(LiveShop.Copy(shop.RunDirectory, Path.Combine(runs, "next")), Path.Combine(runs, "0002"));
        for (var tries = 0; live.Members!.Run != Path.Combine(runs, "0002"); tries++)
        {
            Assert.True(tries < 1500, live.Trouble);
            await Task.Delay(20);
        }

        Assert.Equal(former, await Settled(live, customer, a => a.Source == AnswerSource.Live));
        Assert.Equal(AnswerSource.Run, live.Of(shop.Customers[10])!.Source);
    }

    [Fact]
    public async Task WhoLogsInIsOneCustomer_AndARobotIsNone()
    {
        using var folder = new TemporaryFolder();
        await using var server = await Start(folder);
        var live = await Ready(server);
        var at = shop.Model.AsOf.AddHours(1);
        string Visit(string who, int i) => $$"""{"type":"track","event":"Product Viewed",{{who}},"messageId":"v-{{i}}","timestamp":"{{at.AddSeconds(i * 40):O}}","properties":{"product_id":"p00382"} } """;
        await Send(server, [Visit("\"anonymousId\":\"tablet\"", 1), Visit("\"anonymousId\":\"tablet\"", 2)]);
        Assert.Equal(2, (await Settled(live, "anon:tablet", a => a.Source == AnswerSource.Live))!.EventsSeen);
        var before = (await Settled(live, shop.Customers[3]))!;
        await Send(server, [Visit($"\"anonymousId\":\"tablet\",\"userId\":\"{shop.Customers[3]}\"", 3)]);
        var after = (await Settled(live, shop.Customers[3], a => a.Source == AnswerSource.Live))!;
        Assert.NotEqual(before, after);
        Assert.Equal(shop.Customers[3], (await Settled(live, "anon:tablet", a => a.MergedInto is not null))!.MergedInto);

        await Send(server, Enumerable.Range(0, 400).Select(i => $$"""{"type":"track","event":"Product Viewed","userId":"{{shop.Customers[4]}}","messageId":"r-{{i}}","timestamp":"{{at.AddMilliseconds(i * 20):O}}","properties":{"product_id":"p00382"} }"""));
        var robot = (await Settled(live, shop.Customers[4], a => a.Source == AnswerSource.Live && a.Segment is null))!;
        Assert.Contains("robot", robot.Note!.En, StringComparison.Ordinal);
    }

    static async Task<JsonElement> Get(RunningServer server, string customer)
    {
        using var answer = await server.Client.GetAsync($"/api/v1/customers/{Uri.EscapeDataString(customer)}/membership");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.Clone();
    }
}
