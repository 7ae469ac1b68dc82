using System.Globalization;
using Coterie.Decisions;
using Coterie.Numerics;
using Coterie.Tests.Support;

namespace Coterie.Tests.Decisions;

/// <summary>The CDNOW 1/10 sample (2,357 customers, 39 weeks of calibration, 39 of holdout). Parameters: the published ones to the digits that are
/// published (Fader, Hardie and Lee 2005, table 2; Fader and Hardie 2005 and 2013; the tests of the package lifetimes), more digits by an independent
/// fit with SciPy.</summary>
public class CdnowModelTests
{
    sealed record Purchase(string Customer, DateTime Day, double Money);

    sealed record Sample(int[] X, double[] Recency, double[] Age, double[] RepeatMean, int[] Future);

    static readonly Lazy<Sample> Data = new(Read);

    static Sample Read()
    {
        var purchases = File.ReadLines(Shared.Data("cdnow/CDNOW_sample.txt")).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(f => new Purchase(f[1], DateTime.ParseExact(f[2], "yyyyMMdd", CultureInfo.InvariantCulture), double.Parse(f[4], CultureInfo.InvariantCulture)))
            .GroupBy(p => (p.Customer, p.Day)).Select(g => new Purchase(g.Key.Customer, g.Key.Day, g.Sum(p => p.Money))).ToArray();
        DateTime end = new(1997, 9, 30), last = new(1998, 6, 30);
        List<int> x = [], future = [];
        List<double> recency = [], age = [], mean = [];
        foreach (var customer in purchases.GroupBy(p => p.Customer).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var before = customer.Where(p => p.Day <= end).OrderBy(p => p.Day).ToArray();
            x.Add(before.Length - 1);
            recency.Add((before[^1].Day - before[0].Day).Days / 7.0);
            age.Add((end - before[0].Day).Days / 7.0);
            mean.Add(before.Length == 1 ? 0 : before.Skip(1).Average(p => p.Money));
            future.Add(customer.Count(p => p.Day > end && p.Day <= last));
        }

        return new([.. x], [.. recency], [.. age], [.. mean], [.. future]);
    }

    static PurchaseRows Rows => PurchaseRows.Of(Data.Value.X, Data.Value.Recency, Data.Value.Age);

    [Fact]
    public void TheData_AreThePublishedOnes()
    {
        Assert.Equal(2357, Data.Value.X.Length);
        Assert.Equal(2457, Data.Value.X.Sum());
        Assert.Equal(1411, Data.Value.X.Count(x => x == 0));
        Assert.Equal(1882, Data.Value.Future.Sum());
    }

    [Theory]
    [InlineData("NBD", -9763.6576, 0.38477, 12.07202)]
    [InlineData("BG/NBD", -9582.4292, 0.242595, 4.413602, 0.792922, 2.425908)]
    [InlineData("MBG/NBD", -9582.1357, 0.524843, 6.183086, 0.891359, 1.614002)]
    [InlineData("Pareto/NBD", -9594.9762, 0.553277, 10.577684, 0.606240, 11.668729)]
    public void EveryFamily_FindsItsOptimum_FromTwentyOfTwentyRandomStarts(string name, double logLikelihood, params double[] parameters)
    {
        var model = PurchaseModel.All.Single(m => m.Name == name);
        foreach (var start in MaximumLikelihood.Starts(21, model.Size, new Seed(7)).Skip(1))
        {
            var fitted = PurchaseFit.Fit(model, Rows, [start], 1);
            Assert.NotNull(fitted);
            Assert.True(fitted.Optimum.Settled);
            Assert.Equal(logLikelihood, fitted.Optimum.LogLikelihood, 1e-3);
            for (var j = 0; j < parameters.Length; j++) Assert.Equal(1, fitted.Parameters[j] / parameters[j], 1e-3);
        }
    }

