namespace Coterie.Decisions;

/// <summary>Purchase histories as the models see them, equal ones together: m distinct rows with the number of customers of each.</summary>
internal sealed class PurchaseRows
{
    PurchaseRows(int[] x, double[] recency, double[] age, double[] weight, int[] rowOf)
    {
        (Repeats, Recency, Age, Weight, RowOf) = (x, recency, age, weight, rowOf);
        foreach (var repeats in x) MostRepeats = Math.Max(MostRepeats, repeats);
    }

    /// <summary>x: purchases after the first.</summary>
    internal int[] Repeats { get; }
    /// <summary>t_x: from the first purchase to the last, in weeks.</summary>
    internal double[] Recency { get; }
    /// <summary>T: from the first purchase to the end of observation, in weeks.</summary>
    internal double[] Age { get; }
    internal double[] Weight { get; }
    /// <summary>n customers to their rows.</summary>
    internal int[] RowOf { get; }
    internal int Count => Repeats.Length;
    internal int MostRepeats { get; }

    /// <summary>Groups equal rows, in the order in which they first occur.</summary>
    internal static PurchaseRows Of(ReadOnlySpan<int> repeats, ReadOnlySpan<double> recency, ReadOnlySpan<double> age)
    {
        var places = new Dictionary<(int, double, double), int>();
        var rowOf = new int[repeats.Length];
        List<int> x = [];
        List<double> tx = [], t = [], weight = [];
        for (var i = 0; i < rowOf.Length; i++)
        {
            if (places.TryGetValue((repeats[i], recency[i], age[i]), out var row)) weight[row]++;
            else
            {
                row = places[(repeats[i], recency[i], age[i])] = x.Count;
                x.Add(repeats[i]);
                tx.Add(recency[i]);
                t.Add(age[i]);
                weight.Add(1);
            }

            rowOf[i] = row;
        }

        return new([.. x], [.. tx], [.. t], [.. weight], rowOf);
    }

    /// <summary>The histories of <paramref name="customers"/> customers spread evenly over all; the same object when there are no more distinct rows than that.</summary>
    internal PurchaseRows Thinned(int customers)
    {
        if (Count <= customers) return this;
        // Customers are drawn, not rows: a row that many share must keep its share.
        var drawn = new double[Count];
        for (var i = 0; i < customers; i++) drawn[RowOf[(int)((long)i * RowOf.Length / customers)]]++;
        var taken = Enumerable.Range(0, Count).Where(row => drawn[row] > 0).ToArray();
        return new([.. taken.Select(i => Repeats[i])], [.. taken.Select(i => Recency[i])], [.. taken.Select(i => Age[i])], [.. taken.Select(i => drawn[i])], []);
    }

    internal double Customers => Weight.Sum();
}
