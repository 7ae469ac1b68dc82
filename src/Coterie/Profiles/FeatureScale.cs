using Coterie.Features;

namespace Coterie.Profiles;

/// <summary>The scale on which a feature's difference is measured. Log and root keep the sign, so that refunds may be negative.</summary>
enum FeatureScale
{
    None,
    Sqrt,
    Log1p,
}

static class FeatureScales
{
    // Beyond this skewness a mean says little of a typical customer; 1 is the usual border of "highly skewed" (Bulmer 1979).
    const double HighSkewness = 1;

    public static string Name(this FeatureScale scale) => scale switch
    {
        FeatureScale.Sqrt => "sqrt",
        FeatureScale.Log1p => "log1p",
        _ => "none",
    };

    public static double Apply(this FeatureScale scale, double x) => scale switch
    {
        FeatureScale.Sqrt => x < 0 ? -Math.Sqrt(-x) : Math.Sqrt(x),
        FeatureScale.Log1p => x < 0 ? -Log1p(-x) : Log1p(x),
        _ => x,
    };

    /// <summary>The catalogue's choice where it names one; else by skewness: shares by root, amounts and counts by logarithm.</summary>
    public static FeatureScale For(Feature feature, ReadOnlySpan<double> column) => feature.Transform switch
    {
        Transform.None => FeatureScale.None,
        Transform.Sqrt => FeatureScale.Sqrt,
        Transform.Log => FeatureScale.Log1p,
        _ => Skewness(column) <= HighSkewness ? FeatureScale.None : feature.Unit == "share" ? FeatureScale.Sqrt : FeatureScale.Log1p,
    };

    static double Skewness(ReadOnlySpan<double> column)
    {
        double sum = 0;
        var n = 0;
        foreach (var x in column)
            if (!double.IsNaN(x)) { sum += x; n++; }
        if (n < 3) return 0;
        double mean = sum / n, second = 0, third = 0;
        foreach (var x in column)
        {
            if (double.IsNaN(x)) continue;
            var d = x - mean;
            second += d * d;
            third += d * d * d;
        }

        return second <= 0 ? 0 : third / n / Math.Pow(second / n, 1.5);
    }

    // log(1 + x) to full precision for small x (Kahan): shares near zero are common.
    static double Log1p(double x)
    {
        var u = 1 + x;
        return u == 1 ? x : Math.Log(u) * (x / (u - 1));
    }
}
