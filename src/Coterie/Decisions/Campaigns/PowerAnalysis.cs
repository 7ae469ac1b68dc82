using MathNet.Numerics.Distributions;

namespace Coterie.Decisions.Campaigns;

/// <summary>How many customers a comparison of two means needs, and what it can see with those it has (two-sided z test; Cohen 1988, chapter 2;
/// Fleiss, Levin and Paik 2003, chapter 4, for shares).</summary>
public static class PowerAnalysis
{
    /// <summary>The chance that an effect of this size is detected.</summary>
    public static double Power(double effect, double standardError, double alpha = 0.05)
    {
        var z = Normal.InvCDF(0, 1, 1 - alpha / 2);
        var shift = Math.Abs(effect) / standardError;
        return Normal.CDF(0, 1, shift - z) + Normal.CDF(0, 1, -shift - z);
    }

    /// <summary>The error of a difference of means.</summary>
    public static double StandardError(double treatedVariance, double treated, double controlVariance, double control) =>
        Math.Sqrt(treatedVariance / treated + controlVariance / control);

    /// <summary>The smallest effect that is detected with this power, by an error that does not depend on it.</summary>
    public static double Detectable(double standardError, double power = 0.8, double alpha = 0.05) =>
        (Normal.InvCDF(0, 1, 1 - alpha / 2) + Normal.InvCDF(0, 1, power)) * standardError;

    /// <summary>The smallest rise of a share that is detected: the variance of the risen share is its own.</summary>
    public static double DetectableShare(double baseline, double treated, double control, double power = 0.8, double alpha = 0.05)
    {
        double low = 0, high = 1 - baseline;
        for (var round = 0; round < 60; round++)
        {
            var rise = (low + high) / 2;
            var risen = baseline + rise;
            var error = StandardError(risen * (1 - risen), treated, baseline * (1 - baseline), control);
            if (Detectable(error, power, alpha) < rise) high = rise;
            else low = rise;
        }

        return high;
    }

    /// <summary>Treated customers needed to see an effect, with <paramref name="controls"/> control customers for each.</summary>
    public static double SampleSize(double effect, double treatedVariance, double controlVariance, double controls = 1, double power = 0.8, double alpha = 0.05)
    {
        var z = Normal.InvCDF(0, 1, 1 - alpha / 2) + Normal.InvCDF(0, 1, power);
        return Math.Ceiling(z * z * (treatedVariance + controlVariance / controls) / (effect * effect));
    }
}
