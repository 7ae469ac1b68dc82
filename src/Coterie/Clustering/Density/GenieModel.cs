using Coterie.Clustering.Density;
using Coterie.Clustering.Trees;
using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>Clusters found by Genie. A row belongs to the cluster of its nearest fitted row, or to none (-1) where that is noise.</summary>
public sealed record GenieModel : ClusterModel
{
    /// <summary>n fitted rows of d numbers, row after row; of unit length when the distance is cosine.</summary>
    public required float[] Rows { get; init; }
    public required int Columns { get; init; }
    public required Distance Distance { get; init; }
    /// <summary>Number of clusters.</summary>
    public required int Count { get; init; }
    /// <summary>n, -1 for noise; <see cref="Assign"/> gives the fitted rows the same.</summary>
    public required int[] Labels { get; init; }

    LabelledTree? members;
    LabelledTree? noise;

    public override int Clusters => Count;
    public override int Dimensions => Columns;

    /// <summary>Confidence is 1 - d1/d2 with d1 and d2 the distances to the nearest fitted row of the row's cluster and of any other: 0 on
    /// the border, 1 on a fitted row, and 1 when there is one cluster; 0 for none. Cosine distances are compared as chord lengths.</summary>
    public override Assignment Assign(Matrix rows, int threads)
    {
        Check.SameColumns(rows, Columns);
        Check.Finite(rows);
        if (Distance == Distance.Cosine) rows = Spherical.Normalised(rows);
        var result = Assignment.Nowhere(rows.Rows);
        if (Count == 0) return result;
        members ??= Tree(i => Labels[i] >= 0, threads)!;
        noise ??= Tree(i => Labels[i] < 0, threads);
        Chunks.For(rows.Rows, threads, (_, start, end) =>
        {
            Span<float> row = new float[members.Tree.Width];
            for (var i = start; i < end; i++)
            {
                Neighbours.Pad(rows.Row(i), row);
                var nearest = members.Nearest(row, float.PositiveInfinity, -1);
                // A row too far for single precision is near nothing; noise wins only where it is strictly nearer.
                if (nearest.Label < 0 || noise?.Nearest(row, nearest.Distance, -1).Label >= 0) continue;
                var second = Count == 1 ? Place.None : members.Nearest(row, float.PositiveInfinity, nearest.Label);
                result.Labels[i] = nearest.Label;
                result.Second[i] = second.Label;
                var ratio = second.Label < 0 ? 0 : second.Distance > 0 ? nearest.Distance / second.Distance : 1;
                result.Confidence[i] = 1 - (Distance == Distance.Manhattan ? ratio : MathF.Sqrt(ratio));
            }
        });
        return result;
    }

    LabelledTree? Tree(Func<int, bool> kept, int threads)
    {
        var places = Enumerable.Range(0, Labels.Length).Where(kept).ToArray();
        return places.Length == 0 ? null : new LabelledTree(
            new KdTree(new Matrix(Rows, Labels.Length, Columns).Take(places), Distance == Distance.Manhattan, threads),
            [.. places.Select(i => Math.Max(0, Labels[i]))]);
    }
}
