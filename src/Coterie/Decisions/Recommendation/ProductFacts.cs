namespace Coterie.Decisions;

/// <summary>What is known of each product besides who took it; every list has one entry a product, in the order of the catalogue.</summary>
public sealed record ProductFacts
{
    public required IReadOnlyList<string?> Titles { get; init; }
    /// <summary>Paths a/b/c.</summary>
    public required IReadOnlyList<string?> Categories { get; init; }
    public required IReadOnlyList<string?> Brands { get; init; }
    /// <summary>NaN where unknown.</summary>
    public required IReadOnlyList<double> Prices { get; init; }

    /// <summary>Nothing is known.</summary>
    public static ProductFacts None(int products) => new()
    {
        Titles = new string?[products], Categories = new string?[products], Brands = new string?[products], Prices = [.. Enumerable.Repeat(double.NaN, products)],
    };

    /// <summary>Whether any product has a title, category or brand.</summary>
    public bool HasWords => Titles.Concat(Categories).Concat(Brands).Any(t => !string.IsNullOrEmpty(t));
}
