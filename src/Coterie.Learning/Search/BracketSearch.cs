using Coterie.Learning.Training;

namespace Coterie.Learning.Search;

/// <summary>Trains trials from rung to rung and keeps the best of each.</summary>
/// <remarks>It knows nothing of networks: a stretch of a trial is a call, so that its laws can be tested without them.</remarks>
sealed class BracketSearch
{
    /// <summary>Trains a trial up to the end of an epoch, from where it stands.</summary>
    /// <exception cref="InputException">The trial came to no finite loss.</exception>
    public delegate TrainingStanding Stretch(Trial trial, int until, IProgress<TrainingProgress> progress, CancellationToken stop);

    readonly SearchOptions options;
    readonly SearchRung[] rungs;
    readonly Stretch stretch;
    readonly Func<TimeSpan> elapsed;
    readonly IProgress<SearchProgress>? progress;
    readonly CancellationToken stop;
    readonly Action<SearchReport> keep;
    readonly List<string> findings;
    readonly Trial[] trials;
    bool outOfTime;

    /// <param name="rungs">The first has at least as many trials as there are settings.</param>
    /// <param name="elapsed">Time since the search began.</param>
    /// <param name="keep">Called with the report so far after every stretch.</param>
    public BracketSearch(
        SearchOptions options, SearchRung[] rungs, IReadOnlyList<TrialSettings> settings, IEnumerable<string> findings, Stretch stretch, Func<TimeSpan> elapsed, Action<SearchReport> keep,
        IProgress<SearchProgress>? progress, CancellationToken stop)
    {
        (this.options, this.rungs, this.stretch, this.elapsed, this.keep, this.progress, this.stop) = (options, rungs, stretch, elapsed, keep, progress, stop);
        this.findings = [.. findings];
        if (options.TimeBudget is not null) this.findings.Add("The search had a limit of time: which trials came how far depends on the machine.");
        trials = [.. settings.Select((s, i) => new Trial
        {
            Number = i + 1, Settings = s, Verdict = TrialVerdict.NotRun, Rungs = 0, Score = null, Curve = [], Ended = "", Seconds = 0, Findings = [],
        })];
    }

    /// <exception cref="InputException">Every trial failed, or no customer fell to validation.</exception>
    /// <exception cref="OperationCanceledException">Stopped before the first trial finished an epoch.</exception>
    public SearchReport Run()
    {
        int[] alive = [.. Enumerable.Range(0, trials.Length)];
        for (var rung = 0; rung < rungs.Length && alive.Length > 0 && !Halted; rung++)
        {
            var tried = 0;
            var reached = new List<int>();
            foreach (var t in alive)
            {
                if (Halted || (tried > 0 && elapsed() >= Deadline(rung))) break;
                tried++;
                if (Advance(t, rung)) reached.Add(t);
                keep(Report(complete: false, best: null));
            }

            if (tried < alive.Length)
                foreach (var t in alive[tried..])
                    if (trials[t].Verdict != TrialVerdict.NotRun) trials[t] = trials[t] with { Verdict = TrialVerdict.Unfinished };
            if (Halted || rung + 1 == rungs.Length) break;
            // Where time cut the rung short, one in eta of those that were tried goes on, as the plan has it of all.
            var going = Math.Min(rungs[rung + 1].Trials, Math.Max(1, tried / options.Eta));
            alive = [.. Ranked(reached).Take(going)];
            foreach (var t in reached.Except(alive)) trials[t] = trials[t] with { Verdict = TrialVerdict.Pruned };
        }

        if (Ranked(Enumerable.Range(0, trials.Length)).Select(t => (int?)t).FirstOrDefault() is not { } best)
        {
            stop.ThrowIfCancellationRequested();
            throw new InputException($"All {trials.Length} trials of the search failed; the first: {trials[0].Ended}");
        }

        var report = Report(complete: !Halted && trials.All(t => t.Verdict is not (TrialVerdict.Unfinished or TrialVerdict.NotRun)), best);
        keep(report);
        return report;
    }

    bool Halted => stop.IsCancellationRequested || outOfTime;

    TimeSpan Deadline(int rung) => options.TimeBudget is { } budget ? budget * (rung + 1) / rungs.Length : TimeSpan.MaxValue;

