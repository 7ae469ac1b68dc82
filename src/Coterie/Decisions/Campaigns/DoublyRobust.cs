using Coterie.Evaluation;
using Coterie.Numerics;
using MathNet.Numerics.Distributions;

namespace Coterie.Decisions.Campaigns;

/// <summary>Augmented inverse-propensity scores (Robins, Rotnitzky and Zhao 1994), cross-fitted (Chernozhukov et al. 2018): their mean over any group chosen
/// without its outcomes is the effect on that group, and sharp where the outcome models are good. As the design gives the propensity, wrong outcome
/// models cost width, never truth.</summary>
internal static class DoublyRobust
{
    const int Folds = 5;
    const double Penalty = 10;

    /// <summary>One score a customer: m1 - m0 + t (y - m1) / e - (1 - t)(y - m0) / (1 - e).</summary>
    public static double[] Scores(UpliftSample s, Seed seed)
    {
        var fold = Fold(s.Count, Folds, seed);
        var scores = new double[s.Count];
        for (var k = 0; k < Folds; k++)
        {
            int[] inside = [.. Enumerable.Range(0, s.Count).Where(i => fold[i] == k)];
            var outside = s.Take([.. Enumerable.Range(0, s.Count).Where(i => fold[i] != k)]);
            UpliftSample treated = outside.Arm(true), control = outside.Arm(false);
            var rows = s.Rows.Take(inside);
            double[] with = UpliftLearners.Outcome(treated.Rows, treated.Outcome, Penalty)(rows),
                without = UpliftLearners.Outcome(control.Rows, control.Outcome, Penalty)(rows);
            for (var r = 0; r < inside.Length; r++)
            {
                var i = inside[r];
                var e = s.Propensity[i];
                scores[i] = with[r] - without[r] + (s.Treated[i] ? (s.Outcome[i] - with[r]) / e : -(s.Outcome[i] - without[r]) / (1 - e));
            }
        }

        return scores;
    }

    /// <summary>Random folds of equal size, n values of 0 .. folds-1.</summary>
    public static int[] Fold(int n, int folds, Seed seed)
    {
        var order = Enumerable.Range(0, n).ToArray();
        seed.Stream(0xF01D).Shuffle<int>(order);
        var fold = new int[n];
        for (var r = 0; r < n; r++) fold[order[r]] = r % folds;
        return fold;
    }

    /// <summary>A mean with its normal interval.</summary>
    public static Estimate Mean(IReadOnlyList<double> values, double level = 0.95)
    {
        double n = values.Count, mean = values.Sum() / n;
        var half = Normal.InvCDF(0, 1, (1 + level) / 2) * Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (n - 1) / n);
        return new(mean, mean - half, mean + half);
    }
}
