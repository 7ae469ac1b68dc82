using System.Text.Json;
using Coterie.Server.Access;
using Coterie.Server.Data;
using Microsoft.EntityFrameworkCore;

namespace Coterie.Server.Jobs;

/// <summary>Which jobs to list.</summary>
public sealed record JobQuery
{
    public string? Kind { get; init; }
    public JobState? State { get; init; }
    /// <summary>Only jobs before this one: the cursor.</summary>
    public long? Before { get; init; }
    public int Take { get; init; } = 50;
}

/// <summary>Jobs that wait, run or ran. They survive the server.</summary>
#pragma warning disable CA1711 // It is a queue in the sense of the field, and no collection type.
public sealed class JobQueue(ServerData data) : IDisposable
#pragma warning restore CA1711
{
    readonly SemaphoreSlim waiting = new(0);
    readonly System.Collections.Concurrent.ConcurrentDictionary<long, CancellationTokenSource> running = [];

    /// <summary>Puts a job into the queue. Of two equal jobs that wait, the second is the first.</summary>
    public JobRow Add(string kind, IReadOnlyDictionary<string, string> arguments, Caller by)
    {
        var told = JsonSerializer.Serialize(arguments.OrderBy(a => a.Key, StringComparer.Ordinal).ToDictionary());
        using var db = data.Open();
        if (db.Jobs.AsNoTracking().FirstOrDefault(j => j.State == JobState.Queued && j.Kind == kind && j.Arguments == told) is { } twin) return twin;
        var job = new JobRow { Kind = kind, Arguments = told, State = JobState.Queued, Created = DateTime.UtcNow, RequestedBy = by.Who };
        db.Jobs.Add(job);
        db.SaveChanges();
        waiting.Release();
        return job;
    }

    public JobRow? Of(long id)
    {
        using var db = data.Open();
        return db.Jobs.AsNoTracking().FirstOrDefault(j => j.Id == id);
    }

    public IReadOnlyList<JobRow> All(JobQuery query)
    {
        using var db = data.Open();
        IQueryable<JobRow> jobs = db.Jobs.AsNoTracking();
        if (query.Kind is { } kind) jobs = jobs.Where(j => j.Kind == kind);
        if (query.State is { } state) jobs = jobs.Where(j => j.State == state);
        if (query.Before is { } before) jobs = jobs.Where(j => j.Id < before);
        return [.. jobs.OrderByDescending(j => j.Id).Take(Math.Clamp(query.Take, 1, 500))];
    }

    /// <summary>The newest finished job of a kind: where its results are read from.</summary>
    public JobRow? Newest(string kind)
    {
        using var db = data.Open();
        return db.Jobs.AsNoTracking().Where(j => j.Kind == kind && j.State == JobState.Done).OrderByDescending(j => j.Id).FirstOrDefault();
    }

    /// <summary>Stops a job that waits or runs.</summary>
    /// <returns>False when it had ended.</returns>
    /// <exception cref="InputException">There is no such job.</exception>
    public bool Cancel(long id)
    {
        using var db = data.Open();
        var job = db.Jobs.Find(id) ?? throw new InputException($"There is no job {id}.");
        if (job.State == JobState.Queued)
        {
            (job.State, job.Ended) = (JobState.Cancelled, DateTime.UtcNow);
            db.SaveChanges();
            return true;
        }

        if (job.State != JobState.Running || !running.TryGetValue(id, out var stop)) return false;
        stop.Cancel();
        return true;
    }

    /// <summary>Jobs that were cut off wait again: they work on copies and nothing of theirs was kept. One that was begun three times is given up.</summary>
    internal void Recover()
    {
        using var db = data.Open();
        foreach (var job in db.Jobs.Where(j => j.State == JobState.Running).ToList())
        {
            var begun = (job.Log ?? "").Split('\n').Count(l => l == Interrupted);
            if (begun >= 2) (job.State, job.Error, job.Ended) = (JobState.Failed, "This was cut off three times: the server stopped, or could not reach its database.", DateTime.UtcNow);
            else (job.State, job.Log, job.Stage) = (JobState.Queued, (job.Log is null ? "" : job.Log + "\n") + Interrupted, null);
        }

        db.SaveChanges();
        waiting.Release(db.Jobs.Count(j => j.State == JobState.Queued) + 1);
    }

    /// <summary>A job that ran when the server was asked to stop waits for the next one; that is no failure of the job.</summary>
    internal void PutBack(long id)
    {
        if (running.TryRemove(id, out var stop)) stop.Dispose();
        Update(id, job => (job.State, job.Stage, job.Started) = (JobState.Queued, null, null));
    }

    const string Interrupted = "Cut off; begun again.";

    /// <summary>Waits for the next job and marks it as running.</summary>
    internal async Task<JobRow> Next(CancellationToken stop)
    {
        while (true)
        {
            // A job that another process put in is found when somebody looks, every few seconds.
            await waiting.WaitAsync(TimeSpan.FromSeconds(5), stop);
            using var db = data.Open();
            if (db.Jobs.Where(j => j.State == JobState.Queued).OrderBy(j => j.Id).FirstOrDefault() is not { } job) continue;
            (job.State, job.Started) = (JobState.Running, DateTime.UtcNow);
            await db.SaveChangesAsync(stop);
            return job;
        }
    }

    public void Dispose() => waiting.Dispose();

    internal CancellationToken Began(long id, CancellationToken stop) =>
        running.GetOrAdd(id, _ => CancellationTokenSource.CreateLinkedTokenSource(stop)).Token;

    internal void Update(long id, Action<JobRow> change)
    {
        using var db = data.Open();
        if (db.Jobs.Find(id) is not { } job) return;
        change(job);
        db.SaveChanges();
    }

    /// <summary>What a job does now, and its last lines. How often it was cut off stays among them: it is counted there.</summary>
    internal void Says(long id, string stage, IEnumerable<string> lines) => Update(id, job =>
        (job.Stage, job.Log) = (stage, string.Join('\n', (job.Log ?? "").Split('\n').Where(l => l == Interrupted).Concat(lines))));

    internal void Ended(long id, Action<JobRow> how)
    {
        if (running.TryRemove(id, out var stop)) stop.Dispose();
        Update(id, job =>
        {
            job.Ended = DateTime.UtcNow;
            job.Stage = null;
            how(job);
        });
    }
}
