using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Coterie.Learning.Models;
using Coterie.Learning.Search;
using Coterie.Learning.Training;
using Coterie.Numerics;
using Coterie.Sequences;

namespace Coterie.Learning;

/// <summary>Looks for settings of a training within a budget of epochs or time. Trials differ in their settings alone: customers' parts, first weights and the order of
/// batches come from the same seed in all of them.</summary>
/// <remarks>The same seed finds the same, on one thread and without a limit of time.</remarks>
public static class HyperparameterSearch
{
    const ulong DrawStream = 11;

    static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) } };

    /// <summary>The encoder of the best settings for learning from histories without labels.</summary>
    /// <param name="start">Settings that the search leaves alone, and its first trial. Its epochs are those of a trial that is never stopped.</param>
    /// <param name="folder">Takes <c>search.json</c> and a folder for each trial; a search that was killed goes on from there. Null keeps nothing.</param>
    /// <param name="stop">Ends the search with the best so far.</param>
    /// <exception cref="ConfigurationException">Lists every problem of the start and of the search.</exception>
    /// <exception cref="InputException">There is nothing to learn from, or every trial failed.</exception>
    /// <exception cref="OperationCanceledException">Stopped before the first epoch was over.</exception>
    public static PretrainingSearch Run(
        IReadOnlyList<CustomerSequences> sequences, PretrainingOptions start, SearchOptions search, Seed seed, string? folder = null, IProgress<SearchProgress>? progress = null,
        CancellationToken stop = default)
    {
        if (sequences.Sum(s => s.Count) == 0) throw new InputException("There are no sequences to learn from; expected customers with events.");
        Refuse([.. start.Encoder.Problems(), .. start.Objectives.Problems([.. sequences[0].Fields.Select(f => f.Name)]), .. start.Training.Problems(), .. SearchRules.Problems(search, start)]);
        var pool = new SequencePool(sequences);
        return Within(folder, place =>
        {
            var report = Search(search, start.Training.Epochs, seed, place, (trial, until, watch, halt) =>
                Pretraining.Advance(pool, trial.Settings.Of(start), seed, Folder(place, trial), until, watch, halt), progress, stop);
            var best = report.Leaderboard[0];
            var options = best.Settings.Of(start);
            var fitted = Pretraining.Fit(sequences, options, seed, Folder(place, best), best.Epochs, null, default);
            Clear(report, place);
            return new PretrainingSearch(fitted, options, report);
        });
    }

    /// <summary>The classifier of the best settings for learning these labels.</summary>
    /// <param name="sequences">As the labels, the features and the encoder, those of <see cref="SegmentClassification"/>.</param>
    /// <param name="start">Settings that the search leaves alone, and its first trial. Its epochs are those of a trial that is never stopped.</param>
    /// <param name="folder">Takes <c>search.json</c> and a folder for each trial; a search that was killed goes on from there. Null keeps nothing.</param>
    /// <param name="stop">Ends the search with the best so far.</param>
    /// <exception cref="ConfigurationException">Lists every problem of the start and of the search.</exception>
    /// <exception cref="InputException">There is nothing to learn from, or every trial failed.</exception>
    /// <exception cref="OperationCanceledException">Stopped before the first epoch was over.</exception>
    public static ClassificationSearch Run(
        IReadOnlyList<CustomerSequences> sequences, SegmentLabels labels, SegmentClassificationOptions start, SearchOptions search, Seed seed, CustomerFeatures? features = null,
        SequenceModel? pretrained = null, string? folder = null, IProgress<SearchProgress>? progress = null, CancellationToken stop = default)
    {
        if (sequences.Sum(s => s.Count) == 0) throw new InputException("There are no sequences to learn from; expected customers with events.");
        Refuse([.. start.Problems([.. sequences[0].Fields.Select(f => f.Name)], pretrained is not null), .. SearchRules.Problems(search, start, pretrained is not null)]);
        // What is wrong with the data is wrong with every trial: it is said before the first.
        using (SegmentClassification.Prepare(sequences, labels, start, seed, features, pretrained)) { }
        return Within(folder, place =>
        {
            var report = Search(search, start.Training.Epochs, seed, place, (trial, until, watch, halt) =>
            {
                var options = trial.Settings.Of(start);
                using var ready = SegmentClassification.Prepare(sequences, labels, options, seed, features, pretrained);
                return Trainer.Advance(ready.Task, options.Training, seed, Folder(place, trial), until, watch, halt);
            }, progress, stop);
            var best = report.Leaderboard[0];
            var options = best.Settings.Of(start);
            using var ready = SegmentClassification.Prepare(sequences, labels, options, seed, features, pretrained);
            var fitted = SegmentClassification.Fit(ready, options, seed, Folder(place, best), best.Epochs, null, default);
            Clear(report, place);
            return new ClassificationSearch(fitted, options, report);
        });
    }

    static void Refuse(string[] problems)
    {
        if (problems.Length > 0) throw new ConfigurationException(string.Join('\n', problems));
    }

    static SearchReport Search(
        SearchOptions search, int epochs, Seed seed, string place, BracketSearch.Stretch stretch, IProgress<SearchProgress>? progress, CancellationToken stop)
    {
        var findings = new List<string>();
        var trials = SearchPlan.Affordable(search, epochs);
        if (trials < search.Trials) findings.Add($"A budget of {search.EpochBudget} epochs suffices for {trials} of {search.Trials} trials.");
        var settings = SearchPlan.Settings(search, trials, seed.Child(DrawStream));
        if (settings.Length < trials) findings.Add($"The space has {settings.Length} settings that differ; {trials} trials were asked for.");
        var clock = Stopwatch.StartNew();
        var path = Path.Combine(place, "search.json");
        return new BracketSearch(search, SearchPlan.Rungs(settings.Length, search.Eta, search.LeastEpochs, epochs), settings, findings, stretch, () => clock.Elapsed,
            report => Checkpoint.WriteWhole(path, JsonSerializer.SerializeToUtf8Bytes(new { seed = seed.Value, search, report }, Json)), progress, stop).Run();
    }

    static string Folder(string place, Trial trial) => Path.Combine(place, string.Create(CultureInfo.InvariantCulture, $"trial-{trial.Number:000}"));

    /// <summary>Work in the folder, or in one that is gone afterwards.</summary>
    static T Within<T>(string? folder, Func<string, T> work)
    {
        var place = folder is null ? Directory.CreateTempSubdirectory("coterie-search-").FullName : Directory.CreateDirectory(folder).FullName;
        try
        {
            return work(place);
        }
        finally
        {
            if (folder is null) Directory.Delete(place, recursive: true);
        }
    }

    /// <summary>When a plan was carried out nobody goes on from the trials' checkpoints; until then they stay.</summary>
    static void Clear(SearchReport report, string place)
    {
        if (!report.Complete) return;
        foreach (var trial in report.Leaderboard)
        {
            var own = Folder(place, trial);
            if (!Directory.Exists(own)) continue;
            foreach (var file in Directory.EnumerateFiles(own, "checkpoint*").ToArray()) File.Delete(file);
        }
    }
}
