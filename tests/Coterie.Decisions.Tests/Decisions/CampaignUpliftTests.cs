using Coterie.Decisions.Campaigns;
using Coterie.Numerics;

namespace Coterie.Tests.Decisions;

public class CampaignUpliftTests
{
    // Effect by the first column: 0.3 above zero, none below; or the same 0.15 for all.
    static UpliftSample Some(int n, bool differs, ulong seed, bool binary = false)
    {
        var rng = new Seed(seed).Stream(1);
        var rows = new Matrix(n, 4);
        var (outcome, treated, propensity) = (new double[n], new bool[n], new double[n]);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < 4; j++) rows[i, j] = (float)rng.NextNormal();
            treated[i] = rng.NextInt(2) == 1;
            propensity[i] = 0.5;
            var effect = differs ? (rows[i, 0] > 0 ? 0.3 : 0) : 0.15;
            outcome[i] = binary ? (rng.NextDouble() < 0.3 + (treated[i] ? effect : 0) ? 1 : 0) : 0.3 * rows[i, 1] + (treated[i] ? effect : 0) + 0.5 * rng.NextNormal();
        }

        return new(rows, outcome, treated, propensity);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EveryLearner_TellsCustomersApartWhoDiffer(bool binary)
    {
        var sample = Some(6000, differs: true, 3, binary);
        foreach (var learner in UpliftLearners.For(sample))
        {
            var effects = UpliftLearners.Fit(learner, sample, new Seed(1)).Predict(sample.Rows);
            double Mean(Func<int, bool> of) => Enumerable.Range(0, 6000).Where(of).Average(i => effects[i]);
            var gap = Mean(i => sample.Rows[i, 0] > 0.3) - Mean(i => sample.Rows[i, 0] < -0.3);
            Assert.True(gap is > 0.1 and < 0.5, $"{learner}: {gap}");
        }
    }

    [Fact]
    public void ADifference_IsFoundAndJudgedOnOthers_AndTheSameForAnyThreads()
    {
        var sample = Some(4000, differs: true, 4);
        var found = UpliftSelection.Judge(sample, "mail", "visit", 0.3, 99, new Seed(1), 1);
        Assert.True(found.Usable);
        Assert.True(found.Policy.OverRandom.Low > 0);
        Assert.InRange(1, found.CalibrationSlope.Low - 0.2, found.CalibrationSlope.High + 0.2);
        Assert.True(found.Bins[^1].Measured.Value > found.Bins[0].Measured.Value + 0.1);
        var again = UpliftSelection.Judge(sample, "mail", "visit", 0.3, 99, new Seed(1), 2);
        Assert.Equal(found.Qini, again.Qini);
        Assert.Equal(found.P, again.P);
        Assert.Equal(found.Learner, again.Learner);
    }

    [Fact]
    public void TheSameEffectOnEverybody_IsRarelyTakenForADifference()
    {
        var alarms = 0;
        for (ulong run = 0; run < 100; run++)
            if (Heterogeneity.P(Some(600, differs: false, 100 + run), 99, new Seed(run), 1) <= 0.05) alarms++;
        // Expected 5, deviation 2.2.
        Assert.InRange(alarms, 0, 11);
    }

    [Fact]
    public void DoublyRobustScores_HoldTheTrueEffect()
    {
        var held = 0;
        for (ulong run = 0; run < 40; run++)
        {
            var effect = DoublyRobust.Mean(DoublyRobust.Scores(Some(500, differs: true, 200 + run), new Seed(run)));
            if (effect.Low <= 0.15 && 0.15 <= effect.High) held++;
        }

        Assert.InRange(held, 34, 40);
    }

    [Fact]
    public void SegmentsThatOnlyChanceSetsApart_ShareOneEffect_AndOthersKeepTheirOwn()
    {
        var rng = new Seed(5).Stream(0);
        double[] Draw(double mean) => [.. Enumerable.Range(0, 500).Select(_ => mean + rng.NextNormal())];
        var alike = OfferEffects.Shrunken([Draw(0.2), Draw(0.2), Draw(0.2)]);
        Assert.True(alike.Max(c => c.Effect) - alike.Min(c => c.Effect) < 0.1);
        var apart = OfferEffects.Shrunken([Draw(0), Draw(1), []]);
        Assert.True(apart[1].Effect - apart[0].Effect > 0.8);
        Assert.InRange(apart[2].Effect, 0.3, 0.7);
    }
}
