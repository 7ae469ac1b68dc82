using System.Text.Json;
using Coterie.Server.Access;
using Coterie.Server.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quartz;

namespace Coterie.Server.Jobs;

/// <summary>A job that comes again and again.</summary>
/// <param name="Id">1, 2, 3 …</param>
/// <param name="Kind">What it does, as in <see cref="JobRow.Kind"/>.</param>
/// <param name="Arguments">Option to value.</param>
/// <param name="Cron">When, in the six fields of Quartz.</param>
/// <param name="Enabled">One that is not does not fire.</param>
/// <param name="LastRun">When it last fired.</param>
/// <param name="NextRun">When it fires next, UTC; null when it is off or does not come again.</param>
public sealed record Schedule(int Id, string Kind, IReadOnlyDictionary<string, string> Arguments, string Cron, bool Enabled, DateTime? LastRun, DateTime? NextRun);

/// <summary>What comes again and again: rows of the server's database, told to Quartz when the server starts and when one changes. A fire adds a job to the queue.
/// Times are those of the workspace's time zone. However many fires were missed while the server was down or busy, they are made up for by one.</summary>
public sealed partial class Schedules(ServerData data, WorkspaceHost host, JobQueue queue, Audit audit, IEnumerable<OwnJob> own, ISchedulerFactory quartz, ILogger<Schedules> logger) : IHostedService
{
    /// <summary>More would be a mistake of some program.</summary>
    public const int Most = 100;

    // Own work that needs nobody to say what it is about.
    static readonly string[] OwnKinds = ["retention", "backup"];
    readonly string[] kinds = [.. JobKinds.All, .. own.Select(o => o.Kind).Where(OwnKinds.Contains)];

    /// <summary>Words of the jobs that can be scheduled.</summary>
    public IReadOnlyList<string> Kinds => kinds;

    /// <summary>The time zone that schedules are read in: the workspace's.</summary>
    public TimeZoneInfo Zone => TimeZoneInfo.FindSystemTimeZoneById(host.Settings.Timezone);

    /// <summary>In the order in which they were made.</summary>
    public IReadOnlyList<Schedule> All
    {
        get
        {
            using var db = data.Open();
            return [.. db.Schedules.AsNoTracking().OrderBy(s => s.Id).AsEnumerable().Select(Told)];
        }
    }

    /// <summary>One of them; null when there is none.</summary>
    public Schedule? Of(int id)
    {
        using var db = data.Open();
        return db.Schedules.AsNoTracking().FirstOrDefault(s => s.Id == id) is { } row ? Told(row) : null;
    }

    /// <exception cref="ConfigurationException">Every problem with kind, options and time.</exception>
    public async Task<Schedule> Add(string kind, IReadOnlyDictionary<string, string> arguments, string cron, CancellationToken stop = default)
    {
        cron = Checked(kind, arguments, cron);
        await using var db = data.Open();
        if (await db.Schedules.CountAsync(stop) >= Most) throw new ConfigurationException($"There are {Most} schedules already; remove one first.", $"已有 {Most} 个计划，请先移除一个。");
        var row = new ScheduleRow { Kind = kind, Arguments = JsonSerializer.Serialize(arguments), Cron = cron, Since = DateTime.UtcNow };
        db.Schedules.Add(row);
        await db.SaveChangesAsync(stop);
        await Tell(row, stop);
        return Told(row);
    }

    /// <summary>Changes a schedule; what is null stays.</summary>
    /// <exception cref="InputException">There is no such schedule.</exception>
    /// <exception cref="ConfigurationException">Every problem with options and time.</exception>
    public async Task<Schedule> Set(int id, IReadOnlyDictionary<string, string>? arguments = null, string? cron = null, bool? enabled = null, CancellationToken stop = default)
    {
        await using var db = data.Open();
        var row = await db.Schedules.FindAsync([id], stop) ?? throw new InputException($"There is no schedule {id}.", $"没有编号为 {id} 的计划。");
        row.Cron = Checked(row.Kind, arguments ?? Arguments(row), cron ?? row.Cron);
        if (arguments is not null) row.Arguments = JsonSerializer.Serialize(arguments);
        // What was missed while it was off, or under other times, is not made up for.
        row.Since = DateTime.UtcNow;
        row.Enabled = enabled ?? row.Enabled;
        await db.SaveChangesAsync(stop);
        await Tell(row, stop);
        return Told(row);
    }

