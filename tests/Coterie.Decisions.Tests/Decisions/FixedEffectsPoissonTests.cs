using Coterie.Decisions.Pricing;
using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Decisions;

public class FixedEffectsPoissonTests
{
    // A panel with every product in every week and prices that move.
    static PanelRows Panel(ulong seed, int products, int weeks, double slope, double mean = 6)
    {
        var rng = new Seed(seed).Stream(1);
        List<int> offsets = [0], week = [];
        List<double> x = [], y = [];
        for (var i = 0; i < products; i++)
        {
            var effect = Math.Log(mean) + 0.7 * rng.NextNormal();
            for (var t = 0; t < weeks; t++)
            {
                var price = -0.4 * (rng.NextDouble() < 0.3 ? rng.NextDouble() : 0);
                week.Add(t);
                x.Add(price);
                y.Add(PriceShop.Poisson(rng, Math.Exp(effect + 0.3 * Math.Sin(t) + slope * price)));
            }

            offsets.Add(week.Count);
        }

        return new(weeks, [.. offsets], [.. week], [.. x], [.. y]);
    }

    [Fact]
    public void The_slope_solves_the_equations_of_the_plain_model_with_dummies() => Gen.Select(Gen.ULong, Gen.Int[3, 8], Gen.Int[4, 9]).Sample((seed, products, weeks) =>
    {
        var rows = Panel(seed, products, weeks, -1.5);
        if (FixedEffectsPoisson.Fit(rows) is not { } fit || !double.IsFinite(fit.StandardError)) return;
        Assert.Equal(Plain(rows), fit.Slope, 1e-6);
    }, iter: 60);

    // Plain twin: Poisson regression on one dummy for each product and week by iteratively re-weighted updates of one block at a time (all sums at the top are met exactly).
    static double Plain(PanelRows rows)
    {
        double[] a = new double[rows.Products], g = new double[rows.Weeks];
        var b = 0.0;
        for (var sweep = 0; sweep < 20_000; sweep++)
        {
            double Mean(int i, int r) => Math.Exp(a[i] + g[rows.Week[r]] + b * rows.X[r]);
            double[] real = new double[rows.Weeks], expected = new double[rows.Weeks];
            for (var i = 0; i < rows.Products; i++)
            {
                var (own, mean) = (0.0, 0.0);
                for (var r = rows.Offsets[i]; r < rows.Offsets[i + 1]; r++) (own, mean) = (own + rows.Y[r], mean + Mean(i, r));
                a[i] += own > 0 ? Math.Log(own / mean) : -50 - a[i];
                for (var r = rows.Offsets[i]; r < rows.Offsets[i + 1]; r++)
                {
                    real[rows.Week[r]] += rows.Y[r];
                    expected[rows.Week[r]] += Mean(i, r);
                }
            }

            for (var t = 0; t < rows.Weeks; t++) g[t] += real[t] > 0 ? Math.Log(real[t] / expected[t]) : -50 - g[t];
            var (score, curve) = (0.0, 0.0);
            for (var i = 0; i < rows.Products; i++)
                for (var r = rows.Offsets[i]; r < rows.Offsets[i + 1]; r++)
                {
                    score += rows.X[r] * (rows.Y[r] - Mean(i, r));
                    curve += rows.X[r] * rows.X[r] * Mean(i, r);
                }

            b += Math.Clamp(score / curve, -0.5, 0.5);
            if (Math.Abs(score / curve) < 1e-11) break;
        }

        return b;
    }

    [Fact]
    public void Units_of_measure_do_not_matter()
    {
        var rows = Panel(3, 20, 20, -1.2);
        var fit = FixedEffectsPoisson.Fit(rows)!;
        var cents = FixedEffectsPoisson.Fit(rows with { X = [.. rows.X.Select(x => x + Math.Log(100))] })!;
        var dozens = FixedEffectsPoisson.Fit(rows with { Y = [.. rows.Y.Select(y => 12 * y)] })!;
        Assert.Equal(fit.Slope, cents.Slope, 1e-7);
        Assert.Equal(fit.StandardError, cents.StandardError, 1e-7);
        Assert.Equal(fit.Slope, dozens.Slope, 1e-7);
        Assert.Equal(fit.StandardError, dozens.StandardError, 1e-7);
    }

    [Fact]
    public void The_order_of_products_does_not_matter()
    {
        var rows = Panel(4, 6, 10, -1.2);
        var turned = new PanelRows(10, rows.Offsets, rows.Week, [.. rows.X.Chunk(10).Reverse().SelectMany(c => c)], [.. rows.Y.Chunk(10).Reverse().SelectMany(c => c)]);
        Assert.Equal(FixedEffectsPoisson.Fit(rows)!.StandardError, FixedEffectsPoisson.Fit(turned)!.StandardError, 1e-9);
    }

    [Fact]
    public void Prices_that_never_move_give_no_error_to_trust()
    {
        var rows = Panel(5, 10, 12, 0);
        var fit = FixedEffectsPoisson.Fit(rows with { X = [.. rows.X.Select((_, i) => (double)(i / 12))] })!;
        Assert.Equal(0, fit.Moved);
        Assert.True(double.IsInfinity(fit.StandardError));
        Assert.Equal("no_spread", ElasticityModel.Refusal(fit, new PricingOptions()));
    }

    [Fact]
    public void One_product_alone_is_not_estimated() => Assert.Null(FixedEffectsPoisson.Fit(Panel(6, 1, 20, -1)));
}
