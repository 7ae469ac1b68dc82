using Coterie.Warehouse;

namespace Coterie.Server.Collector;

/// <summary>How many events the workspace has; asked for once every few seconds at most.</summary>
public sealed class CollectedState(WorkspaceHost host)
{
    /// <summary>An answer is so old at most.</summary>
    internal static readonly TimeSpan AskedEvery = TimeSpan.FromSeconds(3);
    readonly Lock gate = new();
    long asked = long.MinValue, events;

    public long Events
    {
        get
        {
            lock (gate)
            {
                if (asked != long.MinValue && Environment.TickCount64 - asked < AskedEvery.TotalMilliseconds) return events;
                events = host.Read(w =>
                {
                    long n = 0;
                    // Before the first load there is no such relation.
                    w.Query(new Step("find the events", "SELECT count(*) FROM information_schema.tables WHERE table_name = 'events'"), r => n = r.GetInt64(0));
                    if (n > 0) w.Query(new Step("count events", $"SELECT count(*) FROM {w.Dialect.Name("events")}"), r => n = r.GetInt64(0));
                    return n;
                });
                asked = Environment.TickCount64;
                return events;
            }
        }
    }
}
