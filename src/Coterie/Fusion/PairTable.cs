using Coterie.Evaluation;
using Coterie.Numerics;

namespace Coterie.Fusion;

/// <summary>Customers by the pair of clusters that two labelings put them in, without empty clusters. Everything about agreement is a
/// function of this table, so the order of customers cannot matter. Clusters stand in an order of their own (by size, then by how they
/// split), so that random draws do not depend on the numbers that an algorithm gave them.</summary>
/// <param name="Cells">rows x columns of customers.</param>
/// <param name="RowSizes">Customers by row.</param>
/// <param name="ColumnSizes">Customers by column.</param>
/// <param name="RowLabels">The first labeling's number of each row.</param>
/// <param name="ColumnLabels">The second labeling's number of each column.</param>
/// <param name="Count">Customers in the table.</param>
sealed record PairTable(int[][] Cells, int[] RowSizes, int[] ColumnSizes, int[] RowLabels, int[] ColumnLabels, int Count)
{
    // Validated: equal lengths. A negative label leaves the customer out.
    public static PairTable Of(ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        var counts = Clustering.Metrics.Agreement.Contingency(first, second);
        int rows = counts.GetLength(0), columns = counts.GetLength(1);
        var byRow = new int[rows][];
        var byColumn = new int[columns][];
        for (var i = 0; i < rows; i++) byRow[i] = new int[columns];
        for (var j = 0; j < columns; j++) byColumn[j] = new int[rows];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++) byRow[i][j] = byColumn[j][i] = counts[i, j];
        int[] rowOrder = Canonical(byRow), columnOrder = Canonical(byColumn);
        int[][] cells = [.. rowOrder.Select(i => columnOrder.Select(j => byRow[i][j]).ToArray())];
        return From(cells, rowOrder, columnOrder);
    }

    static PairTable From(int[][] cells, int[] rowLabels, int[] columnLabels)
    {
        var columnSizes = new int[columnLabels.Length];
        foreach (var row in cells)
            for (var j = 0; j < row.Length; j++) columnSizes[j] += row[j];
        return new(cells, [.. cells.Select(r => r.Sum())], columnSizes, rowLabels, columnLabels, columnSizes.Sum());
    }

    // Clusters with customers, by size and then by their sizes within the other labeling, largest first.
    static int[] Canonical(int[][] splits)
    {
        var profiles = splits.Select(s => s.OrderDescending().ToArray()).ToArray();
        var order = Enumerable.Range(0, splits.Length).Where(i => splits[i].Sum() > 0).ToArray();
        Array.Sort(order, (a, b) =>
        {
            var bySize = splits[b].Sum().CompareTo(splits[a].Sum());
            for (var p = 0; bySize == 0 && p < profiles[a].Length; p++) bySize = profiles[b][p].CompareTo(profiles[a][p]);
            return bySize != 0 ? bySize : a.CompareTo(b);
        });
        return order;
    }

    /// <summary>As many customers drawn with replacement.</summary>
    public PairTable Resampled(Rng rng)
    {
        var cellOf = new int[Count];
        var columns = ColumnSizes.Length;
        var next = 0;
        for (var i = 0; i < Cells.Length; i++)
            for (var j = 0; j < columns; j++)
                for (var c = 0; c < Cells[i][j]; c++) cellOf[next++] = i * columns + j;
        var drawn = new int[Cells.Length * columns];
        for (var i = 0; i < Count; i++) drawn[cellOf[rng.NextInt(Count)]]++;
        return From([.. Cells.Select((_, i) => drawn[(i * columns)..((i + 1) * columns)])], RowLabels, ColumnLabels).WithoutEmpty();
    }

    /// <summary>The same cluster sizes, customers of the two labelings paired at random.</summary>
    public PairTable Shuffled(Rng rng)
    {
        var second = new int[Count];
        var next = 0;
        for (var j = 0; j < ColumnSizes.Length; j++)
            for (var c = 0; c < ColumnSizes[j]; c++) second[next++] = j;
        rng.Shuffle(second.AsSpan());
        next = 0;
        var cells = new int[Cells.Length][];
        for (var i = 0; i < cells.Length; i++)
        {
            cells[i] = new int[ColumnSizes.Length];
            for (var c = 0; c < RowSizes[i]; c++) cells[i][second[next++]]++;
        }

        return this with { Cells = cells };
    }

    PairTable WithoutEmpty()
    {
        if (!RowSizes.Contains(0) && !ColumnSizes.Contains(0)) return this;
        int[] rows = [.. Enumerable.Range(0, RowSizes.Length).Where(i => RowSizes[i] > 0)];
        int[] columns = [.. Enumerable.Range(0, ColumnSizes.Length).Where(j => ColumnSizes[j] > 0)];
        return From([.. rows.Select(i => columns.Select(j => Cells[i][j]).ToArray())], [.. rows.Select(i => RowLabels[i])], [.. columns.Select(j => ColumnLabels[j])]);
    }

    Contingency Table => new(Count, new string[RowSizes.Length], new string[ColumnSizes.Length], Cells, RowSizes, ColumnSizes);

    public double Ari => Count < 2 ? 1 : PairCounting.AdjustedRand(Table);

    /// <summary>Adjusted mutual information; the expectation depends on the sizes alone, so that shuffled tables share it.</summary>
    public double Ami(double? expected = null)
    {
        var table = Table;
        return Information.AdjustedMutual(table, Information.Mutual(table), Information.Entropy(RowSizes, Count), Information.Entropy(ColumnSizes, Count), expected);
    }

    public double ExpectedMutual() => Information.ExpectedMutual(RowSizes, ColumnSizes, Count);

    /// <summary>For every row its column, so that the most customers lie on the matched cells, and of several such matchings the one that the sizes alone
    /// make least likely, so that kappa is the same in both directions; -1 without a customer in common.</summary>
    public int[] Match()
    {
        var cost = new double[RowSizes.Length, ColumnSizes.Length];
        double n = Count;
        // The sum of the products over a matching is at most 1 - 1/(n^2 + 1) customer: it decides between equals only.
        for (var i = 0; i < RowSizes.Length; i++)
            for (var j = 0; j < ColumnSizes.Length; j++)
                if (Cells[i][j] > 0) cost[i, j] = (double)RowSizes[i] * ColumnSizes[j] / (n * n + 1) - Cells[i][j];
        var match = Hungarian.Match(cost);
        for (var i = 0; i < match.Length; i++)
            if (match[i] >= 0 && Cells[i][match[i]] == 0) match[i] = -1;
        return match;
    }

    /// <summary>(p_o - p_e) / (1 - p_e) of the matched labelings (Cohen 1960); 1 when neither labeling splits anybody.</summary>
    public double Kappa()
    {
        if (Count == 0 || (RowSizes.Length <= 1 && ColumnSizes.Length <= 1)) return 1;
        double observed = 0, expected = 0, n = Count;
        var match = Match();
        for (var i = 0; i < match.Length; i++)
        {
            if (match[i] < 0) continue;
            observed += Cells[i][match[i]] / n;
            expected += RowSizes[i] / n * (ColumnSizes[match[i]] / n);
        }

        return (observed - expected) / (1 - expected);
    }
}
