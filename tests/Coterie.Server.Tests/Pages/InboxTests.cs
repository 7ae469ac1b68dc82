using System.Net;
using System.Text.Json;
using Coterie.Server.Access;
using Coterie.Server.Collector;
using Coterie.Server.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Tests.Server.Pages;

/// <summary>Refused events: read with reasons, mended, judged again, put away.</summary>
public class InboxTests
{
    static readonly Caller Ann = new("person:1", "Ann", Role.Operator);

    static string Batch(params string[] events) => $$"""{"sentAt":"2024-03-01T10:00:30Z","context":{"app":"shop"},"batch":[{{string.Join(',', events)}}]}""";

    const string WrongTime = """{"type":"track","event":"x","userId":"u","messageId":"late","timestamp":"yesterday","properties":{"n":1}}""";
    const string NoName = """{"type":"track","userId":"u","messageId":"nameless"}""";
    const string NoCustomer = """{"type":"track","event":"x","properties":{"n":2}}""";

    [Fact]
    public async Task WhatWaits_IsCounted_Listed_AndReadWhole()
    {
        await using var server = await RunningServer.Start();
        var inbox = server.Services.GetRequiredService<Inbox>();
        Assert.Empty(inbox.Counts());
        await server.Post("/v1/batch", Batch(WrongTime, NoName, NoCustomer), basic: server.Key);
        await server.Post("/v1/batch", Batch(NoName), basic: server.Key);
        Assert.Equal([("no_event_name", 2L), ("bad_timestamp", 1L), ("no_customer", 1L)], inbox.Counts().Select(c => (c.Code, c.Waiting)));
        var page = inbox.Read(new InboxQuery { Take = 3 });
        Assert.Equal((3, 1), (page.Items.Count, inbox.Read(new InboxQuery { Take = 3, Before = page.Next }).Items.Count));
        Assert.Single(inbox.Read(new InboxQuery { Code = "no_customer" }).Items);
        Assert.Empty(inbox.Read(new InboxQuery { Source = "other" }).Items);
        var late = inbox.Of(inbox.Read(new InboxQuery { Code = "bad_timestamp" }).Items[0].Id)!;
        Assert.Equal("yesterday", JsonDocument.Parse(late.Event).RootElement.GetProperty("timestamp").GetString());
        Assert.Contains("yesterday", late.Item.Message, StringComparison.Ordinal);
        Assert.Null(inbox.Of("1-99"));
        Assert.Null(inbox.Of("../../etc/passwd"));
        Assert.Throws<ConfigurationException>(() => inbox.Read(new InboxQuery { Before = "x" }));
    }

    [Fact]
    public async Task ReplayingTwice_IsTheSameAsOnce()
    {
        await using var server = await RunningServer.Start();
        var inbox = server.Services.GetRequiredService<Inbox>();
        await server.Post("/v1/batch", Batch(WrongTime, NoName), basic: server.Key);
        // As it was sent it is refused still, and not kept a second time.
        Assert.Equal(new InboxReplay(0, 0, 2, inbox.Read(new InboxQuery { Code = "bad_timestamp" }).Items[0].Message, "bad_timestamp"), await inbox.ReplayAll(null, null, InboxFix.None, Ann));
        Assert.Equal(2, inbox.Counts().Sum(c => c.Waiting));
        var late = inbox.Read(new InboxQuery { Code = "bad_timestamp" }).Items[0].Id;
        Assert.Equal((1, 0, 1), await Numbers(inbox.ReplayAll(null, null, InboxFix.ReceivedTime, Ann)));
        Assert.Equal(InboxState.Replayed, inbox.Of(late)!.Item.State);
        Assert.Equal((0, 1, 0), await Numbers(inbox.Replay(late, Ann, """{"type":"track","event":"x","userId":"u","messageId":"late"}""")));
        var stored = Assert.Single(server.Stored());
        Assert.Equal(("late", "shop"), (stored.GetProperty("messageId").GetString(), stored.GetProperty("context").GetProperty("app").GetString()));
        Assert.InRange(stored.GetProperty("timestamp").GetDateTime(), DateTime.UtcNow.AddMinutes(-5), DateTime.UtcNow.AddMinutes(1));
        Assert.Equal("nameless", Assert.Single(inbox.Read(new InboxQuery()).Items).MessageId);
        // Another process, or this one after a restart, knows it too.
        var again = new Inbox(server.Collecting, server.Services.GetRequiredService<ServerData>());
        Assert.Equal(InboxState.Replayed, again.Of(late)!.Item.State);
    }

    static async Task<(int, int, int)> Numbers(Task<InboxReplay> replay) => await replay is var r ? (r.Taken, r.Known, r.Refused) : default;

