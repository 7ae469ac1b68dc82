using Coterie.Decisions;
using CsCheck;
using MathNet.Numerics.LinearAlgebra;

namespace Coterie.Tests.Decisions;

public class ItemVectorsTests
{
    static ItemVectorsOptions Full(ItemHistories h) => new() { Dim = h.Products.Count, Window = 3, Iterations = 6, Threads = 1 };

    /// <summary>The part of the scaled counts that inner products can be: the sum over positive eigenvalues of value x vector x vector'.</summary>
    static Matrix<double> PositivePart(ItemHistories h)
    {
        var n = h.Products.Count;
        var counts = Matrix<double>.Build.Dense(n, n);
        foreach (var x in h.Histories)
            for (var i = 0; i < x.Length; i++)
                for (var j = 0; j < x.Length; j++)
                    if (i != j && Math.Abs(i - j) <= 3 && x[i] != x[j]) counts[x[i], x[j]] += 1.0 / Math.Abs(i - j);
        var sums = counts.RowSums();
        var scaled = Matrix<double>.Build.Dense(n, n, (p, q) => counts[p, q] > 0 ? Math.Log(1 + counts[p, q]) / Math.Pow(sums[p] * sums[q], 0.25) : 0);
        var eigen = scaled.Evd(Symmetricity.Symmetric);
        var positive = Matrix<double>.Build.Dense(n, n);
        for (var c = 0; c < n; c++)
            if (eigen.EigenValues[c].Real > 0) positive += eigen.EigenValues[c].Real * eigen.EigenVectors.Column(c).OuterProduct(eigen.EigenVectors.Column(c));
        return positive;
    }

    [Fact]
    public void InnerProducts_AreThePositivePartOfTheScaledCounts() => SomeHistories.Any.Where(h => h.Products.Count > 1).Sample(h =>
    {
        var vectors = ItemVectors.Fit(h, Full(h), new(1)).Vectors;
        var expected = PositivePart(h);
        for (var p = 0; p < vectors.Rows; p++)
        {
            for (var q = 0; q < vectors.Rows; q++)
            {
                double product = 0;
                for (var c = 0; c < vectors.Columns; c++) product += vectors[p, c] * vectors[q, c];
                Assert.Equal(expected[p, q], product, 2e-3);
            }
        }
    });

    [Fact]
    public void AScore_IsTheFadingSumOfInnerProducts()
    {
        var ring = SomeHistories.Ring(7, 14, 5);
        var model = ItemVectors.Fit(ring, new() { Dim = 3, Threads = 1 }, new(1));
        var scores = model.Score([[1, 4]]);
        for (var p = 0; p < 7; p++)
        {
            float Inner(int q) => Enumerable.Range(0, 3).Sum(c => model.Vectors[p, c] * model.Vectors[q, c]);
            Assert.Equal(Inner(4) + 0.6f * Inner(1), scores[0, p], 1e-5f);
        }
    }

    [Fact]
    public void OneThreadAndMany_GiveTheSameBytes()
    {
        var ring = SomeHistories.Ring(23, 40, 9);
        Assert.Equal(ItemVectors.Fit(ring, new() { Dim = 8, Threads = 1 }, new(1)).Vectors.Values, ItemVectors.Fit(ring, new() { Dim = 8, Threads = 4 }, new(1)).Vectors.Values);
    }

    [Fact]
    public void ProductsThatNeverMeetAnother_HaveNoVector()
    {
        var vectors = ItemVectors.Fit(SomeHistories.Of(3, [[0], [1], [2, 2]]), new() { Dim = 2, Threads = 1 }, new(1)).Vectors;
        Assert.All(vectors.Values, v => Assert.Equal(0, v));
    }

    [Fact]
    public void ProblemsOfOptions_AreListedTogether() => Assert.Equal(6, Assert.Throws<ConfigurationException>(() => ItemVectors.Fit(SomeHistories.Ring(3, 3, 3),
        new() { Dim = 0, Window = 0, Shares = 2, Decay = 0, Iterations = -1, Threads = -1 }, new(1))).Message.Split('\n').Length);
}
