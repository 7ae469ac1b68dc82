using Coterie.Numerics;

namespace Coterie.Decisions.Trees;

/// <summary>A sum of trees: score = base + one leaf of each tree. Plain numbers, so it can be saved as JSON and explained.</summary>
public sealed record TreeEnsemble
{
    /// <summary>d column names.</summary>
    public required IReadOnlyList<string> Columns { get; init; }
    public required IReadOnlyList<BoostedTree> Trees { get; init; }
    /// <summary>What is added to every score.</summary>
    public double Base { get; init; }

    /// <summary>The score of one row of d values; NaN is a missing value.</summary>
    public double Score(ReadOnlySpan<float> row)
    {
        var sum = Base;
        foreach (var tree in Trees) sum += tree.Leaves[tree.LeafOf(row)];
        return sum;
    }

    /// <summary>One score a row (n x d); the bytes do not depend on the threads.</summary>
    public double[] Score(Matrix rows, int threads = 1)
    {
        Expect(rows.Columns);
        var scores = new double[rows.Rows];
        Chunks.For(rows.Rows, threads, (_, from, to) =>
        {
            for (var i = from; i < to; i++) scores[i] = Score(rows.Row(i));
        });
        return scores;
    }

    /// <summary>Only the first trees: what boosting had reached by then.</summary>
    public TreeEnsemble First(int trees) => this with { Trees = [.. Trees.Take(trees)] };

    /// <summary>The mean score over the rows that it learned from.</summary>
    public double Mean() => Base + Trees.Sum(t => t.Mean());

    /// <exception cref="InputException">It cannot be walked: a damaged file.</exception>
    public void Check()
    {
        foreach (var tree in Trees) tree.Check(Columns.Count);
    }

    internal void Expect(int columns)
    {
        if (columns != Columns.Count) throw new ArgumentException($"The model has {Columns.Count} columns but the rows have {columns}.", nameof(columns));
    }
}
