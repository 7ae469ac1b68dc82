namespace Coterie.Decisions.Demand;

/// <summary>What a series of demand is.</summary>
public enum DemandSeriesKind
{
    /// <summary>One series a product.</summary>
    Product,
    /// <summary>One series a category (the first part of its path).</summary>
    Category,
    /// <summary>One series for each segment and category.</summary>
    SegmentCategory,
}

/// <summary>How demand is forecast and stock planned.</summary>
public sealed record DemandOptions
{
    public DemandSeriesKind By { get; init; } = DemandSeriesKind.Product;
    /// <summary>Weeks ahead that are forecast, 1 to 26.</summary>
    public int Weeks { get; init; } = 4;
    /// <summary>Share of order cycles that should end without a stock-out.</summary>
    public double Service { get; init; } = 0.95;
    /// <summary>Weeks from an order to its arrival, the week until the next look at the stock included; 1 to 26.</summary>
    public int LeadWeeks { get; init; } = 2;
    /// <summary>CSV with product_id, on_hand and, if known, on_order.</summary>
    public string? Stock { get; init; }
    /// <summary>CSV with product_id, date and on_hand, one row a day: weeks without stock are then not taken for weeks without demand.</summary>
    public string? StockHistory { get; init; }
    /// <summary>Most products forecast one by one; the rest is one series "other". 0: all.</summary>
    public int Top { get; init; }
    /// <summary>Where the log has no quantities: each purchase line is one unit.</summary>
    public bool LinesAsUnits { get; init; }
    /// <summary>Boosted trees over all series as one of the methods.</summary>
    public bool Boosting { get; init; } = true;

    /// <exception cref="ConfigurationException">Lists every problem.</exception>
    public void Validate()
    {
        var problems = new List<string>();
        if (Weeks is < 1 or > 26) problems.Add($"--weeks is {Weeks}; expected 1 to 26.");
        if (LeadWeeks is < 1 or > 26) problems.Add($"--lead-weeks is {LeadWeeks}; expected 1 to 26.");
        if (!(Service is >= 0.5 and <= 0.995)) problems.Add($"--service is {Service}; expected 0.5 to 0.995 (0.95 is 95 %).");
        if (Top < 0) problems.Add($"--top is {Top}; expected 0 (all) or more.");
        if (By != DemandSeriesKind.Product && Stock is not null) problems.Add("--stock is by product; it needs --by product.");
        if (By != DemandSeriesKind.Product && StockHistory is not null) problems.Add("--stock-history is by product; it needs --by product.");
        if (problems.Count > 0) throw new ConfigurationException(string.Join('\n', problems));
    }
}
