using Coterie.Decisions;
using CsCheck;

namespace Coterie.Tests.Decisions;

/// <summary>Laws of the purchase models, for any parameters and any history.</summary>
public class PurchaseModelTests
{
    static readonly Gen<double> Positive = Gen.Double[-2.0, 2.0].Select(e => Math.Exp(e));
    static readonly Gen<double[]> Parameters = Gen.Select(Positive, Positive, Positive, Positive).Select(p => new[] { p.Item1, p.Item2 * 5, p.Item3, p.Item4 * 5 });
    internal static readonly Gen<(int X, double Recency, double Age)> History =
        Gen.Select(Gen.Int[0, 60], Gen.Double[0.01, 1], Gen.Double[1, 150]).Select(h => (h.Item1, h.Item1 == 0 ? 0 : h.Item2 * h.Item3, h.Item3));

    static readonly Gen<(PurchaseModel Model, double[] Parameters, (int X, double Recency, double Age) History)> Cases =
        Gen.Select(Gen.Int[0, PurchaseModel.All.Count - 1].Select(i => PurchaseModel.All[i]), Parameters, History).Select(c => (c.Item1, c.Item2[..c.Item1.Size], c.Item3));

    static PurchaseRows Row((int X, double Recency, double Age) h) => PurchaseRows.Of([h.X], [h.Recency], [h.Age]);

    [Fact]
    public void TheGradient_IsTheSlopeOfTheLikelihood() => Cases.Sample(c =>
    {
        var likelihood = c.Model.Likelihood(Row(c.History), 1);
        double[] logs = [.. c.Parameters.Select(l => Math.Log(l))], gradient = new double[logs.Length], unused = new double[logs.Length];
        likelihood(logs, gradient);
        for (var j = 0; j < logs.Length; j++)
        {
            const double h = 1e-5;
            double[] up = [.. logs], down = [.. logs];
            up[j] += h;
            down[j] -= h;
            var slope = (likelihood(up, unused) - likelihood(down, unused)) / (2 * h);
            Assert.True(Math.Abs(slope - gradient[j]) < 1e-5 * (1 + Math.Abs(slope)), $"{c.Model.Name} {j}: {slope} and {gradient[j]}");
        }
    }, iter: 2000);

    [Fact]
    public void TheChanceOfBeingACustomer_IsAProbability_AndFallsWithSilence() => Cases.Sample(c =>
    {
        var (x, recency, age) = c.History;
        var alive = c.Model.Alive(c.Parameters, x, recency, age);
        Assert.InRange(alive, 0, 1);
        Assert.True(c.Model.Alive(c.Parameters, x, recency, age + 10) <= alive + 1e-12);
        if (x == 0 && !c.Model.KnowsOneTimeBuyers) Assert.Equal(1, alive);
        if (c.Model.CanLeave && c.Model.KnowsOneTimeBuyers && age > recency) Assert.True(alive < 1);
    }, iter: 2000);

    [Fact]
    public void ExpectedPurchases_AreTheSumOfTheirTail_AndGrowWithTime() => Gen.Select(Cases, Gen.Double[0.5, 60]).Sample((c, t) =>
    {
        var (x, _, age) = c.History;
        var tail = new List<double>();
        c.Model.AtLeast(c.Parameters, x, age, t, 1e-13, tail);
        var expected = c.Model.ExpectedIfAlive(c.Parameters, x, age, t);
        Assert.True(Math.Abs(tail.Sum() - expected) < 1e-6 * (1 + expected), $"{c.Model.Name}: {tail.Sum()} and {expected}");
        Assert.True(c.Model.ExpectedIfAlive(c.Parameters, x, age, t + 1) > expected);
        for (var n = 1; n < tail.Count; n++) Assert.True(tail[n] <= tail[n - 1] + 1e-12);
    }, iter: 1000);

