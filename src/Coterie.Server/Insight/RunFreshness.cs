using Coterie.Server.Live;
using Coterie.Warehouse;

namespace Coterie.Server.Insight;

/// <summary>What happened since the instant that a run looks back from.</summary>
/// <param name="Events">Events of the workspace that are newer.</param>
/// <param name="Last">The newest of them; null where there are none.</param>
/// <param name="Customers">Customers that they are of.</param>
/// <param name="Strangers">Of these, customers that the run does not know.</param>
/// <param name="Active">Segment to its members that did something since.</param>
sealed record RunFreshness(long Events, DateTime? Last, int Customers, int Strangers, IReadOnlyDictionary<string, int> Active)
{
    public static readonly RunFreshness Nothing = new(0, null, 0, 0, new Dictionary<string, int>());

    /// <summary>Asks the workspace.</summary>
    public static RunFreshness Of(WorkspaceHost host, DateTime asOf, MemberIndex? members) => host.Read(w =>
    {
        // Before the first load there is no table.
        if (w.Single(new Step("find the events", "SELECT count(*) FROM information_schema.tables WHERE table_name = 'events'"), r => r.GetInt64(0)) == 0) return Nothing;
        var events = w.Dialect.Name("events");
        var parameters = new Dictionary<string, object?> { ["as_of"] = asOf };
        var (count, last) = w.Single(new Step("count events newer than the run", $"SELECT count(*), max(time) FROM {events} WHERE time > $as_of") { Parameters = parameters },
            r => (r.GetInt64(0), r.IsDBNull(1) ? (DateTime?)null : DateTime.SpecifyKind(r.GetDateTime(1), DateTimeKind.Utc)));
        if (count == 0) return Nothing;
        int customers = 0, strangers = 0;
        var active = new SortedDictionary<string, int>(StringComparer.Ordinal);
        w.Query(new Step("find customers newer than the run", $"SELECT DISTINCT customer_id FROM {events} WHERE time > $as_of") { Parameters = parameters }, r =>
        {
            customers++;
            if (members?.Of(r.GetString(0)) is { } member) active[member.Segment] = active.GetValueOrDefault(member.Segment) + 1;
            else strangers++;
        });
        return new(count, last, customers, strangers, active);
    });
}
