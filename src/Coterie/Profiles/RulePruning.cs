namespace Coterie.Profiles;

/// <summary>Makes a grown tree short and its thresholds readable.</summary>
static class RulePruning
{
    /// <summary>Weakest-link pruning (Breiman et al. 1984, section 3.3): as long as some inner node earns fewer than
    /// <paramref name="worth"/> customers put right for each leaf it adds, the weakest goes; but the last leaf of a segment stays.</summary>
    public static void Prune(GrowingNode root, int clusters, double worth)
    {
        while (true)
        {
            var leavesOf = new int[Math.Max(1, clusters)];
            foreach (var leaf in root.Leaves()) leavesOf[leaf.Label]++;
            GrowingNode? weakest = null;
            var least = double.PositiveInfinity;
            foreach (var node in root.Inner())
            {
                var leaves = node.Leaves().ToArray();
                var earned = (node.Errors - leaves.Sum(l => l.Errors)) / (double)(leaves.Length - 1);
                if (earned < least && (earned < worth || leaves.All(l => l.Label == node.Label)) && !LosesASegment(node, leaves, leavesOf))
                    (weakest, least) = (node, earned);
            }

            if (weakest is null) return;
            weakest.Collapse();
        }
    }

    /// <summary>Rounds each threshold to one or two significant digits (else three) where that puts at most
    /// <paramref name="cost"/> customers wrong, root first; then recounts who reaches which node.</summary>
    public static void Round(GrowingNode root, double[][] columns, int[] labels, double cost)
    {
        foreach (var node in root.Inner())
        {
            var split = node.Split!;
            if (split.OnMissing) continue;
            var before = Right(node, node.Members, columns, labels);
            for (var digits = 1; digits <= 3; digits++)
            {
                var rounded = HumanNumbers.Round(split.Threshold, digits);
                if (rounded == split.Threshold) break;
                node.Split = split with { Threshold = rounded };
                if (before - Right(node, node.Members, columns, labels) <= cost) break;
                node.Split = split;
            }

            Reroute(node, node.Members, columns, labels);
        }
    }

    static bool LosesASegment(GrowingNode node, GrowingNode[] leaves, int[] leavesOf) =>
        leaves.GroupBy(l => l.Label).Any(g => g.Key != node.Label && g.Count() == leavesOf[g.Key]);

    static int Right(GrowingNode node, int[] members, double[][] columns, int[] labels)
    {
        var right = 0;
        foreach (var i in members)
        {
            var at = node;
            while (at.Split is { } split) at = split.GoesLeft(columns[split.Feature][i]) ? at.Left! : at.Right!;
            if (at.Label == labels[i]) right++;
        }

        return right;
    }

    static void Reroute(GrowingNode node, int[] members, double[][] columns, int[] labels)
    {
        node.Members = members;
        node.Counts = new int[node.Counts.Length];
        foreach (var i in members) node.Counts[labels[i]]++;
        if (node.Split is not { } split) return;
        Reroute(node.Left!, Array.FindAll(members, i => split.GoesLeft(columns[split.Feature][i])), columns, labels);
        Reroute(node.Right!, Array.FindAll(members, i => !split.GoesLeft(columns[split.Feature][i])), columns, labels);
    }
}
