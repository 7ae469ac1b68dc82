using Coterie.Clustering;
using Coterie.Features;
using Coterie.Numerics;

namespace Coterie.Profiles;

/// <summary>What to describe: the customers, the space that was clustered, and the labels.</summary>
public sealed record ProfileRequest
{
    /// <summary>Above this many customers facts are measured on a sample.</summary>
    public const int DefaultFactRows = 100_000;

    public required FeatureTable Table { get; init; }
    /// <summary>n x d: the prepared columns that were clustered, customers in the order of <see cref="Table"/>.</summary>
    public required Matrix Rows { get; init; }
    /// <summary>Names of the d columns.</summary>
    public required string[] Columns { get; init; }
    /// <summary>n, 0 .. Clusters-1, or -1 for a customer in no segment.</summary>
    public required int[] Labels { get; init; }
    /// <summary>1 means that no structure was found: everybody is one segment.</summary>
    public required int Clusters { get; init; }
    /// <summary>Bootstrap Jaccard by label; NaN where it was not measured. Empty when nothing was.</summary>
    public required double[] StabilityPerCluster { get; init; }
    /// <summary>n, money spent; null where the log has no money: then shares of events are given.</summary>
    public double[]? Spend { get; init; }
    /// <summary>n, events, for the share of revenue and the order of segments where there is no money; null counts customers.</summary>
    public double[]? Events { get; init; }
    /// <summary>Categories and times by segment, from <see cref="ProfileSteps"/>; empty leaves them out.</summary>
    public IReadOnlyList<SegmentRhythm> Rhythms { get; init; } = [];
    /// <summary>The rules, when they were fitted already; null fits them with <see cref="Seed"/>.</summary>
    public RuleTree? Rules { get; init; }
    public RfmColumns? Rfm { get; init; }
    public Distance Distance { get; init; } = Distance.Euclidean;
    /// <summary>ISO code shown with money; null shows none.</summary>
    public string? Currency { get; init; }
    /// <summary>Customers on whom facts are measured, chosen by a hash of the id and the seed; sizes and shares always count everybody.</summary>
    public int FactRows { get; init; } = DefaultFactRows;
    /// <summary>Facts listed for a segment.</summary>
    public int MaxFacts { get; init; } = 8;
    /// <summary>Facts of one family among them.</summary>
    public int MaxFactsPerFamily { get; init; } = 2;
    /// <summary>A smaller standardised difference is not worth telling, however certain (0.2 is "small" in Cohen 1988).</summary>
    public double MinDifference { get; init; } = 0.2;
    public int Threads { get; init; } = Environment.ProcessorCount;
    public Seed Seed { get; init; } = new(1);
}

/// <summary>What a segment buys and when, aggregated from events.</summary>
public sealed record SegmentRhythm
{
    public required int Label { get; init; }
    /// <summary>By share of spend, or of events in a segment that spent nothing; largest first.</summary>
    public required IReadOnlyList<NamedShare> TopCategories { get; init; }
    /// <summary>7, Monday first; shares of orders, or of events in a segment without orders. Empty when it has neither.</summary>
    public required double[] Weekdays { get; init; }
    /// <summary>24, by hour UTC; empty when the log has no time of day.</summary>
    public required double[] Hours { get; init; }
}

/// <summary>The features that stand for recency, frequency and money in names; null where the data have none.</summary>
public sealed record RfmColumns
{
    // The catalogue's names; a table with other names is met by the first feature of the family.
    static readonly string[] RecencyNames = ["recency_days", "days_since_last_order", "recency"];
    static readonly string[] FrequencyNames = ["orders", "order_count", "frequency"];
    static readonly string[] MoneyNames = ["spend", "total_spend", "monetary", "revenue"];

    /// <summary>Days since the last order: less is better.</summary>
    public string? Recency { get; init; }
    /// <summary>Orders in the period: 1 is a one-time buyer, 0 never bought.</summary>
    public string? Frequency { get; init; }
    /// <summary>Money spent in the period.</summary>
    public string? Money { get; init; }

    /// <summary>The three features of a table: by the catalogue's names, else the first of the families recency, frequency and money.</summary>
    public static RfmColumns Resolve(FeatureTable table) => new()
    {
        Recency = Find(table, RecencyNames, "recency"),
        Frequency = Find(table, FrequencyNames, "frequency"),
        Money = Find(table, MoneyNames, "money"),
    };

    static string? Find(FeatureTable table, string[] names, string family) =>
        names.FirstOrDefault(n => table.Features.Any(f => f.Name == n)) ?? table.Features.FirstOrDefault(f => f.Family == family)?.Name;
}
