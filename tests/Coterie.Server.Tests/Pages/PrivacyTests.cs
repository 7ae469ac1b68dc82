using System.Text;
using System.Text.RegularExpressions;
using Coterie.Privacy;
using Coterie.Server.Access;
using Coterie.Server.Collector;
using Coterie.Server.Data;
using Coterie.Server.Jobs;
using Coterie.Warehouse;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Tests.Server.Pages;

/// <summary>Deletion and limits, asked for on their page and done while the server runs.</summary>
public class PrivacyTests
{
    static async Task<JobRow> Ended(RunningServer server, string location)
    {
        var (queue, id) = (server.Services.GetRequiredService<JobQueue>(), long.Parse(Regex.Match(location, @"job=(\d+)").Groups[1].Value));
        for (var i = 0; i < 1200; i++)
        {
            if (queue.Of(id) is { State: not (JobState.Queued or JobState.Running) } job) return job;
            await Task.Delay(50);
        }

        throw new TimeoutException("The job did not end in a minute.");
    }

    [Fact]
    public async Task ADeletedCustomer_IsNowhere_AndDoesNotComeBack()
    {
        await using var server = await RunningServer.Start();
        using var admin = await Browser.As(server, Role.Admin);
        const string canary = "canary-7f3a";
        string Event(string id, string user) => $$$"""{"type":"track","event":"Product Viewed","userId":"{{{user}}}","messageId":"{{{id}}}","timestamp":"2024-03-01T10:00:00Z","properties":{"product_id":"p1","note":"of {{{user}}}"}}""";
        await server.Post("/v1/batch", $"[{Event("m1", canary)},{Event("m2", "other")},{Event("m3", canary).Replace("2024-03-01T10:00:00Z", "someday", StringComparison.Ordinal)}]", basic: server.Key);
        Assert.StartsWith("/settings/privacy?problem=The%20two%20ids%20differ%3B%20nothing%20was%20deleted.", (await admin.Send("/settings/privacy", "/do/customers/erase", ("customer", canary), ("confirm", "canary"))).Location, StringComparison.Ordinal);
        var asked = await admin.Send("/settings/privacy", "/do/customers/erase", ("customer", canary), ("confirm", canary), ("reason", "asked by letter"));
        var job = await Ended(server, asked.Location!);
        Assert.True(job.State == JobState.Done, job.Error);
        foreach (var file in Directory.EnumerateFiles(server.Workspace, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy);
            Assert.False(Encoding.Latin1.GetString(copy.ToArray()).Contains(canary, StringComparison.Ordinal), file);
        }

        // Others are as they were, and readers see the new file.
        Assert.Equal("other", Assert.Single(server.Host.Read(w => w.Rows(new Step("customers", "SELECT DISTINCT customer_id FROM events"), r => r.GetString(0)))));
        Assert.Empty(server.Services.GetRequiredService<Inbox>().Counts());
        var receipt = Assert.Single(ErasureReceipt.All(server.Workspace));
        Assert.Equal(("asked by letter", 0), (receipt.Reason, receipt.Left.Count));
        Assert.Contains("asked by letter", (await admin.Get(asked.Location!)).Text, StringComparison.Ordinal);
        await Task.Delay(1100);
        Assert.Equal(0, (await server.Post("/v1/batch", $"[{Event("m9", canary)}]", basic: server.Key)).Number("accepted"));
        Assert.Null(server.Services.GetRequiredService<Audit>().FirstBroken());
    }

    [Fact]
    public async Task Limits_AreKept_AndApplied()
    {
        await using var server = await RunningServer.Start();
        using var admin = await Browser.As(server, Role.Admin);
        Assert.Contains("problem=", (await admin.Send("/settings/privacy", "/do/privacy/limits", ("events", "0"), ("log", "3"), ("runs", "x"))).Location, StringComparison.Ordinal);
        Assert.Null(server.Host.Settings.Retention);
        await server.Post("/v1/batch", """[{"type":"track","event":"x","userId":"u","messageId":"old","timestamp":"2001-03-01T10:00:00Z"}]""", basic: server.Key);
        server.Loading.Load(CancellationToken.None);
        Assert.Equal("/settings/privacy?done=limits", (await admin.Send("/settings/privacy", "/do/privacy/limits", ("events", "12"), ("log", ""), ("runs", "5"))).Location);
        Assert.Equal(new RetentionLimits { EventsMonths = 12, Runs = 5 }, server.Host.Settings.Retention);
        var job = await Ended(server, (await admin.Send("/settings/privacy", "/do/privacy/retain")).Location!);
        Assert.True(job.State == JobState.Done, job.Error);
        Assert.Equal(0, server.Host.Read(w => w.Single(new Step("events", "SELECT count(*) FROM events"), r => r.GetInt64(0))));
    }

    [Fact]
    public async Task Schedules_AreMade_SwitchedAndRemoved()
    {
        await using var server = await RunningServer.Start();
        using var admin = await Browser.As(server, Role.Admin);
        var schedules = server.Services.GetRequiredService<Schedules>();
        Assert.Equal("/settings/schedules?done=added", (await admin.Send("/settings/schedules", "/do/schedules/add", ("kind", "segment"), ("days", "weekdays"), ("at", "03:30"))).Location);
        Assert.Equal("/settings/schedules?done=added", (await admin.Send("/settings/schedules", "/do/schedules/add", ("kind", "value"), ("cron", "30 3 * * 1"))).Location);
        foreach (var bad in new[] { ("rm -rf", "daily", "03:30"), ("segment", "hourly", "03:30"), ("segment", "daily", "25:00") })
            Assert.Contains("problem=", (await admin.Send("/settings/schedules", "/do/schedules/add", ("kind", bad.Item1), ("days", bad.Item2), ("at", bad.Item3))).Location, StringComparison.Ordinal);
        Assert.Equal(2, schedules.All.Count);
        Assert.Contains("Monday to Friday at 03:30", (await admin.Get("/settings/schedules")).Text, StringComparison.Ordinal);
        var id = schedules.All[0].Id;
        await admin.Send("/settings/schedules", $"/do/schedules/{id}/off");
        Assert.Null(schedules.Of(id)!.NextRun);
        Assert.Equal("/settings/schedules?done=removed", (await admin.Send("/settings/schedules", $"/do/schedules/{id}/remove")).Location);
        Assert.Single(schedules.All);
    }
}
