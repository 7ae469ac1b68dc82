namespace Coterie.Decisions.Pricing;

/// <summary>What pricing is asked.</summary>
public sealed record PricingOptions
{
    /// <summary>A file of product_id and cost: the unit cost of each product.</summary>
    public string? CostFile { get; init; }
    /// <summary>The share of today's price that is margin, for every product; null with <see cref="CostFile"/>, or where no proposal is wanted.</summary>
    public double? Margin { get; init; }
    /// <summary>Products with a proposal on the page.</summary>
    public int Top { get; init; } = 20;
    /// <summary>Older weeks are left out: what prices did then says little of today.</summary>
    public int MostWeeks { get; init; } = 104;
    /// <summary>A product needs so many weeks on sale, and purchases in as many.</summary>
    public int FewestWeeks { get; init; } = 8;
    /// <summary>And a price seen in this share of its weeks: where sales alone show prices, a price nobody bought at would be missed.</summary>
    public double KnownShare { get; init; } = 0.75;
    /// <summary>An elasticity whose interval reaches further than this to either side is refused.</summary>
    public double WidestHalf { get; init; } = 1.5;
    /// <summary>Products whose price moved that a group needs.</summary>
    public int FewestMoved { get; init; } = 5;
    /// <summary>Draws from the estimates.</summary>
    public int Draws { get; init; } = 4_000;

    internal void Check()
    {
        List<string> problems = [];
        if (Margin is { } m && !(m is > 0 and < 1)) problems.Add($"--margin is {m}; expected a share of the price between 0 and 1, such as 0.4.");
        if (Margin is not null && CostFile is not null) problems.Add("--margin and --cost both say what products cost; give one of the two.");
        if (Top < 1) problems.Add($"--top is {Top}; expected 1 or more.");
        if (MostWeeks < 8) problems.Add($"MostWeeks is {MostWeeks}; expected 8 or more.");
        if (FewestWeeks < 4) problems.Add($"FewestWeeks is {FewestWeeks}; expected 4 or more.");
        if (!(KnownShare is > 0 and <= 1)) problems.Add($"KnownShare is {KnownShare}; expected a share above 0, at most 1.");
        if (!(WidestHalf > 0)) problems.Add($"WidestHalf is {WidestHalf}; expected more than 0.");
        if (FewestMoved < 2) problems.Add($"FewestMoved is {FewestMoved}; expected 2 or more.");
        if (Draws < 200) problems.Add($"Draws is {Draws}; expected 200 or more.");
        if (problems.Count > 0) throw new ConfigurationException(string.Join('\n', problems));
    }
}
