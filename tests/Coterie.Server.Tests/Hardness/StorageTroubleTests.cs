
namespace Coterie.Tests.Server.Hardness;

/// <summary>A disk that is full or read-only: 503 with Retry-After, nothing acknowledged is lost, everything else is served, and when the disk is well again so is the server.</summary>
public class StorageTroubleTests
{
    static string Event(string id) => $$"""{"type":"track","event":"x","userId":"u","messageId":"{{id}}"}""";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task AFullDisk_IsSaid_AndOvercome(int writesThatStillSucceed)
    {
        var disk = new FaultyStorage();
        await using var server = await RunningServer.Start(o => o with { Storage = d => d.EndsWith("log", StringComparison.Ordinal) ? disk : new FaultyStorage() });
        Assert.Equal(200, (await server.Post("/v1/track", Event("before"), basic: server.Key)).Status);
        disk.Allowed = writesThatStillSucceed;
        var acknowledged = new List<string> { "before" };
        var refused = 0;
        for (var i = 0; i < 6; i++)
        {
            var answer = await server.Post("/v1/track", Event($"e{i}"), basic: server.Key);
            if (answer.Status == 200)
            {
                acknowledged.Add($"e{i}");
                continue;
            }

            refused++;
            Assert.Equal((503, "storage_unavailable"), (answer.Status, answer.Text("code")));
            Assert.True(answer.RetryAfter > TimeSpan.Zero);
        }

        Assert.True(refused > 0);
        using (var ready = await server.Client.GetAsync("/ready")) Assert.Equal(503, (int)ready.StatusCode);
        using (var health = await server.Client.GetAsync("/health")) Assert.Equal(200, (int)health.StatusCode);
        using (var page = await server.Client.GetAsync("/signin")) Assert.Equal(200, (int)page.StatusCode);

        disk.Allowed = int.MaxValue;
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(200, (await server.Post("/v1/track", Event($"e{i}"), basic: server.Key)).Status);
            if (!acknowledged.Contains($"e{i}")) acknowledged.Add($"e{i}");
        }

        using (var ready = await server.Client.GetAsync("/ready")) Assert.Equal(200, (int)ready.StatusCode);
        Assert.Equal(acknowledged.Order(StringComparer.Ordinal), server.Stored().Select(e => e.GetProperty("messageId").GetString()!).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task TooLittleFreeSpace_IsSaid_BeforeTheDiskIsFull()
    {
        await using var server = await RunningServer.Start(o => o with { LeastFreeBytes = long.MaxValue });
        var answer = await server.Post("/v1/track", Event("a"), basic: server.Key);
        Assert.Equal((503, "storage_unavailable"), (answer.Status, answer.Text("code")));
        using var ready = await server.Client.GetAsync("/ready");
        Assert.Equal(503, (int)ready.StatusCode);
        Assert.Empty(server.Stored());
    }
}
