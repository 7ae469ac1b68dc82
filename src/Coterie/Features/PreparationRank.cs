using MathNet.Numerics.Distributions;

namespace Coterie.Features;

/// <summary>Rank to normal score (van der Waerden): the standard normal quantile of a value's place among learned knots.</summary>
sealed class RankTransform
{
    // Knots of a large table: quantiles this fine move a normal score by less than .01 except in the last half percent.
    const int MostKnots = 1001;

    readonly double[] knots;
    // For each knot the score of its run of equal knots: ties get the score of their middle place.
    readonly double[] scores;
    readonly double lowest, highest;

    /// <param name="knots">Ascending, one or more.</param>
    public RankTransform(double[] knots)
    {
        this.knots = knots;
        scores = new double[knots.Length];
        for (var start = 0; start < knots.Length;)
        {
            var end = start + 1;
            while (end < knots.Length && knots[end] == knots[start]) end++;
            Array.Fill(scores, ScoreOfPlace((start + end - 1) / 2.0), start, end - start);
            start = end;
        }

        (lowest, highest) = (ScoreOfPlace(0), ScoreOfPlace(knots.Length - 1));
    }

    /// <summary>At most 1001 evenly spaced order statistics of sorted values.</summary>
    public static double[] Knots(double[] sorted)
    {
        if (sorted.Length <= MostKnots) return [.. sorted];
        var knots = new double[MostKnots];
        for (var i = 0; i < MostKnots; i++) knots[i] = sorted[(long)i * (sorted.Length - 1) / (MostKnots - 1)];
        return knots;
    }

    /// <summary>Score of x: of the middle place among equal knots, else interpolated between the neighbours; flat beyond the ends.</summary>
    public double Score(double x)
    {
        int low = 0, high = knots.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (knots[middle] < x) low = middle + 1;
            else high = middle;
        }

        if (low == knots.Length) return highest;
        if (knots[low] == x) return scores[low];
        if (low == 0) return lowest;
        // Between two runs of equal knots the score goes from the middle of one to the middle of the other.
        double a = knots[low - 1], b = knots[low];
        return scores[low - 1] + (scores[low] - scores[low - 1]) * (x - a) / (b - a);
    }

    double ScoreOfPlace(double place) => Normal.InvCDF(0, 1, (place + 0.5) / knots.Length);
}
