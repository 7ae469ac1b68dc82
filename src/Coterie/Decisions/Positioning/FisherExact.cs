using MathNet.Numerics;

namespace Coterie.Decisions.Positioning;

/// <summary>Fisher's exact test and the procedure of Benjamini and Hochberg.</summary>
public static class FisherExact
{
    /// <summary>The chance of at least so many baskets with both, given how many have each, if the two had nothing to do with one another (hypergeometric, one-sided).</summary>
    /// <param name="both">Baskets with both.</param>
    /// <param name="first">Baskets with the first.</param>
    /// <param name="second">Baskets with the second.</param>
    /// <param name="all">All baskets.</param>
    public static double Greater(int both, int first, int second, int all)
    {
        var most = Math.Min(first, second);
        var log = LogChoose(first, both) + LogChoose(all - first, second - both) - LogChoose(all, second);
        double term = 1, sum = 1;
        // Terms fall from the mode on and rise before it; once they fall and are small nothing is left to add.
        for (var k = both; k < most; k++)
        {
            term *= (double)(first - k) * (second - k) / ((k + 1.0) * (all - first - second + k + 1.0));
            sum += term;
            if (term < 1e-17 * sum) break;
        }

        return Math.Min(1, Math.Exp(log + Math.Log(sum)));
    }

    static double LogChoose(int n, int k) => SpecialFunctions.GammaLn(n + 1.0) - SpecialFunctions.GammaLn(k + 1.0) - SpecialFunctions.GammaLn(n - k + 1.0);

    /// <summary>Adjusted p-values (Benjamini and Hochberg 1995): below q they keep the expected share of false findings below q.</summary>
    /// <param name="p">The smallest p-values among <paramref name="tests"/>, in any order.</param>
    /// <param name="tests">All tests made, those not listed too (their p-values count as larger).</param>
    public static double[] Adjusted(double[] p, long tests)
    {
        var order = Enumerable.Range(0, p.Length).ToArray();
        Array.Sort(p.ToArray(), order);
        var adjusted = new double[p.Length];
        var least = 1.0;
        for (var k = p.Length - 1; k >= 0; k--) adjusted[order[k]] = least = Math.Min(least, p[order[k]] * tests / (k + 1));
        return adjusted;
    }
}
