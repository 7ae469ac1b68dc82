namespace Coterie.Decisions.Campaigns;

/// <summary>Intervals that may be looked at as often as one likes: all of them hold the true effect at once, so stopping at the first one that leaves
/// zero out does not raise the false alarms.</summary>
/// <remarks>The normal-mixture boundary of Robbins (1970) and Howard, Ramdas, McAuliffe and Sekhon (2021), in its asymptotic form for means of unknown
/// variance (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2021, theorem 2.2): after n customers of scores with deviation s,
/// half width = s sqrt( 2 (n r² + 1) / (n² r²) · log( sqrt(n r² + 1) / alpha ) ).</remarks>
public static class ConfidenceSequence
{
    /// <summary>Fewer customers in an arm than this, and the deviation is not known well enough to begin to look.</summary>
    public const int FirstLook = 100;

    /// <summary>The mixture's scale r that makes the interval narrowest near so many customers (Waudby-Smith et al. 2021, appendix B.2). It is fixed before
    /// the first look.</summary>
    public static double Scale(double planned, double alpha) =>
        Math.Sqrt((-2 * Math.Log(alpha) + Math.Log(-2 * Math.Log(alpha) + 1)) / Math.Max(planned, 1));

    /// <summary>Half the width of the interval after n customers.</summary>
    public static double HalfWidth(double n, double deviation, double scale, double alpha)
    {
        var v = n * scale * scale;
        return deviation * Math.Sqrt(2 * (v + 1) / (n * v) * (Math.Log(v + 1) / 2 - Math.Log(alpha)));
    }

    /// <summary>The always-valid p: the smallest alpha whose interval leaves zero out.</summary>
    public static double P(double n, double effect, double deviation, double scale)
    {
        if (!(deviation > 0)) return effect == 0 ? 1 : 0;
        var v = n * scale * scale;
        return Math.Min(1, Math.Exp(Math.Log(v + 1) / 2 - effect * effect * n * v / (2 * (v + 1) * deviation * deviation)));
    }

    /// <summary>The difference of two means, valid at every look.</summary>
    /// <param name="treated">The arm so far.</param>
    /// <param name="control">Control so far.</param>
    /// <param name="planned">Customers of both together for which the interval is made narrow; fixed beforehand.</param>
    /// <param name="level">0.95: the whole sequence holds the truth in 95 of 100 campaigns.</param>
    public static MeanEffect Of(Moments treated, Moments control, double planned, double level = 0.95)
    {
        double n = treated.Count + control.Count, alpha = 1 - level, difference = treated.Mean - control.Mean;
        var error = Math.Sqrt(treated.Variance / treated.Count + control.Variance / control.Count);
        if (Math.Min(treated.Count, control.Count) < FirstLook)
            return new(treated.Count, control.Count, treated.Mean, control.Mean, new(difference, double.NegativeInfinity, double.PositiveInfinity), error, 1);
        // The deviation of one customer's score, so that the error of the mean of n scores is that of the difference.
        var deviation = error * Math.Sqrt(n);
        var scale = Scale(planned, alpha);
        var half = HalfWidth(n, deviation, scale, alpha);
        return new(treated.Count, control.Count, treated.Mean, control.Mean, new(difference, difference - half, difference + half), error, P(n, difference, deviation, scale));
    }
}
