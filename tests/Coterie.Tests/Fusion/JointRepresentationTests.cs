using Coterie.Clustering;
using Coterie.Clustering.Metrics;
using Coterie.Fusion;
using Coterie.Numerics;

namespace Coterie.Tests.Fusion;

public class JointRepresentationTests
{
    static Matrix Some(int n, int d, double scale, ulong seed)
    {
        var rng = new Rng(seed, 1);
        var rows = new Matrix(n, d);
        for (var i = 0; i < rows.Values.Length; i++) rows.Values[i] = (float)(scale * (3 + rng.NextNormal()));
        return rows;
    }

    static double Variance(Matrix rows, int from, int to)
    {
        double sum = 0;
        for (var j = from; j < to; j++)
        {
            var column = Enumerable.Range(0, rows.Rows).Select(i => (double)rows[i, j]).ToArray();
            var mean = column.Average();
            sum += column.Average(x => (x - mean) * (x - mean));
        }

        return sum;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EachBlock_CarriesItsShareOfTheVariance_WhateverItsWidthAndScale(bool standardise)
    {
        var joint = JointRepresentation.Build([new("features", Some(500, 30, 100, 1), 1, standardise), new("embedding", Some(500, 4, 0.01, 2), 3, standardise)], 1);
        Assert.Equal((500, 34), (joint.Rows, joint.Columns));
        Assert.Equal(0.25, Variance(joint, 0, 30), 1e-4);
        Assert.Equal(0.75, Variance(joint, 30, 34), 1e-4);
    }

    [Fact]
    public void OnlyTheRatioOfWeightsMatters_AndThreadsDoNot()
    {
        Matrix a = Some(5_000, 3, 1, 1), b = Some(5_000, 2, 1, 2);
        var one = JointRepresentation.Build([new("a", a, 1), new("b", b, 2)], 1);
        Assert.Equal(one.Values, JointRepresentation.Build([new("a", a, 4), new("b", b, 8)], 4).Values);
    }

    [Fact]
    public void AConstantBlock_IsZeros()
    {
        var flat = new Matrix(20, 2);
        flat.Values.AsSpan().Fill(7);
        var joint = JointRepresentation.Build([new("flat", flat), new("b", Some(20, 2, 1, 2))], 1);
        Assert.All(Enumerable.Range(0, 20), i => Assert.Equal((0f, 0f), (joint[i, 0], joint[i, 1])));
    }

    // Two views in six dimensions each; each sees half of the structure. Labels, opinions and joint rows beside each other.
    [Fact]
    public void JointRows_AndFusedOpinions_BothFindWhatNeitherViewSees()
    {
        var x = SomeViews.Halves(3_000, 0, 4);
        Matrix a = Blobs(x.Truth, SomeViews.FirstSees, 1), b = Blobs(x.Truth, SomeViews.SecondSees, 2);
        KMeansModel modelA = Fit(a, 5), modelB = Fit(b, 5);
        FusionView viewA = FusionView.OfKMeans("a", modelA, a, 1), viewB = FusionView.OfKMeans("b", modelB, b, 1);
        Assert.Equal(modelA.Label(a, 1), viewA.Labels);
        var fused = Consensus.Fuse([viewA, viewB], SomeViews.Quick, new Seed(1));
        var joint = JointRepresentation.Build([new("a", a), new("b", b)], 1);
        var together = Fit(joint, 8).Label(joint, 1);
        Assert.True(Agreement.AdjustedRand(x.Truth, viewA.Labels) <= 0.7 && Agreement.AdjustedRand(x.Truth, viewB.Labels) <= 0.7);
        Assert.Equal(8, fused.Clusters);
        Assert.True(Agreement.AdjustedRand(x.Truth, fused.Customers.Segments) >= 0.95);
        Assert.True(Agreement.AdjustedRand(x.Truth, together) >= 0.95);

        static KMeansModel Fit(Matrix rows, int k) => KMeans.Fit(rows, new() { Clusters = k, Starts = 10, Threads = 1 }, new Seed(1));
    }

    static Matrix Blobs(int[] truth, int[] sees, ulong seed)
    {
        var rng = new Rng(seed, 8);
        var centres = Enumerable.Range(0, 5).Select(_ => Enumerable.Range(0, 6).Select(_ => 1.7 * rng.NextNormal()).ToArray()).ToArray();
        var rows = new Matrix(truth.Length, 6);
        for (var i = 0; i < truth.Length; i++)
            for (var j = 0; j < 6; j++) rows[i, j] = (float)(centres[sees[truth[i]]][j] + 0.7 * rng.NextNormal());
        return rows;
    }

    [Fact]
    public void BlocksThatDoNotFit_AreRefused()
    {
        var message = Assert.Throws<InputException>(() => JointRepresentation.Build([new("a", Some(4, 1, 1, 1)), new("b", Some(5, 1, 1, 1), -1)], 1)).Message;
        Assert.Equal(2, message.Split('\n').Length);
        Assert.Throws<InputException>(() => JointRepresentation.Build([], 1));
        Assert.Throws<InputException>(() => JointRepresentation.Build([new("a", new Matrix([float.NaN], 1, 1))], 1));
    }
}
