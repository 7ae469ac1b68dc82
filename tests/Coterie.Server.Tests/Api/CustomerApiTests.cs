using Coterie.Server.Access;
using Coterie.Server.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Tests.Api;

/// <summary>Customers, segments, audiences and feedback over the API say what the run's files say, and each look at a person is written down.</summary>
[Collection(nameof(ApiShop))]
public class CustomerApiTests(ApiShop shop)
{
    [Fact]
    public async Task A_customer_is_where_the_run_put_them()
    {
        var run = Workspace.LatestRunOf(shop.Server.Host.Directory)!;
        var line = File.ReadLines(Path.Combine(run, "segments.csv")).First(l => l.StartsWith(shop.Customer + ",", StringComparison.Ordinal)).Split(',');
        var profile = (await shop.Send("GET", $"/api/v1/customers/{shop.Customer}")).Json;
        Assert.Equal(line[1], profile.GetProperty("segment").GetString());
        Assert.Equal(line[1], (await shop.Send("GET", $"/api/v1/customers/{shop.Customer}/explanation")).Json.GetProperty("segment").GetString());
        var found = (await shop.Send("GET", $"/api/v1/customers?prefix={shop.Customer}")).Json.GetProperty("items").EnumerateArray().First();
        Assert.Equal((shop.Customer, line[1]), (found.GetProperty("customer").GetString(), found.GetProperty("segment").GetString()));
        Assert.Equal(404, (await shop.Send("GET", "/api/v1/customers/nobody%2Fat%20all")).Status);
    }

    [Fact]
    public async Task A_timeline_has_each_event_once_newest_first()
    {
        var ids = new List<string?>();
        var times = new List<DateTime>();
        for (string? cursor = null; ;)
        {
            var page = (await shop.Send("GET", $"/api/v1/customers/{shop.Customer}/events?limit=3{(cursor is null ? "" : $"&cursor={cursor}")}")).Json;
            ids.AddRange(page.GetProperty("items").EnumerateArray().Select(e => e.GetProperty("id").GetString()));
            times.AddRange(page.GetProperty("items").EnumerateArray().Select(e => e.GetProperty("time").GetDateTime()));
            if ((cursor = page.GetProperty("next").GetString()) is null) break;
        }

        var all = (await shop.Send("GET", $"/api/v1/customers/{shop.Customer}/events?limit=500")).Json.GetProperty("items").EnumerateArray().Select(e => e.GetProperty("id").GetString());
        Assert.Equal(all.Take(ids.Count), ids);
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Equal(times.OrderDescending(), times);
    }

