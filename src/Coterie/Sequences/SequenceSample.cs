using Coterie.Numerics;

namespace Coterie.Sequences;

/// <summary>Some customers, kept to learn from.</summary>
/// <param name="Customers">n, in ordinal order.</param>
/// <param name="Items">n: what is known of each.</param>
sealed record SequenceSample<T>(string[] Customers, T[] Items)
{
    /// <summary>At most so many customers with at least so many events, chosen by a hash of their id: which ones depends neither on chunks nor on
    /// their order.</summary>
    /// <param name="describe">What to keep of the customers of a chunk in which each has one sequence.</param>
    public static SequenceSample<T> Of(IEnumerable<CustomerSequences> chunks, Func<CustomerSequences, T[]> describe, int most, int leastEvents, Seed seed)
    {
        // The customers of largest hash leave first.
        var kept = new PriorityQueue<(string Id, T Item), (ulong, string)>(
            Comparer<(ulong Hash, string Id)>.Create((a, b) => b.Hash != a.Hash ? b.Hash.CompareTo(a.Hash) : string.CompareOrdinal(b.Id, a.Id)));
        foreach (var chunk in chunks)
        {
            var joined = chunk.Joined();
            var items = describe(joined);
            for (var i = 0; i < joined.Count; i++)
            {
                if (joined.Offsets[i + 1] - joined.Offsets[i] < leastEvents) continue;
                kept.Enqueue((joined.Customers[i], items[i]), (SequenceSample.Hash(joined.Customers[i], seed), joined.Customers[i]));
                if (kept.Count > most) kept.Dequeue();
            }
        }

        var sample = kept.UnorderedItems.Select(e => e.Element).OrderBy(e => e.Id, StringComparer.Ordinal).ToList();
        return new([.. sample.Select(e => e.Id)], [.. sample.Select(e => e.Item)]);
    }

}

/// <summary>Which customers a sample takes.</summary>
static class SequenceSample
{
    /// <summary>At most so many of the ids, those of the smallest hashes, in ordinal order.</summary>
    public static string[] Ids(IEnumerable<string> ids, int most, Seed seed) =>
        [.. ids.OrderBy(id => Hash(id, seed)).ThenBy(id => id, StringComparer.Ordinal).Take(most).Order(StringComparer.Ordinal)];

    public static ulong Hash(string id, Seed seed)
    {
        var hash = Rng.Mix(seed.Value + 0x9E3779B97F4A7C15);
        foreach (var c in id) hash = (hash ^ c) * 1099511628211;
        return Rng.Mix(hash);
    }
}
