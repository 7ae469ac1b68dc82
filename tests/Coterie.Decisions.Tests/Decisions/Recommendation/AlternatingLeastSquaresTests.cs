using Coterie.Decisions;
using Coterie.Numerics;
using CsCheck;
using MathNet.Numerics.LinearAlgebra;

namespace Coterie.Tests.Decisions;

public class AlternatingLeastSquaresTests
{
    static readonly AlternatingLeastSquaresOptions Small = new() { Factors = 5, Iterations = 4, Unobserved = 0.2, Penalty = 0.1, Frequency = 0, Steps = 5, Threads = 1 };

    static SparseMatrix Cells(int rows, int columns, ulong seed)
    {
        var rng = new Seed(seed).Stream(0);
        var (offsets, places, values) = (new int[rows + 1], new List<int>(), new List<float>());
        for (var u = 0; u < rows; u++)
        {
            for (var i = 0; i < columns; i++)
            {
                if (u == 2 || rng.NextDouble() > 0.3) continue;
                places.Add(i);
                values.Add((float)(0.5 + 3 * rng.NextDouble()));
            }

            offsets[u + 1] = places.Count;
        }

        return new(rows, columns, offsets, [.. places], [.. values]);
    }

    static double Excess(SparseMatrix cells, int u, int i)
    {
        for (var e = cells.Offsets[u]; e < cells.Offsets[u + 1]; e++)
            if (cells.Places[e] == i) return cells.Values[e];
        return double.NaN;
    }

    /// <summary>Cell by cell, as the objective is written in the paper.</summary>
    static double Plain(SparseMatrix cells, Matrix x, Matrix y, double unobserved, double penalty)
    {
        var sum = 0.0;
        for (var u = 0; u < x.Rows; u++)
        {
            for (var i = 0; i < y.Rows; i++)
            {
                double score = 0, excess = Excess(cells, u, i);
                for (var c = 0; c < x.Columns; c++) score += (double)x[u, c] * y[i, c];
                sum += double.IsNaN(excess) ? unobserved * score * score : (excess + unobserved) * (1 - score) * (1 - score);
            }
        }

        return sum + penalty * (x.Values.Sum(v => (double)v * v) + y.Values.Sum(v => (double)v * v));
    }

    [Fact]
    public void TheObjective_IsThatOfThePaper_CellByCell() => Gen.ULong[1, 1000].Sample(seed =>
    {
        var cells = Cells(12, 9, seed);
        var fit = AlternatingLeastSquares.Factor(cells, Small, new Seed(seed));
        var value = AlsKernel.Objective(cells, fit.Customers, fit.Products, 0.2f, AlternatingLeastSquares.Penalties(cells, Small), AlternatingLeastSquares.Penalties(cells.Transposed(), Small), 1);
        Assert.Equal(Plain(cells, fit.Customers, fit.Products, 0.2, 0.1), value, 1e-4 * (1 + Math.Abs(value)));
    }, iter: 20);

    /// <summary>Golden numbers of tools/oracles/als_loss.py (numpy 1.24.2): the loss that the package implicit reports, after one, two and three passes.</summary>
    [Fact]
    public void Passes_FromAFixedStart_ReachTheLossOfTheOracle()
    {
        const int rows = 30, columns = 20;
        var (offsets, places, values) = (new int[rows + 1], new List<int>(), new List<float>());
        for (var u = 0; u < rows; u++)
        {
            for (var i = 0; i < columns; i++)
            {
                if ((7 * u + 3 * i) % 5 != 0) continue;
                places.Add(i);
                // The oracle gives weights in all; ours are told by how much they are above 1.
                values.Add(2 + (u + 2 * i) % 4 - 1);
            }

            offsets[u + 1] = places.Count;
        }

        var cells = new SparseMatrix(rows, columns, offsets, [.. places], [.. values]);
        var turned = cells.Transposed();
        static Matrix Start(int n, double shift)
        {
            var start = new Matrix(n, 8);
            for (var r = 0; r < n; r++)
                for (var c = 0; c < 8; c++) start[r, c] = (float)(0.1 * Math.Sin(1 + shift + 3 * r + 5 * c + 1.7 * r * c));
            return start;
        }

        var (x, y) = (Start(rows, 0), Start(columns, 1));
        float[] ofRows = [.. Enumerable.Repeat(0.05f, rows)], ofColumns = [.. Enumerable.Repeat(0.05f, columns)];
        var weights = values.Sum(v => (double)v) + rows * columns;
        foreach (var expected in new[] { 0.0704017188, 0.0322156963, 0.0274715572 })
        {
            AlsKernel.Half(cells, y, 1, ofRows, 3, 1, x);
            AlsKernel.Half(turned, x, 1, ofColumns, 3, 1, y);
            Assert.Equal(expected, AlsKernel.Objective(cells, x, y, 1, ofRows, ofColumns, 1) / weights, 1e-6);
        }
    }

