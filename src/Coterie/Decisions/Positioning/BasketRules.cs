using System.Numerics;

namespace Coterie.Decisions.Positioning;

/// <summary>A set of products that many baskets hold.</summary>
/// <param name="Items">Ascending.</param>
/// <param name="Count">Baskets with all of them.</param>
public sealed record FrequentSet(int[] Items, int Count);

/// <summary>Who buys these also buys that.</summary>
/// <param name="If">One product or two, ascending.</param>
/// <param name="Then">A product.</param>
/// <param name="Both">Baskets with all of them.</param>
/// <param name="WithIf">Baskets with the first.</param>
/// <param name="WithThen">Baskets with the second.</param>
/// <param name="Baskets">All baskets.</param>
public sealed record BasketRule(int[] If, int Then, int Both, int WithIf, int WithThen, int Baskets)
{
    /// <summary>Share of baskets with all of them.</summary>
    public double Support => (double)Both / Baskets;
    /// <summary>Share of baskets with the first that hold the second too.</summary>
    public double Confidence => (double)Both / WithIf;
    /// <summary>How many times as often as if they had nothing to do with one another.</summary>
    public double Lift => (double)Both * Baskets / ((double)WithIf * WithThen);
}

/// <summary>What was mined.</summary>
/// <param name="Sets">Frequent sets of two or three.</param>
/// <param name="Rules">Every rule with one or two products before and one after.</param>
/// <param name="Tests">Rules that could have been found: for the correction of many tests.</param>
public sealed record MinedBaskets(IReadOnlyList<FrequentSet> Sets, IReadOnlyList<BasketRule> Rules, long Tests);

/// <summary>Frequent sets of up to three products by intersecting the baskets of each (Eclat: Zaki 2000), and the rules of them (Agrawal and Srikant 1994).
/// A set is frequent only if all its subsets are.</summary>
public static class BasketMining
{
    /// <param name="baskets">Distinct items of each, in 0 .. items-1.</param>
    /// <param name="items">Number of items.</param>
    /// <param name="least">Baskets that a set needs.</param>
    public static MinedBaskets Mine(IReadOnlyList<int[]> baskets, int items, int least)
    {
        var counts = new int[items];
        foreach (var basket in baskets)
            foreach (var item in basket) counts[item]++;
        var frequent = Enumerable.Range(0, items).Where(i => counts[i] >= least).ToArray();
        var place = new int[items];
        Array.Fill(place, -1);
        for (var f = 0; f < frequent.Length; f++) place[frequent[f]] = f;
        var words = (baskets.Count + 63) / 64;
        var bits = frequent.Select(_ => new ulong[words]).ToArray();
        for (var b = 0; b < baskets.Count; b++)
            foreach (var item in baskets[b])
                if (place[item] >= 0) bits[place[item]][b / 64] |= 1UL << (b % 64);

        List<FrequentSet> sets = [];
        List<BasketRule> rules = [];
        var pairs = new Dictionary<(int, int), int>();
        for (var a = 0; a < frequent.Length; a++)
        {
            List<int> partners = [];
            List<ulong[]> both = [];
            for (var b = a + 1; b < frequent.Length; b++)
            {
                var (common, count) = Common(bits[a], bits[b]);
                if (count < least) continue;
                partners.Add(b);
                both.Add(common);
                pairs[(a, b)] = count;
                sets.Add(new([frequent[a], frequent[b]], count));
            }

            for (var i = 0; i < partners.Count; i++)
            {
                for (var j = i + 1; j < partners.Count; j++)
                {
                    var (_, count) = Common(both[i], bits[partners[j]]);
                    if (count >= least) sets.Add(new([frequent[a], frequent[partners[i]], frequent[partners[j]]], count));
                }
            }
        }

        foreach (var set in sets)
        {
            for (var k = 0; k < set.Items.Length; k++)
            {
                var rest = set.Items.Where((_, i) => i != k).ToArray();
                var withRest = rest.Length == 1 ? counts[rest[0]] : pairs[(place[rest[0]], place[rest[1]])];
                rules.Add(new(rest, set.Items[k], set.Count, withRest, counts[set.Items[k]], baskets.Count));
            }
        }

        // Every pair of frequent products was looked at both ways, every frequent pair with every third.
        var f2 = (long)frequent.Length;
        return new(sets, rules, f2 * Math.Max(0, f2 - 1) + pairs.Count * Math.Max(0, f2 - 2));
    }

    readonly record struct Intersection(ulong[] Baskets, int Count);

    static Intersection Common(ulong[] a, ulong[] b)
    {
        var common = new ulong[a.Length];
        var count = 0;
        for (var w = 0; w < a.Length; w++) count += BitOperations.PopCount(common[w] = a[w] & b[w]);
        return new(common, count);
    }
}
