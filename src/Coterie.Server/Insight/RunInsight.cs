using Coterie.Decisions;
using Coterie.Server.Api;
using Coterie.Server.Live;
using Coterie.Warehouse;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Coterie.Server.Insight;

/// <summary>What pages ask of runs beyond their reports; worked out once a run and kept.</summary>
sealed partial class RunInsight(WorkspaceHost host, Runs runs, RunMembers members, ILogger<RunInsight> logger)
{
    // Newer events are counted again after this; until the count is there, the former one is shown.
    const long FreshFor = 10_000;
    readonly KeptByRun<RunFigures> figures = new(6);
    readonly KeptByRun<SegmentMigration> migrations = new(24);
    readonly KeptByRun<RunSummary> summaries = new(5_000);
    readonly KeptByRun<Counted> freshness = new(4);

    sealed class Counted(RunFreshness first)
    {
        public RunFreshness Value = first;
        public long At = Environment.TickCount64;
        public int Counting;
    }

    static string Key(RunEntry run) => $"{run.Directory} {run.Finished.Ticks}";

    /// <summary>Asks the index of a run's members.</summary>
    /// <exception cref="InputException">The run's files are missing or damaged.</exception>
    public T Members<T>(RunEntry run, Func<MemberIndex, T> ask) => members.Ask(run, ask);

    /// <exception cref="InputException">The run's files are missing or damaged.</exception>
    public RunFigures Figures(RunEntry run) => figures.Of(Key(run), () => RunFigures.Of(run.Directory, runs.Report(run)));

    /// <exception cref="InputException">A run's files are missing or damaged.</exception>
    public SegmentMigration Migration(RunEntry before, RunEntry after) =>
        migrations.Of(Key(before) + " " + Key(after), () => RunMigration.Of(before.Directory, runs.Report(before), after.Directory, runs.Report(after)));

    /// <exception cref="InputException">The report is damaged.</exception>
    public RunSummary Summary(RunEntry run) => summaries.Of(Key(run), () => RunSummary.Read(run.Directory));

    /// <summary>The run before another; null for the first.</summary>
    public RunEntry? Before(RunEntry run) => runs.All.LastOrDefault(r => string.CompareOrdinal(r.Id, run.Id) < 0);

    /// <summary>What happened since the run's instant, as of some seconds ago.</summary>
    public RunFreshness Freshness(RunEntry run)
    {
        var counted = freshness.Of(Key(run), () => new Counted(Count(run)));
        if (Environment.TickCount64 - Volatile.Read(ref counted.At) > FreshFor && Interlocked.Exchange(ref counted.Counting, 1) == 0)
        {
            _ = Task.Run(() =>
            {
                try
                {
                    counted.Value = Count(run);
                    Volatile.Write(ref counted.At, Environment.TickCount64);
                }
                catch (ObjectDisposedException)
                {
                    // The server stops.
                }
                catch (Exception e) when (e is InputException or WarehouseException or IOException)
                {
                    // The former count stays, and is tried again.
                    Failed(logger, e.Message);
                }
                finally
                {
                    Volatile.Write(ref counted.Counting, 0);
                }
            });
        }

        return counted.Value;
    }

    /// <summary>Lets go of everything: after somebody changed the runs' files.</summary>
    public void Forget()
    {
        figures.Clear();
        migrations.Clear();
        summaries.Clear();
        freshness.Clear();
    }

    RunFreshness Count(RunEntry run)
    {
        var asOf = Summary(run).AsOf;
        // A run without segments has nobody to count.
        return Summary(run).Segments.Count > 0 ? Members(run, i => RunFreshness.Of(host, asOf, i)) : RunFreshness.Of(host, asOf, null);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Events newer than the run cannot be counted: {Why}")]
    static partial void Failed(ILogger logger, string why);
}

static class InsightServices
{
    /// <summary>What the explaining pages need.</summary>
    public static void AddInsight(this IServiceCollection services)
    {
        services.AddSingleton<RunInsight>();
        services.AddHostedService<InsightWarmUp>();
    }
}
