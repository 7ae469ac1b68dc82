using Coterie.Clustering;
using Coterie.Evaluation;
using Coterie.Features;

namespace Coterie;

/// <summary>The way of segmenting that was chosen: which view, which rows, what the search found.</summary>
internal sealed record SegmentChoice
{
    internal required Representation Representation { get; init; }
    internal required PreparedTable Prepared { get; init; }
    internal required ClusterSearchResult Search { get; init; }
    /// <summary>Leaderboards of every view that was tried.</summary>
    internal required IReadOnlyList<Candidate> Candidates { get; init; }
    /// <summary>Every customer's segment; when there is no structure, everybody is in segment 0.</summary>
    internal required Assignment Assignment { get; init; }
    internal required int Groups { get; init; }
    internal required IReadOnlyList<string> Notes { get; init; }
    internal bool NoStructure => Search.Chosen is null;
}

/// <summary>Searches each view and decides between them.</summary>
internal static class SegmentSearch
{
    /// <summary>How the choice is made, one sentence a rule; the report lists them.</summary>
    internal static readonly IReadOnlyList<string> Rules =
    [
        "First: is there structure at all? Reference data that keep each feature's distribution and the correlations, but have no groups, must be clearly beaten; otherwise no segments are made.",
        "Stability comes first: under resampling every segment must keep a Jaccard overlap of at least 0.75, and few customers may change segment on a refit.",
        "Among the stable candidates the finest wins, as long as it keeps most of the best separation (silhouette on a sample that gives small segments their say).",
        "No segment may be smaller than 1 % of customers.",
        "Another method or distance must be clearly better than the simpler one; Genie also if its borders run through empty space where the other's cut dense regions.",
        "Where the log has orders only, the outlook (what features have meant for the next weeks) is tried as well, and kept if its segments say more of the period held back.",
    ];

    /// <summary>Of the 2 % of customers who may change segment on a refit, a third is the outlook's own: the search holds its axes, and learned again on a
    /// resample they move customers besides (CDNOW, 7 segments: 0.7 % with the axes held, 1.7 % with axes learned again).</summary>
    const double LearnedAxesChurn = 0.013;

    internal static SegmentChoice Run(FeatureTable table, PreparationModel preparation, Past past, bool browsing, SegmentationOptions options, Stages stages)
    {
        var portrait = Search(new Representation { View = "portrait", Preparation = preparation }, table, options, stages);
        // An orders-only portrait says one thing in many ways, so it may be cut along prospects; one with browsing has habits of its own.
        if (portrait.NoStructure || browsing || past.Outlook is not { } outlook) return portrait;
        // Two axes are a continuum by construction: whether there are groups was asked of the portrait.
        var other = Search(new Representation { View = "outlook", Preparation = preparation, Outlook = outlook }, table, options, stages, portrait.Search.Structure);
        return Decide(portrait, other, past, options);
    }

    /// <summary>Options that repeat a candidate's fit on other rows.</summary>
    internal static MethodOptions Options(Candidate candidate, int columns, SegmentationOptions options) => candidate.Method switch
    {
        "kmeans" => new KMeansOptions { Clusters = candidate.Clusters, Distance = candidate.Distance, Starts = 10, Threads = options.Threads },
        "gmm" => new GaussianMixtureOptions { Clusters = candidate.Clusters, Threads = options.Threads },
        "genie" => new GenieOptions { Clusters = candidate.Clusters, SampleRows = Clustering.Search.GenieTree.Most(columns), Threads = options.Threads },
        _ => throw new ArgumentException($"No method is called '{candidate.Method}'.", nameof(candidate)),
    };

    static SegmentChoice Search(Representation representation, FeatureTable table, SegmentationOptions options, Stages stages, StructureTest? established = null)
    {
        var prepared = representation.Apply(table);
        var search = ClusterSearch.Run([new ClusterView(representation.View, prepared.Rows)], new ClusterSearchOptions
        {
            Clusters = options.Clusters,
            Method = options.Method,
            // Ten thousand customers decide between candidates as well as twenty do, in half the time; what matters at a large shop.
            SampleRows = table.Count > 50_000 ? 10_000 : 20_000,
            Established = established,
            MaxChurn = representation.Outlook is not null && representation.View == "outlook" ? LearnedAxesChurn : new ClusterSearchOptions().MaxChurn,
            TimeBudget = options.TimeBudget is { } budget ? Math.Max(budget / 2, 0) : null,
            Threads = options.Threads,
            Seed = options.Seed.Child(21),
        }, new Detail(stages), stages.Stop);
        return new SegmentChoice
        {
            Representation = representation,
            Prepared = prepared,
            Search = search,
            Candidates = search.Candidates,
            Assignment = search.Assignment ?? Everyone(table.Count),
            Groups = search.Model?.Clusters ?? 1,
            Notes = search.Notes,
        };
    }

    // Both views have stable segments. The one that says more of the horizon held back is kept; if neither says clearly more, the
    // portrait is, because it describes people and not prospects.
    static SegmentChoice Decide(SegmentChoice portrait, SegmentChoice outlook, Past past, SegmentationOptions options)
    {
        var all = portrait.Candidates.Concat(outlook.Candidates).ToArray();
        if (outlook.NoStructure) return portrait with { Candidates = all };
        var a = past.FrozenLabels("portrait", portrait.Search.Chosen!, options);
        var b = past.FrozenLabels("outlook", outlook.Search.Chosen!, options);
        if (a is null || b is null || past.Outcomes is not { } outcomes)
            return portrait with { Candidates = all, Notes = [.. portrait.Notes, "The outlook could not be frozen, so the portrait is clustered."] };

        var gain = ViewComparison.Gain(b, a, outcomes, options.Seed.Child(22), options.Threads);
        var words = $"explained spend {gain.R2Spend.Value:+0.000;-0.000} ({gain.R2Spend.Low:+0.000;-0.000} to {gain.R2Spend.High:+0.000;-0.000}), "
            + $"order ranking {gain.Auc.Value:+0.000;-0.000} ({gain.Auc.Low:+0.000;-0.000} to {gain.Auc.High:+0.000;-0.000})";
        var better = (gain.R2Spend.Low > 0 && gain.Auc.High > 0) || (gain.Auc.Low > 0 && gain.R2Spend.High > 0);
        var (kept, dropped) = better ? (outlook, portrait) : (portrait, outlook);
        var note = $"Two views were compared on the horizon held back: the outlook against the portrait, {words}. The {kept.Representation.View} is used.";
        return kept with
        {
            Candidates = [.. kept.Candidates, .. dropped.Candidates.Select(c => c.Verdict == "chosen" ? c with { Verdict = $"best of the {c.View}; the {kept.Representation.View} was kept" } : c)],
            Notes = [.. kept.Notes, note],
        };
    }

    static Assignment Everyone(int count)
    {
        var second = new int[count];
        Array.Fill(second, -1);
        var confidence = new float[count];
        Array.Fill(confidence, 1f);
        return new Assignment(new int[count], second, confidence);
    }

    sealed class Detail(Stages stages) : IProgress<string>
    {
        public void Report(string value) => stages.Say(value);
    }
}
