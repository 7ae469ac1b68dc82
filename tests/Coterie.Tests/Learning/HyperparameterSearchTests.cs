using System.Text.Json;
using Coterie.Learning;
using Coterie.Learning.Training;
using Coterie.Numerics;
using Coterie.Sequences;
using Coterie.Tests.Support;
using static Coterie.Tests.Support.SomeWalkers;

namespace Coterie.Tests.Learning;

[Collection(OneAtATime.Name)]
public class HyperparameterSearchTests
{
    static readonly CustomerSequences Walks = Two(100, least: 4);

    static SegmentClassificationOptions Start => Brief with
    {
        EventsSeen = [6], Training = Brief.Training with { Epochs = 6, ValidationShare = 0.3, Patience = 0, CheckpointSteps = 3 },
    };

    static SearchOptions Few => new()
    {
        Trials = 4, Eta = 2, LeastEpochs = 2, Measure = SearchMeasure.MacroF1,
        Space = new() { LearningRateLeast = 3e-3, LearningRateMost = 3e-2, Dims = [8, 16], Hidden = [0, 8] },
    };

    static string Text(SearchReport report) => JsonSerializer.Serialize(report with { Seconds = 0, Leaderboard = [.. report.Leaderboard.Select(t => t with { Seconds = 0 })] });

    sealed class Watch(Action<SearchProgress> on) : IProgress<SearchProgress>
    {
        public void Report(SearchProgress value) => on(value);
    }

