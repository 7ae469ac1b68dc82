using Coterie.Clustering;

namespace Coterie.Sequences;

/// <summary>Clusters of histories, each a Markov chain for every way to read them.</summary>
public sealed record MarkovMixtureModel
{
    /// <summary>The steps that the model knows, chain by chain; others say nothing.</summary>
    public required IReadOnlyList<ChainSteps> Chains { get; init; }
    /// <summary>K, sum to 1: share of customers.</summary>
    public required double[] Weights { get; init; }
    /// <summary>Chains x steps x K: log P(to | from, cluster).</summary>
    public required double[][][] LogProbabilities { get; init; }
    /// <summary>Of the fitted customers, steps of a chain counted with its weight.</summary>
    public required double LogLikelihood { get; init; }
    public required int Iterations { get; init; }
    public required double Smoothing { get; init; }

    public int Clusters => Weights.Length;

    /// <summary>Everyone's probability of each cluster: customers x K, row-major, each row with sum 1.</summary>
    public double[] Probabilities(IReadOnlyList<CustomerSequences> sequences, int threads)
    {
        var n = sequences.Sum(p => p.Count);
        var result = new double[n * Clusters];
        if (Clusters > 0) MarkovKernel.Expect(this, [.. Chains.Select(c => Transitions.Of(sequences, c))], n, result, threads);
        return result;
    }

    /// <summary>Label, second-best label and the probability of the label. A model of no clusters gives -1.</summary>
    public Assignment Assign(IReadOnlyList<CustomerSequences> sequences, int threads)
    {
        var n = sequences.Sum(p => p.Count);
        var result = Assignment.Nowhere(n);
        if (Clusters == 0) return result;
        var probabilities = Probabilities(sequences, threads);
        for (var i = 0; i < n; i++)
        {
            var row = probabilities.AsSpan(i * Clusters, Clusters);
            int label = 0, second = -1;
            for (var c = 1; c < row.Length; c++)
            {
                if (row[c] > row[label]) (second, label) = (label, c);
                else if (second < 0 || row[c] > row[second]) second = c;
            }

            result.Labels[i] = label;
            result.Second[i] = second;
            result.Confidence[i] = (float)row[label];
        }

        return result;
    }

    /// <summary>The steps that tell a cluster from all customers, most telling first: those whose probability here, times how often the
    /// cluster comes to take them, differs most from everybody's (a term of the Kullback-Leibler divergence).</summary>
    public IReadOnlyList<TellingStep> Telling(int cluster, int count, IReadOnlyList<SequenceField> fields)
    {
        var all = new List<TellingStep>();
        for (var c = 0; c < Chains.Count; c++)
        {
            var reader = new ChainReader(Chains[c].Chain, fields);
            for (var s = 0; s < Chains[c].From.Length; s++)
            {
                var logs = LogProbabilities[c][s];
                var everybody = 0.0;
                for (var k = 0; k < Clusters; k++) everybody += Weights[k] * Math.Exp(logs[k]);
                var here = Math.Exp(logs[cluster]);
                var from = Chains[c].From[s];
                all.Add(new(Chains[c].Chain.Name, from < 0 ? [] : reader.Codes(from), reader.Codes(Chains[c].To[s]), here, everybody));
            }
        }

        return [.. all.OrderByDescending(t => t.Here * Math.Log(t.Here / t.Everybody)).Take(count)];
    }
}

/// <summary>A step that a cluster takes more often than others do.</summary>
/// <param name="From">First codes of the groups of the chain's fields before the step; empty at the beginning of a history.</param>
/// <param name="Here">P(to | from) in the cluster.</param>
/// <param name="Everybody">The same over all customers.</param>
public sealed record TellingStep(string Chain, IReadOnlyList<int> From, IReadOnlyList<int> To, double Here, double Everybody);