    [Fact]
    public void ARow_AfterManySteps_SolvesItsNormalEquations()
    {
        var cells = Cells(6, 15, 3);
        var options = Small with { Factors = 4 };
        var y = AlternatingLeastSquares.Factor(cells, options, new Seed(2)).Products;
        var x = new Matrix(6, 8);
        x[0, 0] = 0.1f;
        AlsKernel.Half(cells, y, 0.2f, AlternatingLeastSquares.Penalties(cells, options), 30, 1, x);
        for (var u = 0; u < 6; u++)
        {
            var (a, b) = (Matrix<double>.Build.Dense(4, 4), Vector<double>.Build.Dense(4));
            for (var i = 0; i < 15; i++)
            {
                var excess = Excess(cells, u, i);
                var row = Vector<double>.Build.Dense(4, c => y[i, c]);
                a += (0.2 + (double.IsNaN(excess) ? 0 : excess)) * row.OuterProduct(row);
                if (!double.IsNaN(excess)) b += (0.2 + excess) * row;
            }

            var exact = (a + 0.1 * Matrix<double>.Build.DenseIdentity(4)).Solve(b);
            for (var c = 0; c < 4; c++) Assert.Equal(u == 2 ? 0 : exact[c], x[u, c], 1e-3);
        }
    }

    [Fact]
    public void MorePasses_NeverRaiseTheObjective() => Gen.ULong[1, 1000].Sample(seed =>
    {
        var cells = Cells(20, 14, seed);
        var last = double.PositiveInfinity;
        foreach (var passes in new[] { 1, 2, 4, 8 })
        {
            var options = Small with { Iterations = passes };
            var fit = AlternatingLeastSquares.Factor(cells, options, new Seed(1));
            var value = AlsKernel.Objective(cells, fit.Customers, fit.Products, 0.2f, AlternatingLeastSquares.Penalties(cells, options), AlternatingLeastSquares.Penalties(cells.Transposed(), options), 1);
            Assert.True(value <= last * (1 + 1e-5), $"{value} after {passes} passes, {last} before");
            last = value;
        }
    }, iter: 10);

    [Fact]
    public void OneThreadAndMany_GiveTheSameNumbers()
    {
        var cells = Cells(300, 40, 4);
        var one = AlternatingLeastSquares.Factor(cells, Small, new Seed(1));
        var many = AlternatingLeastSquares.Factor(cells, Small with { Threads = 3 }, new Seed(1));
        Assert.Equal(one.Customers.Values, many.Customers.Values);
        Assert.Equal(one.Products.Values, many.Products.Values);
    }

    [Fact]
    public void AScore_IsTheSumOfItsReasons() => Gen.Select(SomeBaskets.Any, Gen.Int[1, 2]).Sample((h, decay) =>
    {
        var model = AlternatingLeastSquares.Fit(h, Small with { Decay = decay / 2.0, Frequency = 1 }, new Seed(1));
        var scores = model.Score(h.Histories);
        for (var c = 0; c < h.Count; c++)
        {
            for (var p = 0; p < h.Products.Count; p++)
            {
                var reasons = new Dictionary<int, double>();
                model.AddReasons(h.Histories[c], p, 2, reasons);
                Assert.Equal(2 * scores[c, p], reasons.Values.Sum(), 1e-3);
            }
        }
    }, iter: 20);

    [Fact]
    public void Tastes_AreFound()
    {
        var h = SomeBaskets.Tastes(4, 10, 80, 5, 1);
        var model = AlternatingLeastSquares.Fit(h, new() { Factors = 8, Threads = 1 }, new Seed(1));
        Assert.All(Enumerable.Range(0, 8), c => Assert.All(model.Recommend(h.Histories[c], 4), r => Assert.Equal(c % 4, r.Product / 10)));
    }

    [Fact]
    public void ProblemsOfOptions_AreListedTogether()
    {
        var wrong = new AlternatingLeastSquaresOptions { Factors = 0, Iterations = 0, Confidence = 0, Unobserved = -1, Penalty = 0, Frequency = 3, Steps = 0, Decay = 0, Threads = -1 };
        Assert.Equal(9, Assert.Throws<ConfigurationException>(() => AlternatingLeastSquares.Fit(SomeBaskets.Tastes(2, 2, 4, 2, 1), wrong, new Seed(1))).Message.Split('\n').Length);
    }
}
