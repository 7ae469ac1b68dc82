using Coterie.Numerics;

namespace Coterie.Decisions.Trees;

/// <summary>The walk of interventional TreeSHAP for one row against every background row.</summary>
/// <remarks>Where the row and the background row part at a node, one side is reached by the subsets that know the feature, the other by those that do not. A leaf
/// behind p features that must be known and q that must not has the weight (p - 1)! q! / (p + q)! for each of the p, and -p! (q - 1)! / (p + q)! for each of
/// the q.</remarks>
internal sealed class InterventionalWalk(TreeEnsemble trees, Matrix background)
{
    const byte Free = 0, Known = 1, Unknown = 2;

    readonly byte[] state = new byte[trees.Columns.Count];

    // What all leaves below a node give to each feature that must be known above it, and to each that must not.
    readonly record struct Parts(double Known, double Unknown);

    internal void Add(ReadOnlySpan<float> row, Span<double> into)
    {
        Span<double> sums = new double[into.Length];
        for (var b = 0; b < background.Rows; b++)
        {
            foreach (var tree in trees.Trees)
                if (tree.Features.Length > 0) Walk(tree, row, background.Row(b), sums, 0, 0, 0);
        }

        for (var j = 0; j < into.Length; j++) into[j] += sums[j] / background.Rows;
    }

    Parts Walk(BoostedTree tree, ReadOnlySpan<float> row, ReadOnlySpan<float> other, Span<double> sums, int at, int p, int q)
    {
        if (at < 0)
        {
            var leaf = tree.Leaves[~at];
            return new(p > 0 ? leaf * Weight(p - 1, q) : 0, q > 0 ? -leaf * Weight(p, q - 1) : 0);
        }

        var j = tree.Features[at];
        int ours = tree.GoesLeft(at, row) ? tree.Left[at] : tree.Right[at], theirs = tree.GoesLeft(at, other) ? tree.Left[at] : tree.Right[at];
        if (ours == theirs || state[j] == Known) return Walk(tree, row, other, sums, ours, p, q);
        if (state[j] == Unknown) return Walk(tree, row, other, sums, theirs, p, q);

        state[j] = Known;
        var known = Walk(tree, row, other, sums, ours, p + 1, q);
        state[j] = Unknown;
        var unknown = Walk(tree, row, other, sums, theirs, p, q + 1);
        state[j] = Free;
        sums[j] += known.Known + unknown.Unknown;
        return new(known.Known + unknown.Known, known.Unknown + unknown.Unknown);
    }

    // a! b! / (a + b + 1)!
    static double Weight(int a, int b)
    {
        var weight = 1.0 / (a + b + 1);
        for (var i = 1; i <= b; i++) weight *= (double)i / (a + i);
        return weight;
    }
}
