using MathNet.Numerics.LinearAlgebra;

namespace Coterie.Decisions.Positioning;

/// <summary>A table of counts drawn as points: rows and columns in the same plane.</summary>
/// <param name="Inertia">Chi-square over the total.</param>
/// <param name="Principal">Principal inertias, largest first: their sum is <paramref name="Inertia"/>.</param>
/// <param name="Rows">rows x axes: principal coordinates.</param>
/// <param name="Columns">columns x axes: principal coordinates.</param>
/// <param name="RowMasses">Shares of the total.</param>
/// <param name="ColumnMasses">Shares of the total.</param>
public sealed record CorrespondenceMap(double Inertia, double[] Principal, double[][] Rows, double[][] Columns, double[] RowMasses, double[] ColumnMasses)
{
    /// <summary>How much of a row's distance from the middle the first axes show (the sum of squared cosines); 1 for a row in the middle itself.</summary>
    public static double Quality(double[] coordinates, int axes)
    {
        var whole = coordinates.Sum(c => c * c);
        return whole < 1e-15 ? 1 : coordinates.Take(axes).Sum(c => c * c) / whole;
    }
}

/// <summary>Correspondence analysis: the singular value decomposition of standardised residuals (Benzécri 1973; Greenacre 1984, 2017).</summary>
public static class CorrespondenceAnalysis
{
    /// <summary>With P = N / n, masses r and c: D_r^-1/2 (P - r c') D_c^-1/2 = U S V'; principal coordinates D_r^-1/2 U S and D_c^-1/2 V S.</summary>
    /// <param name="counts">rows x columns, at least 0, every row and column with a positive sum.</param>
    /// <exception cref="ArgumentException">A row or column is empty.</exception>
    public static CorrespondenceMap Of(double[,] counts)
    {
        int rows = counts.GetLength(0), columns = counts.GetLength(1);
        double[] r = new double[rows], c = new double[columns];
        var total = 0.0;
        foreach (var x in counts) total += x;
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                r[i] += counts[i, j] / total;
                c[j] += counts[i, j] / total;
            }
        }

        if (r.Any(x => !(x > 0)) || c.Any(x => !(x > 0))) throw new ArgumentException("Every row and column needs a positive sum.", nameof(counts));
        var residuals = Matrix<double>.Build.Dense(rows, columns, (i, j) => (counts[i, j] / total - r[i] * c[j]) / Math.Sqrt(r[i] * c[j]));
        var svd = residuals.Svd();
        var axes = Math.Max(1, Math.Min(rows, columns) - 1);
        var (left, right) = (new double[rows][], new double[columns][]);
        // Signs are free: the row farthest out on an axis is put on its positive side.
        var sign = new double[axes];
        for (var a = 0; a < axes; a++)
        {
            var far = Enumerable.Range(0, rows).MaxBy(i => Math.Round(Math.Abs(svd.U[i, a] / Math.Sqrt(r[i])), 10));
            sign[a] = svd.U[far, a] < 0 ? -1 : 1;
        }

        for (var i = 0; i < rows; i++) left[i] = [.. Enumerable.Range(0, axes).Select(a => sign[a] * svd.U[i, a] * svd.S[a] / Math.Sqrt(r[i]))];
        for (var j = 0; j < columns; j++) right[j] = [.. Enumerable.Range(0, axes).Select(a => sign[a] * svd.VT[a, j] * svd.S[a] / Math.Sqrt(c[j]))];
        var principal = Enumerable.Range(0, axes).Select(a => svd.S[a] * svd.S[a]).ToArray();
        return new CorrespondenceMap(principal.Sum(), principal, left, right, r, c);
    }

    /// <summary>Where a further row of counts falls on a map: its profile's weighted mean of the standard coordinates of columns (Greenacre 2017, chapter 12).</summary>
    /// <param name="map">A map with as many columns.</param>
    /// <param name="counts">columns; not all 0.</param>
    public static double[] Supplementary(CorrespondenceMap map, ReadOnlySpan<double> counts) => Place(map.Columns, map.Principal, counts);

    /// <summary>The same for a further column of counts over rows.</summary>
    public static double[] SupplementaryColumn(CorrespondenceMap map, ReadOnlySpan<double> counts) => Place(map.Rows, map.Principal, counts);

    static double[] Place(double[][] others, double[] principal, ReadOnlySpan<double> counts)
    {
        var place = new double[principal.Length];
        var sum = 0.0;
        for (var j = 0; j < counts.Length; j++)
        {
            sum += counts[j];
            for (var a = 0; a < place.Length; a++) place[a] += counts[j] * others[j][a];
        }

        for (var a = 0; a < place.Length; a++) place[a] = principal[a] > 1e-15 ? place[a] / sum / Math.Sqrt(principal[a]) : 0;
        return place;
    }

    /// <summary>Chi-square over the total, without the map.</summary>
    public static double Inertia(double[,] counts)
    {
        int rows = counts.GetLength(0), columns = counts.GetLength(1);
        double[] r = new double[rows], c = new double[columns];
        var total = 0.0;
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                r[i] += counts[i, j];
                c[j] += counts[i, j];
                total += counts[i, j];
            }
        }

        var sum = 0.0;
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                var expected = r[i] * c[j] / total;
                if (expected > 0) sum += (counts[i, j] - expected) * (counts[i, j] - expected) / expected;
            }
        }

        return sum / total;
    }
}
