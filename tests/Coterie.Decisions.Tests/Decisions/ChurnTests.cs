using Coterie.Decisions.Churn;
using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Decisions;

public class ChurnTests
{
    static readonly DateTime Start = new(2024, 1, 1);

    /// <summary>Customers who order with log-normal gaps around a rhythm of their own, and leave for good at a constant rate.</summary>
    static OrderDays Shop(int customers, ulong seed, double days, double within, double between, double leaves, double until, bool refunds = false)
    {
        var rng = new Seed(seed).Stream(0);
        var times = new double[customers][];
        for (var i = 0; i < customers; i++)
        {
            var own = Math.Log(days) + between * rng.NextNormal();
            var end = leaves > 0 ? -Math.Log(1 - rng.NextDouble()) / leaves : double.PositiveInfinity;
            List<double> orders = [rng.NextDouble() * 60];
            end += orders[0];
            while (orders[^1] + Math.Exp(own + within * rng.NextNormal()) is var next && next < Math.Min(until, end)) orders.Add(next);
            times[i] = [.. orders];
        }

        return OrderDays.Of(times, [.. times.Select(t => Array.ConvertAll(t, _ => 10.0))], Start);
    }

    static int[] All(OrderDays orders) => [.. Enumerable.Range(0, orders.Customers.Length)];

    [Fact]
    public void ARhythm_IsRecovered_FromLogNormalGaps()
    {
        var orders = Shop(2000, 1, days: 20, within: 0.5, between: 0.4, leaves: 0, until: 2000);
        var rhythm = Rhythm.Fit(orders, All(orders), 2000, 0.05)!;
        Assert.Equal(Math.Log(20), rhythm.Mean, 0.05);
        Assert.Equal(0.25, rhythm.Within, 0.02);
        Assert.Equal(0.16, rhythm.Between, 0.02);
        // Nobody leaves, so 95 of 100 silences are over by the 95 % point of the log-normal around a nearly known mean.
        Assert.Equal(Math.Exp(1.645 * 0.5), rhythm.Window, 0.15);
    }

    [Fact]
    public void ARhythm_LiesBetweenTheOwnMeanAndTheShops_AndNearerTheOwnWithMoreGaps() => Gen.Select(Gen.Int[1, 50], Gen.Double[-2, 6]).Sample((gaps, own) =>
    {
        var rhythm = new Rhythm { Mean = 3, Within = 1, Between = 0.5, Window = 1, Limit = 1, Gaps = 100 };
        double one = Math.Log(rhythm.Days(gaps, gaps * own)), more = Math.Log(rhythm.Days(gaps + 1, (gaps + 1) * own));
        Assert.InRange(one, Math.Min(3, own) - 1e-9, Math.Max(3, own) + 1e-9);
        Assert.True(Math.Abs(more - own) <= Math.Abs(one - own) + 1e-9);
        Assert.Equal(3, Math.Log(rhythm.Days(0, 0)), 1e-9);
    });

    [Fact]
    public void ARhythm_SeesNothingAfterItsInstant()
    {
        var orders = Shop(300, 2, 15, 0.6, 0.4, 0.003, 700);
        var cut = OrderDays.Of([.. orders.Times.Select(t => t.Where(x => x <= 400).ToArray())], [.. orders.Times.Select(t => t.Where(x => x <= 400).Select(_ => 10.0).ToArray())], Start);
        Assert.Equal(Rhythm.Fit(orders, All(orders), 400, 0.05), Rhythm.Fit(cut, All(cut), 400, 0.05));
        Assert.Equal(ExpectedSpend.Of(orders, All(orders), new int[300], 400, 60), ExpectedSpend.Of(cut, All(cut), new int[300], 400, 60));
    }

    [Fact]
    public void NobodyIsCalledGone_BeforeSilencesWereFollowedForTwiceAsLong()
    {
        var orders = Shop(2000, 6, days: 20, within: 0.5, between: 0.3, leaves: 0.004, until: 2000);
        Assert.Equal(double.PositiveInfinity, Rhythm.Fit(orders, All(orders), 90, 0.05)!.Limit);
        var known = Rhythm.Fit(orders, All(orders), 1500, 0.05)!;
        Assert.InRange(known.Limit, known.Window, 10);
    }

