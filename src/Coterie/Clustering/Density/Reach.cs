using System.Numerics;
using Coterie.Clustering.Trees;

namespace Coterie.Clustering.Density;

/// <summary>The question "within eps?" answered as double precision would: single precision decides where its rounding cannot matter,
/// and the few rows in between are computed again. Data on a lattice has many rows at exactly eps.</summary>
readonly struct Reach
{
    readonly KdTree tree;
    readonly double exact;

    /// <summary>Distances below this are within reach for sure.</summary>
    public float Sure { get; }
    /// <summary>Distances from this on are out of reach for sure.</summary>
    public float Never { get; }

    public Reach(KdTree tree, double eps, Distance distance)
    {
        this.tree = tree;
        exact = Reduced(eps, distance);
        // A sum of d rounded terms is off by at most about (d + 2) roundings of 2^-24 each, relative to the sum; twice that is safe.
        var slack = (tree.Columns + 4) * Math.ScaleB(1, -23);
        Sure = (float)Math.Min(exact * (1 - slack), float.MaxValue);
        Never = (float)Math.Min(exact * (1 + slack), float.MaxValue);
    }

    /// <summary>eps in the tree's distance: squared, or as it is, or the squared chord on the unit sphere, 2 (1 - cosine).</summary>
    public static double Reduced(double eps, Distance distance) => distance switch
    {
        Distance.Euclidean => eps * eps,
        Distance.Cosine => 2 * eps,
        _ => eps,
    };

    /// <summary>Bit i is set where row i of the leaf is within reach.</summary>
    public uint Mask(ReadOnlySpan<float> row, int leaf)
    {
        var distances = LeafKernel.Distances(row, tree.Block(leaf), tree.Manhattan);
        var within = distances.Below(Never);
        if (within == 0) return 0;
        for (var doubt = within & ~distances.Below(Sure); doubt != 0; doubt &= doubt - 1)
        {
            var lane = BitOperations.TrailingZeroCount(doubt);
            if (!Within(row, tree.Point(leaf * KdTree.Leaf + lane))) within &= ~(1u << lane);
        }

        return within;
    }

    bool Within(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
    {
        var sum = 0.0;
        for (var j = 0; j < tree.Columns; j++)
        {
            var difference = (double)one[j] - other[j];
            sum += tree.Manhattan ? Math.Abs(difference) : difference * difference;
        }

        return sum <= exact;
    }
}
