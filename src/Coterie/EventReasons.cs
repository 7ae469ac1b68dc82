using System.Globalization;
using Coterie.Numerics;
using Coterie.Profiles;
using Coterie.Sequences;
using Coterie.Warehouse;

namespace Coterie;

/// <summary>One event of a customer and what it does to their segment.</summary>
/// <param name="Time">UTC.</param>
/// <param name="What">What happened, as the sequence view sees it.</param>
/// <param name="Weight">By how much the logarithm of the odds of the segment against the second-best falls when the event is hidden: above 0 speaks for the
/// segment.</param>
public sealed record EventReason(DateTime Time, Bilingual What, double Weight);

/// <summary>Which events put a customer into a segment: each of the newest is hidden in turn and the customer is placed again (occlusion; Zeiler and Fergus
/// 2014, "Visualizing and understanding convolutional networks", section 4.2). The codes of the others stay as they are.</summary>
internal static class EventReasons
{
    /// <summary>Events that are hidden in turn, the newest.</summary>
    const int Newest = 64;

    /// <param name="model">Looks at the order of events.</param>
    /// <param name="warehouse">Holds the run's events.</param>
    /// <param name="customer">Who.</param>
    /// <param name="row">1 x d: what the features view clusters.</param>
    /// <param name="most">How many events to name, those of greatest weight.</param>
    /// <exception cref="InputException">The warehouse has no event of the customer.</exception>
    internal static IReadOnlyList<EventReason> Of(SegmentationModel model, IWarehouse warehouse, string customer, Matrix row, int most)
    {
        var second = model.Second!;
        var request = Histories.Request(model.Present, model.HasTimeOfDay, model.AsOf) with { Customers = [customer] };
        var chunk = SequenceReader.Read(warehouse, request, second.Codes).Select(c => c.Joined()).FirstOrDefault(c => c.Count > 0)
            ?? throw new InputException($"These events have none of customer '{customer}' by {model.AsOf:yyyy-MM-dd}; give the files of the run.");
        var hidden = Enumerable.Range(Math.Max(0, chunk.Events - Newest), Math.Min(Newest, chunk.Events)).ToArray();
        var variants = Without(chunk, hidden);
        var rows = new Matrix(variants.Count, row.Columns);
        for (var i = 0; i < rows.Rows; i++) row.Row(0).CopyTo(rows.Row(i));
        var placed = second.Place(variants.Customers, rows, [variants], model.AsOf);
        // The whole history stands first.
        int own = placed.Assignment.Labels[0], next = placed.Assignment.Second[0];
        if (next < 0) return [];
        double Odds(int i) => Math.Log(Math.Max(placed.Probabilities[i, own], 1e-30)) - Math.Log(Math.Max(placed.Probabilities[i, next], 1e-30));
        return
        [
            .. hidden.Select((e, i) => new EventReason(DateTime.UnixEpoch.AddSeconds(chunk.Seconds[e]), EventWording.Of(chunk, e), Odds(0) - Odds(i + 1)))
                .OrderByDescending(r => Math.Abs(r.Weight)).ThenBy(r => r.Time).Take(most),
        ];
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
