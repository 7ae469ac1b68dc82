using Coterie.Clustering.Metrics;
using Coterie.Evaluation;
using Coterie.Fusion;
using Coterie.Numerics;
using Coterie.Tests.Evaluation;
using CsCheck;

namespace Coterie.Tests.Fusion;

public class ViewAgreementTests
{
    static readonly AgreementOptions Quick = new() { Resamples = 20, Permutations = 99, Threads = 1 };

    static AgreementReport Measure(int[] a, int[] b, AgreementOptions? options = null, ulong seed = 1) =>
        ViewAgreement.Measure("features", a, "sequence", b, options ?? Quick, new Seed(seed));

    static readonly Gen<(int[] A, int[] B)> Pairs =
        from n in Gen.Int[8, 120]
        from a in Gen.Int[0, 4].Array[n]
        from b in Gen.Int[-1, 5].Array[n]
        where b.Any(x => x >= 0)
        select (a, b);

    [Fact]
    public void Indices_EqualScikitLearn()
    {
        foreach (var line in File.ReadLines(Path.Combine(Golden.Directory, "view_agreement.csv")).Skip(1))
        {
            var f = line.Split(',');
            int[] Labels(string text) => [.. text.Split(' ').Select(int.Parse)];
            var report = Measure(Labels(f[0]), Labels(f[1]));
            Assert.Equal(double.Parse(f[2]), report.Ari.Value.Value, 1e-9);
            Assert.Equal(double.Parse(f[3]), report.Ami.Value.Value, 1e-9);
            Assert.Equal(double.Parse(f[4]), report.Kappa.Value.Value, 1e-9);
        }
    }

    [Fact]
    public void Indices_EqualTheLabelMetrics() => Pairs.Sample(x =>
    {
        var both = Enumerable.Range(0, x.A.Length).Where(i => x.B[i] >= 0).ToArray();
        var plain = LabelMetrics.CompareNumbered([.. both.Select(i => x.A[i])], [.. both.Select(i => x.B[i])]);
        var report = Measure(x.A, x.B);
        return Math.Abs(report.Ari.Value.Value - plain.Ari) < 1e-9 && Math.Abs(report.Ami.Value.Value - plain.Ami) < 1e-9
            && report.LeftOut == x.A.Length - both.Length;
    }, iter: 60);

    // Sizes that differ have one canonical order, so that even the random draws are the same.
    [Fact]
    public void OrderOfCustomersAndNumbersOfClusters_DoNotMatter()
    {
        for (ulong seed = 0; seed < 10; seed++)
        {
            var x = SomeViews.Halves(300, 0.2, seed);
            var order = SomeViews.Order(300, seed);
            var names = SomeViews.Order(5, seed + 7);
            AgreementReport plain = Measure(x.First, x.Second), other = Measure([.. order.Select(i => names[x.First[i]])], [.. order.Select(i => x.Second[i])]);
            Assert.Equal((plain.Ari, plain.Ami, plain.Kappa, plain.Sentence), (other.Ari, other.Ami, other.Kappa, other.Sentence));
        }
    }

    [Fact]
    public void TheValue_IsSymmetric() => Pairs.Sample(x =>
    {
        AgreementReport there = Measure(x.A, x.B), back = Measure(x.B, x.A);
        return Math.Abs(there.Ari.Value.Value - back.Ari.Value.Value) < 1e-9 && Math.Abs(there.Kappa.Value.Value - back.Kappa.Value.Value) < 1e-9;
    }, iter: 40);

    // Two matchings hold as many customers here, and the sizes make one of them likelier: found by the law above.
    [Fact]
    public void TheValue_IsSymmetric_WhereSeveralMatchingsAreBest()
    {
        int[] a = [0, 2, 0, 3, 2, 4, 3, 4, 2, 1, 3, 1], b = [3, 5, 2, 1, 3, 2, -1, 0, 0, 2, 3, 5];
        Assert.Equal(Measure(a, b).Kappa.Value.Value, Measure(b, a).Kappa.Value.Value, 9);
    }

    [Fact]
    public void ThreadsChangeNothing()
    {
        var x = SomeViews.Halves(2_000, 0.3, 4);
        AgreementReport one = Measure(x.First, x.Second), many = Measure(x.First, x.Second, Quick with { Threads = 4 });
        Assert.Equal((one.Ari, one.Ami, one.Kappa), (many.Ari, many.Ami, many.Kappa));
    }

