using System.Text.Json.Serialization;
using Coterie.Numerics;

namespace Coterie.Sequences;

/// <summary>Runs and directions that were learned; places any coded sequences, each customer alone.</summary>
public sealed record SequenceStatisticsModel
{
    public required SequenceStatisticsOptions Options { get; init; }
    /// <summary>By length, from 1.</summary>
    public required IReadOnlyList<RunTable> Runs { get; init; }
    /// <summary>m: means over the customers learned from.</summary>
    public required double[] Centre { get; init; }
    /// <summary>d x m, unit length; fewer than asked for where the data have fewer.</summary>
    public required double[][] Directions { get; init; }
    /// <summary>d singular values, descending.</summary>
    public required double[] Values { get; init; }

    /// <summary>m, the number of runs of all lengths.</summary>
    [JsonIgnore]
    public int Width => Runs.Sum(r => r.Runs.Count);

    /// <summary>One row for each customer of the chunk, in its order, all sequences of a customer joined: n x d.</summary>
    /// <exception cref="ConfigurationException">The sequences lack a field of the compound.</exception>
    public Matrix Apply(CustomerSequences chunk)
    {
        var joined = chunk.Joined();
        return Apply(new EventWords(Options.Compound, joined.Fields).ByCustomer(joined));
    }

    // Words of n customers.
    internal Matrix Apply(int[][] words)
    {
        int n = words.Length, m = Width, d = Directions.Length;
        var result = new Matrix(n, d);
        if (d == 0) return result;
        var dense = new double[(long)m * d];
        for (var c = 0; c < d; c++)
            for (var j = 0; j < m; j++) dense[j * d + c] = Directions[c][j];
        var rotated = RunShares.Of(words, this).Times(dense, d, Centre, Options.Threads);
        for (var i = 0; i < rotated.Length; i++) result.Values[i] = (float)rotated[i];
        return result;
    }
}
