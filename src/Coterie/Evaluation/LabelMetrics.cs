using Coterie.Numerics;

namespace Coterie.Evaluation;

/// <summary>Compares a partition with the truth.</summary>
/// <remarks>Conventions where an index is 0/0, as in scikit-learn: two partitions without any split agree (1); Fowlkes-Mallows
/// is 0 when no two rows share both class and cluster; a class that matched no cluster has precision, recall and F1 of 0.
/// Unlike scikit-learn, two equal partitions of nothing but single rows have an AMI of exactly 1. No rows at all: the two empty
/// partitions are equal, so that every index is 1.</remarks>
public static class LabelMetrics
{
    /// <summary>The same for numbered labels; a negative one (noise) is a cluster of that name like any other.</summary>
    /// <exception cref="ArgumentException">The two lists differ in length.</exception>
    public static LabelReport CompareNumbered(IReadOnlyList<int> truth, IReadOnlyList<int> predicted) =>
        Compare([.. truth.Select(t => t.ToString())], [.. predicted.Select(p => p.ToString())]);

    /// <summary>Every index of <paramref name="predicted"/> against <paramref name="truth"/>, row by row; label names carry no meaning.</summary>
    /// <exception cref="ArgumentException">The two lists differ in length.</exception>
    public static LabelReport Compare(IReadOnlyList<string> truth, IReadOnlyList<string> predicted)
    {
        if (truth.Count != predicted.Count)
            throw new ArgumentException($"{truth.Count} true labels cannot be compared with {predicted.Count} predicted ones.", nameof(predicted));

        var table = Contingency.Of(truth, predicted);
        var match = BestMatch(table);
        var scores = PerClass(table, match);
        var matched = 0L;
        for (var c = 0; c < match.Length; c++)
            if (match[c] >= 0) matched += table.Cells[c][match[c]];

        double mutual = Information.Mutual(table), classEntropy = Information.Entropy(table.ClassSizes, table.Count);
        var clusterEntropy = Information.Entropy(table.ClusterSizes, table.Count);
        var homogeneity = classEntropy == 0 ? 1 : mutual / classEntropy;
        var completeness = clusterEntropy == 0 ? 1 : mutual / clusterEntropy;
        var empty = table.Count == 0;

        return new LabelReport
        {
            Count = table.Count,
            Clusters = table.ClusterNames.Length,
            Classes = table.ClassNames.Length,
            Accuracy = empty ? 1 : (double)matched / table.Count,
            MacroPrecision = empty ? 1 : scores.Average(s => s.Precision),
            MacroRecall = empty ? 1 : scores.Average(s => s.Recall),
            MacroF1 = empty ? 1 : scores.Average(s => s.F1),
            WeightedF1 = empty ? 1 : scores.Sum(s => s.F1 * s.Support) / table.Count,
            Purity = empty ? 1 : (double)Purity(table) / table.Count,
            Ari = PairCounting.AdjustedRand(table),
            Ami = Information.AdjustedMutual(table, mutual, classEntropy, clusterEntropy),
            Nmi = Information.NormalisedMutual(table, mutual, classEntropy, clusterEntropy),
            Homogeneity = homogeneity,
            Completeness = completeness,
            VMeasure = homogeneity + completeness == 0 ? 0 : 2 * homogeneity * completeness / (homogeneity + completeness),
            FowlkesMallows = PairCounting.FowlkesMallows(table),
            PerClass = scores,
            Matching = Names(table, match),
            ClassNames = table.ClassNames,
            ClusterNames = table.ClusterNames,
            Confusion = table.Cells,
        };
    }

    // Classes to clusters so that the most rows lie on the matched cells.
    static int[] BestMatch(Contingency table)
    {
        var cost = new double[table.ClassNames.Length, table.ClusterNames.Length];
        for (var c = 0; c < table.ClassNames.Length; c++)
            for (var k = 0; k < table.ClusterNames.Length; k++)
                cost[c, k] = -table.Cells[c][k];
        var match = Hungarian.Match(cost);
        // A pair without a row in common is no match: it would only depend on the order of the names.
        for (var c = 0; c < match.Length; c++)
            if (match[c] >= 0 && table.Cells[c][match[c]] == 0) match[c] = -1;
        return match;
    }

    static List<ClassScore> PerClass(Contingency table, int[] match)
    {
        var scores = new List<ClassScore>(match.Length);
        for (var c = 0; c < match.Length; c++)
        {
            double hit = match[c] < 0 ? 0 : table.Cells[c][match[c]];
            var precision = hit == 0 ? 0 : hit / table.ClusterSizes[match[c]];
            var recall = hit / table.ClassSizes[c];
            var f1 = hit == 0 ? 0 : 2 * precision * recall / (precision + recall);
            scores.Add(new ClassScore(table.ClassNames[c], table.ClassSizes[c], precision, recall, f1));
        }

        return scores;
    }

    // Rows that belong to the largest class of their cluster.
    static long Purity(Contingency table)
    {
        var rows = 0L;
        for (var k = 0; k < table.ClusterNames.Length; k++) rows += table.Cells.Max(row => row[k]);
        return rows;
    }

    static SortedDictionary<string, string?> Names(Contingency table, int[] match)
    {
        var names = new SortedDictionary<string, string?>(StringComparer.Ordinal);
        for (var c = 0; c < match.Length; c++) names[table.ClassNames[c]] = match[c] < 0 ? null : table.ClusterNames[match[c]];
        return names;
    }
}
