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
    internal MarkovMixtureModel? Chains { get; init; }
    internal float[]? Agreement { get; init; }
    internal int[]? FeaturesOpinion { get; init; }
    internal int[]? SequencesOpinion { get; init; }
    internal IReadOnlyList<string> Notes { get; init; } = [];

    internal NamedGrouping Named(string name) => new(name, Assignment.Labels, Groups);

    /// <summary>By the order of events alone.</summary>
    internal static ViewFit OfSequences(Histories histories, SequenceRequest request, string[] customers, int? groups, SegmentationOptions options)
    {
        var k = groups ?? 8;
        var mixture = MarkovMixture.Fit(histories.Read(request), request.AsOf, new MarkovMixtureOptions { Components = k, Threads = options.Threads }, options.Seed.Child(53));
        var placed = Placed(customers, histories.Read(request).Select(c => mixture.Place(c, request.AsOf)).ToList(), histories.Read(request));
        return new ViewFit
        {
            Assignment = placed.Assignment,
            Probabilities = placed.Probabilities,
            Groups = k,
            Stability = [.. Enumerable.Repeat(1.0, k)],
            Candidates = [],
            Chains = mixture,
        };
    }

    /// <summary>By both.</summary>
    internal static ViewFit OfBoth(Histories histories, SequenceRequest request, string[] customers, Matrix rows, int? groups, SegmentationOptions options) =>
        OfSequences(histories, request, customers, groups, options);

    static MixturePlacement Placed(string[] customers, List<MixturePlacement> parts, IEnumerable<CustomerSequences> chunks)
    {
        var found = chunks.SelectMany(c => c.Joined().Customers);
        if (!found.SequenceEqual(customers, StringComparer.Ordinal))
            throw new InvalidOperationException("The customers of the events in order are not those of the features.");
        var assignment = new Assignment(
            [.. parts.SelectMany(p => p.Assignment.Labels)], [.. parts.SelectMany(p => p.Assignment.Second)], [.. parts.SelectMany(p => p.Assignment.Confidence)]);
        var probabilities = new Matrix([.. parts.SelectMany(p => p.Probabilities.Values)], customers.Length, parts.Count == 0 ? 0 : parts[0].Probabilities.Columns);
        return new(assignment, probabilities);
    }
}
