using Coterie.Numerics;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;

namespace Coterie.Decisions.Campaigns;

/// <summary>Whether the arms have the sizes that were asked for.</summary>
/// <param name="Counts">Customers in each arm.</param>
/// <param name="Expected">Shares that were asked for.</param>
/// <param name="P">Of a mismatch as large by chance.</param>
/// <param name="Alarm">P below 0.001: customers were lost or doubled somewhere, and the results are not to be trusted.</param>
public sealed record SampleRatio(IReadOnlyList<int> Counts, IReadOnlyList<double> Expected, double P, bool Alarm);

/// <summary>How far a covariate's mean in an arm is from control's.</summary>
/// <param name="Name">The covariate.</param>
/// <param name="Arm">The arm.</param>
/// <param name="Difference">In standard deviations.</param>
public sealed record CovariateDifference(string Name, string Arm, double Difference);

/// <summary>Whether covariates foretell who was treated: in a randomised campaign they do not.</summary>
/// <param name="P">Of a difference in all covariates together as large by chance, over all arms.</param>
/// <param name="Random">P at least 0.001.</param>
/// <param name="Differences">Largest first.</param>
public sealed record CovariateBalance(double P, bool Random, IReadOnlyList<CovariateDifference> Differences);

/// <summary>The two checks that come before any effect: the sizes of the arms and their likeness.</summary>
public static class RandomisationChecks
{
    /// <summary>An alarm is a bug hunt, so it must be rare: the level that large experimenters use (Fabijan et al. 2019).</summary>
    public const double Level = 0.001;

    /// <summary>Sample ratio mismatch by Pearson's chi-square.</summary>
    public static SampleRatio SampleRatio(IReadOnlyList<int> counts, IReadOnlyList<double> shares)
    {
        double total = counts.Sum(), sum = shares.Sum(), statistic = 0;
        for (var a = 0; a < counts.Count; a++)
        {
            var expected = total * shares[a] / sum;
            statistic += (counts[a] - expected) * (counts[a] - expected) / expected;
        }

        var p = 1 - ChiSquared.CDF(counts.Count - 1, statistic);
        return new(counts, [.. shares.Select(s => s / sum)], p, p < Level);
    }

    /// <summary>Every arm against control by the distance of their covariate means in Mahalanobis' measure, chi-square under randomisation (Hansen and
    /// Bowers 2008); the smallest p times the number of arms.</summary>
    /// <param name="covariates">n x d, finite.</param>
    /// <param name="names">d.</param>
    /// <param name="arm">n; 0 is control.</param>
    /// <param name="arms">Names, control first.</param>
    public static CovariateBalance Balance(Matrix covariates, IReadOnlyList<string> names, ReadOnlySpan<int> arm, IReadOnlyList<string> arms)
    {
        var d = covariates.Columns;
        var least = 1.0;
        var differences = new List<CovariateDifference>();
        for (var a = 1; a < arms.Count && d > 0; a++)
        {
            var compared = new List<int>();
            for (var i = 0; i < arm.Length; i++)
                if (arm[i] == 0 || arm[i] == a) compared.Add(i);
            double[] all = new double[d], treated = new double[d];
            var count = 0;
            foreach (var i in compared)
            {
                var row = covariates.Row(i);
                var inArm = arm[i] == a;
                count += inArm ? 1 : 0;
                for (var j = 0; j < d; j++)
                {
                    all[j] += row[j] / compared.Count;
                    if (inArm) treated[j] += row[j];
                }
            }

            int n = compared.Count, control = n - count;
            if (count == 0 || control == 0) continue;
            var covariance = Matrix<double>.Build.Dense(d, d);
            foreach (var i in compared)
            {
                var row = covariates.Row(i);
                for (var j = 0; j < d; j++)
                    for (var k = 0; k <= j; k++) covariance[j, k] += (row[j] - all[j]) * (row[k] - all[k]) / (n - 1);
            }

            for (var j = 0; j < d; j++)
                for (var k = 0; k < j; k++) covariance[k, j] = covariance[j, k];
            // Mean of the arm minus mean of control, from the mean of both.
            var gap = Vector<double>.Build.Dense(d, j => (treated[j] / count - all[j]) * n / control);
            var statistic = gap * (Cuped.PseudoInverse(covariance) * gap) / (1.0 / count + 1.0 / control);
            var rank = Cuped.Rank(covariance);
            if (rank > 0) least = Math.Min(least, 1 - ChiSquared.CDF(rank, statistic));
            for (var j = 0; j < d; j++)
                differences.Add(new(names[j], arms[a], covariance[j, j] > 0 ? gap[j] / Math.Sqrt(covariance[j, j]) : 0));
        }

        var p = Math.Min(1, least * (arms.Count - 1));
        return new(p, p >= Level, [.. differences.OrderByDescending(x => Math.Abs(x.Difference))]);
    }
}
