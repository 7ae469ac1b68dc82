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
    public double Expected(int gaps, double sumOfLogs)
    {
        if (gaps == 0 || Between <= 0) return Math.Exp(MeanLog);
        var ratio = Within / Between;
        return Math.Exp((sumOfLogs + ratio * MeanLog) / (gaps + ratio));
    }

    /// <summary>Learned from the gaps between purchases up to a day; null where there are fewer than <see cref="FewestGaps"/>.</summary>
    public static Rhythm? Learn(IReadOnlyList<int[]> days, int until)
    {
        double sum = 0, sizes = 0;
        int n = 0, customers = 0;
        foreach (var own in days)
        {
            var (gaps, logs) = Sums(own, until);
            if (gaps == 0) continue;
            n += gaps;
            sum += logs;
            sizes += (double)gaps * gaps;
            customers++;
        }

        if (n < FewestGaps) return null;
        var mean = sum / n;
        double within = 0, between = 0;
        foreach (var own in days)
        {
            var (gaps, logs) = Sums(own, until);
            if (gaps == 0) continue;
            var centre = logs / gaps;
            between += gaps * (centre - mean) * (centre - mean);
            for (var i = 1; i < own.Length && own[i] <= until; i++) within += Math.Pow(Math.Log(own[i] - own[i - 1]) - centre, 2);
        }

        // With one gap a customer the two cannot be told apart: then all variance is within, and everybody has the shop's rhythm.
        var (insides, betweens) = (n - customers, customers - 1);
        var w = insides > 0 ? within / insides : between / Math.Max(1, betweens);
        var b = insides > 0 && betweens > 0 ? Math.Max(0, (between / betweens - w) / ((n - sizes / n) / betweens)) : 0;
        var rhythm = new Rhythm(mean, w, b, double.NaN, double.NaN, n);
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

    static LogGaps Sums(int[] days, int until)
    {
        var (n, sum) = (0, 0.0);
        for (var i = 1; i < days.Length && days[i] <= until; i++, n++) sum += Math.Log(days[i] - days[i - 1]);
        return new(n, sum);
    }

    readonly record struct LogGaps(int Count, double Sum);

    /// <summary>The smallest value that a share of the sorted values does not exceed.</summary>
    static double Quantile(List<double> sorted, double share) => sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Count) - 1, 0, sorted.Count - 1)];
}
