using Coterie.Numerics;

namespace Coterie.Learning;

/// <summary>What a classifier learns: segments of some customers, certain (one label) or uncertain (a probability for each segment), and how much each of
/// them counts.</summary>
public sealed record SegmentLabels
{
    const double Slack = 1e-3;

    /// <summary>n ids.</summary>
    public required IReadOnlyList<string> Customers { get; init; }
    /// <summary>n x K; a row adds up to 1, or is 0 throughout: a customer without a label.</summary>
    public required Matrix Probabilities { get; init; }
    /// <summary>n, 0 or more; a customer of weight 0 is left out.</summary>
    public required IReadOnlyList<double> Weights { get; init; }

    /// <summary>K.</summary>
    public int Segments => Probabilities.Columns;

    /// <summary>One label for each customer, 0 .. K-1; a negative one is none.</summary>
    /// <param name="weights">As many; null counts all alike.</param>
    /// <param name="segments">K; 0 takes the largest label.</param>
    /// <exception cref="InputException">Lengths differ, or a label is K or more.</exception>
    public static SegmentLabels Of(IReadOnlyList<string> customers, ReadOnlySpan<int> labels, IReadOnlyList<double>? weights = null, int segments = 0)
    {
        if (labels.Length != customers.Count) throw new InputException($"there are {customers.Count} customers and {labels.Length} labels; expected as many.");
        var most = -1;
        foreach (var label in labels) most = Math.Max(most, label);
        if (segments == 0) segments = most + 1;
        if (most >= segments) throw new InputException($"a label is {most}; expected labels below {segments}, the number of segments.");
        var probabilities = new Matrix(labels.Length, segments);
        for (var i = 0; i < labels.Length; i++)
            if (labels[i] >= 0) probabilities[i, labels[i]] = 1;
        return Of(customers, probabilities, weights);
    }

    /// <summary>Labels by customer, in the customers' ordinal order.</summary>
    public static SegmentLabels Of(IReadOnlyDictionary<string, int> labels)
    {
        var customers = labels.Keys.Order(StringComparer.Ordinal).ToArray();
        return Of(customers, Array.ConvertAll(customers, c => labels[c]));
    }

    /// <summary>A probability for each segment, n x K.</summary>
    /// <param name="weights">As many; null counts all alike.</param>
    public static SegmentLabels Of(IReadOnlyList<string> customers, Matrix probabilities, IReadOnlyList<double>? weights = null) => new()
    {
        Customers = customers, Probabilities = probabilities, Weights = weights ?? [.. Enumerable.Repeat(1.0, customers.Count)],
    };

    /// <summary>The likeliest segment, the first of equals; -1 without a label.</summary>
    internal int Label(int row)
    {
        var probabilities = Probabilities.Row(row);
        var best = 0;
        for (var k = 1; k < probabilities.Length; k++)
            if (probabilities[k] > probabilities[best]) best = k;
        return probabilities.Length == 0 || probabilities[best] <= 0 ? -1 : best;
    }

    /// <exception cref="InputException">Lengths differ, a customer stands in it twice, or a number is no probability or weight: with its place.</exception>
    internal void Validate()
    {
        if (Customers.Count != Probabilities.Rows || Customers.Count != Weights.Count)
            throw new InputException($"labels: {Customers.Count} customers, {Probabilities.Rows} rows of probabilities and {Weights.Count} weights"
                + "; expected as many.");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < Customers.Count; i++)
        {
            if (!seen.Add(Customers[i])) throw new InputException($"labels: customer '{Customers[i]}' has two labels; expected one. Remove the other.");
            if (!(Weights[i] >= 0 && double.IsFinite(Weights[i])))
                throw new InputException($"labels: customer '{Customers[i]}' has weight {Weights[i]}; expected 0 or more.");
            double sum = 0;
            foreach (var p in Probabilities.Row(i))
            {
                if (!(p >= 0 && float.IsFinite(p))) throw new InputException($"labels: customer '{Customers[i]}' has a probability of {p}; expected 0 to 1.");
                sum += p;
            }

            if (sum > 0 && Math.Abs(sum - 1) > Slack)
                throw new InputException($"labels: the probabilities of customer '{Customers[i]}' add up to {sum:0.####}; expected 1.");
        }
    }
}

/// <summary>Prepared features of customers, to be looked at beside their histories.</summary>
/// <param name="Columns">d names; those of training are expected again.</param>
/// <param name="Customers">n ids.</param>
/// <param name="Values">n x d, finite.</param>
public sealed record CustomerFeatures(IReadOnlyList<string> Columns, IReadOnlyList<string> Customers, Matrix Values)
{
    /// <exception cref="InputException">Shapes do not fit, a customer stands in it twice, or a number is not finite.</exception>
    internal void Validate()
    {
        if (Values.Rows != Customers.Count || Values.Columns != Columns.Count)
            throw new InputException($"features: {Values.Rows} rows and {Values.Columns} columns for {Customers.Count} customers and {Columns.Count} names; expected as many.");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < Customers.Count; i++)
        {
            if (!seen.Add(Customers[i])) throw new InputException($"features: customer '{Customers[i]}' stands in two rows; expected one.");
            for (var j = 0; j < Columns.Count; j++)
                if (!float.IsFinite(Values[i, j]))
                    throw new InputException($"features: {Columns[j]} of customer '{Customers[i]}' is {Values[i, j]}"
                        + "; expected a finite number. Prepare the features first.");
        }
    }
}
