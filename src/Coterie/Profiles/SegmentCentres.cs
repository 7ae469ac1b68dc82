using Coterie.Clustering;
using Coterie.Numerics;

namespace Coterie.Profiles;

/// <summary>The centre of every segment in the space that was clustered.</summary>
/// <param name="Centres">K x d.</param>
/// <param name="Sizes">K, customers of the segment.</param>
/// <param name="Distance">Cosine compares directions: rows and centres are brought to length 1 before distances are taken.</param>
/// <param name="AreModel">True when the model assigns by distance to these very centres (k-means); false for means computed afterwards.</param>
public sealed record SegmentCentres(Matrix Centres, int[] Sizes, Distance Distance, bool AreModel)
{
    public int Clusters => Centres.Rows;

    /// <summary>Means of the rows of each segment; rows with label -1 belong to none. An empty segment has a centre of zeros.</summary>
    public static SegmentCentres Of(Matrix rows, int[] labels, int clusters, Distance distance = Distance.Euclidean)
    {
        if (rows.Rows != labels.Length)
            throw new ArgumentException($"{labels.Length} labels cannot belong to {rows.Rows} rows.", nameof(labels));
        var d = rows.Columns;
        var sums = new double[clusters * d];
        var sizes = new int[clusters];
        var unit = new double[d];
        for (var i = 0; i < rows.Rows; i++)
        {
            if (labels[i] < 0) continue;
            Place(rows.Row(i), distance, unit);
            sizes[labels[i]]++;
            for (var j = 0; j < d; j++) sums[labels[i] * d + j] += unit[j];
        }

        var centres = new Matrix(clusters, d);
        for (var k = 0; k < clusters; k++)
            for (var j = 0; j < d; j++)
                centres[k, j] = sizes[k] == 0 ? 0 : (float)(sums[k * d + j] / sizes[k]);
        return new SegmentCentres(centres, sizes, distance, AreModel: false);
    }

    /// <summary>Where a row or a centre lies for this distance: itself, or scaled to length 1. Length d to length d.</summary>
    internal static void Place(ReadOnlySpan<float> row, Distance distance, Span<double> place)
    {
        double square = 0;
        for (var j = 0; j < row.Length; j++) square += (double)row[j] * row[j];
        var length = distance == Distance.Cosine && square > 0 ? Math.Sqrt(square) : 1;
        for (var j = 0; j < row.Length; j++) place[j] = row[j] / length;
    }

    /// <summary>The rows nearest each centre, nearest first, ties by row: typical members. K lists of at most <paramref name="count"/>.</summary>
    internal int[][] Nearest(Matrix rows, int[] labels, int count)
    {
        var places = new double[Clusters][];
        for (var k = 0; k < Clusters; k++) Place(Centres.Row(k), Distance, places[k] = new double[rows.Columns]);
        var best = new int[Clusters][];
        var distances = new double[Clusters][];
        for (var k = 0; k < Clusters; k++) (best[k], distances[k]) = ([], []);
        var place = new double[rows.Columns];
        for (var i = 0; i < rows.Rows; i++)
        {
            var k = labels[i];
            if (k < 0) continue;
            Place(rows.Row(i), Distance, place);
            double square = 0;
            for (var j = 0; j < place.Length; j++) square += (place[j] - places[k][j]) * (place[j] - places[k][j]);
            if (best[k].Length == count && !(square < distances[k][^1])) continue;
            var at = 0;
            while (at < best[k].Length && distances[k][at] <= square) at++;
            best[k] = [.. best[k][..at], i, .. best[k][at..Math.Min(best[k].Length, count - 1)]];
            distances[k] = [.. distances[k][..at], square, .. distances[k][at..Math.Min(distances[k].Length, count - 1)]];
        }

        return best;
    }
}
