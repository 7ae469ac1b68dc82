using System.Text.Json;
using Coterie.Evaluation;
using Coterie.Fusion;
using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Fusion;

public class JointMixtureTests
{
    /// <param name="Truth">n.</param>
    /// <param name="Opinions">n x 3, by Bayes' rule from a noisy sight of the truth.</param>
    sealed record Shop(int[] Truth, Matrix Opinions, double[] LogWeights, Matrix Features);

    /// <summary>Three groups. The view guesses right with a probability of its own for each customer and knows it; the first feature tells group 0
    /// from the others when <paramref name="telling"/>, the others tell nothing, and the last is constant.</summary>
    static Shop Some(int customers, ulong seed, bool telling)
    {
        var rng = new Rng(seed, 1);
        double[] weights = [0.5, 0.3, 0.2];
        var truth = new int[customers];
        Matrix opinions = new(customers, 3), features = new(customers, 4);
        for (var i = 0; i < customers; i++)
        {
            var u = rng.NextDouble();
            var z = truth[i] = u < 0.5 ? 0 : u < 0.8 ? 1 : 2;
            var right = 0.34 + 0.6 * rng.NextDouble();
            var seen = rng.NextDouble() < right ? z : (z + 1 + rng.NextInt(2)) % 3;
            var total = 0.0;
            for (var c = 0; c < 3; c++) total += weights[c] * (c == seen ? right : (1 - right) / 2);
            for (var c = 0; c < 3; c++) opinions[i, c] = (float)(weights[c] * (c == seen ? right : (1 - right) / 2) / total);
            for (var j = 0; j < 3; j++) features[i, j] = (float)rng.NextNormal();
            if (telling) features[i, 0] += z == 0 ? 2 : -2;
            features[i, 3] = 7;
        }

        return new(truth, opinions, [.. weights.Select(w => Math.Log(w))], features);
    }

    static JointMixtureOptions Quick => new() { Penalties = [100, 10], Threads = 2 };

    static JointMixtureModel Fit(Shop shop, JointMixtureOptions? options = null) => JointMixture.Fit(shop.Opinions, shop.LogWeights, shop.Features, options ?? Quick, new Seed(1));

    [Fact]
    public void FeaturesThatTell_AreUsed_AndBeatEitherAlone()
    {
        var shop = Some(4000, 1, telling: true);
        var model = Fit(shop);
        var placed = model.Place(shop.Opinions, shop.Features);
        Assert.True(model.Used);
        double Ari(int[] labels) => LabelMetrics.CompareNumbered(shop.Truth, labels).Ari;
        Assert.True(Ari(placed.Segments) > Ari(placed.Opinions[0]) + 0.1 && Ari(placed.Segments) > Ari(placed.Opinions[1]) + 0.03);
        Assert.StartsWith("The features were joined", model.Sentence, StringComparison.Ordinal);
        for (var i = 0; i < shop.Truth.Length; i++)
        {
            Assert.Equal(1, placed.Probabilities.Row(i).ToArray().Sum(p => p), 1e-5);
            Assert.Equal(placed.Probabilities[i, placed.Segments[i]], placed.Probability[i]);
            Assert.Equal(placed.Opinions[0][i] != placed.Opinions[1][i], placed.Disputed[i]);
        }
    }

    [Fact]
    public void FeaturesThatTellNothing_AreNotUsed_AndTheViewStaysAsItIs()
    {
        var shop = Some(3000, 2, telling: false);
        var model = Fit(shop);
        var placed = model.Place(shop.Opinions, shop.Features);
        Assert.False(model.Used);
        Assert.Equal(placed.Opinions[0], placed.Segments);
        Assert.All(shop.Opinions.Values.Zip(placed.Probabilities.Values), p => Assert.Equal(p.First, p.Second, 1e-5));
        Assert.DoesNotContain(true, placed.Disputed);
        Assert.Contains("not joined", model.Sentence, StringComparison.Ordinal);
    }

    /// <summary>The probabilities say how often they are right; the penalty makes them a little too modest.</summary>
    [Fact]
    public void Probabilities_AreCalibrated()
    {
        var shop = Some(8000, 3, telling: true);
        var placed = Fit(shop).Place(shop.Opinions, shop.Features);
        var right = placed.Segments.Zip(shop.Truth).Average(p => p.First == p.Second ? 1.0 : 0);
        Assert.Equal(right, placed.Probability.Average(), 0.03);
    }

