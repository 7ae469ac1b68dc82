using Coterie.Learning;
using Coterie.Learning.Search;
using Coterie.Learning.Training;
using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Learning;

/// <summary>The search without networks: trials are curves that are known beforehand.</summary>
public class BracketSearchTests
{
    const int Epochs = 12;

    /// <summary>Curves of some shape: losses of trial by epoch, that rise and fall.</summary>
    sealed class Planted(int trials, ulong seed, int patience = int.MaxValue)
    {
        public readonly double[][] Loss = [.. Enumerable.Range(0, trials).Select(t =>
        {
            var rng = new Rng(seed, (ulong)t);
            var level = rng.NextDouble();
            return Enumerable.Range(1, Epochs).Select(e => level + rng.NextDouble() / e).ToArray();
        })];

        public readonly int[] Done = new int[trials];
        public TimeSpan Clock;
        public int Fails = -1;
        public CancellationTokenSource? Stop;
        public int StopAt = int.MaxValue;

        public TrainingEpoch[] Curve(int trial, int until) => [.. Loss[trial].Take(Math.Min(until, patience)).Select((l, e) =>
            new TrainingEpoch(e + 1, e + 1, 1e-3, l, l, new Dictionary<string, double> { ["macro_f1"] = 1 - l / 2, ["masked"] = l * 2 }))];

        // One step an epoch, one second a step; a stop is heard before the next step, as the trainer does it.
        public TrainingStanding Advance(Trial trial, int until, IProgress<TrainingProgress> progress, CancellationToken stop)
        {
            var t = trial.Number - 1;
            if (t == Fails) throw new InputException("the loss is NaN");
            until = Math.Min(until, patience);
            for (; Done[t] < until; Done[t]++)
            {
                if (stop.IsCancellationRequested) return new(Curve(t, Done[t]), "stopped", true, Done[t], []);
                Clock += TimeSpan.FromSeconds(1);
                if (Done.Sum() + 1 >= StopAt) Stop?.Cancel();
                progress.Report(new(Done[t] + 1, Epochs, Done[t] + 1, Epochs, Loss[t][Done[t]], null, TimeSpan.Zero));
            }

            return new(Curve(t, Math.Max(until, Done[t])), $"{until} epochs", false, Done[t], []);
        }

        public SearchReport Run(SearchOptions options, Action<SearchReport>? keep = null) => new BracketSearch(
            options, SearchPlan.Rungs(Loss.Length, options.Eta, options.LeastEpochs, Epochs), [.. Enumerable.Range(0, Loss.Length).Select(t => new TrialSettings { Batch = t + 1 })], [],
            Advance, () => Clock, keep ?? (_ => { }), null, Stop?.Token ?? default).Run();
    }

    static readonly Gen<SearchOptions> Options = Gen.Select(Gen.Int[1, 4], Gen.Int[1, Epochs]).Select((eta, least) => new SearchOptions { Eta = eta, LeastEpochs = least });

    [Fact]
    public void Halving_IsItsPlainTwin() => Gen.Select(Gen.Int[1, 30], Options, Gen.ULong).Sample((trials, options, seed) =>
    {
        var planted = new Planted(trials, seed);
        var report = planted.Run(options);
        // All curves to the end; who is alive after each rung, by sorting.
        var alive = Enumerable.Range(0, trials).ToList();
        var epochs = new int[trials];
        double Best(int t, int until) => planted.Loss[t].Take(until).DefaultIfEmpty().Min();
        foreach (var rung in SearchPlan.Rungs(trials, options.Eta, options.LeastEpochs, Epochs))
        {
            alive = [.. alive.OrderBy(t => Best(t, epochs[t])).Take(rung.Trials)];
            foreach (var t in alive) epochs[t] = rung.Until;
        }

        Assert.Equal(epochs, report.Leaderboard.OrderBy(t => t.Number).Select(t => t.Epochs));
        Assert.Equal(Enumerable.Range(0, trials).OrderBy(t => Best(t, epochs[t])).Select(t => t + 1), report.Leaderboard.Select(t => t.Number));
        Assert.Equal(Enumerable.Range(0, trials).Min(t => Best(t, epochs[t])), report.Leaderboard[0].Score);
        Assert.Equal(TrialVerdict.Best, report.Leaderboard[0].Verdict);
        Assert.All(report.Leaderboard.Skip(1), t => Assert.Equal(alive.Contains(t.Number - 1) ? TrialVerdict.Finished : TrialVerdict.Pruned, t.Verdict));
        Assert.Equal(SearchPlan.Epochs(report.Rungs), report.Epochs);
        Assert.True(report.Complete);
    }, iter: 300);

    [Fact]
    public void WithoutPruning_HalvingIsRandomSearch() => Gen.Select(Gen.Int[1, 20], Gen.Int[2, 4], Gen.ULong).Sample((trials, eta, seed) =>
    {
        var random = new Planted(trials, seed).Run(new() { Eta = 1 });
        var single = new Planted(trials, seed).Run(new() { Eta = eta, LeastEpochs = Epochs });
        Assert.Equal(random.Leaderboard.Select(t => (t.Number, t.Score, t.Epochs)), single.Leaderboard.Select(t => (t.Number, t.Score, t.Epochs)));
        Assert.All(random.Leaderboard, t => Assert.Equal(Epochs, t.Epochs));
    }, iter: 100);

