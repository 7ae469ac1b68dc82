using Coterie.Learning;
using Coterie.Learning.Models;
using Coterie.Learning.Search;
using CsCheck;

namespace Coterie.Tests.Learning;

public class SearchPlanTests
{
    static readonly Gen<SearchOptions> Options =
        from trials in Gen.Int[1, 60]
        from eta in Gen.Int[1, 4]
        from least in Gen.Int[1, 9]
        from budget in Gen.Int[20, 300]
        select new SearchOptions { Trials = trials, Eta = eta, LeastEpochs = least, EpochBudget = budget };

    [Fact]
    public void Rungs_GrowToTheLastEpoch_AndOneInEtaGoesOn() => Options.Select(Gen.Int[9, 20]).Sample((options, epochs) =>
    {
        var rungs = SearchPlan.Rungs(options.Trials, options.Eta, options.LeastEpochs, epochs);
        Assert.Equal(options.Trials, rungs[0].Trials);
        Assert.Equal(epochs, rungs[^1].Until);
        for (var i = 1; i < rungs.Length; i++)
        {
            Assert.Equal(Math.Max(1, rungs[i - 1].Trials / options.Eta), rungs[i].Trials);
            Assert.True(rungs[i].Until == rungs[i - 1].Until * options.Eta || (i == rungs.Length - 1 && rungs[i].Until < rungs[i - 1].Until * options.Eta));
        }
    });

    // Li et al. 2018, table 1, bracket s = 4: n = 81, 27, 9, 3, 1 over r = 1, 3, 9, 27, 81.
    [Fact]
    public void ABracket_IsThatOfThePaper() => Assert.Equal(
        [new(81, 1), new(27, 3), new(9, 9), new(3, 27), new SearchRung(1, 81)], SearchPlan.Rungs(81, 3, 1, 81));

    [Fact]
    public void Affordable_IsTheMostThatFits() => Options.Select(Gen.Int[9, 20]).Sample((options, epochs) =>
    {
        long Cost(int trials) => SearchPlan.Epochs(SearchPlan.Rungs(trials, options.Eta, options.LeastEpochs, epochs));
        var trials = SearchPlan.Affordable(options, epochs);
        Assert.InRange(trials, 1, options.Trials);
        Assert.True(Cost(trials) <= options.EpochBudget);
        if (trials < options.Trials) Assert.True(Cost(trials + 1) > options.EpochBudget);
        Assert.Equal(options.Trials, SearchPlan.Affordable(options with { EpochBudget = null }, epochs));
    });

    [Fact]
    public void Settings_AreThoseOfTheSeed_AndMoreTrialsChangeNone() => Gen.Select(Gen.Int[1, 20], Gen.Int[1, 20], Gen.ULong).Sample((few, more, seed) =>
    {
        var options = new SearchOptions { Space = new() { Dims = [8, 16, 24], Dropouts = [0, 0.1] } };
        var settings = SearchPlan.Settings(options, few, new(seed));
        Assert.Equal(settings, SearchPlan.Settings(options, few + more, new(seed)).Take(few));
        Assert.Equal(settings.Length, settings.Distinct().Count());
        Assert.Equal(new(), settings[0]);
        Assert.All(settings.Skip(1), s =>
        {
            Assert.InRange(s.LearningRate!.Value, 3e-4, 1e-2);
            Assert.Contains(s.Dim!.Value, options.Space.Dims);
            Assert.Null(s.Batch);
        });
        // One more setting that is searched changes no other.
        var wider = options with { Space = options.Space with { Batches = [16, 32] } };
        Assert.Equal(settings, SearchPlan.Settings(wider, few, new(seed)).Select(s => s with { Batch = null }));
    }, iter: 50);

    [Fact]
    public void LearningRates_AreEvenOnALogarithmicScale_AndChoicesAreEven()
    {
        var settings = SearchPlan.Settings(new() { TryStart = false, Space = new() { LearningRateLeast = 1e-5, LearningRateMost = 1e-1, Blocks = [1, 2, 3, 4] } }, 4_000, new(3));
        for (var decade = 0; decade < 4; decade++)
            Assert.InRange(settings.Count(s => Math.Floor(Math.Log10(s.LearningRate!.Value)) == decade - 5), 880, 1_120);
        for (var blocks = 1; blocks <= 4; blocks++) Assert.InRange(settings.Count(s => s.Blocks == blocks), 880, 1_120);
    }

    [Fact]
    public void ASmallSpace_HoldsNoMoreThanItHas()
    {
        var space = new SearchSpace { LearningRateLeast = 1e-3, LearningRateMost = 1e-3, Dims = [8, 16, 24], Dropouts = [0, 0.1] };
        Assert.Equal(6, SearchPlan.Settings(new() { Space = space, TryStart = false }, 50, new(1)).Length);
        Assert.Equal(7, SearchPlan.Settings(new() { Space = space }, 50, new(1)).Length);
    }

