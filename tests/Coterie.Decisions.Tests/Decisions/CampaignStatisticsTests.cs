using Coterie.Decisions.Campaigns;
using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Decisions;

public class CampaignStatisticsTests
{
    // tools/oracles/qini.py: the definitions of scikit-uplift 0.5, written out in NumPy.
    static readonly double[] Scores = [.9, .8, .8, .7, .6, .5, .4, .3, .2, .1];
    static readonly bool[] Treated = [true, true, false, true, false, false, false, true, true, false];
    static readonly double[] YesNo = [1, 0, 1, 1, 0, 0, 1, 0, 1, 0], Amounts = [3, 0, 1.5, 2, 0, 0, 7, 0, 1, 0.5];

    static double[] Normals(Rng rng, int n, double mean = 0) => [.. Enumerable.Range(0, n).Select(_ => mean + rng.NextNormal())];

    [Fact]
    public void Qini_IsTheOracles()
    {
        Assert.Equal(-0.16216216216216217, Qini.Score(Scores, YesNo, Treated), 5e-13);
        Assert.Equal(-0.29727564102564097, Qini.Auuc(Scores, YesNo, Treated), 5e-13);
        Assert.Equal(0.2534626038781163, Qini.Score(Scores, Amounts, Treated), 5e-13);
        Assert.Equal(0.29470198675496695, Qini.Auuc(Scores, Amounts, Treated), 5e-13);
    }

    [Fact]
    public void Qini_DoesNotDependOnTheScaleOrTheOrderOfRows() => Gen.Select(Gen.Int[0, 5].Array[30], Gen.Int[0, 1].Array[30], Gen.Bool.Array[30], Gen.ULong)
        .Where(t => t.Item3.Contains(true) && t.Item3.Contains(false) && t.Item2.Distinct().Count() == 2)
        .Sample((scores, outcome, treated, seed) =>
        {
            var order = Enumerable.Range(0, 30).ToArray();
            new Seed(seed).Stream(0).Shuffle<int>(order);
            double[] s = [.. scores.Select(x => (double)x)], y = [.. outcome.Select(x => (double)x)];
            var qini = Qini.Score(s, y, treated);
            var moved = Qini.Score([.. order.Select(i => Math.Exp(s[i]))], [.. order.Select(i => y[i])], [.. order.Select(i => treated[i])]);
            return double.IsNaN(qini) ? double.IsNaN(moved) : double.IsInfinity(qini) ? double.IsInfinity(moved) : Math.Abs(qini - moved) < 1e-9;
        });

    [Fact]
    public void APerfectOrderScoresOne_AndNoOrderNone()
    {
        double[] perfect = [.. YesNo.Select((y, i) => Treated[i] ? y : -y)];
        Assert.Equal(1, Qini.Score(perfect, YesNo, Treated), 5e-13);
        Assert.Equal(0, Qini.Score(new double[10], YesNo, Treated), 5e-13);
    }

    [Fact]
    public void Holm_IsThePublishedExample()
    {
        // Holm (1979): .01, .02, .03 become .03, .04, .04 (k - rank + 1 times p, never falling).
        var adjusted = Holm.Adjust([0.02, 0.01, 0.03]);
        Assert.Equal([0.04, 0.03, 0.04], adjusted.Select(p => Math.Round(p, 10)));
    }

    [Fact]
    public void Power_IsWhatSimulatedCampaignsFind()
    {
        const int n = 400, runs = 2000;
        const double effect = 0.2;
        var found = 0;
        for (var run = 0; run < runs; run++)
        {
            var rng = new Seed(11).Stream((ulong)run);
            if (MeanDifference.Of(Moments.Of(Normals(rng, n, effect)), Moments.Of(Normals(rng, n))).P <= 0.05) found++;
        }

        var promised = PowerAnalysis.Power(effect, PowerAnalysis.StandardError(1, n, 1, n));
        Assert.InRange(found / (double)runs, promised - 0.03, promised + 0.03);
    }

    [Fact]
    public void SampleSizeAndDetectableEffect_UndoEachOther() => Gen.Select(Gen.Double[0.01, 0.5], Gen.Double[0.05, 0.25]).Sample((effect, variance) =>
    {
        var n = PowerAnalysis.SampleSize(effect, variance, variance);
        return PowerAnalysis.Detectable(PowerAnalysis.StandardError(variance, n, variance, n)) <= effect * 1.0001;
    });

    [Fact]
    public void ADetectableShare_HasThePowerItPromises()
    {
        var rise = PowerAnalysis.DetectableShare(0.1, 2000, 500);
        Assert.Equal(0.8, PowerAnalysis.Power(rise, PowerAnalysis.StandardError((0.1 + rise) * (0.9 - rise), 2000, 0.09, 500)), 5e-4);
    }

