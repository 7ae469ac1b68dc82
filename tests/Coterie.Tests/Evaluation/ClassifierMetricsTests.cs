using Coterie.Evaluation;
using Coterie.Numerics;

namespace Coterie.Tests.Evaluation;

public class ClassifierMetricsTests
{
    internal sealed record Drawn(int[] Truth, Matrix Logits, Matrix Probabilities);

    // The generator of tools/oracles/classifier_metrics.py, draw by draw.
    internal static Drawn Draw(int n, int k, uint seed, double skill, double scale)
    {
        double Uniform() => (seed = 1664525 * seed + 1013904223) / 4294967296.0;
        var truth = new int[n];
        Matrix logits = new(n, k), probabilities = new(n, k);
        for (var i = 0; i < n; i++)
        {
            truth[i] = Math.Min((int)(Math.Pow(Uniform(), 1.5) * k), k - 1);
            for (var c = 0; c < k; c++) logits[i, c] = (float)((Uniform() * 4 - 2 + (c == truth[i] ? skill : 0)) * scale);
            var row = logits.Row(i).ToArray();
            double most = row.Max(), sum = row.Sum(z => Math.Exp(z - most));
            for (var c = 0; c < k; c++) probabilities[i, c] = (float)(Math.Exp(row[c] - most) / sum);
        }

        return new(truth, logits, probabilities);
    }

    static Matrix Rows(params float[][] rows) => new([.. rows.SelectMany(r => r)], rows.Length, rows[0].Length);

    [Fact]
    public void Scores_EqualScikitLearn_AndTemperatures_EqualScipy()
    {
        foreach (var line in File.ReadLines(Path.Combine(Golden.Directory, "classifier_metrics.csv")).Skip(1))
        {
            var f = Array.ConvertAll(line.Split(','), double.Parse);
            var drawn = Draw((int)f[0], (int)f[1], (uint)f[2], f[3], f[4]);
            var r = ClassifierMetrics.Judge(drawn.Probabilities, drawn.Truth);
            double[] ours = [r.Accuracy, r.MacroPrecision, r.MacroRecall, r.MacroF1, r.WeightedPrecision, r.WeightedRecall, r.WeightedF1];
            for (var j = 0; j < ours.Length; j++) Assert.Equal(f[5 + j], ours[j], 1e-12);
            // Scikit-learn adds single-precision probabilities up in single precision.
            Assert.Equal(f[12], r.LogLoss, 2e-6);
            Assert.Equal(f[13], r.Brier, 1e-6);
            Assert.Equal(f[14], r.Calibration.ExpectedError, 1e-6);
            var fit = TemperatureScaling.Fit(drawn.Logits, drawn.Truth);
            Assert.Equal(f[16], fit.LogLossAfter, 1e-7);
            Assert.Equal(r.Accuracy == 1 || f[15] > 49.9, fit.AtBound);
            if (r.Accuracy < 1) Assert.Equal(f[15], fit.Temperature, 1e-4 * f[15]);
        }
    }

    // Three of four right; by hand.
    [Fact]
    public void AHandMadeExample()
    {
        var r = ClassifierMetrics.Judge(Rows([0.8f, 0.2f], [0.6f, 0.4f], [0.7f, 0.3f], [0.1f, 0.9f]), [0, 0, 1, 1], bins: 2);
        Assert.Equal(0.75, r.Accuracy);
        Assert.Equal([[2, 0], [1, 1]], r.Confusion);
        Assert.Equal(new ClassifierClass(0, 2, 3, 2.0 / 3, 1, 0.8), r.PerClass[0]);
        Assert.Equal(new ClassifierClass(1, 2, 1, 1, 0.5, 2.0 / 3), r.PerClass[1]);
        Assert.Equal((0.8 + 2.0 / 3) / 2, r.MacroF1, 1e-12);
        Assert.Equal(-(Math.Log(0.8) + Math.Log(0.6) + Math.Log(0.3) + Math.Log(0.9)) / 4, r.LogLoss, 1e-6);
        Assert.Equal(2 * (0.04 + 0.16 + 0.49 + 0.01) / 4, r.Brier, 1e-6);
        // Confidences .6 and .7: half right; .8 and .9: both right.
        Assert.Equal([0.5, 1.0], r.Calibration.Bins.Select(b => b.Accuracy.Value));
        Assert.Equal(0.15, r.Calibration.ExpectedError, 1e-6);
        Assert.Equal(0.15, r.Calibration.LargestError, 1e-6);
    }

    [Fact]
    public void ClassesThatDoNotOccur_DoNotEnterTheAverages()
    {
        var r = ClassifierMetrics.Judge(Rows([1, 0, 0], [0, 1, 0]), [0, 1]);
        Assert.Equal((1, 1, 1), (r.MacroF1, r.MacroRecall, r.WeightedF1));
        Assert.Equal(new ClassifierClass(2, 0, 0, 0, 0, 0), r.PerClass[2]);
        Assert.Equal(0, r.LogLoss, 1e-6);
    }

