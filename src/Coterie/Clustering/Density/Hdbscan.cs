using Coterie.Clustering.Density;
using Coterie.Clustering.Trees;
using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>How flat clusters are taken from the hierarchy: those of largest total stability, or the finest.</summary>
public enum HdbscanSelection { ExcessOfMass, Leaf }

/// <summary>Groups rows by density at every scale at once; rows that no lasting group holds are noise, labelled -1.</summary>
public sealed record HdbscanOptions : MethodOptions
{
    /// <summary>The smallest group that counts as a cluster.</summary>
    public int MinClusterSize { get; init; } = 5;
    /// <summary>The core distance of a row is that to its neighbour of this rank, the row itself being the first, as in the paper and in
    /// scikit-learn (the package hdbscan does not count the row itself: its m is m + 1 here). Null takes the least cluster size.</summary>
    public int? MinSamples { get; init; }
    public HdbscanSelection Selection { get; init; } = HdbscanSelection.ExcessOfMass;
    /// <summary>Clusters are not split below this distance; 0 splits wherever the selection says.</summary>
    public double SelectionEpsilon { get; init; }
    /// <summary>Whether all rows may be one cluster.</summary>
    public bool AllowSingleCluster { get; init; }
    /// <summary>Euclidean, cosine (1 - cosine) or Manhattan.</summary>
    public Distance Distance { get; init; } = Distance.Euclidean;

    private protected override IEnumerable<string> Problems()
    {
        if (MinClusterSize < 2) yield return $"hdbscan: min-cluster-size is {MinClusterSize}; expected 2 or more.";
        if (MinSamples < 1) yield return $"hdbscan: min-samples is {MinSamples}; expected 1 or more.";
        if (!(SelectionEpsilon >= 0) || !double.IsFinite(SelectionEpsilon)) yield return $"hdbscan: selection-epsilon is {SelectionEpsilon}; expected a finite number of 0 or more.";
    }
}

/// <summary>HDBSCAN* (Campello, Moulavi and Sander 2013; Campello, Moulavi, Zimek and Sander 2015): the hierarchy of DBSCAN over all
/// reaches, from the minimum spanning tree in mutual reachability, with its most stable clusters, membership strengths and the outlier
/// scores GLOSH. Merges at equal distances are one level, so that the result does not depend on the order of the rows.</summary>
public static class Hdbscan
{
    /// <summary>Fits rows (n x d, finite). Clusters are numbered by their first row. Fewer rows than the least cluster size are all noise.</summary>
    public static HdbscanModel Fit(Matrix rows, HdbscanOptions options)
    {
        options.Validate("hdbscan");
        Check.Finite(rows);
        if (options.Distance == Distance.Cosine) rows = Spherical.Normalised(rows);
        var neighbour = (options.MinSamples ?? options.MinClusterSize) - 1;
        var spanning = rows.Rows == 0 ? new SpanningTree([], [], [], []) : SpanningTree.Of(rows, neighbour, options.Distance == Distance.Manhattan, options.Threads);
        var tree = rows.Rows == 0
            ? new CondensedTree([-1], [float.MaxValue], [0], [], [])
            : CondensedTree.Of(Dendrogram.Of(spanning, options.Distance), options.MinClusterSize);
        return Flatten(rows, spanning.Cores, neighbour, tree, options);
    }

    static HdbscanModel Flatten(Matrix rows, float[] cores, int neighbour, CondensedTree tree, HdbscanOptions options)
    {
        var single = options.AllowSingleCluster && rows.Rows >= options.MinClusterSize;
        var chosen = options.Selection == HdbscanSelection.Leaf ? FlatSelection.Leaves(tree, single) : FlatSelection.ExcessOfMass(tree, single);
        if (options.SelectionEpsilon > 0) chosen = FlatSelection.Above(tree, chosen, options.SelectionEpsilon, single);
        var owners = FlatSelection.Owners(tree, chosen);
        var death = tree.Deaths();
        // The root holds everything at the largest distance; where splits end at epsilon, so does its membership.
        var limit = chosen[0] && options.SelectionEpsilon > 0 ? (float)options.SelectionEpsilon : float.MaxValue;

        var n = rows.Rows;
        var numbers = new int[owners.Length];
        Array.Fill(numbers, -1);
        var clusters = 0;
        var labels = new int[n];
        for (var row = 0; row < n; row++)
        {
            var owner = owners[tree.RowCluster[row]];
            labels[row] = -1;
            if (owner < 0 || tree.RowDistance[row] > limit) continue;
            if (numbers[owner] < 0) numbers[owner] = clusters++;
            labels[row] = numbers[owner];
        }

        var clusterLabels = owners.Select(o => o < 0 ? -1 : numbers[o]).ToArray();
        var peaks = new float[clusters];
        for (var cluster = 0; cluster < owners.Length; cluster++)
            if (chosen[cluster] && numbers[cluster] >= 0) peaks[numbers[cluster]] = death[cluster];
        return new HdbscanModel
        {
            Rows = rows.Values,
            Columns = rows.Columns,
            Distance = options.Distance,
            Neighbour = neighbour,
            Cores = cores,
            Count = clusters,
            Labels = labels,
            Probabilities = [.. labels.Select((l, i) => l < 0 ? 0 : Strength(peaks[l], tree.RowDistance[i]))],
            OutlierScores = Glosh(tree, death),
            RowClusters = tree.RowCluster,
            RowDistances = tree.RowDistance,
            Parents = tree.Parent,
            Births = tree.Birth,
            ClusterLabels = clusterLabels,
            Peaks = peaks,
            Limit = limit,
        };
    }

    /// <summary>Density at which a row leaves a cluster over the cluster's largest, at most 1.</summary>
    internal static float Strength(float peak, float distance) => distance <= peak ? 1 : peak / distance;

    // GLOSH (2015, equation 8): how much less dense a row is than the densest place of the cluster that it leaves last.
    static float[] Glosh(CondensedTree tree, float[] death)
    {
        var densest = (float[])death.Clone();
        for (var cluster = densest.Length - 1; cluster > 0; cluster--)
            densest[tree.Parent[cluster]] = Math.Min(densest[tree.Parent[cluster]], densest[cluster]);
        return [.. tree.RowDistance.Select((d, row) => 1 - Strength(densest[tree.RowCluster[row]], d))];
    }
}
