using System.Text.Json;
using Coterie.Server.Access;
using Coterie.Server.Collector;
using Coterie.Server.Data;
using Coterie.Warehouse;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coterie.Server.Jobs;

/// <summary>After loads, and not more often than the settings say, measures how far the customers have moved from the newest run, keeps the value, and asks for a
/// run when it is above both the threshold and what chance alone makes.</summary>
public sealed partial class DriftTrigger(ServerData data, WorkspaceHost host, Runs runs, JobQueue queue, Audit audit, CollectedState collected, ILogger<DriftTrigger> logger) : BackgroundService
{
    static readonly TimeSpan Look = TimeSpan.FromSeconds(20);
    static readonly Caller Cause = new("drift", "drift", Role.Operator);
    readonly Lock measuring = new();
    long events = -1;
    string? compared;

    /// <summary>Why the last measurement failed; null when it did not.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<DriftRow> All(int most = 100)
    {
        using var db = data.Open();
        return [.. db.Drift.AsNoTracking().OrderByDescending(d => d.Id).Take(Math.Clamp(most, 1, 1000))];
    }

    /// <summary>The newest value of a run; null when there is none yet.</summary>
    public DriftRow? Newest(string run)
    {
        using var db = data.Open();
        return db.Drift.AsNoTracking().Where(d => d.Run == run).OrderByDescending(d => d.Id).FirstOrDefault();
    }

    /// <summary>Share by share, as a row holds it.</summary>
    public static IReadOnlyList<ShareThenNow> Shares(DriftRow row) => JsonSerializer.Deserialize<ShareThenNow[]>(row.Shares)!;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await Task.Run(() => MeasureIfDue(stoppingToken), stoppingToken);
                    Trouble = null;
                }
                catch (Exception e) when (e is InputException or WarehouseException or IOException && !stoppingToken.IsCancellationRequested)
                {
                    Trouble = e.Message;
                    Failed(logger, e.GetType().Name);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        catch (WarehouseException) when (stoppingToken.IsCancellationRequested)
        {
            // Interrupted because the server stops.
        }
    }

    void MeasureIfDue(CancellationToken stop)
    {
        var settings = DriftSettings.Of(data);
        if (!settings.Enabled || runs.Latest is not { } run) return;
        var now = collected.Events;
        // Nothing was loaded, or the run is as new as the events.
        if (events == now && compared == run.Id) return;
        if (Newest(run.Id) is { } last && last.Time > DateTime.UtcNow.AddMinutes(-settings.EveryMinutes)) return;
        Measure(settings, stop);
        (events, compared) = (now, run.Id);
    }

    /// <summary>Measures now; null when there is no run or no event.</summary>
    /// <exception cref="InputException">The run's model cannot be used.</exception>
    public DriftRow? Measure(CancellationToken stop = default) => Measure(DriftSettings.Of(data), stop);

    DriftRow? Measure(DriftSettings settings, CancellationToken stop)
    {
        lock (measuring)
        {
            if (runs.Latest is not { } run || DriftMeasure.Of(host, run, runs.Report(run), stop) is not { } drift) return null;
            var row = new DriftRow
            {
                Time = DateTime.UtcNow, Run = run.Id, AsOf = drift.AsOf, Customers = drift.Customers, Index = drift.Index, Chance = drift.Chance,
                Threshold = settings.Threshold, Shares = JsonSerializer.Serialize(drift.Segments),
            };
            if (drift.Index > settings.Threshold && drift.Index > drift.Chance && !AskedFor(run))
            {
                var job = queue.Add("segment", new Dictionary<string, string>(), Cause);
                row.Job = job.Id;
                audit.Write(Cause, "job.request", $"job:{job.Id}", new { job.Kind, drift.Index, settings.Threshold });
                Moved(logger, drift.Index, run.Id, job.Id);
            }

            using var db = data.Open();
            db.Drift.Add(row);
            db.SaveChanges();
            return row;
        }
    }

    // One run is asked for by drift, not one an hour while it waits or when it failed.
    bool AskedFor(RunEntry run)
    {
        using var db = data.Open();
        return db.Drift.Any(d => d.Run == run.Id && d.Job != null);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Customers have moved by {Index:0.00} from run {Run}; job {Job} makes a new one")]
    static partial void Moved(ILogger logger, double index, string run, long job);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Drift could not be measured and will be tried again: {Why}")]
    static partial void Failed(ILogger logger, string why);
}

/// <summary>Registers the measurement of drift and of freshness.</summary>
static class DriftServices
{
    public static void AddDrift(this IServiceCollection services)
    {
        services.AddSingleton<DriftTrigger>();
        services.AddHostedService(s => s.GetRequiredService<DriftTrigger>());
        services.AddSingleton<FreshnessOf>();
    }
}
