using System.Runtime.ExceptionServices;
using Coterie.Learning.Models;
using Coterie.Learning.Training;
using Coterie.Numerics;
using Coterie.Sequences;
using static TorchSharp.torch;

namespace Coterie.Learning;

/// <summary>One vector for each customer.</summary>
/// <param name="Customers">n ids, in the order of the sequences.</param>
/// <param name="Values">n x width.</param>
public sealed record Embeddings(string[] Customers, Matrix Values);

/// <summary>Histories through an encoder: every batch on one thread, several batches side by side, so that the bytes do not depend on the number of threads.</summary>
static class Embedder
{
    // 32 customers x 64 events x 256 numbers are 2 MB, about what one core's cache holds.
    const int EventsAtOnce = 32 * 64;

    /// <param name="threads">0 takes all.</param>
    public static Embeddings Embed(SequenceEncoder encoder, IEnumerable<CustomerSequences> chunks, int threads, CancellationToken stop = default)
    {
        var customers = new List<string>();
        var parts = new List<float[]>();
        foreach (var chunk in chunks)
        {
            stop.ThrowIfCancellationRequested();
            FieldsOf.Same(encoder.Fields, chunk.Fields, "the model");
            customers.AddRange(chunk.Customers);
            parts.Add(Embed(encoder, chunk, threads > 0 ? threads : Environment.ProcessorCount));
        }

        var values = new float[checked(customers.Count * encoder.Width)];
        var at = 0;
        foreach (var part in parts)
        {
            part.CopyTo(values, at);
            at += part.Length;
        }

        return new([.. customers], new(values, customers.Count, encoder.Width));
    }

    static float[] Embed(SequenceEncoder encoder, CustomerSequences chunk, int threads)
    {
        var pool = new SequencePool([chunk]);
        var batches = Batches(pool, encoder.Length);
        var values = new float[checked(chunk.Count * encoder.Width)];
        encoder.eval();
        var next = -1;
        ExceptionDispatchInfo? failure = null;
        void Work()
        {
            try
            {
                // libtorch's number of threads belongs to the thread that sets it.
                set_num_threads(1);
                using var mode = inference_mode();
                for (int b; failure is null && (b = Interlocked.Increment(ref next)) < batches.Count;) Batch(encoder, pool, batches[b], values);
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        }

        var before = get_num_threads();
        var workers = Enumerable.Range(0, Math.Min(threads, batches.Count)).Select(_ => new Thread(Work)).ToArray();
        foreach (var worker in workers) worker.Start();
        foreach (var worker in workers) worker.Join();
        set_num_threads(before);
        failure?.Throw();
        return values;
    }

    /// <summary>Rows by length, about as many events in each batch.</summary>
    static List<int[]> Batches(SequencePool pool, int longest)
    {
        int Length(int row) => Math.Clamp(pool.Whole(row).Length, 1, longest);
        var batches = new List<int[]>();
        var batch = new List<int>();
        foreach (var row in LengthBuckets.Sorted(Enumerable.Range(0, pool.Count), Length, 1).Select(r => r[0]))
        {
            if (batch.Count > 0 && (batch.Count + 1) * Length(row) > EventsAtOnce)
            {
                batches.Add([.. batch]);
                batch.Clear();
            }

            batch.Add(row);
        }

        if (batch.Count > 0) batches.Add([.. batch]);
        return batches;
    }

    static void Batch(SequenceEncoder encoder, SequencePool pool, int[] rows, float[] values)
    {
        using var scope = NewDisposeScope();
        var batch = new SequenceBatch(pool, Array.ConvertAll(rows, pool.Whole), encoder.Table, encoder.Length);
        var embedded = encoder.Encode(batch, causal: false).Customers.cpu().contiguous().data<float>().ToArray(); // B x width
        for (var i = 0; i < rows.Length; i++) Array.Copy(embedded, i * encoder.Width, values, rows[i] * encoder.Width, encoder.Width);
    }
}
