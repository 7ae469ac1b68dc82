using Coterie.Clustering;
using Coterie.Evaluation;
using Coterie.Numerics;

namespace Coterie;

/// <summary>Merged and divided segments as they would have been at the freeze: the frozen groups are matched to today's clusters by the customers they share, joined as the clusters
/// were, and divided anew on what was known then. What people said of single customers, and locks, are left out: they were said knowing what came later.</summary>
internal sealed class FeedbackAtFreeze(FinalSegments final, FeedbackResult feedback, string[] customers, string[] frozen, Matrix frozenRows, SegmentationOptions options)
{
    /// <param name="groups">Of the frozen customers, fitted without feedback.</param>
    internal NamedGrouping Apply(NamedGrouping groups)
    {
        var today = frozen.Select(c => Array.BinarySearch(customers, c, StringComparer.Ordinal)).ToArray();
        var counts = new int[groups.Groups, feedback.ClusterIds.Length];
        for (var i = 0; i < today.Length; i++)
            if (today[i] >= 0) counts[groups.Labels[i], feedback.Before.Labels[today[i]]]++;
        var cluster = Hungarian.MatchMost(counts);
        var labels = new int[frozen.Length];
        var next = final.Groups;
        for (var g = 0; g < groups.Groups; g++)
        {
            int[] members = [.. Enumerable.Range(0, frozen.Length).Where(i => groups.Labels[i] == g)];
            var segments = cluster[g] < 0 ? [] : Holding(cluster[g]);
            // A group that today has no like stays a group.
            if (segments.Length == 0) segments = [next++];
            var parts = segments.Length == 1 ? null : Divide(members, segments, today);
            for (var m = 0; m < members.Length; m++) labels[members[m]] = parts is null ? segments[0] : parts[m];
        }

        return Compact(groups.Name, labels);
    }

    int[] Holding(int cluster) =>
        [.. Enumerable.Range(0, final.Groups).Where(s => feedback.Model.Structure.Segments[s].Atoms.Any(a => a.Cluster == cluster))];

    int[] Divide(int[] members, int[] segments, int[] today)
    {
        var rows = frozenRows.Take(members);
        var labels = KMeans.Fit(rows, new KMeansOptions { Clusters = segments.Length, Starts = 10, Threads = options.Threads }, options.Seed.Child(72)).Assign(rows, options.Threads).Labels;
        var counts = new int[segments.Length, segments.Length];
        for (var m = 0; m < members.Length; m++)
            if (today[members[m]] is >= 0 and var at && Array.IndexOf(segments, final.Assignment.Labels[at]) is >= 0 and var s) counts[labels[m], s]++;
        var match = Hungarian.MatchMost(counts);
        return [.. labels.Select(l => segments[match[l]])];
    }

    static NamedGrouping Compact(string name, int[] labels)
    {
        var used = labels.Distinct().Order().ToArray();
        return new(name, [.. labels.Select(l => Array.BinarySearch(used, l))], used.Length);
    }
}
