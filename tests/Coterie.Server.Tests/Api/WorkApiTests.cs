using System.Text.Json;
using Coterie.Server.Data;
using Coterie.Server.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Tests.Api;

/// <summary>Destinations, schedules, the inbox and jobs over the API.</summary>
[Collection(nameof(ApiShop))]
public class WorkApiTests(ApiShop shop)
{
    async Task<JsonElement> Ended(ApiAnswer asked)
    {
        Assert.True(asked.Status == 202, asked.Text);
        for (var turn = 0; turn < 300; turn++)
        {
            var job = (await shop.Send("GET", asked.Location!)).Json;
            if (job.GetProperty("state").GetString() is not ("queued" or "running")) return job;
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException("The job did not end.");
    }

    [Fact]
    public async Task A_segment_is_sent_to_a_folder_once_and_then_only_what_changed()
    {
        var made = await shop.Send("POST", "/api/v1/destinations", """{"name":"Folder","kind":"file","settings":{"folder":"crm","format":"csv"}}""");
        Assert.True(made.Status == 201, made.Text);
        var id = made.Json.GetProperty("id").GetInt32();
        Assert.True((await shop.Send("POST", $"/api/v1/destinations/{id}/test")).Json.GetProperty("works").GetBoolean());
        var segment = (await shop.Send("GET", "/api/v1/segments")).Json.GetProperty("segments").EnumerateArray().MaxBy(s => s.GetProperty("customers").GetInt32()).GetProperty("id").GetString();
        var crm = Path.Combine(shop.Server.Host.Directory, "exports", "crm");
        var sent = await Ended(await shop.Send("POST", $"/api/v1/destinations/{id}/sync", $$"""{"segment":"{{segment}}"}"""));
        Assert.True(sent.GetProperty("state").GetString() == "done", sent.GetRawText());
        var files = Directory.EnumerateFiles(crm, "*.csv", SearchOption.AllDirectories).Count();
        Assert.NotEqual(0, files);
        var again = await Ended(await shop.Send("POST", $"/api/v1/destinations/{id}/sync", $$"""{"segment":"{{segment}}"}"""));
        Assert.Equal("done", again.GetProperty("state").GetString());
        Assert.Equal(files, Directory.EnumerateFiles(crm, "*.csv", SearchOption.AllDirectories).Count());
        // Neither both nor none, and nothing unknown.
        foreach (var wrong in new[] { "{}", """{"segment":"S1","audience":"A1"}""", """{"segment":"S99"}""", """{"audience":"A99"}""" })
            Assert.Equal(400, (await shop.Send("POST", $"/api/v1/destinations/{id}/sync", wrong)).Status);
        Assert.Equal(204, (await shop.Send("DELETE", $"/api/v1/destinations/{id}")).Status);
    }

    [Fact]
    public async Task Secrets_of_destinations_are_not_given_out()
    {
        var made = await shop.Send("POST", "/api/v1/destinations", """{"name":"Hook","kind":"webhook","settings":{"url":"https://hooks.example.com/x","secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}}""");
        Assert.True(made.Status == 201, made.Text);
        Assert.DoesNotContain("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", made.Text + (await shop.Send("GET", "/api/v1/destinations")).Text);
        foreach (var inside in new[] { "https://127.0.0.1/x", "https://10.0.0.1/x", "https://169.254.169.254/latest", "http://hooks.example.com/x", "https://hooks.example.com:22/x", "file:///etc/passwd" })
            Assert.Equal(400, (await shop.Send("POST", "/api/v1/destinations", $$"""{"name":"{{Guid.NewGuid():N}}","kind":"webhook","settings":{"url":"{{inside}}","secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"} }""")).Status);
        Assert.Equal(204, (await shop.Send("DELETE", $"/api/v1/destinations/{made.Json.GetProperty("id").GetInt32()}")).Status);
    }

    [Fact]
    public async Task A_schedule_is_made_switched_off_and_removed()
    {
        var made = await shop.Send("POST", "/api/v1/schedules", """{"kind":"segment","cron":"0 0 3 * * ?"}""", Role.Operator);
        Assert.True(made.Status == 201, made.Text);
        Assert.NotEqual(JsonValueKind.Null, made.Json.GetProperty("next_run").ValueKind);
        var off = await shop.Send("PATCH", made.Location!, """{"enabled":false}""", Role.Operator);
        Assert.False(off.Json.GetProperty("enabled").GetBoolean());
        Assert.Equal(204, (await shop.Send("DELETE", made.Location!)).Status);
        foreach (var wrong in new[] { """{"kind":"segment","cron":"every night"}""", """{"kind":"erase","cron":"0 0 3 * * ?"}""", """{"kind":"segment","cron":"0 0 3 * * ?","arguments":{"out":"/tmp"}}""" })
            Assert.Equal(400, (await shop.Send("POST", "/api/v1/schedules", wrong)).Status);
    }

    [Fact]
    public async Task A_refused_event_is_read_judged_again_and_put_away()
    {
        await shop.Server.Post("/v1/track", """{"type":"track","event":"Viewed","messageId":"refused-by-the-api-test"}""", basic: shop.Server.Key + ":");
        var item = (await shop.Send("GET", "/api/v1/inbox")).Json.GetProperty("items").EnumerateArray().First(i => i.GetProperty("message_id").GetString() == "refused-by-the-api-test");
        var id = item.GetProperty("id").GetString();
        Assert.Equal("Viewed", (await shop.Send("GET", $"/api/v1/inbox/{id}")).Json.GetProperty("event").GetProperty("event").GetString());
        Assert.Equal(1, (await shop.Send("POST", $"/api/v1/inbox/{id}/replay")).Json.GetProperty("refused").GetInt32());
        Assert.Equal(1, (await shop.Send("POST", $"/api/v1/inbox/{id}/discard")).Json.GetProperty("discarded").GetInt32());
        Assert.Equal("discarded", (await shop.Send("GET", $"/api/v1/inbox/{id}")).Json.GetProperty("item").GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_job_about_a_customer_does_not_name_them_to_those_who_see_jobs()
    {
        var queue = shop.Services.GetRequiredService<JobQueue>();
        var job = queue.Add("nothing-of-that-kind", new Dictionary<string, string> { ["customer"] = "somebody" }, Coterie.Server.Access.Caller.System);
        Assert.DoesNotContain("somebody", (await shop.Send("GET", $"/api/v1/jobs/{job.Id}", role: Role.Viewer)).Text);
    }
}
