using Coterie.Clustering.Trees;
using Coterie.Numerics;

namespace Coterie.Clustering.Search;

/// <summary>How the rows of a search lie to each other: nearest neighbours and the two spanning trees, made once and
/// read by every candidate.</summary>
sealed class Landscape
{
    /// <summary>Neighbours of a row: enough to see a valley, few enough to stay inside a group of a dozen rows.</summary>
    public const int Neighbourhood = 10;
    /// <summary>The neighbour whose distance is a row's core distance.</summary>
    public const int CoreNeighbour = 5;

    /// <summary>Neighbours per row: <see cref="Neighbourhood"/>, or all others where there are fewer.</summary>
    public int Near { get; }
    /// <summary>n x Near, nearest first.</summary>
    public int[] Neighbours { get; }
    /// <summary>Minimum spanning tree of the plain distances.</summary>
    public SpanningTree Plain { get; }
    /// <summary>Minimum spanning tree of the mutual reachability distances.</summary>
    public SpanningTree Reach { get; }

    /// <summary>Of finite rows, n at least 2.</summary>
    public Landscape(Matrix rows, int threads)
    {
        var n = rows.Rows;
        Near = Math.Min(Neighbourhood, n - 1);
        Neighbours = Trees.Neighbours.Graph(rows, Near, threads);
        Plain = SpanningTree.Of(rows, 0, false, threads);
        Reach = SpanningTree.Of(rows, Math.Min(CoreNeighbour, n - 1), false, threads);
    }
}
