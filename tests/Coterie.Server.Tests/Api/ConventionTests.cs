using System.Text;
using Coterie.Server.Access;
using Coterie.Server.Api;
using Coterie.Server.Collector;
using Coterie.Server.Data;
using Coterie.Tests.Server;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Tests.Api;

/// <summary>What all routes share: tags, keys against doing things twice, limits, proof that a page of ours sent it, pages of lists.</summary>
[Collection(nameof(ApiShop))]
public class ConventionTests(ApiShop shop)
{
    [Fact]
    public async Task What_has_not_changed_is_not_sent_again()
    {
        foreach (var path in new[] { "/api/v1/runs/latest", "/api/v1/runs/0001", "/api/v1/segments", "/api/v1/segments/S1", "/api/v1/segments/compare", $"/api/v1/customers/{shop.Customer}", "/api/v1/settings" })
        {
            var first = await shop.Send("GET", path);
            Assert.True(first.Status == 200, $"{path}: {first.Text}");
            Assert.NotNull(first.Tag);
            var again = await shop.Send("GET", path, null, Role.Admin, ("If-None-Match", first.Tag));
            Assert.Equal((304, ""), (again.Status, again.Text));
            Assert.Equal(200, (await shop.Send("GET", path, null, Role.Admin, ("If-None-Match", "\"other\""))).Status);
        }
    }

    [Fact]
    public async Task Nobody_overwrites_what_they_have_not_seen()
    {
        var made = (await shop.Send("POST", "/api/v1/sources", """{"name":"raced"}""")).Json.GetProperty("source").GetProperty("id").GetString();
        var tag = (await shop.Send("GET", $"/api/v1/sources/{made}")).Tag!;
        Assert.Equal(200, (await shop.Send("PATCH", $"/api/v1/sources/{made}", """{"events_per_second":5}""", Role.Admin, ("If-Match", tag))).Status);
        var late = await shop.Send("PATCH", $"/api/v1/sources/{made}", """{"enabled":false}""", Role.Admin, ("If-Match", tag));
        Assert.Equal((412, "changed"), (late.Status, late.Code));
        Assert.Equal("""{"id":"ID","name":"raced","enabled":true,"events_per_second":5}""".Replace("ID", made),
            System.Text.RegularExpressions.Regex.Replace((await shop.Send("GET", $"/api/v1/sources/{made}")).Text, "\"created\":\"[^\"]*\",", ""));
    }

