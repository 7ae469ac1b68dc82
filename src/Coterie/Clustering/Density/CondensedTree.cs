using Coterie.Clustering.Trees;

namespace Coterie.Clustering.Density;

/// <summary>The hierarchy without the splits that only shed a few rows (Campello, Moulavi, Zimek and Sander 2015, section 3.2): a
/// cluster lives on while one part of at least the least size remains, and splits where two or more do. Densities are lambda = 1/distance;
/// distances are kept, as they are finite. Cluster 0 is the root; a parent has a lower number than its children.</summary>
/// <param name="Parent">Of each cluster; -1 for the root.</param>
/// <param name="Birth">Distance at which each cluster appears; the largest float for the root.</param>
/// <param name="Size">Rows of each cluster at its birth.</param>
/// <param name="RowCluster">n, the last cluster that each row belongs to.</param>
/// <param name="RowDistance">n, the distance below which the row is in no cluster.</param>
sealed record CondensedTree(int[] Parent, float[] Birth, int[] Size, int[] RowCluster, float[] RowDistance)
{
    /// <summary>Condenses a hierarchy of n rows, n at least 1.</summary>
    public static CondensedTree Of(Dendrogram dendrogram, int minClusterSize)
    {
        var n = dendrogram.Rows;
        List<int> parent = [-1], size = [n];
        List<float> birth = [float.MaxValue];
        var rowCluster = new int[n];
        var rowDistance = new float[n];
        Array.Fill(rowDistance, float.MaxValue);
        var work = new Stack<KeyValuePair<int, int>>();
        if (n > 1) work.Push(new(2 * n - 2, 0));
        List<int> parts = [], large = [];
        var below = new Stack<int>();
        while (work.TryPop(out var item))
        {
            var (node, cluster) = (item.Key, item.Value);
            var height = dendrogram.Heights[node - n];
            Parts(dendrogram, node, height, below, parts);
            large.Clear();
            foreach (var part in parts)
            {
                if (dendrogram.Size(part) >= minClusterSize) large.Add(part);
                else Shed(dendrogram, part, below, cluster, height, rowCluster, rowDistance);
            }

            if (large.Count == 1)
            {
                work.Push(new(large[0], cluster));
                continue;
            }

            foreach (var part in large)
            {
                parent.Add(cluster);
                birth.Add(height);
                size.Add(dendrogram.Size(part));
                work.Push(new(part, parent.Count - 1));
            }
        }

        return new CondensedTree([.. parent], [.. birth], [.. size], rowCluster, rowDistance);
    }

    // What a node falls into just below its height: merges of the same height are taken apart together.
    static void Parts(Dendrogram dendrogram, int node, float height, Stack<int> below, List<int> parts)
    {
        parts.Clear();
        below.Push(node);
        while (below.TryPop(out var next))
        {
            if (next >= dendrogram.Rows && dendrogram.Heights[next - dendrogram.Rows] == height)
            {
                below.Push(dendrogram.Right[next - dendrogram.Rows]);
                below.Push(dendrogram.Left[next - dendrogram.Rows]);
            }
            else
            {
                parts.Add(next);
            }
        }
    }

    static void Shed(Dendrogram dendrogram, int node, Stack<int> below, int cluster, float height, int[] rowCluster, float[] rowDistance)
    {
        below.Push(node);
        while (below.TryPop(out var next))
        {
            if (next >= dendrogram.Rows)
            {
                below.Push(dendrogram.Right[next - dendrogram.Rows]);
                below.Push(dendrogram.Left[next - dendrogram.Rows]);
                continue;
            }

            rowCluster[next] = cluster;
            rowDistance[next] = height;
        }
    }

    /// <summary>Stability of each cluster (2015, equation 3): the sum over its rows of the density at which the row leaves it, or it
    /// splits, above that at which it appears.</summary>
    public double[] Stabilities()
    {
        var stability = new double[Parent.Length];
        for (var row = 0; row < RowCluster.Length; row++)
            stability[RowCluster[row]] += 1.0 / RowDistance[row] - 1.0 / Birth[RowCluster[row]];
        for (var cluster = 1; cluster < Parent.Length; cluster++)
            stability[Parent[cluster]] += Size[cluster] * (1.0 / Birth[cluster] - 1.0 / Birth[Parent[cluster]]);
        return stability;
    }

    /// <summary>The least distance at which each cluster still holds a row or splits: its largest density.</summary>
    public float[] Deaths()
    {
        var death = (float[])Birth.Clone();
        for (var row = 0; row < RowCluster.Length; row++) death[RowCluster[row]] = Math.Min(death[RowCluster[row]], RowDistance[row]);
        for (var cluster = 1; cluster < Parent.Length; cluster++) death[Parent[cluster]] = Math.Min(death[Parent[cluster]], Birth[cluster]);
        return death;
    }
}
