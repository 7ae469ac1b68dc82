namespace Coterie.Numerics;

/// <summary>The assignment problem in O(n^3) by shortest augmenting paths (Kuhn 1955; Jonker and Volgenant 1987).</summary>
public static class Hungarian
{
    /// <summary>For each row the column matched to it so that the sum of costs is least, or -1 when there are more rows than columns
    /// and the row stays unmatched. Costs are rows x columns and finite.</summary>
    public static int[] Match(double[,] cost)
    {
        int rows = cost.GetLength(0), columns = cost.GetLength(1);
        if (rows <= columns) return Solve(rows, columns, (i, j) => cost[i, j]);
        var byColumn = Solve(columns, rows, (j, i) => cost[i, j]);
        var match = new int[rows];
        Array.Fill(match, -1);
        for (var j = 0; j < columns; j++) match[byColumn[j]] = j;
        return match;
    }

    /// <summary>The matching of largest total instead, for contingency tables.</summary>
    public static int[] MatchMost(int[,] counts)
    {
        int rows = counts.GetLength(0), columns = counts.GetLength(1);
        var cost = new double[rows, columns];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++) cost[i, j] = -(double)counts[i, j];
        return Match(cost);
    }

    // n <= m. Potentials u (rows) and v (columns), 1-based with a virtual column 0.
    static int[] Solve(int n, int m, Func<int, int, double> cost)
    {
        double[] u = new double[n + 1], v = new double[m + 1];
        int[] rowOf = new int[m + 1], way = new int[m + 1];
        for (var i = 1; i <= n; i++)
        {
            rowOf[0] = i;
            var column = 0;
            var least = new double[m + 1];
            Array.Fill(least, double.PositiveInfinity);
            var used = new bool[m + 1];
            do
            {
                used[column] = true;
                int row = rowOf[column], next = 0;
                var delta = double.PositiveInfinity;
                for (var j = 1; j <= m; j++)
                {
                    if (used[j]) continue;
                    var reduced = cost(row - 1, j - 1) - u[row] - v[j];
                    if (reduced < least[j]) (least[j], way[j]) = (reduced, column);
                    if (least[j] < delta) (delta, next) = (least[j], j);
                }

                for (var j = 0; j <= m; j++)
                {
                    if (used[j])
                    {
                        u[rowOf[j]] += delta;
                        v[j] -= delta;
                    }
                    else least[j] -= delta;
                }

                column = next;
            }
            while (rowOf[column] != 0);

            while (column != 0)
            {
                rowOf[column] = rowOf[way[column]];
                column = way[column];
            }
        }

        var match = new int[n];
        for (var j = 1; j <= m; j++)
            if (rowOf[j] > 0) match[rowOf[j] - 1] = j - 1;
        return match;
    }
}
