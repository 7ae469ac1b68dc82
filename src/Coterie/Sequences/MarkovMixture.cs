using Coterie.Clustering;
using Coterie.Numerics;

namespace Coterie.Sequences;

/// <summary>Customers as a mixture of Markov chains (Cadez, Heckerman, Meek, Smyth and White 2003): each component has its own law of what follows what.
/// Fitted by EM from k-means of <see cref="SequenceStatistics"/>.</summary>
/// <remarks>A likelihood weighs an event by what it tells about the component, which a distance between shares cannot: a rare repeat that only one sort of
/// customer shows counts for more than many views that all show. Measurements: docs/methods/sequence-statistics.md.</remarks>
public static class MarkovMixture
{
    // Steps after which starts are compared: by then their order hardly changes (Biernacki, Celeux and Govaert 2003, "small EM").
    const int ShortSteps = 12;

    /// <param name="chunks">As <see cref="SequenceReader"/> gives them; taken once. The sequences of one customer count as one.</param>
    /// <param name="asOf">The instant of the request that read them: the silence after the last event ends there.</param>
    /// <param name="options">How.</param>
    /// <param name="seed">Of the sample and the starts.</param>
    /// <exception cref="ConfigurationException">The options contradict themselves.</exception>
    /// <exception cref="InputException">No customer has enough events to learn from.</exception>
    public static MarkovMixtureModel Fit(IEnumerable<CustomerSequences> chunks, DateTime asOf, MarkovMixtureOptions options, Seed seed)
    {
        options.Validate();
        MixtureOutcomes? describe = null;
        var sample = SequenceSample<MixtureCustomer>.Of(chunks, joined => (describe ??= new(options, joined)).Of(joined, asOf),
            options.MaxCustomers, options.MinEvents, seed);
        if (sample.Items.Length == 0)
            throw new InputException($"No customer has {options.MinEvents} events or more, so there is nothing to learn from. Lower min-events, or read more of each history.");

        var table = OutcomeTable.Of(sample.Items, options.MinCustomers);
        var counts = table.Counts(sample.Items);
        var by = counts.Transposed();
        var rows = Start(sample.Items, options, seed);
        MixtureState? best = null;
        for (var start = 0; start < options.Starts; start++)
        {
            var kmeans = KMeans.Fit(rows, new() { Clusters = options.Components, Starts = 1, Threads = options.Threads }, seed.Child((ulong)start));
            var state = MixtureKernel.Run(counts, by, table, Softened(kmeans.Assign(rows, options.Threads).Labels, options.Components), options, ShortSteps);
            if (best is null || state.LogLikelihood > best.LogLikelihood) best = state;
        }

        best = MixtureKernel.Run(counts, by, table, best!.Shares, options, options.MaxIterations);
        return new MarkovMixtureModel
        {
            Options = options,
            Outcomes = table.Outcomes,
            LogShares = best.LogShares,
            LogWeights = best.LogWeights,
            Customers = sample.Items.Length,
            LogLikelihood = best.LogLikelihood,
            Iterations = best.Iterations,
        };
    }

    static Matrix Start(MixtureCustomer[] customers, MarkovMixtureOptions options, Seed seed)
    {
        var words = Array.ConvertAll(customers, c => c.Words);
        var statistics = new SequenceStatisticsOptions { Compound = options.Compound, Threads = options.Threads };
        return SequenceStatistics.FitWords(words, statistics, seed).Apply(words);
    }

    // n x K: mostly the label's component, so that the first step can still move everybody.
    static double[] Softened(int[] labels, int k)
    {
        var shares = new double[labels.Length * k];
        Array.Fill(shares, 0.1 / k);
        for (var i = 0; i < labels.Length; i++) shares[i * k + Math.Max(0, labels[i])] += 0.9;
        return shares;
    }
}
