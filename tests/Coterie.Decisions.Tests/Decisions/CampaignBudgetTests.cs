using Coterie.Decisions.Campaigns;
using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Decisions;

public class CampaignBudgetTests
{
    static double Total(int[][] contacts, Func<int, int, double> of) => contacts.Select((row, g) => row.Select((n, o) => n * of(g, o)).Sum()).Sum();

    // Every split there is: two groups, two offers.
    static double BruteForce(int[] available, double[][] gains, double[] costs, int?[] limits, double budget, int? most)
    {
        var best = 0.0;
        for (var a = 0; a <= available[0]; a++)
            for (var b = 0; a + b <= available[0]; b++)
                for (var c = 0; c <= available[1]; c++)
                    for (var d = 0; c + d <= available[1]; d++)
                    {
                        if (a + c > (limits[0] ?? int.MaxValue) || b + d > (limits[1] ?? int.MaxValue) || a + b + c + d > (most ?? int.MaxValue)) continue;
                        if ((a + c) * costs[0] + (b + d) * costs[1] > budget + 1e-9) continue;
                        best = Math.Max(best, a * gains[0][0] + b * gains[0][1] + c * gains[1][0] + d * gains[1][1]);
                    }

        return best;
    }

    [Fact]
    public void TheSplit_IsTheBestOfAll_AndKeepsEveryLimit() =>
        Gen.Select(Gen.Int[0, 6].Array[2], Gen.Int[-3, 20].Array[4], Gen.Int[0, 9].Array[2], Gen.Int[0, 40], Gen.Int[0, 8], Gen.Int[0, 8])
            .Sample((available, gain, cost, budget, limit, most) =>
            {
                double[][] gains = [[gain[0], gain[1]], [gain[2], gain[3]]];
                double[] costs = [cost[0] / 2.0, cost[1] / 2.0];
                int?[] limits = [null, limit];
                var split = BudgetProgramme.Solve(available, gains, costs, limits, budget, most);
                Assert.True(split.Optimal);
                Assert.True(Total(split.Contacts, (_, o) => costs[o]) <= budget + 1e-6);
                Assert.All(split.Contacts, (row, g) => Assert.InRange(row.Sum(), 0, available[g]));
                Assert.True(split.Contacts.Sum(r => r[1]) <= limit && split.Contacts.Sum(r => r.Sum()) <= most);
                Assert.Equal(BruteForce(available, gains, costs, limits, budget, most), Total(split.Contacts, (g, o) => gains[g][o]), 5e-4);
            }, iter: 150, threads: 1);

    [Fact]
    public void NoBudget_PaysForFreeOffersOnly()
    {
        Assert.Equal(0, BudgetProgramme.Solve([10], [[5.0]], [1.0], [null], 0, null).Contacts[0][0]);
        Assert.Equal(10, BudgetProgramme.Solve([10], [[5.0]], [0.0], [null], 0, null).Contacts[0][0]);
    }

    [Fact]
    public void AnExperiment_GivesEverySegmentTheSameShares_AndListsEverybodyOnce() =>
        Gen.Select(Gen.Int[0, 3].Array[50, 200], Gen.Int[1, 20], Gen.ULong).Sample((segment, each, seed) =>
        {
            var targets = TargetList.Experiment(segment, 4, [each, each], new Seed(seed));
            Assert.Equal(Enumerable.Range(0, segment.Length), targets.Select(t => t.Customer));
            for (var s = 0; s < 4; s++)
            {
                var size = segment.Count(x => x == s);
                for (var o = 0; o < 2; o++) Assert.Equal(each * size / segment.Length, targets.Count(t => segment[t.Customer] == s && t.Offer == o));
            }
        });

    [Fact]
    public void ATargetedList_HoldsItsShareOutOfEveryCell() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 5], Gen.Int[0, 10], Gen.ULong).Sample((a, b, tenths, seed) =>
        {
            int[] group = [.. Enumerable.Range(0, 24).Select(i => i % 2)];
            var targets = TargetList.Targeted(group, [[a, b], [b, a]], tenths / 10.0 * 0.9, new Seed(seed));
            Assert.Equal(targets.Count, targets.Select(t => t.Customer).Distinct().Count());
            Assert.Equal(2 * (a + b), targets.Count);
            Assert.All(targets, t => Assert.Equal(group[t.Customer], t.Group));
            Assert.Equal((int)Math.Ceiling(a * tenths / 10.0 * 0.9 - 1e-9), targets.Count(t => t.Group == 0 && t.Offer == 0 && !t.Contact));
        });
}
