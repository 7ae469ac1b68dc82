using Coterie.Learning.Models;
using Coterie.Numerics;
using Coterie.Sequences;

namespace Coterie.Learning;

/// <summary>One vector for each customer.</summary>
/// <param name="Customers">n ids, in the order of the sequences.</param>
/// <param name="Values">n x width.</param>
public sealed record Embeddings(string[] Customers, Matrix Values);

/// <summary>Histories through an encoder.</summary>
static class Embedder
{
    /// <param name="threads">0 takes all.</param>
    public static Embeddings Embed(SequenceEncoder encoder, IEnumerable<CustomerSequences> chunks, int threads, CancellationToken stop = default)
    {
        var customers = new List<string>();
        var parts = new List<float[]>();
        encoder.eval();
        foreach (var chunk in chunks)
        {
            stop.ThrowIfCancellationRequested();
            FieldsOf.Same(encoder.Fields, chunk.Fields, "the model");
            customers.AddRange(chunk.Customers);
            var pool = new SequencePool([chunk]);
            var whole = Enumerable.Range(0, pool.Count).Select(pool.Whole).ToArray();
            parts.Add(HistoryBatches.Run(encoder, pool, whole, encoder.Width, (batch, _) => encoder.Encode(batch, causal: false).Customers, threads, stop));
        }

        return new([.. customers], new([.. parts.SelectMany(p => p)], customers.Count, encoder.Width));
    }
}
