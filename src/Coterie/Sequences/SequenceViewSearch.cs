using Coterie.Clustering.Metrics;
using Coterie.Numerics;

namespace Coterie.Sequences;

/// <summary>A mixture of Markov chains whose number of components is the finest that comes back.</summary>
/// <remarks>Mixtures are learned from two halves of the customers, apart, and both place everybody. A number of components is accepted when every
/// component of one half has its like in the other (replication: Breckenridge 1989; prediction strength: Tibshirani and Walther 2005; the bar of the
/// Jaccard index: Hennig 2007). Of the accepted numbers the largest is taken: smaller ones are stable too, because they merge. Likelihood and its
/// penalties cannot choose, since a mixture of many customers gains by every further component. Measurements: docs/methods/sequence-statistics.md.</remarks>
public static class SequenceViewSearch
{
    /// <param name="chunks">As <see cref="SequenceReader"/> gives them; taken once. The sequences of one customer count as one.</param>
    /// <param name="asOf">The instant of the request that read them.</param>
    /// <param name="options">How.</param>
    /// <param name="seed">Of the sample, the splits and the starts.</param>
    /// <exception cref="ConfigurationException">The options contradict themselves.</exception>
    /// <exception cref="InputException">No customer has enough events to learn from.</exception>
    public static SequenceViewResult Run(IEnumerable<CustomerSequences> chunks, DateTime asOf, SequenceViewOptions options, Seed seed)
    {
        options.Validate();
        var evidence = MixtureEvidence.Of(chunks, asOf, options.Mixture, seed);
        int[][] halves = [.. Enumerable.Range(0, options.Splits).SelectMany(s => Halves(evidence.Customers, seed.Child(1).Stream((ulong)s)))];
        MixtureEvidence[] parts = halves[0].Length == 0 || halves[1].Length == 0 ? [] : [.. halves.Select(evidence.Of)];

        var tried = new List<Trial>();
        if (parts.Length > 0)
        {
            var (from, to) = options.Components is { } k ? (k, k) : (options.MinComponents, options.MaxComponents);
            for (var (components, failed) = (from, 0); components <= to && failed < options.Patience; components++)
            {
                if (components == 1 || components > parts.Min(p => p.Customers)) break;
                tried.Add(Try(evidence, parts, options, components, tried.LastOrDefault(), seed.Child(2)));
                // Small numbers may fail where a finer division is the right one: only failures after a success count.
                failed = tried[^1].Accepted ? 0 : tried.Exists(t => t.Accepted) ? failed + 1 : 0;
            }
        }

        var chosen = options.Components is not null ? tried.LastOrDefault() : tried.LastOrDefault(t => t.Accepted);
        var count = options.Components ?? chosen?.Candidate.Components ?? 1;
        var mixture = options.Mixture with { Components = count };
        // What the halves found is as good a start as any.
        var final = evidence.Best(mixture, seed, chosen?.Starts ?? []);
        var model = evidence.Model(final, mixture);
        var result = new SequenceViewResult
        {
            Model = model,
            Components = count,
            Stability = chosen?.Candidate.MeanJaccard ?? 0,
            ByComponent = chosen is null ? new double[count] : ByComponent(MixtureEvidence.Labels(final.Shares, count), chosen, count),
            Candidates = [.. tried.Select(t => t.Candidate)],
            Sentence = "",
            SentenceZh = "",
        };
        return result with { Sentence = SequenceViewWords.English(result, options), SentenceZh = SequenceViewWords.Chinese(result, options) };
    }

    // States: of each part. Starts: n x K, the probabilities of everybody by each.
    sealed record Trial(SequenceViewCandidate Candidate, bool Accepted, MixtureState[] States, double[][] Starts);

    static Trial Try(MixtureEvidence evidence, MixtureEvidence[] parts, SequenceViewOptions options, int k, Trial? before, Seed seed)
    {
        var mixture = options.Mixture with { Components = k };
        MixtureState[] states = [.. parts.Select((p, h) => p.Best(mixture, seed.Child((ulong)h),
            before is null ? [] : p.Splits(before.States[h], seed.Child((ulong)h), mixture.Threads)))];
        double[][] shares = [.. states.Select(s => evidence.Shares(s, mixture.Threads))];
        int[][] labels = [.. shares.Select(s => MixtureEvidence.Labels(s, k))];
        double[][] jaccard = [.. Enumerable.Range(0, options.Splits).Select(s => Both(labels[2 * s], labels[2 * s + 1], k))];
        var worst = jaccard.Average(j => j.Min());
        var mean = jaccard.Average(j => j.Average());
        var least = labels.Min(l => Enumerable.Range(0, k).Min(c => l.Count(x => x == c))) / (double)evidence.Customers;
        var accepted = worst >= options.MinJaccard && least >= options.MinShare;
        var verdict = accepted ? "comes back"
            : worst < options.MinJaccard ? $"a component does not come back: {worst:0.00} is below {options.MinJaccard:0.00}"
            : $"a component has {least:0.0 %} of the customers, less than {options.MinShare:0.0 %}";
        return new(new(k, worst, mean, least, verdict), accepted, states, shares);
    }

    // K: how far each component of the model learned from everybody overlaps its like in the models of the parts, on average.
    static double[] ByComponent(int[] labels, Trial chosen, int k)
    {
        double[][] each = [.. chosen.Starts.Select(s => Both(labels, MixtureEvidence.Labels(s, k), k))];
        return [.. Enumerable.Range(0, k).Select(c => each.Average(e => e[c]))];
    }

    // K: the index of each component of the first labeling with its like in the second. One without customers has none.
    static double[] Both(int[] first, int[] second, int k)
    {
        var counts = new int[k, k];
        for (var i = 0; i < first.Length; i++) counts[first[i], second[i]]++;
        return Agreement.Jaccard(counts);
    }

    static int[][] Halves(int customers, Rng rng)
    {
        int[] order = [.. Enumerable.Range(0, customers)];
        rng.Shuffle(order.AsSpan());
        var half = customers / 2;
        return [[.. order[..half].Order()], [.. order[half..].Order()]];
    }
}
