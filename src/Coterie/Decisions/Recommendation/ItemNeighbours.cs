using Coterie.Numerics;

namespace Coterie.Decisions;

/// <summary>How likeness of products by the customers that they share is used.</summary>
public sealed record ItemNeighboursOptions
{
    /// <summary>Likest products that are kept for each; 0 keeps all.</summary>
    public int Neighbours { get; init; } = 200;
    /// <summary>Added to the number of customers of a product: pairs that share one customer by chance lose weight.</summary>
    public double Shrink { get; init; } = 10;
    /// <summary>The vote of each earlier event, in shares of the next one's; 1 forgets the order.</summary>
    public double Decay { get; init; } = 0.8;
    /// <summary>Threads; 0 takes all. The numbers do not depend on it.</summary>
    public int Threads { get; init; }

    internal IEnumerable<string> Problems()
    {
        if (Neighbours < 0) yield return $"neighbours: neighbours is {Neighbours}; expected 0 or more.";
        if (!(Shrink >= 0 && double.IsFinite(Shrink))) yield return $"neighbours: shrink is {Shrink}; expected 0 or more.";
        if (!(Decay is > 0 and <= 1)) yield return $"neighbours: decay is {Decay}; expected more than 0, at most 1.";
        if (Threads < 0) yield return $"neighbours: threads is {Threads}; expected 0 or more.";
    }
}

/// <summary>Products that the same customers took: cosine of the two sets of customers, summed over the history.</summary>
/// <remarks>Deshpande and Karypis 2004, "Item-based top-N recommendation algorithms", with votes that fade with age.</remarks>
public sealed class ItemNeighbours : ItemRecommender
{
    // A vote below this share of the newest cannot change a list.
    const double Least = 1e-4;

    readonly SparseMatrix table;
    readonly ItemNeighboursOptions options;

    ItemNeighbours(IReadOnlyList<string> products, SparseMatrix table, ItemNeighboursOptions options)
    {
        Products = products;
        this.table = table;
        this.options = options;
    }

    public override IReadOnlyList<string> Products { get; }

    /// <exception cref="ConfigurationException">Lists every problem of the options.</exception>
    /// <exception cref="InputException">The histories are not usable.</exception>
    public static ItemNeighbours Fit(ItemHistories histories, ItemNeighboursOptions options)
    {
        var problems = options.Problems().ToArray();
        if (problems.Length > 0) throw new ConfigurationException(string.Join('\n', problems));
        histories.Check();
        // A customer counts once for a product, however often they took it.
        var sets = histories with { Histories = [.. histories.Histories.Select(h => h.Distinct().ToArray())] };
        var where = ProductPairs.Of(sets);
        var scale = new float[sets.Products.Count];
        for (var p = 0; p < scale.Length; p++) scale[p] = (float)(1 / Math.Sqrt(where.Offsets[p + 1] - where.Offsets[p] + options.Shrink));
        void Fill(int product, float[] row)
        {
            for (var e = where.Offsets[product]; e < where.Offsets[product + 1]; e++)
                foreach (var other in sets.Histories[where.Customers[e]]) row[other]++;
            row[product] = 0;
            for (var q = 0; q < row.Length; q++) row[q] *= scale[product] * scale[q];
        }

        return new(histories.Products, ProductPairs.Build(scale.Length, Fill, options.Neighbours, options.Threads), options);
    }

    /// <summary>The same likeness, with other votes for earlier events.</summary>
    internal ItemNeighbours WithDecay(double decay) => new(Products, table, options with { Decay = decay });

    protected override Matrix ScoreAll(IReadOnlyList<int[]> histories)
    {
        var scores = new Matrix(histories.Count, Products.Count);
        for (var i = 0; i < histories.Count; i++)
        {
            var row = scores.Row(i);
            var weight = 1.0;
            for (var back = 1; back <= histories[i].Length && weight >= Least; back++, weight *= options.Decay)
                ProductPairs.AddRow(table, histories[i][^back], (float)weight, row);
        }

        return scores;
    }

    internal override void AddReasons(int[] history, int product, double weight, Dictionary<int, double> reasons)
    {
        var vote = 1.0;
        for (var back = 1; back <= history.Length && vote >= Least; back++, vote *= options.Decay)
            reasons[history[^back]] = reasons.GetValueOrDefault(history[^back]) + weight * vote * ProductPairs.Value(table, history[^back], product);
    }
}
