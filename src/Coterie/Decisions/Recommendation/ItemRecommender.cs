using Coterie.Numerics;

namespace Coterie.Decisions;

/// <summary>One product on a list.</summary>
/// <param name="Product">Its place in the catalogue.</param>
/// <param name="Score">The higher the sooner; comparable within one list only.</param>
public readonly record struct Recommended(int Product, float Score);

/// <summary>Guesses what a customer takes next from what they took so far.</summary>
public abstract class ItemRecommender
{
    /// <summary>The catalogue.</summary>
    public abstract IReadOnlyList<string> Products { get; }

    /// <summary>Scores of all products for each history: n x products.</summary>
    /// <param name="histories">n histories of places in the catalogue, oldest first; validated.</param>
    protected abstract Matrix ScoreAll(IReadOnlyList<int[]> histories);

    /// <summary>Scores of all products for each history, n x products: the higher, the sooner it is taken.</summary>
    /// <exception cref="InputException">A history holds a place outside the catalogue.</exception>
    public Matrix Score(IReadOnlyList<int[]> histories)
    {
        for (var i = 0; i < histories.Count; i++) ItemHistories.Check(histories[i], Products.Count, $"number {i + 1} of the list");
        return ScoreAll(histories);
    }

    /// <summary>The products with the highest scores; of equals the one with the lower place.</summary>
    /// <param name="history">Places in the catalogue, oldest first; may be empty.</param>
    /// <param name="n">Length of the list; shorter when the catalogue has no more.</param>
    /// <param name="known">Whether products of the history may be on the list.</param>
    /// <exception cref="InputException">The history holds a place outside the catalogue.</exception>
    public Recommended[] Recommend(int[] history, int n, bool known = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        var scores = Score([history]);
        var left = Enumerable.Range(0, Products.Count);
        if (!known) left = left.Except(history);
        return [.. left.OrderByDescending(p => scores[0, p]).ThenBy(p => p).Take(n).Select(p => new Recommended(p, scores[0, p]))];
    }

    /// <summary>Adds what each product of the history gives to the score of another one, times a weight; what no product gives is not in it. A model whose
    /// scores are no sum over the history adds nothing.</summary>
    /// <param name="history">Places in the catalogue, oldest first; validated.</param>
    /// <param name="product">The product that is scored.</param>
    /// <param name="weight">Of this model.</param>
    /// <param name="reasons">Product of the history to its part.</param>
    internal virtual void AddReasons(int[] history, int product, double weight, Dictionary<int, double> reasons) { }

    /// <summary>The same for several products at once: reasons[i] is of products[i].</summary>
    internal virtual void AddReasons(int[] history, int[] products, double weight, Dictionary<int, double>[] reasons)
    {
        for (var i = 0; i < products.Length; i++) AddReasons(history, products[i], weight, reasons[i]);
    }
}
