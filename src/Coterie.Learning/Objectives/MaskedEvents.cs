using Coterie.Learning.Models;
using Coterie.Numerics;
using static TorchSharp.torch;

namespace Coterie.Learning.Objectives;

/// <summary>Which events of a batch are to be guessed, and what they were.</summary>
/// <param name="Places">M: places b * L + l.</param>
/// <param name="Targets">Fields x M: codes before anything was hidden.</param>
readonly record struct GuessedEvents(long[] Places, long[][] Targets);

/// <summary>Guesses hidden events from those around them (BERT, Devlin et al. 2019, section 3.1, task 1), an event in the place of a word piece.</summary>
static class MaskedEvents
{
    const double HiddenShare = 0.8, ReplacedShare = 0.1;

    /// <summary>Hides events in the batch's arrays. Every customer has one event to guess at least.</summary>
    public static GuessedEvents Hide(SequenceBatch batch, CodeTable table, double share, Rng rng)
    {
        var events = Enumerable.Range(0, batch.Events.Length).Where(i => batch.Events[i]).ToArray();
        var chosen = new List<int>();
        for (var b = 0; b < batch.Customers; b++)
        {
            var certain = rng.NextInt(batch.Lengths[b]);
            for (var l = 0; l < batch.Lengths[b]; l++)
                if (rng.NextDouble() < share || (l == certain && share * batch.Lengths[b] < 1)) chosen.Add(b * batch.Length + l);
        }

        // All that are left as they were, when no draw hit: one.
        if (chosen.Count == 0) chosen.Add(events[rng.NextInt(events.Length)]);
        var places = chosen.ToArray();
        var guessed = new GuessedEvents([.. places.Select(p => (long)p)], Targets(batch, table, places));
        var width = table.Fields + 1;
        var originals = (long[])batch.Codes.Clone();
        foreach (var place in places)
        {
            var draw = rng.NextDouble();
            if (draw >= HiddenShare + ReplacedShare) continue;
            var other = draw < HiddenShare ? -1 : events[rng.NextInt(events.Length)];
            // The code behind a field's own is "masked".
            for (var f = 0; f < table.Fields; f++)
                batch.Codes[place * width + f] = other < 0 ? table.Starts[f] + table.Codes[f] : originals[other * width + f];
            if (other < 0) batch.Times[place * 2] = 0;
        }

        return guessed;
    }

    internal static long[][] Targets(SequenceBatch batch, CodeTable table, int[] places) =>
        [.. Enumerable.Range(0, table.Fields).Select(f => places.Select(p => batch.Codes[p * (table.Fields + 1) + f] - table.Starts[f]).ToArray())];

    public static Tensor Loss(SequenceEncoder encoder, FieldHeads heads, SequenceBatch batch, double share, Rng rng)
    {
        using var scope = NewDisposeScope();
        var guessed = Hide(batch, encoder.Table, share, rng);
        var hidden = encoder.Encode(batch, causal: false).Events.reshape(-1, encoder.Dim);  // B*L x D
        return heads.Loss(hidden.index_select(0, tensor(guessed.Places, device: hidden.device)), guessed.Targets).MoveToOuterDisposeScope();
    }
}
