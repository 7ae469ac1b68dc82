using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Numerics;

public class LinearModelsTests
{
    static Matrix Rows(int n, int d, Rng rng)
    {
        var rows = new Matrix(n, d);
        for (var i = 0; i < rows.Values.Length; i++) rows.Values[i] = (float)rng.NextNormal();
        return rows;
    }

    [Fact]
    public void Ridge_WithoutPenalty_RecoversThePlantedLine() => Gen.Select(Gen.ULong, Gen.Int[1, 6]).Sample((seed, d) =>
    {
        var rng = new Seed(seed).Stream(1);
        var rows = Rows(200, d, rng);
        var weights = Enumerable.Range(0, d).Select(_ => rng.NextNormal()).ToArray();
        var targets = new LinearModel(0.5, weights).Score(rows);
        var model = LinearModels.Ridge(rows, targets, 0);
        return Math.Abs(model.Intercept - 0.5) < 1e-5 && model.Weights.Zip(weights).All(p => Math.Abs(p.First - p.Second) < 1e-5);
    }, iter: 50);

    // At the optimum of the penalised likelihood the gradient is zero: sum (y - p) x = penalty * b, and sum (y - p) = 0.
    [Fact]
    public void Logistic_EndsWhereTheGradientIsZero() => Gen.Select(Gen.ULong, Gen.Int[1, 5], Gen.Double[0.5, 20]).Sample((seed, d, penalty) =>
    {
        var rng = new Seed(seed).Stream(1);
        var rows = Rows(300, d, rng);
        var truth = new LinearModel(-0.3, [.. Enumerable.Range(0, d).Select(_ => rng.NextNormal())]);
        var positive = truth.Score(rows).Select(s => rng.NextDouble() < 1 / (1 + Math.Exp(-s))).ToArray();
        if (positive.All(p => p) || !positive.Any(p => p)) return true;
        var model = LinearModels.Logistic(rows, positive, penalty);
        var residuals = model.Score(rows).Select((s, i) => (positive[i] ? 1 : 0) - 1 / (1 + Math.Exp(-s))).ToArray();
        if (Math.Abs(residuals.Sum()) > 1e-3) return false;
        for (var j = 0; j < d; j++)
        {
            var gradient = residuals.Select((r, i) => r * rows[i, j]).Sum() - penalty * model.Weights[j];
            if (Math.Abs(gradient) > 1e-3) return false;
        }

        return true;
    }, iter: 50);

    [Fact]
    public void Logistic_NeedsBothOutcomes() =>
        Assert.Throws<ArgumentException>(() => LinearModels.Logistic(new Matrix(3, 1), [true, true, true], 1));

    [Fact]
    public void EqualColumns_DoNotStopTheFit()
    {
        var rows = new Matrix([1, 1, 2, 2, 3, 3, 5, 5], 4, 2);
        var model = LinearModels.Ridge(rows, [1, 2, 3, 5], 0.1);
        Assert.All(model.Weights, w => Assert.True(double.IsFinite(w)));
    }
}