    [Fact]
    public void EqualLabelings_AgreeFully()
    {
        var x = SomeViews.Halves(500, 0, 2);
        var report = Measure(x.Truth, [.. x.Truth.Select(t => 7 - t)]);
        Assert.Equal((new Estimate(1, 1, 1), true), (report.Ari.Value, report.BetterThanChance));
        Assert.Equal(1, report.Kappa.Value.Value, 1e-12);
        Assert.Equal(1, report.Ami.Value.Low, 1e-9);
        Assert.Equal(0.01, report.Ari.PValue, 1e-12);
        Assert.All(report.Matching, m => Assert.Equal((7 - m.First, m.FirstSize), (m.Second!.Value, m.Shared)));
        Assert.Contains("almost fully", report.Sentence, StringComparison.Ordinal);
        Assert.Contains("几乎完全一致", report.SentenceZh, StringComparison.Ordinal);
    }

    [Fact]
    public void IndependentLabelings_AreNotFused_AndSaySo()
    {
        var fused = 0;
        for (ulong seed = 0; seed < 40; seed++)
        {
            var report = Measure(SomeViews.Noise(400, 5, seed), SomeViews.Noise(400, 6, seed + 1000), seed: seed);
            if (report.BetterThanChance)
            {
                fused++;
                continue;
            }

            Assert.Contains("no better than chance", report.Sentence, StringComparison.Ordinal);
            Assert.Contains("不优于随机", report.SentenceZh, StringComparison.Ordinal);
        }

        Assert.InRange(fused, 0, 2);
    }

    // Kappa of random labelings is above zero, because the matching is chosen after the fact: the reason for the test by pairing.
    [Fact]
    public void ChanceOfKappa_IsAboveZero_AndOfAriIsNot()
    {
        var report = Measure(SomeViews.Noise(100, 6, 1), SomeViews.Noise(100, 6, 2), Quick with { Permutations = 499 });
        Assert.InRange(report.Kappa.ChanceMean, 0.05, 0.3);
        Assert.InRange(report.Ari.ChanceMean, -0.01, 0.01);
        Assert.InRange(report.Ami.ChanceMean, -0.01, 0.01);
    }

    // Intervals should hold the agreement of the whole population about as often as they promise.
    [Fact]
    public void TheInterval_HoldsThePopulationsAgreement()
    {
        var population = SomeViews.Halves(100_000, 0.3, 1);
        var truth = Agreement.AdjustedRand(population.First, population.Second);
        var held = Enumerable.Range(0, 40).Count(s =>
        {
            var sample = SomeViews.Halves(600, 0.3, (ulong)s + 50);
            var e = Measure(sample.First, sample.Second, Quick with { Resamples = 100 }).Ari.Value;
            return e.Low <= truth && truth <= e.High;
        });
        Assert.InRange(held, 34, 40);
    }

    [Fact]
    public void OneClusterForEverybody_IsNoAgreement()
    {
        var report = Measure(new int[50], SomeViews.Noise(50, 3, 1));
        Assert.False(report.BetterThanChance);
        Assert.Equal(0, report.Kappa.Value.Value, 1e-12);
        Assert.False(Measure(new int[50], new int[50]).BetterThanChance);
    }

    // The tails that the sum leaves out are nothing: against every term, by the plain formula.
    [Fact]
    public void ExpectedInformation_EqualsTheWholeSum()
    {
        foreach (var (a, b) in new[] { ((int[])[900, 80, 20], (int[])[500, 400, 100]), ([3000, 2000, 1], [2500, 2501]), ([5, 5], [4, 6]) })
            Assert.Equal(Whole(a, b), Information.ExpectedMutual(a, b, a.Sum()), 1e-12);
    }

    static double Whole(int[] first, int[] second)
    {
        var count = first.Sum();
        var logs = new double[count + 1];
        for (var i = 2; i <= count; i++) logs[i] = logs[i - 1] + Math.Log(i);
        double sum = 0;
        foreach (var a in first)
            foreach (var b in second)
                for (var n = Math.Max(1, a + b - count); n <= Math.Min(a, b); n++)
                    sum += n / (double)count * Math.Log((double)count * n / ((double)a * b)) * Math.Exp(logs[a] + logs[b] + logs[count - a] + logs[count - b]
                        - logs[count] - logs[n] - logs[a - n] - logs[b - n] - logs[count - a - b + n]);
        return sum;
    }

    [Fact]
    public void BadOptions_AreListedTogether()
    {
        var message = Assert.Throws<ConfigurationException>(() => Measure([0, 1], [0, 1], new() { Resamples = 1, Permutations = 5, Level = 2, Threads = 0 })).Message;
        Assert.Equal(4, message.Split('\n').Length);
        Assert.Contains("cannot reach", Assert.Throws<ConfigurationException>(() => Measure([0], [0], new() { Level = 0.001 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LabelingsThatDoNotFit_AreRefused()
    {
        Assert.Contains("same customers", Assert.Throws<InputException>(() => Measure([0, 1], [0])).Message, StringComparison.Ordinal);
        Assert.Contains("no customer", Assert.Throws<InputException>(() => Measure([-1, 1], [0, -1])).Message, StringComparison.Ordinal);
    }
}
