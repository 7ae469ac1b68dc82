namespace Coterie.Fusion;

/// <summary>Ward's method (1963) on cells of customers by weighted co-association: the squared distance of two cells is 1 minus the share of
/// the views' weight that puts their customers together (evidence accumulation, Fred and Jain 2005), as half the squared distance of their
/// mean opinions; cells count by their customers. O(C²) memory in the number of cells.</summary>
static class WardCells
{
    /// <summary>For each k of 1 .. most (index k - 1; most is at most the number of cells) the partition of cells into k parts.</summary>
    /// <param name="table">C cells.</param>
    /// <param name="weights">One for each view.</param>
    /// <param name="most">Largest number of parts asked for.</param>
    public static int[][] Partitions(CellTable table, double[] weights, int most)
    {
        var n = table.Cells;
        most = Math.Min(most, n);
        var partitions = new int[most][];
        var cost = Costs(table, weights);
        double[] mass = [.. table.Counts.Select(c => (double)c)];
        var part = Enumerable.Range(0, n).ToArray();
        var alive = Enumerable.Repeat(true, n).ToArray();
        var nearest = new int[n];
        for (var i = 0; i < n; i++) nearest[i] = Nearest(cost, alive, i);
        for (var parts = n; parts >= 1; parts--)
        {
            if (parts <= most) partitions[parts - 1] = Dense(part);
            if (parts == 1) break;
            var a = -1;
            for (var i = 0; i < n; i++)
                if (alive[i] && nearest[i] >= 0 && (a < 0 || cost[i][nearest[i]] < cost[a][nearest[a]])) a = i;
            var b = nearest[a];
            Merge(cost, mass, alive, a, b);
            for (var c = 0; c < n; c++)
                if (part[c] == b) part[c] = a;
            // The method is reducible: a merged part is no nearer to anybody than the nearer of its two was, so other rows keep their nearest.
            for (var i = 0; i < n; i++)
                if (alive[i] && (i == a || nearest[i] == a || nearest[i] == b)) nearest[i] = Nearest(cost, alive, i);
        }

        return partitions;
    }

    // C x C, symmetric: m_i m_j / (m_i + m_j) times the squared distance.
    static double[][] Costs(CellTable table, double[] weights)
    {
        var n = table.Cells;
        var total = weights.Sum();
        var cost = new double[n][];
        for (var i = 0; i < n; i++) cost[i] = new double[n];
        for (var i = 0; i < n; i++)
        {
            for (var j = i + 1; j < n; j++)
            {
                double square = 0;
                for (var v = 0; v < table.Views; v++)
                {
                    var k = table.Clusters(v);
                    double apart = 0;
                    for (var l = 0; l < k; l++)
                    {
                        var d = table.Means[v][i * k + l] - table.Means[v][j * k + l];
                        apart += d * d;
                    }

                    square += weights[v] / total * apart / 2;
                }

                double a = table.Counts[i], b = table.Counts[j];
                cost[i][j] = cost[j][i] = a * b / (a + b) * square;
            }
        }

        return cost;
    }

    // Lance and Williams (1967), for Ward's criterion; b goes into a.
    static void Merge(double[][] cost, double[] mass, bool[] alive, int a, int b)
    {
        alive[b] = false;
        for (var i = 0; i < mass.Length; i++)
        {
            if (!alive[i] || i == a) continue;
            cost[a][i] = cost[i][a] = ((mass[i] + mass[a]) * cost[i][a] + (mass[i] + mass[b]) * cost[i][b] - mass[i] * cost[a][b])
                / (mass[i] + mass[a] + mass[b]);
        }

        mass[a] += mass[b];
    }

    // Among later rows, so that every pair is looked at once; the first of equals.
    static int Nearest(double[][] cost, bool[] alive, int i)
    {
        var best = -1;
        for (var j = i + 1; j < alive.Length; j++)
            if (alive[j] && (best < 0 || cost[i][j] < cost[i][best])) best = j;
        return best;
    }

    static int[] Dense(int[] part)
    {
        var number = new Dictionary<int, int>();
        foreach (var p in part) number.TryAdd(p, number.Count);
        return [.. part.Select(p => number[p])];
    }
}
