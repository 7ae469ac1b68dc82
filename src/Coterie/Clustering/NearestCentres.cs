using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>Finds the nearest of fixed centres for new rows, by the same scores as the fit.</summary>
sealed class NearestCentres
{
    const int Lanes = 8;
    readonly float[][] centres;
    readonly PackedCentres packed;

    /// <summary>The shift is the mean of the centres, rounded: near the data, and the same for every call.</summary>
    public NearestCentres(float[][] centres, int columns)
    {
        this.centres = centres;
        var shift = new float[columns];
        for (var j = 0; j < columns; j++) shift[j] = (float)centres.Average(c => (double)c[j]);
        packed = new(centres, [.. Enumerable.Range(0, centres.Length)], shift, PackedCentres.BestWidth(centres.Length));
    }

    // Validated. Labels of rows start .. end; false when a row has a number that is not finite (its label means nothing then).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Labels(Matrix rows, int start, int end, int[] labels, int offset = 0)
    {
        var (best, at) = (new float[NearestKernel.Room(packed)], new int[NearestKernel.Room(packed)]);
        Span<int> tile = stackalloc int[AssignKernel.Tile];
        for (var i = start; i < end; i += AssignKernel.Tile)
        {
            var count = Math.Min(AssignKernel.Tile, end - i);
            for (var r = 0; r < count; r++) tile[r] = i + r;
            NearestKernel.Places(rows.Values, tile[..count], packed, best, at, labels.AsSpan(i - offset, count));
        }

        return Check.AllFinite(rows.Values.AsSpan(start * rows.Columns, (end - start) * rows.Columns));
    }

    // Validated. At most six rows: the nearest, the second-nearest (-1 when there is none) and 1 - d1/d2.
    public void Two(Matrix rows, int start, int end, int[] labels, int[] seconds, float[] confidence)
    {
        Span<int> tile = stackalloc int[end - start];
        for (var r = 0; r < tile.Length; r++) tile[r] = start + r;
        Span<float> scores = packed.Stride <= 256 ? stackalloc float[AssignKernel.Tile * packed.Stride] : new float[AssignKernel.Tile * packed.Stride];
        AssignKernel.Scores(rows.Values, tile, packed, scores);
        var lanes = Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7);
        for (var r = 0; r < tile.Length; r++)
        {
            var mine = scores.Slice(r * packed.Stride, packed.Stride);
            AssignKernel.LeastOne(ref mine[0], packed.Stride / Lanes, out var best, out var at);
            var label = AssignKernel.LowestPlace(best, AssignKernel.Least(best), at * Lanes + lanes, out _);
            labels[start + r] = label;
            if (centres.Length == 1)
            {
                confidence[start + r] = 1;
                continue;
            }

            mine[label] = float.PositiveInfinity;
            AssignKernel.LeastOne(ref mine[0], packed.Stride / Lanes, out best, out at);
            var second = AssignKernel.LowestPlace(best, AssignKernel.Least(best), at * Lanes + lanes, out _);
            // Only scores that overflow make the same centre the second as well.
            if (second == label) second = label == 0 ? 1 : 0;
            seconds[start + r] = second;
            var (near, next) = (Distance(rows, start + r, label), Distance(rows, start + r, second));
            confidence[start + r] = next > 0 ? Math.Clamp(1 - MathF.Sqrt(near / next), 0, 1) : 0;
        }
    }

    // Validated. The sum of squared distances of rows start .. end to their nearest centres.
    public double Objective(Matrix rows, int start, int end)
    {
        var labels = new int[end - start];
        Labels(rows, start, end, labels, start);
        var sum = 0.0;
        for (var i = start; i < end; i++) sum += Distance(rows, i, labels[i - start]);
        return sum;
    }

    // Validated. Lowers squared distances and sets labels, counted from the offset, of rows that are nearer to one of these centres.
    public void Lower(Matrix rows, int start, int end, int offset, float[] squares, int[] labels)
    {
        var nearer = new int[end - start];
        Labels(rows, start, end, nearer, start);
        for (var i = start; i < end; i++)
        {
            var square = Distance(rows, i, nearer[i - start]);
            if (square < squares[i]) (squares[i], labels[i]) = (square, offset + nearer[i - start]);
        }
    }

    public double Objective(Matrix rows, int start, int end, int[] labels)
    {
        var sum = 0.0;
        for (var i = start; i < end; i++) sum += Distance(rows, i, labels[i]);
        return sum;
    }

    float Distance(Matrix rows, int row, int centre) => AssignKernel.Distance(
        ref MemoryMarshal.GetReference(rows.Row(row)), ref MemoryMarshal.GetArrayDataReference(centres[centre]), rows.Columns);
}
