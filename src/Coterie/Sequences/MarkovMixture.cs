using Coterie.Numerics;

namespace Coterie.Sequences;

/// <summary>Customers as a mixture of Markov chains (Cadez, Heckerman, Meek, Smyth and White 2003): each component has its own law of what follows what.
/// Fitted by EM from k-means of <see cref="SequenceStatistics"/>.</summary>
/// <remarks>A likelihood weighs an event by what it tells about the component, which a distance between shares cannot: a rare repeat that only one sort of
/// customer shows counts for more than many views that all show. Measurements: docs/methods/sequence-statistics.md.</remarks>
public static class MarkovMixture
{
    /// <param name="chunks">As <see cref="SequenceReader"/> gives them; taken once. The sequences of one customer count as one.</param>
    /// <param name="asOf">The instant of the request that read them: the silence after the last event ends there.</param>
    /// <param name="options">How.</param>
    /// <param name="seed">Of the sample and the starts.</param>
    /// <exception cref="ConfigurationException">The options contradict themselves.</exception>
    /// <exception cref="InputException">No customer has enough events to learn from.</exception>
    public static MarkovMixtureModel Fit(IEnumerable<CustomerSequences> chunks, DateTime asOf, MarkovMixtureOptions options, Seed seed)
    {
        options.Validate();
        var evidence = MixtureEvidence.Of(chunks, asOf, options, seed);
        return evidence.Model(evidence.Best(options, seed), options);
    }
}
