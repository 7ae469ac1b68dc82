using Coterie.Evaluation;
using Coterie.Profiles;

namespace Coterie.Decisions;

/// <summary>What recommendation came to.</summary>
public sealed record RecommendationResult
{
    /// <summary>False: too little was there to judge personal lists, and the lists hold what is bought most.</summary>
    public required bool Answered { get; init; }
    public required DateTime AsOf { get; init; }
    /// <summary>The kind of event that counts as taking a product.</summary>
    public required string Kind { get; init; }
    public required int Customers { get; init; }
    public required int Products { get; init; }
    public required long Events { get; init; }
    /// <summary>Of what customers took who had taken something before, the share that they had taken before; NaN where nobody did.</summary>
    public required double RepeatShare { get; init; }
    /// <summary>Whether lists may hold what the customer took before.</summary>
    public required bool Again { get; init; }
    /// <summary>Null where it could not be judged.</summary>
    public RecommendationTest? Test { get; init; }
    /// <summary>Products that lists are drawn from, after all filters.</summary>
    public required int Offered { get; init; }
    /// <summary>Customers who were asked for and refused personalisation: they have no list.</summary>
    public int LeftOut { get; init; }
    /// <summary>The lists, of the first 10,000 customers; recommendations.csv has them all.</summary>
    public required IReadOnlyList<CustomerList> Lists { get; init; }
    /// <summary>What newcomers of each segment are shown; the shop's own has no segment.</summary>
    public required IReadOnlyList<SegmentList> SegmentLists { get; init; }
}

/// <summary>The proof on the last part of the log, which no method had seen.</summary>
public sealed record RecommendationTest
{
    /// <summary>Methods learned from what lies before this instant.</summary>
    public required DateTime From { get; init; }
    public required double Days { get; init; }
    /// <summary>Settings and weights were chosen on as many days before.</summary>
    public required DateTime ChosenFrom { get; init; }
    public required int Customers { get; init; }
    public required int ChoosingCustomers { get; init; }
    /// <summary>Of what was taken in the test, the share that was not in the log before: no list can hold it.</summary>
    public required double NewProductShare { get; init; }
    /// <summary>Whether popularity was judged within segments; false where the segments were made later than the test begins.</summary>
    public required bool WithinSegments { get; init; }
    public required IReadOnlyList<MethodScore> Methods { get; init; }
    public required ListMetrics Blend { get; init; }
    /// <summary>NDCG of the blend less that of popularity, customers paired.</summary>
    public required Estimate OverPopularity { get; init; }
    /// <summary>The same less the method that was best on the choosing period.</summary>
    public required Estimate OverBest { get; init; }
    /// <summary>That method.</summary>
    public required string Best { get; init; }
    /// <summary>Hit rate of the popular list among customers who had taken nothing before; null where there were none.</summary>
    public Estimate? NewCustomers { get; init; }
    public required int NewCustomerCount { get; init; }
}

/// <summary>One method alone, and its weight in the blend.</summary>
/// <param name="Id">popularity, als, ease, neighbours, sequence, content, own, network.</param>
/// <param name="Settings">Those that were best on the choosing period.</param>
/// <param name="Chosen">Mean NDCG on the choosing period.</param>
public sealed record MethodScore(string Id, Bilingual Name, string Settings, double Weight, double Chosen, ListMetrics Metrics);

/// <summary>A customer's list.</summary>
/// <param name="Basis">history, segment (nothing is known of the customer but the segment), or shop (nothing at all).</param>
public sealed record CustomerList(string CustomerId, string? Segment, string Basis, IReadOnlyList<ListedProduct> Products);

/// <summary>A product on a list.</summary>
/// <param name="Score">The blend's; comparable within one list.</param>
/// <param name="BecauseOf">The product of the customer's own history that gives most of the score; null where popularity does.</param>
public sealed record ListedProduct(string ProductId, string Title, double Score, string? BecauseOf, Bilingual Because);

/// <summary>What is taken most in a segment.</summary>
public sealed record SegmentList(string? Segment, Bilingual Name, IReadOnlyList<ListedProduct> Products);
