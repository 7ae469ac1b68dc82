using Coterie.Activation.Rules;
using Coterie.Server.Collector;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Server.Audiences;

/// <summary>Asks rules of the workspace: a connection of its own, on which the customers, segments and features that rules are asked of are made once and used until there is a newer run
/// or events were loaded, half a minute after which they are made anew.</summary>
sealed class AudienceDesk : IDisposable
{
    const int Fresh = 30_000;
    /// <summary>Held by whoever changes the saved audiences: their file is read, changed and written whole.</summary>
    public static readonly Lock Saving = new();

    readonly Lock gate = new();
    DuckDbWarehouse? warehouse;
    RuleScope? scope;
    string? run;
    long loaded, made;
    readonly WorkspaceHost host;
    readonly Runs runs;
    readonly Loading loading;
    readonly CollectedState collected;

    public AudienceDesk(WorkspaceHost host, Runs runs, Loading loading, CollectedState collected)
    {
        (this.host, this.runs, this.loading, this.collected) = (host, runs, loading, collected);
        host.Replacing += Close;
    }

    /// <summary>The same for a page, which says itself that there are no events yet: null then.</summary>
    public T? AskIfAny<T>(Func<RuleScope, T> ask, CancellationToken stop) where T : class => collected.Events == 0 ? null : Ask(ask, stop);

    /// <exception cref="InputException">There are no events yet, or the run cannot be used.</exception>
    public T Ask<T>(Func<RuleScope, T> ask, CancellationToken stop) => host.Shared(() => AskAlone(ask, stop));

    T AskAlone<T>(Func<RuleScope, T> ask, CancellationToken stop)
    {
        lock (gate)
        {
            var newest = runs.Latest?.Directory;
            if (scope is null || run != newest || (loaded != loading.Loaded && Environment.TickCount64 - made > Fresh)) Open(newest);
            using var interruption = stop.Register(warehouse!.Interrupt);
            try
            {
                return ask(scope!);
            }
            catch (OperationCanceledException)
            {
                // A connection that was interrupted answers nothing any more.
                CloseAlone();
                throw;
            }
        }
    }

    /// <summary>Gives the connection back: before somebody changes the workspace's file.</summary>
    public void Close()
    {
        lock (gate) CloseAlone();
    }

    void Open(string? newest)
    {
        CloseAlone();
        (loaded, made) = (loading.Loaded, Environment.TickCount64);
#pragma warning disable CA2000 // Kept by the scope, and given back by Close.
        var opened = host.OpenReader();
#pragma warning restore CA2000
        try
        {
            var (last, segments) = (Last(opened), newest is null ? null : DecisionSource.SegmentsOf(newest));
            // A run may have been made as of an instant after the last event.
            scope = RuleScope.Open(opened, segments is { } s && s.AsOf > last ? s.AsOf : last, segments, newest is null ? null : Path.Combine(newest, "features.parquet"));
            (warehouse, run) = (opened, newest);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    static DateTime Last(DuckDbWarehouse w)
    {
        var there = w.Single(new Step("see whether there are events", "SELECT count(*) > 0 FROM information_schema.tables WHERE table_name = 'events'"), r => r.GetBoolean(0));
        return (there ? w.Single(new Step("find the last event", $"SELECT max({w.Dialect.Name("time")}) FROM {w.Dialect.Name("events")}"), r => r.IsDBNull(0) ? (DateTime?)null : DateTime.SpecifyKind(r.GetDateTime(0), DateTimeKind.Utc)) : null)
            ?? throw new InputException("The workspace holds no events yet.");
    }

    void CloseAlone()
    {
        warehouse?.Dispose();
        (warehouse, scope, run) = (null, null, null);
    }

    public void Dispose()
    {
        host.Replacing -= Close;
        Close();
    }
}
