using Coterie.Clustering;
using Coterie.Numerics;

namespace Coterie.Sequences;

/// <summary>Fits a mixture of Markov chains to customers' histories.</summary>
public sealed record MarkovMixtureOptions : MethodOptions
{
    /// <summary>Number of clusters.</summary>
    public int Clusters { get; init; } = 8;
    public IReadOnlyList<Chain> Chains { get; init; } = [Chain.Steps, Chain.Orders];
    /// <summary>Independent starts; the one with the best likelihood is kept.</summary>
    public int Starts { get; init; } = 8;
    public int MaxIterations { get; init; } = 80;
    /// <summary>Stops when the mean log-likelihood of a customer gains less than this.</summary>
    public double Tolerance { get; init; } = 5e-5;
    /// <summary>Steps of every cluster that are assumed to follow what all customers do, from each token.</summary>
    public double Smoothing { get; init; } = 20;
    /// <summary>A step that fewer customers took says nothing about groups and is left out.</summary>
    public int LeastCustomers { get; init; } = 30;

    private protected override IEnumerable<string> Problems()
    {
        if (Clusters < 1) yield return $"markov: clusters is {Clusters}; expected 1 or more.";
        if (Chains.Count == 0) yield return "markov: there is no chain; expected one or more.";
        foreach (var chain in Chains)
            if (!(chain.Weight > 0 && double.IsFinite(chain.Weight))) yield return $"markov: the weight of chain {chain.Name} is {chain.Weight}; expected more than 0.";
        if (Starts < 1) yield return $"markov: starts is {Starts}; expected 1 or more.";
        if (MaxIterations < 1) yield return $"markov: max-iterations is {MaxIterations}; expected 1 or more.";
        if (!(Tolerance >= 0)) yield return $"markov: tolerance is {Tolerance}; expected 0 or more.";
        if (!(Smoothing > 0)) yield return $"markov: smoothing is {Smoothing}; expected more than 0.";
        if (LeastCustomers < 1) yield return $"markov: least-customers is {LeastCustomers}; expected 1 or more.";
    }
}

/// <summary>Model-based clustering of histories (Cadez, Heckerman, Meek, Smyth and White 2003, "Model-based clustering and visualization of
/// navigation patterns"): each cluster is a first-order Markov chain over tokens; EM finds the clusters and everyone's probability of each.
/// Several chains over the same history multiply, each to the power of its weight.</summary>
/// <remarks>A short history gives flat probabilities instead of a wrong place far from everything, which is what distances between
/// shares of tokens give.</remarks>
public static class MarkovMixture
{
    // The starts come from k-means on the commonest steps; more add nothing but time.
    const int CommonSteps = 192;
    const int RowsOfAStart = 10_000;

    /// <summary>Fits the sequences, which may come in parts.</summary>
    public static MarkovMixtureModel Fit(IReadOnlyList<CustomerSequences> sequences, MarkovMixtureOptions options, Seed seed)
    {
        options.Validate("markov");
        var known = options.Chains.Select(c => Transitions.Known(sequences, c, options.LeastCustomers)).ToArray();
        return Fit(known, [.. known.Select(k => Transitions.Of(sequences, k))], sequences.Sum(p => p.Count), options, seed);
    }

    /// <summary>Validated. Counts of the known steps of n customers.</summary>
    internal static MarkovMixtureModel Fit(ChainSteps[] known, Transitions[] counts, int customers, MarkovMixtureOptions options, Seed seed)
    {
        if (customers == 0) return Empty(known, options);
        var background = known.Select((k, i) => Background(k, counts[i])).ToArray();
        var shares = Shares(known, counts, customers, seed.Stream(1));
        MarkovMixtureModel? best = null;
        for (var start = 0; start < options.Starts; start++)
        {
            var kmeans = KMeans.Fit(shares.Sample, new() { Clusters = options.Clusters, Starts = 1, MaxIterations = 50, Threads = options.Threads }, seed.Child((ulong)start));
            var labels = kmeans.Assign(shares.All, options.Threads).Labels;
            var model = Run(known, counts, background, labels, Math.Max(1, kmeans.Clusters), options);
            if (best is null || model.LogLikelihood > best.LogLikelihood) best = model;
        }

        return best!;
    }

