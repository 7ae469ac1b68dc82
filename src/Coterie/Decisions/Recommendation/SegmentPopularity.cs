using Coterie.Numerics;

namespace Coterie.Decisions;

/// <summary>How often each product is taken within a segment, drawn towards the whole shop where the segment is small.</summary>
/// <remarks>Shares are posterior means under a Dirichlet prior whose mean is the shop's shares (Gelman et al. 2013, section 3.4).</remarks>
public sealed class SegmentPopularity
{
    // So many events of the shop stand beside a segment's own.
    const double Prior = 200;

    // Row 0 is the shop's, row s + 1 that of segment s.
    readonly Matrix shares;

    SegmentPopularity(Matrix shares) => this.shares = shares;

    /// <param name="histories">n histories.</param>
    /// <param name="weights">The weight of each event, in the shape of the histories; null counts each once.</param>
    /// <param name="segments">n places of segments; -1 belongs to none and counts for the shop only.</param>
    /// <param name="count">Number of segments.</param>
    /// <exception cref="InputException">The histories are not usable.</exception>
    public static SegmentPopularity Fit(ItemHistories histories, IReadOnlyList<double[]>? weights, IReadOnlyList<int> segments, int count)
    {
        histories.Check();
        var products = histories.Products.Count;
        var sums = new double[count + 1][];
        for (var s = 0; s <= count; s++) sums[s] = new double[products];
        for (var c = 0; c < histories.Count; c++)
        {
            for (var at = 0; at < histories.Histories[c].Length; at++)
            {
                var weight = weights is null ? 1 : weights[c][at];
                sums[0][histories.Histories[c][at]] += weight;
                if (segments[c] >= 0) sums[segments[c] + 1][histories.Histories[c][at]] += weight;
            }
        }

        var shares = new Matrix(count + 1, products);
        var all = sums[0].Sum();
        for (var s = 0; s <= count; s++)
        {
            var own = sums[s].Sum();
            for (var p = 0; p < products; p++)
            {
                var shop = all > 0 ? sums[0][p] / all : 0;
                shares[s, p] = (float)(s == 0 ? shop : (sums[s][p] + Prior * shop) / (own + Prior));
            }
        }

        return new(shares);
    }

    /// <summary>Shares of all products for each segment asked: n x products; the shop's where the segment is -1.</summary>
    public Matrix Score(IReadOnlyList<int> segments)
    {
        var scores = new Matrix(segments.Count, shares.Columns);
        for (var i = 0; i < segments.Count; i++) shares.Row(segments[i] + 1).CopyTo(scores.Row(i));
        return scores;
    }
}
