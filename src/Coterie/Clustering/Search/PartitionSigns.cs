using Coterie.Clustering.Trees;

namespace Coterie.Clustering.Search;

/// <summary>How a partition lies in its landscape.</summary>
/// <param name="Cut">Share of the edges of the neighbour graph that join two clusters, in [0, 1]: small where borders run through valleys.</param>
/// <param name="Validity">In (-1, 1), larger is better: clusters' separation against their own largest gap, both on the spanning tree of
/// mutual reachability, weighted by size. In the manner of DBCV (Moulavi et al. 2014), on one tree for all partitions.</param>
readonly record struct PartitionSigns(double Cut, double Validity)
{
    // A gap inside a cluster counts when at least this share of its rows, and this many, are beyond it.
    const double LeastShare = 0.05;
    const int LeastRows = 4;
    // Gaps up to the 90th centile of a cluster's edges are its texture.
    const double Texture = 0.9;

    /// <summary>Of labels 0 .. clusters-1, none of them empty. O(n log n).</summary>
    public static PartitionSigns Of(Landscape land, int[] labels, int clusters) => new(CutOf(land, labels), ValidityOf(land.Reach, labels, clusters));

    static double CutOf(Landscape land, int[] labels)
    {
        long crossing = 0;
        for (var i = 0; i < labels.Length; i++)
            foreach (var j in land.Neighbours.AsSpan(i * land.Near, land.Near))
                if (labels[i] != labels[j]) crossing++;
        return (double)crossing / land.Neighbours.Length;
    }

    static double ValidityOf(SpanningTree tree, int[] labels, int clusters)
    {
        var sizes = new int[clusters];
        foreach (var label in labels) sizes[label]++;
        var sets = new DisjointSets(labels.Length);
        var count = new int[labels.Length];
        Array.Fill(count, 1);
        double[] separation = new double[clusters], gap = new double[clusters];
        Array.Fill(separation, double.PositiveInfinity);
        var edges = new List<float>[clusters];
        for (var c = 0; c < clusters; c++) edges[c] = [];
        for (var e = 0; e < tree.From.Length; e++)
        {
            int i = tree.From[e], j = tree.To[e], a = labels[i], b = labels[j];
            if (a != b)
            {
                separation[a] = Math.Min(separation[a], tree.Weights[e]);
                separation[b] = Math.Min(separation[b], tree.Weights[e]);
                continue;
            }

            // Edges come in ascending order, within each cluster too.
            edges[a].Add(tree.Weights[e]);
            int x = sets.Find(i), y = sets.Find(j);
            if (Math.Min(count[x], count[y]) >= Math.Max(LeastRows, LeastShare * sizes[a])) gap[a] = tree.Weights[e];
            var both = count[x] + count[y];
            sets.Union(x, y);
            count[sets.Find(x)] = both;
        }

        var validity = 0.0;
        for (var c = 0; c < clusters; c++)
        {
            var own = edges[c];
            var inner = own.Count == 0 ? separation[c] : gap[c] > 0 ? Math.Max(gap[c], own[own.Count / 2]) : own[(int)(Texture * (own.Count - 1))];
            // Weights are squares.
            var ratio = Math.Sqrt(Math.Min(separation[c], inner) / Math.Max(Math.Max(separation[c], inner), 1e-30));
            validity += (double)sizes[c] / labels.Length * (separation[c] > inner ? 1 - ratio : ratio - 1);
        }

        return validity;
    }
}
