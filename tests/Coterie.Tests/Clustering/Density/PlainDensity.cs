using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Clustering.Density;

/// <summary>The plain twins: all pairs, double precision, straight from the definitions.</summary>
static class PlainDensity
{
    /// <summary>Rows of all kinds: n 1 to 150, d 1 to 12; on a lattice (ties, equal rows) or not; in groups or not.</summary>
    public static readonly Gen<Matrix> Rows = Gen.Select(Gen.Int[1, 150], Gen.Int[1, 12], Gen.Int[0, 2], Gen.ULong[0, 100_000]).Select((n, d, kind, seed) =>
        kind switch
        {
            0 => Points.Fill(n, d, r => r.NextNormal(), seed),
            1 => Points.Fill(n, Math.Min(d, 3), r => r.NextInt(5), seed),
            _ => Points.Blobs(Math.Max(n, 3), d, 3, 5, seed).Rows,
        });

    public static double Distance(Matrix rows, int a, int b, bool manhattan)
    {
        var sum = 0.0;
        for (var j = 0; j < rows.Columns; j++)
        {
            var difference = (double)rows[a, j] - rows[b, j];
            sum += manhattan ? Math.Abs(difference) : difference * difference;
        }

        return manhattan ? sum : Math.Sqrt(sum);
    }

    /// <summary>Distance to the k-th nearest other row, or the farthest.</summary>
    public static double[] Cores(Matrix rows, int k, bool manhattan) => [.. Enumerable.Range(0, rows.Rows).Select(i =>
    {
        if (k == 0 || rows.Rows == 1) return 0;
        var sorted = Enumerable.Range(0, rows.Rows).Where(j => j != i).Select(j => Distance(rows, i, j, manhattan)).Order().ToArray();
        return sorted[Math.Min(k, sorted.Length) - 1];
    })];

    public static double[,] Reachability(Matrix rows, int k, bool manhattan)
    {
        var cores = Cores(rows, k, manhattan);
        var reach = new double[rows.Rows, rows.Rows];
        for (var i = 0; i < rows.Rows; i++)
            for (var j = 0; j < rows.Rows; j++) reach[i, j] = Math.Max(Distance(rows, i, j, manhattan), Math.Max(cores[i], cores[j]));
        return reach;
    }

    /// <summary>Weights of the minimum spanning tree, ascending.</summary>
    public static double[] TreeWeights(double[,] reach)
    {
        var n = reach.GetLength(0);
        var nearest = Enumerable.Range(0, n).Select(i => reach[0, i]).ToArray();
        var outside = Enumerable.Range(1, n - 1).ToList();
        var weights = new List<double>();
        while (outside.Count > 0)
        {
            var next = outside.MinBy(i => nearest[i]);
            weights.Add(nearest[next]);
            outside.Remove(next);
            foreach (var i in outside) nearest[i] = Math.Min(nearest[i], reach[next, i]);
        }

        return [.. weights.Order()];
    }

    /// <summary>Connected components of the rows under a relation; -1 for rows left out.</summary>
    public static int[] Components(int n, Func<int, bool> member, Func<int, int, bool> linked)
    {
        var labels = new int[n];
        Array.Fill(labels, -1);
        var count = 0;
        for (var i = 0; i < n; i++)
        {
            if (labels[i] >= 0 || !member(i)) continue;
            var work = new Stack<int>([i]);
            labels[i] = count;
            while (work.TryPop(out var at))
            {
                for (var j = 0; j < n; j++)
                {
                    if (labels[j] >= 0 || !member(j) || !linked(at, j)) continue;
                    labels[j] = count;
                    work.Push(j);
                }
            }

            count++;
        }

        return labels;
    }

    /// <summary>HDBSCAN* by its definition: components of the rows at every level, condensed, the most stable ones.</summary>
    public static int[] Hdbscan(double[,] reach, int minClusterSize)
    {
        var n = reach.GetLength(0);
        var labels = new int[n];
        Array.Fill(labels, -1);
        var chosen = Best(reach, [.. Enumerable.Range(0, n)], 0, minClusterSize, root: true, out _);
        var number = 0;
        foreach (var cluster in chosen.OrderBy(c => c.Min()))
        {
            foreach (var row in cluster) labels[row] = number;
            number++;
        }

        return labels;
    }

    static List<int[]> Best(double[,] reach, int[] rows, double birth, int minClusterSize, bool root, out double stability)
    {
        var own = 0.0;
        var living = rows;
        List<int[]> parts;
        double lambda;
        while (true)
        {
            var within = living;
            // The level of the component: the largest edge of its spanning tree; just below it the component falls apart.
            var block = new double[within.Length, within.Length];
            for (var i = 0; i < within.Length; i++)
                for (var j = 0; j < within.Length; j++) block[i, j] = reach[within[i], within[j]];
            var level = within.Length == 1 ? 0 : TreeWeights(block)[^1];
            lambda = 1 / level;
            var labels = Components(within.Length, _ => true, (i, j) => within.Length > 1 && block[i, j] < level);
            parts = [.. labels.Select((l, i) => (l, Row: within[i])).GroupBy(p => p.l).Select(g => g.Select(p => p.Row).ToArray()).Where(p => p.Length >= minClusterSize)];
            if (parts.Count == 1)
            {
                own += (within.Length - parts[0].Length) * (lambda - birth);
                living = parts[0];
                continue;
            }

            own += within.Length * (lambda - birth);
            break;
        }

        var below = new List<int[]>();
        var sum = 0.0;
        foreach (var part in parts)
        {
            below.AddRange(Best(reach, part, lambda, minClusterSize, root: false, out var s));
            sum += s;
        }

        stability = Math.Max(own, sum);
        return root || (parts.Count > 0 && sum > own) ? below : [rows];
    }
}
