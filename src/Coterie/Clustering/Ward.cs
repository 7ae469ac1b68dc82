using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>Agglomerative clustering that always joins the two clusters whose union adds least to the sum of squares.</summary>
public sealed record WardOptions : MethodOptions
{
    /// <summary>Number of clusters asked for; a fit gives fewer when the rows have fewer distinct values.</summary>
    public int Clusters { get; init; } = 8;
    /// <summary>With more distinct rows than this the tree is grown over so many k-means centres, each weighing its rows; with fewer it is
    /// grown over the rows themselves, and exact.</summary>
    public int Summary { get; init; } = 4000;
    /// <summary>n, each above 0: what a row counts for; null is 1 for each.</summary>
    public float[]? Weights { get; init; }

    private protected override IEnumerable<string> Problems()
    {
        if (Clusters < 1) yield return $"ward: clusters is {Clusters}; expected 1 or more.";
        if (Summary < 2) yield return $"ward: summary is {Summary}; expected 2 or more.";
        if (Summary < Clusters) yield return $"ward: summary is {Summary}; expected at least as many as clusters, {Clusters}.";
        if (Weights?.Any(w => !(w > 0 && float.IsFinite(w))) == true) yield return "ward: a weight is not above 0; expected finite weights above 0.";
    }
}

/// <summary>Ward's method (Ward 1963), Euclidean. Many rows are summarised first by the centres of k-means, seeded by k-means||, as BIRCH
/// grows its tree over a summary (Zhang, Ramakrishnan and Livny 1996).</summary>
public static class Ward
{
    // The summary needs no optimum, only centres where the rows are.
    const int SummaryIterations = 10;

    /// <summary>Fits rows (n x d, finite). Clusters are numbered by their first leaf in canonical order, so row order does not matter.</summary>
    public static WardModel Fit(Matrix rows, WardOptions options, Seed seed)
    {
        options.Validate("ward");
        Check.Finite(rows);
        if (options.Weights is { } given && given.Length != rows.Rows)
            throw new ConfigurationException($"ward: there are {given.Length} weights for {rows.Rows} rows; expected one for each.");
        return Grown(rows, options, seed).Model(options.Clusters);
    }

    // Validated: the tree, to be cut into any number of clusters.
    internal static WardHierarchy Grown(Matrix rows, WardOptions options, Seed seed)
    {
        var (leaves, leafOf) = Leaves(rows, options, seed);
        var weights = new double[leaves.Rows];
        for (var i = 0; i < rows.Rows; i++) weights[leafOf[i]] += options.Weights?[i] ?? 1;
        return new(leaves, leafOf, WardTree.Grow(leaves, weights, options.Threads));
    }

    readonly record struct Summary(Matrix Leaves, int[] LeafOf);

    // Distinct rows, or centres when there are too many of them; without centres that no row is nearest to.
    static Summary Leaves(Matrix rows, WardOptions options, Seed seed)
    {
        var order = RowOrder.Canonical(rows);
        var leafOf = new int[rows.Rows];
        var first = new List<int>();
        for (var place = 0; place < order.Length; place++)
        {
            if (place == 0 || !rows.Row(order[place]).SequenceEqual(rows.Row(order[place - 1]))) first.Add(order[place]);
            leafOf[order[place]] = first.Count - 1;
        }

        if (first.Count <= options.Summary) return new(rows.Take([.. first]), leafOf);
        var centres = KMeans.FitOrdered(rows, order, new()
        {
            Clusters = options.Summary, Starts = 1, MaxIterations = SummaryIterations, Seeding = Seeding.Parallel, Weights = options.Weights, Threads = options.Threads,
        }, seed);
        var labels = centres.Label(rows, options.Threads);
        var used = labels.Distinct().ToHashSet();
        var kept = new Matrix(used.Count, rows.Columns);
        var numbers = new int[centres.Clusters];
        for (int c = 0, at = 0; c < centres.Clusters; c++)
        {
            if (!used.Contains(c)) continue;
            centres.Centres[c].CopyTo(kept.Row(at));
            numbers[c] = at++;
        }

        return new(kept, [.. labels.Select(l => numbers[l])]);
    }
}

/// <summary>The tree of Ward's method over leaves.</summary>
/// <param name="Leaves">m x d.</param>
/// <param name="LeafOf">n, the leaf of each row.</param>
/// <param name="Unions">m - 1.</param>
sealed record WardHierarchy(Matrix Leaves, int[] LeafOf, WardUnion[] Unions)
{
    public WardModel Model(int clusters)
    {
        var labels = WardTree.Cut(Unions, Leaves.Rows, clusters);
        return new() { Leaves = Leaves.Values, Columns = Leaves.Columns, LeafLabels = labels, Labels = [.. LeafOf.Select(l => labels[l])] };
    }
}
