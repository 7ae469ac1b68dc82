using Coterie.Numerics;

namespace Coterie.Tests.Decisions;

public class SpdInverseTests
{
    static double[,] Some(int n, ulong seed)
    {
        var rng = new Seed(seed).Stream(0);
        var half = new double[n, n + 3];
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n + 3; j++) half[i, j] = rng.NextNormal();
        var a = new double[n, n];
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++)
            {
                for (var k = 0; k < n + 3; k++) a[i, j] += half[i, k] * half[j, k];
                if (i == j) a[i, j] += 1;
            }

        return a;
    }

    static SpdInverse? Of(double[,] a, int threads) => SpdInverse.Of(a.GetLength(0), (i, row) =>
    {
        for (var j = 0; j <= i; j++) row[j] = a[i, j];
    }, threads);

    // Sizes around the edges of a tile.
    [Theory, InlineData(1), InlineData(2), InlineData(63), InlineData(64), InlineData(65), InlineData(130)]
    public void AMatrixTimesItsInverse_IsTheIdentity(int n)
    {
        var a = Some(n, (ulong)n);
        var inverse = Of(a, 2)!;
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var sum = 0.0;
                for (var k = 0; k < n; k++) sum += a[i, k] * inverse[k, j];
                Assert.Equal(i == j ? 1 : 0, sum, 1e-8);
            }
        }
    }

    [Fact]
    public void OneThreadAndMany_GiveTheSameNumbers()
    {
        var a = Some(200, 5);
        var (one, many) = (Of(a, 1)!, Of(a, 3)!);
        for (var i = 0; i < 200; i++)
            for (var j = 0; j <= i; j++) Assert.Equal(one[i, j], many[i, j]);
    }

    [Fact]
    public void WhatIsNotPositiveDefinite_HasNone() => Assert.Null(Of(new double[,] { { 1, 2 }, { 2, 1 } }, 1));
}
