using System.Text.Json.Serialization;
using Coterie.Numerics;

namespace Coterie.Fusion;

/// <summary>How features are joined to a view that gives probabilities.</summary>
public sealed record JointMixtureOptions
{
    /// <summary>Ridge penalties to choose from by held-out likelihood, in units of customers.</summary>
    public IReadOnlyList<double> Penalties { get; init; } = [1000, 300, 100, 30];
    /// <summary>Parts of the customers that are held out in turn.</summary>
    public int Folds { get; init; } = 2;
    /// <summary>Features are used when the held-out gain is above 0 by so many standard errors.</summary>
    public double Errors { get; init; } = 2;
    public int MaxIterations { get; init; } = 200;
    /// <summary>Nats a customer: stops when a step gains less.</summary>
    public double Tolerance { get; init; } = 2e-5;
    /// <summary>Threads to use; the result does not depend on it, so a saved model does not hold it.</summary>
    [JsonIgnore]
    public int Threads { get; init; } = Environment.ProcessorCount;

    internal IEnumerable<string> Problems()
    {
        if (Penalties.Count == 0 || Penalties.Any(p => !(p > 0) || !double.IsFinite(p)))
            yield return $"joint mixture: penalties is '{string.Join(" ", Penalties)}'; expected one or more, each above 0.";
        if (Folds < 2) yield return $"joint mixture: folds is {Folds}; expected 2 or more.";
        if (!(Errors >= 0)) yield return $"joint mixture: errors is {Errors}; expected 0 or more.";
        if (MaxIterations < 1) yield return $"joint mixture: max-iterations is {MaxIterations}; expected 1 or more.";
        if (!(Tolerance >= 0)) yield return $"joint mixture: tolerance is {Tolerance}; expected 0 or more.";
        if (Threads < 1) yield return $"joint mixture: threads is {Threads}; expected 1 or more.";
    }
}

/// <summary>What one penalty gave.</summary>
/// <param name="Penalty">Ridge, in units of customers.</param>
/// <param name="Gain">Nats a held-out customer: how much likelier the view's evidence is given the features than given the groups' sizes alone.</param>
/// <param name="Error">Standard error of the gain.</param>
public sealed record JointCandidate(double Penalty, double Gain, double Error);

/// <summary>A view's groups whose sizes depend on a customer's features; places any customers, each alone.</summary>
public sealed record JointMixtureModel
{
    public required JointMixtureOptions Options { get; init; }
    /// <summary>Whether the features say something of the view's evidence; otherwise customers keep what the view says.</summary>
    public required bool Used { get; init; }
    /// <summary>(1 + d) x K, row-major: the intercept, then the columns in units of their deviations.</summary>
    public required double[] Coefficients { get; init; }
    /// <summary>K: the view's own log weights, which its opinions contain.</summary>
    public required double[] LogWeights { get; init; }
    /// <summary>d.</summary>
    public required double[] Means { get; init; }
    /// <summary>d; 0 for a constant column.</summary>
    public required double[] Deviations { get; init; }
    public required IReadOnlyList<JointCandidate> Candidates { get; init; }
    /// <summary>The penalty that was used; 0 when the features are not.</summary>
    public required double Penalty { get; init; }
    public required string Sentence { get; init; }
    public required string SentenceZh { get; init; }

    /// <summary>Segments and probabilities; opinions are what the view and what the features say, each alone, in this order.</summary>
    /// <param name="opinions">n x K, the view's probabilities; a row of zeros where it says nothing.</param>
    /// <param name="features">n x d, finite, the same customers.</param>
    /// <exception cref="InputException">Shapes differ from those learned, or a number is not finite.</exception>
    public FusedCustomers Place(Matrix opinions, Matrix features)
    {
        JointMixture.CheckShapes(opinions, LogWeights.Length, features);
        Check.SameColumns(features, Means.Length);
        Check.Finite(features);
        int n = opinions.Rows, k = LogWeights.Length;
        var rows = JointMixture.Scaled(features, new(Means, Deviations), Options.Threads);
        var evidence = JointMixture.Evidence(opinions, LogWeights);
        var prior = JointKernel.LogPriors(rows, Coefficients, k, Options.Threads);
        var fused = new FusedCustomers
        {
            Segments = new int[n], Probability = new float[n], Second = new int[n], Opinions = [new int[n], new int[n]], Disputed = new bool[n],
            Probabilities = new Matrix(n, k),
        };
        Chunks.For(n, Options.Threads, (_, start, end) =>
        {
            var row = new double[k];
            for (var i = start; i < end; i++)
            {
                for (var c = 0; c < k; c++) row[c] = evidence[i * k + c] + prior[i * k + c];
                JointKernel.Normalise(row);
                var (best, second) = Two(row);
                for (var c = 0; c < k; c++) fused.Probabilities[i, c] = (float)row[c];
                (fused.Segments[i], fused.Second[i], fused.Probability[i]) = (best, second, (float)row[best]);
                var silent = true;
                foreach (var p in opinions.Row(i)) silent &= p == 0;
                for (var c = 0; c < k; c++) row[c] = opinions[i, c];
                fused.Opinions[0][i] = silent ? -1 : Two(row).Best;
                fused.Opinions[1][i] = Used ? Two(prior.AsSpan(i * k, k)).Best : -1;
                fused.Disputed[i] = !silent && Used && fused.Opinions[0][i] != fused.Opinions[1][i];
            }
        });
        return fused;
    }

    // The first of equals.
    static (int Best, int Second) Two(ReadOnlySpan<double> row)
    {
        int best = 0, second = -1;
        for (var c = 1; c < row.Length; c++)
        {
            if (row[c] > row[best]) (second, best) = (best, c);
            else if (second < 0 || row[c] > row[second]) second = c;
        }

        return (best, second);
    }
}
