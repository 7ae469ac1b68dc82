using Coterie.Clustering.Trees;
using Coterie.Numerics;

namespace Coterie.Clustering.Search;

/// <summary>What the density of rows says about groups of any shape. On the single-linkage hierarchy of the mutual reachability distance
/// (Campello, Moulavi and Sander 2013) a peak is born at the level where it first holds enough rows and dies where it meets a higher one; the log
/// ratio of both levels is its prominence (topological persistence, as in Chazal, Guibas, Oudot and Skraba 2013). A ring, a spiral or a stripe is a peak.</summary>
static class DensityPeaks
{
    const int Neighbour = 5;
    static readonly double[] Shares = [0.02, 0.1];                                  // of the rows that make a peak
    const int Least = 8;
    // Levels below this share of the median one are ties, not densities.
    const double Floor = 0.1;

    /// <summary>How many numbers there are, and how far apart references must at least be taken to be in each.</summary>
    public static int Count => 2 * Shares.Length + 1;

    /// <summary>Minus the largest and minus the sum of prominences for each share, then the log share of variance left when log core
    /// distances are cut in two (a dense core in a thin cloud). Lower is more structure. Validated; rows n x d, n at least 2.</summary>
    public static double[] Of(Matrix rows)
    {
        var tree = SpanningTree.Of(rows, Neighbour, false, 1);
        var dendrogram = Dendrogram.Of(tree, Distance.Euclidean);
        var sorted = (float[])dendrogram.Heights.Clone();
        Array.Sort(sorted);
        var floor = Math.Max(1e-30, Floor * sorted[sorted.Length / 2]);
        var result = new double[Count];
        for (var s = 0; s < Shares.Length; s++)
        {
            var (largest, sum) = Prominences(dendrogram, Math.Max(Least, (int)(Shares[s] * rows.Rows)), floor);
            (result[2 * s], result[2 * s + 1]) = (-largest, -sum);
        }

        result[^1] = Cut.Of([.. tree.Cores.Select(c => (float)Math.Log(Math.Max(floor, Math.Sqrt(c))))]);
        return result;
    }

    readonly record struct Found(double Largest, double Sum);

    static Found Prominences(Dendrogram dendrogram, int enough, double floor)
    {
        var n = dendrogram.Rows;
        var birth = new double[dendrogram.Heights.Length];                          // of the highest peak below each merge
        double largest = 0, sum = 0;
        for (var i = 0; i < birth.Length; i++)
        {
            int left = dendrogram.Left[i], right = dendrogram.Right[i];
            var height = Math.Log(Math.Max(floor, dendrogram.Heights[i]));
            bool a = dendrogram.Size(left) >= enough, b = dendrogram.Size(right) >= enough;
            if (a && b)
            {
                double first = birth[left - n], second = birth[right - n];
                var prominence = height - Math.Max(first, second);
                largest = Math.Max(largest, prominence);
                sum += prominence;
                birth[i] = Math.Min(first, second);
            }
            else
            {
                birth[i] = a ? birth[left - n] : b ? birth[right - n] : height;
            }
        }

        return new(largest, sum);
    }
}

/// <summary>One column cut in two at its best place.</summary>
static class Cut
{
    /// <summary>Log of the least share of the variance left within the two parts; 0 for a constant column. Sorts the column.</summary>
    public static double Of(float[] column)
    {
        var n = column.Length;
        Array.Sort(column);
        double mean = 0, total = 0, left = 0, most = 0;
        foreach (var x in column) mean += x / n;
        foreach (var x in column) total += (x - mean) * (x - mean);
        if (total == 0) return 0;
        for (var i = 1; i < n; i++)
        {
            // Sum of squares between the parts, from the sum of the left one about the mean.
            left += column[i - 1] - mean;
            most = Math.Max(most, left * left * n / ((double)i * (n - i)));
        }

        return Math.Log(Math.Max(1e-12, 1 - most / total));
    }
}
