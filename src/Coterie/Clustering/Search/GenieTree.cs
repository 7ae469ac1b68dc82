using Coterie.Clustering.Density;
using Coterie.Clustering.Trees;
using Coterie.Numerics;

namespace Coterie.Clustering.Search;

/// <summary>Genie on some rows: the spanning tree is grown once, and cut into any number of clusters.</summary>
sealed class GenieTree(Matrix rows)
{
    // Where boxes keep rows apart the tree costs n log n, else n squared.
    const int MostRows = 10_000, MostRowsWide = 5_000, Wide = 8;
    static readonly double Gini = new GenieOptions().GiniThreshold;

    readonly SpanningTree tree = SpanningTree.Of(rows, 0, false, 1);

    /// <summary>So many rows at most are looked at.</summary>
    public static int Most(int columns) => columns > Wide ? MostRowsWide : MostRows;

    /// <summary>Labels of the rows.</summary>
    public int[] Labels(int clusters) => Own(clusters, out _);

    public GenieModel Model(int clusters)
    {
        var own = Own(clusters, out var found);
        return new() { Rows = rows.Values, Columns = rows.Columns, Distance = Distance.Euclidean, Count = found, Labels = own };
    }

    /// <summary>For each of other rows the nearest of the rows, the first of several.</summary>
    public int[] Nearest(Matrix others) => Neighbours.First(new KdTree(rows, false, 1), others);

    int[] Own(int clusters, out int found)
    {
        var sets = GeniePartition.Distinct(tree);
        var noise = new bool[rows.Rows];
        GeniePartition.Merge(tree, sets, noise, clusters, Gini);
        return GeniePartition.Labels(sets, noise, out found);
    }
}
