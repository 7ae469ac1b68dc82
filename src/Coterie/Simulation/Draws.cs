using Coterie.Numerics;

namespace Coterie.Simulation;

/// <summary>Random draws that are the same to the last bit on every machine: only operations that IEEE 754 fixes are used, since
/// the logarithm and exponential of the C library differ between systems.</summary>
sealed class Draws(Rng rng)
{
    public double Uniform() => rng.NextDouble();

    public uint Bits() => rng.Next();

    /// <summary>Uniform in 0 .. below-1.</summary>
    public int Int(int below) => rng.NextInt(below);

    public bool Chance(double probability) => rng.NextDouble() < probability;

    /// <summary>Mean 1; exactly one uniform number is used.</summary>
    public double Exponential() => -Portable.Log(1 - rng.NextDouble());

    /// <summary>Standard normal (polar method, Marsaglia 1964).</summary>
    public double Normal()
    {
        while (true)
        {
            double u = 2 * rng.NextDouble() - 1, v = 2 * rng.NextDouble() - 1, s = u * u + v * v;
            if (s is < 1 and > 0) return u * Math.Sqrt(-2 * Portable.Log(s) / s);
        }
    }

    /// <summary>Mean 1, heavy tailed.</summary>
    public double LogNormal(double sigma) => Portable.Exp(sigma * Normal() - sigma * sigma / 2);

    /// <summary>Poisson (Knuth 1969): arrivals of unit rate before <paramref name="mean"/>. Large means are cut into parts.</summary>
    public int Poisson(double mean)
    {
        const double part = 30;
        var count = 0;
        for (; mean > part; mean -= part) count += Poisson(part);
        var limit = Portable.Exp(-mean);
        for (var product = rng.NextDouble(); product > limit; product *= rng.NextDouble()) count++;
        return count;
    }

    /// <summary>An index with probability in proportion to its weight.</summary>
    public int Pick(ReadOnlySpan<double> weights)
    {
        double total = 0;
        foreach (var weight in weights) total += weight;
        var left = rng.NextDouble() * total;
        for (var i = 0; i < weights.Length - 1; i++)
            if ((left -= weights[i]) < 0) return i;
        return weights.Length - 1;
    }

    public void Shuffle(Span<int> items) => rng.Shuffle(items);
}

/// <summary>Logarithm and exponential from additions, multiplications and divisions only.</summary>
static class Portable
{
    const double Ln2 = 0.693147180559945309417232121458;

    /// <summary>Natural logarithm of a positive normal number, relative error below 1e-14: the series of atanh after the exponent
    /// is split off (Abramowitz and Stegun 4.1.27).</summary>
    public static double Log(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)(bits >> 52) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0x000FFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (mantissa > 1.4142135623730951)
        {
            mantissa /= 2;
            exponent++;
        }

        double s = (mantissa - 1) / (mantissa + 1), s2 = s * s, sum = 0;
        for (var k = 19; k >= 1; k -= 2) sum = sum * s2 + 1.0 / k;
        return exponent * Ln2 + 2 * s * sum;
    }

    /// <summary>e to the x for |x| below 700, relative error below 1e-14: Taylor's series on half an octave.</summary>
    public static double Exp(double x)
    {
        var octave = (int)Math.Floor(x / Ln2 + 0.5);
        double r = x - octave * Ln2, sum = 1;
        for (var k = 15; k >= 1; k--) sum = 1 + r * sum / k;
        return sum * BitConverter.Int64BitsToDouble((octave + 1023L) << 52);
    }
}