    [Fact]
    public void ATrial_ChangesWhatItNames_AndNothingElse()
    {
        var start = new PretrainingOptions();
        Assert.Equal(start, new TrialSettings().Of(start));
        var changed = new TrialSettings { LearningRate = 0.5, Batch = 7, Dim = 32, Blocks = 5, Dropout = 0.3, Masked = 2, Next = 0.5 }.Of(start);
        Assert.Equal(new BehaviourTransformerOptions { Dim = 32, FeedForward = 128, Blocks = 5, Dropout = 0.3 }, changed.Encoder);
        Assert.Equal(start.Training with { LearningRate = 0.5, Batch = 7 }, changed.Training);
        Assert.Equal(start.Objectives with { Masked = 2, Next = 0.5 }, changed.Objectives);
        Assert.Equal(new BehaviourCnnOptions { Layers = 5 }, new TrialSettings { Blocks = 5 }.Of(new BehaviourCnnOptions()));
        Assert.Equal(new SegmentClassificationOptions().Dropout, new TrialSettings { Hidden = 3 }.Of(new SegmentClassificationOptions()).Dropout);
        Assert.Equal(0.4, new TrialSettings { HeadDropout = 0.4 }.Of(new SegmentClassificationOptions()).Dropout);
    }

    [Fact]
    public void BadOptions_AreAllNamed()
    {
        var bad = new SearchOptions
        {
            Measure = SearchMeasure.MacroF1, Trials = 0, Eta = 0, LeastEpochs = 30, EpochBudget = 5, TimeBudget = TimeSpan.Zero,
            Space = new()
            {
                LearningRateLeast = 1, LearningRateMost = 0.1, Batches = [0], WeightDecays = [-1], Dims = [30], Blocks = [0], Dropouts = [1], Masked = [-1], Hidden = [4], HeadDropouts = [0.1],
            },
        };
        var start = new PretrainingOptions { Training = new() { ValidationShare = 0, TimeBudget = TimeSpan.FromSeconds(1) } };
        string[] problems = [.. SearchRules.Problems(bad, start)];
        Assert.Equal(17, problems.Length);
        foreach (var word in new[] { "learning rates", "batches", "weight-decays", "trials", "eta", "least-epochs", "epoch-budget", "time-budget is", "time-budget of its own", "validation-share", "dims has 30", "blocks has 0", "dropouts has 1", "macro-f1", "hidden", "head-dropouts", "weights of masked" })
            Assert.Contains(problems, p => p.Contains(word, StringComparison.Ordinal));
        var classifier = new SearchOptions { Measure = SearchMeasure.Next, Space = new() { Masked = [1], Dims = [8], Hidden = [-1], HeadDropouts = [1] } };
        Assert.Equal(4, SearchRules.Problems(classifier, new SegmentClassificationOptions(), false).Count());
        Assert.Equal(5, SearchRules.Problems(classifier, new SegmentClassificationOptions(), true).Count());
        Assert.Empty(SearchRules.Problems(new(), new PretrainingOptions()));
        Assert.Empty(SearchRules.Problems(new() { Measure = SearchMeasure.MacroF1 }, new SegmentClassificationOptions(), true));
    }

    // A smaller weight makes a smaller loss: it would always win.
    [Fact]
    public void LossesThatDoNotMeanTheSame_AreNotCompared()
    {
        static string[] Problems(SearchMeasure measure, SearchSpace space) => [.. SearchRules.Problems(new() { Measure = measure, Space = space }, new PretrainingOptions())];
        Assert.Contains("different weights", Assert.Single(Problems(SearchMeasure.Loss, new() { Masked = [0.5, 2] })), StringComparison.Ordinal);
        Assert.Empty(Problems(SearchMeasure.Masked, new() { Masked = [0.5, 2], Contrastive = [0, 1] }));
        Assert.Contains("would not learn it", Assert.Single(Problems(SearchMeasure.Masked, new() { Masked = [0, 2] })), StringComparison.Ordinal);
        Assert.Contains("would not learn it", Assert.Single(Problems(SearchMeasure.Next, new())), StringComparison.Ordinal);
        Assert.Contains("different batches", Assert.Single(Problems(SearchMeasure.Loss, new() { Batches = [32, 64] })), StringComparison.Ordinal);
        Assert.Contains("different batches", Assert.Single(Problems(SearchMeasure.Contrastive, new() { Batches = [32] })), StringComparison.Ordinal);
        Assert.Empty(Problems(SearchMeasure.Masked, new() { Batches = [32, 64] }));
    }
}
