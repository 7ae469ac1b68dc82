using Coterie.Numerics;

namespace Coterie.Decisions;

/// <summary>Likeness of products by what is written on them: words of the title, category, brand and price. It knows products that nobody took yet.</summary>
/// <remarks>Words weigh as term frequency times inverse document frequency (Salton and Buckley 1988), likeness is the cosine. A history's point is the sum of
/// its products', earlier ones less (Pazzani and Billsus 2007, content-based recommendation).</remarks>
public sealed class ContentVectors : ItemRecommender
{
    // Squared length that each kind of fact has in a product's vector before it is made one long: what is written says most, a price least.
    const double Title = 1, Category = 0.5, Brand = 0.3, Price = 0.15;
    // An event below this weight cannot change a list.
    const double Least = 1e-3;

    readonly SparseMatrix vectors;
    readonly double decay;

    ContentVectors(IReadOnlyList<string> products, SparseMatrix vectors, double decay)
    {
        Products = products;
        this.vectors = vectors;
        this.decay = decay;
    }

    public override IReadOnlyList<string> Products { get; }

    /// <param name="products">The catalogue.</param>
    /// <param name="facts">Of the same products.</param>
    /// <param name="decay">The vote of each earlier event, in shares of the next one's.</param>
    /// <exception cref="ConfigurationException">The decay is not in (0, 1].</exception>
    public static ContentVectors Fit(IReadOnlyList<string> products, ProductFacts facts, double decay)
    {
        if (!(decay is > 0 and <= 1)) throw new ConfigurationException($"content: decay is {decay}; expected more than 0, at most 1.");
        var words = new Dictionary<string, int>(StringComparer.Ordinal);
        var rows = new List<KeyValuePair<int, double>>[products.Count];
        int Place(string word) => words.TryGetValue(word, out var known) ? known : words[word] = words.Count;
        int[][] Coded(Func<int, IEnumerable<string>> of) => [.. Enumerable.Range(0, products.Count).Select(p => of(p).Select(Place).ToArray())];
        (int[][] Words, double Length)[] kinds =
        [
            (Coded(p => ProductWords.Of(facts.Titles[p]).Select(w => "t " + w)), Title),
            (Coded(p => ProductWords.Paths(facts.Categories[p]).Select(w => "c " + w)), Category),
            (Coded(p => string.IsNullOrWhiteSpace(facts.Brands[p]) ? [] : ["b " + facts.Brands[p]!.ToUpperInvariant()]), Brand),
        ];
        var documents = new int[words.Count];
        foreach (var (coded, _) in kinds)
            foreach (var row in coded)
                foreach (var word in row.Distinct()) documents[word]++;
        for (var p = 0; p < products.Count; p++)
        {
            rows[p] = [];
            foreach (var (coded, length) in kinds)
            {
                var terms = coded[p].GroupBy(w => w).Select(g => new KeyValuePair<int, double>(g.Key, (1 + Math.Log(g.Count())) * Math.Log(1 + (double)products.Count / documents[g.Key]))).ToArray();
                Add(rows[p], terms, length);
            }

            // Half steps on the scale of doubled prices: what costs the same shares both knots, four times as much shares none.
            if (facts.Prices[p] > 0 && facts.HasWords)
            {
                var at = Math.Log2(facts.Prices[p]);
                var below = Math.Floor(at);
                Add(rows[p], [new(Place($"p {below}"), 1 - (at - below)), new(Place($"p {below + 1}"), at - below)], Price);
            }
        }

        return new(products, Normalised(rows, words.Count), decay);
    }

    static void Add(List<KeyValuePair<int, double>> row, KeyValuePair<int, double>[] terms, double length)
    {
        var squares = terms.Sum(t => t.Value * t.Value);
        if (squares <= 0) return;
        var scale = Math.Sqrt(length / squares);
        foreach (var (word, value) in terms)
            if (value > 0) row.Add(new(word, value * scale));
    }

    static SparseMatrix Normalised(List<KeyValuePair<int, double>>[] rows, int words)
    {
        var offsets = new int[rows.Length + 1];
        var (places, values) = (new List<int>(), new List<float>());
        for (var p = 0; p < rows.Length; p++)
        {
            var length = Math.Sqrt(rows[p].Sum(t => t.Value * t.Value));
            foreach (var (word, value) in rows[p].OrderBy(t => t.Key))
            {
                places.Add(word);
                values.Add((float)(value / length));
            }

            offsets[p + 1] = places.Count;
        }

        return new(rows.Length, words, offsets, [.. places], [.. values]);
    }

    /// <summary>Cosine of two products, 0 to 1.</summary>
    public float Likeness(int a, int b)
    {
        var (i, j, sum) = (vectors.Offsets[a], vectors.Offsets[b], 0f);
        while (i < vectors.Offsets[a + 1] && j < vectors.Offsets[b + 1])
        {
            if (vectors.Places[i] == vectors.Places[j]) sum += vectors.Values[i++] * vectors.Values[j++];
            else if (vectors.Places[i] < vectors.Places[j]) i++;
            else j++;
        }

        return sum;
    }

    protected override Matrix ScoreAll(IReadOnlyList<int[]> histories)
    {
        var scores = new Matrix(histories.Count, Products.Count);
        var point = new float[vectors.Columns];
        for (var i = 0; i < histories.Count; i++)
        {
            Array.Clear(point);
            var vote = 1.0;
            for (var back = 1; back <= histories[i].Length && vote >= Least; back++, vote *= decay) ProductPairs.AddRow(vectors, histories[i][^back], (float)vote, point);
            var row = scores.Row(i);
            for (var p = 0; p < row.Length; p++)
            {
                var sum = 0f;
                for (var e = vectors.Offsets[p]; e < vectors.Offsets[p + 1]; e++) sum += vectors.Values[e] * point[vectors.Places[e]];
                row[p] = sum;
            }
        }

        return scores;
    }

    internal override void AddReasons(int[] history, int product, double weight, Dictionary<int, double> reasons)
    {
        var vote = 1.0;
        for (var back = 1; back <= history.Length && vote >= Least; back++, vote *= decay)
            reasons[history[^back]] = reasons.GetValueOrDefault(history[^back]) + weight * vote * Likeness(history[^back], product);
    }
}

/// <summary>Words of product texts.</summary>
static class ProductWords
{
    /// <summary>Words of letters and digits in capitals; writing without spaces in pairs of characters.</summary>
    internal static IEnumerable<string> Of(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) yield break;
        var from = 0;
        var upper = text.ToUpperInvariant();
        while (from < upper.Length)
        {
            if (!char.IsLetterOrDigit(upper[from]))
            {
                from++;
                continue;
            }

            var ideograms = Ideogram(upper[from]);
            var to = from;
            while (to < upper.Length && char.IsLetterOrDigit(upper[to]) && Ideogram(upper[to]) == ideograms) to++;
            if (!ideograms || to - from <= 2) yield return upper[from..to];
            else
                for (var at = from; at + 2 <= to; at++) yield return upper.Substring(at, 2);
            from = to;
        }
    }

    /// <summary>a/b/c gives a, a/b and a/b/c: near categories share the beginning.</summary>
    internal static IEnumerable<string> Paths(string? category)
    {
        if (string.IsNullOrWhiteSpace(category)) yield break;
        for (var at = category.IndexOf('/'); at >= 0; at = category.IndexOf('/', at + 1)) yield return category[..at];
        yield return category;
    }

    static bool Ideogram(char c) => c is >= '\u3040' and <= '\u30ff' or >= '\u3400' and <= '\u9fff';
}
