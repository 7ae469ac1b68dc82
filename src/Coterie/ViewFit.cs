using Coterie.Clustering;
using Coterie.Evaluation;
using Coterie.Fusion;
using Coterie.Numerics;
using Coterie.Reports;
using Coterie.Sequences;

namespace Coterie;

/// <summary>Segments of one way of looking at the customers of an instant, and the model that places further ones.</summary>
internal sealed record ViewFit
{
    internal required Assignment Assignment { get; init; }
    /// <summary>n x K.</summary>
    internal required Matrix Probabilities { get; init; }
    internal required int Groups { get; init; }
    internal required IReadOnlyList<double> Stability { get; init; }
    internal required IReadOnlyList<ReportGroups> Candidates { get; init; }
    internal required SecondModel Model { get; init; }
    internal float[]? Agreement { get; init; }
    internal int[]? FeaturesOpinion { get; init; }
    internal int[]? SequencesOpinion { get; init; }
    internal IReadOnlyList<string> Notes { get; init; } = [];

    internal NamedGrouping Named(string name) => new(name, Assignment.Labels, Groups);

    /// <summary>By the order of events alone; null groups searches for their number.</summary>
    internal static ViewFit OfSequences(Histories histories, SequenceRequest request, string[] customers, int? groups, SegmentationOptions options)
    {
        var mixture = new MarkovMixtureOptions { Threads = options.Threads };
        var found = SequenceViewSearch.Run(histories.Read(request), request.AsOf, new SequenceViewOptions { Components = groups, Mixture = mixture }, options.Seed.Child(53));
        var model = new SecondModel { Codes = histories.Schema, Chains = found.Model };
        var placed = model.Place(customers, new Matrix(0, 0), histories.Read(request), request.AsOf);
        var k = found.Components;
        return new ViewFit
        {
            Assignment = placed.Assignment,
            Probabilities = placed.Probabilities,
            Groups = k,
            Stability = found.ByComponent,
            Notes = [found.Sentence],
            Candidates = [.. found.Candidates.Select(c => new ReportGroups(c.Components, c.MeanJaccard, c.MinJaccard, double.NaN, c.MinShare, c.Components == k && groups is null ? "chosen" : c.Verdict))],
            Model = model,
        };
    }

    /// <summary>By both: the groups are those of the order of events, and how likely each is before the order has spoken depends on the features. Null where
    /// the features say nothing of the order, so that there is nothing to fuse.</summary>
    /// <param name="sequences">By the order alone, of the same customers.</param>
    /// <param name="rows">n x d, the prepared features.</param>
    /// <param name="options">Of the run.</param>
    internal static ViewFit? OfBoth(ViewFit sequences, Matrix rows, SegmentationOptions options)
    {
        var joint = JointMixture.Fit(sequences.Probabilities, sequences.Model.Chains.LogWeights, rows, new JointMixtureOptions { Threads = options.Threads }, options.Seed.Child(55));
        if (!joint.Used) return null;
        var model = sequences.Model with { Joint = joint };
        var placed = model.Both(sequences.Probabilities, rows);
        return sequences with
        {
            Assignment = placed.Assignment,
            Probabilities = placed.Probabilities,
            Candidates = [],
            Model = model,
            Agreement = placed.Agreement,
            FeaturesOpinion = placed.FeaturesOpinion,
            SequencesOpinion = placed.SequencesOpinion,
            Notes = [joint.Sentence],
        };
    }
}
