using Coterie.Numerics;

namespace Coterie.Decisions.Trees;

/// <summary>Exact Shapley values of a sum of trees, in two meanings of "a feature is unknown".</summary>
/// <remarks>
/// Path-dependent (Lundberg, Erion and Lee 2018, "Consistent individualized feature attribution for tree ensembles", algorithm 2): at a node whose feature is
/// unknown, both sides are followed in proportion to the training rows that took them. Interventional (Lundberg et al. 2020, "From local explanations to
/// global understanding with explainable AI for trees"): an unknown feature takes its value from a background row, averaged over the background.
/// In both, base + sum of the values = score.
/// </remarks>
public static class TreeShap
{
    /// <summary>Values by the trees' own covers, n x d in row-major order; the base is <see cref="TreeEnsemble.Mean"/>.</summary>
    public static double[] PathDependent(TreeEnsemble trees, Matrix rows, int threads = 1)
    {
        trees.Expect(rows.Columns);
        var values = new double[(long)rows.Rows * rows.Columns];
        Chunks.For(rows.Rows, threads, (_, from, to) =>
        {
            var walk = new PathWalk(trees);
            for (var i = from; i < to; i++) walk.Add(rows.Row(i), values.AsSpan(i * rows.Columns, rows.Columns));
        });
        return values;
    }

    /// <summary>Values against a background (b x d), n x d in row-major order; the base is the mean score of the background.</summary>
    public static double[] Interventional(TreeEnsemble trees, Matrix rows, Matrix background, int threads = 1)
    {
        trees.Expect(rows.Columns);
        trees.Expect(background.Columns);
        if (background.Rows == 0) throw new ArgumentException("The background has no row; expected at least one.", nameof(background));
        var values = new double[(long)rows.Rows * rows.Columns];
        // A row against the whole background is work enough for a thread, so rows are the items.
        Chunks.Each(rows.Rows, threads, i => new InterventionalWalk(trees, background).Add(rows.Row(i), values.AsSpan(i * rows.Columns, rows.Columns)));
        return values;
    }

    /// <summary>Path-dependent Shapley interaction values of one row, d x d in row-major order and symmetric: row j sums to the value of feature j, and
    /// the diagonal keeps what is feature j's alone.</summary>
    public static double[] Interactions(TreeEnsemble trees, ReadOnlySpan<float> row)
    {
        trees.Expect(row.Length);
        var d = row.Length;
        var table = new double[d * d];
        double[] values = new double[d], known = new double[d], unknown = new double[d];
        var walk = new PathWalk(trees);
        walk.Add(row, values);
        for (var j = 0; j < d; j++)
        {
            Array.Clear(known);
            Array.Clear(unknown);
            walk.Add(row, known, fixedFeature: j, fixedKnown: true);
            walk.Add(row, unknown, fixedFeature: j, fixedKnown: false);
            for (var i = 0; i < d; i++)
                if (i != j) table[i * d + j] = (known[i] - unknown[i]) / 2;
        }

        for (var i = 0; i < d; i++)
        {
            double others = 0;
            for (var j = 0; j < d; j++)
            {
                // Both halves are the same number but for rounding; one of them makes the table symmetric to the bit.
                if (j > i) table[j * d + i] = table[i * d + j];
                if (j != i) others += table[i * d + j];
            }

            table[i * d + i] = values[i] - others;
        }

        return table;
    }
}
