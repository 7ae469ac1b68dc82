using Coterie.Server.Jobs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coterie.Server.Insight;

/// <summary>Works out what pages will ask of the newest run before somebody asks: at the start, and whenever a run has finished.</summary>
sealed partial class InsightWarmUp(RunInsight insight, Runs runs, JobRunner jobs, ILogger<InsightWarmUp> logger) : BackgroundService
{
    readonly SemaphoreSlim waiting = new(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        void Again(string run) => waiting.Release();
        jobs.NewRun += Again;
        try
        {
            while (true)
            {
                await waiting.WaitAsync(stoppingToken);
                await Task.Run(Warm, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        finally
        {
            jobs.NewRun -= Again;
        }
    }

    void Warm()
    {
        try
        {
            if (runs.Latest is not { } run || insight.Summary(run).Segments.Count == 0) return;
            insight.Members(run, i => i.Customers);
            insight.Figures(run);
            insight.Freshness(run);
            if (insight.Before(run) is { } before && insight.Summary(before).Segments.Count > 0) insight.Migration(before, run);
        }
        catch (Exception e) when (e is InputException or IOException or ObjectDisposedException)
        {
            // Whoever opens the page is told the same.
            Failed(logger, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The newest run cannot be shown whole: {Why}")]
    static partial void Failed(ILogger logger, string why);

    public override void Dispose()
    {
        waiting.Dispose();
        base.Dispose();
    }
}
