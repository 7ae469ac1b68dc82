using Coterie.Evaluation;
using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Explain;

public class FrozenSegmentsTests
{
    static readonly Gen<(int Groups, int[] Labels, ulong Seed)> Some =
        from k in Gen.Int[1, 6]
        from more in Gen.Int[0, k - 1].Array[0, 60]
        from seed in Gen.ULong
        // Every group has somebody.
        select (k, Enumerable.Range(0, k).Concat(more).ToArray(), seed);

    static string[] Names(int n) => [.. Enumerable.Range(0, n).Select(i => $"c{i}")];

    [Fact]
    public void TheSameGroups_UnderOtherNumbers_AreFound() => Some.Sample(s =>
    {
        var numbers = Enumerable.Range(0, s.Groups).ToArray();
        new Seed(s.Seed).Stream(0).Shuffle<int>(numbers);
        var names = Names(s.Labels.Length);
        // Group numbers[l] of the freeze is label l of today; of today there are newcomers too.
        var match = FrozenSegments.Today(names, [.. s.Labels.Select(l => numbers[l])], s.Groups, [.. names, "new1", "new2"], [.. s.Labels, 0, s.Groups - 1], s.Groups);
        return numbers.Select((g, l) => (g, l)).All(p => match[p.g] == p.l);
    });

    [Fact]
    public void NoTwoGroups_AreOneSegment() => Gen.Select(Some, Some).Sample((a, b) =>
    {
        var (n, m) = (a.Labels.Length, b.Labels.Length);
        var match = FrozenSegments.Today(Names(n), a.Labels, a.Groups, Names(m), b.Labels, b.Groups);
        var found = match.Where(l => l != FrozenSegments.None).ToArray();
        return match.Length == a.Groups && found.Distinct().Count() == found.Length && found.All(l => l >= 0 && l < b.Groups);
    });

    [Fact]
    public void WhatSharesNobody_IsNone() =>
        Assert.Equal([0, FrozenSegments.None], FrozenSegments.Today(["a", "b"], [0, 1], 2, ["a", "c"], [0, 1], 2));
}
