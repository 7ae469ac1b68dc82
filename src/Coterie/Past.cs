using Coterie.Clean;
using Coterie.Clustering;
using Coterie.Evaluation;
using Coterie.Features;
using Coterie.Numerics;
using Coterie.Warehouse;

namespace Coterie;

/// <summary>The shop's own past: portraits frozen one horizon ago with what followed, and one horizon before that. It teaches the
/// outlook and proves the segments; the second freeze exists so that the proof itself never learns from its own future.</summary>
internal sealed record Past
{
    internal Horizon? Horizon { get; init; }
    internal FeatureTable? Frozen { get; init; }
    internal Outcomes? Outcomes { get; init; }
    /// <summary>Learned on the freeze, for today's portraits.</summary>
    internal OutlookModel? Outlook { get; init; }
    /// <summary>Learned on the earlier freeze, for the frozen portraits.</summary>
    internal OutlookModel? FrozenOutlook { get; init; }
    internal required IReadOnlyList<string> Notes { get; init; }

    internal static Past Freeze(IWarehouse warehouse, QualityReport quality, FeatureTable current, SegmentationOptions options)
    {
        var horizon = Horizon.Choose(quality.FirstEvent!.Value, current.AsOf, options.HorizonDays, out var why);
        var notes = new List<string> { why };
        if (horizon is null) return new Past { Notes = notes };

        var share = Math.Min(1.0, (double)options.JudgedCustomers / current.Count);
        if (share < 1)
            notes.Add($"The proof and the outlook use {share:0.0%} of customers, chosen by a hash of their id ({options.JudgedCustomers:N0} of {current.Count:N0}).");
        using var sample = CustomerSample.Of(warehouse, share, options.Seed.Value);
        FeatureTable At(DateTime time) => FeatureComputation.Compute(warehouse,
            Portraits.Request(quality, time) with { Events = sample.Relation, TopCategories = current.TopCategories });

        var frozen = At(horizon.FrozenAt);
        if (frozen.Count == 0)
            return new Past { Notes = [.. notes, $"Nobody was a customer by {horizon.FrozenAt:yyyy-MM-dd}: predictive validity was not judged."] };
        var outcomes = FeatureComputation.Outcomes(warehouse, sample.Relation, frozen.Customers, horizon.FrozenAt, horizon.AsOf);
        var outlook = Features.Outlook.Fit(frozen, outcomes, current, horizon.Days, new OutlookOptions { Threads = options.Threads }, options.Seed.Child(11), out why);
        notes.Add($"Outlook: {why}");

        OutlookModel? frozenOutlook = null;
        if (outlook is not null)
        {
            var earlier = At(horizon.LearnedAt);
            var between = FeatureComputation.Outcomes(warehouse, sample.Relation, earlier.Customers, horizon.LearnedAt, horizon.FrozenAt);
            frozenOutlook = Features.Outlook.Fit(earlier, between, frozen, horizon.Days, new OutlookOptions { Threads = options.Threads }, options.Seed.Child(12), out why);
            notes.Add($"Outlook of the freeze: {why}");
        }

        return new Past { Horizon = horizon, Frozen = frozen, Outcomes = outcomes, Outlook = outlook, FrozenOutlook = frozenOutlook, Notes = notes };
    }

    /// <summary>Judges the way of segmenting on the horizon, as it was at the freeze and beside the others that were looked at; null when there is nothing
    /// to judge.</summary>
    internal ValidityReport? Prove(SegmentChoice choice, SecondView second, Networks? networks, SegmentationOptions options)
    {
        if (Horizon is null || Frozen is null || Outcomes is null || choice.Search.Chosen is not { } chosen) return null;
        var ours = second.Frozen.FirstOrDefault(f => f.Name == second.Final.Kept);
        if (ours is null && second.Final.Kept == "features" && FrozenLabels(choice.Representation.View, chosen, options) is { } features)
            ours = new NamedGrouping("features", features.Labels, features.Groups);
        if (ours is not null && second.Final.Feedback is { } feedback && FrozenRows(choice.Representation.View) is { } rows)
            ours = new FeedbackAtFreeze(second.Final, feedback, feedback.Customers, Frozen.Customers, rows, options).Apply(ours);
        return ours is null ? null : PredictiveValidity.Judge(new ValidityRequest
        {
            Frozen = Frozen,
            Outcomes = Outcomes,
            HorizonDays = Horizon.Days,
            Labels = ours.Labels,
            Groups = ours.Groups,
            Others = [.. second.Frozen.Where(f => f.Name != ours.Name), .. networks?.Frozen is { } classifier ? [classifier] : Array.Empty<NamedGrouping>()],
            Seed = options.Seed.Child(13),
            Threads = options.Threads,
        });
    }

    /// <summary>The same method, number and view, fitted on what was known at the freeze; null where that view could not be made then.</summary>
    internal Grouping? FrozenLabels(string view, Candidate candidate, SegmentationOptions options)
    {
        if (FrozenRows(view) is not { } rows) return null;
        var model = Clusterer.Fit(rows, SegmentSearch.Options(candidate, rows.Columns, options), options.Seed.Child(14));
        return new Grouping(model.Assign(rows, options.Threads).Labels, model.Clusters);
    }

    /// <summary>The rows of a view as of the freeze, everything about them learned from what was known then.</summary>
    internal Matrix? FrozenRows(string view)
    {
        if (Frozen is null || (view == "outlook" && FrozenOutlook is null)) return null;
        return new Representation { View = view, Preparation = Preparation.Fit(Frozen, new PreparationOptions()), Outlook = FrozenOutlook }.Apply(Frozen).Rows;
    }
}
