using System.Collections.Concurrent;

namespace Coterie.Server.Collector;

/// <summary>What a source has sent since the oldest entry of log and inbox.</summary>
/// <param name="Taken">Events in the log.</param>
/// <param name="Refused">Events in the inbox.</param>
/// <param name="Last">When the newest came; null before the first.</param>
public sealed record SourceSeen(long Taken, long Refused, DateTime? Last)
{
    public static readonly SourceSeen Nothing = new(0, 0, null);
}

/// <summary>Counts by source, kept in memory: made when log and inbox are read at the start, and moved with each request.</summary>
public sealed class SourceActivity
{
    readonly ConcurrentDictionary<string, SourceSeen> sources = new(StringComparer.Ordinal);

    public SourceSeen Of(string source) => sources.GetValueOrDefault(source, SourceSeen.Nothing);

    /// <summary>Ids of sources that ever sent.</summary>
    public IEnumerable<string> All => sources.Keys.Order(StringComparer.Ordinal);

    internal void Count(string source, int taken, int refused, DateTime received) => sources.AddOrUpdate(source,
        _ => new(taken, refused, received),
        (_, s) => new(s.Taken + taken, s.Refused + refused, s.Last > received ? s.Last : received));
}
