namespace Coterie.Evaluation;

/// <summary>How many rows each pair of class and cluster has; names in ordinal order.</summary>
/// <param name="Count">Rows.</param>
/// <param name="Cells">classes x clusters.</param>
sealed record Contingency(int Count, string[] ClassNames, string[] ClusterNames, int[][] Cells, int[] ClassSizes, int[] ClusterSizes)
{
    // 400 MB of counts: beyond it one of the columns holds ids, not labels.
    const long MaxCells = 100_000_000;

    // Validated: equal lengths.
    public static Contingency Of(IReadOnlyList<string> truth, IReadOnlyList<string> predicted)
    {
        string[] classNames = Sorted(truth), clusterNames = Sorted(predicted);
        if ((long)classNames.Length * clusterNames.Length > MaxCells)
        {
            throw new InputException($"{classNames.Length} different true labels and {clusterNames.Length} different predicted ones in "
                + $"{truth.Count} rows: one of the two looks like a column of ids. Choose the column that holds the labels.");
        }

        Dictionary<string, int> classOf = Index(classNames), clusterOf = Index(clusterNames);
        var cells = new int[classNames.Length][];
        for (var c = 0; c < cells.Length; c++) cells[c] = new int[clusterNames.Length];
        var classSizes = new int[classNames.Length];
        var clusterSizes = new int[clusterNames.Length];
        for (var i = 0; i < truth.Count; i++)
        {
            int c = classOf[truth[i]], k = clusterOf[predicted[i]];
            cells[c][k]++;
            classSizes[c]++;
            clusterSizes[k]++;
        }

        return new Contingency(truth.Count, classNames, clusterNames, cells, classSizes, clusterSizes);
    }

    static string[] Sorted(IReadOnlyList<string> labels)
    {
        var names = labels.Distinct(StringComparer.Ordinal).ToArray();
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    static Dictionary<string, int> Index(string[] names)
    {
        var index = new Dictionary<string, int>(names.Length, StringComparer.Ordinal);
        for (var i = 0; i < names.Length; i++) index.Add(names[i], i);
        return index;
    }
}

/// <summary>Indices that count pairs of rows: together or apart in one partition and the other.</summary>
static class PairCounting
{
    /// <summary>Adjusted Rand index (Hubert and Arabie 1985).</summary>
    public static double AdjustedRand(Contingency table)
    {
        double n = table.Count, both = Pairs(table.Cells.SelectMany(row => row));
        double classes = Pairs(table.ClassSizes), clusters = Pairs(table.ClusterSizes);
        if (both == classes && both == clusters) return 1;
        var expected = classes * clusters / (n * (n - 1) / 2);
        return (both - expected) / ((classes + clusters) / 2 - expected);
    }

    /// <summary>Geometric mean of pairwise precision and recall (Fowlkes and Mallows 1983); 0 when no pair is together in both.</summary>
    public static double FowlkesMallows(Contingency table)
    {
        if (table.Count == 0) return 1;
        var both = Pairs(table.Cells.SelectMany(row => row));
        return both == 0 ? 0 : Math.Sqrt(both / Pairs(table.ClassSizes)) * Math.Sqrt(both / Pairs(table.ClusterSizes));
    }

    static double Pairs(IEnumerable<int> sizes)
    {
        var pairs = 0L;
        foreach (var size in sizes) pairs += (long)size * (size - 1) / 2;
        return pairs;
    }
}
