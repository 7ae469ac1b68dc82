using Coterie.Numerics;
using Coterie.Sequences;

namespace Coterie.Tests.Support;

/// <summary>Histories of made-up customers that are alike in what they do and differ in the order of it.</summary>
static class Walkers
{
    public static readonly SequenceField Kind = new("kind", "What happened.", SequenceField.First + 3, ["view", "add_to_cart", "purchase"]);
    public static readonly SequenceField Rank = new("rank", "Which of the customer's products.", SequenceField.First + 4, ["1", "2", "3", "new"]);

    /// <summary>Each group walks through the kinds by its own chain; ranks are noise, the same for all.</summary>
    /// <param name="chains">Groups x 3 x 3: P(to | from); the first event is drawn evenly.</param>
    public static CustomerSequences Walks(double[][][] chains, int[] groups, int least, int most, Seed seed)
    {
        var offsets = new int[groups.Length + 1];
        List<ushort> kinds = [], ranks = [];
        for (var i = 0; i < groups.Length; i++)
        {
            var rng = seed.Stream((ulong)i);
            var length = least + rng.NextInt(most - least + 1);
            var at = rng.NextInt(3);
            for (var e = 0; e < length; e++)
            {
                kinds.Add((ushort)(SequenceField.First + at));
                ranks.Add((ushort)(SequenceField.First + rng.NextInt(4)));
                var u = rng.NextDouble();
                var chain = chains[groups[i]][at];
                for (at = 0; at < 2 && (u -= chain[at]) >= 0; at++) { }
            }

            offsets[i + 1] = kinds.Count;
        }

        return new()
        {
            Fields = [Kind, Rank],
            Customers = [.. Enumerable.Range(0, groups.Length).Select(i => $"c{i:00000}")],
            Offsets = offsets,
            Codes = [[.. kinds], [.. ranks]],
            Seconds = [.. Enumerable.Range(0, kinds.Count).Select(e => 1_700_000_000L + 60 * e)],
        };
    }

    /// <summary>The customers of these numbers, in this order.</summary>
    public static CustomerSequences Take(CustomerSequences all, IReadOnlyList<int> chosen)
    {
        var events = chosen.SelectMany(i => Enumerable.Range(all.Offsets[i], all.Offsets[i + 1] - all.Offsets[i])).ToArray();
        var offsets = new int[chosen.Count + 1];
        for (var i = 0; i < chosen.Count; i++) offsets[i + 1] = offsets[i] + all.Offsets[chosen[i] + 1] - all.Offsets[chosen[i]];
        return all with
        {
            Customers = [.. chosen.Select(i => all.Customers[i])],
            Offsets = offsets,
            Codes = [.. all.Codes.Select(field => events.Select(e => field[e]).ToArray())],
            Seconds = [.. events.Select(e => all.Seconds[e])],
        };
    }
}
