using Coterie.Numerics;

namespace Coterie.Decisions;

/// <summary>A number for each pair of products, row by row, zeros left out.</summary>
static class ProductPairs
{
    /// <summary>Where each product stands: <c>Customers[e]</c> and <c>Places[e]</c> for e in [Offsets[p], Offsets[p + 1]), by customer, then by place.</summary>
    internal sealed record Occurrences(int[] Offsets, int[] Customers, int[] Places);

    internal static Occurrences Of(ItemHistories histories)
    {
        var offsets = new int[histories.Products.Count + 1];
        foreach (var history in histories.Histories)
            foreach (var product in history) offsets[product + 1]++;
        for (var p = 0; p < histories.Products.Count; p++) offsets[p + 1] = checked(offsets[p] + offsets[p + 1]);
        var (customers, places, next) = (new int[offsets[^1]], new int[offsets[^1]], offsets.ToArray());
        for (var c = 0; c < histories.Count; c++)
        {
            for (var at = 0; at < histories.Histories[c].Length; at++)
            {
                var e = next[histories.Histories[c][at]]++;
                (customers[e], places[e]) = (c, at);
            }
        }

        return new(offsets, customers, places);
    }

    /// <summary>Fills one row of a table: adds to the dense row what belongs to the product.</summary>
    internal delegate void Fill(int product, float[] row);

    /// <summary>Every row by itself, in any order of threads; a row keeps its <paramref name="keep"/> largest numbers.</summary>
    /// <param name="keep">0 keeps all.</param>
    internal static SparseMatrix Build(int products, Fill fill, int keep, int threads)
    {
        var rows = new KeyValuePair<int, float>[products][];
        Chunks.For(products, threads, (_, start, end) =>
        {
            var dense = new float[products];
            for (var p = start; p < end; p++)
            {
                Array.Clear(dense);
                fill(p, dense);
                var found = new List<KeyValuePair<int, float>>();
                for (var q = 0; q < products; q++)
                    if (dense[q] > 0) found.Add(new(q, dense[q]));
                rows[p] = keep > 0 && found.Count > keep ? [.. found.OrderByDescending(f => f.Value).ThenBy(f => f.Key).Take(keep).OrderBy(f => f.Key)] : [.. found];
            }
        });

        var offsets = new int[products + 1];
        for (var p = 0; p < products; p++) offsets[p + 1] = checked(offsets[p] + rows[p].Length);
        return new(products, products, offsets, [.. rows.SelectMany(r => r.Select(f => f.Key))], [.. rows.SelectMany(r => r.Select(f => f.Value))]);
    }

    /// <summary>scores += weight x row of the table.</summary>
    internal static void AddRow(SparseMatrix table, int product, float weight, Span<float> scores)
    {
        for (var e = table.Offsets[product]; e < table.Offsets[product + 1]; e++) scores[table.Places[e]] += weight * table.Values[e];
    }

    /// <summary>One number of the table; 0 where there is none.</summary>
    internal static float Value(SparseMatrix table, int row, int column)
    {
        var at = Array.BinarySearch(table.Places, table.Offsets[row], table.Offsets[row + 1] - table.Offsets[row], column);
        return at < 0 ? 0 : table.Values[at];
    }
}
