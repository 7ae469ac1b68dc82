using Coterie.Decisions.Demand;
using Coterie.Numerics;
using CsCheck;
using MathNet.Numerics.LinearAlgebra;

namespace Coterie.Tests.Decisions;

public class ReconciliationTests
{
    // Total, two categories, five products.
    static readonly int[][] Members = [[0, 1, 2, 3, 4], [0, 1], [2, 3, 4]];

    static double[] Draw(Rng rng, int n, double around, double spread) => [.. Enumerable.Range(0, n).Select(_ => around + spread * rng.NextNormal())];

    [Fact]
    public void SumsAreTheSumsOfTheirSeries_AndNothingIsNegative() => Gen.Int[0, 10_000].Sample(seed =>
    {
        var rng = new Seed((ulong)seed).Stream(0);
        double[][] errors = [.. Enumerable.Range(0, 9).Select(_ => Draw(rng, 8, 0, 2))];
        var found = Reconciliation.MinTrace(Draw(rng, 8, 5, 6), Members, errors);
        for (var a = 0; a < Members.Length; a++) Assert.True(Math.Abs(found[a] - Members[a].Sum(i => found[3 + i])) <= 1e-9);
        Assert.All(found, y => Assert.True(y >= 0));
    });

    // S (S' W^-1 S)^-1 S' W^-1 y with everything written out (Wickramasuriya et al. 2019, section 2.4).
    [Fact]
    public void MinTrace_IsTheFormulaOfThePaper() => Gen.Int[0, 10_000].Sample(seed =>
    {
        var rng = new Seed((ulong)seed).Stream(0);
        double[][] errors = [.. Enumerable.Range(0, 12).Select(_ => Draw(rng, 8, 0, 1))];
        // Near agreement, so that no product falls below zero.
        double[] level = [250, 100, 150, 50, 50, 50, 50, 50];
        double[] y = [.. Draw(rng, 8, 0, 3).Select((noise, i) => level[i] + noise)];
        var e = Matrix<double>.Build.DenseOfRowArrays(errors);
        var sample = e.TransposeThisAndMultiply(e) / 12;
        var shrink = Reconciliation.Shrinkage(errors, [.. sample.Diagonal()]);
        var w = sample * (1 - shrink) + Matrix<double>.Build.DenseOfDiagonalVector(sample.Diagonal()) * shrink;
        var s = Matrix<double>.Build.Dense(8, 5, (i, j) => i < 3 ? (Members[i].Contains(j) ? 1 : 0) : i - 3 == j ? 1 : 0);
        var inverse = w.Inverse();
        var expected = s * (s.Transpose() * inverse * s).Inverse() * s.Transpose() * inverse * Vector<double>.Build.Dense(y);
        var found = Reconciliation.MinTrace(y, Members, errors);
        for (var i = 0; i < 8; i++) Assert.Equal(expected[i], found[i], 5e-5);
    }, iter: 50);

    // Schäfer and Strimmer's share from the correlations themselves.
    [Fact]
    public void TheShrinkage_IsThatOfAllPairs()
    {
        var rng = new Seed(4).Stream(0);
        double[][] errors = [.. Enumerable.Range(0, 10).Select(_ => Draw(rng, 6, 0, 1))];
        foreach (var row in errors) row[1] = 0.8 * row[0] + 0.3 * row[1];
        double[] variances = [.. Enumerable.Range(0, 6).Select(i => errors.Average(r => r[i] * r[i]))];
        double above = 0, below = 0;
        for (var i = 0; i < 6; i++)
        {
            for (var j = 0; j < 6; j++)
            {
                if (i == j) continue;
                double[] w = [.. errors.Select(r => r[i] * r[j] / Math.Sqrt(variances[i] * variances[j]))];
                var mean = w.Average();
                above += 10 / Math.Pow(9, 3) * w.Sum(x => (x - mean) * (x - mean));
                below += mean * mean;
            }
        }

        Assert.Equal(Math.Clamp(above / below, 0.02, 1), Reconciliation.Shrinkage(errors, variances), 5e-10);
    }

    [Fact]
    public void ForecastsThatAgree_AreLeftAsTheyAre()
    {
        var rng = new Seed(9).Stream(0);
        double[] y = [15, 3, 12, 1, 2, 3, 4, 5];
        double[][] errors = [.. Enumerable.Range(0, 9).Select(_ => Draw(rng, 8, 0, 2))];
        var found = Reconciliation.MinTrace(y, Members, errors);
        for (var i = 0; i < 8; i++) Assert.Equal(y[i], found[i], 5e-7);
    }
}
