namespace Coterie.Numerics;

/// <summary>The seed of a run. Every random choice is drawn from a numbered stream of it, so that the order and the number of
/// threads never matter.</summary>
public readonly record struct Seed(ulong Value)
{
    /// <summary>An independent generator for the stream of this number.</summary>
    public Rng Stream(ulong number) => new(Value, number);

    /// <summary>A new seed for a part of the work (a start, a bootstrap replicate).</summary>
    public Seed Child(ulong number) => new(Rng.Mix(Value ^ Rng.Mix(number + 0x9E3779B97F4A7C15)));
}

/// <summary>PCG-XSH-RR 64/32 (O'Neill 2014): small, reproducible on every machine, with independent streams.</summary>
public sealed class Rng
{
    const ulong Multiplier = 6364136223846793005;
    readonly ulong increment;
    ulong state;
    double spare = double.NaN;

    public Rng(ulong seed, ulong stream)
    {
        increment = (Mix(stream) << 1) | 1;
        state = Mix(seed) + increment;
        Next();
    }

    /// <summary>A uniform 32-bit number.</summary>
    public uint Next()
    {
        var old = state;
        state = old * Multiplier + increment;
        var shifted = (uint)(((old >> 18) ^ old) >> 27);
        var rotation = (int)(old >> 59);
        return (shifted >> rotation) | (shifted << ((-rotation) & 31));
    }

    /// <summary>Uniform in [0, 1) with 53 bits.</summary>
    public double NextDouble() => (((ulong)Next() << 21) ^ Next()) * (1.0 / (1UL << 53));

    /// <summary>Uniform in 0 .. below-1, without modulo bias (Lemire 2019).</summary>
    public int NextInt(int below)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(below, 1);
        var product = (ulong)Next() * (uint)below;
        if ((uint)product < (uint)below)
        {
            var threshold = (uint)-below % (uint)below;
            while ((uint)product < threshold) product = (ulong)Next() * (uint)below;
        }

        return (int)(product >> 32);
    }

    /// <summary>Standard normal, by the polar method (Marsaglia 1964).</summary>
    public double NextNormal()
    {
        if (!double.IsNaN(spare))
        {
            var kept = spare;
            spare = double.NaN;
            return kept;
        }

        while (true)
        {
            double u = 2 * NextDouble() - 1, v = 2 * NextDouble() - 1, s = u * u + v * v;
            if (s is >= 1 or 0) continue;
            var factor = Math.Sqrt(-2 * Math.Log(s) / s);
            spare = v * factor;
            return u * factor;
        }
    }

    /// <summary>Fisher-Yates, in place.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = NextInt(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>The finaliser of SplitMix64: spreads the bits of a counter.</summary>
    public static ulong Mix(ulong x)
    {
        x ^= x >> 30;
        x *= 0xBF58476D1CE4E5B9;
        x ^= x >> 27;
        x *= 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
