using Coterie.Clustering.Density;
using Coterie.Clustering.Trees;
using Coterie.Numerics;

namespace Coterie.Clustering.Search;

/// <summary>Makes the partitions of a search. Rows are in canonical order and finite.</summary>
static class PartitionMakers
{
    // Above this number of columns a full covariance has more parameters than a sample supports.
    public const int FullCovarianceColumns = 10;
    // 0.3 is the authors' default; lower keeps sizes more equal, higher is nearer to single linkage.
    static readonly double[] Ginis = [0.1, 0.3, 0.5, 0.7];
    static readonly double[] TrimmedGinis = [0.3, 0.5];
    // Least cluster of HDBSCAN as a share of the rows.
    static readonly double[] LeastShares = [0.01, 0.02, 0.04, 0.08];
    const int LeastRows = 5;

    static readonly Maker PlainMeans = new("kmeans", ""), CosineMeans = new("kmeans", "cosine"), Mixture = new("gmm", ""), Ward = new("ward", "");

    public static KMeansOptions KMeansOf(int k) => new() { Clusters = k, Starts = 5, MaxIterations = 100, Threads = 1 };

    public static GaussianMixtureOptions MixtureOf(int k, int columns) => new()
    {
        Clusters = k, Covariance = columns <= FullCovarianceColumns ? Covariance.Full : Covariance.Diagonal, Regularisation = 1e-4, Starts = 2, MaxIterations = 100, Tolerance = 1e-4, Threads = 1,
    };

    /// <summary>Every method's partition into every number of clusters from low to high that the rows support. Those not begun when the
    /// clock has passed are left out; Genie's, which cost least, come first and always.</summary>
    public static List<Partition> All(Matrix rows, SpanningTree plain, SpanningTree reach, int low, int high, int threads, Seed seed, Func<bool> passed, FitLimit? limit = null)
    {
        var all = new List<Partition>();
        foreach (var gini in Ginis)
            all.AddRange(Genie(new("genie", $"gini-threshold {gini:0.0}"), plain, gini, false, low, high));
        foreach (var gini in TrimmedGinis)
            all.AddRange(Genie(new("genie", $"gini-threshold {gini:0.0}, smoothed"), reach, gini, true, low, high));
        var order = new int[rows.Rows];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        // One task grows Ward's tree for all numbers; the others make one fit each. On one or two columns a direction says too little.
        var fitted = rows.Columns < 3 ? [PlainMeans, Mixture] : new[] { PlainMeans, Mixture, CosineMeans };
        var unit = rows.Columns < 3 ? rows : Spherical.Normalised(rows);
        var fits = new Partition?[fitted.Length * Math.Max(0, high - low + 1)];
        List<Partition> ward = [];
        Chunks.Each(fits.Length + 1, threads, task =>
        {
            if (passed()) return;
            if (task == 0)
            {
                ward = Wards(rows, low, high, seed);
                return;
            }

            var i = task - 1;
            var maker = fitted[i % fitted.Length];
            var k = low + i / fitted.Length;
            var own = seed.Child((ulong)k);
            ClusterModel model = maker == Mixture ? GaussianMixture.FitOrdered(rows, order, MixtureOf(k, rows.Columns), own, limit)
                : maker == PlainMeans ? KMeans.FitOrdered(rows, order, KMeansOf(k), own, limit)
                : KMeans.FitOrdered(unit, order, KMeansOf(k) with { Distance = Distance.Cosine }, own, limit);
            var labels = model.Assign(rows, 1).Labels;
            // A component may win no row, and equal rows may be too few for k centres.
            if (labels.Distinct().Count() == k) fits[i] = new(maker, k, labels) { Model = model };
        });
        foreach (var fit in fits)
            if (fit is not null) all.Add(fit);
        all.AddRange(ward);
        return all;
    }

    static List<Partition> Wards(Matrix rows, int low, int high, Seed seed)
    {
        var all = new List<Partition>();
        var tree = Clustering.Ward.Grown(rows, new() { Threads = 1, Summary = int.MaxValue }, seed);
        for (var k = low; k <= high; k++)
        {
            var model = tree.Model(k);
            if (model.Clusters == k) all.Add(new(Ward, k, model.Labels) { Model = model });
        }

        return all;
    }

