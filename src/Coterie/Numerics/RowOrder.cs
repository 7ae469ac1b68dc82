namespace Coterie.Numerics;

/// <summary>An order of the rows by their values alone. Random draws made along it do not depend on the order in which the rows
/// came, on a shift or scale of a column, or on constant columns.</summary>
static class RowOrder
{
    /// <summary>Row indices in lexicographic order of the values; equal rows keep their order.</summary>
    public static int[] Canonical(Matrix rows)
    {
        var order = new int[rows.Rows];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        Sort(rows, order, 0);
        return order;
    }

    /// <summary>How many different rows there are, by an order that puts equal rows side by side.</summary>
    public static int Distinct(Matrix rows, ReadOnlySpan<int> order)
    {
        var count = order.Length == 0 ? 0 : 1;
        for (var i = 1; i < order.Length; i++)
            if (!rows.Row(order[i]).SequenceEqual(rows.Row(order[i - 1]))) count++;
        return count;
    }

    /// <summary>At most so many of the indices, an even thinning of their order.</summary>
    public static int[] Every(int[] order, int most)
    {
        if (order.Length <= most) return order;
        var kept = new int[most];
        for (var i = 0; i < most; i++) kept[i] = order[(int)((long)i * order.Length / most)];
        return kept;
    }

    static void Sort(Matrix rows, Span<int> part, int column)
    {
        if (part.Length < 2) return;
        if (column == rows.Columns)
        {
            part.Sort();
            return;
        }

        var keys = new float[part.Length];
        for (var i = 0; i < keys.Length; i++) keys[i] = rows[part[i], column];
        keys.AsSpan().Sort(part);
        for (var start = 0; start < keys.Length;)
        {
            var end = start + 1;
            while (end < keys.Length && keys[end] == keys[start]) end++;
            if (end - start > 1) Sort(rows, part[start..end], column + 1);
            start = end;
        }
    }
}
