namespace Coterie.Profiles;

/// <summary>Where a node is cut: below the threshold left, else right; without a value as said. <c>OnMissing</c>: with a value left,
/// without right.</summary>
sealed record RuleSplit(int Feature, double Threshold, bool OnMissing, bool MissingLeft)
{
    public bool GoesLeft(double x) => double.IsNaN(x) ? MissingLeft : OnMissing || x < Threshold;
}

/// <summary>A node while the tree grows: its rows of the sample, once in row order and once by each feature's value.</summary>
sealed class GrowingNode
{
    public required int Depth;
    public required int[] Members;
    /// <summary>By feature: the members that have a value, by value. Dropped when the node is settled.</summary>
    public required int[][] Sorted;
    public required int[] Counts;
    public required int Label;
    public FoundSplit? Found;
    public RuleSplit? Split;
    public GrowingNode? Left;
    public GrowingNode? Right;

    public bool IsLeaf => Split is null;

    public int Errors => Members.Length - Counts[Label];

    public IEnumerable<GrowingNode> Leaves() => IsLeaf ? [this] : Left!.Leaves().Concat(Right!.Leaves());

    /// <summary>Inner nodes, parents before children.</summary>
    public IEnumerable<GrowingNode> Inner() => IsLeaf ? [] : new[] { this }.Concat(Left!.Inner()).Concat(Right!.Inner());

    public void Collapse() => (Split, Left, Right) = (null, null, null);
}

/// <summary>Best-first growth by decrease of Gini impurity, then pruning and rounding. Counts are whole numbers, so neither the order
/// of rows nor the number of threads changes a choice; ties go to the earlier feature and the lower threshold.</summary>
static class RuleGrowth
{
    /// <summary>Levels beyond the limit for a segment that has no leaf yet.</summary>
    const int ExtraDepth = 2;

    // Validated. columns d arrays of n, labels n in 0 .. clusters-1.
    public static GrowingNode Grow(double[][] columns, int[] labels, int clusters, RuleTreeOptions options)
    {
        var finder = new SplitFinder(columns, labels, Math.Max(1, clusters),
            Math.Max(1, (int)Math.Ceiling(options.MinLeafShare * labels.Length)), options.Threads);
        var root = finder.Root();
        var depth = Math.Max(options.MaxDepth, (int)Math.Ceiling(Math.Log2(Math.Max(1, clusters))) + 1);
        var leaves = new List<GrowingNode> { root };
        root.Found = finder.Best(root);
        while (leaves.Count < options.LeavesPerSegment * clusters)
        {
            GrowingNode? best = null;
            foreach (var leaf in leaves)
                if (leaf.Depth < depth && leaf.Found is { } found && (best is null || found.Gain > best.Found!.Gain)) best = leaf;
            if (best is null) break;
            Cut(best, finder, leaves);
        }

        Represent(finder, leaves, clusters, depth);
        RulePruning.Prune(root, clusters, options.LeafWorth * labels.Length);
        RulePruning.Round(root, columns, labels, options.RoundingCost * labels.Length);
        return root;
    }

    // A segment that is the majority of no leaf gets one cut of its own: the best cut of it against the rest, in the leaf that
    // holds most of it, at most three times.
    static void Represent(SplitFinder finder, List<GrowingNode> leaves, int clusters, int depth)
    {
        for (var k = 0; k < clusters; k++)
            for (var attempt = 0; attempt < 3 && leaves.All(l => l.Label != k); attempt++)
            {
                GrowingNode? home = null;
                foreach (var leaf in leaves)
                    if (leaf.Depth < depth + ExtraDepth && leaf.Counts[k] > (home?.Counts[k] ?? 0)) home = leaf;
                if (home is null) break;
                home.Found = finder.Best(home, against: k);
                if (home.Found is null) break;
                Cut(home, finder, leaves);
            }
    }

    static void Cut(GrowingNode node, SplitFinder finder, List<GrowingNode> leaves)
    {
        finder.Cut(node);
        var at = leaves.IndexOf(node);
        leaves[at] = node.Left!;
        leaves.Insert(at + 1, node.Right!);
        node.Left!.Found = finder.Best(node.Left);
        node.Right!.Found = finder.Best(node.Right);
    }
}
