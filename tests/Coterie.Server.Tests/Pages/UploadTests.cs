using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Coterie.Server.Collector;
using Coterie.Server.Data;
using Coterie.Server.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Tests.Server.Pages;

/// <summary>Files of events by the browser: looked at first, then taken in as a job.</summary>
public class UploadTests
{
    const string Csv = "uid,when,what,sku,price,qty\nu1,2024-03-01 10:00:00,purchase,p1,3.50,2\nu2,2024-03-01 11:00:00,view,p2,1.00,1\n,2024-03-01 11:00:00,view,p2,1.00,1\n";

    static async Task<JobRow> Ended(RunningServer server, long id)
    {
        var queue = server.Services.GetRequiredService<JobQueue>();
        for (var i = 0; i < 600; i++)
        {
            if (queue.Of(id) is { State: not (JobState.Queued or JobState.Running) } job) return job;
            await Task.Delay(50);
        }

        throw new TimeoutException("The job did not end in half a minute.");
    }

    [Fact]
    public async Task AFile_IsShownAsItWouldBeRead_Corrected_AndTakenInOnce()
    {
        await using var server = await RunningServer.Start();
        using var browser = await Browser.As(server, Role.Operator);
        for (var turn = 0; turn < 2; turn++)
        {
            var sent = await browser.SendFile("/quality", "/do/upload", "../../<b>my shop.csv", Encoding.UTF8.GetBytes(Csv));
            Assert.Matches("^/quality/upload/[a-z0-9]{32}$", sent.Location);
            var corrections = "customer_id = uid\ntime = when\nkind = what\nproduct_id = sku\nquantity = qty";
            var look = await browser.Get(sent.Location + "?map=" + Uri.EscapeDataString(corrections));
            Assert.Contains("_b_my_shop.csv", look.Text, StringComparison.Ordinal);
            Assert.Matches("<code>customer_id</code></th><td class=\"wrap\">uid</td>", look.Text);
            Assert.Contains("Add these events", look.Text, StringComparison.Ordinal);
            Assert.Equal(turn == 0 ? 0 : 2, server.Services.GetRequiredService<StoreQuality>().Counts.Events);
            var wrong = await browser.Get(sent.Location + "?map=customer_id%3Dnothing");
            Assert.Contains("nothing", wrong.Shown, StringComparison.Ordinal);
            Assert.DoesNotContain("Add these events", wrong.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(server.Workspace, wrong.Text, StringComparison.Ordinal);
            var started = await browser.Send(sent.Location!, $"/do{sent.Location!["/quality".Length..]}/ingest", ("map", corrections));
            var job = await Ended(server, long.Parse(Regex.Match(started.Location!, @"job=(\d+)").Groups[1].Value));
            Assert.True(job.State == JobState.Done, job.Error);
            await Task.Delay(TimeSpan.FromSeconds(turn == 0 ? 5.1 : 0));
            Assert.Contains(turn == 0 ? "2 new events kept" : "0 new events kept", (await browser.Get(started.Location!)).Text, StringComparison.Ordinal);
            Assert.Contains("not here any more", (await browser.Get(sent.Location!)).Text, StringComparison.Ordinal);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(server.Workspace, "server", "uploads")));
        Assert.Contains("no_customer", (await browser.Get("/quality")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsNoFileOfEvents_IsRefusedWithItsReason()
    {
        await using var server = await RunningServer.Start();
        using var browser = await Browser.As(server, Role.Operator);
        Assert.Contains("problem=", (await browser.SendFile("/quality", "/do/upload", "a.csv", [])).Location, StringComparison.Ordinal);
        foreach (var bytes in new[] { "PK\u0003\u0004zip"u8.ToArray(), [0x89, 0x50, 0x4E, 0x47, 1, 2, 3], "just some words"u8.ToArray(), "{\"a\":"u8.ToArray() })
        {
            var page = await browser.Get((await browser.SendFile("/quality", "/do/upload", "a.csv", bytes)).Location!);
            Assert.Equal(HttpStatusCode.OK, page.Status);
            Assert.Contains("role=\"alert\"", page.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("Add these events", page.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(server.Workspace, page.Text, StringComparison.Ordinal);
        }

        using var content = new StringContent("x", Encoding.UTF8, "text/plain");
        using var plain = await browser.Client.PostAsync("/do/upload", content);
        Assert.Contains("problem=", plain.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Null(server.Services.GetRequiredService<Uploads>().Of("../../../../../../../../etc/passw"));
    }

    [Theory]
    [InlineData("events.csv", "events.csv"), InlineData("/etc/passwd", "passwd"), InlineData("..", "events"), InlineData("C:\\a\\b.csv", "b.csv"), InlineData(".hidden", "hidden"), InlineData("", "events"), InlineData("客户 1.csv", "客户_1.csv")]
    public void Names_LeadNowhere(string name, string safe) => Assert.Equal(safe, Uploads.SafeName(name));
}
