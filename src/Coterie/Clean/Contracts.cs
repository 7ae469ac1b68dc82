using Coterie.Collect;
using Coterie.Privacy;

namespace Coterie.Clean;

/// <summary>Thresholds of the cleaning rules.</summary>
public sealed record CleanOptions
{
    /// <summary>More units than this in one line is refused as impossible.</summary>
    public double MaxQuantity { get; init; } = 1_000_000;
    /// <summary>A unit price above this is refused as impossible; with <see cref="MaxQuantity"/> it keeps every sum exact.</summary>
    public double MaxPrice { get; init; } = 1_000_000_000;
    /// <summary>A customer with more events than this in one minute is a robot.</summary>
    public int RobotEventsPerMinute { get; init; } = 120;
    /// <summary>A customer with more events than this in one day is a robot.</summary>
    public int RobotEventsPerDay { get; init; } = 5_000;
    /// <summary>Times after this instant are refused; null takes the clock.</summary>
    public DateTime? Now { get; init; }
    /// <summary>ISO code of the shop's money; null takes the most common one in the data.</summary>
    public string? Currency { get; init; }
    /// <summary>True when the warehouse is thrown away after the run: it is loaded once, and event ids use the engine's own hash, which is
    /// several times faster but may change with the engine's version. False (a workspace): ids are from MD5, later loads are welcome.</summary>
    public bool OneShot { get; init; }
    /// <summary>Who was erased: their rows are counted and not kept. Null: nobody.</summary>
    public SuppressionList? Suppressed { get; init; }
}

/// <summary>One rule and what it refused.</summary>
/// <param name="Rule">A name of <see cref="CleaningRules"/>: no_customer, no_time, future_time, unreadable, malformed_row, zero_price,
/// negative_price, non_product, duplicate, impossible_quantity, robot, …</param>
/// <param name="Meaning">One sentence, English.</param>
/// <param name="MeaningZh">The same in Chinese.</param>
/// <param name="Rows">Rows refused (or, for a finding, rows concerned).</param>
/// <param name="Revenue">Sum of price x quantity in these rows, sign as sent.</param>
/// <param name="Refused">False for a finding that refuses nothing (refunds recognised, possible duplicates kept).</param>
public sealed record RuleCount(string Rule, string Meaning, string MeaningZh, long Rows, double Revenue, bool Refused);

/// <summary>What cleaning did: written as <c>quality.json</c>. Rows and rules are of the load; customers, kinds, present columns and the span of
/// time are of the whole warehouse after it. Rows read = kept + known + refused + identity rows. Money is of purchases and refunds only.</summary>
public sealed record QualityReport
{
    public required IReadOnlyList<SourceFile> Files { get; init; }
    public required IReadOnlyList<MappedColumn> Mapping { get; init; }
    public required string Layout { get; init; }
    public required long RowsRead { get; init; }
    public required long RowsKept { get; init; }
    /// <summary>Rows that were already in the workspace, as events or in quarantine.</summary>
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
