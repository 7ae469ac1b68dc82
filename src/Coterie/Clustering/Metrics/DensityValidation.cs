using Coterie.Numerics;

namespace Coterie.Clustering.Metrics;

/// <summary>Density-based clustering validation, DBCV (Moulavi, Jaskowiak, Campello, Zimek and Sander 2014): whether clusters are denser
/// inside than between, in [-1, 1], larger is better; for clusters of any shape, and noise counts against. Euclidean.</summary>
/// <param name="Index">The validity of the whole: clusters' validities weighted by their share of all rows, noise among them.</param>
/// <param name="Clusters">K, the validity of each cluster; NaN for an empty one.</param>
public sealed record DensityValidation(double Index, double[] Clusters)
{
    /// <summary>Of rows (n x d) and labels; a negative label is noise, and so is a row alone in its cluster, for which no density is
    /// defined. Fewer than two clusters give NaN. O(sum of squared cluster sizes) distances inside, n^2 at most between; O(n) memory.</summary>
    public static DensityValidation Of(Matrix rows, int[] labels, int threads)
    {
        if (labels.Length != rows.Rows) throw new ArgumentException($"{labels.Length} labels for {rows.Rows} rows; expected one each.", nameof(labels));
        var members = new List<int>[labels.Length == 0 ? 0 : Math.Max(0, labels.Max() + 1)];
        for (var c = 0; c < members.Length; c++) members[c] = [];
        for (var i = 0; i < labels.Length; i++)
            if (labels[i] >= 0) members[labels[i]].Add(i);
        var valid = Enumerable.Range(0, members.Length).Where(c => members[c].Count > 1).ToArray();
        var validity = new double[members.Length];
        Array.Fill(validity, double.NaN);
        for (var c = 0; c < validity.Length; c++)
            if (members[c].Count == 1) validity[c] = 0;
        if (valid.Length < 2) return new(double.NaN, validity);

        var inside = new Inside[valid.Length];
        Chunks.Each(valid.Length, threads, v => inside[v] = Inside.Of(rows, [.. members[valid[v]]]));
        var apart = new double[valid.Length * valid.Length];
        Chunks.Each(apart.Length, threads, p =>
        {
            int a = p / valid.Length, b = p % valid.Length;
            if (a < b) apart[p] = Separation(rows, inside[a], inside[b]);
        });
        var index = 0.0;
        for (var v = 0; v < valid.Length; v++)
        {
            var separation = double.PositiveInfinity;
            for (var o = 0; o < valid.Length; o++)
                if (o != v) separation = Math.Min(separation, apart[Math.Min(v, o) * valid.Length + Math.Max(v, o)]);
            var most = Math.Max(separation, inside[v].Sparseness);
            // Both 0: the same place, neither dense inside nor apart.
            validity[valid[v]] = most > 0 ? (separation - inside[v].Sparseness) / most : 0;
            index += validity[valid[v]] * members[valid[v]].Count / labels.Length;
        }

        return new(index, validity);
    }

    // Density separation (definition 6): the least mutual reachability distance between inner rows of two clusters.
    static double Separation(Matrix rows, Inside a, Inside b)
    {
        var least = double.PositiveInfinity;
        foreach (var i in a.Inner)
            foreach (var j in b.Inner)
            {
                var distance = Math.Max(Math.Max(a.Core[i], b.Core[j]), Distance(rows, a.Members[i], b.Members[j]));
                least = Math.Min(least, distance);
            }

        return least;
    }

    static double Distance(Matrix rows, int a, int b)
    {
        var sum = 0.0;
        Span<float> x = rows.Row(a), y = rows.Row(b);
        for (var j = 0; j < x.Length; j++)
        {
            var difference = (double)x[j] - y[j];
            sum += difference * difference;
        }

        return Math.Sqrt(sum);
    }

    /// <param name="Members">Rows of the cluster.</param>
    /// <param name="Core">All-points core distance of each member.</param>
    /// <param name="Inner">Members that are inner nodes of the cluster's minimum spanning tree.</param>
    /// <param name="Sparseness">Density sparseness (definition 5): the largest edge between inner nodes.</param>
    sealed record Inside(int[] Members, double[] Core, int[] Inner, double Sparseness)
    {
        public static Inside Of(Matrix rows, int[] members)
        {
            var core = new double[members.Length];
            for (var i = 0; i < core.Length; i++) core[i] = CoreDistance(rows, members, i);
            var (parent, edge) = Tree(rows, members, core);
            var degree = new int[members.Length];
            for (var i = 1; i < members.Length; i++)
            {
                degree[i]++;
                degree[parent[i]]++;
            }

            // Where no edge is inner (pairs, stars) the authors' own program takes every edge; so do the nodes here.
            int[] inner = [.. Enumerable.Range(0, members.Length).Where(i => degree[i] > 1)];
            var sparseness = double.NegativeInfinity;
            for (var i = 1; i < members.Length; i++)
                if (degree[i] > 1 && degree[parent[i]] > 1) sparseness = Math.Max(sparseness, edge[i]);
            if (double.IsNegativeInfinity(sparseness)) sparseness = edge.Max();
            return new(members, core, inner.Length > 0 ? inner : [.. Enumerable.Range(0, members.Length)], sparseness);
        }

        // All-points core distance (definition 1): the mean of the others' inverse distances to the power d, to the power -1/d. By
        // logarithms, for powers of d overflow. A row in the same place has distance 0, and then so has the core.
        static double CoreDistance(Matrix rows, int[] members, int i)
        {
            var d = rows.Columns;
            var logs = new double[members.Length - 1];
            var most = double.NegativeInfinity;
            for (int j = 0, at = 0; j < members.Length; j++)
            {
                if (j == i) continue;
                logs[at] = -d * Math.Log(Distance(rows, members[i], members[j]));
                most = Math.Max(most, logs[at++]);
            }

            if (double.IsPositiveInfinity(most)) return 0;
            var sum = 0.0;
            foreach (var log in logs) sum += Math.Exp(log - most);
            return Math.Exp(-(most + Math.Log(sum / logs.Length)) / d);
        }

        readonly record struct Spanning(int[] Parent, double[] Edge);

        // Minimum spanning tree of mutual reachability distances (definitions 2 and 3), by Prim (1957): node i hangs on Parent[i] by
        // Edge[i], node 0 on nothing. Many edges tie, for a row's core distance is the reachability of all its near ones, and the paper
        // leaves the choice open: the plain distance decides here, so that the order of rows does not.
        static Spanning Tree(Matrix rows, int[] members, double[] core)
        {
            var m = members.Length;
            var parent = new int[m];
            double[] edge = new double[m], plain = new double[m];
            Array.Fill(edge, double.PositiveInfinity);
            var within = new bool[m];
            edge[0] = double.NegativeInfinity;
            for (int node = 0, count = 1; ; count++)
            {
                within[node] = true;
                if (count == m) break;
                var next = -1;
                for (var j = 0; j < m; j++)
                {
                    if (within[j]) continue;
                    var distance = Distance(rows, members[node], members[j]);
                    var reach = Math.Max(Math.Max(core[node], core[j]), distance);
                    if (reach < edge[j] || (reach == edge[j] && distance < plain[j])) (edge[j], plain[j], parent[j]) = (reach, distance, node);
                    if (next < 0 || edge[j] < edge[next] || (edge[j] == edge[next] && plain[j] < plain[next])) next = j;
                }

                node = next;
            }

            return new(parent, edge);
        }
    }
}
