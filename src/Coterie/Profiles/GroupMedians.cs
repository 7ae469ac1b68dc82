using Coterie.Features;

namespace Coterie.Profiles;

/// <summary>Exact medians of a column inside each cluster and among everybody else; NaN where nobody has a value.</summary>
sealed record GroupMedians(double[] Inside, double[] Outside)
{
    // One sort, then one walk: a value at sorted place p is at place (values of the group so far) inside its own
    // group, and at place (values so far - values of group k so far) outside every other group k.
    public static GroupMedians Of(double[] column, int[] labels, int clusters)
    {
        var values = new double[column.Length];
        var groups = new int[column.Length];
        var n = 0;
        for (var i = 0; i < column.Length; i++)
        {
            if (double.IsNaN(column[i])) continue;
            values[n] = column[i];
            groups[n++] = labels[i] < 0 ? clusters : labels[i];
        }

        Array.Sort(values, groups, 0, n);
        var sizes = new int[clusters + 1];
        for (var i = 0; i < n; i++) sizes[groups[i]]++;
        var medians = new GroupMedians(new double[clusters], new double[clusters]);
        var seen = new int[clusters + 1];
        double[] insideLow = new double[clusters], outsideLow = new double[clusters];
        Array.Fill(medians.Inside, double.NaN);
        Array.Fill(medians.Outside, double.NaN);
        for (var i = 0; i < n; i++)
        {
            var v = values[i];
            for (var k = 0; k < clusters; k++)
            {
                var own = groups[i] == k;
                var place = own ? seen[k] : i - seen[k];
                var size = own ? sizes[k] : n - sizes[k];
                if (place == (size - 1) / 2) (own ? insideLow : outsideLow)[k] = v;
                if (place == size / 2)
                    (own ? medians.Inside : medians.Outside)[k] = ((own ? insideLow : outsideLow)[k] + v) / 2;
            }

            seen[groups[i]]++;
        }

        return medians;
    }
}

/// <summary>Typical raw values: the median of every feature in every segment.</summary>
/// <param name="Values">By feature of the table, then by label.</param>
public sealed record SegmentMedians(IReadOnlyList<double[]> Values)
{
    /// <summary>Medians over the customers that have a value; NaN where none has.</summary>
    public static SegmentMedians Of(FeatureTable table, int[] labels, int clusters, int threads)
    {
        var values = new double[table.Features.Count][];
        Parallel.For(0, values.Length, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, threads) },
            f => values[f] = GroupMedians.Of(table.Columns[f], labels, clusters).Inside);
        return new SegmentMedians(values);
    }
}
