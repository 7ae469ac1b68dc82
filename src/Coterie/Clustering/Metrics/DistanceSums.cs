using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Coterie.Numerics;

namespace Coterie.Clustering.Metrics;

/// <summary>Sums of Euclidean distances from rows to all rows of a cluster, without a matrix of distances. Six rows against sixteen rows of
/// the cluster stand in registers; their roots are summed as they come, in double precision beyond sixteen of them.</summary>
static class DistanceSums
{
    /// <summary>Rows of one tile, and the rows of the cluster it is compared with at a time.</summary>
    public const int TileRows = 6, Width = 16;

    /// <summary>Rows of a block: with their columns they stay in the first-level cache while the clusters pass by.</summary>
    public const int BlockRows = 16 * TileRows;

    /// <summary>Rows [start, end) of a matrix in groups of sixteen: group x d x lane. Empty lanes are zero.</summary>
    public static float[] Pack(Matrix rows, int start, int end)
    {
        var d = rows.Columns;
        var packed = new float[(end - start + Width - 1) / Width * d * Width];
        for (var i = start; i < end; i++)
        {
            var at = ((i - start) / Width * d * Width) + (i - start) % Width;
            foreach (var x in rows.Row(i))
            {
                packed[at] = x;
                at += Width;
            }
        }

        return packed;
    }

    // Validated. Adds, for each of rows [start, end), at most BlockRows, the distances to the packed rows (count of them) -> sums (end - start).
    public static void Add(Matrix rows, int start, int end, ReadOnlySpan<float> packed, int count, Span<double> sums)
    {
        if (count == 0 || rows.Columns == 0) return;
        var d = rows.Columns;
        Span<Vector256<double>> wide = stackalloc Vector256<double>[BlockRows];
        wide.Clear();
        ref var first = ref MemoryMarshal.GetReference(packed);
        for (var from = 0; from < count; from += Width)
        {
            ref var group = ref Unsafe.Add(ref first, (nint)from * d);
            var present = Math.Min(Width, count - from);
            var low = Vector256.LessThan(Vector256.Create(0f, 1, 2, 3, 4, 5, 6, 7), Vector256.Create((float)present));
            var high = Vector256.LessThan(Vector256.Create(8f, 9, 10, 11, 12, 13, 14, 15), Vector256.Create((float)present));
            for (var i = start; i < end; i += TileRows)
                Tile(rows, i, end - 1, ref group, d, low, high, wide.Slice(i - start, TileRows));
        }

        for (var i = 0; i < end - start; i++) sums[i] += Vector256.Sum(wide[i]);
    }

    // Rows i .. i + 5 (beyond the last one it is repeated) against sixteen.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Tile(Matrix rows, int i, int last, ref float group, int d, Vector256<float> low, Vector256<float> high, Span<Vector256<double>> wide)
    {
        ref var r0 = ref rows.Values[i * d];
        ref var r1 = ref rows.Values[Math.Min(i + 1, last) * d];
        ref var r2 = ref rows.Values[Math.Min(i + 2, last) * d];
        ref var r3 = ref rows.Values[Math.Min(i + 3, last) * d];
        ref var r4 = ref rows.Values[Math.Min(i + 4, last) * d];
        ref var r5 = ref rows.Values[Math.Min(i + 5, last) * d];
        Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default;
        Vector256<float> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default;
        for (nuint j = 0; j < (nuint)d; j++)
        {
            var g = Vector256.LoadUnsafe(ref group, j * Width);
            var h = Vector256.LoadUnsafe(ref group, j * Width + 8);
            var x = Vector256.Create(Unsafe.Add(ref r0, j));
            Vector256<float> p = x - g, q = x - h;
            a0 = Vector256.FusedMultiplyAdd(p, p, a0);
            b0 = Vector256.FusedMultiplyAdd(q, q, b0);
            x = Vector256.Create(Unsafe.Add(ref r1, j));
            p = x - g;
            q = x - h;
            a1 = Vector256.FusedMultiplyAdd(p, p, a1);
            b1 = Vector256.FusedMultiplyAdd(q, q, b1);
            x = Vector256.Create(Unsafe.Add(ref r2, j));
            p = x - g;
            q = x - h;
            a2 = Vector256.FusedMultiplyAdd(p, p, a2);
            b2 = Vector256.FusedMultiplyAdd(q, q, b2);
            x = Vector256.Create(Unsafe.Add(ref r3, j));
            p = x - g;
            q = x - h;
            a3 = Vector256.FusedMultiplyAdd(p, p, a3);
            b3 = Vector256.FusedMultiplyAdd(q, q, b3);
            x = Vector256.Create(Unsafe.Add(ref r4, j));
            p = x - g;
            q = x - h;
            a4 = Vector256.FusedMultiplyAdd(p, p, a4);
            b4 = Vector256.FusedMultiplyAdd(q, q, b4);
            x = Vector256.Create(Unsafe.Add(ref r5, j));
            p = x - g;
            q = x - h;
            a5 = Vector256.FusedMultiplyAdd(p, p, a5);
            b5 = Vector256.FusedMultiplyAdd(q, q, b5);
        }

        ref var w = ref MemoryMarshal.GetReference(wide);
        Roots(a0, b0, low, high, ref w);
        Roots(a1, b1, low, high, ref Unsafe.Add(ref w, 1));
        Roots(a2, b2, low, high, ref Unsafe.Add(ref w, 2));
        Roots(a3, b3, low, high, ref Unsafe.Add(ref w, 3));
        Roots(a4, b4, low, high, ref Unsafe.Add(ref w, 4));
        Roots(a5, b5, low, high, ref Unsafe.Add(ref w, 5));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Roots(Vector256<float> a, Vector256<float> b, Vector256<float> low, Vector256<float> high, ref Vector256<double> sum)
    {
        // One addition in single precision before widening: two roots, half a unit in the last place.
        var roots = Vector256.BitwiseAnd(Vector256.Sqrt(a), low) + Vector256.BitwiseAnd(Vector256.Sqrt(b), high);
        var (x, y) = Vector256.Widen(roots);
        sum += x + y;
    }
}
