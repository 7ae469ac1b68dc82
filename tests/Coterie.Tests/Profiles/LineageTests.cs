using Coterie.Profiles;
using CsCheck;

namespace Coterie.Tests.Profiles;

public class LineageTests
{
    static string[] Names(int n) => [.. Enumerable.Range(0, n).Select(i => $"c{i}")];

    static Dictionary<string, string> Earlier(string[] customers, int[] labels) =>
        customers.Select((c, i) => (c, id: $"S{labels[i] + 1}")).ToDictionary(p => p.c, p => p.id);

    [Fact]
    public void TheSamePartitionUnderOtherNumbers_KeepsEveryId() => Gen.Select(Gen.Int[1, 6], Gen.Int[0, 5]).Sample((k, shift) =>
    {
        var customers = Names(10 * k);
        var labels = customers.Select((_, i) => i % k).ToArray();
        var relabelled = labels.Select(l => (l + shift) % k).ToArray();
        var result = Lineage.Match(Earlier(customers, labels), [], customers, relabelled, k);
        return Enumerable.Range(0, k).All(l => result.Ids[(l + shift) % k] == $"S{l + 1}") && result.Events.All(e => e.Kind == "kept");
    });

    [Fact]
    public void ASplit_KeepsTheIdForTheLargerPart_AndGivesAFreshOneToTheOther()
    {
        var customers = Names(100);
        var before = customers.Select((_, i) => i < 50 ? 0 : 1).ToArray();
        var after = customers.Select((_, i) => i < 50 ? 0 : i < 85 ? 1 : 2).ToArray();
        var result = Lineage.Match(Earlier(customers, before), ["S1", "S2", "S9"], customers, after, 3);
        Assert.Equal(["S1", "S2", "S10"], result.Ids);
        Assert.Contains(result.Events, e => e.Kind == "split" && e.From[0] == "S2" && e.To.SequenceEqual(["S2", "S10"]));
        Assert.Contains(result.Events, e => e.Kind == "born" && e.To[0] == "S10");
    }

    [Fact]
    public void AMerge_IsTold_AndTheLostIdIsDead()
    {
        var customers = Names(100);
        var before = customers.Select((_, i) => i < 60 ? 0 : 1).ToArray();
        var result = Lineage.Match(Earlier(customers, before), [], customers, new int[100], 1);
        Assert.Equal(["S1"], result.Ids);
        Assert.Contains(result.Events, e => e.Kind == "merged" && e.From.SequenceEqual(["S1", "S2"]));
        Assert.Contains(result.Events, e => e.Kind == "died" && e.From[0] == "S2");
    }

    [Fact]
    public void WithoutAnEarlierRun_EverySegmentIsBorn()
    {
        var result = Lineage.Match(new Dictionary<string, string>(), [], Names(4), [0, 0, 1, 1], 2);
        Assert.Equal(["S1", "S2"], result.Ids);
        Assert.All(result.Events, e => Assert.Equal("born", e.Kind));
    }
}
