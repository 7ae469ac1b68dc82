using Coterie.Profiles;

namespace Coterie.Decisions.Demand;

/// <summary>A sum of series that is forecast too.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">total, category or segment.</param>
/// <param name="Members">Its series, 0 .. m - 1.</param>
sealed record DemandSum(Bilingual Name, string Kind, int[] Members);

/// <summary>A series that is not a sum.</summary>
/// <param name="Product">Null where the series is not one product.</param>
sealed record DemandNode(Bilingual Name, string? Product, string? Category, string? Segment);

/// <summary>A shop's demand by week.</summary>
sealed record DemandShop
{
    /// <summary>Sums first, then the m series, in the order of <see cref="Sums"/> and <see cref="Nodes"/>.</summary>
    public required DemandPanel Panel { get; init; }
    public required IReadOnlyList<DemandSum> Sums { get; init; }
    public required IReadOnlyList<DemandNode> Nodes { get; init; }
    /// <summary>Number of the first whole week.</summary>
    public required long FirstWeek { get; init; }
    public required bool FirstDropped { get; init; }
    public required bool LastDropped { get; init; }
    public required DemandCounts Counts { get; init; }
}

/// <summary>What was read.</summary>
public sealed record DemandCounts
{
    public double Bought { get; set; }
    /// <summary>Units returned or cancelled at any time.</summary>
    public double Returned { get; set; }
    /// <summary>Units that count as demand: without those undone by their buyer within the week.</summary>
    public double Demand { get; set; }
    public int Products { get; set; }
    /// <summary>Products too young or, with a limit, too small to be forecast one by one; they are one series.</summary>
    public int Others { get; set; }
    /// <summary>Weeks of products that were out of stock, corrected from the stock history.</summary>
    public int WeeksOutOfStock { get; set; }
    /// <summary>Units that were wanted in those weeks and not sold, estimated.</summary>
    public double Lost { get; set; }
}
