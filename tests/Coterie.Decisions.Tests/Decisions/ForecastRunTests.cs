using Coterie.Decisions.Demand;
using Coterie.Numerics;

namespace Coterie.Tests.Decisions;

public class ForecastRunTests
{
    internal static DemandPanel Panel(int series, int weeks, ulong seed = 1, double rise = 0)
    {
        var demand = new double[series][];
        for (var i = 0; i < series; i++)
        {
            var rng = new Seed(seed).Stream((ulong)i);
            var mean = 0.3 * Math.Pow(1.25, i % 20);
            demand[i] = [.. Enumerable.Range(0, weeks).Select(t => new DemandDistribution(mean * (1 + rise * t), 2 * mean * (1 + rise * t), whole: true).Quantile(Math.Clamp(rng.NextDouble(), 1e-9, 1 - 1e-9)))];
            demand[i][0] = Math.Max(1, demand[i][0]);
        }

        return new() { Names = [.. Enumerable.Range(0, series).Select(i => $"P{i}")], Demand = demand, Starts = new int[series], Sums = new bool[series], Groups = new int[series], Whole = true };
    }

    static readonly ForecastSettings Settings = new() { Horizon = 3, Lead = 2, Origins = 10, Judged = 4 };

    static double[] Numbers(ForecastRun run) =>
        [.. Enumerable.Range(0, run.Panel.Count).SelectMany(i => run.Forecast(run.Last, i)!.Means.Concat(run.Calibration(run.Last, i, 0).Quantiles(run.Forecast(run.Last, i)!.Of(0, true), Judging.Levels)))];

    [Fact]
    public void TheBytes_DoNotDependOnTheThreads()
    {
        var panel = Panel(60, 52);
        var one = ForecastRun.Of(panel, Settings, stop: TestContext.Current.CancellationToken);
        var many = ForecastRun.Of(panel, Settings with { Threads = 5 }, stop: TestContext.Current.CancellationToken);
        Assert.Equal(Numbers(one), Numbers(many));
        int[] all = [.. Enumerable.Range(0, 60)];
        Assert.Equal(Judging.Of(one, all)!.AgainstNaive, Judging.Of(many, all)!.AgainstNaive);
    }

    [Fact]
    public void NoForecast_SeesAWeekAfterItsOrigin()
    {
        DemandPanel panel = Panel(40, 52), other = Panel(40, 52);
        var run = ForecastRun.Of(panel, Settings, stop: TestContext.Current.CancellationToken);
        // Another world from the fifth last origin on.
        var from = run.Origins[^6].Origin;
        for (var i = 0; i < other.Count; i++)
            for (var t = from; t < other.Weeks; t++) other.Demand[i][t] = (other.Demand[i][t] + 7 * (i + t)) % 31;
        var changed = ForecastRun.Of(other, Settings, stop: TestContext.Current.CancellationToken);
        for (var k = 0; k < run.Origins.Length && run.Origins[k].Origin <= from; k++)
            for (var i = 0; i < panel.Count; i++)
            {
                Assert.Equal(run.Chosen(k, i), changed.Chosen(k, i));
                Assert.Equal(run.Forecast(k, i)!.Means, changed.Forecast(k, i)!.Means);
            }
    }

    [Fact]
    public void OnCountsThatDoNotChange_QuantilesCover_AndTheNaiveForecastIsBeaten()
    {
        var panel = Panel(200, 60);
        var judged = Judging.Of(ForecastRun.Of(panel, Settings with { Threads = 2 }, stop: TestContext.Current.CancellationToken), [.. Enumerable.Range(0, 200)])!;
        Assert.True(judged.AgainstNaive.High < 0.9);
        Assert.InRange(judged.Coverage.First(c => c.Level == 0.9).Share.Value, 0.87, 0.945);
        Assert.InRange(judged.Coverage.First(c => c.Level == 0.9).Randomised, 0.87, 0.93);
        Assert.InRange(judged.LeadCoverage.First(c => c.Level == 0.95).Share.Value, 0.93, 0.98);
    }

    [Fact]
    public void AHierarchysMeans_AddUp_AndSoDoesTheLeadTime()
    {
        var bottom = Panel(12, 52);
        int[][] members = [[.. Enumerable.Range(0, 12)], [0, 1, 2, 3, 4], [5, 6, 7, 8, 9, 10, 11]];
        double[][] demand = [.. members.Select(m => Enumerable.Range(0, 52).Select(t => m.Sum(i => bottom.Demand[i][t])).ToArray()), .. bottom.Demand];
        var panel = bottom with
        {
            Names = [.. demand.Select((_, i) => $"N{i}")], Demand = demand, Starts = new int[15], Sums = [true, true, true, .. new bool[12]], Groups = [-1, 0, 1, .. Enumerable.Range(0, 12).Select(i => i < 5 ? 0 : 1)],
        };
        var hierarchy = HierarchyForecast.Of(ForecastRun.Of(panel, Settings, stop: TestContext.Current.CancellationToken), members);
        foreach (var means in hierarchy.Means)
            for (var a = 0; a < 3; a++) Assert.True(Math.Abs(means[a] - members[a].Sum(i => means[3 + i])) <= 1e-9);
        for (var i = 0; i < 15; i++) Assert.True(Math.Abs(hierarchy.Means[^1][i] - hierarchy.Means[0][i] - hierarchy.Means[1][i]) <= 1e-9);
        Assert.NotNull(hierarchy.Accuracy);
    }

    [Theory]
    [InlineData(DemandPattern.Smooth, 5.0, 6.0, 5.0, 4.0)]
    [InlineData(DemandPattern.Erratic, 1.0, 20.0, 1.0, 2.0)]
    [InlineData(DemandPattern.Intermittent, 5.0, 0.0, 0.0, 5.0, 0.0, 4.0)]
    [InlineData(DemandPattern.Lumpy, 1.0, 0.0, 0.0, 30.0, 0.0, 1.0)]
    public void Patterns_AreTheFourOfSyntetosBoylanAndCroston(DemandPattern expected, params double[] demand) => Assert.Equal(expected, DemandPatterns.Of(demand));
}
