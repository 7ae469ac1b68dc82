namespace Coterie.Decisions;

/// <summary>What each customer took from one catalogue, oldest first.</summary>
public sealed record ItemHistories
{
    /// <summary>n ids.</summary>
    public required IReadOnlyList<string> Customers { get; init; }
    /// <summary>n histories: places in <see cref="Products"/>, each 0 or more and below their number.</summary>
    public required IReadOnlyList<int[]> Histories { get; init; }
    /// <summary>The catalogue.</summary>
    public required IReadOnlyList<string> Products { get; init; }

    public int Count => Histories.Count;
    public long Events => Histories.Sum(h => (long)h.Length);

    /// <summary>Numbers the products in the order of their names, so that the same histories give the same numbers however they are sorted.</summary>
    /// <param name="customers">n ids.</param>
    /// <param name="histories">n lists of product names, oldest first.</param>
    public static ItemHistories Of(IReadOnlyList<string> customers, IReadOnlyList<IReadOnlyList<string>> histories)
    {
        var products = histories.SelectMany(h => h).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var places = new Dictionary<string, int>(products.Length, StringComparer.Ordinal);
        foreach (var product in products) places.Add(product, places.Count);
        var coded = new ItemHistories { Customers = customers, Products = products, Histories = [.. histories.Select(h => h.Select(p => places[p]).ToArray())] };
        coded.Check();
        return coded;
    }

    /// <summary>The same customers without their last events; those whose history ends before are left with none.</summary>
    public ItemHistories WithoutLast(int events) => this with { Histories = [.. Histories.Select(h => h[..Math.Max(0, h.Length - events)])] };

    /// <exception cref="InputException">There is nothing in it, the lists do not belong together, or a place lies outside the catalogue.</exception>
    public void Check()
    {
        if (Customers.Count != Histories.Count) throw new InputException($"There are {Customers.Count} customers and {Histories.Count} histories; expected one history for each customer.");
        if (Events == 0) throw new InputException("The histories hold no event; expected customers who took something.");
        for (var i = 0; i < Histories.Count; i++) Check(Histories[i], Products.Count, Customers[i]);
    }

    internal static void Check(ReadOnlySpan<int> history, int products, string customer)
    {
        foreach (var product in history)
            if ((uint)product >= (uint)products)
                throw new InputException($"The history of customer '{customer}' holds product {product}; expected 0 to {products - 1}. Code it with the catalogue of the model.");
    }
}
