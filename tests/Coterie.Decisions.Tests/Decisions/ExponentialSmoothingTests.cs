using Coterie.Decisions.Demand;
using Coterie.Numerics;

namespace Coterie.Tests.Decisions;

public class ExponentialSmoothingTests
{
    // Oil production of Saudi Arabia, 1996 to 2013, and what R's forecast package found (Hyndman and Athanasopoulos 2018, section 7.1):
    // alpha .8339, level 446.5868, forecast 542.6806, AICc 179.8573, lower 95 % limits 484.2183 and 466.5589 one and two years ahead.
    static readonly double[] Oil =
    [
        445.3641, 453.1950, 454.4096, 422.3789, 456.0371, 440.3866, 425.1944, 486.2052, 500.4291, 521.2759, 508.9476, 488.8889, 509.8706, 456.7229,
        473.8166, 525.9509, 549.8338, 542.3405,
    ];

    [Fact]
    public void TheOilSeries_IsFittedAsInTheBook()
    {
        var model = SmoothingFit.Fit(Oil, new(SmoothingPart.Additive, SmoothingTrend.None, SmoothingPart.None, 1), 400)!;
        Assert.Equal(0.8339, model.Parameters.Alpha, 5e-3);
        Assert.InRange(model.Parameters.Level, 446.5868 - 0.5, 446.5868 + 0.5);
        Assert.Equal(179.8573, model.Aicc, 5e-3);
        double[] means = new double[3], variances = new double[3];
        model.Ahead(means, variances);
        Assert.InRange(means[0], 542.68 - 0.1, 542.68 + 0.1);
        Assert.InRange(542.6806 - 1.959964 * Math.Sqrt(variances[0]), 484.2183 - 0.3, 484.2183 + 0.3);
        Assert.InRange(542.6806 - 1.959964 * Math.Sqrt(variances[1]), 466.5589 - 0.3, 466.5589 + 0.3);
    }

    // Paths drawn from the model itself.
    [Theory]
    [InlineData(SmoothingPart.Additive, SmoothingTrend.Damped, SmoothingPart.None)]
    [InlineData(SmoothingPart.Additive, SmoothingTrend.Additive, SmoothingPart.Additive)]
    [InlineData(SmoothingPart.Multiplicative, SmoothingTrend.Additive, SmoothingPart.None)]
    [InlineData(SmoothingPart.Multiplicative, SmoothingTrend.None, SmoothingPart.Additive)]
    [InlineData(SmoothingPart.Multiplicative, SmoothingTrend.None, SmoothingPart.Multiplicative)]
    [InlineData(SmoothingPart.Multiplicative, SmoothingTrend.Damped, SmoothingPart.Multiplicative)]
    public void VariancesAhead_AreThoseOfSimulatedPaths(SmoothingPart error, SmoothingTrend trend, SmoothingPart seasonal)
    {
        const int ahead = 6, paths = 20_000;
        var season = seasonal == SmoothingPart.None ? 1 : 4;
        var form = new SmoothingForm(error, trend, seasonal, season);
        double[] seasonals = seasonal switch { SmoothingPart.None => [], SmoothingPart.Additive => [5, -3, 2, -4], _ => [1.2, 0.8, 1.1, 0.9] };
        var p = new ExponentialSmoothing.Parameters(0.4, trend == SmoothingTrend.None ? 0 : 0.1, seasonal == SmoothingPart.None ? 0 : 0.2, 0.9, 100, trend == SmoothingTrend.None ? 0 : 2, seasonals);
        var sigma = error == SmoothingPart.Additive ? 5.0 : 0.05;
        var now = new ExponentialSmoothing.Pass(p.Level, p.Slope, seasonals, 0, 0);
        double[] means = new double[ahead], variances = new double[ahead];
        ExponentialSmoothing.Ahead(form, p, now, 0, sigma * sigma, means, variances);
        var rng = new Seed(5).Stream(1);
        double[] sums = new double[ahead], squares = new double[ahead];
        for (var k = 0; k < paths; k++)
        {
            var (l, b) = (p.Level, trend == SmoothingTrend.None ? 0 : p.Slope);
            var s = seasonals.ToArray();
            var phi = trend == SmoothingTrend.Damped ? p.Phi : 1;
            for (var h = 0; h < ahead; h++)
            {
                var f = l + phi * b;
                var mean = seasonal switch { SmoothingPart.Additive => f + s[h % 4], SmoothingPart.Multiplicative => f * s[h % 4], _ => f };
                var e = sigma * rng.NextNormal() * (error == SmoothingPart.Additive ? 1 : mean);
                var scaled = seasonal == SmoothingPart.Multiplicative ? e / s[h % 4] : e;
                (l, b) = (f + p.Alpha * scaled, phi * b + p.Beta * scaled);
                if (seasonal == SmoothingPart.Additive) s[h % 4] += p.Gamma * e;
                if (seasonal == SmoothingPart.Multiplicative) s[h % 4] += p.Gamma * e / f;
                sums[h] += mean + e - means[h];
                squares[h] += (mean + e - means[h]) * (mean + e - means[h]);
            }
        }

        for (var h = 0; h < ahead; h++)
        {
            Assert.InRange(sums[h] / paths, -0.2, 0.2);
            Assert.InRange(squares[h] / paths / variances[h], 0.95, 1.05);
        }
    }

    [Fact]
    public void Admissible_IsTheUsualRegion()
    {
        var form = new SmoothingForm(SmoothingPart.Additive, SmoothingTrend.Damped, SmoothingPart.Additive, 4);
        var inside = new ExponentialSmoothing.Parameters(0.5, 0.2, 0.3, 0.9, 1, 0, [0, 0, 0, 0]);
        Assert.True(inside.Admissible(form));
        Assert.False((inside with { Beta = 0.6 }).Admissible(form));
        Assert.False((inside with { Gamma = 0.6 }).Admissible(form));
        Assert.False((inside with { Phi = 1 }).Admissible(form));
        Assert.False((inside with { Alpha = 1 }).Admissible(form));
    }

    [Fact]
    public void TheChoiceOfForm_FindsATrend_AndASeason()
    {
        var rng = new Seed(3).Stream(0);
        double[] trend = [.. Enumerable.Range(0, 60).Select(t => 50 + 2.0 * t + 3 * rng.NextNormal())];
        Assert.NotEqual(SmoothingTrend.None, SmoothingFit.Choose(trend, 1, levelOnly: false)!.Form.Trend);
        double[] season = [.. Enumerable.Range(0, 72).Select(t => (100 + 3 * rng.NextNormal()) * (t % 12 < 6 ? 1.3 : 0.7))];
        Assert.NotEqual(SmoothingPart.None, SmoothingFit.Choose(season, 12, levelOnly: false)!.Form.Seasonal);
    }
}