    // Survivors rested twice and went on; the model is the one of a training in one piece.
    [Fact]
    public void TheBest_IsWhatItsOptionsMakeInOnePiece_AndTheSameSeedFindsIt()
    {
        using var folder = new TemporaryFolder();
        var labels = Labels(Walks);
        var found = HyperparameterSearch.Run([Walks], labels, Start, Few, new(5), folder: folder.Path);
        using var best = found.Best.Model;
        Assert.True(found.Report.Complete);
        Assert.Equal([new(4, 2), new(2, 4), new SearchRung(1, 6)], found.Report.Rungs);
        Assert.Equal(4 * 2 + 2 * 2 + 2, found.Report.Epochs);
        var winner = found.Report.Leaderboard[0];
        // The best so far may have been stopped: then its training is as long as it came.
        using var ready = SegmentClassification.Prepare([Walks], labels, found.Options, new(5), null, null);
        using var whole = new TemporaryFolder();
        using var straight = SegmentClassification.Fit(ready, found.Options, new(5), whole.Path, winner.Epochs, null, default).Model;
        Assert.Equal(Bytes(straight), Bytes(best));
        Assert.Equal(JsonSerializer.Serialize(winner.Curve), JsonSerializer.Serialize(found.Best.Report.Training.Curve));
        Assert.Equal(winner.Settings.Of(Start).Training, found.Options.Training);

        using var record = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder.Path, "search.json")));
        var report = record.RootElement.GetProperty("report");
        Assert.Equal(4, report.GetProperty("leaderboard").GetArrayLength());
        Assert.Equal("best", report.GetProperty("leaderboard")[0].GetProperty("verdict").GetString());
        Assert.Equal(winner.Score, report.GetProperty("leaderboard")[0].GetProperty("score").GetDouble());
        Assert.Equal("macro_f1", report.GetProperty("measure").GetString());
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "checkpoint*", SearchOption.AllDirectories));
        Assert.Single(Directory.EnumerateFiles(folder.Path, "training.json", SearchOption.AllDirectories));

        var again = HyperparameterSearch.Run([Walks], labels, Start, Few, new(5));
        using var other = again.Best.Model;
        Assert.Equal(Bytes(best), Bytes(other));
        Assert.Equal(Text(found.Report), Text(again.Report));
    }

    [Theory, InlineData(1, 3), InlineData(4, 11), InlineData(2, 20)]
    public void AStoppedSearch_KeepsTheBestSoFar_AndGoesOnToTheSameResult(int trial, int step)
    {
        using var folder = new TemporaryFolder();
        var labels = Labels(Walks);
        var whole = HyperparameterSearch.Run([Walks], labels, Start, Few, new(5));
        whole.Best.Model.Dispose();
        using var stop = new CancellationTokenSource();
        SearchReport? stopped = null;
        try
        {
            var part = HyperparameterSearch.Run([Walks], labels, Start, Few, new(5), folder: folder.Path, stop: stop.Token,
                progress: new Watch(p => { if (p.Trial == trial && p.Training.Step >= step) stop.Cancel(); }));
            part.Best.Model.Dispose();
            stopped = part.Report;
        }
        catch (OperationCanceledException)
        {
            Assert.Equal(1, trial);
        }

        if (stopped is { Complete: false }) Assert.Equal("stopped", stopped.Ended);
        var resumed = HyperparameterSearch.Run([Walks], labels, Start, Few, new(5), folder: folder.Path);
        resumed.Best.Model.Dispose();
        Assert.Equal(Text(whole.Report), Text(resumed.Report));
    }

    // The first rung is 120 steps: by then every drawn rate has left the loss of a guess, which 1e-7 never does.
    [Fact]
    public void ABadLearningRate_Loses()
    {
        var start = Start with { Training = Start.Training with { Epochs = 60, LearningRate = 1e-7 } };
        var search = Few with { Eta = 4, LeastEpochs = 30, Measure = SearchMeasure.Loss, Space = new() { LearningRateLeast = 3e-3, LearningRateMost = 3e-2 } };
        var found = HyperparameterSearch.Run([Walks], Labels(Walks), start, search, new(2));
        using var model = found.Best.Model;
        Assert.NotNull(found.Report.Leaderboard[0].Settings.LearningRate);
        Assert.Equal(1, found.Report.Leaderboard[^1].Number);
        Assert.Equal(TrialVerdict.Pruned, found.Report.Leaderboard[^1].Verdict);
        Assert.Equal(found.Options.Training.LearningRate, found.Report.Leaderboard[0].Settings.LearningRate);
    }

    [Fact]
    public void ALearningRateThatBreaksTheTraining_IsAFailedTrial()
    {
        var search = Few with { Trials = 2, Eta = 1, Measure = SearchMeasure.Loss, Space = new() { LearningRateLeast = 1e30, LearningRateMost = 1e30 } };
        var found = HyperparameterSearch.Run([Walks], Labels(Walks), Start, search, new(2));
        using var model = found.Best.Model;
        Assert.Equal([1, 2], found.Report.Leaderboard.Select(t => t.Number));
        Assert.Equal(TrialVerdict.Failed, found.Report.Leaderboard[1].Verdict);
        Assert.Contains("Lower the learning rate", found.Report.Leaderboard[1].Ended, StringComparison.Ordinal);
    }

    [Fact]
    public void Pretraining_IsSearchedLikewise_ByAPartOfItsLoss()
    {
        var start = new PretrainingOptions { Encoder = TrainerTests.Tiny, Objectives = TrainerTests.All, Training = new() { Epochs = 4, Batch = 16, Threads = 1, ValidationShare = 0.3 } };
        var search = new SearchOptions
        {
            Trials = 5, Eta = 2, LeastEpochs = 2, EpochBudget = 10, Measure = SearchMeasure.Next, Space = new() { Contrastive = [0, 1], Next = [0.5, 1], Dropouts = [0, 0.1] },
        };
        var found = HyperparameterSearch.Run([Walks], start, search, new(3));
        using var model = found.Best.Model;
        // 3 trials: 3 x 2 epochs, then 1 x 2; 4 trials would take 4 x 2 + 2 x 2.
        Assert.Equal(3, found.Report.Leaderboard.Count);
        Assert.Equal(8, found.Report.Epochs);
        Assert.Contains("A budget of 10 epochs suffices for 3 of 5 trials.", found.Report.Findings);
        var winner = found.Report.Leaderboard[0];
        using var straight = Pretraining.Fit([Walks], found.Options, new(3), null, winner.Epochs, null, default).Model;
        Assert.Equal(straight.Checksum, model.Checksum);
        Assert.Equal(winner.Curve.MinBy(e => e.Validation)!.Parts["next"], winner.Score);
    }

    [Fact]
    public void AnEncoderWhoseRanksArePruned_MayBeHaltedBefore()
    {
        using var encoder = SequenceModel.Untrained(Walks.Fields, Brief.Encoder, new(1));
        var start = Start with { Adaptation = Adaptation("adalora") };
        var search = Few with { Eta = 4, Space = new() { LearningRateLeast = 1e-3, LearningRateMost = 3e-2 } };
        using var stop = new CancellationTokenSource();
        var found = HyperparameterSearch.Run([Walks], Labels(Walks), start, search, new(5), null, encoder, stop: stop.Token,
            progress: new Watch(p => { if (p.Trial == 2) stop.Cancel(); }));
        using var model = found.Best.Model;
        Assert.Equal("stopped", found.Report.Ended);
        Assert.Equal(2, found.Report.Leaderboard[0].Epochs);
        Assert.NotEmpty(model.Ranks);
    }

    [Fact]
    public void BadOptions_OfStartAndSearch_AreOneError()
    {
        var problems = Assert.Throws<ConfigurationException>(() => HyperparameterSearch.Run(
            [Walks], Labels(Walks), Start with { Bins = 0, Hidden = -1 }, Few with { Eta = 0, Space = new() { Dims = [15] } }, new(1))).Message;
        Assert.Equal(4, problems.Split('\n').Length);
        Assert.Throws<InputException>(() => HyperparameterSearch.Run([], Labels(Walks), Start, Few, new(1)));
    }

    // The curve's F1 is the judge's.
    [Fact]
    public void AccuracyAndF1_OfAnEpoch_AreThoseOfTheConfusionMatrix()
    {
        var parts = new LossParts();
        int[] truth = [0, 0, 0, 1, 1, 3], placed = [0, 0, 1, 1, 0, 0];
        var probabilities = new Matrix(6, 4);
        for (var i = 0; i < truth.Length; i++)
        {
            parts.Place(truth[i], placed[i], 4);
            probabilities[i, placed[i]] = 1;
        }

        var judged = Coterie.Evaluation.ClassifierMetrics.Judge(probabilities, truth);
        Assert.Equal(judged.MacroF1, parts.Means()["macro_f1"], 1e-12);
        Assert.Equal(judged.Accuracy, parts.Means()["accuracy"], 1e-12);
    }
}
