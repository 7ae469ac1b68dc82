using Coterie.Learning.Models;
using static TorchSharp.torch;

namespace Coterie.Learning.Objectives;

/// <summary>Guesses each event from those before it (Kang and McAuley 2018, SASRec, with full cross-entropy as Klenitskiy and Vasilev 2023).</summary>
static class NextEvent
{
    /// <summary>Null when no customer of the batch has two events.</summary>
    public static Tensor? Loss(SequenceEncoder encoder, FieldHeads heads, SequenceBatch batch)
    {
        var places = new List<int>();
        for (var b = 0; b < batch.Customers; b++)
            for (var l = 0; l + 1 < batch.Lengths[b]; l++) places.Add(b * batch.Length + l);
        if (places.Count == 0) return null;
        using var scope = NewDisposeScope();
        var targets = MaskedEvents.Targets(batch, encoder.Table, [.. places.Select(p => p + 1)]);
        var hidden = encoder.Encode(batch, causal: true).Events.reshape(-1, encoder.Dim);   // B*L x D
        var chosen = tensor(places.Select(p => (long)p).ToArray(), device: hidden.device);
        return heads.Loss(hidden.index_select(0, chosen), targets).MoveToOuterDisposeScope();
    }
}
