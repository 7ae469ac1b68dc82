using Coterie.Numerics;

namespace Coterie.Decisions.Campaigns;

/// <summary>A customer of the campaign.</summary>
/// <param name="Customer">Its place in the list of customers.</param>
/// <param name="Group">The group that it was drawn in.</param>
/// <param name="Offer">The offer's place; -1: none (held out of every offer).</param>
/// <param name="Contact">Contacted, or held out to measure by.</param>
internal sealed record Target(int Customer, int Group, int Offer, bool Contact);

/// <summary>Draws who is contacted and who is held out, by chance within each group.</summary>
internal static class TargetList
{
    /// <summary>Every customer has the same chance within its segment: each offer gets the same share of each segment, the rest is held out.</summary>
    /// <param name="segment">n.</param>
    /// <param name="segments">How many segments.</param>
    /// <param name="perOffer">At most so many contacts of each offer.</param>
    /// <param name="seed">Of the draw.</param>
    public static List<Target> Experiment(int[] segment, int segments, IReadOnlyList<int> perOffer, Seed seed)
    {
        var targets = new List<Target>(segment.Length);
        for (var s = 0; s < segments; s++)
        {
            var members = Shuffled(segment, s, seed);
            var at = 0;
            for (var o = 0; o < perOffer.Count; o++)
            {
                // Rounded down: the budget holds in every segment.
                var take = (int)((long)perOffer[o] * members.Length / segment.Length);
                for (var end = at + take; at < end; at++) targets.Add(new(members[at], s, o, true));
            }

            for (; at < members.Length; at++) targets.Add(new(members[at], s, -1, false));
        }

        return [.. targets.OrderBy(t => t.Customer)];
    }

    /// <summary>Selected customers of each group and offer; a share of each is held out, so that the contacted are compared with their like.</summary>
    /// <param name="group">n.</param>
    /// <param name="selected">Groups x offers.</param>
    /// <param name="holdout">Share held out of each cell; at least one customer of each.</param>
    /// <param name="seed">Of the draw.</param>
    public static List<Target> Targeted(int[] group, int[][] selected, double holdout, Seed seed)
    {
        var targets = new List<Target>();
        for (var g = 0; g < selected.Length; g++)
        {
            var members = Shuffled(group, g, seed);
            var at = 0;
            for (var o = 0; o < selected[g].Length; o++)
            {
                var size = selected[g][o];
                // Rounded up: the contacts that are left never cost more than was planned.
                var held = holdout > 0 ? (int)Math.Ceiling(size * holdout - 1e-9) : 0;
                for (var p = 0; p < size; p++, at++) targets.Add(new(members[at], g, o, p >= held));
            }
        }

        return [.. targets.OrderBy(t => t.Customer)];
    }

    static int[] Shuffled(int[] group, int g, Seed seed)
    {
        int[] members = [.. Enumerable.Range(0, group.Length).Where(i => group[i] == g)];
        seed.Stream((ulong)g).Shuffle<int>(members);
        return members;
    }
}
