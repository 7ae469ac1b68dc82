using System.Data.Common;
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Coterie.Reports;
using Coterie.Server.Data;
using Coterie.Server.Operations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coterie.Server.Jobs;

/// <summary>Runs one job after the other. A command runs as a process of its own on a copy of the workspace: it can be stopped at any moment, may fail in any way,
/// gives its memory back, and keeps nobody from reading or collecting.</summary>
sealed partial class JobRunner(JobQueue queue, WorkspaceHost host, JobFiles uploads, IReadOnlyList<string> program, IEnumerable<OwnJob> own, ILogger<JobRunner> logger) : BackgroundService
{
    const int KeptLines = 40;
    readonly Dictionary<string, OwnJob> own = own.ToDictionary(o => o.Kind, StringComparer.Ordinal);

    /// <summary>Told when a new run stands in the workspace.</summary>
    public event Action<string>? NewRun;

    string Folder => Path.Combine(host.Directory, "jobs");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Copies of jobs that a former server began.
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
        var cutOff = true;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // Nothing runs now: what is noted as running was cut off, by the end of a server or because its end could not be noted.
                if (cutOff) queue.Recover();
                cutOff = false;
                await Run(await queue.Next(stoppingToken), stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is DbException or DbUpdateException)
            {
                // The database of jobs is away: collecting and pages go on, and jobs when it is back.
                cutOff = true;
                Away(logger, e);
                await Task.Delay(TimeSpan.FromSeconds(5), stoppingToken).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }

    async Task Run(JobRow job, CancellationToken stopping)
    {
        var stop = queue.Began(job.Id, stopping);
        using var trace = Telemetry.Traces.StartActivity("job " + job.Kind);
        var (began, ended) = (Stopwatch.GetTimestamp(), "done");
        try
        {
            var arguments = JsonSerializer.Deserialize<Dictionary<string, string>>(job.Arguments)!;
            var result = own.TryGetValue(job.Kind, out var work)
                ? await work.Work(job, arguments, new Told(queue, job.Id), stop)
                : await Task.Run(() => Command(job, arguments, stop), stop);
            queue.Ended(job.Id, j => (j.State, j.Result) = (JobState.Done, result));
            RemoveFiles(job);
        }
        catch (OperationCanceledException)
        {
            // Stopped with the server, it begins again with the next one.
            ended = stopping.IsCancellationRequested ? "put back" : "cancelled";
            if (stopping.IsCancellationRequested)
            {
                queue.PutBack(job.Id);
                return;
            }

            queue.Ended(job.Id, j => j.State = JobState.Cancelled);
            RemoveFiles(job);
        }
        catch (Exception e)
        {
            // Whatever it was, the server goes on and the job says what.
            ended = "failed";
            var expected = e is InputException or ConfigurationException or JobFailedException;
            if (!expected) Failed(logger, e, job.Id, job.Kind);
            queue.Ended(job.Id, j => (j.State, j.Error) = (JobState.Failed, expected ? e.Message : "Something went wrong that should not; the server's log has the details."));
            RemoveFiles(job);
        }
        finally
        {
            Telemetry.JobEnded(job.Kind, ended, began);
            var folder = Path.Combine(Folder, $"{job.Id}");
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    // What was handed in for a job names customers; it is kept for as long as the job may begin again.
    void RemoveFiles(JobRow job)
    {
        try
        {
            foreach (var file in JobKinds.FilesOf(job.Kind, JsonSerializer.Deserialize<Dictionary<string, string>>(job.Arguments)!)) uploads.Remove(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The job has ended as it has; a file that cannot be removed changes nothing about that.
            NotRemoved(logger, e, job.Id);
        }
    }

    async Task<string?> Command(JobRow job, Dictionary<string, string> arguments, CancellationToken stop)
    {
        if (JobKinds.Problems(job.Kind, arguments) is { Count: > 0 } problems) throw new ConfigurationException(problems);
        if (program.Count == 0) throw new JobFailedException("This server was started without a program for jobs.");
        var told = new Told(queue, job.Id);
        var (copy, output) = (Path.Combine(Folder, $"{job.Id}", "workspace"), Path.Combine(Folder, $"{job.Id}", "out"));
        told.Report(new StageProgress("copy"));
        host.Snapshot(copy);
        stop.ThrowIfCancellationRequested();
        var start = new ProcessStartInfo(program[0]) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true, UseShellExecute = false };
        foreach (var word in program.Skip(1).Concat(JobKinds.Words(job.Kind, arguments, copy, Workspace.LatestRunOf(copy), output, uploads.PathOf))) start.ArgumentList.Add(word);
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"'{program[0]}' did not start.");
        process.StandardInput.Close();
        await using var kill = stop.Register(() => process.Kill(entireProcessTree: true));
        var said = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = new List<string>();
        while (await process.StandardError.ReadLineAsync(CancellationToken.None) is { } line)
        {
            if (StageLine().Match(line) is { Success: true } stage) told.Report(new StageProgress(stage.Groups[1].Value, stage.Groups[2].Success ? stage.Groups[2].Value : null));
            else if (line.Length > 0) errors.Add(line);
        }

        await process.WaitForExitAsync(CancellationToken.None);
        _ = await said;
        stop.ThrowIfCancellationRequested();
        if (process.ExitCode != 0)
        {
            // Paths of the copy are nobody's business.
            var why = string.Join('\n', errors.TakeLast(20)).Replace(copy, "the workspace", StringComparison.Ordinal).Replace(output, "the results", StringComparison.Ordinal);
            throw new JobFailedException(why.Length > 0 ? why : $"The process ended with {process.ExitCode} and said nothing.");
        }

        return job.Kind == "segment" ? Adopt(output) : Keep(job, output);
    }

    string Adopt(string output)
    {
        var report = ReportJson.Read(Path.Combine(output, "report.json"));
        var run = host.Adopt(output, report.Segments.Select(s => s.Id));
        NewRun?.Invoke(run);
        return Path.GetRelativePath(host.Directory, run);
    }

    string Keep(JobRow job, string output)
    {
        var to = Path.Combine(host.Directory, "results", $"{job.Kind}-{job.Id:0000}");
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        Directory.Move(output, to);
        return Path.GetRelativePath(host.Directory, to);
    }

    [GeneratedRegex(@"^\s*[\d.]+ s  ([^:]+)(?:: (.*))?$", RegexOptions.NonBacktracking)]
    private static partial Regex StageLine();

    [LoggerMessage(Level = LogLevel.Error, Message = "The server's database cannot be reached; jobs wait")]
    static partial void Away(ILogger logger, Exception e);

    [LoggerMessage(Level = LogLevel.Error, Message = "Files that were handed in for job {Id} could not be removed")]
    static partial void NotRemoved(ILogger logger, Exception e, long id);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Id} ({Kind}) failed")]
    static partial void Failed(ILogger logger, Exception e, long id, string kind);

    // A fast job says more than a database should write: the newest is kept, twice a second.
    sealed class Told(JobQueue queue, long id) : IProgress<StageProgress>
    {
        readonly Queue<string> lines = [];
        long written = long.MinValue;

        public void Report(StageProgress value)
        {
            lines.Enqueue(value.Detail is null ? value.Stage : $"{value.Stage}: {value.Detail}");
            while (lines.Count > KeptLines) lines.Dequeue();
            if (value.Detail is not null && Environment.TickCount64 - written < 500 && written != long.MinValue) return;
            written = Environment.TickCount64;
            queue.Says(id, value.Stage, lines);
        }
    }
}

/// <summary>A job's process ended with an error, which is its message.</summary>
public sealed class JobFailedException(string message) : Exception(message);