    [Fact]
    public async Task AnEventWithoutAnId_IsAddedOnce_HoweverOftenItIsReplayed()
    {
        await using var server = await RunningServer.Start();
        var inbox = server.Services.GetRequiredService<Inbox>();
        await server.Post("/v1/batch", Batch(NoCustomer), basic: server.Key);
        var id = inbox.Read(new InboxQuery()).Items[0].Id;
        const string mended = """{"type":"track","event":"x","userId":"u9"}""";
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => inbox.Replay(id, Ann, mended))));
        Assert.Equal((1, 19), (results.Sum(r => r.Taken), results.Sum(r => r.Known)));
        Assert.Equal("u9", Assert.Single(server.Stored()).GetProperty("userId").GetString());
    }

    [Fact]
    public async Task WhatThePathSaid_CountsAgain()
    {
        await using var server = await RunningServer.Start();
        var inbox = server.Services.GetRequiredService<Inbox>();
        await server.Post("/v1/page", """{"name":"Home","messageId":"p1","timestamp":"noon","userId":"u"}""", basic: server.Key);
        await server.Post("/batch/", $$$"""{"api_key":"{{{server.Key}}}","batch":[{"event":"$pageview","distinct_id":"d","uuid":"ph","timestamp":"noon","properties":{"title":"Home"}}]}""");
        Assert.Equal((2, 0, 0), await Numbers(inbox.ReplayAll(null, "bad_timestamp", InboxFix.ReceivedTime, Ann)));
        Assert.All(server.Stored(), e => Assert.Equal(("page", "Home"), (e.GetProperty("type").GetString(), e.GetProperty("name").GetString())));
    }

    [Fact]
    public async Task WhatIsPutAway_WaitsNoMore_AndCanStillBeReplayed()
    {
        await using var server = await RunningServer.Start();
        var inbox = server.Services.GetRequiredService<Inbox>();
        await server.Post("/v1/batch", Batch(WrongTime, NoName), basic: server.Key);
        var late = inbox.Read(new InboxQuery { Code = "bad_timestamp" }).Items[0].Id;
        inbox.Discard(late, Ann);
        Assert.Equal(1, inbox.DiscardAll(null, null, Ann));
        Assert.Empty(inbox.Counts());
        Assert.Equal(2, inbox.Read(new InboxQuery { State = InboxState.Discarded }).Items.Count);
        Assert.Equal((1, 0, 0), await Numbers(inbox.Replay(late, Ann, """{"type":"track","event":"x","userId":"u","messageId":"late"}""")));
        inbox.Discard(late, Ann);
        Assert.Equal(InboxState.Replayed, inbox.Of(late)!.Item.State);
        Assert.Throws<InputException>(() => inbox.Discard("9-9", Ann));
        await Assert.ThrowsAsync<InputException>(() => inbox.Replay("9-9", Ann));
        foreach (var bad in new[] { "", "{", "[]", "7", new string('[', 100) }) await Assert.ThrowsAsync<ConfigurationException>(() => inbox.Replay(late, Ann, bad));
    }

    [Fact]
    public async Task ThePages_ShowReasons_Mend_AndAreWrittenDown()
    {
        await using var server = await RunningServer.Start();
        using var browser = await Browser.As(server, Role.Operator);
        await server.Post("/v1/batch", Batch("""{"type":"track","event":"x","userId":"u","messageId":"<script>alert(1)</script>","timestamp":"\"><img src=x onerror=alert(2)>"}"""), basic: server.Key);
        var list = await browser.Get("/quality/inbox");
        Assert.Contains("its time cannot be read", list.Text, StringComparison.Ordinal);
        var item = await browser.Get("/quality/inbox/1-0");
        foreach (var text in new[] { list.Text, item.Text, (await browser.Get("/quality")).Text })
        {
            Assert.DoesNotContain("<script>alert", text, StringComparison.Ordinal);
            Assert.DoesNotContain("<img", text, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await browser.Get("/quality/inbox/7-7")).Status);
        Assert.Contains("problem=", (await browser.Send("/quality/inbox/1-0", "/do/inbox/1-0/replay", ("event", "{"))).Location, StringComparison.Ordinal);
        var mended = await browser.Send("/quality/inbox/1-0", "/do/inbox/1-0/replay", ("event", """{"type":"track","event":"x","userId":"u","messageId":"m"}"""));
        Assert.Equal("/quality/inbox?replayed=1-0-0", mended.Location);
        Assert.Contains("1 taken", (await browser.Get(mended.Location!)).Text, StringComparison.Ordinal);
        Assert.Single(server.Stored());
        Assert.Equal(["inbox.replay", "inbox.read", "inbox.list"], server.Services.GetRequiredService<Audit>().Read(new AuditQuery()).Select(a => a.Action).Where(a => a.StartsWith("inbox", StringComparison.Ordinal)).Distinct());
    }
}
