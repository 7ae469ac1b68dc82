using Coterie.Numerics;

namespace Coterie.Decisions;

/// <summary>The best of a catalogue, in order.</summary>
static class RankedLists
{
    /// <summary>An order of the products that has nothing to do with their names: who stands first of equals is drawn once.</summary>
    internal static int[] Draw(int products, Seed seed)
    {
        var order = new int[products];
        for (var p = 0; p < products; p++) order[p] = p;
        seed.Stream(0).Shuffle(order.AsSpan());
        return order;
    }

    /// <summary>The n products with the highest scores, highest first; of equals the one drawn first. Products that are off and scores that are no number are
    /// left out.</summary>
    /// <param name="scores">One for each product.</param>
    /// <param name="off">Whether a product may not be on the list.</param>
    /// <param name="drawn">One for each product, from <see cref="Draw"/>.</param>
    /// <param name="n">Length of the list.</param>
    internal static int[] Top(ReadOnlySpan<float> scores, bool[] off, int[] drawn, int n)
    {
        var best = new int[n];
        return best[..Top(scores, off, drawn, best)];
    }

    /// <summary>The same, written into a buffer of the list's length.</summary>
    /// <returns>How many there are.</returns>
    internal static int Top(ReadOnlySpan<float> scores, bool[] off, int[] drawn, int[] best)
    {
        var (n, count) = (best.Length, 0);
        // Most products fall behind the last of a full list: one comparison tells.
        var last = float.NegativeInfinity;
        for (var p = 0; p < scores.Length; p++)
        {
            if (scores[p] < last || off[p] || float.IsNaN(scores[p])) continue;
            if (count == n && !Before(scores, drawn, p, best[n - 1])) continue;
            var at = count < n ? count++ : n - 1;
            for (; at > 0 && Before(scores, drawn, p, best[at - 1]); at--) best[at] = best[at - 1];
            best[at] = p;
            if (count == n) last = scores[best[n - 1]];
        }

        return count;
    }

    static bool Before(ReadOnlySpan<float> scores, int[] drawn, int a, int b) => scores[a] > scores[b] || (scores[a] == scores[b] && drawn[a] < drawn[b]);

    /// <summary>Re-ranks a list so that what follows is unlike what went before: each place takes the product with the largest
    /// (1 - diversity) relevance - diversity x its greatest likeness to the products above (Carbonell and Goldstein 1998, maximal marginal relevance).</summary>
    /// <param name="products">Highest score first.</param>
    /// <param name="scores">Of the same products; spread over 0 to 1 first.</param>
    /// <param name="likeness">Of two products, 0 to 1.</param>
    /// <param name="diversity">0 keeps the order, 1 looks at likeness alone.</param>
    /// <param name="n">Length of the list.</param>
    internal static int[] Diverse(int[] products, float[] scores, Func<int, int, float> likeness, double diversity, int n)
    {
        if (diversity <= 0 || products.Length == 0) return products[..Math.Min(n, products.Length)];
        float high = scores[0], low = scores[^1];
        var relevance = scores.Select(s => high > low ? (s - low) / (high - low) : 1.0).ToArray();
        var nearest = new double[products.Length];
        var taken = new bool[products.Length];
        var chosen = new List<int>();
        while (chosen.Count < Math.Min(n, products.Length))
        {
            var best = -1;
            var value = double.NegativeInfinity;
            for (var i = 0; i < products.Length; i++)
            {
                if (taken[i]) continue;
                var own = (1 - diversity) * relevance[i] - diversity * nearest[i];
                if (own > value) (best, value) = (i, own);
            }

            taken[best] = true;
            chosen.Add(products[best]);
            for (var i = 0; i < products.Length; i++)
                if (!taken[i]) nearest[i] = Math.Max(nearest[i], likeness(products[i], products[best]));
        }

        return [.. chosen];
    }
}
