using Coterie.Numerics;
using Coterie.Server.Jobs;
using CsCheck;

namespace Coterie.Tests.Server.Jobs;

public class StabilityIndexTests
{
    static readonly Gen<(long[] Then, long[] Now)> Counts = Gen.Int[1, 12].SelectMany(k => Gen.Select(Gen.Long[0, 5_000].Array[k], Gen.Long[0, 5_000].Array[k]));

    [Fact]
    public void ItIsNeverNegative_AndTheSameBothWays() => Counts.Sample(c =>
    {
        var (one, other) = (StabilityIndex.Of(c.Then, c.Now), StabilityIndex.Of(c.Now, c.Then));
        Assert.True(one >= 0 && double.IsFinite(one));
        Assert.Equal(one, other, 1e-9);
    });

    [Fact]
    public void EqualCounts_AreAtZero() => Counts.Sample(c => Assert.Equal(0, StabilityIndex.Of(c.Then, c.Then), 1e-12));

    [Fact]
    public void ItIsThePlainSum() => Counts.Sample(c =>
    {
        double n = c.Then.Sum(v => v + 0.5), m = c.Now.Sum(v => v + 0.5);
        Assert.Equal(c.Then.Select((v, i) => ((c.Now[i] + 0.5) / m - (v + 0.5) / n) * (Math.Log((c.Now[i] + 0.5) / m) - Math.Log((v + 0.5) / n))).Sum(), StabilityIndex.Of(c.Then, c.Now), 1e-9);
    });

    // Drawn from the same shares, the index is above what chance stays under about once in a thousand times; the seed is fixed.
    [Fact]
    public void Chance_IsWhereChanceEnds()
    {
        var rng = new Seed(11).Stream(0);
        double[] until = [0.1, 0.3, 0.6, 0.85, 1];
        long[] Draw(int n)
        {
            var counts = new long[until.Length];
            for (var i = 0; i < n; i++)
            {
                var u = rng.NextDouble();
                counts[Array.FindIndex(until, x => u < x)]++;
            }

            return counts;
        }

        var above = 0;
        for (var round = 0; round < 2_000; round++)
            if (StabilityIndex.Of(Draw(2_000), Draw(1_000)) > StabilityIndex.Chance(5, 2_000, 1_000, 0.95)) above++;
        Assert.InRange(above, 60, 140);
    }

    [Fact]
    public void AKnownShift_HasItsKnownValue() =>
        // 0.2 ln(0.7/0.5) - 0.2 ln(0.3/0.5)
        Assert.Equal(0.2 * Math.Log(1.4) - 0.2 * Math.Log(0.6), StabilityIndex.Of([500_000_000, 500_000_000], [700_000_000, 300_000_000]), 1e-6);
}
