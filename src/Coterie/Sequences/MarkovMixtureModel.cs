using Coterie.Clustering;
using Coterie.Numerics;

namespace Coterie.Sequences;

/// <summary>Customers placed by a mixture.</summary>
/// <param name="Assignment">n labels, the second-best, and the probability of the label.</param>
/// <param name="Probabilities">n x K, rows sum to 1.</param>
public sealed record MixturePlacement(Assignment Assignment, Matrix Probabilities);

/// <summary>A fitted mixture of Markov chains; places any coded sequences, each customer alone.</summary>
public sealed record MarkovMixtureModel
{
    public required MarkovMixtureOptions Options { get; init; }
    /// <summary>T outcomes, packed; what is not among them says nothing.</summary>
    public required IReadOnlyList<ulong> Outcomes { get; init; }
    /// <summary>T x K, row-major: log share of the outcome within its context.</summary>
    public required double[] LogShares { get; init; }
    /// <summary>K.</summary>
    public required double[] LogWeights { get; init; }
    /// <summary>How many customers it was learned from.</summary>
    public required int Customers { get; init; }
    /// <summary>Events that each of them had at least.</summary>
    public required int MinEvents { get; init; }
    /// <summary>Of those customers.</summary>
    public required double LogLikelihood { get; init; }
    public required int Iterations { get; init; }

    /// <summary>One row for each customer of the chunk, in its order, all sequences of a customer joined. One with few events gets about the components'
    /// weights: the probability says so.</summary>
    /// <param name="chunk">Coded by the schema of the training data.</param>
    /// <param name="asOf">The instant of the request that read it.</param>
    public MixturePlacement Place(CustomerSequences chunk, DateTime asOf)
    {
        var joined = chunk.Joined();
        int n = joined.Count, k = LogWeights.Length;
        var rows = OutcomeTable.Counts(Outcomes, new MixtureOutcomes(Options, joined).Of(joined, asOf)).Times(LogShares, k, Options.Threads);
        MixtureKernel.Normalise(rows, LogWeights, Options.Threads);
        var assignment = new Assignment(new int[n], new int[n], new float[n]);
        for (var i = 0; i < n; i++)
        {
            var row = rows.AsSpan(i * k, k);
            int best = 0, second = -1;
            for (var c = 1; c < k; c++)
            {
                if (row[c] > row[best]) (second, best) = (best, c);
                else if (second < 0 || row[c] > row[second]) second = c;
            }

            (assignment.Labels[i], assignment.Second[i], assignment.Confidence[i]) = (best, second, (float)row[best]);
        }

        return new(assignment, new Matrix(Array.ConvertAll(rows, x => (float)x), n, k));
    }
}
