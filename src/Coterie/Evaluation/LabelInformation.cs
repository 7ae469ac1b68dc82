namespace Coterie.Evaluation;

/// <summary>Indices of information theory, in nats (Vinh, Epps and Bailey 2010), normalised by the arithmetic mean of the two
/// entropies as scikit-learn does.</summary>
static class Information
{
    public static double Entropy(int[] sizes, int count)
    {
        // One group has no entropy: exactly, where the sum below could leave a rounding error.
        if (sizes.Length <= 1) return 0;
        double entropy = 0, logCount = Math.Log(count);
        foreach (var size in sizes) entropy -= size / (double)count * (Math.Log(size) - logCount);
        return entropy;
    }

    public static double Mutual(Contingency table)
    {
        if (table.ClassSizes.Length <= 1 || table.ClusterSizes.Length <= 1) return 0;
        double mutual = 0, logCount = Math.Log(table.Count);
        for (var c = 0; c < table.ClassSizes.Length; c++)
        {
            for (var k = 0; k < table.ClusterSizes.Length; k++)
            {
                var cell = table.Cells[c][k];
                if (cell == 0) continue;
                mutual += cell / (double)table.Count
                    * (Math.Log(cell) + logCount - Math.Log(table.ClassSizes[c]) - Math.Log(table.ClusterSizes[k]));
            }
        }

        // Rounding of an independent table: scikit-learn clips at the same place.
        return mutual < 1e-15 ? 0 : mutual;
    }

    public static double NormalisedMutual(Contingency table, double mutual, double classEntropy, double clusterEntropy)
        => Unsplit(table) ? 1 : mutual == 0 ? 0 : mutual / ((classEntropy + clusterEntropy) / 2);

    /// <summary>The expectation can be handed in where it is known: it depends on the sizes of the groups alone.</summary>
    public static double AdjustedMutual(Contingency table, double mutual, double classEntropy, double clusterEntropy, double? known = null)
    {
        // Equal partitions: the limit is 1 even where expectation and maximum coincide (single rows only).
        if (Unsplit(table) || Equal(table)) return 1;
        var expected = known ?? ExpectedMutual(table.ClassSizes, table.ClusterSizes, table.Count);
        var room = (classEntropy + clusterEntropy) / 2 - expected;
        return room <= double.Epsilon ? 0 : (mutual - expected) / room;
    }

    /// <summary>Expectation of the mutual information over all pairings of rows with these group sizes (hypergeometric model,
    /// Vinh et al. 2010, eq. 24a), exact but for tails below e^-80. Groups of equal size are summed once.</summary>
    public static double ExpectedMutual(int[] classSizes, int[] clusterSizes, int count)
    {
        if (count == 0) return 0;
        var logFactorial = new double[count + 1];
        for (var i = 2; i <= count; i++) logFactorial[i] = logFactorial[i - 1] + Math.Log(i);
        var logCount = Math.Log(count);
        double expected = 0;
        foreach (var a in classSizes.GroupBy(size => size).OrderBy(group => group.Key))
        {
            foreach (var b in clusterSizes.GroupBy(size => size).OrderBy(group => group.Key))
            {
                double sum = 0, fixedPart = logFactorial[a.Key] + logFactorial[b.Key] + logFactorial[count - a.Key]
                    + logFactorial[count - b.Key] - logFactorial[count], logSizes = Math.Log(a.Key) + Math.Log(b.Key);
                // Bernstein's bound: further than 40 and twelve standard deviations from the mean nothing is left.
                var mean = (double)a.Key * b.Key / count;
                var reach = 40 + 12 * Math.Sqrt(mean * (count - a.Key) / count);
                var from = Math.Max(Math.Max(1, a.Key + b.Key - count), (int)(mean - reach));
                for (var n = from; n <= Math.Min(Math.Min(a.Key, b.Key), mean + reach); n++)
                {
                    var logProbability = fixedPart - logFactorial[n] - logFactorial[a.Key - n] - logFactorial[b.Key - n]
                        - logFactorial[count - a.Key - b.Key + n];
                    sum += n / (double)count * (logCount + Math.Log(n) - logSizes) * Math.Exp(logProbability);
                }

                expected += sum * a.Count() * b.Count();
            }
        }

        return expected;
    }

    static bool Unsplit(Contingency table) => table.ClassSizes.Length <= 1 && table.ClusterSizes.Length <= 1;

    // One cluster for each class and one class for each cluster.
    static bool Equal(Contingency table)
    {
        if (table.ClassSizes.Length != table.ClusterSizes.Length) return false;
        for (var c = 0; c < table.ClassSizes.Length; c++)
            if (!table.Cells[c].Contains(table.ClassSizes[c])) return false;
        for (var k = 0; k < table.ClusterSizes.Length; k++)
            if (!table.Cells.Any(row => row[k] == table.ClusterSizes[k])) return false;
        return true;
    }
}
