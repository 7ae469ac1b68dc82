using Coterie.Collect;

namespace Coterie.Clean;

/// <summary>Thresholds of the cleaning rules.</summary>
public sealed record CleanOptions
{
    /// <summary>More units than this in one line is refused as impossible.</summary>
    public double MaxQuantity { get; init; } = 1_000_000;
    /// <summary>A customer with more events than this in one minute is a robot.</summary>
    public int RobotEventsPerMinute { get; init; } = 120;
    /// <summary>A customer with more events than this in one day is a robot.</summary>
    public int RobotEventsPerDay { get; init; } = 5_000;
    /// <summary>Times after this instant are refused; null takes the clock.</summary>
    public DateTime? Now { get; init; }
    public string? Currency { get; init; }
}

/// <summary>One rule and what it refused.</summary>
/// <param name="Rule">no_customer, no_time, future_time, unreadable, malformed_row, zero_price, negative_price, non_product,
/// duplicate, impossible_quantity, robot, …</param>
/// <param name="Meaning">One sentence, English.</param>
/// <param name="MeaningZh">The same in Chinese.</param>
/// <param name="Rows">Rows refused (or, for a finding, rows concerned).</param>
/// <param name="Revenue">Sum of price x quantity in these rows, sign as sent.</param>
/// <param name="Refused">False for a finding that refuses nothing (refunds recognised, possible duplicates kept).</param>
public sealed record RuleCount(string Rule, string Meaning, string MeaningZh, long Rows, double Revenue, bool Refused);

/// <summary>What cleaning did: written as <c>quality.json</c>.</summary>
public sealed record QualityReport
{
    public required IReadOnlyList<SourceFile> Files { get; init; }
    public required IReadOnlyList<MappedColumn> Mapping { get; init; }
    public required string Layout { get; init; }
    public required long RowsRead { get; init; }
    public required long RowsKept { get; init; }
    /// <summary>Rows that were already in the workspace.</summary>
    public long RowsKnown { get; init; }
    /// <summary>Sum of price x quantity over all rows as sent, before cleaning.</summary>
    public required double RevenueRead { get; init; }
    /// <summary>Sum of price x quantity of purchases kept, refunds not subtracted.</summary>
    public required double RevenueKept { get; init; }
    public required double Refunds { get; init; }
    public required long Customers { get; init; }
    public required DateTime? FirstEvent { get; init; }
    public required DateTime? LastEvent { get; init; }
    public required IReadOnlyList<RuleCount> Rules { get; init; }
    /// <summary>Event kinds kept, with counts.</summary>
    public required IReadOnlyDictionary<string, long> Kinds { get; init; }
    /// <summary>Event columns that carry information.</summary>
    public required IReadOnlySet<string> Present { get; init; }
    public required bool HasTimeOfDay { get; init; }
    /// <summary>Ids merged into another customer by identify and alias events.</summary>
    public long IdentitiesMerged { get; init; }
    public IReadOnlyList<string> Notes { get; init; } = [];
    /// <summary>ISO code for display; null when the data do not say.</summary>
    public string? Currency { get; init; }
}
