namespace Coterie.Numerics;

/// <summary>Functions near the places where their plain formulas lose digits.</summary>
internal static class Special
{
    /// <summary>e^x − 1 (Kahan's correction: the rounding of e^x is undone by its logarithm).</summary>
    internal static double Expm1(double x)
    {
        if (Math.Abs(x) > 0.5) return Math.Exp(x) - 1;
        var u = Math.Exp(x);
        return u == 1 ? x : (u - 1) * x / Math.Log(u);
    }

    /// <summary>ln(1 + x), by the same correction.</summary>
    internal static double Log1p(double x)
    {
        var u = 1 + x;
        return u == 1 ? x : double.IsInfinity(u) ? u : Math.Log(u) * x / (u - 1);
    }

    /// <summary>ln(1 + e^z) without overflow.</summary>
    internal static double Softplus(double z) => Math.Max(z, 0) + Log1p(Math.Exp(-Math.Abs(z)));

    /// <summary>1 / (1 + e^-z).</summary>
    internal static double Sigmoid(double z) => 1 / (1 + Math.Exp(-z));

    /// <summary>(1 − y^p) / p for y in (0, 1], with its limit −ln y at p = 0.</summary>
    internal static double PowerDeficit(double y, double p)
    {
        var log = Math.Log(y);
        return Math.Abs(p * log) < 1e-300 ? -log : -Expm1(p * log) / p;
    }
}
