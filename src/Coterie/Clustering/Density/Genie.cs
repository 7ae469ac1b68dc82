using Coterie.Clustering.Density;
using Coterie.Clustering.Trees;
using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>Single linkage that keeps cluster sizes from growing too unequal.</summary>
public sealed record GenieOptions : MethodOptions
{
    /// <summary>Number of clusters asked for; a fit gives fewer when the rows have fewer distinct values.</summary>
    public int Clusters { get; init; } = 8;
    /// <summary>Above this Gini index of the cluster sizes the smallest cluster must be merged next: 1 is single linkage.</summary>
    public double GiniThreshold { get; init; } = 0.3;
    /// <summary>Above 1, distances are mutual reachability with the core distance at the neighbour of this rank (the row itself is the
    /// first), and rows at the ends of the spanning tree's branches are noise, labelled -1.</summary>
    public int MinSamples { get; init; } = 1;
    /// <summary>Euclidean, cosine or Manhattan.</summary>
    public Distance Distance { get; init; } = Distance.Euclidean;

    /// <summary>With more rows than this the groups are found on so many, taken evenly along an order by value, and every other row belongs where
    /// the nearest of them does; null takes all rows.</summary>
    public int? SampleRows { get; init; }

    private protected override IEnumerable<string> Problems()
    {
        if (Clusters < 1) yield return $"genie: clusters is {Clusters}; expected 1 or more.";
        if (!(GiniThreshold is >= 0 and <= 1)) yield return $"genie: gini-threshold is {GiniThreshold}; expected a number from 0 to 1.";
        if (MinSamples < 1) yield return $"genie: min-samples is {MinSamples}; expected 1 or more.";
        if (SampleRows < 1) yield return $"genie: sample-rows is {SampleRows}; expected 1 or more.";
    }
}

/// <summary>Genie (Gagolewski, Bartoszuk and Cena 2016) on the minimum spanning tree: edges are taken in ascending order, but while the
/// Gini index of the cluster sizes is above the threshold only edges at a smallest cluster. Equal rows are one from the start, so that
/// they never part. The branch ends as noise are as in genieclust (Gagolewski 2021).</summary>
public static class Genie
{
    /// <summary>Fits rows (n x d, finite). Clusters are numbered by their first row. Where edges of equal length compete, which is first
    /// depends on the order of the rows.</summary>
    public static GenieModel Fit(Matrix rows, GenieOptions options)
    {
        options.Validate("genie");
        Check.Finite(rows);
        if (options.Distance == Distance.Cosine) rows = Spherical.Normalised(rows);
        if (options.SampleRows is { } most && most < rows.Rows) rows = rows.Take(RowOrder.Every(RowOrder.Canonical(rows), most));
        int[] labels = [];
        var clusters = 0;
        if (rows.Rows > 0)
        {
            var tree = SpanningTree.Of(rows, options.MinSamples - 1, options.Distance == Distance.Manhattan, options.Threads);
            var sets = Distinct(rows, tree, options.MinSamples);
            var noise = options.MinSamples > 1 ? Ends(tree, sets) : new bool[rows.Rows];
            GeniePartition.Merge(tree, sets, noise, options.Clusters, options.GiniThreshold);
            labels = GeniePartition.Labels(sets, noise, out clusters);
        }

        return new GenieModel { Rows = rows.Values, Columns = rows.Columns, Distance = options.Distance, Count = clusters, Labels = labels };
    }

    // Equal rows are one from the start.
    static DisjointSets Distinct(Matrix rows, SpanningTree tree, int minSamples)
    {
        if (minSamples == 1) return GeniePartition.Distinct(tree);
        // Core distances hide which rows are equal; side by side in canonical order they show.
        var sets = new DisjointSets(rows.Rows);
        var order = RowOrder.Canonical(rows);
        for (var i = 1; i < order.Length; i++)
            if (rows.Row(order[i - 1]).SequenceEqual(rows.Row(order[i]))) sets.Union(order[i - 1], order[i]);
        return sets;
    }

    // Rows that hang on one edge only, unless one that equals them does not.
    static bool[] Ends(SpanningTree tree, DisjointSets sets)
    {
        var n = tree.From.Length + 1;
        var edges = new int[n];
        for (var i = 0; i < tree.From.Length; i++)
        {
            edges[tree.From[i]]++;
            edges[tree.To[i]]++;
        }

        var inner = new bool[n];
        for (var row = 0; row < n; row++) inner[sets.Find(row)] |= edges[row] > 1;
        return [.. Enumerable.Range(0, n).Select(row => !inner[sets.Find(row)])];
    }
}
