using Coterie.Evaluation;
using Coterie.Features;

namespace Coterie.Profiles;

/// <summary>One feature, segment by segment against everybody else. Arrays have one entry for each cluster.</summary>
sealed record FeatureContrast
{
    public required Feature Feature { get; init; }
    public required FeatureScale Scale { get; init; }
    /// <summary>Customers with a value, inside.</summary>
    public required int[] Count { get; init; }
    public required double[] MedianInside { get; init; }
    public required double[] MedianOutside { get; init; }
    public required double[] MeanInside { get; init; }
    public required double[] MeanOutside { get; init; }
    /// <summary>Null where there are too few values or no spread.</summary>
    public required Estimate?[] Difference { get; init; }
}

/// <summary>Standardised differences (Hedges g) and medians of every feature, segment against the rest.</summary>
static class FeatureContrasts
{
    // The normal quantile of a two-sided 95 % interval.
    const double Z95 = 1.959963984540054;
    // A segment that a feature separates perfectly has no spread within: the pooled spread is held to a tenth of that of all customers.
    const double SpreadFloor = 0.1;

    /// <summary>One contrast a feature. Features are independent, and each sums in the order of rows, so threads do not matter.</summary>
    public static FeatureContrast[] Of(FeatureTable table, int[] labels, int clusters, int threads)
    {
        var contrasts = new FeatureContrast[table.Features.Count];
        Parallel.For(0, contrasts.Length, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, threads) },
            f => contrasts[f] = Of(table.Features[f], table.Columns[f], labels, clusters));
        return contrasts;
    }

    static FeatureContrast Of(Feature feature, double[] column, int[] labels, int clusters)
    {
        var scale = FeatureScales.For(feature, column);
        var groups = clusters + 1; // the last group: customers in no segment
        var scaled = new Moments[groups];
        var raw = new Moments[groups];
        for (var i = 0; i < column.Length; i++)
        {
            if (double.IsNaN(column[i])) continue;
            var g = labels[i] < 0 ? clusters : labels[i];
            scaled[g].Add(scale.Apply(column[i]));
            raw[g].Add(column[i]);
        }

        var medians = GroupMedians.Of(column, labels, clusters);
        var contrast = new FeatureContrast
        {
            Feature = feature,
            Scale = scale,
            Count = new int[clusters],
            MedianInside = medians.Inside,
            MedianOutside = medians.Outside,
            MeanInside = new double[clusters],
            MeanOutside = new double[clusters],
            Difference = new Estimate?[clusters],
        };
        for (var k = 0; k < clusters; k++)
        {
            contrast.Count[k] = scaled[k].Count;
            contrast.MeanInside[k] = raw[k].Count == 0 ? double.NaN : raw[k].Mean;
            contrast.MeanOutside[k] = Rest(raw, k) is { Count: > 0 } rest ? rest.Mean : double.NaN;
            contrast.Difference[k] = Hedges(scaled[k], Rest(scaled, k));
        }

        return contrast;
    }

    static Moments Rest(Moments[] groups, int except)
    {
        var rest = default(Moments);
        for (var g = 0; g < groups.Length; g++)
            if (g != except) rest = rest.With(groups[g]);
        return rest;
    }

    /// <summary>Hedges' g = J (m1 - m2) / s with s the pooled spread and J the correction for small samples (Hedges 1981). The
    /// interval is normal; its variance is the delta method's for unequal variances,
    /// (v1/n1 + v2/n2)/s² + g² (f1 v1² + f2 v2²) / (2 f² s⁴), which is Hedges and Olkin's 1/n1 + 1/n2 + g²/(2f) when v1 = v2.</summary>
    internal static Estimate? Hedges(Moments inside, Moments outside)
    {
        if (inside.Count < 2 || outside.Count < 2) return null;
        double f1 = inside.Count - 1, f2 = outside.Count - 1, f = f1 + f2;
        double v1 = inside.SumOfSquares / f1, v2 = outside.SumOfSquares / f2;
        var all = inside.With(outside);
        var floor = SpreadFloor * SpreadFloor * all.SumOfSquares / (all.Count - 1);
        var pooled = Math.Max((f1 * v1 + f2 * v2) / f, floor);
        if (!(pooled > 0)) return null;
        var g = (1 - 3 / (4 * f - 1)) * (inside.Mean - outside.Mean) / Math.Sqrt(pooled);
        var variance = (v1 / inside.Count + v2 / outside.Count) / pooled
            + g * g * (f1 * v1 * v1 + f2 * v2 * v2) / (2 * f * f * pooled * pooled);
        var half = Z95 * Math.Sqrt(variance);
        return new Estimate(g, g - half, g + half);
    }
}

/// <summary>Count, mean and sum of squared deviations (Welford 1962; merged after Chan, Golub and LeVeque 1983).</summary>
struct Moments
{
    public int Count;
    public double Mean;
    public double SumOfSquares;

    public void Add(double x)
    {
        Count++;
        var d = x - Mean;
        Mean += d / Count;
        SumOfSquares += d * (x - Mean);
    }

    public readonly Moments With(Moments other)
    {
        if (other.Count == 0) return this;
        if (Count == 0) return other;
        double n = (double)Count + other.Count, d = other.Mean - Mean;
        return new Moments
        {
            Count = Count + other.Count,
            Mean = Mean + d * (other.Count / n),
            SumOfSquares = SumOfSquares + other.SumOfSquares + d * d * (Count * (double)other.Count / n),
        };
    }
}
