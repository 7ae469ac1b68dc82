using Coterie.Numerics;
using Coterie.Profiles;
using MathNet.Numerics.LinearAlgebra;

namespace Coterie.Reports;

/// <summary>The picture of all customers: the first two principal components of what was clustered, a sample of points.</summary>
internal static class SegmentMap
{
    internal static IReadOnlyList<MapPoint> Of(Matrix rows, int[] labels, IReadOnlyList<SegmentProfile> segments, int most, Seed seed)
    {
        if (rows.Rows == 0 || rows.Columns == 0) return [];
        var order = Enumerable.Range(0, rows.Rows).ToArray();
        seed.Stream(0).Shuffle<int>(order);
        var sample = order[..Math.Min(most, order.Length)];
        var ids = segments.ToDictionary(s => s.Label, s => s.Id);
        var taken = rows.Take(sample);
        var axes = Components(taken);
        return [.. sample.Select((row, i) => new MapPoint(ids[labels[row]],
            Math.Round(Project(taken.Row(i), axes[0]), 4), Math.Round(Project(taken.Row(i), axes[1]), 4)))];
    }

    static double[][] Components(Matrix rows)
    {
        var d = rows.Columns;
        var mean = new double[d];
        for (var i = 0; i < rows.Rows; i++)
            for (var j = 0; j < d; j++) mean[j] += rows[i, j] / (double)rows.Rows;
        var covariance = Matrix<double>.Build.Dense(d, d);
        for (var i = 0; i < rows.Rows; i++)
            for (var j = 0; j < d; j++)
                for (var k = 0; k <= j; k++) covariance[j, k] += (rows[i, j] - mean[j]) * (rows[i, k] - mean[k]);
        for (var j = 0; j < d; j++)
            for (var k = 0; k < j; k++) covariance[k, j] = covariance[j, k];
        var vectors = covariance.Evd(Symmetricity.Symmetric).EigenVectors;
        return [Axis(vectors, d - 1), d > 1 ? Axis(vectors, d - 2) : new double[d]];
    }

    // The sign of a component is arbitrary; the largest weight is made positive, so that pictures of two runs agree.
    static double[] Axis(Matrix<double> vectors, int column)
    {
        var axis = vectors.Column(column).ToArray();
        var largest = axis.MaxBy(Math.Abs);
        return largest < 0 ? [.. axis.Select(v => -v)] : axis;
    }

    static double Project(ReadOnlySpan<float> row, double[] axis)
    {
        double sum = 0;
        for (var j = 0; j < row.Length; j++) sum += row[j] * axis[j];
        return sum;
    }
}
