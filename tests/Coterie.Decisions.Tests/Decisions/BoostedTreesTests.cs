using System.Text.Json;
using Coterie.Decisions.Trees;
using Coterie.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.LightGbm;

namespace Coterie.Tests.Decisions;

public class BoostedTreesTests
{
    static readonly BoostedTreesOptions Few = new() { Trees = 30, MinRows = 10 };

    static (Matrix Rows, bool[] Positive, double[] Target) Some(int n, int d, ulong seed, double missing)
    {
        var rng = new Seed(seed).Stream(0);
        var rows = new Matrix(n, d);
        var positive = new bool[n];
        var target = new double[n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < d; j++) rows[i, j] = (float)Math.Round(rng.NextNormal() * 10, j % 2);
            target[i] = rows[i, 0] + rows[i, 1] * rows[i, 2] / 5 + rng.NextNormal();
            positive[i] = rng.NextDouble() < 1 / (1 + Math.Exp(-target[i] / 5));
            for (var j = 0; j < d; j++)
                if (rng.NextDouble() < missing) rows[i, j] = float.NaN;
        }

        return (rows, positive, target);
    }

    static string[] Names(int d) => [.. Enumerable.Range(0, d).Select(j => $"x{j}")];

    sealed class Row
    {
        public float[] Features { get; set; } = [];
        public bool Label { get; set; }
        public float Score { get; set; }
    }

    [Fact]
    public void TreesReadOut_ScoreAsTheLibraryDoes()
    {
        var (rows, positive, _) = Some(2000, 5, 3, 0);
        // The library itself, with the settings that FitLogOdds passes on.
        var ml = new MLContext(7);
        var schema = SchemaDefinition.Create(typeof(Row));
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 5);
        var view = ml.Data.LoadFromEnumerable(Enumerable.Range(0, rows.Rows).Select(i => new Row { Features = rows.Row(i).ToArray(), Label = positive[i] }), schema);
        var fitted = ml.BinaryClassification.Trainers.LightGbm(new LightGbmBinaryTrainer.Options
        {
            NumberOfIterations = Few.Trees, LearningRate = Few.LearningRate, NumberOfLeaves = Few.Leaves, MinimumExampleCountPerLeaf = Few.MinRows, NumberOfThreads = 1, Seed = 7,
            HandleMissingValue = false, UseCategoricalSplit = false, Sigmoid = 1,
            Booster = new GradientBooster.Options { FeatureFraction = Few.ColumnShare, SubsampleFraction = Few.RowShare, SubsampleFrequency = 1, L2Regularization = Few.L2 },
        }).Fit(view);
        var theirs = ml.Data.CreateEnumerable<Row>(fitted.Transform(view), reuseRowObject: false, ignoreMissingColumns: true).Select(r => (double)r.Score).ToArray();
        var ours = BoostedTrees.FitLogOdds(rows, Names(5), positive, Few, new Seed(7)).Score(rows);
        for (var i = 0; i < ours.Length; i++) Assert.Equal(theirs[i], ours[i], 1e-6 * (1 + Math.Abs(ours[i])));
        Assert.True(Statistics.Auc(ours, positive) > 0.8);
    }

    [Fact]
    public void TheSameSeed_GivesTheSameBytes_AndAnotherSeedOthers()
    {
        var (rows, positive, target) = Some(3000, 6, 5, 0.1);
        string Fitted(ulong seed) => JsonSerializer.Serialize(BoostedTrees.FitLogOdds(rows, Names(6), positive, Few, new Seed(seed)));
        var first = Fitted(1);
        for (var again = 0; again < 3; again++) Assert.Equal(first, Fitted(1));
        Assert.NotEqual(first, Fitted(2));
        string Mean() => JsonSerializer.Serialize(BoostedTrees.FitMean(rows, Names(6), target, Few, new Seed(1)));
        Assert.Equal(Mean(), Mean());
    }

    [Fact]
    public void ScoresAreTheSameBytes_ForAnyNumberOfThreads()
    {
        var (rows, positive, _) = Some(9000, 6, 5, 0.1);
        var trees = BoostedTrees.FitLogOdds(rows, Names(6), positive, Few, new Seed(1));
        Assert.Equal(trees.Score(rows, 1), trees.Score(rows, 2));
    }

    [Fact]
    public void AModelSavedAndRead_ScoresTheSame()
    {
        var (rows, _, target) = Some(1000, 4, 9, 0.2);
        var trees = BoostedTrees.FitMean(rows, Names(4), target, Few, new Seed(1));
        var read = JsonSerializer.Deserialize<TreeEnsemble>(JsonSerializer.Serialize(trees))!;
        read.Check();
        Assert.Equal(trees.Score(rows), read.Score(rows));
    }

    [Fact]
    public void AMeanIsLearned_AndTheMeanScoreIsTheMeanOfScores()
    {
        var (rows, _, target) = Some(4000, 4, 11, 0);
        var trees = BoostedTrees.FitMean(rows, Names(4), target, new BoostedTreesOptions(), new Seed(1));
        var scores = trees.Score(rows);
        var mean = target.Average();
        var explained = 1 - scores.Zip(target, (s, t) => (t - s) * (t - s)).Sum() / target.Sum(t => (t - mean) * (t - mean));
        Assert.True(explained > 0.85, $"explained {explained}");
        Assert.Equal(scores.Average(), trees.Mean(), 1e-9);
    }

    [Fact]
    public void WhatIsMissing_CanTell()
    {
        var rng = new Seed(2).Stream(0);
        var rows = new Matrix(2000, 1);
        var positive = new bool[2000];
        for (var i = 0; i < 2000; i++)
        {
            var absent = rng.NextDouble() < 0.3;
            rows[i, 0] = absent ? float.NaN : (float)rng.NextNormal();
            positive[i] = rng.NextDouble() < (absent ? 0.8 : 0.2);
        }

        var trees = BoostedTrees.FitLogOdds(rows, ["x"], positive, Few with { ColumnShare = 1 }, new Seed(1));
        Assert.True(trees.Score([float.NaN]) > 0.4);
        Assert.True(trees.Score([0f]) < -0.4);
    }

    [Fact]
    public void WhatCannotBeLearned_IsRefused()
    {
        var rows = new Matrix(100, 1);
        Assert.Contains("All 100 outcomes are false", Assert.Throws<InputException>(() => BoostedTrees.FitLogOdds(rows, ["x"], new bool[100], Few, new Seed(1))).Message, StringComparison.Ordinal);
        Assert.Contains("leaves is 1", Assert.Throws<ConfigurationException>(() => BoostedTrees.FitMean(rows, ["x"], new double[100], Few with { Leaves = 1 }, new Seed(1))).Message, StringComparison.Ordinal);
        rows[3, 0] = float.PositiveInfinity;
        Assert.Contains("Row 3, column 'x'", Assert.Throws<InputException>(() => BoostedTrees.FitMean(rows, ["x"], new double[100], Few, new Seed(1))).Message, StringComparison.Ordinal);
    }
}
