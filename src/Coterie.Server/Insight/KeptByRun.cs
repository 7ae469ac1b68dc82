using System.Collections.Concurrent;

namespace Coterie.Server.Insight;

/// <summary>What was worked out of a run, or of a pair of runs, kept for the next who asks. Each is made once, whoever asks at the same time; of more than
/// <paramref name="most"/> the one that was used longest ago is let go.</summary>
sealed class KeptByRun<T>(int most)
    where T : class
{
    readonly ConcurrentDictionary<string, Entry> kept = new(StringComparer.Ordinal);

    sealed class Entry(Func<T> make)
    {
        public readonly Lazy<T> Value = new(make);
        public long Used = Environment.TickCount64;
    }

    /// <summary>Lets go of everything.</summary>
    public void Clear() => kept.Clear();

    /// <param name="key">The run's directory and when its report was written, so that a run of the same name is another one.</param>
    public T Of(string key, Func<T> make)
    {
        var entry = kept.GetOrAdd(key, _ => new Entry(make));
        Volatile.Write(ref entry.Used, Environment.TickCount64);
        try
        {
            var value = entry.Value.Value;
            foreach (var old in kept.OrderByDescending(e => Volatile.Read(ref e.Value.Used)).Skip(most)) kept.TryRemove(old);
            return value;
        }
        catch
        {
            // A failure is not kept: the file may be whole the next time.
            kept.TryRemove(new KeyValuePair<string, Entry>(key, entry));
            throw;
        }
    }
}
