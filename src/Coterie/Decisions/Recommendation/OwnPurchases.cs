using Coterie.Numerics;

namespace Coterie.Decisions;

/// <summary>What a customer took before, taken again: how often, earlier times less. For shops whose products are bought again and again.</summary>
/// <remarks>Personal frequency is the bar that next-basket models must pass and often do not (Li et al. 2023, "A next basket recommendation reality check").</remarks>
public sealed class OwnPurchases : ItemRecommender
{
    readonly double decay;

    /// <param name="products">The catalogue.</param>
    /// <param name="decay">The vote of each earlier event, in shares of the next one's; 1 counts.</param>
    public OwnPurchases(IReadOnlyList<string> products, double decay)
    {
        if (!(decay is > 0 and <= 1)) throw new ConfigurationException($"own purchases: decay is {decay}; expected more than 0, at most 1.");
        Products = products;
        this.decay = decay;
    }

    public override IReadOnlyList<string> Products { get; }

    protected override Matrix ScoreAll(IReadOnlyList<int[]> histories)
    {
        var scores = new Matrix(histories.Count, Products.Count);
        for (var i = 0; i < histories.Count; i++)
        {
            var vote = 1.0;
            for (var back = 1; back <= histories[i].Length; back++, vote *= decay) scores[i, histories[i][^back]] += (float)vote;
        }

        return scores;
    }

    internal override void AddReasons(int[] history, int product, double weight, Dictionary<int, double> reasons)
    {
        var vote = 1.0;
        for (var back = 1; back <= history.Length; back++, vote *= decay)
            if (history[^back] == product) reasons[product] = reasons.GetValueOrDefault(product) + weight * vote;
    }
}
