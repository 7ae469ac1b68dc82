using Coterie.Numerics;

namespace Coterie.Fusion;

/// <summary>One view's numbers of every customer (n x d, finite), and how much of the total variance it may carry.</summary>
/// <param name="Weight">Relative to the other blocks'; above 0.</param>
/// <param name="Standardise">Whether each column is brought to unit variance first. Embeddings are better left as they are: their scale says what matters.</param>
public sealed record JointBlock(string Name, Matrix Rows, double Weight = 1, bool Standardise = false);

/// <summary>Fusion in the space of features: the views' columns side by side, each block with its share of the total variance, ready for
/// <see cref="Clustering.ClusterSearch"/>. Distances then weigh the views, and not the number or scale of their columns (as in multiple factor
/// analysis, Escofier and Pagès 1994, with total variance in place of the first eigenvalue).</summary>
public static class JointRepresentation
{
    /// <summary>n x (sum of d): centred; the variances of a block's columns add up to its share of the weights.</summary>
    /// <exception cref="InputException">No block; blocks of different customers; weights that are not above 0; numbers that are not finite.</exception>
    public static Matrix Build(IReadOnlyList<JointBlock> blocks, int threads)
    {
        if (blocks.Count == 0) throw new InputException("no block was given; a joint representation needs the numbers of at least one view.");
        var problems = new List<string>();
        foreach (var block in blocks)
        {
            if (block.Rows.Rows != blocks[0].Rows.Rows)
                problems.Add($"{block.Name} has {block.Rows.Rows} rows, {blocks[0].Name} has {blocks[0].Rows.Rows}; expected the same customers in the same order.");
            if (!(block.Weight > 0) || double.IsInfinity(block.Weight)) problems.Add($"{block.Name}: weight is {block.Weight}; expected above 0.");
        }

        if (problems.Count > 0) throw new InputException(string.Join('\n', problems));
        foreach (var block in blocks) Check.Finite(block.Rows);

        var joint = new Matrix(blocks[0].Rows.Rows, blocks.Sum(b => b.Rows.Columns));
        var total = blocks.Sum(b => b.Weight);
        var at = 0;
        foreach (var block in blocks)
        {
            Place(block, block.Weight / total, joint, at, threads);
            at += block.Rows.Columns;
        }

        return joint;
    }

    static void Place(JointBlock block, double share, Matrix joint, int at, int threads)
    {
        var scale = Standardisation.Of(block.Rows, threads);
        var d = block.Rows.Columns;
        double[] deviations = block.Standardise ? scale.Deviations : [.. scale.Deviations.Select(x => x > 0 ? 1.0 : 0)];
        // Variance that the block's columns have after the first scaling.
        double variance = 0;
        for (var j = 0; j < d; j++)
            if (deviations[j] > 0) variance += scale.Deviations[j] * scale.Deviations[j] / (deviations[j] * deviations[j]);
        var factor = variance > 0 ? Math.Sqrt(share / variance) : 0;
        Chunks.For(joint.Rows, threads, (_, start, end) =>
        {
            for (var i = start; i < end; i++)
            {
                var row = block.Rows.Row(i);
                for (var j = 0; j < d; j++)
                    joint[i, at + j] = deviations[j] > 0 ? (float)((row[j] - scale.Means[j]) / deviations[j] * factor) : 0;
            }
        });
    }
}