    [Fact]
    public async Task Members_of_all_segments_are_all_customers_and_the_export_is_the_same()
    {
        var segments = (await shop.Send("GET", "/api/v1/segments")).Json.GetProperty("segments").EnumerateArray().ToArray();
        var lines = new List<string>();
        foreach (var segment in segments)
        {
            var id = segment.GetProperty("id").GetString();
            Assert.Equal(segment.GetProperty("customers").GetInt32(), (await shop.Send("GET", $"/api/v1/segments/{id}/members?limit=1")).Json.GetProperty("count").GetInt32());
            lines.AddRange((await shop.Send("GET", $"/api/v1/segments/{id}/members.csv")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1));
        }

        var run = Workspace.LatestRunOf(shop.Server.Host.Directory)!;
        Assert.Equal(File.ReadLines(Path.Combine(run, "segments.csv")).Skip(1).Order(StringComparer.Ordinal), lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_look_at_a_person_is_in_the_audit_log_under_a_pseudonym()
    {
        var audit = shop.Services.GetRequiredService<Audit>();
        foreach (var (path, action) in new[] { ("", "customer.read"), ("/explanation", "customer.explain"), ("/explanation/events", "customer.explain"), ("/membership", "customer.membership"), ("/events", "customer.timeline") })
        {
            var before = audit.Read(new AuditQuery { Subject = audit.Customer(shop.Customer), Action = action, Take = 500 }).Count;
            Assert.Equal(200, (await shop.Send("GET", $"/api/v1/customers/{shop.Customer}{path}")).Status);
            Assert.Equal(before + 1, audit.Read(new AuditQuery { Subject = audit.Customer(shop.Customer), Action = action, Take = 500 }).Count);
        }

        var log = (await shop.Send("GET", $"/api/v1/audit?customer={shop.Customer}&limit=100")).Text;
        Assert.Contains("customer.read", log);
        Assert.DoesNotContain(shop.Customer, log);
        Assert.True((await shop.Send("GET", "/api/v1/audit/chain")).Json.GetProperty("whole").GetBoolean());
    }

    [Fact]
    public async Task An_audience_is_counted_saved_listed_changed_and_removed()
    {
        var segment = (await shop.Send("GET", "/api/v1/segments")).Json.GetProperty("segments")[0];
        var rule = $$"""{"kind":"segment","in":["{{segment.GetProperty("id").GetString()}}"]}""";
        var count = (await shop.Send("POST", "/api/v1/audiences/count", $$"""{"rule":{{rule}}}""")).Json;
        Assert.Equal(segment.GetProperty("customers").GetInt64(), count.GetProperty("customers").GetInt64());
        var made = await shop.Send("POST", "/api/v1/audiences", $$"""{"name":"First","rule":{{rule}}}""");
        Assert.Equal(201, made.Status);
        var id = made.Json.GetProperty("id").GetString();
        var read = await shop.Send("GET", $"/api/v1/audiences/{id}");
        Assert.Equal(made.Text, read.Text);
        Assert.Equal(count.GetProperty("customers").GetInt64() - count.GetProperty("refused").GetInt64(), (await shop.Send("GET", $"/api/v1/audiences/{id}/members?limit=5000")).Json.GetProperty("items").GetArrayLength());
        Assert.Equal(412, (await shop.Send("PUT", $"/api/v1/audiences/{id}", """{"name":"First","rule":{"kind":"all","rules":[]}}""", Role.Admin, ("If-Match", "\"old\""))).Status);
        Assert.Equal(200, (await shop.Send("PUT", $"/api/v1/audiences/{id}", """{"name":"First","rule":{"kind":"all","rules":[]}}""", Role.Admin, ("If-Match", read.Tag!))).Status);
        Assert.Equal(204, (await shop.Send("DELETE", $"/api/v1/audiences/{id}")).Status);
        Assert.Equal(404, (await shop.Send("GET", $"/api/v1/audiences/{id}")).Status);
    }

    [Fact]
    public async Task Feedback_is_kept_and_can_be_withdrawn()
    {
        var given = await shop.Send("POST", "/api/v1/feedback", $$"""{"kind":"review","customer":"{{shop.Customer}}","segment":"S1","agree":true}""", Role.Operator);
        Assert.True(given.Status == 201, given.Text);
        var id = given.Json.GetProperty("id").GetString();
        Assert.Equal("Operator", given.Json.GetProperty("who").GetString());
        Assert.Equal(1, (await shop.Send("GET", "/api/v1/feedback/agreement")).Json.GetProperty("reviews").GetInt32());
        Assert.Equal(201, (await shop.Send("POST", "/api/v1/feedback", $$"""{"kind":"withdraw","entry":"{{id}}"}""", Role.Operator)).Status);
        Assert.Equal(0, (await shop.Send("GET", "/api/v1/feedback/agreement")).Json.GetProperty("reviews").GetInt32());
        foreach (var wrong in new[] { """{"kind":"rename","segment":"S99","name":{"en":"a","zh":"b"}}""", """{"kind":"rename","segment":"S1","name":{"en":"a","zh":"b"},"who":"somebody else"}""", """{"kind":"split","segment":"S1","into":99}""" })
            Assert.Equal(400, (await shop.Send("POST", "/api/v1/feedback", wrong)).Status);
    }

    [Fact]
    public async Task Keys_and_people_are_made_and_ended()
    {
        var key = (await shop.Send("POST", "/api/v1/keys", """{"name":"short","role":"analyst"}""")).Json;
        Assert.Equal("analyst", (await shop.SendBytes("GET", "/api/v1/me", null, key.GetProperty("key").GetString())).Json.GetProperty("role").GetString());
        Assert.Equal(204, (await shop.Send("DELETE", $"/api/v1/keys/{key.GetProperty("id").GetString()}")).Status);
        Assert.Equal(401, (await shop.SendBytes("GET", "/api/v1/me", null, key.GetProperty("key").GetString())).Status);
        var person = (await shop.Send("POST", "/api/v1/people", """{"email":"lee@example.com","name":"Lee","role":"viewer"}""")).Json.GetProperty("person").GetProperty("id").GetInt32();
        Assert.Equal("operator", (await shop.Send("PATCH", $"/api/v1/people/{person}", """{"role":"operator"}""")).Json.GetProperty("role").GetString());
        Assert.DoesNotContain("hash", (await shop.Send("GET", "/api/v1/people")).Text);
    }
}
