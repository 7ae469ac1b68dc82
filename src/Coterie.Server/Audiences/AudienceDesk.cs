using Coterie.Activation.Rules;
using Coterie.Server.Collector;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Server.Audiences;

/// <summary>Asks rules of the newest events and run. What rules need is made once and kept until a run or many events came: a count while somebody builds a rule is quick.</summary>
public sealed class AudienceDesk(WorkspaceHost host, Runs runs, CollectedState collected) : IDisposable
{
    /// <summary>Newer events are seen after so long.</summary>
    static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(2);
    readonly Lock gate = new();
    DuckDbWarehouse? warehouse;
    RuleScope? scope;
    string? run;
    long events;
    DateTime opened;

    /// <summary>Asks something; null when there are no events yet.</summary>
    /// <exception cref="ConfigurationException">The rule cannot be used.</exception>
    public T? Ask<T>(Func<RuleScope, T> ask) where T : class
    {
        lock (gate) return Open() is { } open ? ask(open) : null;
    }

    RuleScope? Open()
    {
        var latest = runs.Latest?.Directory;
        if (scope is not null && run == latest && (DateTime.UtcNow - opened < KeptFor || events == collected.Events)) return scope;
        if (collected.Events == 0) return null;
        Close();
        var fresh = host.Reader();
        try
        {
            var last = fresh.Single(new Step("find the last event", "SELECT max(\"time\") FROM \"events\""), r => r.IsDBNull(0) ? (DateTime?)null : DateTime.SpecifyKind(r.GetDateTime(0), DateTimeKind.Utc));
            if (last is not { } asOf)
            {
                fresh.Dispose();
                return null;
            }

            var segments = latest is null ? null : DecisionSource.SegmentsOf(latest);
            (warehouse, run, events, opened) = (fresh, latest, collected.Events, DateTime.UtcNow);
            // A run may have been made as of an instant after the last event.
            return scope = RuleScope.Open(fresh, segments is { } s && s.AsOf > asOf ? s.AsOf : asOf, segments, latest is null ? null : Path.Combine(latest, "features.parquet"));
        }
        catch
        {
            fresh.Dispose();
            (warehouse, scope) = (null, null);
            throw;
        }
    }

    void Close()
    {
        warehouse?.Dispose();
        (warehouse, scope) = (null, null);
    }

    public void Dispose()
    {
        lock (gate) Close();
    }
}