    [Fact]
    public void TheNextPurchase_FallsWithinTheHorizon_InOrder() => Gen.Select(Cases, Gen.Double[0.5, 60]).Sample((c, t) =>
    {
        var times = new double[3];
        c.Model.NextPurchase(c.Parameters, c.History.X, c.History.Age, t, [0.1, 0.5, 0.9], times);
        Assert.True(0 < times[0] && times[0] < times[1] && times[1] < times[2] && times[2] <= t * (1 + 1e-9));
        // Of all next purchases within t, half fall before the median; to a hundredth, which is less than a day's worth.
        List<double> all = [], half = [];
        c.Model.AtLeast(c.Parameters, c.History.X, c.History.Age, t, 0, all: all);
        c.Model.AtLeast(c.Parameters, c.History.X, c.History.Age, times[1], 0, all: half);
        Assert.Equal(0.5, half[0] / all[0], 1e-2);
    }, iter: 500);

    [Fact]
    public void WeeksOrDays_OnlyScaleAlphaAndBeta() => Cases.Sample(c =>
    {
        var (x, recency, age) = c.History;
        var scaled = c.Parameters.ToArray();
        scaled[1] *= 7;
        if (c.Model is ParetoNbd) scaled[3] *= 7;
        Assert.Equal(c.Model.Expected(c.Parameters, x, recency, age, 10), c.Model.Expected(scaled, x, recency * 7, age * 7, 70), 1e-7);
    });

    [Fact]
    public void EqualRows_AreWeights()
    {
        Gen.Select(Cases, Gen.Int[2, 5]).Sample((c, copies) =>
        {
            var h = c.History;
            var many = PurchaseRows.Of([.. Enumerable.Repeat(h.X, copies)], [.. Enumerable.Repeat(h.Recency, copies)], [.. Enumerable.Repeat(h.Age, copies)]);
            Assert.Equal(1, many.Count);
            double[] logs = [.. c.Parameters.Select(l => Math.Log(l))], gradient = new double[logs.Length];
            var one = c.Model.Likelihood(Row(h), 1)(logs, gradient);
            Assert.Equal(copies * one, c.Model.Likelihood(many, 1)(logs, gradient), 1e-8);
        });
    }

    // The plain twin: Fader and Hardie's closed forms with the Gaussian hypergeometric function summed term by term.
    [Fact]
    public void TheClosedForms_OfTheLiterature_GiveTheSame() => Gen.Select(Parameters, History, Gen.Double[0.5, 40]).Sample((p, h, t) =>
    {
        var (x, recency, age) = h;
        double r = p[0], alpha = p[1], a = p[2], b = p[3];
        if (Math.Abs(a - 1) > 0.02)
        {
            var closed = (a + b + x - 1) / (a - 1) * (1 - Math.Pow((alpha + age) / (alpha + age + t), r + x) * Hypergeometric(r + x, b + x, a + b + x - 1, t / (alpha + age + t)));
            var ours = new BgNbd().ExpectedIfAlive(p, x, age, t);
            Assert.True(Math.Abs(closed - ours) < 1e-7 * (1 + ours), $"BG/NBD {closed} and {ours}");
        }

        // Pareto/NBD: A0 with 2F1, as in "A note on deriving the Pareto/NBD model", equations 11 and 12. It cancels for long histories, so short ones here.
        if (x > 10) return;
        var s = p[2];
        var beta = p[3];
        double Part(double at)
        {
            double c = Math.Max(alpha, beta), gap = Math.Abs(alpha - beta);
            return Hypergeometric(r + s + x, alpha >= beta ? s + 1 : r + x, r + s + x + 1, gap / (c + at)) / Math.Pow(c + at, r + s + x);
        }

        var gone = s / (r + s + x) * (Part(recency) - Part(age));
        var stays = 1 / (Math.Pow(alpha + age, r + x) * Math.Pow(beta + age, s));
        var alive = new ParetoNbd().Alive(p, x, recency, age);
        if (Math.Abs(Part(recency) - Part(age)) < 1e-6 * Part(recency)) return;
        Assert.Equal(stays / (stays + gone), alive, 1e-6);
    }, iter: 1000);

    static double Hypergeometric(double a, double b, double c, double z)
    {
        double term = 1, sum = 1;
        for (var n = 0; n < 200_000 && Math.Abs(term) > 1e-17 * Math.Abs(sum); n++) sum += term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z;
        return sum;
    }
}

static class PurchaseModelReading
{
    // The first places of a tail, whatever they are.
    internal static void AtLeast(this PurchaseModel model, double[] parameters, int x, double age, double t, int _, List<double> all) =>
        model.AtLeast(parameters, x, age, t, 1e-12, all);
}