    [Fact]
    public void LimitsOfSilence_AreThoseOfTheKaplanMeierCurve()
    {
        // 100 end at 1, 60 at 2, 30 at 5, and 10 go on past 9: S is 0.5, 0.2 and 0.05 there.
        double[] lengths = [.. Enumerable.Repeat(1.0, 100), .. Enumerable.Repeat(2.0, 60), .. Enumerable.Repeat(5.0, 30), .. Enumerable.Repeat(9.0, 10)];
        bool[] ended = [.. Enumerable.Repeat(true, 190), .. Enumerable.Repeat(false, 10)];
        Assert.Equal(new SilenceLimits(2, 2), Rhythm.Limits(lengths, ended, end: 3, 0.05));
        Assert.Equal(new SilenceLimits(5, 5), Rhythm.Limits(lengths, ended, 9, 0.05));
        Assert.Equal(new SilenceLimits(2, 5), Rhythm.Limits(lengths, ended, 9, 0.16));
        Assert.Equal(new SilenceLimits(1, 2), Rhythm.Limits(lengths, ended, 9, 0.76));
    }

    [Fact]
    public void AScaleOfTime_ScalesTheLimitsAway() => Gen.Select(Gen.Double[0.1, 9].Array[30, 60], Gen.Int[0, 5]).Sample((lengths, power) =>
    {
        bool[] ended = [.. lengths.Select((_, i) => i % 3 != 0)];
        var scale = Math.Pow(2, power);
        SilenceLimits one = Rhythm.Limits(lengths, ended, 8, 0.05), many = Rhythm.Limits([.. lengths.Select(l => l * scale)], ended, 8 * scale, 0.05);
        Assert.Equal(one.Window * scale, many.Window);
        Assert.Equal(one.Limit * scale, many.Limit);
        Assert.True(one.Window <= one.Limit);
    });

    [Fact]
    public void Calibration_GivesBackTheProbabilitiesThatMadeTheOutcomes()
    {
        var rng = new Seed(4).Stream(0);
        foreach (var bent in new[] { false, true })
        {
            double[] scores = [.. Enumerable.Range(0, 40_000).Select(_ => rng.NextNormal())];
            double True(double s) => bent ? (s < 0 ? 0.2 : 0.7) : 1 / (1 + Math.Exp(-(0.5 + 2 * s)));
            bool[] positive = [.. scores.Select(s => rng.NextDouble() < True(s))];
            var fitted = ProbabilityCalibration.Fit(scores, positive, new Seed(1));
            Assert.Equal(bent ? "isotonic" : "platt", fitted.Method);
            Assert.True(scores.Average(s => Math.Abs(fitted.Of(s) - True(s))) < 0.02);
        }
    }

    [Fact]
    public void IsotonicShares_Rise_StayInside0And1_AndKeepTheMean() => Gen.Select(Gen.Int[-5, 5].Array[20, 80], Gen.ULong).Sample((whole, seed) =>
    {
        var rng = new Seed(seed).Stream(0);
        double[] scores = [.. whole.Select(w => (double)w)];
        bool[] positive = [.. scores.Select(_ => rng.NextDouble() < 0.5)];
        var fitted = ProbabilityCalibration.Isotonic(scores, positive);
        double[] given = [.. Enumerable.Range(-60, 121).Select(i => fitted.Of(i / 10.0))];
        for (var i = 1; i < given.Length; i++) Assert.True(given[i] >= given[i - 1]);
        Assert.All(given, p => Assert.InRange(p, 1e-9, 1 - 1e-9));
    });

    [Fact]
    public void ARanking_MeasuresAsThePlainWayDoes() => Gen.Select(Gen.Int[0, 8].Array[10, 60], Gen.ULong).Sample((whole, seed) =>
    {
        var rng = new Seed(seed).Stream(0);
        double[] scores = [.. whole.Select(w => (double)w)], weights = [.. whole.Select(_ => (double)rng.NextInt(3))];
        bool[] churned = [.. whole.Select(_ => rng.NextDouble() < 0.4)];
        var ranking = new ChurnRanking(scores);
        var positives = churned.Select((c, i) => c ? weights[i] : 0).Sum();
        if (positives == 0 || positives == weights.Sum()) return;
        Assert.Equal(Statistics.Auc(scores, churned, weights), ranking.Auc(churned, weights), 1e-12);
        double[] gain = [.. churned.Select(c => c ? 1.0 : 0)];
        // All of it is in the whole; and constant scores gain nothing over chance.
        Assert.Equal(1, ranking.Lift(1, gain, weights), 1e-12);
        Assert.Equal(1, new ChurnRanking(new double[scores.Length]).Lift(0.1, gain, weights), 1e-9);
    });

