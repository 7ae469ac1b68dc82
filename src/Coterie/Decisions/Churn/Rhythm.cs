using Coterie.Numerics;

namespace Coterie.Decisions.Churn;

/// <summary>How often a shop's customers order, each seen in the light of all: fitted on the gaps between order days before an instant, nothing later.</summary>
/// <remarks>
/// The log of a gap is taken as normal around the customer's own mean, and those means as normal around the shop's (a random-effects model; the two variances
/// by one-way analysis of variance, Searle, Casella and McCulloch 1992, section 3.6; the shop's mean by generalised least squares). A customer's rhythm is the exponential of the mean that this expects of
/// them: (sum of own log gaps + k * shop's mean) / (number of own gaps + k), k = variance within / variance between.
/// Silences are measured in rhythms. How many go on is Kaplan and Meier's curve S (1958) over all gaps, the last one of each customer being censored. Of all
/// silences, S(u) - S(end) last longer than u and still end with an order, as far as a tenth of customers could be followed: the window is the shortest u for which this falls below
/// a share. Of those that have lasted u, 1 - S(end) / S(u) end with an order: the limit is the shortest u for which this falls below the share.
/// </remarks>
public sealed record Rhythm
{
    /// <summary>Mean of the log of a gap in days, over customers.</summary>
    public required double Mean { get; init; }
    /// <summary>Variance of log gaps of one customer.</summary>
    public required double Within { get; init; }
    /// <summary>Variance of customers' means.</summary>
    public required double Between { get; init; }
    /// <summary>Silence, in own rhythms, after which fewer than the asked share of all silences still ended with an order.</summary>
    public required double Window { get; init; }
    /// <summary>Silence, in own rhythms, from which fewer than the asked share ever came back: whoever has been silent for so long is gone. Endless
    /// where silences were not followed for twice as long: then nobody is called gone.</summary>
    public required double Limit { get; init; }
    /// <summary>Gaps that it was fitted on.</summary>
    public required int Gaps { get; init; }

    // Fewer gaps tell nothing of a shop.
    internal const int FewestGaps = 50;

    // Fewer silences at risk are noise. And the curve ends where less than a tenth of customers could be followed for so many rhythms: its far tail would know
    // only customers of short rhythms, who come back.
    const int FewestAtRisk = 20;
    const double Followed = 0.1;

    /// <summary>The rhythm, in days, of a customer with these gaps.</summary>
    public double Days(int gaps, double sumOfLogs)
    {
        return Math.Exp(RandomEffects.Predict(Mean, Within, Between, gaps, sumOfLogs));
    }

    /// <summary>Null where the history holds too few gaps.</summary>
    /// <param name="orders">Everybody's order days.</param>
    /// <param name="customers">Whom to learn from: places in <paramref name="orders"/>.</param>
    /// <param name="at">Nothing after this is seen, days since the origin.</param>
    /// <param name="comeBack">The share of <see cref="Limit"/>.</param>
    internal static Rhythm? Fit(OrderDays orders, ReadOnlySpan<int> customers, double at, double comeBack)
    {
        List<double> sums = [];
        List<int> counts = [];
        double squares = 0;
        var gaps = 0;
        foreach (var i in customers)
        {
            var (count, sum, square) = Logs(orders, i, at);
            if (count == 0) continue;
            sums.Add(sum);
            counts.Add(count);
            squares += square;
            gaps += count;
        }

        if (gaps < FewestGaps || counts.Count < 10 || gaps == counts.Count) return null;
        var (mean, within, between) = RandomEffects.Of(counts, sums, squares);
        // Customers weigh by how well their means are known, not by how often they order.
        double weighted = 0, weights = 0;
        for (var g = 0; g < counts.Count; g++)
        {
            var weight = 1 / (between + within / counts[g]);
            weighted += weight * sums[g] / counts[g];
            weights += weight;
        }

        var rhythm = new Rhythm { Mean = within + between > 0 ? weighted / weights : mean, Within = within, Between = between, Window = 0, Limit = 0, Gaps = gaps };
        var limits = rhythm.LimitsOf(orders, customers, at, comeBack);
        return rhythm with { Window = limits.Window, Limit = limits.Limit };
    }

