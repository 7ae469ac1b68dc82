using Coterie.Decisions.Demand;
using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Decisions;

public class DemandDistributionTests
{
    static readonly Gen<DemandDistribution> GenDemand = Gen.Select(Gen.Double[-3, 8], Gen.Double[1.0, 6.0], Gen.Bool)
        .Select((log, spread, whole) => new DemandDistribution(Math.Exp(log), Math.Exp(log) * spread, whole));

    [Fact]
    public void AQuantile_IsTheSmallestThatReachesItsLevel() => Gen.Select(GenDemand, Gen.Double[0.02, 0.98]).Sample((demand, level) =>
    {
        var q = demand.Quantile(level);
        Assert.True(demand.AtMost(q) >= level - 1e-6);
        if (demand.Whole && q > 0) Assert.True(demand.AtMost(q - 1) < level + 1e-6);
        if (!demand.Whole) Assert.Equal(level, demand.AtMost(q), 5e-6);
    });

    [Fact]
    public void TheMomentsOfCounts_AreThoseGiven() => Gen.Select(Gen.Double[0.1, 30.0], Gen.Double[1.01, 4.0]).Sample((mean, spread) =>
    {
        var demand = new DemandDistribution(mean, mean * spread, whole: true);
        double sum = 0, squares = 0;
        for (var k = 0; k < 1500; k++)
        {
            var p = demand.AtMost(k) - demand.AtMost(k - 1);
            sum += k * p;
            squares += (double)k * k * p;
        }

        Assert.Equal(mean, sum, 5e-4);
        Assert.Equal(mean * spread, squares - sum * sum, 5e-2);
    }, iter: 30);

    [Fact]
    public void WhatIsBeyondAStock_IsTheSumOfTheTail() => Gen.Select(Gen.Double[0.1, 30.0], Gen.Double[1.01, 4.0], Gen.Int[0, 40]).Sample((mean, spread, stock) =>
    {
        var demand = new DemandDistribution(mean, mean * spread, whole: true);
        var tail = Enumerable.Range(stock, 1500).Sum(k => 1 - demand.AtMost(k));
        Assert.Equal(tail, demand.Beyond(stock), 5e-4);
    }, iter: 30);

    [Fact]
    public void Calibration_MakesWrongSpreadsCoverWhatTheySay()
    {
        // The model thinks Poisson; the world has three times its variance.
        static List<QuantileCalibration.Score> Draw(Rng rng, int n, List<double> actuals)
        {
            var scores = new List<QuantileCalibration.Score>();
            for (var i = 0; i < n; i++)
            {
                var actual = new DemandDistribution(12, 36, whole: true).Quantile(Math.Clamp(rng.NextDouble(), 1e-6, 1 - 1e-6));
                actuals.Add(actual);
                scores.Add(QuantileCalibration.ScoreOf(new(12, 12, whole: true), actual, rng.NextDouble(), 1));
            }

            return scores;
        }

        var past = new List<double>();
        var later = new List<double>();
        var calibration = new QuantileCalibration(Draw(new Seed(1).Stream(0), 4000, past), spans: 1e9);
        Draw(new Seed(1).Stream(1), 4000, later);
        var model = new DemandDistribution(12, 12, whole: true);
        Assert.InRange(later.Count(y => y <= calibration.Quantile(model, 0.9)) / 4000.0, 0.87, 0.935);
        Assert.InRange(later.Count(y => y < calibration.Quantile(model, 0.05)) / 4000.0, 0.02, 0.07);
        // Nothing learned: the levels as they are.
        Assert.Equal(model.Quantile(0.9), new QuantileCalibration([], 0).Quantile(model, 0.9));
    }

    [Fact]
    public void QuantilesOfALevel_NeverFall_WithTheLevel() => Gen.Select(GenDemand, Gen.Int[0, 100]).Sample((demand, seed) =>
    {
        var rng = new Seed((ulong)seed).Stream(0);
        var scores = Enumerable.Range(0, 300).Select(_ => QuantileCalibration.ScoreOf(demand, demand.Quantile(Math.Clamp(rng.NextDouble(), 0.001, 0.999)) * (0.5 + rng.NextDouble()), rng.NextDouble(), 1)).ToList();
        var found = new QuantileCalibration(scores, 10).Quantiles(demand, Judging.Levels);
        for (var q = 1; q < found.Length; q++) Assert.True(found[q] >= found[q - 1]);
    }, iter: 40);
}
