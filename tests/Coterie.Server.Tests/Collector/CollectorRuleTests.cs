using System.Net;
using System.Text;
using System.Text.Json;
using Coterie.Server.Collector;

namespace Coterie.Tests.Server;

/// <summary>What clients rely on, and what attackers try.</summary>
public class CollectorRuleTests
{
    static string Track(string id, string user = "u") => $$"""{"type":"track","event":"x","userId":"{{user}}","messageId":"{{id}}","timestamp":"2024-03-01T10:00:00Z"}""";

    static string Batch(params string[] events) => $$"""{"batch":[{{string.Join(',', events)}}]}""";

    [Fact]
    public async Task EventsAreJudgedOneByOne_AndRefusedOnesAreKept()
    {
        await using var server = await RunningServer.Start();
        var answer = await server.Post("/v1/batch", Batch(Track("a"), "7", """{"type":"order","userId":"u","messageId":"b"}""", """{"type":"track","event":"x"}""",
            """{"type":"track","event":"x","userId":"u","messageId":"c","timestamp":"yesterday"}""", """{"type":"track","userId":"u","messageId":"d"}""", Track("e")), basic: server.Key);
        Assert.Equal((200, 2), (answer.Status, answer.Number("accepted")));
        Assert.Equal(["not_an_object", "unknown_type", "no_customer", "bad_timestamp", "no_event_name"], answer.Body.GetProperty("rejected").EnumerateArray().Select(r => r.GetProperty("code").GetString()));
        var inbox = new List<string>();
        server.Collecting.Inbox.Read(1, f => inbox.Add(Encoding.UTF8.GetString(f.Payload.Span)));
        using var kept = JsonDocument.Parse(Assert.Single(inbox));
        Assert.Equal("yesterday", kept.RootElement.GetProperty("refused")[3].GetProperty("event").GetProperty("timestamp").GetString());
    }

    [Fact]
    public async Task ASlashAtTheEnd_IsTheSameRoute_AndNothingIsRedirected()
    {
        await using var server = await RunningServer.Start();
        foreach (var path in new[] { "/v1/track", "/v1/track/", "/v1/batch", "/v1/batch/", "/b", "/b/", "/v1/t/", "/api/s/track/", "/v1/import" })
            Assert.Equal(200, (await server.Post(path, Track(path), basic: server.Key + ":")).Status);
        Assert.Equal(9, server.Stored().Count);
    }

    [Fact]
    public async Task WrongKeysAndBodies_AreAnsweredWithACodeAndAMessage()
    {
        await using var server = await RunningServer.Start();
        (string Body, string? Key, int Status, string Code)[] cases =
        [
            (Track("a"), null, 401, "unknown_key"), (Track("a"), server.Key[..^1] + "!", 401, "unknown_key"), (Track("a"), "short", 401, "unknown_key"),
            ("", server.Key, 400, "empty_body"), ("{", server.Key, 400, "bad_json"), ("7", server.Key, 400, "bad_json"), (Batch(), server.Key, 400, "empty_batch"), ("[]", server.Key, 400, "empty_batch"),
            ("""{"batch":7}""", server.Key, 400, "bad_json"), (string.Concat(Enumerable.Repeat("[", 5_000)), server.Key, 400, "bad_json"),
        ];
        foreach (var (body, key, status, code) in cases)
        {
            var answer = await server.Post("/v1/batch", body, basic: key);
            Assert.Equal((status, code), (answer.Status, answer.Text("code")));
            Assert.NotEmpty(answer.Text("message")!);
        }

        Assert.Empty(server.Stored());
    }

