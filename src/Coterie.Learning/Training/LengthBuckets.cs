using Coterie.Numerics;

namespace Coterie.Learning.Training;

/// <summary>Batches of rows of like length, so that little is padding, in an order that still is random.</summary>
static class LengthBuckets
{
    // Rows are sorted within so many batches only: sorting all would show the short customers together, epoch after epoch.
    const int Window = 32;

    /// <summary>Every row once.</summary>
    public static int[][] Shuffled(ReadOnlySpan<int> rows, Func<int, int> length, int batch, Rng rng)
    {
        var order = rows.ToArray();
        rng.Shuffle(order.AsSpan());
        var batches = new List<int[]>();
        foreach (var window in order.Chunk(batch * Window)) batches.AddRange(window.OrderBy(length).Chunk(batch));
        var shuffled = batches.ToArray();
        rng.Shuffle(shuffled.AsSpan());
        return shuffled;
    }

    /// <summary>Every row once, shortest first; the same batches for the same rows.</summary>
    public static int[][] Sorted(IEnumerable<int> rows, Func<int, int> length, int batch) => [.. rows.OrderBy(length).ThenBy(r => r).Chunk(batch)];
}
