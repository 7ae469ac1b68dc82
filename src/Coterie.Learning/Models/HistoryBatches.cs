using System.Runtime.ExceptionServices;
using Coterie.Learning.Training;
using static TorchSharp.torch;

namespace Coterie.Learning.Models;

/// <summary>Many histories through a network at rest: every batch on one thread, several batches side by side, so that the bytes do not depend on the number of
/// threads.</summary>
static class HistoryBatches
{
    // 32 customers x 64 events x 256 numbers are 2 MB, about what one core's cache holds.
    const int EventsAtOnce = 32 * 64;

    /// <summary>What the network says of each span, n x width, row-major.</summary>
    /// <param name="spans">n parts of histories of the pool.</param>
    /// <param name="of">B histories, and their places among the spans, to B x width. Several calls run at once.</param>
    /// <param name="threads">0 takes all.</param>
    public static float[] Run(SequenceEncoder encoder, SequencePool pool, EventSpan[] spans, int width, Func<SequenceBatch, int[], Tensor> of, int threads, CancellationToken stop)
    {
        var batches = Batches(spans, encoder.Length);
        var values = new float[checked(spans.Length * width)];
        var next = -1;
        ExceptionDispatchInfo? failure = null;
        void Work()
        {
            try
            {
                // libtorch's number of threads belongs to the thread that sets it.
                set_num_threads(1);
                using var mode = inference_mode();
                for (int b; failure is null && (b = Interlocked.Increment(ref next)) < batches.Count;)
                {
                    stop.ThrowIfCancellationRequested();
                    using var scope = NewDisposeScope();
                    var rows = batches[b];
                    var batch = new SequenceBatch(pool, Array.ConvertAll(rows, r => spans[r]), encoder.Table, encoder.Length);
                    var said = of(batch, rows).cpu().contiguous().data<float>().ToArray(); // B x width
                    for (var i = 0; i < rows.Length; i++) Array.Copy(said, i * width, values, rows[i] * width, width);
                }
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        }

        var before = get_num_threads();
        var workers = Enumerable.Range(0, Math.Min(threads > 0 ? threads : Environment.ProcessorCount, batches.Count)).Select(_ => new Thread(Work)).ToArray();
        foreach (var worker in workers) worker.Start();
        foreach (var worker in workers) worker.Join();
        set_num_threads(before);
        failure?.Throw();
        return values;
    }

    /// <summary>Rows by length, about as many events in each batch.</summary>
    static List<int[]> Batches(EventSpan[] spans, int longest)
    {
        int Length(int row) => Math.Clamp(spans[row].Length, 1, longest);
        var batches = new List<int[]>();
        var batch = new List<int>();
        foreach (var row in LengthBuckets.Sorted(Enumerable.Range(0, spans.Length), Length, 1).Select(r => r[0]))
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
}
