using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>Clusters of leaves: distinct rows, or centres that summarise them. A new row belongs to the cluster of its nearest leaf.</summary>
public sealed record WardModel : ClusterModel
{
    /// <summary>m x d, row-major.</summary>
    public required float[] Leaves { get; init; }
    public required int Columns { get; init; }
    /// <summary>m.</summary>
    public required int[] LeafLabels { get; init; }
    /// <summary>n: labels of the fitted rows.</summary>
    public required int[] Labels { get; init; }

    public override int Clusters => LeafLabels.Length == 0 ? 0 : LeafLabels.Max() + 1;
    public override int Dimensions => Columns;

    /// <summary>Label of the nearest leaf, the cluster of the nearest leaf that is of another one, and 1 - d1/d2 of both distances.</summary>
    public override Assignment Assign(Matrix rows, int threads)
    {
        Check.SameColumns(rows, Columns);
        Check.Finite(rows);
        var result = Assignment.Nowhere(rows.Rows);
        var clusters = Clusters;
        if (clusters == 0) return result;
        var leaves = new Matrix(Leaves, LeafLabels.Length, Columns);
        Chunks.For(rows.Rows, threads, (_, start, end) =>
        {
            var nearest = new double[clusters];
            for (var i = start; i < end; i++)
            {
                Array.Fill(nearest, double.PositiveInfinity);
                for (var l = 0; l < LeafLabels.Length; l++)
                {
                    ref var least = ref nearest[LeafLabels[l]];
                    least = Math.Min(least, Square(rows.Row(i), leaves.Row(l)));
                }

                int label = 0, second = -1;
                for (var c = 1; c < clusters; c++)
                {
                    if (nearest[c] < nearest[label]) (second, label) = (label, c);
                    else if (second < 0 || nearest[c] < nearest[second]) second = c;
                }

                result.Labels[i] = label;
                result.Second[i] = second;
                result.Confidence[i] = second < 0 ? 1 : nearest[second] > 0 ? (float)(1 - Math.Sqrt(nearest[label] / nearest[second])) : 0;
            }
        });
        return result;
    }

    static double Square(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var sum = 0.0;
        for (var j = 0; j < x.Length; j++) sum += ((double)x[j] - y[j]) * ((double)x[j] - y[j]);
        return sum;
    }
}
