using System.Collections.Concurrent;
using Coterie.Server.Access;

namespace Coterie.Server.Collector;

/// <summary>Marks routes whose callers are limited by events, not by requests.</summary>
sealed record CountsEvents;

/// <summary>How many events a source may send: a token bucket of two seconds' worth for each source that has a limit. A batch is taken whole as long as the bucket is not in debt, and
/// what it is larger than the bucket has to be waited for; so a batch of any size gets through, and the long run keeps the limit.</summary>
sealed class SourceLimits(TimeProvider clock)
{
    readonly ConcurrentDictionary<string, Bucket> buckets = new(StringComparer.Ordinal);

    sealed class Bucket
    {
        public int Rate;
        public double Tokens;
        public long Filled;
    }

    /// <summary>Takes events from a source's bucket.</summary>
    /// <returns>Seconds to wait when nothing was taken; 0 when the events may come.</returns>
    public int Take(EventSource source, int events)
    {
        if (source.EventsPerSecond is not { } rate) return 0;
        var bucket = buckets.GetOrAdd(source.Id, _ => new Bucket());
        lock (bucket)
        {
            var now = clock.GetTimestamp();
            // A new limit begins with a full bucket.
            if (bucket.Rate != rate) (bucket.Rate, bucket.Tokens, bucket.Filled) = (rate, 2.0 * rate, now);
            bucket.Tokens = Math.Min(2.0 * rate, bucket.Tokens + clock.GetElapsedTime(bucket.Filled, now).TotalSeconds * rate);
            bucket.Filled = now;
            if (bucket.Tokens <= 0) return Math.Max(1, (int)Math.Ceiling(-bucket.Tokens / rate));
            bucket.Tokens -= events;
            return 0;
        }
    }
}
