using Coterie.Privacy;
using Coterie.Server.Collector;
using Coterie.Server.Customers;
using Coterie.Server.Data;
using Coterie.Server.Live;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Server.Jobs;

/// <summary>Erases a customer, and removes what is older than the workspace's limits, in the server: nobody reads or writes the workspace meanwhile; events go on being taken.</summary>
static class PrivacyJobs
{
    public const string Erase = "erase", Retain = "retention";

    public static OwnJob EraseJob(IServiceProvider services) => new(Erase, (job, arguments, progress, stop) => Task.Run<string?>(() =>
    {
        var (host, inbox, runs) = (services.GetRequiredService<WorkspaceHost>(), services.GetRequiredService<Inbox>(), services.GetRequiredService<Runs>());
        var customer = arguments["customer"];
        progress.Report(new StageProgress("load"));
        // What was collected and not yet loaded may link ids that belong together.
        services.GetRequiredService<Loading>().Load(stop);
        var known = runs.Latest is { } run && services.GetRequiredService<OpenedRuns>().Ask(run, i => i.Of(customer)) is not null;
        progress.Report(new StageProgress("erase"));
        var receipt = host.Alone(workspace =>
        {
            Close(services, host.Directory);
            var options = new ErasureOptions
            {
                Workspace = host.Directory,
                Customers = [customer],
                Reason = arguments.GetValueOrDefault("reason"),
                By = job.RequestedBy,
                AlsoUnknown = known,
                Stores = [services.GetRequiredService<Collecting>().Store, new ErasedRecords(services.GetRequiredService<ServerData>()).Store],
            };
            // Its own words are masked once it has begun: cut off and begun again, it goes on from what was written down.
            return customer == ErasedPerson.Gone ? Erasure.Resume(workspace, options) : Erasure.Run(workspace, options);
        });
        inbox.Reload();
        services.GetRequiredService<LiveMembership>().Forget();
        if (receipt is null) return null;
        if (receipt.Left.Count > 0) throw new JobFailedException($"{receipt.Left.Count} files still name the person or could not be cleaned; the receipt {receipt.Id} lists them. Everything else is erased.");
        return Path.Combine("erasures", receipt.Id + ".json");
    }, stop));

    public static OwnJob RetainJob(IServiceProvider services) => new(Retain, (_, _, progress, stop) => Task.Run<string?>(() =>
    {
        var (host, collecting, loading) = (services.GetRequiredService<WorkspaceHost>(), services.GetRequiredService<Collecting>(), services.GetRequiredService<Loading>());
        progress.Report(new StageProgress("retention"));
        host.Alone(workspace =>
        {
            Close(services, host.Directory);
            return Retention.Run(workspace, new RetentionOptions { Workspace = host.Directory, Log = (days, now, dryRun) => collecting.Retain(days, loading.Loaded, now, dryRun) });
        });
        services.GetRequiredService<Inbox>().Reload();
        services.GetRequiredService<LiveMembership>().Forget();
        return "retention.json";
    }, stop));

    // Indexes of members are made again at the next question, without whoever has gone.
    static void Close(IServiceProvider services, string workspace)
    {
        services.GetRequiredService<OpenedRuns>().Forget();
        services.GetRequiredService<DecisionTables>().Forget();
        services.GetRequiredService<Runs>().Forget();
        services.GetRequiredService<Insight.RunInsight>().Forget();
        var runs = Path.Combine(workspace, "runs");
        if (!Directory.Exists(runs)) return;
        foreach (var index in Directory.EnumerateFiles(runs, "*.members")) File.Delete(index);
    }
}
