using Coterie.Learning.Models;
using Coterie.Numerics;
using Coterie.Sequences;

namespace Coterie.Learning.Classification;

/// <summary>Makes values of fields unknown in a batch.</summary>
static class HistoryFields
{
    /// <summary>All values of these fields, padding apart.</summary>
    public static void Hide(SequenceBatch batch, CodeTable table, IReadOnlyList<int> fields)
    {
        foreach (var f in fields)
            for (var at = f; at < batch.Codes.Length; at += table.Fields + 1)
                if (batch.Codes[at] != table.Starts[f] + SequenceField.Padding) batch.Codes[at] = table.Starts[f] + SequenceField.Unknown;
    }

    /// <summary>A random share of all values.</summary>
    public static void Forget(SequenceBatch batch, CodeTable table, double share, Rng rng)
    {
        if (share <= 0) return;
        for (var e = 0; e < batch.Codes.Length; e += table.Fields + 1)
        {
            for (var f = 0; f < table.Fields; f++)
                if (rng.NextDouble() < share && batch.Codes[e + f] != table.Starts[f] + SequenceField.Padding) batch.Codes[e + f] = table.Starts[f] + SequenceField.Unknown;
        }
    }
}
