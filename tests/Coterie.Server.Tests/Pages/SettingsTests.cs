using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Coterie.Server.Access;
using Coterie.Server.Data;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Tests.Server.Pages;

/// <summary>Who sees which page, what its forms do, and what they refuse.</summary>
public partial class SettingsTests
{
    static readonly (string Path, Role Least)[] Pages =
    [
        ("/settings", Role.Admin), ("/settings/sources", Role.Admin), ("/settings/keys", Role.Admin), ("/settings/people", Role.Admin), ("/settings/destinations", Role.Admin),
        ("/settings/destinations?kind=webhook", Role.Admin), ("/settings/schedules", Role.Admin), ("/settings/privacy", Role.Admin), ("/settings/audit", Role.Admin), ("/account", Role.Viewer), ("/quality", Role.Viewer), ("/quality/inbox", Role.Analyst),
        ("/quality/refused/duplicate", Role.Analyst), ("/customers", Role.Analyst),
    ];

    [Fact]
    public async Task PagesAreForTheirRoles_InBothLanguages()
    {
        await using var server = await RunningServer.Start();
        foreach (var role in Enum.GetValues<Role>())
        {
            using var browser = await Browser.As(server, role);
            foreach (var (path, least) in Pages)
            {
                var answer = await browser.Get(path);
                if (role < least)
                {
                    Assert.Equal((HttpStatusCode.Redirect, true), (answer.Status, answer.Location!.Contains("/denied", StringComparison.Ordinal)));
                    continue;
                }

                Assert.True(answer.Status == HttpStatusCode.OK, $"{path} as {role}: {answer.Status}");
                Assert.Single(H1().Matches(answer.Text));
                // As many pieces in one language as in the other.
                Assert.Equal(Regex.Count(answer.Text, "<span class=\"en\""), Regex.Count(answer.Text, "<span class=\"zh\""));
                Assert.Contains("data-lang=\"zh\"", (await browser.Get(path + (path.Contains('?') ? "&" : "?") + "lang=zh")).Text, StringComparison.Ordinal);
            }
        }

        using var nobody = new Browser(server);
        foreach (var (path, _) in Pages) Assert.Contains("/signin?then=", (await nobody.Get(path)).Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFormWithoutItsToken_DoesNothing()
    {
        await using var server = await RunningServer.Start();
        using var admin = await Browser.As(server, Role.Admin);
        var routes = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Select(e => e.RoutePattern.RawText!).Where(r => r.StartsWith("/do/", StringComparison.Ordinal)).ToArray();
        Assert.True(routes.Length > 20);
        var audit = server.Services.GetRequiredService<Audit>();
        var before = audit.Read(new AuditQuery())[0].Id;
        foreach (var route in routes)
        {
            var path = Regex.Replace(route, @"\{[^}]*:(int|long)\}", "1");
            var answer = await admin.Post(Regex.Replace(path, @"\{[^}]*\}", "x"), ("name", "x"), ("email", "x@example.com"), ("password", "a long enough one"), ("role", "Admin"), ("customer", "c"), ("code", "c"), ("url", "https://example.com"));
            Assert.True(answer.Status == HttpStatusCode.BadRequest || answer.Location == "/signin" || answer.Location!.StartsWith("/quality?problem=No%20file%20was%20sent.", StringComparison.Ordinal), $"{route}: {answer.Status} {answer.Location}");
        }

        Assert.Equal(before, audit.Read(new AuditQuery())[0].Id);
        Assert.Single(server.Services.GetRequiredService<People>().All);
        Assert.Equal("/signin", (await admin.SendFile("/quality", "/do/upload", "a.csv", "a,b\n1,2\n"u8.ToArray(), withToken: false)).Location);
    }

    [Fact]
    public async Task AViewerCannotPostWhatAdminsPost()
    {
        await using var server = await RunningServer.Start();
        using var viewer = await Browser.As(server, Role.Viewer);
        foreach (var action in new[] { "/do/sources/add", "/do/keys/add", "/do/people/invite", "/do/destinations/add", "/do/inbox/replay", "/do/customers/place", "/do/customers/erase", "/do/upload/x/ingest" })
            Assert.Contains("/denied", (await viewer.Send("/account", action, ("name", "x"), ("role", "Admin"))).Location, StringComparison.Ordinal);
        Assert.Single(server.Services.GetRequiredService<Sources>().All);
    }

    [Fact]
    public async Task Keys_AreShownOnce_AndStandNowhereInClear()
    {
        await using var server = await RunningServer.Start();
        using var admin = await Browser.As(server, Role.Admin);
        var secrets = new List<string>();
        foreach (var (page, action, fields) in new[]
        {
            ("/settings/sources", "/do/sources/add", new[] { ("name", "app") }),
            ("/settings/keys", "/do/keys/add", [("name", "report"), ("role", "Analyst"), ("ends", "2099-01-31"), ("rate", "7")]),
            ("/settings/people", "/do/people/invite", [("name", "Bob"), ("email", "bob@example.com"), ("role", "Viewer")]),
        })
        {
            var made = await admin.Send(page, action, fields);
            Assert.StartsWith(page + "?new=", made.Location, StringComparison.Ordinal);
            using (var other = await Browser.As(server, Role.Admin)) Assert.DoesNotContain("class=\"secret\"", (await other.Get(made.Location!)).Text, StringComparison.Ordinal);
            var first = await admin.Get(made.Location!);
            var secret = Secret().Match(first.Text).Groups[1].Value.Split("code=")[^1];
            Assert.True(secret.Length >= 32);
            Assert.DoesNotContain(secret, made.Location, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, (await admin.Get(made.Location!)).Text, StringComparison.Ordinal);
            secrets.Add(secret);
        }

        const string signing = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
        Assert.Equal("/settings/destinations?done=added", (await admin.Send("/settings/destinations?kind=webhook", "/do/destinations/add", ("kind", "webhook"), ("name", "hook"), ("url", "https://example.com/secret-path"), ("secret", signing))).Location);
        Assert.DoesNotContain(signing, (await admin.Get("/settings/destinations")).Text, StringComparison.Ordinal);
        secrets.AddRange([signing, "secret-path"]);
        foreach (var file in Directory.EnumerateFiles(server.Workspace, "*", SearchOption.AllDirectories))
        {
            // Held by the server, and empty.
            if (Path.GetFileName(file) == ".lock") continue;
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy);
            var text = Encoding.Latin1.GetString(copy.ToArray());
            Assert.All(secrets, s => Assert.DoesNotContain(s, text, StringComparison.Ordinal));
        }

        Assert.Equal(Role.Analyst, server.Services.GetRequiredService<ApiKeys>().Of(secrets[1])!.Role);
    }

    [Fact]
    public async Task AnInvitation_LetsInOnce()
    {
        await using var server = await RunningServer.Start();
        using var admin = await Browser.As(server, Role.Admin);
        var made = await admin.Send("/settings/people", "/do/people/invite", ("name", "Bob <b>"), ("email", "bob@example.com"), ("role", "Viewer"));
        var link = new Uri(Secret().Match((await admin.Get(made.Location!)).Text).Groups[1].Value).PathAndQuery;
        var code = link.Split("code=")[1];
        using var bob = new Browser(server);
        Assert.Contains("Bob &lt;b&gt;", (await bob.Get(link)).Text, StringComparison.Ordinal);
        Assert.Contains("problem=", (await bob.Send(link, "/do/invite", ("code", code), ("password", "short"))).Location, StringComparison.Ordinal);
        Assert.Equal("/", (await bob.Send(link, "/do/invite", ("code", code), ("password", "bob's own long one"))).Location);
        Assert.Equal(HttpStatusCode.OK, (await bob.Get("/account")).Status);
        using var thief = new Browser(server);
        Assert.Contains("does not open", (await thief.Get(link)).Text, StringComparison.Ordinal);
        Assert.Equal("/invite", (await thief.Send("/signin", "/do/invite", ("code", code), ("password", "a thief's long one"))).Location);
        Assert.Contains("/signin", (await thief.Get("/account")).Location, StringComparison.Ordinal);
        // A new link ends the one before.
        var people = server.Services.GetRequiredService<People>();
        var old = people.Invite("eve@example.com", "Eve", Role.Viewer);
        var fresh = people.InviteAgain(old.Person.Id);
        Assert.Null(people.OfInvitation(old.Code));
        Assert.NotNull(people.OfInvitation(fresh.Code));
    }

    [Fact]
    public async Task TheLastAdmin_StaysOne()
    {
        await using var server = await RunningServer.Start();
        using var admin = await Browser.As(server, Role.Admin);
        var people = server.Services.GetRequiredService<People>();
        var id = people.All.Single().Id;
        Assert.Contains("last%20admin", (await admin.Send("/settings/people", $"/do/people/{id}/role", ("role", "Viewer"))).Location, StringComparison.Ordinal);
        Assert.Contains("last%20admin", (await admin.Send("/settings/people", $"/do/people/{id}/disable")).Location, StringComparison.Ordinal);
        using var second = await Browser.As(server, Role.Admin);
        Assert.Equal("/settings/people?done=role", (await second.Send("/settings/people", $"/do/people/{id}/role", ("role", "Viewer"))).Location);
        // Their session has ended with their role.
        Assert.Contains("/signin", (await admin.Get("/settings/people")).Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OwnPassword_NeedsTheOldOne_AndEndsOtherSessions()
    {
        await using var server = await RunningServer.Start();
        using var here = await Browser.As(server, Role.Viewer);
        var person = server.Services.GetRequiredService<People>().All.Single();
        using var there = new Browser(server);
        await there.Send("/signin", "/do/signin", ("email", person.Email), ("password", Browser.Password), ("then", "/account"));
        Assert.Contains("problem=", (await here.Send("/account", "/do/account/password", ("old", "not this one at all"), ("password", "a brand new long one"))).Location, StringComparison.Ordinal);
        Assert.Equal("/account?done=password", (await here.Send("/account", "/do/account/password", ("old", Browser.Password), ("password", "a brand new long one"))).Location);
        Assert.Equal(HttpStatusCode.OK, (await here.Get("/account")).Status);
        Assert.Contains("/signin", (await there.Get("/account")).Location, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example"), InlineData("//evil.example"), InlineData("/\\evil.example"), InlineData("javascript:alert(1)"), InlineData("\t//evil.example"), InlineData("/\t/evil.example")]
    public async Task SigningIn_LeadsIntoOurOwnPagesOnly(string then)
    {
        await using var server = await RunningServer.Start();
        var email = "ann@example.com";
        server.Services.GetRequiredService<People>().Add(email, "Ann", Role.Viewer, Browser.Password);
        using var browser = new Browser(server);
        var answer = await browser.Send("/signin", "/do/signin", ("email", email), ("password", Browser.Password), ("then", then));
        Assert.True(answer.Location == "/" || !new Uri(browser.Client.BaseAddress!, answer.Location!).Host.Contains("evil", StringComparison.Ordinal), answer.Location);
        Assert.True(new Uri(browser.Client.BaseAddress!, answer.Location!).Host == browser.Client.BaseAddress!.Host, answer.Location);
    }

    [Fact]
    public async Task Sources_AreRenamed_Limited_AndSwitchedOff()
    {
        await using var server = await RunningServer.Start();
        using var admin = await Browser.As(server, Role.Admin);
        var sources = server.Services.GetRequiredService<Sources>();
        var id = sources.All[0].Id;
        Assert.Equal("/settings/sources?done=set", (await admin.Send("/settings/sources", $"/do/sources/{id}/set", ("name", "<script>alert(1)</script>"), ("limit", "12"))).Location);
        Assert.Equal(("<script>alert(1)</script>", 12), (sources.All[0].Name, sources.All[0].EventsPerSecond));
        Assert.DoesNotContain("<script>alert", (await admin.Get("/settings/sources")).Text, StringComparison.Ordinal);
        Assert.Contains("problem=", (await admin.Send("/settings/sources", $"/do/sources/{id}/set", ("name", "x"), ("limit", "many"))).Location, StringComparison.Ordinal);
        Assert.Equal("/settings/sources?done=off", (await admin.Send("/settings/sources", $"/do/sources/{id}/off")).Location);
        Assert.Equal(404, (await server.Post("/v1/track", """{"event":"x","userId":"u"}""", basic: server.Key)).Status);
        Assert.Contains("problem=", (await admin.Send("/settings/sources", "/do/sources/nothing/off")).Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheAuditPage_FindsWhoLookedAtACustomer_AndABrokenChain()
    {
        await using var server = await RunningServer.Start();
        using var admin = await Browser.As(server, Role.Admin);
        var audit = server.Services.GetRequiredService<Audit>();
        audit.Write(new Caller("person:9", "Zoe & Co", Role.Analyst), "customer.read", audit.Customer("c-17"));
        for (var i = 0; i < 60; i++) audit.Write(Caller.System, "job.request", $"job:{i}");
        var found = await admin.Get("/settings/audit?customer=c-17");
        Assert.Contains("Zoe &amp; Co", found.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(">job.request</code>", found.Text, StringComparison.Ordinal);
        Assert.Contains("The chain is whole", found.Text, StringComparison.Ordinal);
        Assert.Contains("before=", (await admin.Get("/settings/audit")).Text, StringComparison.Ordinal);
        using (var db = server.Services.GetRequiredService<ServerData>().Open())
        {
            db.Audit.First(a => a.Action == "customer.read").Name = "nobody";
            db.SaveChanges();
        }

        Assert.NotNull(audit.FirstBroken());
    }

    [GeneratedRegex("<h1[ >]")]
    private static partial Regex H1();

    [GeneratedRegex("class=\"secret\"[^>]*>([^<]+)<")]
    private static partial Regex Secret();
}