    [Fact]
    public void F1_IsTheHigherTheBetter_AtTheEpochWhoseWeightsAreKept()
    {
        var planted = new Planted(9, 4);
        var report = planted.Run(new() { Measure = SearchMeasure.MacroF1 });
        Assert.Equal(1 - planted.Run(new()).Leaderboard[0].Score / 2, report.Leaderboard[0].Score);
        Assert.Equal(report.Leaderboard.Max(t => t.Score), report.Leaderboard[0].Score);
        TrainingEpoch Epoch(int number, double loss, double f1) => new(number, number, 1, loss, loss, new Dictionary<string, double> { ["macro_f1"] = f1 });
        Assert.Equal(0.5, BracketSearch.Score([Epoch(1, 2, 0.9), Epoch(2, 1, 0.5), Epoch(3, 3, 0.7)], SearchMeasure.MacroF1));
        Assert.Contains("validation", Assert.Throws<InputException>(() => BracketSearch.Score([Epoch(1, 2, 0) with { Validation = null }], SearchMeasure.Loss)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ATrialThatFails_IsRecorded_AndTheOthersGoOn()
    {
        var planted = new Planted(9, 4) { Fails = 3 };
        var report = planted.Run(new());
        Assert.Equal(TrialVerdict.Failed, report.Leaderboard[^1].Verdict);
        Assert.Equal("the loss is NaN", report.Leaderboard[^1].Ended);
        Assert.Contains(report.Findings, f => f.StartsWith("1 of 9 trials failed", StringComparison.Ordinal));
        Assert.True(report.Complete);
        Assert.Contains("the loss is NaN", Assert.Throws<InputException>(() => new Planted(1, 4) { Fails = 0 }.Run(new())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TrialsThatRanOutOfPatience_TakeNoMoreEpochs()
    {
        var report = new Planted(9, 4, patience: 4).Run(new());
        Assert.Equal(9 * 2 + 3 * 2, report.Epochs);
        Assert.True(report.Complete);
    }

    [Fact]
    public void Time_EndsTheSearch_TheBestSoFarIsKept_AndItIsSaid() => Gen.Select(Gen.Int[1, 20], Options, Gen.Int[1, 200], Gen.ULong).Sample((trials, options, seconds, seed) =>
    {
        var planted = new Planted(trials, seed);
        var report = planted.Run(options with { TimeBudget = TimeSpan.FromSeconds(seconds) });
        // A step is under way when time is over; the first epoch is never cut off.
        Assert.InRange(planted.Clock.TotalSeconds, 1, seconds + 1);
        var seen = Enumerable.Range(0, trials).Where(t => planted.Done[t] > 0).ToArray();
        Assert.Equal(seen.Min(t => planted.Loss[t].Take(planted.Done[t]).Min()), report.Leaderboard[0].Score);
        Assert.Contains(report.Findings, f => f.Contains("depends on the machine", StringComparison.Ordinal));
        Assert.Equal(seen.Length < trials, report.Leaderboard.Any(t => t.Verdict == TrialVerdict.NotRun));
        if (report.Complete) Assert.Equal("the plan's end", report.Ended);
        else Assert.Contains("time budget", report.Ended, StringComparison.Ordinal);
    }, iter: 300);

    // Equal parts for the rungs: nine trials of the first rung would take all the time.
    [Fact]
    public void EveryRung_HasItsPartOfTheTime()
    {
        var report = new Planted(27, 5).Run(new() { Eta = 3, LeastEpochs = 2, TimeBudget = TimeSpan.FromSeconds(36) });
        Assert.Equal(3, report.Rungs.Count);
        Assert.Equal(6, report.Leaderboard.Count(t => t.Epochs >= 2));
        Assert.Equal(Epochs, report.Leaderboard.Max(t => t.Epochs));
    }

    [Fact]
    public void AStop_KeepsTheBestSoFar_AndTheSameSearchGoesOn() => Gen.Select(Gen.Int[1, 12], Options, Gen.Int[2, 60], Gen.ULong).Sample((trials, options, at, seed) =>
    {
        var whole = new Planted(trials, seed).Run(options);
        using var stop = new CancellationTokenSource();
        var planted = new Planted(trials, seed) { Stop = stop, StopAt = at };
        var stopped = planted.Run(options);
        var seen = Enumerable.Range(0, trials).Where(t => planted.Done[t] > 0);
        Assert.Equal(seen.Min(t => planted.Loss[t].Take(planted.Done[t]).Min()), stopped.Leaderboard[0].Score);
        Assert.Equal(at > whole.Epochs, stopped.Complete);
        planted.Stop = null;
        var again = planted.Run(options);
        Assert.Equal(whole.Leaderboard.Select(t => (t.Number, t.Score, t.Epochs, t.Verdict)), again.Leaderboard.Select(t => (t.Number, t.Score, t.Epochs, t.Verdict)));
    }, iter: 200);

    [Fact]
    public void AStopBeforeTheFirstEpoch_HasNothingToGive()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => new Planted(3, 1) { Stop = stop }.Run(new()));
    }

    [Fact]
    public void TheRecord_FollowsEveryStretch()
    {
        var kept = new List<SearchReport>();
        var report = new Planted(9, 4).Run(new(), kept.Add);
        Assert.Equal(9 + 3 + 1 + 1, kept.Count);
        Assert.Same(report, kept[^1]);
        Assert.All(kept.SkipLast(1), k => Assert.False(k.Complete));
        Assert.True(kept.Zip(kept.Skip(1)).All(p => p.First.Epochs <= p.Second.Epochs));
    }
}
