using Coterie.Server.Access;
using Coterie.Server.Data;
using Coterie.Server.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Tests.Server.Jobs;

public class SchedulesTests
{
    static readonly Dictionary<string, string> None = [];

    [Fact]
    public async Task AScheduleIsAdded_Changed_AndRemoved()
    {
        await using var server = await RunningServer.Start();
        var schedules = server.Services.GetRequiredService<Schedules>();
        var added = await schedules.Add("segment", new Dictionary<string, string> { ["deep"] = "off" }, "0 3 * * *");
        Assert.True(added.Enabled);
        Assert.Equal("off", added.Arguments["deep"]);
        Assert.True(added.NextRun > DateTime.UtcNow && added.NextRun <= DateTime.UtcNow.AddDays(1));
        var off = await schedules.Set(added.Id, enabled: false);
        Assert.Null(off.NextRun);
        var weekly = await schedules.Set(added.Id, cron: "0 3 * * 1", enabled: true);
        Assert.Equal(DayOfWeek.Monday, weekly.NextRun!.Value.DayOfWeek);
        Assert.Single(schedules.All);
        Assert.True(await schedules.Remove(added.Id));
        Assert.False(await schedules.Remove(added.Id));
        Assert.Empty(schedules.All);
        await Assert.ThrowsAsync<InputException>(() => schedules.Set(added.Id, enabled: true));
    }

    [Fact]
    public async Task EveryProblemIsNamed()
    {
        await using var server = await RunningServer.Start();
        var schedules = server.Services.GetRequiredService<Schedules>();
        var e = await Assert.ThrowsAsync<ConfigurationException>(() => schedules.Add("segment", new Dictionary<string, string> { ["rm"] = "x" }, "never"));
        Assert.Equal(2, e.Message.Split('\n').Length);
        await Assert.ThrowsAsync<ConfigurationException>(() => schedules.Add("erase", None, "0 3 * * *"));
        Assert.Empty(schedules.All);
    }

    [Fact]
    public async Task AFire_AsksForTheJob_InItsOwnName()
    {
        await using var server = await RunningServer.Start();
        var schedules = server.Services.GetRequiredService<Schedules>();
        var added = await schedules.Add("value", None, "0 3 * * *");
        var job = schedules.Fire(added.Id)!;
        Assert.Equal(("value", $"schedule:{added.Id}"), (job.Kind, job.RequestedBy));
        Assert.NotNull(schedules.Of(added.Id)!.LastRun);
        Assert.Contains(server.Services.GetRequiredService<Audit>().Read(new AuditQuery { Action = "job.request" }), a => a.Who == $"schedule:{added.Id}");
        await schedules.Set(added.Id, enabled: false);
        Assert.Null(schedules.Fire(added.Id));
    }

    [Theory]
    [InlineData(-3, 1)]
    [InlineData(0, 0)]
    public async Task FiresThatWereMissed_AreMadeUpForByOne(int lastRunDaysAgo, int jobs)
    {
        await using var server = await RunningServer.Start();
        var (schedules, data, queue) = (server.Services.GetRequiredService<Schedules>(), server.Services.GetRequiredService<ServerData>(), server.Services.GetRequiredService<JobQueue>());
        // Every hour, and the server was down for some days.
        var added = await schedules.Add("value", None, "0 * * * *");
        using (var db = data.Open())
        {
            var row = db.Schedules.Find(added.Id)!;
            (row.Since, row.LastRun) = (DateTime.UtcNow.AddDays(-9), lastRunDaysAgo == 0 ? DateTime.UtcNow : DateTime.UtcNow.AddDays(lastRunDaysAgo));
            db.SaveChanges();
        }

        await schedules.StartAsync(CancellationToken.None);
        // An hour may begin while this runs; equal jobs that wait are one.
        Assert.InRange(queue.All(new JobQuery()).Count, jobs, jobs + 1);
        Assert.All(queue.All(new JobQuery()), j => Assert.Equal($"schedule:{added.Id}", j.RequestedBy));
    }
}
