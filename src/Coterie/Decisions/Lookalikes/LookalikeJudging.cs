using Coterie.Evaluation;
using Coterie.Numerics;

namespace Coterie.Decisions.Lookalikes;

/// <summary>How many of the hidden half a reach finds.</summary>
/// <param name="Reach">Share of customers outside the shown half that is taken, the likest first; it is also what chance would find.</param>
/// <param name="Found">Share of the hidden half among them, with the interval over halves.</param>
/// <param name="FoundByRfm">The same by likeness in recency, frequency and money alone.</param>
/// <param name="Gain">Found less found by RFM, paired over halves.</param>
public sealed record LookalikeRecall(double Reach, Estimate Found, Estimate FoundByRfm, Estimate Gain);

/// <summary>Hides half of the seed and counts how much of it is found again.</summary>
internal sealed class LookalikeJudging
{
    internal static readonly double[] Reaches = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
    internal const int Judged = 3;
    const int MostLearned = 4000;

    readonly Matrix seeds, others;
    readonly float[] table, rfmTable;
    readonly int nearest;

    /// <param name="seeds">s x d.</param>
    /// <param name="others">o x d.</param>
    /// <param name="rfmSeeds">s x 3.</param>
    /// <param name="rfmOthers">o x 3.</param>
    /// <param name="unit">Whether rows have length one.</param>
    /// <param name="nearest">Seeds that are compared with.</param>
    /// <param name="threads">To use.</param>
    internal LookalikeJudging(Matrix seeds, Matrix others, Matrix rfmSeeds, Matrix rfmOthers, bool unit, int nearest, int threads)
    {
        (this.seeds, this.others, this.nearest) = (seeds, others, nearest);
        table = SeedLikeness.Table(Both(seeds, others), seeds, unit, threads);
        rfmTable = SeedLikeness.Table(Both(rfmSeeds, rfmOthers), rfmSeeds, unit: false, threads);
    }

    static Matrix Both(Matrix a, Matrix b) => new([.. a.Values, .. b.Values], a.Rows + b.Rows, a.Columns);

    /// <summary>Share of the hidden half found at each reach, for each half: nearest seeds, linear, RFM.</summary>
    internal sealed record Half(double[] Nearest, double[] Linear, double[] Rfm);

    internal Half[] Halves(int count, Seed seed, int threads)
    {
        var halves = new Half[count];
        Chunks.Each(count, threads, h =>
        {
            var order = Enumerable.Range(0, seeds.Rows).ToArray();
            seed.Stream((ulong)h).Shuffle<int>(order);
            int[] shown = [.. order.Take(seeds.Rows / 2)], hidden = [.. order.Skip(seeds.Rows / 2)];
            // Candidates: the hidden half first, then the others.
            int[] candidates = [.. hidden, .. Enumerable.Range(seeds.Rows, others.Rows)];
            var learned = others.Rows <= MostLearned ? others : others.Take([.. Enumerable.Range(0, MostLearned)]);
            var linear = SeedLikeness.Linear(seeds.Take(shown), learned);
            halves[h] = new(
                Recall(Array.ConvertAll(candidates, c => Near(table, c, shown)), hidden.Length),
                Recall([.. linear.Score(seeds.Take(hidden)), .. linear.Score(others)], hidden.Length),
                Recall(Array.ConvertAll(candidates, c => Near(rfmTable, c, shown)), hidden.Length));
        });
        return halves;
    }

    double Near(float[] similarities, int row, int[] shown) => SeedLikeness.Nearest(similarities.AsSpan(row * seeds.Rows, seeds.Rows), shown, nearest);

    /// <summary>The share of the first so many candidates among the highest scores at each reach; equal scores count in part.</summary>
    internal static double[] Recall(double[] scores, int hidden)
    {
        var keys = Array.ConvertAll(scores, s => -s);
        var order = Enumerable.Range(0, scores.Length).ToArray();
        Array.Sort(keys, order);
        return Array.ConvertAll(Reaches, reach =>
        {
            double border = reach * scores.Length, found = 0;
            for (var i = 0; i < keys.Length && i < border;)
            {
                int start = i, own = 0;
                for (; i < keys.Length && keys[i] == keys[start]; i++)
                    if (order[i] < hidden) own++;
                found += own * Math.Min(1, (border - start) / (i - start));
            }

            return found / hidden;
        });
    }

    internal static IReadOnlyList<LookalikeRecall> Summed(Half[] halves, bool linear) =>
        [.. Reaches.Select((reach, r) => new LookalikeRecall(reach,
            Interval([.. halves.Select(h => Of(h, linear)[r])]), Interval([.. halves.Select(h => h.Rfm[r])]), Interval([.. halves.Select(h => Of(h, linear)[r] - h.Rfm[r])])))];

    internal static double[] Of(Half half, bool linear) => linear ? half.Linear : half.Nearest;

    // The mean over halves, and where 95 of 100 halves lie.
    static Estimate Interval(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return new(values.Average(), sorted[(int)(0.025 * (sorted.Length - 1))], sorted[(int)Math.Ceiling(0.975 * (sorted.Length - 1))]);
    }
}
