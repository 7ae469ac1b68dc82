using Coterie.Numerics;

namespace Coterie.Decisions;

/// <summary>How the linear model between products is fitted.</summary>
public sealed record EaseOptions
{
    /// <summary>Ridge penalty, in customers.</summary>
    public double Penalty { get; init; } = 300;
    /// <summary>Products that take part, the most often taken first: the fit needs two numbers of eight bytes for every pair of them. The others are neither
    /// reasons nor suggestions of this model.</summary>
    public int MostProducts { get; init; } = 5000;
    /// <summary>The vote of each earlier event, in shares of the next one's; 1 forgets the order.</summary>
    public double Decay { get; init; } = 1;
    /// <summary>Threads; 0 takes all. The numbers do not depend on it.</summary>
    public int Threads { get; init; }

    internal IEnumerable<string> Problems()
    {
        if (!(Penalty > 0 && double.IsFinite(Penalty))) yield return $"ease: penalty is {Penalty}; expected more than 0.";
        if (MostProducts is < 1 or > 40_000) yield return $"ease: most products is {MostProducts}; expected 1 to 40000.";
        if (!(Decay is > 0 and <= 1)) yield return $"ease: decay is {Decay}; expected more than 0, at most 1.";
        if (Threads < 0) yield return $"ease: threads is {Threads}; expected 0 or more.";
    }
}

/// <summary>Every product as a weighted sum of the others that a customer took: least squares in closed form, with no weight of a product on itself.</summary>
/// <remarks>Steck 2019, "Embarrassingly shallow autoencoders for sparse data": with P the inverse of X^T X + penalty I, the weight of i on j is -P_ij / P_jj.
/// Votes that fade with age are ours.</remarks>
public sealed class Ease : ItemRecommender
{
    // A vote below this share of the newest cannot change a list.
    const double Least = 1e-4;

    readonly EaseOptions options;
    // Place in the table of weights, or -1.
    readonly int[] places;
    readonly int[] kept;
    readonly Matrix weights;

    Ease(IReadOnlyList<string> products, int[] places, int[] kept, Matrix weights, EaseOptions options)
    {
        Products = products;
        this.places = places;
        this.kept = kept;
        this.weights = weights;
        this.options = options;
    }

    public override IReadOnlyList<string> Products { get; }
    /// <summary>Products that take part.</summary>
    public int Kept => kept.Length;

    /// <exception cref="ConfigurationException">Lists every problem of the options.</exception>
    /// <exception cref="InputException">The histories are not usable.</exception>
    public static Ease Fit(ItemHistories histories, EaseOptions options)
    {
        var problems = options.Problems().ToArray();
        if (problems.Length > 0) throw new ConfigurationException(string.Join('\n', problems));
        histories.Check();
        var threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        // A customer counts once for a product, however often they took it.
        var sets = histories with { Histories = [.. histories.Histories.Select(h => h.Distinct().ToArray())] };
        var where = ProductPairs.Of(sets);
        int Customers(int product) => where.Offsets[product + 1] - where.Offsets[product];
        int[] kept = [.. Enumerable.Range(0, sets.Products.Count).Where(p => Customers(p) > 0)
            .OrderByDescending(Customers).ThenBy(p => p).Take(options.MostProducts).Order()];
        var places = new int[sets.Products.Count];
        Array.Fill(places, -1);
        for (var k = 0; k < kept.Length; k++) places[kept[k]] = k;

        var inverse = SpdInverse.Of(kept.Length, (i, row) =>
        {
            Array.Clear(row, 0, i + 1);
            for (var e = where.Offsets[kept[i]]; e < where.Offsets[kept[i] + 1]; e++)
                foreach (var other in sets.Histories[where.Customers[e]])
                    if (places[other] is var j and >= 0 && j <= i) row[j]++;
            row[i] += options.Penalty;
        }, threads) ?? throw new InvalidOperationException("A sum of squares with a penalty is positive definite.");

        var weights = new Matrix(kept.Length, kept.Length);
        var diagonal = new double[kept.Length];
        for (var j = 0; j < diagonal.Length; j++) diagonal[j] = inverse[j, j];
        Chunks.Each(kept.Length, threads, i =>
        {
            var row = weights.Row(i);
            for (var j = 0; j < row.Length; j++) row[j] = i == j ? 0 : (float)(-inverse[i, j] / diagonal[j]);
        });
        return new(histories.Products, places, kept, weights, options);
    }

    /// <summary>The same weights, with other votes for earlier events.</summary>
    internal Ease WithDecay(double decay) => new(Products, places, kept, weights, options with { Decay = decay });

    /// <summary>The weight of one product on another: what the score of <paramref name="to"/> gains when <paramref name="from"/> was taken.</summary>
    public float Weight(int from, int to) => places[from] < 0 || places[to] < 0 ? 0 : weights[places[from], places[to]];

    /// <summary>Each product of a history once, with the vote of the newest time it was taken.</summary>
    IEnumerable<KeyValuePair<int, double>> Votes(int[] history)
    {
        var seen = new HashSet<int>();
        var vote = 1.0;
        for (var back = 1; back <= history.Length && vote >= Least; back++, vote *= options.Decay)
            if (seen.Add(history[^back])) yield return new(history[^back], vote);
    }

    protected override Matrix ScoreAll(IReadOnlyList<int[]> histories)
    {
        var scores = new Matrix(histories.Count, Products.Count);
        Chunks.Each(histories.Count, options.Threads > 0 ? options.Threads : Environment.ProcessorCount, i =>
        {
            var sums = new float[kept.Length];
            foreach (var (product, vote) in Votes(histories[i]))
                if (places[product] >= 0) AlsKernel.AddScaled((float)vote, weights.Row(places[product]), sums);
            var row = scores.Row(i);
            for (var k = 0; k < kept.Length; k++) row[kept[k]] = sums[k];
        });
        return scores;
    }

    internal override void AddReasons(int[] history, int product, double weight, Dictionary<int, double> reasons)
    {
        foreach (var (from, vote) in Votes(history)) reasons[from] = reasons.GetValueOrDefault(from) + weight * vote * Weight(from, product);
    }
}
