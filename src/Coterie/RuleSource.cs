using Coterie.Activation.Rules;
using Coterie.Clean;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie;

/// <summary>Where rules take events, segments and features from.</summary>
public sealed record RuleSourceOptions
{
    public required string Workspace { get; init; }
    /// <summary>The output directory of a run; null: the workspace's newest that is not later than the instant.</summary>
    public string? Run { get; init; }
    /// <summary>Null: the last event.</summary>
    public DateTime? AsOf { get; init; }
    public DuckDbOptions Storage { get; init; } = new();
}

/// <summary>A workspace opened to rules; closing it gives everything back.</summary>
public sealed class RuleSource : IDisposable
{
    readonly Workspace workspace;
    readonly CancellationTokenRegistration interruption;

    RuleSource(Workspace workspace, CancellationTokenRegistration interruption, RuleScope scope, string? run)
    {
        this.workspace = workspace;
        this.interruption = interruption;
        Scope = scope;
        Run = run;
    }

    public RuleScope Scope { get; }

    /// <summary>The run that segments and features are from; null: none.</summary>
    public string? Run { get; }

    /// <exception cref="InputException">It is no workspace, holds no event, is in use, or the run cannot be used.</exception>
    public static RuleSource Open(RuleSourceOptions options, CancellationToken stop = default)
    {
        var workspace = Workspace.Open(options.Workspace, options.Storage, create: false);
        var interruption = stop.Register(workspace.Warehouse.Interrupt);
        try
        {
            var warehouse = workspace.Warehouse;
            var asOf = options.AsOf ?? Last(warehouse) ?? throw new InputException($"The workspace '{options.Workspace}' holds no events: ingest files into it first.");
            var run = options.Run ?? Workspace.LatestRunOf(options.Workspace);
            var segments = run is null ? null : DecisionSource.SegmentsOf(run);
            // An earlier instant is asked of an earlier run.
            while (options.Run is null && segments is not null && segments.AsOf > asOf)
            {
                run = Workspace.RunBefore(run!);
                segments = run is null ? null : DecisionSource.SegmentsOf(run);
            }

            var scope = RuleScope.Open(warehouse, asOf, segments, run is null ? null : Path.Combine(run, "features.parquet"));
            return new RuleSource(workspace, interruption, scope, run);
        }
        catch
        {
            interruption.Dispose();
            workspace.Dispose();
            throw;
        }
    }

    static DateTime? Last(IWarehouse warehouse)
    {
        if (!warehouse.Single(new Step("see whether there are events", "SELECT count(*) > 0 FROM information_schema.tables WHERE table_name = 'events'"), r => r.GetBoolean(0))) return null;
        return warehouse.Single(new Step("find the last event", "SELECT max(\"time\") FROM \"events\""), r => r.IsDBNull(0) ? (DateTime?)null : DateTime.SpecifyKind(r.GetDateTime(0), DateTimeKind.Utc));
    }

    /// <summary>What the workspace knows of consent, the newest; the workspace is opened for as long as that takes.</summary>
    /// <exception cref="InputException">It is no workspace, or is in use.</exception>
    public static Consents ConsentsOf(string directory)
    {
        using var workspace = Workspace.Open(directory, new DuckDbOptions(), create: false);
        return Last(workspace.Warehouse) is null ? Consents.None : ConsentReading.Of(workspace.Warehouse);
    }

    public void Dispose()
    {
        interruption.Dispose();
        workspace.Dispose();
    }
}
