using Coterie.Numerics;

namespace Coterie.Sequences;

/// <summary>The sequence view without a neural network: shares of runs of events, their square roots, principal directions.</summary>
/// <remarks>The square root makes Euclidean distance that of Hellinger, under which shares are compared by their roots and rare runs count. Shares are
/// first shrunk to the shop's (a Dirichlet prior). Method and measurements: docs/methods/sequence-statistics.md.</remarks>
public static class SequenceStatistics
{
    /// <summary>Learns the runs and directions from coded sequences; the sequences of one customer count as one.</summary>
    /// <param name="chunks">As <see cref="SequenceReader"/> gives them; taken once.</param>
    /// <param name="options">How.</param>
    /// <param name="seed">Of the sample and the random start of the decomposition.</param>
    /// <exception cref="ConfigurationException">The options contradict themselves.</exception>
    public static SequenceStatisticsModel Fit(IEnumerable<CustomerSequences> chunks, SequenceStatisticsOptions options, Seed seed)
    {
        options.Validate();
        EventWords? language = null;
        var sample = SequenceSample<int[]>.Of(chunks, chunk => (language ??= new(options.Compound, chunk.Fields)).ByCustomer(chunk),
            options.MaxCustomers, options.MinEvents, seed);
        return FitWords(sample.Items, options, seed);
    }

    // Validated. Words of n customers in ordinal order of their ids.
    internal static SequenceStatisticsModel FitWords(int[][] words, SequenceStatisticsOptions options, Seed seed)
    {
        var runs = new RunTable[options.Order];
        for (var order = 1; order <= options.Order; order++) runs[order - 1] = RunTable.Count(words, order, options.MinCustomers);
        var unrotated = new SequenceStatisticsModel { Options = options, Runs = runs, Centre = [], Directions = [], Values = [] };
        var shares = RunShares.Of(words, unrotated);
        var centre = shares.Means(options.Threads);
        var svd = RandomisedSvd.Right(words.Length, unrotated.Width, (dense, k) => shares.Times(dense, k, centre, options.Threads),
            (dense, k) => shares.TransposedTimes(dense, k, centre, options.Threads), options.Dimensions, options.Iterations, seed);
        return unrotated with { Centre = centre, Directions = svd.Right, Values = svd.Values };
    }
}
