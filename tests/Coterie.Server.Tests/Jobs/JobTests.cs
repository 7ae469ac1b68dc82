using Coterie.Server.Access;
using Coterie.Server.Data;
using Coterie.Server.Jobs;
using Coterie.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Tests.Server.Jobs;

public class JobTests
{
    [Fact]
    public void WhomAJobIsAbout_IsNotAmongWhatItShows()
    {
        var shown = JobKinds.Shown(new JobRow { Kind = PrivacyJobs.Erase, Arguments = """{"customer":"c17","reason":"a letter of c17","destination":"3"}""", RequestedBy = "person:1" });
        Assert.Equal(["(hidden)", "3", "(hidden)"], shown.Values);
    }

    [Fact]
    public async Task WhatWasHandedInForAJob_GoesWithItsEnd()
    {
        await using var server = await RunningServer.Start(o => o with { Program = ["/bin/false"] });
        var (files, queue) = (server.Services.GetRequiredService<JobFiles>(), server.Services.GetRequiredService<JobQueue>());
        var id = await files.Save("results.csv", "customer_id,arm,outcome\nc1,a,1\n", CancellationToken.None);
        var path = files.PathOf(id);
        var job = queue.Add("campaign-measure", new Dictionary<string, string> { ["results"] = id, ["treatment"] = "arm", ["outcome"] = "outcome" }, Caller.System);
        for (var i = 0; queue.Of(job.Id)!.State is JobState.Queued or JobState.Running && i < 1200; i++) await Task.Delay(50);
        Assert.Equal(JobState.Failed, queue.Of(job.Id)!.State);
        for (var i = 0; File.Exists(path) && i < 200; i++) await Task.Delay(10);
        Assert.False(File.Exists(path));
        // Names that lead elsewhere remove nothing.
        files.Remove("../coterie.json");
        Assert.True(File.Exists(Path.Combine(server.Workspace, "coterie.json")));
    }

    [Fact]
    public async Task AJobWhoseEndCouldNotBeNoted_IsBegunAgain_WhenTheDatabaseIsBack()
    {
        using var folder = new TemporaryFolder();
        var (begun, release) = (folder.File("begun"), folder.File("release"));
        await using var server = await RunningServer.Start(o => o with { Program = ["/bin/sh", "-c", $"echo x >>'{begun}'; while [ ! -e '{release}' ]; do sleep 0.05; done; exit 1", "job"] });
        var queue = server.Services.GetRequiredService<JobQueue>();
        async Task Execute(string sql)
        {
            await using var db = server.Services.GetRequiredService<ServerData>().Open();
            await db.Database.ExecuteSqlRawAsync(sql);
        }

        var job = queue.Add("segment", new Dictionary<string, string>(), Caller.System);
        for (var i = 0; !File.Exists(begun) && i < 1200; i++) await Task.Delay(50);
        await Execute("ALTER TABLE jobs RENAME TO away");
        await File.WriteAllTextAsync(release, "");
        // Long enough for the end to find no table.
        await Task.Delay(1500);
        await Execute("ALTER TABLE away RENAME TO jobs");
        for (var i = 0; queue.Of(job.Id)!.State is JobState.Queued or JobState.Running && i < 600; i++) await Task.Delay(50);
        Assert.Equal(JobState.Failed, queue.Of(job.Id)!.State);
        Assert.Contains("begun again", queue.Of(job.Id)!.Log, StringComparison.Ordinal);
        Assert.Equal(2, File.ReadAllLines(begun).Length);
    }
}
