namespace Coterie.Server.Live;

/// <summary>Sort keys of members and the orders by them.</summary>
static class MemberKeys
{
    public static double Spend(double value) => double.IsNaN(value) ? double.NegativeInfinity : value;

    public static double Recency(double value) => double.IsNaN(value) ? double.PositiveInfinity : value;

    /// <summary>Numbers 0 .. n-1 by their key, equal ones by number.</summary>
    /// <param name="keys">n, no NaN; null for the order of the numbers themselves.</param>
    public static int[] Sorted(int count, double[]? keys)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++) order[i] = i;
        if (keys is null) return order;
        var sorted = (double[])keys.Clone();
        Array.Sort(sorted, order);
        // The sort is not stable: runs of equal keys are put in order afterwards.
        for (int from = 0, until; from < count; from = until)
        {
            for (until = from + 1; until < count && sorted[until].Equals(sorted[from]);) until++;
            if (until - from > 1) Array.Sort(order, from, until - from);
        }

        return order;
    }

    /// <summary>The same order within each segment, segment after segment.</summary>
    /// <param name="counts">Customers of each segment.</param>
    public static int[] BySegment(int[] order, ushort[] segments, int[] counts)
    {
        var at = new int[counts.Length];
        for (var s = 1; s < counts.Length; s++) at[s] = at[s - 1] + counts[s - 1];
        var result = new int[order.Length];
        foreach (var i in order) result[at[segments[i]]++] = i;
        return result;
    }
}
