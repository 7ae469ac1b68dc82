namespace Coterie.Numerics;

/// <summary>The assignment problem: the one-to-one matching of least total cost, in O(n^3) by shortest augmenting paths with
/// potentials (Kuhn 1955, Munkres 1957; in the form of Jonker and Volgenant 1987).</summary>
public static class Hungarian
{
    /// <summary>For every row its column, or -1 where there are more rows than columns and the row stays without one.</summary>
    /// <param name="cost">rows x columns, finite; may be rectangular, may be empty.</param>
    /// <exception cref="ArgumentException">A cost is not finite.</exception>
    public static int[] Match(double[,] cost)
    {
        int rows = cost.GetLength(0), columns = cost.GetLength(1);
        foreach (var value in cost)
            if (!double.IsFinite(value)) throw new ArgumentException($"A cost is {value}; the matching needs finite costs.", nameof(cost));

        if (rows <= columns) return Assign(rows, columns, (row, column) => cost[row, column]);

        var rowOfColumn = Assign(columns, rows, (column, row) => cost[row, column]);
        var match = new int[rows];
        Array.Fill(match, -1);
        for (var column = 0; column < columns; column++) match[rowOfColumn[column]] = column;
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

    // Validated. Needs rows <= columns. Rows and columns are 1-based inside, 0 is the virtual start of each augmenting path.
    static int[] Assign(int rows, int columns, Func<int, int, double> cost)
    {
        var rowPotential = new double[rows + 1];
        var columnPotential = new double[columns + 1];
        var rowOf = new int[columns + 1];
        var previous = new int[columns + 1];
        var least = new double[columns + 1];
        var seen = new bool[columns + 1];

        for (var row = 1; row <= rows; row++)
        {
            rowOf[0] = row;
            Array.Fill(least, double.PositiveInfinity);
            Array.Clear(seen);
            var column = 0;
            do
            {
                seen[column] = true;
                var from = rowOf[column];
                var delta = double.PositiveInfinity;
                var next = 0;
                for (var c = 1; c <= columns; c++)
                {
                    if (seen[c]) continue;
                    var reduced = cost(from - 1, c - 1) - rowPotential[from] - columnPotential[c];
                    if (reduced < least[c])
                    {
                        least[c] = reduced;
                        previous[c] = column;
                    }

                    if (least[c] < delta)
                    {
                        delta = least[c];
                        next = c;
                    }
                }

                for (var c = 0; c <= columns; c++)
                {
                    if (seen[c])
                    {
                        rowPotential[rowOf[c]] += delta;
                        columnPotential[c] -= delta;
                    }
                    else
                    {
                        least[c] -= delta;
                    }
                }

                column = next;
            }
            while (rowOf[column] != 0);

            while (column != 0)
            {
                rowOf[column] = rowOf[previous[column]];
                column = previous[column];
            }
        }

        var match = new int[rows];
        for (var c = 1; c <= columns; c++)
            if (rowOf[c] > 0) match[rowOf[c] - 1] = c - 1;
        return match;
    }
}
