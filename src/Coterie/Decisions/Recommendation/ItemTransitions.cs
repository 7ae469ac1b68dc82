using Coterie.Numerics;

namespace Coterie.Decisions;

/// <summary>How what follows what is counted.</summary>
public sealed record ItemTransitionsOptions
{
    /// <summary>Steps ahead that count as "follows"; 1 is a Markov chain of first order.</summary>
    public int Window { get; init; } = 5;
    /// <summary>A pair d steps apart counts d^-distance.</summary>
    public double Distance { get; init; } = 1;
    /// <summary>The last events of a history that vote.</summary>
    public int Votes { get; init; } = 10;
    /// <summary>The vote of each earlier event, in shares of the next one's.</summary>
    public double Decay { get; init; } = 0.7;
    /// <summary>A row of counts is divided by its sum to this power: 0 leaves counts, 1 makes shares.</summary>
    public double Shares { get; init; } = 0.5;
    /// <summary>Weight of how often a product is taken at all, as a share of all events, added to the votes: it ranks what no vote is cast for.</summary>
    public double Popularity { get; init; } = 1e-3;
    /// <summary>Threads; 0 takes all. The numbers do not depend on it.</summary>
    public int Threads { get; init; }

    internal IEnumerable<string> Problems()
    {
        if (Window < 1) yield return $"transitions: window is {Window}; expected 1 or more.";
        if (!(Distance >= 0 && double.IsFinite(Distance))) yield return $"transitions: distance is {Distance}; expected 0 or more.";
        if (Votes < 1) yield return $"transitions: votes is {Votes}; expected 1 or more.";
        if (!(Decay is > 0 and <= 1)) yield return $"transitions: decay is {Decay}; expected more than 0, at most 1.";
        if (!(Shares is >= 0 and <= 1)) yield return $"transitions: shares is {Shares}; expected 0 to 1.";
        if (!(Popularity >= 0 && double.IsFinite(Popularity))) yield return $"transitions: popularity is {Popularity}; expected 0 or more.";
        if (Threads < 0) yield return $"transitions: threads is {Threads}; expected 0 or more.";
    }
}

/// <summary>Counts what follows what: a Markov chain of first order, or sequential rules, whose votes fade with distance and age.</summary>
/// <remarks>Kamehkhosh, Jannach and Ludewig 2017, "A comparison of frequent pattern techniques and a deep learning method for session-based
/// recommendation" (sequential rules, weights of 1/d).</remarks>
public sealed class ItemTransitions : ItemRecommender
{
    readonly SparseMatrix table;
    readonly float[] popularity;
    readonly ItemTransitionsOptions options;

    ItemTransitions(IReadOnlyList<string> products, SparseMatrix table, float[] popularity, ItemTransitionsOptions options)
    {
        Products = products;
        this.table = table;
        this.popularity = popularity;
        this.options = options;
    }

    public override IReadOnlyList<string> Products { get; }

    /// <exception cref="ConfigurationException">Lists every problem of the options.</exception>
    /// <exception cref="InputException">The histories are not usable.</exception>
    public static ItemTransitions Fit(ItemHistories histories, ItemTransitionsOptions options)
    {
        var problems = options.Problems().ToArray();
        if (problems.Length > 0) throw new ConfigurationException(string.Join('\n', problems));
        histories.Check();
        var weights = Enumerable.Range(1, options.Window).Select(d => (float)Math.Pow(d, -options.Distance)).ToArray();
        var where = ProductPairs.Of(histories);
        var table = ProductPairs.Build(histories.Products.Count, (product, row) => Fill(histories, where, weights, options.Shares, product, row), 0, options.Threads);
        var popularity = new float[histories.Products.Count];
        for (var p = 0; p < popularity.Length; p++) popularity[p] = (float)(options.Popularity * (where.Offsets[p + 1] - where.Offsets[p]) / where.Places.Length);
        return new(histories.Products, table, popularity, options);
    }

    static void Fill(ItemHistories histories, ProductPairs.Occurrences where, float[] weights, double shares, int product, float[] row)
    {
        double sum = 0;
        for (var e = where.Offsets[product]; e < where.Offsets[product + 1]; e++)
        {
            var history = histories.Histories[where.Customers[e]];
            for (var d = 1; d <= weights.Length && where.Places[e] + d < history.Length; d++)
            {
                row[history[where.Places[e] + d]] += weights[d - 1];
                sum += weights[d - 1];
            }
        }

        if (sum == 0) return;
        var scale = (float)Math.Pow(sum, -shares);
        for (var q = 0; q < row.Length; q++) row[q] *= scale;
    }

    /// <summary>The same counts, with other votes for earlier events.</summary>
    internal ItemTransitions WithDecay(double decay) => new(Products, table, popularity, options with { Decay = decay });

    protected override Matrix ScoreAll(IReadOnlyList<int[]> histories)
    {
        var scores = new Matrix(histories.Count, Products.Count);
        for (var i = 0; i < histories.Count; i++)
        {
            var row = scores.Row(i);
            popularity.CopyTo(row);
            var weight = 1.0;
            for (var back = 1; back <= Math.Min(options.Votes, histories[i].Length); back++, weight *= options.Decay)
                ProductPairs.AddRow(table, histories[i][^back], (float)weight, row);
        }

        return scores;
    }

    internal override void AddReasons(int[] history, int product, double weight, Dictionary<int, double> reasons)
    {
        var vote = 1.0;
        for (var back = 1; back <= Math.Min(options.Votes, history.Length); back++, vote *= options.Decay)
            reasons[history[^back]] = reasons.GetValueOrDefault(history[^back]) + weight * vote * ProductPairs.Value(table, history[^back], product);
    }
}
