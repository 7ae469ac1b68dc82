using MathNet.Numerics.Distributions;

namespace Coterie.Server.Jobs;

/// <summary>Population stability index: how far shares have moved between two times.</summary>
static class StabilityIndex
{
    /// <summary>Sum over groups of (now - before) ln(now / before). Both are smoothed by half a customer a group, so that an empty group counts, and is finite.</summary>
    /// <param name="before">Customers of each group then.</param>
    /// <param name="now">Customers of each group now; as many groups.</param>
    /// <returns>0 for equal shares; 0.1 is called a small and 0.25 a large shift (Siddiqi, Credit Risk Scorecards, 2006).</returns>
    public static double Of(ReadOnlySpan<long> before, ReadOnlySpan<long> now)
    {
        if (before.Length != now.Length) throw new ArgumentException($"There are {before.Length} groups then and {now.Length} now.", nameof(now));
        double all = 0, allNow = 0, index = 0;
        foreach (var n in before) all += n + 0.5;
        foreach (var n in now) allNow += n + 0.5;
        for (var i = 0; i < before.Length; i++)
        {
            var (p, q) = ((before[i] + 0.5) / all, (now[i] + 0.5) / allNow);
            index += (q - p) * Math.Log(q / p);
        }

        return index;
    }

    /// <summary>What the index stays under by chance with the given probability when nothing has moved: it is then near (1/N + 1/M) times chi-square
    /// with one degree of freedom less than there are groups (Yurdakul and Naranjo, Statistical properties of the population stability index, 2020).</summary>
    public static double Chance(int groups, long before, long now, double probability = 0.999) =>
        groups < 2 || before == 0 || now == 0 ? 0 : (1.0 / before + 1.0 / now) * ChiSquared.InvCDF(groups - 1, probability);
}
