namespace Coterie.Decisions.Demand;

/// <summary>Which level of the model's distribution covers a wanted share of what really came, learned from origins that have passed: conformal
/// calibration of distributions (Chernozhukov, Wüthrich and Zhu 2021), by the size of the forecast.</summary>
/// <remarks>
/// A score is where an outcome stood in its forecast distribution. Levels up to 1/2 use the randomised probability integral transform, which is uniform
/// for a right model of counts (Czado, Gneiting and Held 2009). Levels above 1/2 are read literally, "at or below in that share of weeks": the score is
/// P(Y &lt; y), so that counts do not cover more than they say. Beyond the level .99 the distribution is stretched in proportion, since real tails are
/// longer than the model's. Younger origins weigh more (Barber, Candès, Ramdas and Tibshirani 2023).
/// </remarks>
sealed class QuantileCalibration
{
    const double Tail = 0.99, Fading = 0.97, Prior = 3;
    const int FewestOfSize = 150, FewestAtAll = 40;
    static readonly double[] Sizes = [0.1, 0.3, 1, 3, 10, 30, 100];

    /// <summary>A score in two readings, and its weight.</summary>
    internal readonly record struct Score(double Mean, double Under, double Randomised, double Weight);

    // Each list: ascending places in the distribution, and the weight up to each, as a share.
    sealed record Ranked(double[] Under, double[] UnderShare, double[] Randomised, double[] RandomisedShare, int Count);

    readonly double trust;
    readonly Ranked?[] bySize = new Ranked?[Sizes.Length + 1];
    readonly Ranked? all;

    /// <param name="scores">Of the origins that have passed.</param>
    /// <param name="spans">Stretches of time without overlap among these origins. Outcomes of one week share its surprises: thousands of products over a
    /// few weeks are a few observations, so what they say is drawn towards the level as it is.</param>
    internal QuantileCalibration(List<Score> scores, double spans)
    {
        trust = spans / (spans + Prior);
        if (scores.Count >= FewestAtAll) all = Rank(scores);
        for (var size = 0; size < bySize.Length; size++)
        {
            var own = scores.FindAll(s => SizeOf(s.Mean) == size);
            bySize[size] = own.Count >= FewestOfSize ? Rank(own) : all;
        }
    }

    /// <summary>Whether there was enough to learn from; otherwise levels are taken as they are.</summary>
    internal bool Learned => all is not null;

    /// <summary>Weight of a score whose origin is so many weeks ago.</summary>
    internal static double Weight(int age) => Math.Pow(Fading, age);

    /// <summary>Where an outcome stands in its distribution.</summary>
    /// <param name="uniform">In [0, 1): where within the step of a count.</param>
    internal static Score ScoreOf(DemandDistribution distribution, double actual, double uniform, double weight)
    {
        var tail = Math.Max(distribution.Quantile(Tail), 1e-9);
        if (actual > tail) return new(distribution.Mean, Tail * actual / tail, Math.Min(Tail * actual / tail, 1), weight);
        var under = distribution.Under(actual);
        var upTo = distribution.AtMost(actual);
        return new(distribution.Mean, Math.Min(under, Tail), under + uniform * (upTo - under), weight);
    }

    /// <summary>The calibrated quantile.</summary>
    internal double Quantile(DemandDistribution distribution, double level)
    {
        var place = PlaceOf(distribution.Mean, level);
        if (place <= Tail) return distribution.Quantile(place);
        var far = distribution.Quantile(Tail) * place / Tail;
        return distribution.Whole ? Math.Floor(far + 1e-9) : far;
    }

    /// <summary>Ascending levels; no quantile below the one before it.</summary>
    internal double[] Quantiles(DemandDistribution distribution, ReadOnlySpan<double> levels)
    {
        var found = new double[levels.Length];
        for (var q = 0; q < levels.Length; q++) found[q] = Math.Max(q == 0 ? 0 : found[q - 1], Quantile(distribution, levels[q]));
        return found;
    }

    /// <summary>Whether a score is within a level after calibration, steps of counts shared out.</summary>
    internal bool Within(Score score, double mean, double level) => score.Randomised <= (bySize[SizeOf(mean)] is { } ranked
        ? trust * At(ranked.Randomised, ranked.RandomisedShare, level) + (1 - trust) * level : level);

    double PlaceOf(double mean, double level)
    {
        if (bySize[SizeOf(mean)] is not { } ranked) return level;
        var literal = level > 0.5;
        // One more than were seen: the outcome to come is one of them (Vovk, Gammerman and Shafer 2005).
        var wanted = literal ? level * (1 + 1.0 / ranked.Count) : level;
        var (places, shares) = literal ? (ranked.Under, ranked.UnderShare) : (ranked.Randomised, ranked.RandomisedShare);
        if (wanted > 1) return Math.Max(level, places[^1] + 1e-9);
        var place = trust * At(places, shares, wanted) + (1 - trust) * level;
        return Math.Max(place + (literal ? 1e-9 : 0), 1e-6);
    }

    static double At(double[] places, double[] shares, double wanted)
    {
        var at = Array.BinarySearch(shares, wanted - 1e-12);
        if (at < 0) at = ~at;
        return places[Math.Min(at, places.Length - 1)];
    }

    static int SizeOf(double mean)
    {
        var size = 0;
        while (size < Sizes.Length && mean > Sizes[size]) size++;
        return size;
    }

    static Ranked Rank(List<Score> scores)
    {
        var weights = scores.Select(s => s.Weight).ToArray();
        double[] under = [.. scores.Select(s => s.Under)], randomised = [.. scores.Select(s => s.Randomised)];
        return new(under, Shares(under, [.. weights]), randomised, Shares(randomised, [.. weights]), scores.Count);
    }

    static double[] Shares(double[] places, double[] weights)
    {
        Array.Sort(places, weights);
        var shares = new double[weights.Length];
        double sum = 0, total = weights.Sum();
        for (var i = 0; i < weights.Length; i++) shares[i] = (sum += weights[i]) / total;
        return shares;
    }
}
