using Coterie.Numerics;

namespace Coterie.Clustering.Trees;

/// <summary>A minimum spanning tree of n rows in the mutual reachability distance (Campello, Moulavi and Sander 2013): the larger of
/// the distance and both core distances.</summary>
/// <param name="From">n - 1 rows.</param>
/// <param name="To">n - 1 rows.</param>
/// <param name="Weights">n - 1, ascending: squared Euclidean, or Manhattan.</param>
/// <param name="Cores">n core distances, of the same kind as the weights.</param>
sealed record SpanningTree(int[] From, int[] To, float[] Weights, float[] Cores)
{
    // Where boxes no longer keep rows apart, n passes over all rows cost less than Borůvka's log n searches of nearly all.
    const int FlatColumns = 24;
    const int FlatRows = 256;

    /// <summary>The tree over finite rows, n at least 1. The core distance is that to the k-th nearest other row; 0 for none.</summary>
    public static SpanningTree Of(Matrix rows, int k, bool manhattan, int threads)
    {
        if (rows.Rows == 1) return new SpanningTree([], [], [], [0]);
        var tree = new KdTree(rows, manhattan, threads);
        var cores = Neighbours.CoreDistances(tree, k, threads);
        return rows.Columns >= FlatColumns || rows.Rows <= FlatRows ? Prim.Span(tree, cores, threads) : Boruvka.Span(tree, cores, threads);
    }

    /// <summary>With edges put in ascending order.</summary>
    public static SpanningTree Sorted(int[] from, int[] to, float[] weights, float[] cores)
    {
        var order = new int[weights.Length];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(weights, order);
        return new SpanningTree([.. order.Select(i => from[i])], [.. order.Select(i => to[i])], weights, cores);
    }
}