    /// <summary>HDBSCAN's partitions, whose number of clusters is its own. They are witnesses: others are compared with them, but as they
    /// leave rows out they are not candidates themselves. Their noise goes with the nearest cluster along the tree.</summary>
    public static List<Partition> Witnesses(SpanningTree reach, int most)
    {
        var all = new List<Partition>();
        var n = reach.From.Length + 1;
        var dendrogram = Dendrogram.Of(reach, Distance.Euclidean);
        foreach (var share in LeastShares)
        {
            var tree = CondensedTree.Of(dendrogram, Math.Max(LeastRows, (int)(share * n)));
            foreach (var selection in Enum.GetValues<HdbscanSelection>())
            {
                var owners = FlatSelection.Owners(tree, selection == HdbscanSelection.Leaf ? FlatSelection.Leaves(tree, false) : FlatSelection.ExcessOfMass(tree, false));
                var numbers = new Dictionary<int, int>();
                var labels = new int[n];
                for (var row = 0; row < n; row++)
                {
                    var owner = owners[tree.RowCluster[row]];
                    if (owner >= 0) numbers.TryAdd(owner, numbers.Count);
                    labels[row] = owner < 0 ? -1 : numbers[owner];
                }

                if (numbers.Count < 2 || numbers.Count > most) continue;
                Fill(labels, reach);
                all.Add(new(new("hdbscan", $"{selection}, at least {share:0%} of the rows"), numbers.Count, labels));
            }
        }

        return all;
    }

    /// <summary>Labels by Genie for each number of clusters from high to low, on a tree; ends of the tree's branches go with the row they hang on.</summary>
    public static List<Partition> Genie(Maker maker, SpanningTree tree, double gini, bool trim, int low, int high)
    {
        var n = tree.From.Length + 1;
        var sets = GeniePartition.Distinct(tree);
        var ends = trim ? Ends(tree) : new bool[n];
        var partitions = new List<Partition>();
        for (var k = high; k >= low; k--)
        {
            GeniePartition.Merge(tree, sets, ends, k, gini);
            var labels = Labels(sets, ends, tree, out var found);
            if (found == k) partitions.Add(new(maker, k, labels));
        }

        return partitions;
    }

    static bool[] Ends(SpanningTree tree)
    {
        var degree = new int[tree.From.Length + 1];
        for (var i = 0; i < tree.From.Length; i++)
        {
            degree[tree.From[i]]++;
            degree[tree.To[i]]++;
        }

        return Array.ConvertAll(degree, d => d <= 1);
    }

    static int[] Labels(DisjointSets sets, bool[] ends, SpanningTree tree, out int found)
    {
        var labels = GeniePartition.Labels(sets, ends, out found);
        Fill(labels, tree);
        return labels;
    }

    /// <summary>Rows without a label take that of the row nearest along the tree.</summary>
    public static void Fill(int[] labels, SpanningTree tree)
    {
        var sets = new DisjointSets(labels.Length);
        var label = (int[])labels.Clone();
        for (var i = 0; i < tree.From.Length; i++)
            Join(sets, label, tree.From[i], tree.To[i]);
        // In ascending order every unlabelled piece joins its nearest labelled one first; pieces of different labels stay apart.
        for (var i = 0; i < labels.Length; i++)
            if (labels[i] < 0) labels[i] = label[sets.Find(i)];
        for (var i = 0; i < labels.Length; i++)
            if (labels[i] < 0) labels[i] = 0;
    }

    static void Join(DisjointSets sets, int[] label, int from, int to)
    {
        int a = sets.Find(from), b = sets.Find(to);
        if (a == b || (label[a] >= 0 && label[b] >= 0 && label[a] != label[b])) return;
        var one = label[a] >= 0 ? label[a] : label[b];
        sets.Union(a, b);
        label[sets.Find(a)] = one;
    }
}
