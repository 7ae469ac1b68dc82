using System.Globalization;
using Coterie.Clean;
using Coterie.Features;
using Coterie.Numerics;
using Coterie.Profiles;
using Coterie.Sequences;
using Coterie.Warehouse;

namespace Coterie;

/// <summary>One event of a customer and what it does to their segment.</summary>
/// <param name="Id">Its event_id.</param>
/// <param name="Time">UTC.</param>
/// <param name="What">What happened, as the sequence view sees it.</param>
/// <param name="Weight">By how much the logarithm of the odds of the segment against the second-best falls when the event is hidden: above 0 speaks for the
/// segment.</param>
public sealed record EventReason(string Id, DateTime Time, Bilingual What, double Weight);

/// <summary>Which events put a customer into a segment: each of the newest is hidden in turn and the customer is placed again (occlusion; Zeiler and Fergus
/// 2014, "Visualizing and understanding convolutional networks", section 4.2). The codes of the others stay as they are.</summary>
internal static class EventReasons
{
    /// <summary>Events that are hidden in turn, the newest.</summary>
    internal const int Newest = 64;

    /// <param name="model">Looks at the order of events.</param>
    /// <param name="warehouse">Holds the run's events.</param>
    /// <param name="one">The customer's features.</param>
    /// <param name="own">Label of the customer's segment.</param>
    /// <param name="next">Label of the second-best; -1 when there is none.</param>
    /// <param name="most">How many events to name, those of greatest weight.</param>
    /// <exception cref="InputException">The warehouse has no event of the customer.</exception>
    internal static IReadOnlyList<EventReason> Of(SegmentationModel model, IWarehouse warehouse, FeatureTable one, int own, int next, int most)
    {
        if (next < 0) return [];
        var (chunk, ids) = Read(model, warehouse, one.Customers[0]);
        var hidden = Enumerable.Range(Math.Max(0, chunk.Events - Newest), Math.Min(Newest, chunk.Events)).ToArray();
        // The whole history stands first.
        var costs = Costs(model, one, Without(chunk, hidden));
        double Odds(int i) => costs[i, next] - costs[i, own];
        return
        [
            .. hidden.Select((e, i) => new EventReason(ids[e], DateTime.UnixEpoch.AddSeconds(chunk.Seconds[e]), EventWording.Of(chunk, e), Odds(0) - Odds(i + 1)))
                // A locked segment has a definition of its own, in which single events have no weight.
                .Where(r => double.IsFinite(r.Weight)).OrderByDescending(r => Math.Abs(r.Weight)).ThenBy(r => r.Time).Take(most),
        ];
    }

    static (CustomerSequences Chunk, List<string> Ids) Read(SegmentationModel model, IWarehouse warehouse, string customer) => OneCustomer.Ask(warehouse, customer, () =>
    {
        var request = Histories.Request(model.Present, model.HasTimeOfDay, model.AsOf) with { Customers = [customer], Events = OneCustomer.Events, AnyCatalogue = true };
        var chunk = SequenceReader.Read(warehouse, request, model.Second!.Codes).Select(c => c.Joined()).FirstOrDefault(c => c.Count > 0)
            ?? throw new InputException($"These events have none of customer '{customer}' by {model.AsOf:yyyy-MM-dd}; give the files of the run.");
        var ids = warehouse.Rows(SequenceSteps.Ids(warehouse.Dialect, request), r => r.GetString(0));
        // Of a long history the sequences hold the end.
        return (chunk, ids[^chunk.Events..]);
    });

    // variants x segments: minus the logarithm of the probability of each, as the run has it; where people joined or divided clusters, of the segments that they made.
    static Matrix Costs(SegmentationModel model, FeatureTable one, CustomerSequences variants)
    {
        Matrix Repeated(Matrix row) => row.Take(new int[variants.Count]);
        var found = model.Second!.Place(variants.Customers, Repeated(model.Representation.Preparation.Apply(one).Rows), [variants], model.AsOf).Probabilities;
        var costs = new Matrix([.. found.Values.Select(p => (float)-Math.Log(Math.Max(p, 1e-30)))], found.Rows, found.Columns);
        return model.Feedback is { } feedback ? feedback.Structure.Costs(costs, Repeated(model.Representation.Apply(one).Rows), threads: 1) : costs;
    }

    // The history whole, then once without each of the events; a history of one event stays as it is, because nothing is no history.
    static CustomerSequences Without(CustomerSequences whole, int[] hidden)
    {
        var keep = new List<int>();
        var offsets = new List<int> { 0 };
        foreach (var gone in (int[])[-1, .. hidden])
        {
            for (var e = 0; e < whole.Events; e++)
                if (e != gone || whole.Events == 1) keep.Add(e);
            offsets.Add(keep.Count);
        }

        return whole with
        {
            Customers = [.. Enumerable.Range(0, hidden.Length + 1).Select(i => i.ToString("D6", CultureInfo.InvariantCulture))],
            Offsets = [.. offsets],
            Seconds = [.. keep.Select(e => whole.Seconds[e])],
            Codes = [.. whole.Codes.Select(codes => keep.Select(e => codes[e]).ToArray())],
        };
    }
}