    [Fact]
    public void CampaignsThatDoNothing_AreFoundToWorkInFiveOfAHundred()
    {
        var alarms = 0;
        for (var run = 0; run < 1000; run++)
        {
            var rng = new Seed(12).Stream((ulong)run);
            // A tenth of customers respond, whichever the arm.
            double[] Arm(int n) => [.. Enumerable.Range(0, n).Select(_ => rng.NextDouble() < 0.1 ? 1.0 : 0)];
            if (MeanDifference.Of(Moments.Of(Arm(600)), Moments.Of(Arm(300))).P <= 0.05) alarms++;
        }

        Assert.InRange(alarms, 35, 65);
    }

    [Fact]
    public void LookingEveryDay_DoesNotRaiseFalseAlarms_AsItWouldWithPlainIntervals()
    {
        int always = 0, plain = 0;
        const int runs = 300;
        for (var run = 0; run < runs; run++)
        {
            var rng = new Seed(13).Stream((ulong)run);
            double[] treated = Normals(rng, 3000), control = Normals(rng, 3000);
            bool alwaysHit = false, plainHit = false;
            for (var n = 100; n <= 3000; n += 100)
            {
                Moments a = Moments.Of(treated.AsSpan(0, n)), b = Moments.Of(control.AsSpan(0, n));
                alwaysHit |= ConfidenceSequence.Of(a, b, 3000).P <= 0.05;
                plainHit |= MeanDifference.Of(a, b).P <= 0.05;
            }

            always += alwaysHit ? 1 : 0;
            plain += plainHit ? 1 : 0;
        }

        Assert.InRange(always, 0, 0.05 * runs);
        Assert.InRange(plain, 0.15 * runs, runs);
    }

    [Fact]
    public void TheSequencesP_IsTheLevelAtWhichItsIntervalTouchesZero() => Gen.Select(Gen.Double[0.5, 5], Gen.Int[200, 5000]).Sample((z, n) =>
    {
        var effect = z / Math.Sqrt(n);
        var scale = ConfidenceSequence.Scale(1000, 0.05);
        var p = ConfidenceSequence.P(n, effect, 1, scale);
        return p >= 1 || Math.Abs(ConfidenceSequence.HalfWidth(n, 1, scale, p) - effect) < 1e-9;
    });

    [Fact]
    public void Cuped_KeepsTheEffect_AndSavesTheVarianceThatThePastExplains()
    {
        var rng = new Seed(14).Stream(0);
        const int n = 20_000;
        double[] before = Normals(rng, n);
        int[] arm = [.. Enumerable.Range(0, n).Select(_ => rng.NextInt(2))];
        double[] y = [.. before.Select((b, i) => 0.8 * b + 0.6 * rng.NextNormal() + 0.1 * arm[i])];
        MeanEffect Of(double[] v) => MeanDifference.Of(Moments.Of([.. v.Where((_, i) => arm[i] == 1)]), Moments.Of([.. v.Where((_, i) => arm[i] == 0)]));
        MeanEffect plain = Of(y), sharp = Of(Cuped.Adjust(y, [before, before], arm, 2));
        Assert.Equal(0.36, sharp.StandardError * sharp.StandardError / (plain.StandardError * plain.StandardError), 5e-2);
        Assert.InRange(0.1, sharp.Effect.Low, sharp.Effect.High);
    }

    [Fact]
    public void ASampleRatio_AlarmsWhenCustomersWereLost()
    {
        Assert.False(RandomisationChecks.SampleRatio([5030, 4970], [1, 1]).Alarm);
        Assert.True(RandomisationChecks.SampleRatio([5300, 4700], [1, 1]).Alarm);
        Assert.False(RandomisationChecks.SampleRatio([9010, 990], [0.9, 0.1]).Alarm);
    }

    [Fact]
    public void TreatmentThatCovariatesForetell_IsNotRandom()
    {
        var rng = new Seed(15).Stream(0);
        var rows = new Matrix(2000, 3);
        for (var i = 0; i < rows.Values.Length; i++) rows.Values[i] = (float)rng.NextNormal();
        int[] random = [.. Enumerable.Range(0, 2000).Select(_ => rng.NextInt(2))], chosen = [.. Enumerable.Range(0, 2000).Select(i => rows[i, 1] + 3 * rng.NextNormal() > 0 ? 1 : 0)];
        Assert.True(RandomisationChecks.Balance(rows, ["a", "b", "c"], random, ["no", "mail"]).Random);
        var balance = RandomisationChecks.Balance(rows, ["a", "b", "c"], chosen, ["no", "mail"]);
        Assert.False(balance.Random);
        Assert.Equal("b", balance.Differences[0].Name);
    }
}