    [Fact]
    public void TheSpendModel_FindsItsOptimum_FromTwentyOfTwentyRandomStarts()
    {
        var repeat = Enumerable.Range(0, Data.Value.X.Length).Where(i => Data.Value.X[i] > 0 && Data.Value.RepeatMean[i] > 0).ToArray();
        Assert.Equal(946, repeat.Length);
        var likelihood = GammaGamma.Likelihood([.. repeat.Select(i => Data.Value.X[i])], [.. repeat.Select(i => Data.Value.RepeatMean[i])], 1);
        foreach (var start in MaximumLikelihood.Starts(21, 3, new Seed(7)).Skip(1))
        {
            var optimum = MaximumLikelihood.Maximise(likelihood, null, 1, [start]);
            Assert.NotNull(optimum);
            Assert.True(optimum.Settled);
            Assert.Equal(-4055.9177, optimum.LogLikelihood, 1e-3);
            double[] published = [6.24957, 3.74422, 15.44352];
            for (var j = 0; j < 3; j++) Assert.Equal(1, optimum.Parameters[j] / published[j], 1e-3);
            Assert.Equal(35.1704, GammaGamma.Expected(optimum.Parameters, 0, 0), 1e-2);
        }
    }

    [Fact]
    public void TheHoldout_IsPredictedAsWellAsPublished()
    {
        var model = new ParetoNbd();
        var fitted = PurchaseFit.Fit(model, Rows, MaximumLikelihood.Starts(3, 4, new Seed(1)), 2)!;
        var data = Data.Value;
        double[] errors = [.. Enumerable.Range(0, data.X.Length).Select(i => model.Expected(fitted.Parameters, data.X[i], data.Recency[i], data.Age[i], 39) - data.Future[i])];
        Assert.InRange(errors.Average(Math.Abs), 0.75, 0.7545 + 5e-5);
        Assert.InRange(Math.Sqrt(errors.Average(e => e * e)), 1.6, 1.6028 + 5e-5);
    }

    // Point checks of the package lifetimes (tests/test_estimation.py) and of Fader and Hardie's spreadsheets, at the parameters used there.
    [Fact]
    public void BgNbd_GivesThePublishedPoints()
    {
        var model = new BgNbd();
        double[] p = [0.242595, 4.413602, 0.792922, 2.425908];
        Assert.Equal(1.226, model.Expected(p, 2, 30.43, 38.86, 39), 1e-3);
        double[] times = [0.1429, 1, 3, 31.8571, 32, 78], expected = [0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8576];
        for (var i = 0; i < times.Length; i++) Assert.Equal(expected[i], model.Expected(p, 0, 0, 0, times[i]), 5e-4);
        var tail = new List<double>();
        model.AtLeast(p, 0, 0, 39, 1e-14, tail);
        Assert.Equal(0.5737864, 1 - tail[0], 1e-3);
        model.AtLeast(p, 0, 0, 2, 1e-14, tail);
        Assert.Equal(1.07869e-7, tail[9] - tail[10], 1e-9);
        model.AtLeast(p, 0, 0, 30, 1e-14, tail);
        double[] mass = [0.0019995214, 0.0015170236, 0.0011633150, 0.0009003148, 0.0007023638, 0.0005517902, 0.0004361913, 0.0003467171, 0.0002769613, 0.0002222260];
        for (var n = 0; n < mass.Length; n++) Assert.Equal(mass[n], tail[10 + n] - tail[11 + n], 1e-5);
    }

    [Fact]
    public void ParetoNbd_GivesThePublishedPoints_AndDoesNotUnderflow()
    {
        var model = new ParetoNbd();
        double[] p = [0.553, 10.578, 0.606, 11.669];
        Assert.Equal(25.46, model.Expected(p, 26, 30.86, 31, 52), 1e-2);
        double[] expected = [0, 0.05077821, 0.09916088, 0.14542507, 0.18979930, 0.23247466, 0.27361274, 0.31335159, 0.35181024, 0.38909211];
        for (var t = 0; t < expected.Length; t++) Assert.Equal(expected[t], model.Expected(p, 0, 0, 0, t), 0.01 * expected[t]);
        double[] long_ = [0.55, 10.58, 0.61, 11.67];
        Assert.Equal(6.20605179, model.Expected(long_, 132, 200, 200, 10), 1e-6);
        Assert.Equal(6.25287225, model.Expected(long_, 133, 200, 200, 10), 1e-6);
    }

    [Fact]
    public void TheSpendModel_GivesThePublishedPoints()
    {
        double[] p = [6.25, 3.744, 15.44];
        Assert.Equal(35.17, GammaGamma.Expected(p, 0, 0), 1e-2);
        Assert.Equal(24.65, GammaGamma.Expected(p, 2, 22.35), 2e-2);
        Assert.Equal(18.91, GammaGamma.Expected(p, 1, 11.77), 2e-2);
    }
}
