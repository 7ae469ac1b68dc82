namespace Coterie.Features;

/// <summary>Every feature that Coterie can compute of a customer.</summary>
public static class FeatureCatalogue
{
    /// <summary>Days of history from which seasons are spoken of: ten months, so that a log of one year still has them when its
    /// last weeks are held back for evaluation.</summary>
    public const int HistoryDays = 300;

    /// <summary>How many of the shop's categories get a feature of their own.</summary>
    public const int TopCategories = 5;

    internal static readonly IReadOnlyList<FeatureDefinition> Definitions =
    [
        .. RecencyMoneyFamily.All,
        .. RhythmFamily.All,
        .. BasketFamily.All,
        .. RefundDiscountFamily.All,
        .. CategoryFamily.All,
        .. TimeSeasonFamily.All,
        .. FunnelFamily.All,
        .. SessionSearchFamily.All,
        .. ContextFamily.All,
        .. ReviewFamily.All,
        .. TrendFamily.All,
    ];

    /// <summary>The features in their order; the shares of the shop's top categories (<see cref="CategoryShare"/>) follow them.</summary>
    public static IReadOnlyList<Feature> All { get; } = [.. Definitions.Select(d => d.Feature)];

    /// <summary>The definition of a column of features.parquet.</summary>
    /// <exception cref="InputException">The catalogue has no feature of this name.</exception>
    public static Feature Named(string name) =>
        name.StartsWith("category_share:", StringComparison.Ordinal)
            ? CategoryShare(name["category_share:".Length..])
            : All.FirstOrDefault(f => f.Name == name)
                ?? throw new InputException($"The feature '{name}' is not in this version's catalogue; run segment again.");

    /// <summary>The feature <c>category_share:NAME</c>: how much of a customer's activity is in one category.</summary>
    public static Feature CategoryShare(string category) => CategoryFamily.Share(category);
}