    [Fact]
    public async Task A_request_that_is_sent_twice_is_done_once()
    {
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var first = await shop.Send("POST", "/api/v1/sources", """{"name":"once"}""", Role.Admin, key);
        var again = await shop.Send("POST", "/api/v1/sources", """{"name":"once"}""", Role.Admin, key);
        Assert.Equal((201, false), (first.Status, first.Replayed));
        Assert.Equal((201, true, first.Text, first.Location), (again.Status, again.Replayed, again.Text, again.Location));
        var other = await shop.Send("POST", "/api/v1/sources", """{"name":"other"}""", Role.Admin, key);
        Assert.Equal((422, "idempotency_key_reused"), (other.Status, other.Code));
        // Another caller's key of the same text is another key.
        Assert.Equal(400, (await shop.Send("POST", "/api/v1/sources", """{"name":"a"}""", Role.Admin, ("Idempotency-Key", new string('k', 201)))).Status);
        // What was refused may be sent again, mended.
        var refused = ("Idempotency-Key", Guid.NewGuid().ToString());
        Assert.Equal(400, (await shop.Send("POST", "/api/v1/sources", """{"name":""}""", Role.Admin, refused)).Status);
        Assert.Equal(201, (await shop.Send("POST", "/api/v1/sources", """{"name":"mended"}""", Role.Admin, refused)).Status);
        // The write key is shown once and stands nowhere in clear.
        var secret = first.Json.GetProperty("write_key").GetString()!;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(shop.Server.Host.Directory, "server"), "server.db*"))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
            Assert.Equal(-1, bytes.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret[8..])));
        }
    }

    [Fact]
    public async Task Of_many_twins_at_once_one_is_done()
    {
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => shop.Send("POST", "/api/v1/keys", """{"name":"twin","role":"viewer"}""", Role.Admin, key)));
        Assert.All(answers, a => Assert.True(a.Status is 201 or 409, a.Text));
        Assert.Contains(answers, a => a.Status == 201);
        Assert.Single(shop.Services.GetRequiredService<ApiKeys>().All, k => k.Name == "twin");
    }

    [Fact]
    public async Task A_key_that_calls_too_often_waits()
    {
        var slow = shop.Services.GetRequiredService<ApiKeys>().Add("slow", Role.Viewer, perSecond: 1).Key;
        var answers = new List<ApiAnswer>();
        for (var i = 0; i < 12; i++) answers.Add(await shop.SendBytes("GET", "/api/v1/me", null, slow));
        Assert.Equal(200, answers[0].Status);
        var refused = answers.Where(a => a.Status == 429).ToArray();
        Assert.NotEmpty(refused);
        Assert.All(refused, a =>
        {
            a.IsDecent("too often");
            Assert.True(a.RetryAfter >= TimeSpan.FromSeconds(1));
        });
        // Others are served.
        Assert.Equal(200, (await shop.Send("GET", "/api/v1/me")).Status);
    }

    [Fact]
    public async Task An_address_that_tries_to_sign_in_too_often_waits()
    {
        await using var server = await RunningServer.Start();
        var statuses = new List<int>();
        for (var i = 0; i < 60; i++)
        {
            using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["email"] = "a@b.c", ["password"] = "wrong" });
            using var response = await server.Client.PostAsync("/do/signin", form, TestContext.Current.CancellationToken);
            statuses.Add((int)response.StatusCode);
        }

        Assert.Contains(429, statuses);
        Assert.NotEqual(429, statuses[0]);
    }

    [Fact]
    public void A_source_keeps_its_limit_of_events_and_gets_large_batches_through()
    {
        var clock = new Clock();
        var limits = new SourceLimits(clock);
        var source = new EventSource("abcdefgh", "s", "", DateTime.UtcNow, EventsPerSecond: 10);
        long taken = 0;
        for (var tenths = 0; tenths < 6_000; tenths++)
        {
            if (limits.Take(source, 250) == 0) taken += 250;
            clock.Now += TimeSpan.TicksPerSecond / 10;
        }

        // 10 a second for 600 seconds, and what a full bucket and the last batch are more.
        Assert.InRange(taken, 6_000 - 250, 6_000 + 20 + 250);
        Assert.Equal(0, limits.Take(source with { EventsPerSecond = null }, 1_000_000));
    }

    sealed class Clock : TimeProvider
    {
        public long Now { get; set; }
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
        public override long GetTimestamp() => Now;
    }

    [Fact]
    public async Task The_collector_says_429_in_its_own_shape()
    {
        await using var server = await RunningServer.Start();
        var sources = server.Services.GetRequiredService<Sources>();
        sources.Set(sources.All[0].Id, eventsPerSecond: 1);
        Answered? refused = null;
        for (var i = 0; i < 6 && refused is null; i++)
        {
            var events = string.Join(',', Enumerable.Range(0, 5).Select(j => $$"""{"type":"track","event":"x","userId":"u","messageId":"{{i}}-{{j}}"}"""));
            var answer = await server.Post("/v1/batch", $"{{\"batch\":[{events}]}}", basic: server.Key + ":");
            if (answer.Status == 429) refused = answer;
        }

        Assert.NotNull(refused);
        Assert.Equal("rate_limited", refused.Text("code"));
        Assert.True(refused.RetryAfter >= TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_browsers_session_cannot_be_used_by_another_sites_page()
    {
        await using var server = await RunningServer.Start();
        var people = server.Services.GetRequiredService<People>();
        people.Add("kim@example.com", "Kim", Role.Admin, "a long enough passphrase");
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var browser = new HttpClient(handler) { BaseAddress = server.Client.BaseAddress };
        var page = await browser.GetStringAsync("/signin", TestContext.Current.CancellationToken);
        var token = System.Text.RegularExpressions.Regex.Match(page, "name=\"_form\"[^>]*value=\"([^\"]+)\"").Groups[1].Value;
        using var signIn = new FormUrlEncodedContent(new Dictionary<string, string> { ["_form"] = token, ["email"] = "kim@example.com", ["password"] = "a long enough passphrase" });
        Assert.Equal(302, (int)(await browser.PostAsync("/do/signin", signIn, TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(200, (int)(await browser.GetAsync("/api/v1/me", TestContext.Current.CancellationToken)).StatusCode);
        using var forged = new StringContent("""{"name":"forged"}""", Encoding.UTF8, "application/json");
        Assert.Equal(403, (int)(await browser.PostAsync("/api/v1/sources", forged, TestContext.Current.CancellationToken)).StatusCode);
        using var own = new HttpRequestMessage(HttpMethod.Post, "/api/v1/sources") { Content = new StringContent("""{"name":"own"}""", Encoding.UTF8, "application/json"), Headers = { { ApiGate.FromPage, "coterie" } } };
        Assert.Equal(201, (int)(await browser.SendAsync(own, TestContext.Current.CancellationToken)).StatusCode);
        Assert.DoesNotContain(server.Services.GetRequiredService<Sources>().All, s => s.Name == "forged");
        // The page of reference is there for those who signed in.
        var reference = await browser.GetStringAsync("/api", TestContext.Current.CancellationToken);
        Assert.Contains("/api/v1/segments/{id}/members", reference);
        // A cookie that is nobody's any more.
        people.Set(1, endSessions: true);
        Assert.Equal(401, (int)(await browser.GetAsync("/api/v1/me", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Bodies_beyond_a_megabyte_are_refused()
    {
        var large = await shop.Send("POST", "/api/v1/sources", $"{{\"name\":\"{new string('x', 1_100_000)}\"}}");
        Assert.Equal((413, "too_large"), (large.Status, large.Code));
    }

    [Fact]
    public async Task An_unknown_address_is_a_problem()
    {
        foreach (var (method, path) in new[] { ("GET", "/api/v1/nothing"), ("POST", "/api/nothing"), ("GET", "/api/v2/runs"), ("DELETE", "/api/v1/runs") })
        {
            var answer = await shop.Send(method, path);
            answer.IsDecent(path);
            Assert.True(answer.Status is 404 or 405, $"{method} {path}: {answer.Status}");
        }
    }

    [Fact]
    public async Task Pages_of_a_list_are_the_list()
    {
        var all = (await shop.Send("GET", "/api/v1/customers?limit=1000")).Json;
        var seen = new List<string?>();
        for (string? cursor = null; ;)
        {
            var page = (await shop.Send("GET", $"/api/v1/customers?limit=37{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}")).Json;
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(m => m.GetProperty("customer").GetString()));
            if ((cursor = page.GetProperty("next").GetString()) is null) break;
        }

        Assert.Equal(all.GetProperty("count").GetInt32(), seen.Count);
        Assert.Equal(all.GetProperty("items").EnumerateArray().Select(m => m.GetProperty("customer").GetString()), seen);
    }

    [Fact]
    public void Addresses_of_one_network_are_counted_together()
    {
        Assert.Equal(RateLimits.Network(System.Net.IPAddress.Parse("2001:db8:1:2::1")), RateLimits.Network(System.Net.IPAddress.Parse("2001:db8:1:2:ffff::9")));
        Assert.NotEqual(RateLimits.Network(System.Net.IPAddress.Parse("2001:db8:1:2::1")), RateLimits.Network(System.Net.IPAddress.Parse("2001:db8:1:3::1")));
        Assert.Equal("10.0.0.1", RateLimits.Network(System.Net.IPAddress.Parse("::ffff:10.0.0.1")));
    }
}
