using Coterie.Numerics;
using CsCheck;
using MathNet.Numerics.LinearAlgebra;

namespace Coterie.Tests.Numerics;

public class RandomisedSvdTests
{
    static readonly Gen<SparseMatrix> Some = Gen.Select(Gen.Int[1, 25], Gen.Int[1, 25]).SelectMany((n, m) =>
        Gen.Select(Gen.Int[0, 3], Gen.Float[-2, 2]).Select((zero, value) => zero == 0 ? value : 0).Array[n * m].Select(v => Sparse(v, n, m)));

    static SparseMatrix Sparse(float[] dense, int n, int m)
    {
        var at = Enumerable.Range(0, n * m).Where(i => dense[i] != 0).ToArray();
        return new(n, m, [.. Enumerable.Range(0, n + 1).Select(i => at.Count(a => a < i * m))], [.. at.Select(a => a % m)], [.. at.Select(a => dense[a])]);
    }

    static Matrix<double> Dense(SparseMatrix a)
    {
        var dense = Matrix<double>.Build.Dense(a.Rows, a.Columns);
        for (var i = 0; i < a.Rows; i++)
            for (var e = a.Offsets[i]; e < a.Offsets[i + 1]; e++) dense[i, a.Places[e]] = a.Values[e];
        return dense;
    }

    static RightSingular Right(SparseMatrix a, int d, ulong seed = 1, int threads = 1)
    {
        var by = a.Transposed();
        return RandomisedSvd.Right(a.Rows, a.Columns, (x, k) => a.Times(x, k, threads), (x, k) => by.Times(x, k, threads), d, 6, new Seed(seed));
    }

    [Fact]
    public void ATransposedMatrix_IsTheTranspose() => Some.Sample(a => Dense(a.Transposed()).Equals(Dense(a).Transpose()));

    [Fact]
    public void Products_AreThoseOfDenseMatrices() => Gen.Select(Some, Gen.Int[1, 4]).Sample((a, k) =>
    {
        var other = Enumerable.Range(0, a.Columns * k).Select(i => Math.Sin(i)).ToArray();
        var expected = Dense(a) * Matrix<double>.Build.Dense(a.Columns, k, (i, j) => other[i * k + j]);
        return a.Times(other, k, 1).Select((x, i) => Math.Abs(x - expected[i / k, i % k])).All(e => e < 1e-9);
    });

    [Fact]
    public void ValuesAndDirections_AreThoseOfTheFullDecomposition() => Gen.Select(Some, Gen.Int[1, 8]).Sample((a, d) =>
    {
        var (dense, found) = (Dense(a), Right(a, d));
        var exact = dense.Svd().S;
        for (var c = 0; c < found.Values.Length; c++)
        {
            Assert.Equal(exact[c], found.Values[c], 1e-3 * exact[0] + 1e-12);
            var v = Vector<double>.Build.Dense(found.Right[c]);
            Assert.Equal(1, v.L2Norm(), 1e-5);
            Assert.Equal(found.Values[c], (dense * v).L2Norm(), 1e-3 * exact[0] + 1e-12);
            Assert.True(found.Right[c].MaxBy(Math.Abs) > 0);
            for (var b = 0; b < c; b++) Assert.Equal(0, v.DotProduct(Vector<double>.Build.Dense(found.Right[b])), 1e-4);
        }

        // What is missing has nothing to say.
        Assert.All(exact.Skip(found.Values.Length).Take(d - found.Values.Length), s => Assert.InRange(s, 0, 2e-5 * Math.Max(1, exact[0])));
    });

    [Fact]
    public void ThreadsChangeNoByte_AndNothingIsDecomposedToNothing()
    {
        var rng = new Rng(3, 3);
        var a = Sparse([.. Enumerable.Range(0, 9000 * 20).Select(_ => rng.NextDouble() < 0.1 ? (float)rng.NextNormal() : 0)], 9000, 20);
        Assert.Equal(Right(a, 5).Right.SelectMany(v => v), Right(a, 5, threads: 3).Right.SelectMany(v => v));
        Assert.Empty(Right(Sparse([], 0, 5), 3).Values);
        Assert.Empty(Right(Sparse(new float[20], 4, 5), 3).Values);
    }
}
