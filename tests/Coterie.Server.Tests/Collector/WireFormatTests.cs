using System.Text.Json;

namespace Coterie.Tests.Server;

/// <summary>Requests in the shapes that the clients send (recorded: research of 2026, Segment Node 3.1.0, RudderStack Node 3.0.13, PostHog Node 5.70.0,
/// Jitsu JS 1.11.0, Segment's Python and C# from their code); ids and texts are ours.</summary>
public class WireFormatTests
{
    static string Text(JsonElement e, string name) => e.GetProperty(name).GetString()!;

    [Fact]
    public async Task SegmentNode_SendsTheKeyTwice_AndTheUsersTimeAsTimestamp()
    {
        await using var server = await RunningServer.Start();
        var answer = await server.Post("/v1/batch", $$$"""
            {"batch":[{"timestamp":"2024-03-01T10:00:00.000Z","type":"track","userId":"u1","event":"Order Completed","properties":{"order_id":"o1","revenue":20},
              "context":{"library":{"name":"@segment/analytics-node","version":"3.1.0"}},"integrations":{},"messageId":"node-next-1709287200000-aaaa","_metadata":{"nodeVersion":"20"}}],
             "writeKey":"{{{server.Key}}}","sentAt":"2024-03-02T10:00:00.000Z"}
            """, basic: server.Key + ":");
        Assert.Equal((200, 1), (answer.Status, answer.Number("accepted")));
        Assert.True(answer.Body.GetProperty("success").GetBoolean());
        var e = Assert.Single(server.Stored());
        Assert.Equal(("track", "u1", "node-next-1709287200000-aaaa", "2024-03-01T10:00:00.000Z"), (Text(e, "type"), Text(e, "userId"), Text(e, "messageId"), Text(e, "timestamp")));
        Assert.Equal(20, e.GetProperty("properties").GetProperty("revenue").GetInt32());
        Assert.False(e.TryGetProperty("_metadata", out _));
    }

    [Fact]
    public async Task RudderStackNode_GzipsAForm_AndPutsNowIntoOriginalTimestamp()
    {
        await using var server = await RunningServer.Start();
        var answer = await server.Post("/v1/batch", """
            {"batch":[{"type":"track","userId":"u1","event":"Product Viewed","timestamp":"2020-01-01T00:00:00.000Z","originalTimestamp":"2026-11-30T10:00:00.000Z","sentAt":"2026-11-30T10:00:01.000Z","channel":"server","messageId":"b3f0"}],
             "timestamp":"2026-11-30T10:00:01.000Z","sentAt":"2026-11-30T10:00:01.000Z"}
            """, gzip: true, type: "application/x-www-form-urlencoded", basic: server.Key + ":");
        Assert.Equal(200, answer.Status);
        Assert.Equal("2020-01-01T00:00:00.000Z", Text(Assert.Single(server.Stored()), "timestamp"));
    }

    [Fact]
    public async Task PostHogNode_SendsToBatchWithASlash_AndItsEventsBecomeCalls()
    {
        await using var server = await RunningServer.Start();
        var answer = await server.Post("/batch/", $$$$"""
            {"api_key":"{{{{server.Key}}}}","sent_at":"2024-03-01T10:00:01Z","batch":[
              {"event":"$identify","distinct_id":"u1","uuid":"1","timestamp":"2024-03-01T10:00:00Z","properties":{"$anon_distinct_id":"anon-1","$set":{"plan":"b"},"$set_once":{"plan":"a","first":"x"}}},
              {"event":"order_completed","distinct_id":"u1","uuid":"2","timestamp":"2024-03-01T10:00:00Z","properties":{"revenue":5}},
              {"event":"$pageview","distinct_id":"anon-2","uuid":"3","properties":{"$current_url":"https://shop.example/a","$device_id":"anon-2"}},
              {"event":"$create_alias","distinct_id":"u1","uuid":"4","properties":{"alias":"old"}},
              {"event":"$groupidentify","distinct_id":"u1","uuid":"5","properties":{"$group_type":"company","$group_key":"acme","$group_set":{"size":3}}}]}
            """, gzip: true);
        Assert.Equal((200, 5), (answer.Status, answer.Number("accepted")));
        var e = server.Stored();
        Assert.Equal(["identify", "track", "page", "alias", "group"], e.Select(x => Text(x, "type")));
        Assert.Equal(("u1", "anon-1", "b", "x"), (Text(e[0], "userId"), Text(e[0], "anonymousId"), Text(e[0].GetProperty("traits"), "plan"), Text(e[0].GetProperty("traits"), "first")));
        Assert.Equal("order_completed", Text(e[1], "event"));
        Assert.Equal(("anon-2", false), (Text(e[2], "anonymousId"), e[2].TryGetProperty("userId", out _)));
        Assert.Equal("old", Text(e[3], "previousId"));
        Assert.Equal("acme", Text(e[4], "groupId"));
    }

