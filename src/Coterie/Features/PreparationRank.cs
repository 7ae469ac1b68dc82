using MathNet.Numerics.Distributions;

namespace Coterie.Features;

/// <summary>Rank to normal score (van der Waerden): the standard normal quantile of a value's place among learned knots.</summary>
static class RankTransform
{
    // Knots of a large table: quantiles this fine move a normal score by less than .01 except in the last half percent.
    const int MostKnots = 1001;

    /// <summary>At most 1001 evenly spaced order statistics of sorted values.</summary>
    public static double[] Knots(double[] sorted)
    {
        if (sorted.Length <= MostKnots) return [.. sorted];
        var knots = new double[MostKnots];
        for (var i = 0; i < MostKnots; i++) knots[i] = sorted[(long)i * (sorted.Length - 1) / (MostKnots - 1)];
        return knots;
    }

    /// <summary>Normal scores of the places 0, 1/2, 1 .. m-1, so that ties get the score of their middle place.</summary>
    public static double[] Scores(int knots)
    {
        var scores = new double[Math.Max(0, 2 * knots - 1)];
        for (var p = 0; p < scores.Length; p++) scores[p] = Normal.InvCDF(0, 1, (p / 2.0 + 0.5) / knots);
        return scores;
    }

    /// <summary>Score of x: of the middle place among equal knots, else interpolated between the neighbours; flat beyond the ends.</summary>
    public static double Score(double[] knots, double[] scores, double x)
    {
        int low = Bound(knots, x, false), high = Bound(knots, x, true);
        if (high > low) return scores[low + high - 1];
        if (low == 0) return scores[0];
        if (low == knots.Length) return scores[2 * (knots.Length - 1)];
        // Between two runs of equal knots the score goes from the middle of one to the middle of the other.
        double a = knots[low - 1], b = knots[low];
        double from = scores[Bound(knots, a, false) + low - 1], to = scores[low + Bound(knots, b, true) - 1];
        return from + (to - from) * (x - a) / (b - a);
    }

    // First place whose knot is at least x, or more than x.
    static int Bound(double[] knots, double x, bool beyond)
    {
        int low = 0, high = knots.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (knots[middle] < x || (beyond && knots[middle] == x)) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
