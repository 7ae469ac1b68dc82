namespace Coterie.Evaluation;

/// <summary>How well lists find the one product that was taken next, against the whole catalogue.</summary>
/// <remarks>Full ranking on purpose: metrics against a sample of other products do not keep the order of methods (Krichene and Rendle 2020, "On sampled
/// metrics for item recommendation").</remarks>
public sealed record RankingMetrics
{
    /// <summary>Customers judged.</summary>
    public required int Customers { get; init; }
    /// <summary>Share of customers whose product is among the first 1, 5, 10.</summary>
    public required double HitRate1 { get; init; }
    public required double HitRate5 { get; init; }
    public required double HitRate10 { get; init; }
    /// <summary>Mean of 1 / log2(1 + rank) where the rank is at most 5, 10, else 0 (Järvelin and Kekäläinen 2002 with one right answer).</summary>
    public required double Ndcg5 { get; init; }
    public required double Ndcg10 { get; init; }

    /// <summary>Means over customers.</summary>
    public static RankingMetrics Of(IReadOnlyList<TargetPlace> places) => new()
    {
        Customers = places.Count,
        HitRate1 = Mean(places, p => p.Hit(1)),
        HitRate5 = Mean(places, p => p.Hit(5)),
        HitRate10 = Mean(places, p => p.Hit(10)),
        Ndcg5 = Mean(places, p => p.Gain(5)),
        Ndcg10 = Mean(places, p => p.Gain(10)),
    };

    static double Mean(IReadOnlyList<TargetPlace> places, Func<TargetPlace, double> of) => places.Count == 0 ? double.NaN : places.Average(of);
}

/// <summary>Where the right product stands. Products with equal scores are in no order: every measure is its mean over all orders of them, so that no model
/// gains from how a catalogue is sorted.</summary>
/// <param name="Above">Products with a higher score.</param>
/// <param name="Equal">Other products with the same score.</param>
public readonly record struct TargetPlace(int Above, int Equal)
{
    /// <param name="scores">One for each product; a score that is not a number ranks below all numbers.</param>
    /// <param name="target">The right product.</param>
    /// <param name="left">Products that are off the list, such as those taken before; the target itself is never off.</param>
    public static TargetPlace Of(ReadOnlySpan<float> scores, int target, ReadOnlySpan<int> left)
    {
        var off = new HashSet<int>();
        foreach (var product in left) off.Add(product);
        off.Remove(target);
        var own = Comparable(scores[target]);
        int above = 0, equal = -1;
        for (var p = 0; p < scores.Length; p++)
        {
            var score = Comparable(scores[p]);
            if (score < own || off.Contains(p)) continue;
            if (score > own) above++;
            else equal++;
        }

        return new(above, equal);
    }

    static float Comparable(float score) => float.IsNaN(score) ? float.NegativeInfinity : score;

    /// <summary>Probability of being among the first <paramref name="k"/>.</summary>
    public double Hit(int k) => Math.Clamp((k - Above) / (1.0 + Equal), 0, 1);

    /// <summary>Expected 1 / log2(1 + rank) where the rank is at most <paramref name="k"/>, else 0.</summary>
    public double Gain(int k)
    {
        double sum = 0;
        for (var rank = Above + 1; rank <= Math.Min(k, Above + 1 + Equal); rank++) sum += 1 / Math.Log2(1 + rank);
        return sum / (1.0 + Equal);
    }
}
