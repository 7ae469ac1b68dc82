using Coterie.Clustering;
using Coterie.Numerics;

namespace Coterie.Sequences;

/// <summary>What a mixture is learned from.</summary>
/// <param name="Table">T outcomes.</param>
/// <param name="Counts">n x T: how often each customer has each outcome.</param>
/// <param name="By">T x n: the same by outcome.</param>
/// <param name="Rows">n x d: where starts come from.</param>
/// <param name="MinEvents">Events that each of them has at least.</param>
sealed record MixtureEvidence(OutcomeTable Table, SparseMatrix Counts, SparseMatrix By, Matrix Rows, int MinEvents)
{
    // Steps after which starts are compared: by then their order hardly changes (Biernacki, Celeux and Govaert 2003, "small EM").
    const int ShortSteps = 12;

    public int Customers => Counts.Rows;

    /// <summary>Of the customers of the chunks that have enough events, a sample of at most so many.</summary>
    /// <exception cref="InputException">No customer has enough events to learn from.</exception>
    public static MixtureEvidence Of(IEnumerable<CustomerSequences> chunks, DateTime asOf, MarkovMixtureOptions options, Seed seed)
    {
        var least = Math.Min(options.FewestEvents, options.MinEvents);
        MixtureOutcomes? describe = null;
        var sample = SequenceSample<MixtureCustomer>.Of(chunks, joined => (describe ??= new(options, joined)).Of(joined, asOf),
            options.MaxCustomers, least, seed);
        if (sample.Items.Length == 0)
            throw new InputException($"No customer has {least} events or more, so there is nothing to learn from. Lower min-events, or read more of each history.");
        var bar = Bar(sample.Items, options, least);
        MixtureCustomer[] customers = [.. sample.Items.Where(c => c.Events >= bar)];
        var table = OutcomeTable.Of(customers, options.MinCustomers);
        var counts = table.Counts(customers);
        int[][] words = [.. customers.Select(c => c.Words)];
        var statistics = new SequenceStatisticsOptions { Compound = options.Compound, Threads = options.Threads };
        return new(table, counts, counts.Transposed(), SequenceStatistics.FitWords(words, statistics, seed).Apply(words), bar);
    }

    // The highest bar, of those up to the one asked for, that enough customers reach.
    static int Bar(MixtureCustomer[] customers, MarkovMixtureOptions options, int least)
    {
        for (var bar = options.MinEvents; bar > least; bar--)
            if (customers.Count(c => c.Events >= bar) >= options.EnoughCustomers) return bar;
        return least;
    }

    /// <summary>Some of the customers, by their numbers; the table stays that of everybody.</summary>
    public MixtureEvidence Of(int[] customers)
    {
        var counts = Counts.Take(customers);
        return new(Table, counts, counts.Transposed(), Rows.Take(customers), MinEvents);
    }

    /// <summary>From several starts, the likeliest after a few steps is followed to the end.</summary>
    /// <param name="more">Further starts, n x K each.</param>
    public MixtureState Best(MarkovMixtureOptions options, Seed seed, params double[][] more)
    {
        MixtureState? best = null;
        for (var start = 0; start < options.Starts + more.Length; start++)
        {
            var shares = start < options.Starts ? Start(options, seed.Child((ulong)start)) : more[start - options.Starts];
            var state = MixtureKernel.Run(Counts, By, Table, shares, options, ShortSteps);
            if (best is null || state.LogLikelihood > best.LogLikelihood) best = state;
        }

        return MixtureKernel.Run(Counts, By, Table, best!.Shares, options, options.MaxIterations);
    }

    /// <summary>Starts of one component more: each has another component of the mixture in two, by 2-means of its customers (Ueda, Nakano, Ghahramani
    /// and Hinton 2000 split and merge to leave poor optima; here the number grows, so only splits are needed). n x (K + 1) each.</summary>
    public double[][] Splits(MixtureState state, Seed seed, int threads)
    {
        var k = state.LogWeights.Length;
        var labels = Labels(state.Shares, k);
        var starts = new List<double[]>();
        for (var split = 0; split < k; split++)
        {
            int[] own = [.. Enumerable.Range(0, labels.Length).Where(i => labels[i] == split)];
            if (own.Length < 2) continue;
            var rows = Rows.Take(own);
            var sides = KMeans.Fit(rows, new() { Clusters = 2, Starts = 1, Threads = threads }, seed.Child((ulong)split)).Assign(rows, threads).Labels;
            var share = new double[labels.Length];
            Array.Fill(share, 0.5);
            for (var i = 0; i < own.Length; i++) share[own[i]] = sides[i] == 1 ? 0.9 : 0.1;
            var start = new double[labels.Length * (k + 1)];
            for (var i = 0; i < labels.Length; i++)
            {
                state.Shares.AsSpan(i * k, k).CopyTo(start.AsSpan(i * (k + 1)));
                start[i * (k + 1) + k] = state.Shares[i * k + split] * share[i];
                start[i * (k + 1) + split] *= 1 - share[i];
            }

            starts.Add(start);
        }

        return [.. starts];
    }

    /// <summary>The likeliest component of each customer, the first of equals.</summary>
    public static int[] Labels(double[] shares, int k)
    {
        var labels = new int[shares.Length / k];
        for (var i = 0; i < labels.Length; i++)
            for (var c = 1; c < k; c++)
                if (shares[i * k + c] > shares[i * k + labels[i]]) labels[i] = c;
        return labels;
    }

    /// <summary>n x K: probabilities of these customers by a mixture that was learned from others.</summary>
    public double[] Shares(MixtureState state, int threads)
    {
        var shares = Counts.Times(state.LogShares, state.LogWeights.Length, threads);
        MixtureKernel.Normalise(shares, state.LogWeights, threads);
        return shares;
    }

    public MarkovMixtureModel Model(MixtureState state, MarkovMixtureOptions options) => new()
    {
        Options = options,
        Outcomes = Table.Outcomes,
        LogShares = state.LogShares,
        LogWeights = state.LogWeights,
        Customers = Customers,
        MinEvents = MinEvents,
        LogLikelihood = state.LogLikelihood,
        Iterations = state.Iterations,
    };

    // n x K: mostly the label's component, so that the first step can still move everybody.
    double[] Start(MarkovMixtureOptions options, Seed seed)
    {
        var kmeans = KMeans.Fit(Rows, new() { Clusters = options.Components, Starts = 1, Threads = options.Threads }, seed);
        var labels = kmeans.Assign(Rows, options.Threads).Labels;
        var k = options.Components;
        var shares = new double[labels.Length * k];
        Array.Fill(shares, 0.1 / k);
        for (var i = 0; i < labels.Length; i++) shares[i * k + Math.Max(0, labels[i])] += 0.9;
        return shares;
    }
}
