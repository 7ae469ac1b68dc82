using Coterie.Clean;
using Coterie.Numerics;
using Coterie.Profiles;
using Coterie.Warehouse;

namespace Coterie.Decisions;

/// <summary>A segment that a decision is made for.</summary>
/// <param name="Id">Stable id, "S1".</param>
/// <param name="Name">Its name.</param>
public sealed record SegmentRef(string Id, Bilingual Name);

/// <summary>Who is in which segment, as a run placed them.</summary>
/// <param name="Segments">In the order of the run's report.</param>
/// <param name="OfCustomer">Customer to the place of its segment in <paramref name="Segments"/>.</param>
/// <param name="AsOf">The instant as of which they were placed.</param>
public sealed record Membership(IReadOnlyList<SegmentRef> Segments, IReadOnlyDictionary<string, int> OfCustomer, DateTime AsOf)
{
    /// <summary>The place of a customer's segment, or -1 where the run did not know the customer.</summary>
    public int Of(string customer) => OfCustomer.GetValueOrDefault(customer, -1);
}

/// <summary>What every decision works on: the clean events of a shop up to an instant, and the segments where there are some.</summary>
public sealed record DecisionInput
{
    /// <summary>Holds the relation <c>events</c>.</summary>
    public required IWarehouse Warehouse { get; init; }
    /// <summary>What cleaning found: first and last event, which columns carry information, currency.</summary>
    public required QualityReport Quality { get; init; }
    /// <summary>No event after this instant is looked at.</summary>
    public required DateTime AsOf { get; init; }
    /// <summary>Null without a run: everybody is one group.</summary>
    public Membership? Segments { get; init; }
    /// <summary>The directory of the run that the segments are from.</summary>
    public string? Run { get; init; }
    public Seed Seed { get; init; } = new(1);
    public int Threads { get; init; } = Environment.ProcessorCount;
    /// <summary>Told what is being done, for progress.</summary>
    public Action<string> Say { get; init; } = _ => { };
    public CancellationToken Stop { get; init; }

    public string? Currency => Quality.Currency;
}