    [Fact]
    public async Task Jitsu_NamesTheCallInThePath_AndTheKeyInAHeader()
    {
        await using var server = await RunningServer.Start();
        foreach (var path in new[] { "/api/s/page", "/api/s/s2s/track" })
        {
            var answer = await server.Post(path, $$$"""{"anonymousId":"a1","event":"x","name":"home","messageId":"{{{path}}}","writeKey":"masked:***","context":{"page":{"path":"/"} } }""", header: "id:" + server.Key);
            Assert.Equal(200, answer.Status);
        }

        Assert.Equal(["page", "track"], server.Stored().Select(x => Text(x, "type")));
    }

    [Fact]
    public async Task SegmentPythonAndCSharp_HaveTheKeyInTheBodyOnly()
    {
        await using var server = await RunningServer.Start();
        var python = await server.Post("/v1/batch", $$$"""{"batch":[{"integrations":{},"anonymousId":null,"timestamp":"2024-03-01T10:00:00+00:00","context":{"library":{"name":"analytics-python"}},"messageId":"5d0","type":"identify","userId":12,"traits":{"email":"a@b.example"}}],"sentAt":"2024-03-01T10:00:01+00:00","writeKey":"{{{server.Key}}}"}""");
        var csharp = await server.Post("/b", $$"""{"batch":[{"type":"screen","name":"Home","anonymousId":"x","messageId":"6","timestamp":"2024-03-01T12:00:00.000+02:00"}],"sentAt":"2024-03-01T10:00:01Z","writeKey":"{{server.Key}}"}""", gzip: true, type: null);
        Assert.Equal((200, 200), (python.Status, csharp.Status));
        var e = server.Stored();
        Assert.Equal(("12", "2024-03-01T10:00:00.000Z"), (Text(e[0], "userId"), Text(e[1], "timestamp")));
    }

    [Fact]
    public async Task AClockThatIsWrong_IsCorrected_WhereNoTimeWasGiven()
    {
        await using var server = await RunningServer.Start();
        var before = DateTime.UtcNow;
        await server.Post("/v1/t", $$"""{"type":"track","event":"x","userId":"u","messageId":"1","originalTimestamp":"2001-01-01T00:00:00Z","sentAt":"2001-01-01T00:10:00Z","writeKey":"{{server.Key}}"}""");
        await server.Post("/v1/t", $$"""{"event":"x","userId":"u","timestamp":1709287200000,"writeKey":"{{server.Key}}"}""");
        await server.Post("/v1/t", $$"""{"event":"x","userId":"u","timestamp":1709287200,"writeKey":"{{server.Key}}"}""");
        var times = server.Stored().Select(e => e.GetProperty("timestamp").GetDateTime()).ToArray();
        Assert.InRange(times[0], before.AddMinutes(-10).AddSeconds(-1), DateTime.UtcNow.AddMinutes(-10));
        Assert.Equal(new DateTime(2024, 3, 1, 10, 0, 0, DateTimeKind.Utc), times[1]);
        Assert.Equal(times[1], times[2]);
    }
}
