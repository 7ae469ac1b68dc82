using Coterie.Server.Data;
using Coterie.Tests.Server.Access;

namespace Coterie.Tests.Server.Operations;

/// <summary>What stands before the server is believed only when it was named.</summary>
public class ProxiesTests
{
    static async Task<HttpResponseMessage> Ask(RunningServer server)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/signin");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        return await server.Client.SendAsync(request);
    }

    [Fact]
    public async Task AProxyThatWasNamed_IsBelieved()
    {
        await using var server = await RunningServer.Start(o => o with { Proxies = ["127.0.0.1"] });
        using var answer = await Ask(server);
        Assert.True(answer.Headers.Contains("Strict-Transport-Security"));
    }

    [Theory]
    [InlineData]
    [InlineData("10.0.0.0/8", "2001:db8::1")]
    public async Task Others_AreNot(params string[] proxies)
    {
        await using var server = await RunningServer.Start(o => o with { Proxies = proxies });
        using var answer = await Ask(server);
        Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
        // Without a proxy of ours, whoever names another scheme gets a cookie as for this one.
        using var browser = await Browser.Of(server, Role.Viewer);
        Assert.All(browser.Cookies.GetAllCookies(), c => Assert.False(c.Secure));
    }

    [Fact]
    public async Task WhatIsNoAddress_IsRefused_OneByOne()
    {
        var e = await Assert.ThrowsAsync<ConfigurationException>(() => RunningServer.Start(o => o with { Proxies = ["proxy.example", "10.0.0.1/99"] }));
        Assert.Equal(2, e.Message.Split('\n').Length);
    }
}
