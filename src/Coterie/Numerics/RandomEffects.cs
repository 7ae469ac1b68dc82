namespace Coterie.Numerics;

/// <summary>The two variances of a one-way random-effects model, by the analysis of variance of the unbalanced case (Searle, Casella and McCulloch,
/// Variance Components, 1992, chapter 3): values of a group lie around its mean with <paramref name="Within"/>, means of groups around that of all with
/// <paramref name="Between"/>.</summary>
/// <param name="Mean">Of all values.</param>
/// <param name="Within">Within groups; with one value a group all variance is here, because the two cannot be told apart.</param>
/// <param name="Between">Between groups; 0 where they differ no more than chance.</param>
public sealed record RandomEffects(double Mean, double Within, double Between)
{
    /// <param name="counts">g numbers of values, 1 or more each; two groups at least.</param>
    /// <param name="sums">g sums of values.</param>
    /// <param name="squares">Sum of the squares of all values.</param>
    public static RandomEffects Of(IReadOnlyList<int> counts, IReadOnlyList<double> sums, double squares)
    {
        double total = 0, groups = 0, sizes = 0;
        var n = 0;
        for (var g = 0; g < counts.Count; g++)
        {
            n += counts[g];
            total += sums[g];
            groups += sums[g] * sums[g] / counts[g];
            sizes += (double)counts[g] * counts[g];
        }

        var mean = total / n;
        var means = (groups - n * mean * mean) / (counts.Count - 1);
        if (n == counts.Count) return new(mean, means, 0);
        var within = Math.Max(0, squares - groups) / (n - counts.Count);
        return new(mean, within, Math.Max(0, (means - within) / ((n - sizes / n) / (counts.Count - 1))));
    }

    /// <summary>The mean that a group is expected to have from its values so far: the best linear predictor around a mean of all.</summary>
    public static double Predict(double mean, double within, double between, int count, double sum)
    {
        if (between <= 0) return mean;
        var k = within / between;
        return (sum + k * mean) / (count + k);
    }
}
