using Coterie.Numerics;
using MathNet.Numerics.Distributions;

namespace Coterie.Clustering.Search;

/// <summary>How much columns are extreme together. An elliptical copula of one parameter: Student's (Demarta and McNeil 2005) where it is more than
/// under the Gaussian copula, Pearson's type II (Fang, Kotz and Ng 1990; from the uniform ball on) where it is less. The parameter is estimated by the
/// kurtosis of the squared Mahalanobis length of the normal scores, matched against simulated copulas, so that both sides carry the same bias.</summary>
sealed class TailDependence
{
    // Degrees of freedom; below 0 Pearson II, whose columns are those of a uniform direction in so many more dimensions; 0 is Gaussian.
    // More than twenty are told from the Gaussian copula by no sample that is looked at.
    static readonly int[] Freedoms = [0, 20, 12, 8, 6, 5, 4, 3, 2, 1, -20, -12, -8, -6, -4, -3, -2];
    const int Simulated = 1000;
    const int Grid = 2048;                                                          // of asinh(y) in [0, Reach], or asin(y) in [0, pi / 2]
    const double Reach = 12;
    readonly int freedom;
    readonly double[] table = [];                                                   // normal score of |y|

    TailDependence(int freedom, int columns, bool mapped)
    {
        this.freedom = freedom;
        if (freedom == 0 || !mapped) return;
        table = new double[Grid + 1];
        // By the lower tail, where probabilities keep their digits.
        for (var g = 1; g <= Grid; g++)
        {
            var half = (columns - freedom - 1) / 2.0;
            var tail = freedom > 0
                ? StudentT.CDF(0, 1, freedom, -Math.Sinh(Reach * g / Grid))
                : Beta.CDF(half, half, Math.Max(0, (1 - Math.Sin(Math.PI / 2 * g / Grid)) / 2));
            table[g] = -Normal.InvCDF(0, 1, Math.Max(1e-300, tail));
        }
    }

    /// <summary>Learns from d columns of n normal scores of unit length, with the factor of their correlations.</summary>
    public static TailDependence Of(double[][] scores, double[] factor, int threads)
    {
        int d = scores.Length, n = scores[0].Length, m = Math.Min(n, Simulated);
        if (d < 2) return new(0, d, mapped: true);
        var own = Math.Log(Kurtosis(scores, factor));
        var score = new double[m];
        for (var i = 0; i < m; i++) score[i] = Normal.InvCDF(0, 1, (i + 0.5) / m);
        var identity = new double[factor.Length];
        for (int j = 0, p = 0; j < d; p += ++j) identity[p + j] = 1;
        var found = new double[Freedoms.Length];
        Chunks.Each(Freedoms.Length, threads, f =>
        {
            var tails = new TailDependence(Freedoms[f], d, mapped: false);
            var rng = new Rng(7, (ulong)f);
            var normal = new double[d];
            var columns = new float[d][];
            for (var j = 0; j < d; j++) columns[j] = new float[m];
            for (var i = 0; i < m; i++)
            {
                for (var j = 0; j < d; j++) normal[j] = rng.NextNormal();
                var stretch = tails.Stretch(normal, rng);
                for (var j = 0; j < d; j++) columns[j][i] = (float)(normal[j] * stretch);
            }

            found[f] = Math.Log(Kurtosis([.. columns.Select(c => Continuum.NormalScores(c, score))], identity));
        });
        var best = 0;
        for (var f = 1; f < found.Length; f++)
            if (Math.Abs(found[f] - own) < Math.Abs(found[best] - own)) best = f;
        return new(Freedoms[best], d, mapped: true);
    }

    // mean(q^2) / mean(q)^2 of q, the squared length of a row once correlations are taken out.
    static double Kurtosis(double[][] scores, double[] factor)
    {
        int d = scores.Length, n = scores[0].Length;
        var x = new double[d];
        double first = 0, second = 0;
        for (var i = 0; i < n; i++)
        {
            var q = 0.0;
            for (int j = 0, p = 0; j < d; j++)
            {
                var value = scores[j][i];
                for (var e = 0; e < j; e++) value -= factor[p++] * x[e];
                x[j] = value / factor[p++];
                q += x[j] * x[j];
            }

            first += q / n;
            second += q * q / n;
        }

        return first > 0 ? second / (first * first) : 1;
    }

    /// <summary>The factor that makes independent normal numbers a row of the copula's own family, before correlations.</summary>
    public double Stretch(double[] normal, Rng rng)
    {
        if (freedom == 0) return 1;
        var square = 0.0;
        for (var f = 0; f < Math.Abs(freedom); f++)
        {
            var z = rng.NextNormal();
            square += z * z;
        }

        if (freedom > 0) return Math.Sqrt(freedom / square);
        foreach (var z in normal) square += z * z;
        return 1 / Math.Sqrt(square);
    }

    /// <summary>The normal score of a number of that family.</summary>
    public double NormalScore(double y)
    {
        if (freedom == 0) return y;
        var size = Math.Abs(y);
        var at = Math.Min((freedom > 0 ? Math.Asinh(size) / Reach : Math.Asin(Math.Min(1, size)) / (Math.PI / 2)) * Grid, Grid - 1e-6);
        var cell = (int)at;
        var z = table[cell] + (table[cell + 1] - table[cell]) * (at - cell);
        return y < 0 ? -z : z;
    }
}
