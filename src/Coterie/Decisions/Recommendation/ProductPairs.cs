using Coterie.Numerics;

namespace Coterie.Decisions;

/// <summary>A number for each pair of products, row by row, zeros left out.</summary>
static class ProductPairs
{
    // Rows that a thread takes at once; results do not depend on it.
    const int AtOnce = 64;

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
        var rows = new (int[] Places, float[] Values)[products];
        Chunks.Each((products + AtOnce - 1) / AtOnce, threads, block =>
        {
            var (dense, places, values) = (new float[products], new int[products], new float[products]);
            for (var p = block * AtOnce; p < Math.Min(products, (block + 1) * AtOnce); p++)
            {
                Array.Clear(dense);
                fill(p, dense);
                var found = 0;
                for (var q = 0; q < products; q++)
                    if (dense[q] > 0) (places[found], values[found++]) = (q, dense[q]);
                if (keep > 0 && found > keep) found = Largest(places, values, found, keep);
                rows[p] = (places[..found], values[..found]);
            }
        });

        var offsets = new int[products + 1];
        for (var p = 0; p < products; p++) offsets[p + 1] = checked(offsets[p] + rows[p].Places.Length);
        var (allPlaces, allValues) = (new int[offsets[^1]], new float[offsets[^1]]);
        for (var p = 0; p < products; p++)
        {
            rows[p].Places.CopyTo(allPlaces, offsets[p]);
            rows[p].Values.CopyTo(allValues, offsets[p]);
        }

        return new(products, products, offsets, allPlaces, allValues);
    }

    /// <summary>Moves the largest values to the front, in the order of their places; of equals the lower places.</summary>
    static int Largest(int[] places, float[] values, int found, int keep)
    {
        var sorted = values[..found];
        Array.Sort(sorted);
        // All above the least that is kept, and of those equal to it as many as there is room for.
        var least = sorted[found - keep];
        var above = found - 1;
        while (above >= 0 && sorted[above] > least) above--;
        var room = keep - (found - 1 - above);
        var kept = 0;
        for (var e = 0; e < found; e++)
        {
            if (values[e] < least || (values[e] == least && room-- <= 0)) continue;
            (places[kept], values[kept++]) = (places[e], values[e]);
        }

        return kept;
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
