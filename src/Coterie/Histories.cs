using Coterie.Clean;
using Coterie.Features;
using Coterie.Numerics;
using Coterie.Sequences;
using Coterie.Warehouse;

namespace Coterie;

/// <summary>Everybody's events in order, as of now and as of the freeze, in one language: the schema is learned from what was known at the freeze, so that
/// nothing of the horizon is in it.</summary>
internal sealed record Histories
{
    /// <summary>Events that are kept in memory between two readings (about 50 bytes each); of more, every reading asks the warehouse again.</summary>
    const long Held = 2_000_000;

    /// <summary>Sequences of 64 events that one customer may have: what came before the last 512 events says little of what comes next.</summary>
    internal const int Segments = 8;

    readonly Dictionary<(DateTime, int), List<CustomerSequences>> held = [];
    readonly IWarehouse warehouse;
    readonly bool small;

    Histories(IWarehouse warehouse, bool small) => (this.warehouse, this.small) = (warehouse, small);

    internal required SequenceSchema Schema { get; init; }
    internal required SequenceRequest Now { get; init; }
    /// <summary>Null where nothing was frozen.</summary>
    internal required SequenceRequest? Then { get; init; }

    internal static Histories Of(IWarehouse warehouse, QualityReport quality, FeatureTable current, Past past)
    {
        var now = Request(quality.Present, quality.HasTimeOfDay, current.AsOf);
        var then = past is { Frozen: { } frozen, Outcomes: not null } ? now with { AsOf = frozen.AsOf, Customers = frozen.Customers } : null;
        return new Histories(warehouse, quality.RowsKept <= Held)
        {
            Schema = SequenceLearning.Learn(warehouse, then is null ? now : now with { AsOf = then.AsOf }, new SequenceSchemaOptions()),
            Now = now,
            Then = then,
        };
    }

    internal static SequenceRequest Request(IEnumerable<string> present, bool hasTimeOfDay, DateTime asOf) => new()
    {
        AsOf = asOf,
        Present = present.ToHashSet(StringComparer.Ordinal),
        HasTimeOfDay = hasTimeOfDay,
        Segments = Segments,
    };

    /// <summary>Chunks of customers, those of the request in ordinal order, as the feature table of the same instant has them.</summary>
    internal IEnumerable<CustomerSequences> Read(SequenceRequest request)
    {
        if (!small) return SequenceReader.Read(warehouse, request, Schema);
        var key = (request.AsOf, request.Segments);
        if (!held.TryGetValue(key, out var chunks)) held[key] = chunks = [.. SequenceReader.Read(warehouse, request, Schema)];
        return chunks;
    }

    /// <summary>The newest events of each customer, one sequence each.</summary>
    internal IEnumerable<CustomerSequences> Newest(SequenceRequest request) => Read(request with { Segments = 1 });

    /// <summary>Histories of at most so many customers, chosen by a hash of their id; held in memory.</summary>
    internal List<CustomerSequences> Sample(SequenceRequest request, string[] customers, int most, Seed seed) =>
        customers.Length <= most ? [.. Read(request)] : [.. SequenceReader.Read(warehouse, request with { Customers = SequenceSample.Ids(customers, most, seed) }, Schema)];
}
