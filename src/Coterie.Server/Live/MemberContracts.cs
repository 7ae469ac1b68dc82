using Coterie.Profiles;

namespace Coterie.Server.Live;

/// <summary>One customer of a run.</summary>
/// <param name="Customer">The resolved id.</param>
/// <param name="Segment">Id of the segment.</param>
/// <param name="Second">Id of the second-best segment; null when there is only one.</param>
/// <param name="Confidence">In [0, 1].</param>
/// <param name="Agreement">In [0, 1]: agreement of the two views; null with one view.</param>
/// <param name="Spend">All the customer has paid; null where the log knows no prices.</param>
/// <param name="DaysSinceOrder">Days since the last order as of the run; null for a customer without one.</param>
/// <param name="FeaturesOpinion">The segment that the features alone point to; null where the views were not fused.</param>
/// <param name="SequencesOpinion">The segment that the order of events alone points to; null where the views were not fused.</param>
public sealed record Member(
    string Customer, string Segment, string? Second, double Confidence, double? Agreement, double? Spend, double? DaysSinceOrder, string? FeaturesOpinion, string? SequencesOpinion);

/// <summary>A segment of a run and how many customers it has.</summary>
public sealed record MemberSegment(string Id, Bilingual Name, int Count);

/// <summary>By what members are listed; equal ones by their id.</summary>
public enum MemberOrder
{
    Customer,
    Confidence,
    /// <summary>Customers without a price count as having paid least.</summary>
    Spend,
    /// <summary>Days since the last order; customers without an order count as the longest ago.</summary>
    Recency,
}

/// <summary>Which members to list.</summary>
public sealed record MemberQuery
{
    public const int LargestPage = 1_000;

    public MemberOrder Order { get; init; } = MemberOrder.Customer;
    /// <summary>The exact reverse of the ascending order.</summary>
    public bool Descending { get; init; }
    /// <summary>Only customers whose id begins so; upper and lower case differ.</summary>
    public string Prefix { get; init; } = "";
    /// <summary>1 to 1,000.</summary>
    public int Size { get; init; } = 50;
    /// <summary><see cref="MemberPage.Next"/> of the page before; null for the first one.</summary>
    public string? After { get; init; }
}

/// <summary>A page of members.</summary>
/// <param name="Members">In the order asked for.</param>
/// <param name="Next">Where the next page begins; null at the end. It names a place in the order, so it holds in a newer run too.</param>
/// <param name="Count">Members that match on all pages together.</param>
public sealed record MemberPage(IReadOnlyList<Member> Members, string? Next, int Count);

/// <summary>Who stands beside a customer in a list.</summary>
/// <param name="Place">From 1.</param>
/// <param name="Count">Length of the list.</param>
/// <param name="Before">Null for the first one.</param>
/// <param name="After">Null for the last one.</param>
public sealed record MemberNeighbours(int Place, int Count, string? Before, string? After);