    /// <summary>Whether the trial came to the rung's end.</summary>
    bool Advance(int t, int rung)
    {
        using var halt = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var judged = trials.Any(o => o.Score is not null);
        var best = Ranked(Enumerable.Range(0, trials.Length)).Select(o => trials[o].Score).FirstOrDefault();
        var watch = new Watch(p =>
        {
            progress?.Report(new(t + 1, trials.Length, rung + 1, rungs.Length, best, p));
            // Something has to come of every search: time does not count before the first epoch is judged.
            if (elapsed() >= options.TimeBudget && (judged || p.Epoch > 1)) outOfTime = true;
            if (outOfTime) halt.Cancel();
        });
        TrainingStanding standing;
        try
        {
            standing = stretch(trials[t], rungs[rung].Until, watch, halt.Token);
        }
        catch (InputException e)
        {
            trials[t] = trials[t] with { Verdict = TrialVerdict.Failed, Ended = e.Message };
            return false;
        }

        // A search that is run again finds trials that had come farther: what it decides hangs on this rung's epochs alone.
        TrainingEpoch[] curve = [.. standing.Curve.Where(e => e.Epoch <= rungs[rung].Until)];
        var last = rung + 1 == rungs.Length;
        trials[t] = trials[t] with
        {
            Verdict = standing.Stopped || !last ? TrialVerdict.Unfinished : TrialVerdict.Finished,
            Rungs = standing.Stopped ? rung : rung + 1,
            Score = Score(curve, options.Measure),
            Curve = curve,
            Ended = standing.Ended,
            Seconds = standing.Seconds,
            Findings = standing.Findings,
        };
        return !standing.Stopped;
    }

    /// <summary>The measure at the epoch of least validation loss, whose weights are kept; null without an epoch.</summary>
    internal static double? Score(IReadOnlyList<TrainingEpoch> curve, SearchMeasure measure)
    {
        if (curve.Count == 0) return null;
        var kept = curve.MinBy(e => e.Validation ?? throw new InputException("search: no customer fell to validation; expected more customers, or a larger share for it."))!;
        return measure == SearchMeasure.Loss ? kept.Validation : kept.Parts[measure switch
        {
            SearchMeasure.MacroF1 => "macro_f1",
            SearchMeasure.Masked => "masked",
            SearchMeasure.Next => "next",
            _ => "contrastive",
        }];
    }

    /// <summary>Those with a score, the best first; equal ones by number.</summary>
    IEnumerable<int> Ranked(IEnumerable<int> of) => of.Where(t => trials[t].Score is not null && trials[t].Verdict != TrialVerdict.Failed)
        .OrderBy(t => options.Measure == SearchMeasure.MacroF1 ? -trials[t].Score : trials[t].Score).ThenBy(t => t);

    SearchReport Report(bool complete, int? best)
    {
        int[] order = [.. Ranked(Enumerable.Range(0, trials.Length))];
        var board = order.Concat(Enumerable.Range(0, trials.Length).Except(order)).Select(t => t == best ? trials[t] with { Verdict = TrialVerdict.Best } : trials[t]).ToArray();
        var said = new List<string>(findings);
        void Count(TrialVerdict verdict, string words)
        {
            var n = trials.Count(t => t.Verdict == verdict);
            if (n > 0 && best is not null) said.Add($"{n} of {trials.Length} trials {words}");
        }

        Count(TrialVerdict.Failed, "failed: they came to no finite loss, or to no memory.");
        Count(TrialVerdict.Unfinished, "were cut off before their rung's end.");
        Count(TrialVerdict.NotRun, "were never begun.");
        return new()
        {
            Measure = options.Measure,
            Rungs = rungs,
            Leaderboard = board,
            Epochs = trials.Sum(t => t.Epochs),
            Complete = complete,
            Ended = best is null ? "running" : stop.IsCancellationRequested ? "stopped" : complete ? "the plan's end" : $"the time budget of {options.TimeBudget?.TotalSeconds:0} s",
            Findings = said,
            Seconds = elapsed().TotalSeconds,
        };
    }

    sealed class Watch(Action<TrainingProgress> on) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => on(value);
    }
}
