using Coterie.Clustering;
using Coterie.Clustering.Metrics;
using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Clustering;

public class GaussianMixtureTests
{
    [Fact]
    public void The_density_is_the_one_of_scipy()
    {
        var model = new GaussianMixtureModel
        {
            Covariance = Covariance.Full, Weights = [0.3, 0.7], Means = [[0, 1], [1, -1]],
            Covariances = [[2, 0.6, 0.6, 0.5], [1, 0, 0, 4]], Columns = 2, LogLikelihood = 0, Bic = 0, Aic = 0, Iterations = 0,
        };
        var rows = new Matrix([0.5f, 0.25f], 1, 2);
        var statistics = GaussianKernel.Expect(rows, GaussianDensity.Of(model), new() { Threads = 1 });
        Assert.Equal(LogDensity, statistics.LogLikelihood, 1e-9);                                     // tools/oracles/clustering_metrics.py
        var first = statistics.Counts[0];
        Assert.Equal((float)Math.Max(first, 1 - first), model.Assign(rows, 1).Confidence[0], 1e-6f);
    }

    const double LogDensity = -2.8779246581311018;

    [Theory]
    [InlineData(Covariance.Full)]
    [InlineData(Covariance.Tied)]
    [InlineData(Covariance.Diagonal)]
    [InlineData(Covariance.Spherical)]
    public void One_component_is_the_mean_and_the_covariance(Covariance kind)
    {
        var rows = Points.Fill(400, 3, r => r.NextNormal(), 8);
        for (var i = 0; i < 400; i++) rows[i, 1] += rows[i, 0];
        var model = GaussianMixture.Fit(rows, new() { Clusters = 1, Covariance = kind, Regularisation = 1e-12 }, new Seed(1));
        var mean = Enumerable.Range(0, 3).Select(j => Enumerable.Range(0, 400).Average(i => (double)rows[i, j])).ToArray();
        double Covariance_(int a, int b) => Enumerable.Range(0, 400).Average(i => (rows[i, a] - mean[a]) * (rows[i, b] - mean[b]));
        double[] expected = kind switch
        {
            Covariance.Diagonal => [Covariance_(0, 0), Covariance_(1, 1), Covariance_(2, 2)],
            Covariance.Spherical => [(Covariance_(0, 0) + Covariance_(1, 1) + Covariance_(2, 2)) / 3],
            _ => [.. from a in Enumerable.Range(0, 3) from b in Enumerable.Range(0, 3) select Covariance_(a, b)],
        };
        for (var j = 0; j < 3; j++) Assert.Equal(mean[j], model.Means[0][j], 1e-6);
        for (var e = 0; e < expected.Length; e++) Assert.Equal(expected[e], model.Covariances[0][e], 1e-6);
    }

    [Theory]
    [InlineData(Covariance.Full)]
    [InlineData(Covariance.Tied)]
    [InlineData(Covariance.Diagonal)]
    [InlineData(Covariance.Spherical)]
    public void Every_kind_of_covariance_finds_planted_groups(Covariance kind) => Points.Planted.Sample(x => Agreement.AdjustedRand(
        GaussianMixture.Fit(x.Rows, new() { Clusters = x.K, Covariance = kind, Starts = 6, Threads = 1 }, new Seed(x.Seed)).Assign(x.Rows, 1).Labels, x.Truth) == 1, iter: 20);

    [Fact]
    public void Bic_prefers_the_planted_number_of_components()
    {
        var (rows, _) = Points.Blobs(1500, 3, 4, 8, 21);
        var best = Enumerable.Range(2, 6).MinBy(k => GaussianMixture.Fit(rows, new() { Clusters = k, Starts = 4 }, new Seed(1)).Bic);
        Assert.Equal(4, best);
    }

    [Fact]
    public void A_warm_start_is_never_worse_than_none()
    {
        var (rows, _) = Points.Blobs(600, 3, 5, 3, 6);
        var found = GaussianMixture.Fit(rows, new() { Clusters = 5, Starts = 5 }, new Seed(1));
        var again = GaussianMixture.Fit(rows, new() { Clusters = 5, Starts = 1, WarmStart = found }, new Seed(2));
        Assert.True(again.LogLikelihood >= found.LogLikelihood - 1e-6);
    }

    [Theory]
    [InlineData("fcps/lsun", 3, .99)]
    [InlineData("sipu/aggregation", 7, .99)]
    [InlineData("other/iris", 3, .89)]
    [InlineData("sipu/unbalance", 8, 1.0)]
    [InlineData("sipu/s2", 15, .93)]
    [InlineData("fcps/engytime", 2, .87)]
    public void Reference_sets_reach_the_published_agreement(string name, int k, double least)
    {
        // Values of scikit-learn in Gagolewski's clustering-results-v1, the best of ten starts by likelihood.
        var (rows, truth) = Points.Reference(name);
        var model = GaussianMixture.Fit(rows, new() { Clusters = k, Starts = 10 }, new Seed(1));
        Assert.InRange(Agreement.AdjustedRand(model.Assign(rows, 1).Labels, truth), least, 1);
    }
}
