using System.Net;
using Coterie.Server.Access;
using Coterie.Server.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Tests.Server.Access;

/// <summary>Sign-in by an identity provider: it lets in who was invited, as who they are here, and nobody else.</summary>
public class OpenIdTests(OpenIdTests.Both both) : IClassFixture<OpenIdTests.Both>
{
    /// <summary>A server and a provider that it knows.</summary>
    public sealed class Both : IAsyncLifetime
    {
        internal IdentityProvider Provider { get; private set; } = null!;
        internal RunningServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Provider = await IdentityProvider.Start();
            Server = await RunningServer.Start(o => o with { OpenId = Provider.Options });
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            await Provider.DisposeAsync();
        }
    }

    int one;

    People People => both.Server.Services.GetRequiredService<People>();

    // Each test is about a person of its own.
    PersonRow Invited(Role role = Role.Analyst)
    {
        var email = $"p{Interlocked.Increment(ref one)}-{Guid.NewGuid():N}@shop.example";
        (both.Provider.Email, both.Provider.Subject, both.Provider.Verified, both.Provider.Broken) = (email, "subject of " + email, true, Broken.Nothing);
        return People.Invite(email, "Ann", role).Person;
    }

    // Along the whole way, as a browser goes it.
    static async Task<(string Where, HttpStatusCode Status)> Go(Browser browser, string to)
    {
        for (var steps = 0; ; steps++)
        {
            using var answer = await browser.Get(to);
            if (answer.Headers.Location is not { } next || steps == 8) return (to, answer.StatusCode);
            to = next.ToString();
        }
    }

    Browser Fresh() => new(both.Server.Client.BaseAddress!);

    [Fact]
    public async Task WhoWasInvited_ComesIn_WithTheirRole_AndByTheProvidersNameFromThenOn()
    {
        var person = Invited();
        using (var browser = Fresh())
        {
            Assert.Equal("/signin/done?then=%2Fsegments", (await Go(browser, "/signin/openid?then=/segments")).Where);
            using (var page = await browser.Get("/signin/done?then=/segments")) Assert.Contains("content=\"0;url=/segments\"", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            using var me = await browser.Get("/api/v1/me");
            Assert.Contains("\"analyst\"", await me.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            using (var settings = await browser.Get("/settings/people")) Assert.Equal("/denied?then=%2Fsettings%2Fpeople", settings.Headers.Location?.PathAndQuery);
        }

        // Married, and no longer verified: still the same person.
        (both.Provider.Email, both.Provider.Verified) = ("other@shop.example", false);
        using (var browser = Fresh())
        {
            await Go(browser, "/signin/openid");
            using var page = await browser.Get("/account");
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        }

        // Their address, given to somebody else by the provider.
        (both.Provider.Email, both.Provider.Subject, both.Provider.Verified) = (person.Email, "somebody new", true);
        using (var browser = Fresh()) Assert.Equal("/signin?problem=stranger", (await Go(browser, "/signin/openid")).Where);

        // Unless an admin says so; whoever came before is out then.
        People.Set(person.Id, forgetProvider: true);
        using (var browser = Fresh()) Assert.StartsWith("/signin/done", (await Go(browser, "/signin/openid")).Where, StringComparison.Ordinal);
        both.Provider.Subject = "subject of " + person.Email;
        using (var browser = Fresh()) Assert.Equal("/signin?problem=stranger", (await Go(browser, "/signin/openid")).Where);
    }

    [Theory]
    [InlineData(false, "stranger")]
    [InlineData(true, "unverified")]
    public async Task WhoWasNotInvited_OrIsNotVerified_StaysOut_AndItIsNoted(bool invited, string problem)
    {
        if (invited) Invited();
        (both.Provider.Verified, both.Provider.Subject, both.Provider.Broken) = (!invited, Guid.NewGuid().ToString(), Broken.Nothing);
        if (!invited) both.Provider.Email = "stranger@elsewhere.example";
        using var browser = Fresh();
        Assert.Equal("/signin?problem=" + problem, (await Go(browser, "/signin/openid")).Where);
        using (var page = await browser.Get("/")) Assert.Contains("/signin", page.Headers.Location?.ToString(), StringComparison.Ordinal);
        Assert.Equal("signin.refused", both.Server.Services.GetRequiredService<Audit>().Read(new AuditQuery { Take = 1 })[0].Action);
    }

    [Fact]
    public async Task WhoIsDisabled_StaysOut_BeforeTheFirstTimeAndAfter()
    {
        var person = Invited();
        People.Set(person.Id, disabled: true);
        using (var browser = Fresh()) Assert.Equal("/signin?problem=stranger", (await Go(browser, "/signin/openid")).Where);
        People.Set(person.Id, disabled: false);
        using var session = Fresh();
        await Go(session, "/signin/openid");
        using (var page = await session.Get("/account")) Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        People.Set(person.Id, disabled: true);
        using (var page = await session.Get("/account")) Assert.Contains("/signin", page.Headers.Location?.ToString(), StringComparison.Ordinal);
        using (var browser = Fresh()) Assert.Equal("/signin?problem=stranger", (await Go(browser, "/signin/openid")).Where);
    }

    [Theory]
    [InlineData(Broken.Signature)]
    [InlineData(Broken.NoAlgorithm)]
    [InlineData(Broken.Issuer)]
    [InlineData(Broken.Audience)]
    [InlineData(Broken.Expired)]
    [InlineData(Broken.Nonce)]
    [InlineData(Broken.Secret)]
    [InlineData(Broken.Denied)]
    [InlineData(Broken.OtherSubject)]
    public async Task AnAnswerThatIsNotTheProviders_OrNotForUs_OpensNothing(Broken broken)
    {
        Invited();
        both.Provider.Broken = broken;
        using var browser = Fresh();
        Assert.Equal("/signin?problem=provider", (await Go(browser, "/signin/openid")).Where);
        using var page = await browser.Get("/account");
        Assert.Contains("/signin", page.Headers.Location?.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/signin/openid/return")]
    [InlineData("/signin/openid/return?code=abc")]
    [InlineData("/signin/openid/return?code=abc&state=forged")]
    [InlineData("/signin/openid/return?error=server_error&error_description=%3Cscript%3E")]
    public async Task AWayBack_ThatDidNotBeginHere_OpensNothing(string path)
    {
        using var browser = Fresh();
        Assert.Equal(("/signin?problem=provider", HttpStatusCode.OK), await Go(browser, path));
    }

    [Fact]
    public async Task TheWayBackOfAnother_OpensNothing()
    {
        Invited();
        using var ann = Fresh();
        using var eve = Fresh();
        using var start = await ann.Get("/signin/openid");
        using var way = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var back = await way.GetAsync(start.Headers.Location);
        // Eve is given the address with Ann's code: without Ann's cookies it is nothing, and Ann is not signed in as Eve the other way round.
        Assert.Equal("/signin?problem=provider", (await Go(eve, back.Headers.Location!.ToString())).Where);
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("/\\evil.example")]
    public async Task AForeignAddress_IsNeverLedTo(string then)
    {
        Invited();
        using var browser = Fresh();
        Assert.Equal("/signin/done?then=%2F", (await Go(browser, "/signin/openid?then=" + Uri.EscapeDataString(then))).Where);
        using var page = await browser.Get("/signin/done?then=" + Uri.EscapeDataString(then));
        var html = await page.Content.ReadAsStringAsync();
        // The link that changes the language keeps the page's own address, and leads to this page.
        Assert.Contains("content=\"0;url=/\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"" + then, html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddressesThatAreTrusted_NeedNoVerification()
    {
        await using var provider = await IdentityProvider.Start();
        provider.Verified = false;
        await using var server = await RunningServer.Start(o => o with { OpenId = provider.Options with { TrustAddresses = true } });
        server.Services.GetRequiredService<People>().Invite(provider.Email, "Ann", Role.Admin);
        using var browser = new Browser(server.Client.BaseAddress!);
        Assert.StartsWith("/signin/done", (await Go(browser, "/signin/openid")).Where, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AProviderThatIsAway_IsSaid()
    {
        await using var server = await RunningServer.Start(o => o with { OpenId = new("http://127.0.0.1:9", "coterie", "secret") });
        server.Services.GetRequiredService<People>().Invite("ann@shop.example", "Ann", Role.Admin);
        using var browser = new Browser(server.Client.BaseAddress!);
        Assert.Equal(("/signin?problem=provider", HttpStatusCode.OK), await Go(browser, "/signin/openid"));
        using var page = await browser.Get("/signin?problem=provider");
        var html = await page.Content.ReadAsStringAsync();
        Assert.Contains("identity provider did not work", html, StringComparison.Ordinal);
        Assert.Contains("href=\"/signin/openid\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutAProvider_ThereIsNoSuchWay()
    {
        await using var server = await RunningServer.Start();
        server.Services.GetRequiredService<People>().Invite("ann@shop.example", "Ann", Role.Admin);
        using var browser = new Browser(server.Client.BaseAddress!);
        using var page = await browser.Get("/signin");
        Assert.DoesNotContain("openid", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var way = await browser.Get("/signin/openid");
        Assert.NotEqual(0, (int)way.StatusCode);
        Assert.DoesNotContain("authorize", way.Headers.Location?.ToString() ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "coterie", "secret", "--openid is ''")]
    [InlineData("id.example.com", "coterie", "secret", "--openid is 'id.example.com'")]
    [InlineData("http://id.example.com", "coterie", "secret", "http on this machine only")]
    [InlineData("https://id.example.com", null, "secret", "--openid-client")]
    [InlineData("https://id.example.com", "coterie", " ", "COTERIE_OPENID_SECRET")]
    public void WhatIsMissing_IsSaid(string? authority, string? client, string? secret, string expected) =>
        Assert.Contains(expected, Assert.Throws<ConfigurationException>(() => OpenIdOptions.Of(authority, client, secret, trustAddresses: authority is null)).Message, StringComparison.Ordinal);

    [Fact]
    public void NothingAsked_IsNoProvider() => Assert.Null(OpenIdOptions.Of(null, null, "a secret of the environment", trustAddresses: false));
}