    static MarkovMixtureModel Empty(ChainSteps[] known, MarkovMixtureOptions options) =>
        new() { Chains = known, Weights = [], LogProbabilities = [.. known.Select(_ => Array.Empty<double[]>())], LogLikelihood = 0, Iterations = 0, Smoothing = options.Smoothing };

    /// <summary>Steps: the share of each step among all customers' steps from the same token.</summary>
    static double[] Background(ChainSteps known, Transitions counts)
    {
        var contexts = known.Contexts();
        var total = new double[known.From.Length];
        for (var e = 0; e < counts.Steps.Length; e++) total[counts.Steps[e]] += counts.Counts[e];
        var of = new double[contexts.Length == 0 ? 0 : contexts.Max() + 1];
        for (var s = 0; s < total.Length; s++) of[contexts[s]] += total[s];
        return [.. total.Select((t, s) => t / of[contexts[s]])];
    }

    readonly record struct StartRows(Matrix All, Matrix Sample);

    // Square roots of each customer's shares of the commonest steps: Euclidean distance is then Hellinger's.
    static StartRows Shares(ChainSteps[] known, Transitions[] counts, int customers, Rng rng)
    {
        var places = new List<int[]>();
        var columns = 0;
        for (var c = 0; c < known.Length; c++)
        {
            var total = new double[known[c].From.Length];
            for (var e = 0; e < counts[c].Steps.Length; e++) total[counts[c].Steps[e]] += counts[c].Counts[e];
            var place = new int[total.Length];
            Array.Fill(place, -1);
            foreach (var s in Enumerable.Range(0, total.Length).OrderByDescending(s => total[s]).ThenBy(s => s).Take(CommonSteps / known.Length)) place[s] = columns++;
            places.Add(place);
        }

        var all = new Matrix(customers, Math.Max(1, columns));
        for (var c = 0; c < known.Length; c++)
        {
            for (var i = 0; i < customers; i++)
            {
                var sum = 0f;
                for (var e = counts[c].Offsets[i]; e < counts[c].Offsets[i + 1]; e++) sum += counts[c].Counts[e];
                for (var e = counts[c].Offsets[i]; e < counts[c].Offsets[i + 1]; e++)
                    if (places[c][counts[c].Steps[e]] is >= 0 and var j) all[i, j] = MathF.Sqrt(counts[c].Counts[e] / sum);
            }
        }

        if (customers <= RowsOfAStart) return new(all, all);
        var order = Enumerable.Range(0, customers).ToArray();
        rng.Shuffle(order.AsSpan());
        return new(all, all.Take(order.AsSpan(0, RowsOfAStart)));
    }

    static MarkovMixtureModel Run(ChainSteps[] known, Transitions[] counts, double[][] background, int[] labels, int k, MarkovMixtureOptions options)
    {
        var n = labels.Length;
        var responsibilities = new double[n * k];
        for (var i = 0; i < n; i++) responsibilities[i * k + labels[i]] = 1;
        var previous = double.NegativeInfinity;
        for (var iteration = 1; ; iteration++)
        {
            var model = Maximised(known, counts, background, responsibilities, n, k, options);
            var likelihood = MarkovKernel.Expect(model, counts, n, responsibilities, options.Threads);
            if (iteration == options.MaxIterations || likelihood - previous < options.Tolerance * n)
                return model with { LogLikelihood = likelihood, Iterations = iteration };
            previous = likelihood;
        }
    }

    static MarkovMixtureModel Maximised(ChainSteps[] known, Transitions[] counts, double[][] background, double[] responsibilities, int n, int k, MarkovMixtureOptions options)
    {
        var weights = new double[k];
        for (var i = 0; i < n; i++)
            for (var c = 0; c < k; c++) weights[c] += responsibilities[i * k + c];
        return new()
        {
            Chains = known,
            // A cluster that nobody is left in keeps a weight that the logarithm can bear.
            Weights = [.. weights.Select(w => Math.Max(w / n, 1e-12))],
            LogProbabilities = [.. known.Select((steps, c) => MarkovKernel.Probabilities(steps, MarkovKernel.Counts(counts[c], responsibilities, n, k, steps.From.Length, options.Threads), background[c], options.Smoothing))],
            LogLikelihood = 0,
            Iterations = 0,
            Smoothing = options.Smoothing,
        };
    }
}
