using Coterie.Numerics;

namespace Coterie.Decisions;

/// <summary>The same list for everybody: how often each product was taken.</summary>
public sealed class PopularItems : ItemRecommender
{
    readonly float[] counts;

    PopularItems(IReadOnlyList<string> products, float[] counts)
    {
        Products = products;
        this.counts = counts;
    }

    public override IReadOnlyList<string> Products { get; }

    /// <exception cref="InputException">The histories are not usable.</exception>
    public static PopularItems Fit(ItemHistories histories)
    {
        histories.Check();
        var counts = new float[histories.Products.Count];
        foreach (var history in histories.Histories)
            foreach (var product in history) counts[product]++;
        return new(histories.Products, counts);
    }

    protected override Matrix ScoreAll(IReadOnlyList<int[]> histories)
    {
        var scores = new Matrix(histories.Count, counts.Length);
        for (var i = 0; i < histories.Count; i++) counts.CopyTo(scores.Row(i));
        return scores;
    }
}
