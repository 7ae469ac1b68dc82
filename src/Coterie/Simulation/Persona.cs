namespace Coterie.Simulation;

/// <summary>What a simulated customer is, and what segmentation should find again.</summary>
public enum Persona
{
    /// <summary>Views and compares, comes back, then buys. Differs from <see cref="Impulse"/> in order only.</summary>
    Researcher,
    /// <summary>Buys at first sight and looks around afterwards. Differs from <see cref="Researcher"/> in order only.</summary>
    Impulse,
    /// <summary>Puts things on the wish list at full price, buys them in sales.</summary>
    DealHunter,
    /// <summary>Needs the same products one after the other, in a fixed rotation. Differs from <see cref="Loyal"/> in order only.</summary>
    Replenisher,
    /// <summary>Buys few and dear things, for others, before the days of giving.</summary>
    GiftGiver,
    /// <summary>Buys often and dear, whatever comes to mind. Differs from <see cref="Replenisher"/> in order only.</summary>
    Loyal,
    /// <summary>Looks, and hardly ever buys.</summary>
    WindowShopper,
    /// <summary>Was an ordinary good customer, and fades.</summary>
    Lapsing,
}

/// <summary>Names and frequencies of the personas.</summary>
public static class Personas
{
    /// <summary>As in <c>truth.csv</c>, in the order of the enumeration.</summary>
    public static readonly IReadOnlyList<string> Names =
        ["researcher", "impulse_buyer", "deal_hunter", "replenisher", "gift_giver", "loyal_high_spender", "window_shopper", "lapsing"];

    // Sums to 1. The two members of a pair are equally frequent, so that frequency does not tell them apart either.
    static readonly double[] Shares = [0.13, 0.13, 0.13, 0.12, 0.11, 0.12, 0.14, 0.12];

    public static string Name(this Persona persona) => Names[(int)persona];

    /// <summary>The persona at this point of the unit interval.</summary>
    internal static Persona At(double uniform)
    {
        var persona = 0;
        while (persona < Shares.Length - 1 && (uniform -= Shares[persona]) >= 0) persona++;
        return (Persona)persona;
    }
}
