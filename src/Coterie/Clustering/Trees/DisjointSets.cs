namespace Coterie.Clustering.Trees;

/// <summary>Disjoint sets (Tarjan 1975) whose root is the least member: the sets, and their roots, do not depend on the order of the
/// unions, so that several threads may join at once (Anderson and Woll 1991).</summary>
sealed class DisjointSets
{
    readonly int[] parent;

    public DisjointSets(int count)
    {
        parent = new int[count];
        for (var i = 0; i < count; i++) parent[i] = i;
    }

    public int Find(int x)
    {
        // Halving: every second element of the path is linked to its grandparent, which only ever shortens paths.
        while (true)
        {
            var up = Volatile.Read(ref parent[x]);
            if (up == x) return x;
            var above = Volatile.Read(ref parent[up]);
            if (above == up) return up;
            Volatile.Write(ref parent[x], above);
            x = above;
        }
    }

    /// <summary>Joins the sets of both; false when they were one.</summary>
    public bool Union(int x, int y)
    {
        while (true)
        {
            x = Find(x);
            y = Find(y);
            if (x == y) return false;
            if (x < y) (x, y) = (y, x);
            if (Interlocked.CompareExchange(ref parent[x], y, x) == x) return true;
        }
    }
}
