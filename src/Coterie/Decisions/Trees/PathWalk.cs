namespace Coterie.Decisions.Trees;

/// <summary>The walk of path-dependent TreeSHAP. One object a thread: it keeps its buffers.</summary>
/// <remarks>A path is a list of distinct features, each with the share of training rows that come this way while it is unknown (zero), whether the row comes
/// this way once it is known (one), and the weights of all subsets by size, kept by Extend and undone by Unwind (the paper's names). Entry 0 stands for no
/// feature.</remarks>
internal sealed class PathWalk
{
    readonly TreeEnsemble trees;
    readonly int width;
    readonly int[] feature;
    readonly double[] zero, one, weight;

    internal PathWalk(TreeEnsemble trees)
    {
        this.trees = trees;
        width = (trees.Trees.Count == 0 ? 0 : trees.Trees.Max(t => t.Depth())) + 2;
        feature = new int[width * width];
        zero = new double[width * width];
        one = new double[width * width];
        weight = new double[width * width];
    }

    // A fixed feature is no player of the game: it is always known, or never.
    readonly ref struct Game(BoostedTree tree, ReadOnlySpan<float> row, Span<double> into, int fixedFeature, bool fixedKnown)
    {
        internal readonly BoostedTree Tree = tree;
        internal readonly ReadOnlySpan<float> Row = row;
        internal readonly Span<double> Into = into;
        internal readonly int FixedFeature = fixedFeature;
        internal readonly bool FixedKnown = fixedKnown;
    }

    /// <summary>Adds the Shapley values of a row; with a fixed feature, those of the others in the game where it is always known, or never.</summary>
    internal void Add(ReadOnlySpan<float> row, Span<double> into, int fixedFeature = -1, bool fixedKnown = false)
    {
        foreach (var tree in trees.Trees)
        {
            if (tree.Features.Length == 0) continue;
            Extend(0, 0, 1, 1, -1);
            Walk(new Game(tree, row, into, fixedFeature, fixedKnown), 0, 0, 0, 1);
        }
    }

    // at: a node, or ~leaf; level: which copy of the path; last: its last entry; share: of the fixed feature's splits that come here.
    void Walk(in Game game, int at, int level, int last, double share)
    {
        var path = level * width;
        var tree = game.Tree;
        if (at < 0)
        {
            var leaf = tree.Leaves[~at] * share;
            for (var k = 1; k <= last; k++)
                game.Into[feature[path + k]] += UnwoundSum(path, last, k) * (one[path + k] - zero[path + k]) * leaf;
            return;
        }

        var j = tree.Features[at];
        var (hot, cold) = tree.GoesLeft(at, game.Row) ? (tree.Left[at], tree.Right[at]) : (tree.Right[at], tree.Left[at]);
        double hotShare = Share(tree, hot, at), coldShare = Share(tree, cold, at);
        if (j == game.FixedFeature)
        {
            Pass(game, hot, level, last, share * (game.FixedKnown ? 1 : hotShare));
            Pass(game, cold, level, last, share * (game.FixedKnown ? 0 : coldShare));
            return;
        }

        double zeroBefore = 1, oneBefore = 1;
        var k0 = 1;
        while (k0 <= last && feature[path + k0] != j) k0++;
        if (k0 <= last)
        {
            // On the path already: its former entry is undone, and both splits become one.
            (zeroBefore, oneBefore) = (zero[path + k0], one[path + k0]);
            Unwind(path, last--, k0);
        }

        Follow(game, hot, j, level, last, zeroBefore * hotShare, oneBefore, share);
        Follow(game, cold, j, level, last, zeroBefore * coldShare, 0, share);
    }

    void Follow(in Game game, int child, int by, int level, int last, double zeroShare, double oneShare, double share)
    {
        // Neither known nor unknown does anything come this way: nothing to add, and nothing that could be undone.
        if (zeroShare == 0 && oneShare == 0) return;
        Copy(level, last);
        Extend((level + 1) * width, last + 1, zeroShare, oneShare, by);
        Walk(game, child, level + 1, last + 1, share);
    }

    void Pass(in Game game, int child, int level, int last, double share)
    {
        if (share == 0) return;
        Copy(level, last);
        Walk(game, child, level + 1, last, share);
    }

    void Copy(int level, int last)
    {
        int from = level * width, to = from + width;
        Array.Copy(feature, from, feature, to, last + 1);
        Array.Copy(zero, from, zero, to, last + 1);
        Array.Copy(one, from, one, to, last + 1);
        Array.Copy(weight, from, weight, to, last + 1);
    }

    // Puts an entry at `last`.
    void Extend(int path, int last, double zeroShare, double oneShare, int by)
    {
        (feature[path + last], zero[path + last], one[path + last]) = (by, zeroShare, oneShare);
        weight[path + last] = last == 0 ? 1 : 0;
        for (var i = last - 1; i >= 0; i--)
        {
            weight[path + i + 1] += oneShare * weight[path + i] * (i + 1) / (last + 1);
            weight[path + i] = zeroShare * weight[path + i] * (last - i) / (last + 1);
        }
    }

    // Takes entry k out of a path whose last entry is at `last`.
    void Unwind(int path, int last, int k)
    {
        double oneShare = one[path + k], zeroShare = zero[path + k], next = weight[path + last];
        for (var i = last - 1; i >= 0; i--)
        {
            if (oneShare != 0)
            {
                var kept = weight[path + i];
                weight[path + i] = next * (last + 1) / ((i + 1) * oneShare);
                next = kept - weight[path + i] * zeroShare * (last - i) / (last + 1);
            }
            else
            {
                weight[path + i] = weight[path + i] * (last + 1) / (zeroShare * (last - i));
            }
        }

        for (var i = k; i < last; i++)
            (feature[path + i], zero[path + i], one[path + i]) = (feature[path + i + 1], zero[path + i + 1], one[path + i + 1]);
    }

    // The sum of the weights that Unwind would leave.
    double UnwoundSum(int path, int last, int k)
    {
        double oneShare = one[path + k], zeroShare = zero[path + k], next = weight[path + last], sum = 0;
        for (var i = last - 1; i >= 0; i--)
        {
            if (oneShare != 0)
            {
                var taken = next * (last + 1) / ((i + 1) * oneShare);
                sum += taken;
                next = weight[path + i] - taken * zeroShare * (last - i) / (last + 1);
            }
            else
            {
                sum += weight[path + i] * (last + 1) / (zeroShare * (last - i));
            }
        }

        return sum;
    }

    // A node that no training row came by tells nothing of its sides: they count alike.
    static double Share(BoostedTree tree, int child, int node) =>
        tree.NodeCover[node] == 0 ? 0.5 : (child < 0 ? tree.LeafCover[~child] : tree.NodeCover[child]) / tree.NodeCover[node];
}
