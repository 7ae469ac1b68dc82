using System.Text.Json;
using Coterie.Activation;
using Coterie.Tests.Support;

namespace Coterie.Tests.Activation;

/// <summary>Segment's tracking API.</summary>
public class SegmentTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static SegmentDestination To(string url) => new(new WebOptions { Address = url, AllowPrivate = true, Retry = new RetryOptions { Tries = 2, Clock = new QuickClock() } }, "k3y\n");

    [Fact]
    public async Task WhoEnters_IsIdentified_AndTracked()
    {
        await using var server = BadServer.Codes(200);
        var batch = Some.Batch(1, Some.Entered("A", 0.5, "x"), new AudienceChange(ChangeKind.Exited, "B", []), new AudienceChange(ChangeKind.Changed, "C", [0.5, null]));
        await To($"http://127.0.0.1:{server.Port}").Deliver(batch, Stop);
        var request = server.Requests.Single();
        Assert.Equal("POST /v1/batch HTTP/1.1", request.Line);
        Assert.Equal("Basic " + Convert.ToBase64String("k3y:"u8), request.Headers["authorization"]);
        var json = JsonDocument.Parse(request.Body).RootElement;
        Assert.Equal("2024-03-01T12:00:00Z", json.GetProperty("sentAt").GetString());
        var context = "\"context\":{\"personas\":{\"computation_class\":\"audience\",\"computation_key\":\"coterie_s1\"}}";
        var time = "\"timestamp\":\"2024-03-01T00:00:00Z\"";
        Assert.Equal(
            [
                $$$"""{"type":"identify","messageId":"{{{batch.Key}}}-0-i","userId":"A",{{{time}}},{{{context}}},"traits":{"coterie_s1":true,"coterie_s1_confidence":0.5,"note":"x"}}""",
                $$$"""{"type":"track","messageId":"{{{batch.Key}}}-0-t","userId":"A",{{{time}}},{{{context}}},"event":"Audience Entered","properties":{"audience_key":"coterie_s1","coterie_s1":true,"audience_name":"Loyal"}}""",
                $$$"""{"type":"identify","messageId":"{{{batch.Key}}}-1-i","userId":"B",{{{time}}},{{{context}}},"traits":{"coterie_s1":false}}""",
                $$$"""{"type":"track","messageId":"{{{batch.Key}}}-1-t","userId":"B",{{{time}}},{{{context}}},"event":"Audience Exited","properties":{"audience_key":"coterie_s1","coterie_s1":false,"audience_name":"Loyal"}}""",
                $$$"""{"type":"identify","messageId":"{{{batch.Key}}}-2-i","userId":"C",{{{time}}},{{{context}}},"traits":{"coterie_s1":true,"coterie_s1_confidence":0.5,"note":null}}""",
            ], json.GetProperty("batch").EnumerateArray().Select(e => e.GetRawText()));
    }

    [Fact]
    public void Requests_KeepTheLimits_AndLoseNothing()
    {
        var batch = Some.Batch(1, [.. Some.Ids(3000).Select((id, i) => Some.Entered(id, 0.5, new string('x', i % 7 == 0 ? 20_000 : 10)))]);
        var requests = SegmentDestination.Requests(batch);
        Assert.All(requests, r => Assert.True(r.Count <= 2500 && r.Sum(e => e.Length + 1) + 100 <= 500_000));
        var ids = requests.SelectMany(r => r).Select(e => JsonDocument.Parse(e).RootElement.GetProperty("messageId").GetString()!).ToArray();
        Assert.Equal(6000, ids.Distinct().Count());
        Assert.All(ids, id => Assert.True(id.Length < 100));
        Assert.Equal(ids, SegmentDestination.Requests(batch).SelectMany(r => r).Select(e => JsonDocument.Parse(e).RootElement.GetProperty("messageId").GetString()!));
    }

    [Fact]
    public async Task AnEventOverTheLimit_IsNotSent_NorAnyOfItsBatch()
    {
        await using var server = BadServer.Codes(200);
        var e = await Assert.ThrowsAsync<DeliveryException>(() => To(server.Url).Deliver(Some.Batch(1, Some.Entered("A", 0.5, "x"), Some.Entered("B", 0.5, new string('x', 40_000))), Stop));
        Assert.Contains("customer 'B'", e.Message, StringComparison.Ordinal);
        Assert.False(e.MaybeDelivered);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task ABatchThatStopsBetweenItsRequests_GoesOutAgainWithItsIds()
    {
        await using var server = BadServer.Codes(200, 400, 200);
        using var folder = new TemporaryFolder();
        var options = new SyncOptions { State = folder.Path, Minimum = 1 };
        var audience = Some.Audience() with { Traits = [new("note")], Members = [.. Some.Ids(60).Select(id => new AudienceMember(id, [new string('x', 20_000)]))] };
        var e = await Assert.ThrowsAsync<DeliveryException>(() => AudienceSync.Run(audience, To(server.Url), options, Stop));
        Assert.True(e.MaybeDelivered);
        await AudienceSync.Run(audience, To(server.Url), options, Stop);
        string[] Ids(int request) => [.. JsonDocument.Parse(server.Requests[request].Body).RootElement.GetProperty("batch").EnumerateArray().Select(m => m.GetProperty("messageId").GetString()!)];
        Assert.Equal(Ids(0), Ids(2));
        Assert.Equal(120, server.Requests.Skip(2).Select((_, i) => Ids(i + 2)).SelectMany(i => i).Distinct().Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    public void AKeyThatIsNone_IsRefused(string key) =>
        Assert.Throws<ConfigurationException>(() => new SegmentDestination(new WebOptions { Address = "https://api.segment.example" }, key));

    [Fact]
    public async Task TheKey_IsInNoMessage()
    {
        await using var server = BadServer.Codes(401);
        var e = await Assert.ThrowsAsync<DeliveryException>(() => To(server.Url).Deliver(Some.Batch(), Stop));
        Assert.DoesNotContain("k3y", e.ToString(), StringComparison.Ordinal);
        Assert.Contains("does not accept the secret or key", e.Message, StringComparison.Ordinal);
    }
}
