using Coterie.Numerics;

namespace Coterie.Clustering.Metrics;

/// <summary>Agreement of two partitions of the same n rows. Labels are 0 and up; a negative label is a row left out.</summary>
public static class Agreement
{
    /// <summary>Counts of rows by (label in a, label in b).</summary>
    public static int[,] Contingency(ReadOnlySpan<int> a, ReadOnlySpan<int> b)
    {
        if (a.Length != b.Length) throw new ArgumentException($"the partitions have {a.Length} and {b.Length} labels; expected the same rows.", nameof(b));
        int rows = 0, columns = 0;
        foreach (var label in a) rows = Math.Max(rows, label + 1);
        foreach (var label in b) columns = Math.Max(columns, label + 1);
        var counts = new int[rows, columns];
        for (var i = 0; i < a.Length; i++)
            if (a[i] >= 0 && b[i] >= 0) counts[a[i], b[i]]++;
        return counts;
    }

    /// <summary>Rand index adjusted for chance (Hubert and Arabie 1985): 1 for equal partitions, 0 on average for random ones.</summary>
    public static double AdjustedRand(ReadOnlySpan<int> a, ReadOnlySpan<int> b) => AdjustedRand(Contingency(a, b));

    /// <summary>The same from a contingency table.</summary>
    public static double AdjustedRand(int[,] counts)
    {
        int rows = counts.GetLength(0), columns = counts.GetLength(1);
        double both = 0, first = 0, second = 0, total = 0;
        var byColumn = new double[columns];
        for (var i = 0; i < rows; i++)
        {
            var row = 0.0;
            for (var j = 0; j < columns; j++)
            {
                both += Pairs(counts[i, j]);
                row += counts[i, j];
                byColumn[j] += counts[i, j];
            }

            first += Pairs(row);
            total += row;
        }

        foreach (var column in byColumn) second += Pairs(column);
        var all = Pairs(total);
        // No pair to disagree on, or both partitions trivial in the same way.
        if (all == 0) return 1;
        var expected = first * second / all;
        var most = (first + second) / 2;
        return most == expected ? 1 : (both - expected) / (most - expected);
    }

    /// <summary>For each cluster of the reference the Jaccard index with the cluster of the other partition that is most like it
    /// (Hennig 2007); 0 for a label without rows.</summary>
    public static double[] Jaccard(int[,] counts)
    {
        int rows = counts.GetLength(0), columns = counts.GetLength(1);
        double[] a = new double[rows], b = new double[columns], best = new double[rows];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                a[i] += counts[i, j];
                b[j] += counts[i, j];
            }
        }

        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
                if (counts[i, j] > 0) best[i] = Math.Max(best[i], counts[i, j] / (a[i] + b[j] - counts[i, j]));
        return best;
    }

    /// <summary>Jaccard of each cluster of the reference, from labels.</summary>
    public static double[] Jaccard(ReadOnlySpan<int> reference, ReadOnlySpan<int> other) => Jaccard(Contingency(reference, other));

    /// <summary>Share of rows whose cluster is another one after the clusters are matched one to one (Hungarian method).</summary>
    public static double Churn(int[,] counts)
    {
        double total = 0, kept = 0;
        foreach (var count in counts) total += count;
        if (total == 0) return 0;
        var match = Hungarian.MatchMost(counts);
        for (var i = 0; i < match.Length; i++)
            if (match[i] >= 0) kept += counts[i, match[i]];
        return 1 - kept / total;
    }

    /// <summary>Churn from labels.</summary>
    public static double Churn(ReadOnlySpan<int> before, ReadOnlySpan<int> after) => Churn(Contingency(before, after));

    static double Pairs(double n) => n * (n - 1) / 2;
}
