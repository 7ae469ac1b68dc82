namespace Coterie.Numerics;

/// <summary>Splits n rows into fixed chunks that do not depend on the number of threads, so that partial results combined in
/// chunk order have the same bytes for any thread count.</summary>
static class Chunks
{
    public const int Rows = 4096;

    public static int Count(int rows) => (rows + Rows - 1) / Rows;

    /// <summary>Runs the work for each chunk: (chunk index, first row, end row exclusive).</summary>
    public static void For(int rows, int threads, Action<int, int, int> work)
    {
        var count = Count(rows);
        if (threads <= 1 || count <= 1)
        {
            for (var c = 0; c < count; c++) work(c, c * Rows, Math.Min(rows, (c + 1) * Rows));
            return;
        }

        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads },
            c => work(c, c * Rows, Math.Min(rows, (c + 1) * Rows)));
    }

    /// <summary>Runs independent items; each writes only its own slot.</summary>
    public static void Each(int items, int threads, Action<int> work)
    {
        if (threads <= 1 || items <= 1)
        {
            for (var i = 0; i < items; i++) work(i);
            return;
        }

        // One item at a time and in order, so that a late long item does not wait behind a range of its own thread.
        var next = -1;
        Parallel.For(0, Math.Min(threads, items), new ParallelOptions { MaxDegreeOfParallelism = threads }, _ =>
        {
            for (var i = Interlocked.Increment(ref next); i < items; i = Interlocked.Increment(ref next)) work(i);
        });
    }
}
