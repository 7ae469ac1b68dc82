using Coterie.Clustering.Search;
using Coterie.Numerics;

namespace Coterie.Tests.Clustering;

public class StructureTests
{
    // The full table, 100 data sets of 2,000 rows each, is in docs/decisions/0004-how-k-is-chosen.md; this is a smaller one.
    const int Sets = 8;

    static int Found(Func<ulong, Matrix> make) => Enumerable.Range(0, Sets).Count(i => StructureTester.Test(make((ulong)i), 40, new Seed((ulong)i), 2).Structure);

    [Theory]
    [InlineData("uniform", 3)]
    [InlineData("uniform", 10)]
    [InlineData("normal", 3)]
    [InlineData("normal", 10)]
    [InlineData("lognormal", 3)]
    [InlineData("lognormal", 10)]
    public void A_continuum_is_not_called_structure(string kind, int d) => Assert.InRange(Found(seed => Points.Fill(800, d, r => kind switch
    {
        "uniform" => r.NextDouble(),
        "normal" => r.NextNormal(),
        _ => Math.Exp(r.NextNormal()),
    }, seed)), 0, 1);

    [Theory]
    [InlineData(3, 2)]
    [InlineData(4, 5)]
    [InlineData(6, 10)]
    public void Groups_that_overlap_moderately_are_found(int k, int d) =>
        Assert.InRange(Found(seed => Points.Blobs(1500, d, k, 4, seed).Rows), Sets - 1, Sets);

    [Fact]
    public void Correlated_columns_are_a_continuum() => Assert.InRange(Found(seed =>
    {
        var rows = Points.Fill(800, 4, r => r.NextNormal(), seed);
        for (var i = 0; i < rows.Rows; i++)
            for (var j = 1; j < 4; j++) rows[i, j] += 1.5f * rows[i, j - 1];
        return rows;
    }), 0, 1);

    [Fact]
    public void Counts_are_a_continuum() =>
        Assert.InRange(Found(seed => Points.Fill(800, 3, r => Math.Floor(Math.Exp(0.7 * r.NextNormal())), seed)), 0, 1);

    [Fact]
    public void Four_corners_of_a_square_are_groups_although_each_column_alone_explains_them() => Assert.Equal(Sets, Found(seed =>
    {
        var rows = Points.Fill(1500, 6, r => r.NextNormal(), seed);
        for (var i = 0; i < rows.Rows; i++)
        {
            rows[i, 0] += 4 * (i & 1);
            rows[i, 1] += 4 * ((i >> 1) & 1);
        }

        return rows;
    }));

    [Fact]
    public void The_reference_keeps_moments_and_correlations()
    {
        var rows = Points.Fill(4000, 2, r => r.NextNormal(), 3);
        for (var i = 0; i < rows.Rows; i++) rows[i, 1] = MathF.Exp(0.5f * (rows[i, 0] + rows[i, 1]));
        var drawn = Continuum.Of(rows, 1).Draw(4000, new Rng(1, 1));
        double Mean(Matrix m, int j) => Enumerable.Range(0, m.Rows).Average(i => (double)m[i, j]);
        Assert.Equal(Mean(rows, 1), Mean(drawn, 1), 0.1);
        Assert.Equal(Enumerable.Range(0, 4000).Average(i => rows[i, 0] * Math.Log(rows[i, 1])), Enumerable.Range(0, 4000).Average(i => drawn[i, 0] * Math.Log(drawn[i, 1])), 0.06);
    }

    [Fact]
    public void The_unimodal_fit_of_two_humps_has_one_and_that_of_one_hump_is_the_column()
    {
        var rng = new Rng(2, 2);
        var one = Enumerable.Range(0, 5000).Select(_ => (float)rng.NextNormal()).ToArray();
        var probabilities = Enumerable.Range(1, 99).Select(p => p / 100.0).ToArray();
        var fitted = UnimodalQuantiles.Of(one, probabilities);
        Array.Sort(one);
        for (var p = 0; p < 99; p++) Assert.Equal(one[(p + 1) * 50], fitted[p], 0.1);
        var two = Enumerable.Range(0, 5000).Select(i => (float)(rng.NextNormal() + (i % 2 == 0 ? -4 : 4))).ToArray();
        // Between the humps the fit spreads what the column leaves out: the middle fifth of it is no gap.
        Assert.InRange(UnimodalQuantiles.Of(two, probabilities).Count(q => Math.Abs(q) < 2), 15, 60);
    }
}
