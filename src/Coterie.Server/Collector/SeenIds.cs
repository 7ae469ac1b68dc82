using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace Coterie.Server.Collector;

/// <summary>Message ids that were taken in the last days, so that a retry changes nothing. An id whose event is still on its way to the disk is known too: a twin
/// waits for it, because saying "taken" before it is would lose both.</summary>
/// <remarks>Ids are kept as 128 bits of XXH3 over source and id: two of a billion ids collide with a chance below 1e-20. Memory is some 40 bytes an id.</remarks>
sealed class SeenIds(int days)
{
    readonly Lock gate = new();
    readonly SortedDictionary<int, HashSet<UInt128>> byDay = [];
    readonly Dictionary<UInt128, Task> underway = [];

    public const int DefaultDays = 30;

    /// <summary>What is known of an id.</summary>
    /// <param name="Mine">The caller is the first and must end with <see cref="Settle"/>.</param>
    /// <param name="Other">The write that a twin of it is part of; null when it is on the disk already.</param>
    public readonly record struct Claim(bool Mine, Task? Other);

    public static UInt128 Hash(string source, string id)
    {
        var hash = new XxHash128();
        hash.Append(MemoryMarshal.AsBytes(source.AsSpan()));
        hash.Append([0, 0]);
        hash.Append(Encoding.UTF8.GetBytes(id));
        return hash.GetCurrentHashAsUInt128();
    }

    /// <summary>Asks for an id; <paramref name="write"/> is the write that it would go with.</summary>
    public Claim Take(UInt128 id, Task write)
    {
        lock (gate)
        {
            if (byDay.Values.Any(day => day.Contains(id))) return new(false, null);
            if (underway.TryGetValue(id, out var other)) return new(false, other);
            underway.Add(id, write);
            return new(true, null);
        }
    }

    /// <summary>Ends a claim: the id is on the disk, or it may be taken again.</summary>
    public void Settle(IEnumerable<UInt128> ids, bool taken, DateTime now)
    {
        lock (gate)
        {
            foreach (var id in ids)
            {
                underway.Remove(id);
                if (taken) Day(now).Add(id);
            }

            while (byDay.Count > 0 && byDay.First().Key < Number(now) - days) byDay.Remove(byDay.First().Key);
        }
    }

    HashSet<UInt128> Day(DateTime time)
    {
        if (!byDay.TryGetValue(Number(time), out var day)) byDay.Add(Number(time), day = []);
        return day;
    }

    static int Number(DateTime time) => (int)(time - DateTime.UnixEpoch).TotalDays;
}
