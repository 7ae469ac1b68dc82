using Coterie.Numerics;

namespace Coterie.Decisions;

/// <summary>P(N ≥ 1), P(N ≥ 2), … of purchases N within t at a rate that is gamma distributed with shape k and rate a: a negative binomial.</summary>
internal struct NegativeBinomialTail
{
    // Below e^-600 probabilities are carried as logarithms, for they would vanish before they grow.
    const double Deep = -600;

    readonly double k, ratio;
    double log, mass, tail;
    int n;

    internal NegativeBinomialTail(double k, double a, double t)
    {
        this.k = k;
        ratio = t / (a + t);
        log = -k * Special.Log1p(t / a);
        mass = Math.Exp(log);
        tail = log < Deep ? 1 : -Special.Expm1(log);
    }

    /// <summary>P(N ≥ next n), from n = 1.</summary>
    internal double Next()
    {
        if (n > 0)
        {
            var factor = (k + n - 1) / n * ratio;
            if (log < Deep)
            {
                log += Math.Log(factor);
                mass = Math.Exp(log);
            }
            else mass *= factor;

            tail = Math.Max(0, tail - mass);
        }

        n++;
        return tail;
    }
}
