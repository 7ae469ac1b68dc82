namespace Coterie.Decisions;

/// <summary>For whom lists are made, and what may be on them.</summary>
public sealed record RecommendationOptions
{
    /// <summary>Ids of customers; empty with <see cref="Segment"/> or <see cref="All"/>.</summary>
    public IReadOnlyList<string> Customers { get; init; } = [];
    /// <summary>Id or English name of a segment: everybody in it.</summary>
    public string? Segment { get; init; }
    /// <summary>Everybody in the log.</summary>
    public bool All { get; init; }
    /// <summary>Products on a list.</summary>
    public int Length { get; init; } = 10;
    /// <summary>The kind of event that is recommended for; null takes purchases, or the commonest kind with products where there are none.</summary>
    public string? Kind { get; init; }
    /// <summary>Only products of this category or below it (a/b covers a/b/c).</summary>
    public string? Category { get; init; }
    /// <summary>Products that may be on no list, such as those out of stock.</summary>
    public IReadOnlyCollection<string> Exclude { get; init; } = [];
    public double? MinPrice { get; init; }
    public double? MaxPrice { get; init; }
    /// <summary>0 ranks by score alone; towards 1, lists hold products that are less like each other.</summary>
    public double Diversity { get; init; }
    /// <summary>Whether lists may hold what the customer bought before; null decides by how often that happens in this shop.</summary>
    public bool? Again { get; init; }
    /// <summary>Days held back for the test, and as many before them for the choice; null takes an eighth of the log, four weeks at most.</summary>
    public int? Horizon { get; init; }
    /// <summary>A network that joins the blend.</summary>
    public NextItemLearner? Network { get; init; }

    /// <exception cref="ConfigurationException">Lists every problem.</exception>
    public void Check()
    {
        var problems = Problems().ToArray();
        if (problems.Length > 0) throw new ConfigurationException(string.Join('\n', problems));
    }

    IEnumerable<string> Problems()
    {
        if ((Customers.Count > 0 ? 1 : 0) + (Segment is null ? 0 : 1) + (All ? 1 : 0) != 1) yield return "Name customers, or a segment with --segment S, or everybody with --all (one of the three).";
        if (Length is < 1 or > 1000) yield return $"--top {Length}: expected 1 to 1000 products on a list.";
        if (!(Diversity is >= 0 and <= 1)) yield return $"--diversity {Diversity}: expected 0 to 1.";
        if (MinPrice is { } low && !(low >= 0)) yield return $"--min-price {low}: expected 0 or more.";
        if (MaxPrice is { } high && !(high >= (MinPrice ?? 0))) yield return $"--max-price {high}: expected no less than {(MinPrice is null ? "0" : "--min-price")}.";
        if (Horizon is < 1) yield return $"--horizon {Horizon}: expected 1 day or more.";
    }
}
