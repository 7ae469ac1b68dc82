using System.Collections.Concurrent;
using Coterie.Numerics;

namespace Coterie.Clustering.Search;

/// <summary>The rows that candidates of one view are compared on, in canonical order.</summary>
/// <param name="name">Of the view.</param>
/// <param name="index">Place of the view among the given ones.</param>
/// <param name="rows">m x d.</param>
sealed class SearchView(string name, int index, Matrix rows)
{
    // Rows whose neighbours are looked at for borders; where columns are many all pairs are compared.
    const int BorderRows = 4000, BorderRowsWide = 2000, Wide = 8;
    // Edges of the neighbour graph for each of those rows.
    const int Neighbourhood = 10;

    readonly ConcurrentDictionary<int, Lazy<GenieHalf>> halves = new();
    readonly Lazy<GenieWhole> whole = new(() => GenieWhole.Of(rows));
    readonly Lazy<NeighbourGraph> graph = new(() => NeighbourGraph.Of(rows, rows.Columns > Wide ? BorderRowsWide : BorderRows, Neighbourhood));

    public string Name => name;
    public int Index => index;
    public Matrix Rows => rows;
    /// <summary>The same rows on the unit sphere.</summary>
    public Matrix Unit { get; } = Spherical.Normalised(rows);

    /// <summary>Genie on an even thinning of the rows, grown once for all numbers of clusters.</summary>
    public GenieWhole Genie => whole.Value;

    /// <summary>The same on a half of the thinned rows (indices of them, ascending), which the number of the replicate stands for.</summary>
    public GenieHalf GenieOn(int replicate, int[] half) => halves.GetOrAdd(replicate, _ => new(() => GenieHalf.Of(Genie.Rows, half))).Value;

    /// <summary>Share of neighbours, ten of each row, that a partition (m labels) separates: small where borders run through empty space.</summary>
    public double Cut(int[] labels) => graph.Value.Cut(labels);
}

/// <summary>Genie on the rows of a view, thinned evenly where they are many; every other row goes with the nearest of those.</summary>
/// <param name="Rows">b x d.</param>
/// <param name="Tree">Of them.</param>
/// <param name="Nearest">m, for each row of the view; null where they are the same.</param>
sealed record GenieWhole(Matrix Rows, GenieTree Tree, int[]? Nearest)
{
    public static GenieWhole Of(Matrix view)
    {
        var most = GenieTree.Most(view.Columns);
        var rows = view.Rows <= most ? view : view.Take(RowOrder.Every([.. Enumerable.Range(0, view.Rows)], most));
        var tree = new GenieTree(rows);
        return new(rows, tree, rows.Rows == view.Rows ? null : tree.Nearest(view));
    }
}

/// <summary>Genie on a half of those rows.</summary>
/// <param name="Tree">Of the half.</param>
/// <param name="Nearest">b, for each of the rows the nearest in the half.</param>
sealed record GenieHalf(GenieTree Tree, int[] Nearest)
{
    public static GenieHalf Of(Matrix rows, int[] half)
    {
        var tree = new GenieTree(rows.Take(half));
        return new(tree, tree.Nearest(rows));
    }
}

/// <summary>Nearest neighbours of an even thinning of rows.</summary>
/// <param name="Rows">b indices of rows.</param>
/// <param name="Neighbours">b x r, places among the thinned rows.</param>
sealed record NeighbourGraph(int[] Rows, int[] Neighbours)
{
    public static NeighbourGraph Of(Matrix rows, int most, int neighbours)
    {
        var some = RowOrder.Every([.. Enumerable.Range(0, rows.Rows)], most);
        return new(some, Trees.Neighbours.Graph(rows.Take(some), Math.Min(neighbours, Math.Max(0, some.Length - 1)), 1));
    }

    /// <summary>Share of the edges that join rows of different labels.</summary>
    public double Cut(int[] labels)
    {
        if (Neighbours.Length == 0) return 0;
        long crossing = 0;
        var near = Neighbours.Length / Rows.Length;
        for (var e = 0; e < Neighbours.Length; e++)
            if (labels[Rows[e / near]] != labels[Rows[Neighbours[e]]]) crossing++;
        return (double)crossing / Neighbours.Length;
    }
}