    /// <summary>Number, sum and sum of squares of the log gaps of a customer before an instant.</summary>
    internal static (int Count, double Sum, double Squares) Logs(OrderDays orders, int customer, double at)
    {
        double sum = 0, squares = 0;
        int before = orders.Before(customer, at), count = Math.Max(0, before - 1);
        for (var g = 1; g < before; g++)
        {
            var log = LogGap(orders.Times[customer], g);
            sum += log;
            squares += log * log;
        }

        return (count, sum, squares);
    }

    // Two days in a row can be hours apart; a gap is a day at least.
    static double LogGap(double[] times, int g) => Math.Log(Math.Max(1, times[g] - times[g - 1]));

    SilenceLimits LimitsOf(OrderDays orders, ReadOnlySpan<int> customers, double at, double comeBack)
    {
        List<double> lengths = [], followed = [];
        List<bool> ended = [];
        foreach (var i in customers)
        {
            var (count, sum, _) = Logs(orders, i, at);
            var before = orders.Before(i, at);
            if (before == 0) continue;
            for (var g = 1; g < before; g++)
            {
                // A gap must not be measured in itself: the rhythm is that of the other gaps.
                var log = LogGap(orders.Times[i], g);
                lengths.Add(Math.Exp(log) / Days(count - 1, sum - log));
                ended.Add(true);
            }

            lengths.Add((at - orders.Times[i][before - 1]) / Days(count, sum));
            ended.Add(false);
            followed.Add((at - orders.Times[i][0]) / Days(count, sum));
        }

        followed.Sort();
        var end = followed[(int)((1 - Followed) * (followed.Count - 1))];
        var limits = Limits([.. lengths], [.. ended], end, comeBack);
        // Near the end of the curve nobody has come back yet for want of time: to call anyone gone, silences must be followed for as long again.
        return limits.Limit <= end / 2 ? limits : limits with { Limit = double.PositiveInfinity };
    }

    /// <summary>The shortest silences after which, and from which, fewer than a share ever came back, as far as enough silences were followed.</summary>
    /// <param name="lengths">n silences.</param>
    /// <param name="ended">n; whether an order ended it, else it was still going on when last seen.</param>
    /// <param name="end">Where the curve ends.</param>
    /// <param name="comeBack">The share.</param>
    public static SilenceLimits Limits(double[] lengths, bool[] ended, double end, double comeBack)
    {
        var keys = lengths.ToArray();
        var events = ended.ToArray();
        Array.Sort(keys, events);
        // Distinct lengths and how many of all silences go on beyond each, by Kaplan and Meier.
        List<double> at = [0], beyond = [1];
        double survival = 1;
        for (int i = 0, n = keys.Length; i < n;)
        {
            var atRisk = n - i;
            if (atRisk < FewestAtRisk || keys[i] > end) break;
            var length = keys[i];
            var ends = 0;
            for (; i < n && keys[i] == length; i++) ends += events[i] ? 1 : 0;
            if (ends == 0) continue;
            survival *= 1 - (double)ends / atRisk;
            at.Add(length);
            beyond.Add(survival);
        }

        // At the end of the curve both are zero, so there is always a first.
        var window = beyond.FindIndex(s => s - beyond[^1] < comeBack);
        var limit = beyond.FindIndex(s => s <= 0 || 1 - beyond[^1] / s < comeBack);
        return new(at[window], at[limit]);
    }
}

/// <summary>Two limits of silence, in the unit of the lengths.</summary>
/// <param name="Window">After it fewer than the share of all silences ended.</param>
/// <param name="Limit">Of those that reached it, fewer than the share ended.</param>
public sealed record SilenceLimits(double Window, double Limit);
