namespace Coterie.Clustering.Trees;

/// <summary>The single-linkage hierarchy of a spanning tree. Nodes 0 .. n-1 are rows, n .. 2n-2 merges in ascending order of height; node
/// n + i joins <c>Left[i]</c> and <c>Right[i]</c> at <c>Heights[i]</c> to <c>Sizes[i]</c> rows. Merges of equal height are one level:
/// which of them comes first is an accident, and readers of the hierarchy take them together.</summary>
sealed record Dendrogram(int[] Left, int[] Right, float[] Heights, int[] Sizes)
{
    public int Rows => Left.Length + 1;

    public int Size(int node) => node < Rows ? 1 : Sizes[node - Rows];

    /// <summary>The hierarchy of a tree, with heights in the units of the distance.</summary>
    public static Dendrogram Of(SpanningTree tree, Distance distance)
    {
        var merges = tree.Weights.Length;
        var (left, right, heights, sizes) = (new int[merges], new int[merges], new float[merges], new int[merges]);
        var parent = new int[2 * merges + 1];
        for (var i = 0; i < parent.Length; i++) parent[i] = i;
        for (var i = 0; i < merges; i++)
        {
            var (a, b) = (Find(parent, tree.From[i]), Find(parent, tree.To[i]));
            var node = merges + 1 + i;
            parent[a] = parent[b] = node;
            (left[i], right[i], heights[i]) = (a, b, Height(tree.Weights[i], distance));
            sizes[i] = (a <= merges ? 1 : sizes[a - merges - 1]) + (b <= merges ? 1 : sizes[b - merges - 1]);
        }

        return new Dendrogram(left, right, heights, sizes);
    }

    /// <summary>A tree's weight in the units of the distance: squared Euclidean, or the squared chord on the unit sphere, or as it is.</summary>
    public static float Height(float weight, Distance distance) => distance switch
    {
        Distance.Euclidean => MathF.Sqrt(weight),
        Distance.Cosine => weight / 2,
        _ => weight,
    };

    static int Find(int[] parent, int x)
    {
        while (parent[x] != x)
        {
            parent[x] = parent[parent[x]];
            x = parent[x];
        }

        return x;
    }
}