    [Fact]
    public void OrderOfCustomers_DoesNotMatter_EvenWithTies()
    {
        var drawn = Draw(600, 3, 9, 1, 1);
        for (var i = 0; i < drawn.Probabilities.Values.Length; i++) drawn.Probabilities.Values[i] = MathF.Round(drawn.Probabilities.Values[i], 1);
        for (var i = 0; i < 600; i++)
        {
            var row = drawn.Probabilities.Row(i);
            row[0] = Math.Max(0, 1 - row[1] - row[2]);
        }

        var order = Enumerable.Range(0, 600).Reverse().ToArray();
        ClassifierReport one = ClassifierMetrics.Judge(drawn.Probabilities, drawn.Truth), other = ClassifierMetrics.Judge(drawn.Probabilities.Take(order), [.. order.Select(i => drawn.Truth[i])]);
        Assert.Equal(one.Calibration.Bins.Select(b => (b.Count, b.Low, b.High, b.Accuracy)), other.Calibration.Bins.Select(b => (b.Count, b.Low, b.High, b.Accuracy)));
        Assert.Equal(one.LogLoss, other.LogLoss, 1e-12);
        Assert.Equal(600, one.Calibration.Bins.Sum(b => b.Count));
        Assert.All(one.Calibration.Bins.Zip(one.Calibration.Bins.Skip(1)), b => Assert.True(b.First.High < b.Second.Low));
    }

    [Fact]
    public void AnHonestClassifier_IsCalibrated_AndABraggingOneIsNot_UntilCooled()
    {
        // Truth drawn from the probabilities themselves.
        var rng = new Rng(3, 1);
        var n = 20_000;
        var logits = new Matrix(n, 4);
        var truth = new int[n];
        for (var i = 0; i < n; i++)
        {
            for (var c = 0; c < 4; c++) logits[i, c] = (float)(1.5 * rng.NextNormal());
            var p = logits.Row(i).ToArray().Select(z => Math.Exp(z)).ToArray();
            var u = rng.NextDouble() * p.Sum();
            while (truth[i] < 3 && (u -= p[truth[i]]) >= 0) truth[i]++;
        }

        var honest = new TemperatureScaling(1, 0, 0, false);
        Assert.InRange(ClassifierMetrics.Judge(honest.Apply(logits), truth).Calibration.ExpectedError, 0, 0.015);
        var loud = new Matrix([.. logits.Values.Select(z => 3 * z)], n, 4);
        Assert.InRange(ClassifierMetrics.Judge(honest.Apply(loud), truth).Calibration.ExpectedError, 0.15, 0.4);
        var fit = TemperatureScaling.Fit(loud, truth);
        Assert.InRange(fit.Temperature, 2.85, 3.15);
        ClassifierReport cooled = ClassifierMetrics.Judge(fit.Apply(loud), truth), hot = ClassifierMetrics.Judge(honest.Apply(loud), truth);
        Assert.InRange(cooled.Calibration.ExpectedError, 0, 0.015);
        Assert.Equal(hot.Accuracy, cooled.Accuracy);
        Assert.Equal(fit.LogLossAfter, cooled.LogLoss, 1e-5);
        Assert.True(fit.LogLossAfter < fit.LogLossBefore);
        // From probabilities it is the same as from logits.
        var again = fit.ApplyToProbabilities(honest.Apply(loud));
        Assert.All(Enumerable.Range(0, 200), i => Assert.Equal(fit.Apply(loud)[i, 0], again[i, 0], 1e-4));
        Assert.Equal(fit, TemperatureScaling.Fit(loud, truth, threads: 4));
    }

    [Fact]
    public void WhatCannotBeJudged_IsRefused()
    {
        void Refused(string part, Matrix p, int[] truth) => Assert.Contains(part, Assert.Throws<InputException>(() => ClassifierMetrics.Judge(p, truth)).Message, StringComparison.Ordinal);
        Refused("nobody", new Matrix(0, 2), []);
        Refused("as many", Rows([1, 0]), [0, 1]);
        Refused("classes 0 to 1", Rows([1, 0]), [2]);
        Refused("add up to 0.5", Rows([0.5f, 0]), [0]);
        Refused("probability of NaN", Rows([float.NaN, 1]), [0]);
        Assert.Throws<ConfigurationException>(() => ClassifierMetrics.Judge(Rows([1, 0]), [0], bins: 0));
        Assert.Throws<InputException>(() => TemperatureScaling.Fit(Rows([1, float.PositiveInfinity]), [0]));
        Assert.Throws<InputException>(() => TemperatureScaling.Fit(new Matrix(0, 2), []));
        Assert.Throws<InputException>(() => TemperatureScaling.Fit(Rows([1, 0]), [-1]));
    }
}
