using Coterie.Evaluation;
using MathNet.Numerics.Distributions;

namespace Coterie.Decisions.Campaigns;

/// <summary>How many, how much on average, and how spread.</summary>
/// <param name="Variance">With n - 1 in the denominator; 0 for fewer than two.</param>
public sealed record Moments(int Count, double Mean, double Variance)
{
    /// <summary>In two passes.</summary>
    public static Moments Of(ReadOnlySpan<double> values)
    {
        double sum = 0, square = 0;
        foreach (var v in values) sum += v;
        var mean = values.Length == 0 ? double.NaN : sum / values.Length;
        foreach (var v in values) square += (v - mean) * (v - mean);
        return new(values.Length, mean, values.Length > 1 ? square / (values.Length - 1) : 0);
    }
}

/// <summary>What an arm did beyond control.</summary>
/// <param name="Treated">Customers in the arm.</param>
/// <param name="Control">Customers in control.</param>
/// <param name="TreatedMean">Mean outcome in the arm.</param>
/// <param name="ControlMean">Mean outcome in control.</param>
/// <param name="Effect">Difference of the means with its interval.</param>
/// <param name="StandardError">Of the difference.</param>
/// <param name="P">Two-sided, of no difference.</param>
public sealed record MeanEffect(int Treated, int Control, double TreatedMean, double ControlMean, Estimate Effect, double StandardError, double P);

/// <summary>The difference of two means with unequal variances (Welch 1947), looked at once.</summary>
public static class MeanDifference
{
    /// <summary>Interval of the given level by Student's t with Satterthwaite's degrees of freedom. A degenerate interval where nothing varies.</summary>
    /// <param name="treated">The arm; at least two customers.</param>
    /// <param name="control">Control; at least two customers.</param>
    /// <param name="level">0.95: 95 of 100 such intervals hold the true difference.</param>
    public static MeanEffect Of(Moments treated, Moments control, double level = 0.95)
    {
        double a = treated.Variance / treated.Count, b = control.Variance / control.Count;
        var error = Math.Sqrt(a + b);
        var difference = treated.Mean - control.Mean;
        if (!(error > 0)) return new(treated.Count, control.Count, treated.Mean, control.Mean, new(difference, difference, difference), 0, difference == 0 ? 1 : 0);
        var freedom = (a + b) * (a + b) / (a * a / (treated.Count - 1) + b * b / (control.Count - 1));
        var half = Quantile(freedom, level) * error;
        return new(treated.Count, control.Count, treated.Mean, control.Mean, new(difference, difference - half, difference + half), error, Tail(freedom, Math.Abs(difference) / error));
    }

    // Beyond a few hundred degrees of freedom Student's t and the normal differ in the fourth digit; its inverse is costly.
    const double Many = 1000;

    static double Quantile(double freedom, double level) =>
        freedom > Many ? Normal.InvCDF(0, 1, (1 + level) / 2) : StudentT.InvCDF(0, 1, freedom, (1 + level) / 2);

    static double Tail(double freedom, double t) =>
        Math.Min(1, 2 * (freedom > Many ? Normal.CDF(0, 1, -t) : StudentT.CDF(0, 1, freedom, -t)));
}
