using Coterie.Evaluation;
using Coterie.Numerics;

namespace Coterie.Fusion;

/// <summary>How far two labelings of the same customers agree, how sure that is, and whether it is more than chance.</summary>
public static class ViewAgreement
{
    /// <summary>Compares labels (each n; a negative one is "in no cluster") of the same customers in the same order.</summary>
    /// <exception cref="ConfigurationException">An option is impossible; every problem is listed.</exception>
    /// <exception cref="InputException">The labelings differ in length, or have no customer in common.</exception>
    public static AgreementReport Measure(string firstName, int[] first, string secondName, int[] second, AgreementOptions options, Seed seed)
    {
        var problems = options.Problems().ToArray();
        if (problems.Length > 0) throw new ConfigurationException(string.Join('\n', problems));
        if (first.Length != second.Length)
            throw new InputException($"{firstName} labels {first.Length} customers and {secondName} {second.Length}; expected the same customers in the same order.");
        var table = PairTable.Of(first, second);
        if (table.Count == 0)
            throw new InputException($"no customer is in a cluster of both {firstName} and {secondName}; agreement needs some. Compare labelings of the same customers.");

        double[][] resampled = Many(options.Resamples, options.Threads, b =>
        {
            var drawn = table.Resampled(seed.Child(1).Stream((ulong)b));
            return [drawn.Ari, drawn.Ami(), drawn.Kappa()];
        });
        var expected = table.ExpectedMutual();
        double[][] chance = Many(options.Permutations, options.Threads, b =>
        {
            var paired = table.Shuffled(seed.Child(2).Stream((ulong)b));
            return [paired.Ari, paired.Ami(expected), paired.Kappa()];
        });

        AgreementIndex Index(int which, double value) => Judge(value, [.. resampled.Select(r => r[which])], [.. chance.Select(c => c[which])]);
        var report = new AgreementReport
        {
            First = firstName,
            Second = secondName,
            Customers = table.Count,
            LeftOut = first.Length - table.Count,
            FirstClusters = table.RowSizes.Length,
            SecondClusters = table.ColumnSizes.Length,
            Ari = Index(0, table.Ari),
            Ami = Index(1, table.Ami(expected)),
            Kappa = Index(2, table.Kappa()),
            Matching = Matched(table),
            BetterThanChance = false,
            Sentence = "",
            SentenceZh = "",
        };
        // One cluster on a side says nothing of anybody, whatever conventions give the indices.
        var better = report is { FirstClusters: > 1, SecondClusters: > 1 } && report.Ari.PValue <= options.Level && report.Ari.Value.Low > 0;
        report = report with { BetterThanChance = better };
        return report with { Sentence = AgreementWords.English(report), SentenceZh = AgreementWords.Chinese(report) };
    }

    static double[][] Many(int count, int threads, Func<int, double[]> one)
    {
        var all = new double[count][];
        Chunks.Each(count, threads, b => all[b] = one(b));
        return all;
    }

    static AgreementIndex Judge(double value, double[] resamples, double[] chance)
    {
        // Equal tables can differ in the last bit when their sums run in another order.
        var reached = chance.Count(c => c >= value - 1e-12);
        Array.Sort(chance);
        return new(PredictiveValidity.Interval(value, resamples), chance.Average(), chance[(int)Math.Ceiling(0.95 * (chance.Length - 1))],
            (1.0 + reached) / (1 + chance.Length));
    }

    static List<MatchedClusters> Matched(PairTable table)
    {
        var match = table.Match();
        return [.. match.Select((j, i) => new MatchedClusters(table.RowLabels[i], j < 0 ? null : table.ColumnLabels[j],
            j < 0 ? 0 : table.Cells[i][j], table.RowSizes[i], j < 0 ? 0 : table.ColumnSizes[j])).OrderBy(m => m.First)];
    }
}
