using Coterie.Evaluation;
using Coterie.Features;
using Coterie.Fusion;
using Coterie.Numerics;
using Coterie.Profiles;
using Coterie.Reports;

namespace Coterie;

/// <summary>The work behind <see cref="SecondView"/>: both views fitted now and at the freeze, compared, fused, and judged.</summary>
internal sealed class SecondLook(Histories histories, FeatureTable current, Past past, SegmentChoice choice, bool browsing, SegmentationOptions options, Stages stages)
{
    internal SecondView Run(Bilingual why)
    {
        stages.Say("the order of events: which groups of customers behave alike");
        var sequences = ViewFit.OfSequences(histories, histories.Now, current.Customers, options.Clusters, options);
        stages.Say("comparing it with the features view");
        var agreement = ViewAgreement.Measure("features", choice.Assignment.Labels, "sequences", sequences.Assignment.Labels,
            new AgreementOptions { Threads = options.Threads }, options.Seed.Child(51));
        agreement = agreement with { SentenceZh = agreement.SentenceZh.Replace("features", "特征视角", StringComparison.Ordinal).Replace("与 sequences", "与序列视角", StringComparison.Ordinal) };
        var fused = agreement.BetterThanChance ? Fuse(sequences) : null;
        stages.Say("judging each on the horizon held back");
        var frozen = Frozen(sequences, fused);
        var groupings = frozen.ConvertAll(f => f.Grouping);
        var view = new SecondView
        {
            On = true,
            Why = why,
            Final = FinalSegments.Of(choice),
            Histories = histories,
            Sequences = sequences,
            Agreement = agreement,
            Fused = fused,
            Frozen = groupings,
            Notes = [.. sequences.Notes, .. fused?.Notes ?? []],
        };
        view = Choose(view, groupings);
        return view with { FrozenSegments = frozen.Find(f => f.Grouping.Name == view.Final.Kept)?.Probabilities };
    }

    sealed record FrozenView(NamedGrouping Grouping, Matrix Probabilities);

    ViewFit? Fuse(ViewFit sequences)
    {
        stages.Say("fusing both views");
        return ViewFit.OfBoth(sequences, choice.Representation.Preparation.Apply(current).Rows, options);
    }

    // The same views, numbers of groups and methods, fitted on what was known at the freeze.
    List<FrozenView> Frozen(ViewFit sequences, ViewFit? fused)
    {
        var groupings = new List<FrozenView>();
        if (histories.Then is not { } then || past.Frozen is not { } table || past.FrozenRows("portrait") is not { } rows) return groupings;
        if (past.FrozenLabels(choice.Representation.View, choice.Search.Chosen!, options) is { } features)
            groupings.Add(new(new("features", features.Labels, features.Groups), Certain(features)));
        var earlier = ViewFit.OfSequences(histories, then, table.Customers, sequences.Groups, options);
        Add("sequences", earlier);
        // Where features said nothing of the order then, the fused segments were those of the order.
        if (fused is not null) Add("fused", ViewFit.OfBoth(earlier, rows, options) ?? earlier);
        return groupings;

        void Add(string name, ViewFit fit) => groupings.Add(new(fit.Named(name), fit.Probabilities));
    }

    static Matrix Certain(Grouping grouping)
    {
        var shares = new Matrix(grouping.Labels.Length, grouping.Groups);
        for (var i = 0; i < shares.Rows; i++) shares[i, grouping.Labels[i]] = 1;
        return shares;
    }

    // Orders alone say one thing in many ways, and what they say best is what comes next: there fused segments are kept unless a single view clearly says more
    // of the horizon. A log with browsing has habits, which are worth knowing whether or not they foretell spend: there they are kept, and the report says
    // what they cost. Without agreement nothing is fused, and the features view is kept unless the order of events clearly says more.
    SecondView Choose(SecondView view, List<NamedGrouping> frozen)
    {
        var judged = past.Outcomes is not null && frozen.Count > 0;
        var gains = judged ? Gains(view.Fused is null ? "sequences" : "fused", frozen) : [];
        if (view.Sequences!.Groups == 1) return view with { Verdict = SecondWords.OneGroup };
        if (view.Fused is not { } fused)
        {
            var better = gains.Any(g => Clearly(g) > 0);
            var final = better ? Of(view.Sequences, "sequences") : view.Final;
            return view with { Final = final, Gains = gains, Verdict = SecondWords.NotFused(view.Agreement!.BetterThanChance, final.Kept, judged) };
        }

        var against = gains.Where(g => Clearly(g) < 0).ToArray();
        if (against.Length == 0 || browsing)
            return view with { Final = Of(fused, "fused"), Gains = gains, Verdict = SecondWords.Fused(fused.Groups, judged, [.. against.Select(g => g.Over)]) };
        var kept = against.Length == 2 ? Better(frozen) : against[0].Over;
        return view with
        {
            Final = kept == "features" ? view.Final : Of(view.Sequences, kept),
            Gains = gains,
            Verdict = SecondWords.Refused(kept),
        };
    }

    string Better(List<NamedGrouping> frozen)
    {
        var sequences = Gain(frozen.First(f => f.Name == "sequences"), frozen.First(f => f.Name == "features"));
        return sequences.R2Spend.Value + sequences.Auc.Value > 0 ? "sequences" : "features";
    }

    ReportGain[] Gains(string ours, List<NamedGrouping> frozen) =>
        [.. frozen.Where(f => f.Name != ours && (ours == "fused" || f.Name == "features")).Select(f => Gain(frozen.First(o => o.Name == ours), f))];

    ReportGain Gain(NamedGrouping ours, NamedGrouping other)
    {
        var gain = ViewComparison.Gain(new Grouping(ours.Labels, ours.Groups), new Grouping(other.Labels, other.Groups), past.Outcomes!, options.Seed.Child(52), options.Threads);
        return new(other.Name, gain.R2Spend, gain.Auc);
    }

    // 1: more in one measure and not less in the other; -1: the opposite; 0: neither.
    static int Clearly(ReportGain g)
    {
        var gains = (g.R2Spend.Low > 0 ? 1 : 0) + (g.Auc.Low > 0 ? 1 : 0);
        var losses = (g.R2Spend.High < 0 ? 1 : 0) + (g.Auc.High < 0 ? 1 : 0);
        return gains > 0 && losses == 0 ? 1 : losses > 0 && gains == 0 ? -1 : 0;
    }

    static FinalSegments Of(ViewFit fit, string kept) => new()
    {
        Kept = kept,
        Assignment = fit.Assignment,
        Groups = fit.Groups,
        Probabilities = fit.Probabilities,
        Stability = fit.Stability,
        Agreement = fit.Agreement,
        FeaturesOpinion = fit.FeaturesOpinion,
        SequencesOpinion = fit.SequencesOpinion,
    };
}