    [Fact]
    public void TheLikelihood_NeverFalls_AndItsGradientEndsAtZero() => Gen.Int[0, 1000].Sample(seed =>
    {
        var shop = Some(200, (ulong)seed, telling: true);
        var rows = JointMixture.Scaled(shop.Features, Standardisation.Of(shop.Features, 1), 1);
        var evidence = JointMixture.Evidence(shop.Opinions, shop.LogWeights);
        var path = new List<double>();
        var options = Quick with { MaxIterations = 3000, Tolerance = 0 };
        var b = JointKernel.Fit(rows, evidence, 3, 5, new double[15], options, path);
        Assert.All(path.Zip(path.Skip(1)), p => Assert.True(p.Second >= p.First - 1e-9 * Math.Abs(p.First)));
        // The definition, without the kernel; every coefficient moved a little either way.
        double Plain(double[] at)
        {
            var total = 0.0;
            for (var i = 0; i < rows.Rows; i++)
            {
                double[] score = [.. Enumerable.Range(0, 3).Select(c => at[c] + Enumerable.Range(0, 4).Sum(j => rows[i, j] * at[(j + 1) * 3 + c]))];
                total += Math.Log(Enumerable.Range(0, 3).Sum(c => Math.Exp(score[c] + evidence[i * 3 + c])) / score.Sum(Math.Exp));
            }

            return total - 2.5 * at.Skip(3).Sum(x => x * x);
        }

        Assert.Equal(Plain(b), path[^1], 1e-6 * Math.Abs(path[^1]));
        for (var j = 0; j < b.Length; j++)
        {
            double[] up = [.. b], down = [.. b];
            up[j] += 1e-3;
            down[j] -= 1e-3;
            Assert.Equal(0, (Plain(up) - Plain(down)) / 2e-3, 0.05);
        }
    }, iter: 3);

    [Fact]
    public void ACustomerOfWhomTheViewSaysNothing_GetsWhatTheFeaturesSay()
    {
        var shop = Some(2000, 4, telling: true);
        var model = Fit(shop);
        shop.Opinions.Row(5).Clear();
        var placed = model.Place(shop.Opinions, shop.Features);
        Assert.Equal((-1, false), (placed.Opinions[0][5], placed.Disputed[5]));
        Assert.Equal(placed.Opinions[1][5], placed.Segments[5]);
    }

    [Fact]
    public void ThreadsChangeNoByte_AndASavedModelPlacesAlike()
    {
        var shop = Some(9000, 5, telling: true);
        var one = Fit(shop, Quick with { Threads = 1 });
        var four = Fit(shop, Quick with { Threads = 4 });
        Assert.Equal(one.Coefficients, four.Coefficients);
        Assert.Equal(one.Candidates, four.Candidates);
        var read = JsonSerializer.Deserialize<JointMixtureModel>(JsonSerializer.Serialize(one))!;
        Assert.Equal(one.Place(shop.Opinions, shop.Features).Probabilities.Values, read.Place(shop.Opinions, shop.Features).Probabilities.Values);
    }

    [Fact]
    public void WhatCannotBeJoined_IsSaid()
    {
        var shop = Some(50, 6, telling: true);
        Assert.Contains("expected 2, one for each", Assert.Throws<InputException>(() =>
            JointMixture.Fit(shop.Opinions, [0, 0], shop.Features, Quick, new Seed(1))).Message, StringComparison.Ordinal);
        Assert.Contains("the same customers", Assert.Throws<InputException>(() =>
            JointMixture.Fit(shop.Opinions, shop.LogWeights, shop.Features.Take([1, 2]), Quick, new Seed(1))).Message, StringComparison.Ordinal);
        Assert.Throws<InputException>(() => JointMixture.Fit(new(0, 3), shop.LogWeights, new(0, 4), Quick, new Seed(1)));
        var wrong = new JointMixtureOptions { Penalties = [0], Folds = 1, Errors = -1, MaxIterations = 0, Tolerance = -1, Threads = 0 };
        Assert.Equal(6, Assert.Throws<ConfigurationException>(() => Fit(shop, wrong)).Message.Split('\n').Length);
        shop.Features[3, 1] = float.NaN;
        Assert.Throws<InputException>(() => Fit(shop));
        shop.Features[3, 1] = 0;
        shop.Opinions[3, 1] = -0.5f;
        Assert.Contains("expected a probability", Assert.Throws<InputException>(() => Fit(shop)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OneGroup_IsNobodysChoice()
    {
        var features = Some(100, 7, telling: true).Features;
        var all = new Matrix(100, 1);
        Array.Fill(all.Values, 1);
        var model = JointMixture.Fit(all, [0], features, Quick, new Seed(1));
        Assert.False(model.Used);
        Assert.All(model.Place(all, features).Segments, s => Assert.Equal(0, s));
    }
}
