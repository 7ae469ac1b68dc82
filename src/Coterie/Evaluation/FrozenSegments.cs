using Coterie.Numerics;

namespace Coterie.Evaluation;

/// <summary>Which of today's segments a group of the freeze is. Both were clustered on their own, so that their numbers have nothing to do with one another.</summary>
internal static class FrozenSegments
{
    public const int None = -1;

    /// <summary>A match below this Jaccard is no continuation, as between two runs.</summary>
    const double SameSegment = 1.0 / 3;

    /// <summary>One to one by the customers in common, of those who were there at the freeze: the maximal total Jaccard (Hungarian method).</summary>
    /// <param name="then">m, customers at the freeze.</param>
    /// <param name="groups">m, their groups, 0 .. groupCount-1.</param>
    /// <param name="now">n, today's customers.</param>
    /// <param name="labels">n, their segments, 0 .. labelCount-1.</param>
    /// <returns>groupCount: today's label, or <see cref="None"/>.</returns>
    internal static int[] Today(IReadOnlyList<string> then, IReadOnlyList<int> groups, int groupCount, IReadOnlyList<string> now, IReadOnlyList<int> labels, int labelCount)
    {
        var label = new Dictionary<string, int>(now.Count, StringComparer.Ordinal);
        for (var i = 0; i < now.Count; i++) label[now[i]] = labels[i];
        var shared = new double[groupCount, labelCount];
        double[] before = new double[groupCount], today = new double[labelCount];
        for (var i = 0; i < then.Count; i++)
        {
            before[groups[i]]++;
            if (!label.TryGetValue(then[i], out var l)) continue;
            today[l]++;
            shared[groups[i], l]++;
        }

        var cost = new double[groupCount, labelCount];
        for (var g = 0; g < groupCount; g++)
            for (var l = 0; l < labelCount; l++) cost[g, l] = -shared[g, l] / Math.Max(before[g] + today[l] - shared[g, l], 1);
        var match = Hungarian.Match(cost);
        for (var g = 0; g < groupCount; g++)
            if (match[g] >= 0 && -cost[g, match[g]] < SameSegment) match[g] = None;
        return match;
    }
}