    [Fact]
    public void ExpectedSpend_LiesBetweenTheOwnMeanAndTheGroups()
    {
        // Two kinds of customers; each orders once in every period.
        double[] Every(double money) => [.. Enumerable.Repeat(money, 10)];
        double[] days = [.. Enumerable.Range(0, 10).Select(i => i * 30 + 0.5)];
        var rng = new Seed(3).Stream(0);
        double[][] money = [.. Enumerable.Range(0, 40).Select(i => Every(i < 20 ? 10 : 50).Select(m => m + rng.NextNormal()).ToArray())];
        var orders = OrderDays.Of([.. Enumerable.Range(0, 40).Select(_ => days)], money, Start);
        var amounts = ExpectedSpend.Of(orders, All(orders), new int[40], 300.4, 30);
        for (var i = 0; i < 40; i++) Assert.Equal(i < 20 ? 10 : 50, amounts[i], 1.5);
        // Alike customers have the group's mean.
        var alike = OrderDays.Of([.. Enumerable.Range(0, 40).Select(_ => days)], [.. Enumerable.Range(0, 40).Select(_ => Every(7))], Start);
        Assert.All(ExpectedSpend.Of(alike, All(alike), new int[40], 300.4, 30), a => Assert.Equal(7, a, 1e-9));
    }

    [Fact]
    public void APlan_NeverLearnsFromWhatItsCutOffHadNotSeen() => Gen.Select(Gen.Int[28, 2000], Gen.Int[1, 4]).Sample((history, cutOffs) =>
    {
        var plan = ChurnPlan.Of(Start, Start.AddDays(history), new ChurnOptions { CutOffs = cutOffs }, out _)!;
        Assert.InRange(plan.CutOffs, 1, cutOffs);
        for (var k = 0; k <= plan.CutOffs; k++)
        {
            DateTime at = plan.At(k * ChurnPlan.PerHorizon), calibrated = plan.At((k + 1) * ChurnPlan.PerHorizon);
            Assert.True(calibrated.AddDays(plan.Days) <= at.AddSeconds(1));
            Assert.NotEmpty(plan.Past(k));
            foreach (var past in plan.Past(k))
            {
                Assert.True(plan.At(past).AddDays(plan.Days) <= calibrated.AddSeconds(1));
                Assert.True(plan.At(past) >= Start.AddDays(plan.Days).AddSeconds(-1));
            }
        }
    });

    [Fact]
    public void AHistoryTooShort_OrAHorizonTooLong_IsSaid()
    {
        Assert.Null(ChurnPlan.Of(Start, Start.AddDays(27), new ChurnOptions(), out var needed));
        Assert.Equal(28, needed);
        var e = Assert.Throws<ConfigurationException>(() => ChurnPlan.Of(Start, Start.AddDays(100), new ChurnOptions { HorizonDays = 30 }, out _));
        Assert.Contains("25 days at most", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Judging_FindsTheBetterWay_AndOwnsUpWhenThereIsNone()
    {
        Foreseen Some(bool same)
        {
            var rng = new Seed(9).Stream(0);
            double[] truth = [.. Enumerable.Range(0, 3000).Select(_ => rng.NextDouble())];
            bool[] churned = [.. truth.Select(p => rng.NextDouble() < p)];
            double[] worse = same ? truth : [.. truth.Select(p => Math.Clamp(p + 0.3 * rng.NextNormal(), 0, 1))];
            return new Foreseen
            {
                At = Start, Places = [.. Enumerable.Range(0, 3000)], Churned = churned, Trees = truth, Recency = worse, Scores = truth, Silences = worse,
                Values = [.. truth.Select(_ => 10 * rng.NextDouble())],
            };
        }

        var judged = ChurnJudging.Judge([Some(same: false)], 100, new Seed(1), 2);
        Assert.Equal("better", judged.AgainstRecency);
        Assert.True(judged.Trees.CalibrationError < judged.Trees.CalibrationErrorByChanceHigh);
        Assert.True(judged.Recency.CalibrationError > judged.Recency.CalibrationErrorByChanceHigh);
        Assert.InRange(judged.Trees.Auc.Value, judged.Trees.Auc.Low, judged.Trees.Auc.High);
        var equal = ChurnJudging.Judge([Some(same: true)], 100, new Seed(1), 1);
        Assert.Equal("no_difference", equal.AgainstRecency);
        Assert.Contains("not better", ChurnWords.Verdict(equal).En, StringComparison.Ordinal);
        // Threads do not matter.
        Assert.Equal(judged.AucGain, ChurnJudging.Judge([Some(same: false)], 100, new Seed(1), 1).AucGain);
    }
}
