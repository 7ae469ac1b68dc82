using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>Centres found by k-means. A row belongs to the nearest centre.</summary>
public sealed record KMeansModel : ClusterModel
{
    /// <summary>K centres of d numbers; of unit length when the distance is cosine.</summary>
    public required float[][] Centres { get; init; }
    public required int Columns { get; init; }
    public required Distance Distance { get; init; }
    /// <summary>Sum over the fitted rows of the squared Euclidean distance, or of 1 - cosine.</summary>
    public required double Objective { get; init; }
    /// <summary>Lloyd iterations of the start that was kept.</summary>
    public required int Iterations { get; init; }

    public override int Clusters => Centres.Length;
    public override int Dimensions => Columns;

    /// <summary>Confidence is 1 - d1/d2 with d1 and d2 the distances to the nearest and the second-nearest centre (the simplified
    /// silhouette of the row): 0 on the border, 1 on the centre, and 1 when K is 1. Cosine distances are compared as chord
    /// lengths. A model of no clusters gives the label -1.</summary>
    public override Assignment Assign(Matrix rows, int threads)
    {
        Check.SameColumns(rows, Columns);
        Check.Finite(rows);
        var n = rows.Rows;
        var result = new Assignment(new int[n], new int[n], new float[n]);
        Array.Fill(result.Second, -1);
        if (Clusters == 0)
        {
            Array.Fill(result.Labels, -1);
            return result;
        }

        if (Distance == Distance.Cosine) rows = Spherical.Normalised(rows);
        var nearest = new NearestCentres(Centres, Columns);
        Chunks.For(n, threads, (_, start, end) =>
        {
            for (var i = start; i < end; i += AssignKernel.Tile)
                nearest.Two(rows, i, Math.Min(end, i + AssignKernel.Tile), result.Labels, result.Second, result.Confidence);
        });
        return result;
    }

    /// <summary>The labels of rows (n x d) alone, which is quicker than <see cref="Assign"/>; the same labels.</summary>
    public int[] Label(Matrix rows, int threads)
    {
        Check.SameColumns(rows, Columns);
        var labels = new int[rows.Rows];
        if (Clusters == 0)
        {
            Check.Finite(rows);
            Array.Fill(labels, -1);
            return labels;
        }

        if (Distance == Distance.Cosine)
        {
            Check.Finite(rows);
            rows = Spherical.Normalised(rows);
        }

        var nearest = new NearestCentres(Centres, Columns);
        var finite = new bool[Chunks.Count(rows.Rows)];
        Chunks.For(rows.Rows, threads, (chunk, start, end) => finite[chunk] = nearest.Labels(rows, start, end, labels));
        if (!Array.TrueForAll(finite, f => f)) Check.Finite(rows);
        return labels;
    }
}

/// <summary>Rows and centres on the unit sphere, where squared Euclidean distance is twice the cosine distance
/// (Dhillon and Modha 2001).</summary>
static class Spherical
{
    /// <summary>A copy with rows of unit length; rows of zeros stay zero (they have no direction).</summary>
    public static Matrix Normalised(Matrix rows)
    {
        var unit = new Matrix(rows.Rows, rows.Columns);
        for (var i = 0; i < rows.Rows; i++)
        {
            rows.Row(i).CopyTo(unit.Row(i));
            Normalise(unit.Row(i));
        }

        return unit;
    }

    public static void Normalise(Span<float> row)
    {
        var square = 0.0;
        foreach (var x in row) square += (double)x * x;
        if (square == 0) return;
        var factor = 1 / Math.Sqrt(square);
        for (var j = 0; j < row.Length; j++) row[j] = (float)(row[j] * factor);
    }
}
