using Coterie.Numerics;

namespace Coterie.Sequences;

/// <summary>A mixture between two steps of EM.</summary>
/// <param name="Shares">n x K: the probability of each component given the customer.</param>
/// <param name="LogShares">T x K: log share of each outcome within its context.</param>
/// <param name="LogWeights">K.</param>
sealed record MixtureState(double[] Shares, double[] LogShares, double[] LogWeights, double LogLikelihood, int Iterations);

/// <summary>Expectation and maximisation (Dempster, Laird and Rubin 1977) of a mixture whose components draw outcomes from contexts.</summary>
static class MixtureKernel
{
    /// <summary>Validated. Counts n x T and their transpose; shares n x K to begin with.</summary>
    public static MixtureState Run(SparseMatrix counts, SparseMatrix by, OutcomeTable table, double[] shares, MarkovMixtureOptions options, int steps)
    {
        var k = options.Components;
        var previous = double.NegativeInfinity;
        for (var step = 1; ; step++)
        {
            var logShares = Maximise(by, table, shares, options);
            var logWeights = Weights(shares, k);
            shares = counts.Times(logShares, k, options.Threads);
            var likelihood = Normalise(shares, logWeights, options.Threads);
            if (step >= steps || likelihood - previous < options.Tolerance * Math.Abs(likelihood))
                return new(shares, logShares, logWeights, likelihood, step);
            previous = likelihood;
        }
    }

    // The prior adds so many outcomes of the usual shares to each context of each component.
    static double[] Maximise(SparseMatrix by, OutcomeTable table, double[] shares, MarkovMixtureOptions options)
    {
        var k = options.Components;
        var expected = by.Times(shares, k, options.Threads);                                   // T x K
        var totals = new double[table.ContextCount * k];
        for (var t = 0; t < table.Contexts.Length; t++)
            for (var c = 0; c < k; c++) totals[table.Contexts[t] * k + c] += expected[t * k + c];
        for (var t = 0; t < table.Contexts.Length; t++)
        {
            for (var c = 0; c < k; c++)
                expected[t * k + c] = Math.Log((expected[t * k + c] + options.Prior * table.Usual[t]) / (totals[table.Contexts[t] * k + c] + options.Prior));
        }

        return expected;
    }

    static double[] Weights(double[] shares, int k)
    {
        var sums = new double[k];
        for (var i = 0; i < shares.Length; i++) sums[i % k] += shares[i];
        // An empty component keeps a weight that is no minus infinity.
        return Array.ConvertAll(sums, s => Math.Log((s + 1e-9) / (shares.Length / k + k * 1e-9)));
    }

    /// <summary>Turns n x K log-likelihoods of customers into probabilities; returns the sum of the customers' log-likelihoods.</summary>
    public static double Normalise(double[] rows, double[] logWeights, int threads)
    {
        var k = logWeights.Length;
        var n = rows.Length / k;
        var sums = new double[Chunks.Count(n)];
        Chunks.For(n, threads, (chunk, start, end) =>
        {
            for (var i = start; i < end; i++)
            {
                var row = rows.AsSpan(i * k, k);
                var most = double.NegativeInfinity;
                for (var c = 0; c < k; c++) most = Math.Max(most, row[c] += logWeights[c]);
                var sum = 0.0;
                for (var c = 0; c < k; c++) sum += row[c] = Math.Exp(row[c] - most);
                for (var c = 0; c < k; c++) row[c] /= sum;
                sums[chunk] += most + Math.Log(sum);
            }
        });
        var total = 0.0;
        foreach (var sum in sums) total += sum;
        return total;
    }
}
