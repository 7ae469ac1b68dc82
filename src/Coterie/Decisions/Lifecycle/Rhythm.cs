using Coterie.Numerics;

namespace Coterie.Decisions;

/// <summary>How long customers wait between two purchases: the shop's typical gap, how far customers differ in it, and from which multiple of
/// their own gap on few ever came back.</summary>
/// <remarks>Log gaps follow a one-way random-effects model: a customer's mean log gap has variance <see cref="Between"/> around the shop's, and each gap has
/// <see cref="Within"/> around the customer's. Variances are the analysis-of-variance estimates (Searle, Casella and McCulloch 1992, chapter 3, unbalanced case).
/// A customer's own gap is the best linear predictor: the mean of n log gaps counts n / (n + Within / Between), the shop's the rest.</remarks>
/// <param name="MeanLog">Mean of log gap in days.</param>
/// <param name="Within">Variance of log gaps within customers.</param>
/// <param name="Between">Variance of mean log gaps between customers; 0 where customers do not differ more than chance.</param>
/// <param name="Late">Of the gaps that ended with a purchase, 80 % were no longer than so many times the gap expected of their customer before.</param>
/// <param name="Gone">The same for 95 %.</param>
/// <param name="Gaps">Gaps that it was learned from.</param>
public sealed record Rhythm(double MeanLog, double Within, double Between, double Late, double Gone, int Gaps)
{
    const double LateShare = 0.80, GoneShare = 0.95;

    /// <summary>Fewer gaps than this do not make a rhythm.</summary>
    public const int FewestGaps = 50;

    /// <summary>The gap that a customer's next one is expected to be, in days, from the gaps so far.</summary>
    public double Expected(int gaps, double sumOfLogs) => Math.Exp(RandomEffects.Predict(MeanLog, Within, Between, gaps, sumOfLogs));

    /// <summary>Learned from the gaps between purchases up to a day; null where there are fewer than <see cref="FewestGaps"/>.</summary>
    public static Rhythm? Learn(IReadOnlyList<int[]> days, int until)
    {
        var (counts, sums, squares, n) = (new List<int>(), new List<double>(), 0.0, 0);
        foreach (var own in days)
        {
            var (gaps, logs) = (0, 0.0);
            for (var i = 1; i < own.Length && own[i] <= until; i++, gaps++)
            {
                var log = Math.Log(own[i] - own[i - 1]);
                logs += log;
                squares += log * log;
            }

            if (gaps == 0) continue;
            counts.Add(gaps);
            sums.Add(logs);
            n += gaps;
        }

        if (n < FewestGaps || counts.Count < 2) return null;
        var effects = RandomEffects.Of(counts, sums, squares);
        var rhythm = new Rhythm(effects.Mean, effects.Within, effects.Between, double.NaN, double.NaN, n);
        var ratios = new List<double>(n);
        foreach (var own in days)
        {
            double logs = 0;
            for (var i = 1; i < own.Length && own[i] <= until; i++)
            {
                var gap = own[i] - own[i - 1];
                ratios.Add(gap / rhythm.Expected(i - 1, logs));
                logs += Math.Log(gap);
            }
        }

        ratios.Sort();
        return rhythm with { Late = Quantile(ratios, LateShare), Gone = Quantile(ratios, GoneShare) };
    }

    /// <summary>The smallest value that a share of the sorted values does not exceed.</summary>
    static double Quantile(List<double> sorted, double share) => sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Count) - 1, 0, sorted.Count - 1)];
}
