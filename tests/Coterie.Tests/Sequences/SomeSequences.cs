using Coterie.Numerics;
using Coterie.Sequences;

namespace Coterie.Tests.Sequences;

/// <summary>Coded sequences made directly, without a warehouse.</summary>
static class SomeSequences
{
    public static readonly DateTime AsOf = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public static readonly SequenceSchema Schema = new()
    {
        Options = new(), Categories = [], UsualPrice = null, PriceEdges = [], Products = [], Channels = [], Devices = [],
    };

    /// <summary>Customers of which every other one goes through three kinds forwards, the others backwards: the same totals, another order. Now and
    /// then a step is any of the three.</summary>
    public static CustomerSequences Turning(int customers, int most, ulong seed, int least = 1)
    {
        var rng = new Rng(seed, 1);
        return Of([.. Enumerable.Range(0, customers).Select(i =>
        {
            var kinds = new int[least + rng.NextInt(most - least + 1)];
            var at = rng.NextInt(3);
            for (var e = 0; e < kinds.Length; e++)
            {
                at = rng.NextDouble() < 0.25 ? rng.NextInt(3) : (at + (i % 2 == 0 ? 1 : 2)) % 3;
                kinds[e] = at;
            }

            return kinds;
        })]);
    }

    /// <summary>Customers c0000, c0001 … with events of these kinds and nothing else known of them, an hour apart.</summary>
    public static CustomerSequences Of(int[][] kinds)
    {
        var fields = Schema.Fields;
        var offsets = new int[kinds.Length + 1];
        for (var i = 0; i < kinds.Length; i++) offsets[i + 1] = offsets[i] + kinds[i].Length;
        var flat = kinds.SelectMany(k => k).ToArray();
        return new CustomerSequences
        {
            Fields = fields,
            Customers = [.. kinds.Select((_, i) => $"c{i:0000}")],
            Offsets = offsets,
            Codes = [.. fields.Select((f, place) => place == SequenceFields.Kind
                ? flat.Select(k => (ushort)(SequenceField.First + k)).ToArray()
                : Enumerable.Repeat(SequenceField.Unknown, flat.Length).ToArray())],
            Seconds = [.. flat.Select((_, e) => 1_600_000_000L + 3600 * e)],
        };
    }

    /// <summary>The customers [from, until) as a chunk of their own.</summary>
    public static CustomerSequences Part(CustomerSequences all, int from, int until) => all with
    {
        Customers = all.Customers[from..until],
        Offsets = [.. all.Offsets[from..(until + 1)].Select(o => o - all.Offsets[from])],
        Codes = [.. all.Codes.Select(c => c[all.Offsets[from]..all.Offsets[until]])],
        Seconds = all.Seconds[all.Offsets[from]..all.Offsets[until]],
    };
}