    [Fact]
    public async Task ARetry_ChangesNothing_AndAStormOfTwinsLeavesOne()
    {
        await using var server = await RunningServer.Start();
        var body = Batch([.. Enumerable.Range(0, 50).Select(i => Track($"m{i}"))]);
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => server.Post("/v1/batch", body, basic: server.Key))));
        Assert.All(answers, a => Assert.Equal((200, 50), (a.Status, a.Number("accepted") + a.Number("duplicates"))));
        Assert.Equal(50, answers.Sum(a => a.Number("accepted")));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"m{i}").Order(), server.Stored().Select(e => e.GetProperty("messageId").GetString()).Order());
        Assert.Equal(1, (await server.Post("/v1/batch", Batch(Track("twice"), Track("twice")), basic: server.Key)).Number("accepted"));
    }

    [Fact]
    public async Task SeenIds_AreKnownAfterARestart()
    {
        await using var server = await RunningServer.Start();
        await server.Post("/v1/batch", Batch(Track("a")), basic: server.Key);
        using var folder = new Support.TemporaryFolder();
        foreach (var file in Directory.GetFiles(Path.Combine(server.Workspace, "server", "log"))) File.Copy(file, Path.Combine(Directory.CreateDirectory(folder.File("log")).FullName, Path.GetFileName(file)));
        using var again = new Collecting(folder.Path);
        using var body = JsonDocument.Parse(Batch(Track("a"), Track("b")));
        var source = new Coterie.Server.Access.Sources(new Coterie.Server.Data.ServerData(Path.Combine(server.Workspace, "server"))).Of(server.Key)!;
        var collected = await again.Take(source, WireRequest.Of(body.RootElement, null, WireFormat.Segment), DateTime.UtcNow);
        Assert.Equal((1, 1), (collected.Accepted, collected.Duplicates));
    }

    [Fact]
    public async Task TheSameId_FromTwoSources_IsTwoEvents()
    {
        await using var server = await RunningServer.Start();
        var other = new Coterie.Server.Access.Sources(new Coterie.Server.Data.ServerData(Path.Combine(server.Workspace, "server"))).Add("app").Key;
        await server.Post("/v1/batch", Batch(Track("a")), basic: server.Key);
        // Made beside the running server, and known to it.
        Assert.Equal(1, (await server.Post("/v1/batch", Batch(Track("a")), basic: other)).Number("accepted"));
    }

    [Fact]
    public async Task ABomb_IsNotUnpacked()
    {
        await using var server = await RunningServer.Start();
        var bomb = RunningServer.Gzip(new byte[200 << 20]);
        Assert.True(bomb.Length < 2 << 20);
        using var content = new ByteArrayContent(bomb);
        using var answer = await server.Client.PostAsync("/v1/batch", content);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains("unpacked", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFullDisk_IsAnsweredWith503_AndLater()
    {
        await using var server = await RunningServer.Start(o => o with { LeastFreeBytes = long.MaxValue });
        var answer = await server.Post("/v1/batch", Batch(Track("a")), basic: server.Key);
        Assert.Equal((503, "storage_unavailable"), (answer.Status, answer.Text("code")));
        Assert.True(answer.RetryAfter >= TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task WithoutItsDatabase_KnownSourcesGoOnSending_AndOthersAreToldToTryAgain()
    {
        await using var server = await RunningServer.Start();
        await using (var db = ((Coterie.Server.Data.ServerData)server.Services.GetService(typeof(Coterie.Server.Data.ServerData))!).Open())
            await Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.ExecuteSqlRawAsync(db.Database, "DROP TABLE sources");
        var stranger = await server.Post("/v1/batch", Batch(Track("a")), basic: new string('a', server.Key.Length));
        Assert.Equal((503, "storage_unavailable"), (stranger.Status, stranger.Text("code")));
        Assert.True(stranger.RetryAfter >= TimeSpan.FromSeconds(1));
        Assert.Equal(1, (await server.Post("/v1/batch", Batch(Track("a")), basic: server.Key)).Number("accepted"));
    }

    [Fact]
    public async Task ABrowser_MayAsk_AndReadTheSettings()
    {
        await using var server = await RunningServer.Start();
        using var ask = new HttpRequestMessage(HttpMethod.Options, "/v1/t");
        using var allowed = await server.Client.SendAsync(ask);
        Assert.Contains("X-Retry-Count", string.Join(",", allowed.Headers.GetValues("Access-Control-Allow-Headers")), StringComparison.Ordinal);
        using var settings = JsonDocument.Parse(await server.Client.GetStringAsync(new Uri($"/v1/projects/{server.Key}/settings", UriKind.Relative)));
        Assert.Equal(server.Key, settings.RootElement.GetProperty("integrations").GetProperty("Segment.io").GetProperty("apiKey").GetString());
        var data = Convert.ToBase64String(Encoding.UTF8.GetBytes($$"""{"event":"x","userId":"u","messageId":"p","writeKey":"{{server.Key}}"}"""));
        using var pixel = await server.Client.GetAsync(new Uri($"/v1/pixel/track?data={Uri.EscapeDataString(data)}", UriKind.Relative));
        Assert.Equal("image/gif", pixel.Content.Headers.ContentType!.MediaType);
        Assert.Single(server.Stored());
        using var broken = await server.Client.GetAsync(new Uri("/v1/pixel/track?data=%7B%7B", UriKind.Relative));
        Assert.Equal("image/gif", broken.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task TheWorkspace_TakesWhatWasCollected_Once()
    {
        await using var server = await RunningServer.Start();
        for (var i = 0; i < 3; i++)
        {
            await server.Post("/v1/batch", Batch([.. Enumerable.Range(0, 20).Select(k => $$$"""{"type":"track","event":"Order Completed","userId":"c{{{k}}}","messageId":"{{{i}}}.{{{k}}}","timestamp":"2024-03-0{{{i + 1}}}T10:00:00Z","properties":{"order_id":"o{{{i}}}.{{{k}}}","products":[{"product_id":"p1","price":3,"quantity":2},{"product_id":"p2","price":1,"quantity":1}]}}""")]), basic: server.Key);
            server.Loading.Load(CancellationToken.None);
        }

        Assert.Equal((20L, 120L), Counted(server.Host));
        // A load that was cut off before its position was kept is done again.
        File.Delete(Path.Combine(server.Workspace, "server", "loaded.json"));
        var again = new Loading((file, stop) => server.Host.Write(w => Ingestion.Add(w, [file], stop)), Path.Combine(server.Workspace, "server"), server.Collecting.Log, TimeSpan.FromHours(1), Microsoft.Extensions.Logging.Abstractions.NullLogger<Loading>.Instance);
        again.Load(CancellationToken.None);
        Assert.Equal((20L, 120L), Counted(server.Host));
        again.Dispose();
    }

    static (long Customers, long Events) Counted(Coterie.Server.WorkspaceHost host) => host.Read(warehouse =>
    {
        var counts = (0L, 0L);
        warehouse.Query(new("count", """SELECT count(DISTINCT "customer_id"), count(*) FROM "events" """), r => counts = (r.GetInt64(0), r.GetInt64(1)));
        return counts;
    });
}
