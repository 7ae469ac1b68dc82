using Coterie.Numerics;

namespace Coterie.Profiles;

/// <summary>What became of segments between two runs.</summary>
/// <param name="Kind">kept, born, died, split (one old, several new) or merged (several old, one new).</param>
/// <param name="From">Ids in the earlier run.</param>
/// <param name="To">Ids in this run.</param>
/// <param name="Shared">Share of the earlier members (or, for a birth, of the new ones) concerned.</param>
public sealed record LineageEvent(string Kind, IReadOnlyList<string> From, IReadOnlyList<string> To, double Shared);

/// <summary>Ids for this run's clusters, in label order, and what happened.</summary>
public sealed record LineageResult(IReadOnlyList<string> Ids, IReadOnlyList<LineageEvent> Events);

/// <summary>Segment ids survive re-runs: new clusters are matched one to one to the earlier segments they share most members with
/// (maximal total Jaccard, Hungarian method); a new cluster without a partner gets a fresh id, and an id is never used again
/// for something else.</summary>
public static class Lineage
{
    /// <summary>A match below this Jaccard is no continuation.</summary>
    const double SameSegment = 1.0 / 3;
    /// <summary>This share of an earlier segment in a new one is a part worth telling.</summary>
    const double Part = 0.25;

    /// <param name="earlier">Customer to segment id of the earlier run.</param>
    /// <param name="used">Every id that was ever used in this workspace.</param>
    /// <param name="customers">n, this run's customers.</param>
    /// <param name="labels">n, 0 .. clusters-1.</param>
    /// <param name="clusters">Number of clusters in this run.</param>
    /// <param name="given">Ids that are settled already, by label; null matches.</param>
    public static LineageResult Match(
        IReadOnlyDictionary<string, string> earlier, IReadOnlyCollection<string> used, string[] customers, int[] labels, int clusters, string[]? given = null)
    {
        var old = earlier.Values.Distinct().Order(StringComparer.Ordinal).ToArray();
        var number = old.Select((id, i) => (id, i)).ToDictionary(p => p.id, p => p.i, StringComparer.Ordinal);
        var shared = new double[old.Length, clusters];
        double[] oldSize = new double[old.Length], newSize = new double[clusters];
        for (var i = 0; i < customers.Length; i++)
        {
            newSize[labels[i]]++;
            if (!earlier.TryGetValue(customers[i], out var id)) continue;
            oldSize[number[id]]++;
            shared[number[id], labels[i]]++;
        }

        var ids = given ?? Ids(old, used, shared, oldSize, newSize, clusters);
        return new LineageResult(ids, Events(old, ids, shared, oldSize));
    }

    static string[] Ids(string[] old, IReadOnlyCollection<string> used, double[,] shared, double[] oldSize, double[] newSize, int clusters)
    {
        var cost = new double[clusters, old.Length];
        for (var c = 0; c < clusters; c++)
            for (var o = 0; o < old.Length; o++)
                cost[c, o] = -shared[o, c] / Math.Max(oldSize[o] + newSize[c] - shared[o, c], 1);

        var match = old.Length == 0 ? [] : Hungarian.Match(cost);
        var ids = new string[clusters];
        var next = used.Concat(old).Select(Number).DefaultIfEmpty(0).Max() + 1;
        for (var c = 0; c < clusters; c++)
        {
            var partner = old.Length == 0 ? -1 : match[c];
            ids[c] = partner >= 0 && -cost[c, partner] >= SameSegment ? old[partner] : $"S{next++}";
        }

        return ids;
    }

    static List<LineageEvent> Events(string[] old, string[] ids, double[,] shared, double[] oldSize)
    {
        var events = new List<LineageEvent>();
        var sources = ids.Select(_ => new List<int>()).ToArray();
        for (var o = 0; o < old.Length; o++)
        {
            var parts = Enumerable.Range(0, ids.Length).Where(c => shared[o, c] >= Part * oldSize[o] && oldSize[o] > 0).ToArray();
            foreach (var c in parts) sources[c].Add(o);
            var whole = oldSize[o] > 0 ? parts.Sum(c => shared[o, c]) / oldSize[o] : 0;
            if (parts.Length > 1) events.Add(new LineageEvent("split", [old[o]], [.. parts.Select(c => ids[c])], whole));
            else if (ids.Contains(old[o])) events.Add(new LineageEvent("kept", [old[o]], [old[o]], whole));
            if (!ids.Contains(old[o]) && parts.Length <= 1) events.Add(new LineageEvent("died", [old[o]], [.. parts.Select(c => ids[c])], whole));
        }

        for (var c = 0; c < ids.Length; c++)
        {
            if (sources[c].Count > 1) events.Add(new LineageEvent("merged", [.. sources[c].Select(o => old[o])], [ids[c]], 1));
            if (!old.Contains(ids[c])) events.Add(new LineageEvent("born", [], [ids[c]], 1));
        }

        return events;
    }

    internal static int Number(string id) => id.StartsWith('S') && int.TryParse(id.AsSpan(1), out var number) ? number : 0;
}
