using Coterie.Numerics;
using static TorchSharp.torch;

namespace Coterie.Learning.Training;

/// <summary>What the trainer trains: a module, rows, and the loss of some of them. The same trainer serves every model and objective.</summary>
abstract class TrainingTask
{
    public abstract string Name { get; }
    /// <summary>Everything that is trained.</summary>
    public abstract nn.Module Module { get; }
    public abstract int Rows { get; }
    /// <summary>The row's customer: rows of one customer stay together when customers are split.</summary>
    public abstract string Customer(int row);
    /// <summary>Rows of like length share a batch.</summary>
    public abstract int Length(int row);
    /// <summary>What a run was made with, for its record and to tell runs apart.</summary>
    public abstract object Options { get; }

    /// <summary>Mean loss over the rows, a single number with a gradient.</summary>
    /// <param name="seed">Decides everything random in it, apart from dropout.</param>
    /// <param name="parts">Adds to named sums for the record.</param>
    public abstract Tensor Loss(ReadOnlySpan<int> rows, Seed seed, LossParts parts);

    /// <summary>Called after every step of the optimiser, while the gradients are still there.</summary>
    /// <param name="step">From 0.</param>
    public virtual void AfterStep(int step, int steps) { }

    /// <summary>Whether weights after so many steps may be kept: a model that is pruned while it is trained has to be down to its size.</summary>
    public virtual bool MayKeep(int step, int steps) => true;

    /// <summary>Called when training ends before there are weights that may be kept; afterwards these may.</summary>
    public virtual void EndEarly() { }
}

/// <summary>Means of the parts of a loss over many batches.</summary>
sealed class LossParts
{
    public SortedDictionary<string, double> Sums { get; init; } = new(StringComparer.Ordinal);
    public SortedDictionary<string, double> Weights { get; init; } = new(StringComparer.Ordinal);
    /// <summary>K x K, true class by placed class, where classes are judged; null elsewhere.</summary>
    public long[]? Confusion { get; private set; }

    public void Add(string name, double mean, double weight)
    {
        Sums[name] = Sums.GetValueOrDefault(name) + mean * weight;
        Weights[name] = Weights.GetValueOrDefault(name) + weight;
    }

    /// <summary>Counts a customer of the true class who was placed in a class.</summary>
    public void Place(int truth, int placed, int classes) => (Confusion ??= new long[classes * classes])[truth * classes + placed]++;

    /// <summary>By name; with places, their accuracy and the mean F1 of the classes that occur in truth or places.</summary>
    public SortedDictionary<string, double> Means()
    {
        var means = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (name, sum) in Sums) means[name] = sum / Weights[name];
        if (Confusion is null) return means;
        var classes = (int)Math.Sqrt(Confusion.Length);
        long right = 0;
        double scores = 0;
        var occurring = 0;
        for (var k = 0; k < classes; k++)
        {
            long both = 0;
            for (var j = 0; j < classes; j++) both += Confusion[k * classes + j] + Confusion[j * classes + k];
            right += Confusion[k * classes + k];
            if (both == 0) continue;
            // 2 TP / (2 TP + FP + FN): the row and the column of the class together hold the denominator.
            scores += 2.0 * Confusion[k * classes + k] / both;
            occurring++;
        }

        means["accuracy"] = (double)right / Confusion.Sum();
        means["macro_f1"] = scores / occurring;
        return means;
    }
}
