using Coterie.Learning.Models;
using Coterie.Learning.Training;

namespace Coterie.Learning.Search;

/// <summary>What a search cannot be asked for, in words.</summary>
static class SearchRules
{
    /// <summary>For pretraining; the start's own problems are not among them.</summary>
    public static IEnumerable<string> Problems(SearchOptions search, PretrainingOptions start)
    {
        var space = search.Space;
        foreach (var problem in Common(search, start.Training).Concat(OfEncoder(space, start.Encoder))) yield return problem;
        if (search.Measure == SearchMeasure.MacroF1) yield return "search: macro-f1 belongs to classification; expected loss, masked, contrastive or next.";
        if (space.Hidden.Count > 0) yield return "search: hidden belongs to classification; expected none.";
        if (space.HeadDropouts.Count > 0) yield return "search: head-dropouts belongs to classification; expected none.";

        // Losses are compared between trials: they have to mean the same in all of them.
        var weights = new[]
        {
            new Weights(SearchMeasure.Masked, space.Masked, start.Objectives.Masked),
            new Weights(SearchMeasure.Contrastive, space.Contrastive, start.Objectives.Contrastive),
            new Weights(SearchMeasure.Next, space.Next, start.Objectives.Next),
        };
        foreach (var weight in weights)
            if (weight.Choices.Any(w => !(w >= 0 && double.IsFinite(w))))
                yield return $"search: weights of {weight.Name} are {List(weight.Choices)}; expected 0 or more.";
        if (search.Measure == SearchMeasure.Loss && weights.Any(w => w.Values(search.TryStart).Distinct().Count() > 1))
            yield return "search: losses under different weights of the objectives cannot be compared; expected one weight each, or the measure masked, contrastive or next.";
        foreach (var weight in weights)
            if (search.Measure == weight.Part && weight.Values(search.TryStart).Any(w => w == 0))
                yield return $"search: measure is {weight.Name} and some trials would not learn it; expected a weight above 0 in all of them, in the start too.";
        // A customer is told from those of the same batch (InfoNCE): among more it is harder.
        var contrast = search.Measure == SearchMeasure.Contrastive || (search.Measure == SearchMeasure.Loss && start.Objectives.Contrastive > 0);
        if (contrast && Values(space.Batches, start.Training.Batch, search.TryStart).Distinct().Count() > 1)
            yield return "search: contrastive losses of different batches cannot be compared; expected one batch, or the measure masked or next.";
    }

    /// <summary>For classification; the start's own problems are not among them.</summary>
    public static IEnumerable<string> Problems(SearchOptions search, SegmentClassificationOptions start, bool pretrained)
    {
        var space = search.Space;
        foreach (var problem in Common(search, start.Training)) yield return problem;
        if (search.Measure is not (SearchMeasure.Loss or SearchMeasure.MacroF1)) yield return $"search: measure {Name(search.Measure)} belongs to pretraining; expected loss or macro-f1.";
        if (space.Masked.Count + space.Contrastive.Count + space.Next.Count > 0) yield return "search: weights of objectives belong to pretraining; expected none.";
        if (!pretrained)
        {
            foreach (var problem in OfEncoder(space, start.Encoder)) yield return problem;
        }
        else if (space.Dims.Count + space.Blocks.Count + space.Dropouts.Count > 0) yield return "search: dims, blocks and dropouts are those of the trained encoder; expected none.";

        foreach (var hidden in space.Hidden)
            if (hidden < 0) yield return $"search: hidden has {hidden}; expected 0 or more.";
        foreach (var dropout in space.HeadDropouts)
            if (!(dropout is >= 0 and < 1)) yield return $"search: head-dropouts has {dropout}; expected 0 or more and below 1.";
    }

    static IEnumerable<string> Common(SearchOptions search, TrainingOptions start)
    {
        var space = search.Space;
        if (!(space.LearningRateLeast > 0 && space.LearningRateLeast <= space.LearningRateMost && double.IsFinite(space.LearningRateMost)))
            yield return $"search: learning rates are {space.LearningRateLeast} to {space.LearningRateMost}; expected 0 < least <= most.";
        foreach (var batch in space.Batches)
            if (batch < 1) yield return $"search: batches has {batch}; expected 1 or more.";
        foreach (var decay in space.WeightDecays)
            if (!(decay >= 0 && double.IsFinite(decay))) yield return $"search: weight-decays has {decay}; expected 0 or more.";
        if (!Enum.IsDefined(search.Measure)) yield return $"search: measure is {search.Measure}; expected one of {List(Enum.GetNames<SearchMeasure>())}.";
        if (search.Trials < 1) yield return $"search: trials is {search.Trials}; expected 1 or more.";
        if (search.Eta < 1) yield return $"search: eta is {search.Eta}; expected 1 or more.";
        if (search.LeastEpochs < 1 || search.LeastEpochs > start.Epochs) yield return $"search: least-epochs is {search.LeastEpochs}; expected 1 to the epochs of training, {start.Epochs}.";
        if (search.EpochBudget < start.Epochs) yield return $"search: epoch-budget is {search.EpochBudget}; expected the epochs of one training, {start.Epochs}, or more.";
        if (search.TimeBudget <= TimeSpan.Zero) yield return $"search: time-budget is {search.TimeBudget}; expected more than 0.";
        if (start.TimeBudget is not null) yield return "search: training has a time-budget of its own; expected none: give it to the search.";
        if (start.ValidationShare == 0) yield return "search: training's validation-share is 0; expected more: trials are compared on these customers.";
    }

    // A choice is judged in the place of the start's; what the start itself does wrong is said once, by the start.
    static IEnumerable<string> OfEncoder(SearchSpace space, EncoderOptions start)
    {
        var known = start.Problems().ToHashSet();
        IEnumerable<string> Of<T>(string name, IReadOnlyList<T> choices, Func<T, TrialSettings> with) =>
            choices.SelectMany(c => with(c).Of(start).Problems().Where(p => !known.Contains(p)).Select(p => $"search: {name} has {c}: {p}"));
        return Of("dims", space.Dims, c => new() { Dim = c })
            .Concat(Of("blocks", space.Blocks, c => new() { Blocks = c }))
            .Concat(Of("dropouts", space.Dropouts, c => new() { Dropout = c }));
    }

    static IEnumerable<T> Values<T>(IReadOnlyList<T> choices, T start, bool tryStart) => choices.Count == 0 ? [start] : tryStart ? choices.Append(start) : choices;

    static string List<T>(IEnumerable<T> of) => string.Join(", ", of);

    internal static string Name(SearchMeasure measure) => measure == SearchMeasure.MacroF1 ? "macro-f1" : measure.ToString().ToLowerInvariant();

    sealed record Weights(SearchMeasure Part, IReadOnlyList<double> Choices, double Start)
    {
        public string Name => SearchRules.Name(Part);
        public IEnumerable<double> Values(bool tryStart) => SearchRules.Values(Choices, Start, tryStart);
    }
}
