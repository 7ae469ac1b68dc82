using Coterie.Server.Live;
using Coterie.Tests.Server;

namespace Coterie.Tests.Live;

/// <summary>Events sent to a server, and what becomes of memberships.</summary>
static class LiveServer
{
    public static async Task Send(RunningServer server, IEnumerable<string> lines)
    {
        var answered = await server.Post("/v1/batch", $$"""{"writeKey":"{{server.Key}}","batch":[{{string.Join(',', lines)}}]}""");
        Assert.Equal(200, answered.Status);
        Assert.Equal(0, answered.Body.GetProperty("rejected").GetArrayLength());
    }

    public static async Task<LiveAnswer?> Settled(LiveMembership live, string customer, Func<LiveAnswer, bool>? until = null)
    {
        for (var tries = 0; tries < 1500; tries++)
        {
            var answer = live.Of(customer);
            if (answer is { Pending: false } && (until is null || until(answer))) return answer;
            await Task.Delay(20);
        }

        Assert.Fail($"No answer for {customer} within half a minute: {live.Of(customer)}; {live.Trouble}");
        return null;
    }

    public static async Task<LiveMembership> Ready(RunningServer server)
    {
        for (var tries = 0; server.Live.Members is null; tries++)
        {
            Assert.True(tries < 1500, server.Live.Trouble);
            await Task.Delay(20);
        }

        return server.Live;
    }
}