    /// <returns>False when there was none.</returns>
    public async Task<bool> Remove(int id, CancellationToken stop = default)
    {
        await using var db = data.Open();
        if (await db.Schedules.FindAsync([id], stop) is not { } row) return false;
        db.Schedules.Remove(row);
        await db.SaveChangesAsync(stop);
        await (await quartz.GetScheduler(stop)).DeleteJob(Key(id), stop);
        return true;
    }

    /// <summary>When a schedule fires next, UTC; null when it is off or does not come again.</summary>
    public DateTime? NextRun(ScheduleRow row) => row.Enabled ? CronTime.After(row.Cron, Zone, DateTime.UtcNow) : null;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var db = data.Open();
        foreach (var row in await db.Schedules.AsNoTracking().OrderBy(s => s.Id).ToListAsync(cancellationToken))
        {
            // What came due while the server was down, however often, is done once.
            var since = row.LastRun > row.Since ? row.LastRun.Value : row.Since;
            if (row.Enabled && since != default && CronTime.After(row.Cron, Zone, since) <= DateTime.UtcNow) Fire(row.Id);
            await Tell(row, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    string Checked(string kind, IReadOnlyDictionary<string, string> arguments, string cron)
    {
        var problems = new ProblemList();
        if (!kinds.Contains(kind)) problems.Add($"There is no job '{kind}' to schedule; expected one of {string.Join(", ", kinds)}.", $"没有可安排的任务“{kind}”；应为 {string.Join("、", kinds)} 之一。");
        else if (JobKinds.IsCommand(kind)) problems.Add(JobKinds.Problems(kind, arguments));
        else if (arguments.Count > 0) problems.Add($"{kind} has no options here.", $"任务“{kind}”在此没有选项。");
        try
        {
            cron = CronTime.Canonical(cron, Zone);
        }
        catch (ConfigurationException e)
        {
            problems.Add(e.Problems);
        }

        problems.Refuse();
        return cron;
    }

    Schedule Told(ScheduleRow row) => new(row.Id, row.Kind, Arguments(row), row.Cron, row.Enabled, row.LastRun, NextRun(row));

    static Dictionary<string, string> Arguments(ScheduleRow row) => JsonSerializer.Deserialize<Dictionary<string, string>>(row.Arguments)!;

    static JobKey Key(int id) => new($"{id}", "schedules");

    async Task Tell(ScheduleRow row, CancellationToken stop)
    {
        var scheduler = await quartz.GetScheduler(stop);
        await scheduler.DeleteJob(Key(row.Id), stop);
        if (NextRun(row) is null) return;
        await scheduler.ScheduleJob(
            JobBuilder.Create<ScheduledJob>().WithIdentity(Key(row.Id)).Build(),
            TriggerBuilder.Create().WithIdentity($"{row.Id}", "schedules").StartNow()
                // Of fires that were missed because the process was held up, one is made up for.
                .WithSchedule(CronScheduleBuilder.Create(row.Cron).InTimeZone(Zone).WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed)).Build(),
            cancellationToken: stop);
    }

    /// <summary>Puts the schedule's job into the queue, as it is now.</summary>
    /// <returns>The job; null when the schedule has gone or is off.</returns>
    internal JobRow? Fire(int id)
    {
        using var db = data.Open();
        if (db.Schedules.Find(id) is not { Enabled: true } row) return null;
        var caller = new Caller($"schedule:{id}", $"schedule {id}", Role.Operator);
        var job = queue.Add(row.Kind, Arguments(row), caller);
        row.LastRun = DateTime.UtcNow;
        db.SaveChanges();
        audit.Write(caller, "job.request", $"job:{job.Id}", new { row.Kind });
        Fired(logger, id, row.Kind, job.Id);
        return job;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Schedule {Id} ({Kind}) asked for job {Job}")]
    static partial void Fired(ILogger logger, int id, string kind, long job);

    /// <summary>What Quartz calls.</summary>
    internal sealed class ScheduledJob(Schedules schedules) : IJob
    {
        public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
        {
            schedules.Fire(int.Parse(context.JobDetail.Key.Name, System.Globalization.CultureInfo.InvariantCulture));
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>Registers schedules and the engine that fires them.</summary>
static class ScheduleServices
{
    public static void AddSchedules(this IServiceCollection services)
    {
        services.AddSingleton<Schedules>();
        // Before the engine, so that what it begins with is told to it.
        services.AddHostedService(s => s.GetRequiredService<Schedules>());
        services.AddTransient<Schedules.ScheduledJob>();
        services.AddQuartz(q => q.UseInMemoryStore());
        services.AddQuartzHostedService(o => o.WaitForJobsToComplete = true);
    }
}
