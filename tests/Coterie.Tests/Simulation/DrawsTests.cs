using Coterie.Numerics;
using Coterie.Simulation;
using CsCheck;

namespace Coterie.Tests.Simulation;

public class DrawsTests
{
    [Fact]
    public void PortableLog_EqualsTheLibrarys() => Gen.Double[1e-300, 1e300].Sample(x => Near(Math.Log(x), Portable.Log(x)));

    [Fact]
    public void PortableExp_EqualsTheLibrarys() => Gen.Double[-600, 600].Sample(x => Math.Abs(Portable.Exp(x) / Math.Exp(x) - 1) < 1e-12);

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(4)]
    [InlineData(75)]
    public void Poisson_HasItsMeanAndVariance(double mean)
    {
        var draws = new Draws(new Rng(3, 0));
        var sample = Enumerable.Range(0, 40_000).Select(_ => (double)draws.Poisson(mean)).ToArray();
        Assert.Equal(mean, sample.Average(), 0.01 + mean * 0.02);
        Assert.Equal(mean, sample.Select(x => x * x).Average() - sample.Average() * sample.Average(), 0.02 + mean * 0.04);
    }

    [Fact]
    public void NormalAndExponentialAndLogNormal_HaveTheirMoments()
    {
        var draws = new Draws(new Rng(4, 0));
        var normal = Enumerable.Range(0, 100_000).Select(_ => draws.Normal()).ToArray();
        Assert.Equal(0, normal.Average(), 0.02);
        Assert.Equal(1, normal.Average(x => x * x), 0.03);
        Assert.Equal(3, normal.Average(x => x * x * x * x), 0.15);
        Assert.Equal(1, Enumerable.Range(0, 100_000).Average(_ => draws.Exponential()), 0.02);
        Assert.Equal(1, Enumerable.Range(0, 100_000).Average(_ => draws.LogNormal(0.5)), 0.02);
    }

    [Fact]
    public void Day_FollowsTheSeason()
    {
        var calendar = new Calendar(new DateOnly(2025, 1, 1), 365);
        var draws = new Draws(new Rng(5, 0));
        Assert.True(ShareInSales(Season.Sales) > 2 * ShareInSales(Season.Everyday));
        Assert.All(Enumerable.Range(0, 2_000), _ => Assert.InRange(calendar.Day(draws, Season.Gifts, 40, 43), 40, 42));

        double ShareInSales(Season season) => Enumerable.Range(0, 20_000).Average(_ => calendar.IsSale(calendar.Day(draws, season, 0, 365)) ? 1.0 : 0);
    }

    static bool Near(double a, double b) => Math.Abs(a - b) <= 1e-13 * Math.Max(1, Math.Abs(a));
}
