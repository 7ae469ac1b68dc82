using System.Runtime.Intrinsics;

namespace Coterie.Numerics;

/// <summary>e^x of four doubles at once. The runtime's own vector function multiplies and adds in one rounding or in two, depending on how
/// the code around it was compiled, so the same seed would not give the same bytes; here every rounding is written down.</summary>
static class Exponential
{
    // Below, e^x is no normal number and counts as 0.
    const double Least = -708;

    // 1/p!, highest first: on |r| <= ln(2)/2 the rest of the series is below 2^-56.
    static readonly double[] Series = [.. Enumerable.Range(0, 14).Reverse().Select(p => 1 / Enumerable.Range(1, p).Aggregate(1.0, (product, i) => product * i))];

    /// <summary>e^x for x up to 709, to two units in the last place; 0 below -708. Reduction by Cody and Waite (1980): x = n ln 2 + r.</summary>
    public static Vector256<double> Of(Vector256<double> x)
    {
        // Adding 1.5 x 2^52 rounds to an integer, which then stands in the low bits.
        var magic = Vector256.Create(6755399441055744.0);
        var shifted = Vector256.FusedMultiplyAdd(Vector256.Max(x, Vector256.Create(Least)), Vector256.Create(1.4426950408889634), magic);
        var n = shifted - magic;
        var r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-6.93147180369123816490e-01), Vector256.Max(x, Vector256.Create(Least)));
        r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-1.90821492927058770002e-10), r);
        var sum = Vector256.Create(Series[0]);
        for (var p = 1; p < Series.Length; p++) sum = Vector256.FusedMultiplyAdd(sum, r, Vector256.Create(Series[p]));
        var power = (Vector256.ShiftLeft(shifted.AsInt64(), 52) + Vector256.Create(1023L << 52)).AsDouble();
        return Vector256.BitwiseAnd(sum * power, Vector256.GreaterThanOrEqual(x, Vector256.Create(Least)));
    }
}
