using Coterie.Clustering.Trees;
using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>Clusters found by HDBSCAN*, with the condensed hierarchy that places new rows.</summary>
public sealed record HdbscanModel : ClusterModel
{
    /// <summary>n fitted rows of d numbers, row after row; of unit length when the distance is cosine.</summary>
    public required float[] Rows { get; init; }
    public required int Columns { get; init; }
    public required Distance Distance { get; init; }
    /// <summary>Rank of the other row that core distances reach to; 0 for none.</summary>
    public required int Neighbour { get; init; }
    /// <summary>n core distances: squared Euclidean, also of the unit rows for cosine, or Manhattan.</summary>
    public required float[] Cores { get; init; }
    /// <summary>Number of clusters.</summary>
    public required int Count { get; init; }
    /// <summary>n, -1 for noise; <see cref="Assign"/> gives the fitted rows the same.</summary>
    public required int[] Labels { get; init; }
    /// <summary>n, in [0, 1]: the density at which the row leaves its cluster over the cluster's largest; 0 for noise.</summary>
    public required float[] Probabilities { get; init; }
    /// <summary>n, in [0, 1]: GLOSH, near 1 for rows far less dense than the cluster nearest to them.</summary>
    public required float[] OutlierScores { get; init; }
    /// <summary>n, the cluster of the condensed tree that each row leaves last.</summary>
    public required int[] RowClusters { get; init; }
    /// <summary>n, at which distance it leaves.</summary>
    public required float[] RowDistances { get; init; }
    /// <summary>The parent of each cluster of the condensed tree; -1 for the root, which is cluster 0.</summary>
    public required int[] Parents { get; init; }
    /// <summary>The distance at which each appears.</summary>
    public required float[] Births { get; init; }
    /// <summary>The label that each belongs to, or -1.</summary>
    public required int[] ClusterLabels { get; init; }
    /// <summary>For each label the least distance at which its cluster still holds a row.</summary>
    public required float[] Peaks { get; init; }
    /// <summary>Rows that join at a larger distance are noise.</summary>
    public required float Limit { get; init; }

    KdTree? tree;

    public override int Clusters => Count;
    public override int Dimensions => Columns;

    /// <summary>A new row joins the hierarchy, which stays as it is, where its nearest fitted row in mutual reachability is (among twice as
    /// many neighbours as core distances reach to), at that distance: it gets the label that the branch there has, or -1. A fitted row
    /// gets its own label. Confidence is the membership strength. There is no second-best cluster: Second is -1.</summary>
    public override Assignment Assign(Matrix rows, int threads)
    {
        Check.SameColumns(rows, Columns);
        Check.Finite(rows);
        if (Distance == Distance.Cosine) rows = Spherical.Normalised(rows);
        var result = Assignment.Nowhere(rows.Rows);
        if (Labels.Length == 0) return result;
        var places = tree ??= new KdTree(new Matrix(Rows, Labels.Length, Columns), Distance == Distance.Manhattan, threads);
        Chunks.For(rows.Rows, threads, (_, start, end) =>
        {
            Span<float> row = new float[places.Width];
            var distances = new float[Math.Max(1, 2 * Math.Min(Neighbour, Labels.Length))];
            var positions = new int[distances.Length];
            for (var i = start; i < end; i++)
            {
                Neighbours.Pad(rows.Row(i), row);
                var found = Neighbours.Nearest(places, row, distances, positions);
                (result.Labels[i], result.Confidence[i]) = Join(places, distances.AsSpan(0, found), positions);
            }
        });
        return result;
    }

    KeyValuePair<int, float> Join(KdTree places, ReadOnlySpan<float> distances, ReadOnlySpan<int> positions)
    {
        var nearest = places.Order[positions[0]];
        if (distances[0] == 0) return new(Labels[nearest], Probabilities[nearest]);
        var core = Neighbour == 0 ? 0 : distances[Math.Min(Neighbour, distances.Length) - 1];
        var least = float.PositiveInfinity;
        for (var i = 0; i < distances.Length; i++)
        {
            var reach = Math.Max(core, Math.Max(distances[i], Cores[places.Order[positions[i]]]));
            if (reach < least) (least, nearest) = (reach, places.Order[positions[i]]);
        }

        var distance = Dendrogram.Height(least, Distance);
        var cluster = RowClusters[nearest];
        while (cluster != 0 && Births[cluster] <= distance) cluster = Parents[cluster];
        var label = ClusterLabels[cluster];
        return label < 0 || distance > Limit ? new(-1, 0) : new(label, Hdbscan.Strength(Peaks[label], distance));
    }
}
