using Coterie.Numerics;

namespace Coterie.Sequences;

/// <summary>The two steps of EM for a mixture of Markov chains. Customers are summed over fixed chunks, combined in index order.</summary>
static class MarkovKernel
{
    /// <summary>Validated. Steps x k: how often each step was taken, everyone counted with their responsibility (n x k).</summary>
    public static double[] Counts(Transitions counts, double[] responsibilities, int n, int k, int steps, int threads)
    {
        var total = new double[steps * k];
        var chunks = Chunks.Count(n);
        // A wave at a time bounds memory: each part is steps x k.
        const int wave = 16;
        for (var first = 0; first < chunks; first += wave)
        {
            var parts = new double[Math.Min(wave, chunks - first)][];
            var from = first;
            Chunks.Each(parts.Length, threads, p =>
            {
                var part = parts[p] = new double[total.Length];
                var start = (from + p) * Chunks.Rows;
                for (var i = start; i < Math.Min(n, start + Chunks.Rows); i++)
                {
                    var share = responsibilities.AsSpan(i * k, k);
                    for (var e = counts.Offsets[i]; e < counts.Offsets[i + 1]; e++)
                    {
                        var into = part.AsSpan(counts.Steps[e] * k, k);
                        for (var c = 0; c < share.Length; c++) into[c] += counts.Counts[e] * share[c];
                    }
                }
            });
            foreach (var part in parts)
                for (var j = 0; j < total.Length; j++) total[j] += part[j];
        }

        return total;
    }

    /// <summary>Validated. Steps of k logarithms: P(to | from, cluster), smoothed towards what all customers do.</summary>
    public static double[][] Probabilities(ChainSteps known, double[] counts, double[] background, double smoothing)
    {
        var contexts = known.Contexts();
        var k = contexts.Length == 0 ? 0 : counts.Length / contexts.Length;
        var of = new double[contexts.Length == 0 ? 0 : (contexts.Max() + 1) * k];
        for (var s = 0; s < contexts.Length; s++)
            for (var c = 0; c < k; c++) of[contexts[s] * k + c] += counts[s * k + c];
        var result = new double[contexts.Length][];
        for (var s = 0; s < contexts.Length; s++)
        {
            result[s] = new double[k];
            for (var c = 0; c < k; c++) result[s][c] = Math.Log((counts[s * k + c] + smoothing * background[s]) / (of[contexts[s] * k + c] + smoothing));
        }

        return result;
    }

    /// <summary>Validated. Fills responsibilities (n x k); returns the log-likelihood.</summary>
    public static double Expect(MarkovMixtureModel model, Transitions[] counts, int n, double[] responsibilities, int threads)
    {
        var k = model.Clusters;
        var logWeights = Array.ConvertAll(model.Weights, Math.Log);
        var likelihoods = new double[Chunks.Count(n)];
        Chunks.For(n, threads, (chunk, start, end) =>
        {
            for (var i = start; i < end; i++)
            {
                var row = responsibilities.AsSpan(i * k, k);
                logWeights.CopyTo(row);
                for (var c = 0; c < counts.Length; c++) Add(model.LogProbabilities[c], counts[c], i, model.Chains[c].Chain.Weight, row);
                likelihoods[chunk] += Normalise(row);
            }
        });
        return likelihoods.Sum();
    }

    static void Add(double[][] logs, Transitions counts, int i, double weight, Span<double> row)
    {
        for (var e = counts.Offsets[i]; e < counts.Offsets[i + 1]; e++)
        {
            var times = weight * counts.Counts[e];
            var log = logs[counts.Steps[e]];
            for (var c = 0; c < row.Length; c++) row[c] += times * log[c];
        }
    }

    // From logarithms to shares that sum to 1; returns the logarithm of their sum.
    static double Normalise(Span<double> row)
    {
        var most = double.NegativeInfinity;
        foreach (var log in row) most = Math.Max(most, log);
        var sum = 0.0;
        foreach (ref var log in row)
        {
            log = Math.Exp(log - most);
            sum += log;
        }

        foreach (ref var share in row) share /= sum;
        return most + Math.Log(sum);
    }
}
