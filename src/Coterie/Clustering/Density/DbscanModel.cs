using Coterie.Clustering.Density;
using Coterie.Clustering.Trees;
using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>Clusters found by DBSCAN, carried by their core points. A row belongs to the cluster of its nearest core point within eps,
/// else to none (-1).</summary>
public sealed record DbscanModel : ClusterModel
{
    /// <summary>m core points of d numbers, row after row; of unit length when the distance is cosine.</summary>
    public required float[] Cores { get; init; }
    /// <summary>m, the cluster of each core point.</summary>
    public required int[] CoreLabels { get; init; }
    public required int Columns { get; init; }
    /// <summary>Number of clusters.</summary>
    public required int Count { get; init; }
    public required double Eps { get; init; }
    public required Distance Distance { get; init; }
    /// <summary>n, the cluster of each fitted row, -1 for noise; <see cref="Assign"/> gives the fitted rows the same.</summary>
    public required int[] Labels { get; init; }

    LabelledTree? tree;

    public override int Clusters => Count;
    public override int Dimensions => Columns;

    /// <summary>Confidence is 1 - d1/d2 with d1 the distance to the nearest core point of the row's cluster and d2 that of another
    /// cluster, or eps when none is within eps: 1 on a core point, 0 where another cluster is as near or nothing nearer than eps is;
    /// 0 for none. Cosine distances are compared as chord lengths.</summary>
    public override Assignment Assign(Matrix rows, int threads)
    {
        Check.SameColumns(rows, Columns);
        Check.Finite(rows);
        if (Distance == Distance.Cosine) rows = Spherical.Normalised(rows);
        var result = Assignment.Nowhere(rows.Rows);
        if (Count == 0) return result;
        var places = Tree(threads);
        var reach = new Reach(places.Tree, Eps, Distance);
        Chunks.For(rows.Rows, threads, (_, start, end) =>
        {
            Span<float> row = new float[places.Tree.Width];
            for (var i = start; i < end; i++)
            {
                Neighbours.Pad(rows.Row(i), row);
                var nearest = Within(places, reach, row, -1);
                if (nearest.Label < 0) continue;
                var second = Count == 1 ? Place.None : Within(places, reach, row, nearest.Label);
                result.Labels[i] = nearest.Label;
                result.Second[i] = second.Label;
                var ratio = nearest.Distance / (second.Label < 0 ? Reach.Reduced(Eps, Distance) : second.Distance);
                if (second.Label >= 0 && second.Distance == 0) ratio = 1;
                result.Confidence[i] = (float)Math.Max(0, 1 - (Distance == Distance.Manhattan ? ratio : Math.Sqrt(ratio)));
            }
        });
        return result;
    }

    // Rows that are no core points, in the fitted rows' own labels.
    internal void LabelBorders(Matrix rows, int threads)
    {
        if (Count == 0) return;
        var places = Tree(threads);
        var reach = new Reach(places.Tree, Eps, Distance);
        Chunks.For(rows.Rows, threads, (_, start, end) =>
        {
            Span<float> row = new float[places.Tree.Width];
            for (var i = start; i < end; i++)
            {
                if (Labels[i] >= 0) continue;
                Neighbours.Pad(rows.Row(i), row);
                Labels[i] = Within(places, reach, row, -1).Label;
            }
        });
    }

    static Place Within(LabelledTree places, Reach reach, ReadOnlySpan<float> row, int except)
    {
        var place = places.Nearest(row, reach.Never, except);
        // A nearest core point at eps exactly, up to rounding: asked again in double precision.
        if (place.Label < 0 || place.Distance < reach.Sure) return place;
        var leaf = place.Position / KdTree.Leaf;
        return (reach.Mask(row, leaf) >> place.Position % KdTree.Leaf & 1) != 0 ? place : Place.None;
    }

    LabelledTree Tree(int threads) => tree ??= new LabelledTree(
        new KdTree(new Matrix(Cores, CoreLabels.Length, Columns), Distance == Distance.Manhattan, threads), CoreLabels);
}
