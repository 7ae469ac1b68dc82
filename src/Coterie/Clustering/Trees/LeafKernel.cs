using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Coterie.Clustering.Trees;

/// <summary>Distances of one row to a leaf and to boxes. The multiply-add is always fused, so that bytes do not depend on the machine.
/// Everything is validated by the caller.</summary>
static class LeafKernel
{
    /// <summary>Distances of a row (at least d numbers) to the rows of a block (d x 32): squared Euclidean, or Manhattan.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LeafDistances Distances(ReadOnlySpan<float> row, ReadOnlySpan<float> block, bool manhattan)
    {
        ref var x = ref MemoryMarshal.GetReference(block);
        Vector256<float> a = default, b = default, c = default, e = default;
        var columns = block.Length / KdTree.Leaf;
        if (manhattan)
        {
            for (var j = 0; j < columns; j++)
            {
                var q = Vector256.Create(row[j]);
                ref var column = ref Unsafe.Add(ref x, j * KdTree.Leaf);
                a += Vector256.Abs(q - Vector256.LoadUnsafe(ref column));
                b += Vector256.Abs(q - Vector256.LoadUnsafe(ref column, 8));
                c += Vector256.Abs(q - Vector256.LoadUnsafe(ref column, 16));
                e += Vector256.Abs(q - Vector256.LoadUnsafe(ref column, 24));
            }

            return new LeafDistances(a, b, c, e);
        }

        for (var j = 0; j < columns; j++)
        {
            var q = Vector256.Create(row[j]);
            ref var column = ref Unsafe.Add(ref x, j * KdTree.Leaf);
            var u = q - Vector256.LoadUnsafe(ref column);
            var v = q - Vector256.LoadUnsafe(ref column, 8);
            var w = q - Vector256.LoadUnsafe(ref column, 16);
            var z = q - Vector256.LoadUnsafe(ref column, 24);
            a = Vector256.FusedMultiplyAdd(u, u, a);
            b = Vector256.FusedMultiplyAdd(v, v, b);
            c = Vector256.FusedMultiplyAdd(w, w, c);
            e = Vector256.FusedMultiplyAdd(z, z, e);
        }

        return new LeafDistances(a, b, c, e);
    }

    /// <summary>Least distance of a row (w numbers) to a box (2 x w); 0 inside it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToBox(ReadOnlySpan<float> row, ReadOnlySpan<float> box, bool manhattan)
    {
        ref var q = ref MemoryMarshal.GetReference(row);
        ref var b = ref MemoryMarshal.GetReference(box);
        var width = row.Length;
        if (width == 4)
        {
            var x = Vector128.LoadUnsafe(ref q);
            var gap = Vector128.Max(Vector128.Max(Vector128.LoadUnsafe(ref b) - x, x - Vector128.LoadUnsafe(ref b, 4)), Vector128<float>.Zero);
            return Vector128.Sum(manhattan ? gap : gap * gap);
        }

        Vector256<float> sum = default;
        for (nuint j = 0; j < (nuint)width; j += 8)
        {
            var x = Vector256.LoadUnsafe(ref q, j);
            var gap = Vector256.Max(Vector256.Max(Vector256.LoadUnsafe(ref b, j) - x, x - Vector256.LoadUnsafe(ref b, j + (nuint)width)), Vector256<float>.Zero);
            sum = manhattan ? sum + gap : Vector256.FusedMultiplyAdd(gap, gap, sum);
        }

        return Vector256.Sum(sum);
    }

    /// <summary>Bit i is set where number i of 32 equals the value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Equal(ReadOnlySpan<int> numbers, int value)
    {
        ref var x = ref MemoryMarshal.GetReference(numbers);
        var t = Vector256.Create(value);
        return Vector256.Equals(Vector256.LoadUnsafe(ref x), t).ExtractMostSignificantBits()
            | Vector256.Equals(Vector256.LoadUnsafe(ref x, 8), t).ExtractMostSignificantBits() << 8
            | Vector256.Equals(Vector256.LoadUnsafe(ref x, 16), t).ExtractMostSignificantBits() << 16
            | Vector256.Equals(Vector256.LoadUnsafe(ref x, 24), t).ExtractMostSignificantBits() << 24;
    }

    /// <summary>Least distance between two boxes (2 x w each).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Between(ReadOnlySpan<float> one, ReadOnlySpan<float> other, bool manhattan)
    {
        ref var p = ref MemoryMarshal.GetReference(one);
        ref var q = ref MemoryMarshal.GetReference(other);
        var width = (nuint)one.Length / 2;
        if (width == 4)
        {
            var gap = Vector128.Max(Vector128<float>.Zero, Vector128.Max(
                Vector128.LoadUnsafe(ref p) - Vector128.LoadUnsafe(ref q, 4), Vector128.LoadUnsafe(ref q) - Vector128.LoadUnsafe(ref p, 4)));
            return Vector128.Sum(manhattan ? gap : gap * gap);
        }

        Vector256<float> sum = default;
        for (nuint j = 0; j < width; j += 8)
        {
            var gap = Vector256.Max(Vector256<float>.Zero, Vector256.Max(
                Vector256.LoadUnsafe(ref p, j) - Vector256.LoadUnsafe(ref q, j + width), Vector256.LoadUnsafe(ref q, j) - Vector256.LoadUnsafe(ref p, j + width)));
            sum = manhattan ? sum + gap : Vector256.FusedMultiplyAdd(gap, gap, sum);
        }

        return Vector256.Sum(sum);
    }

    /// <summary>Largest distance between a row of one box and a row of the other (2 x w each).</summary>
    public static float Across(ReadOnlySpan<float> one, ReadOnlySpan<float> other, bool manhattan)
    {
        var width = one.Length / 2;
        var sum = 0f;
        for (var j = 0; j < width; j++)
        {
            var gap = Math.Max(one[j + width] - other[j], other[j + width] - one[j]);
            sum = manhattan ? sum + gap : MathF.FusedMultiplyAdd(gap, gap, sum);
        }

        return sum;
    }
}

/// <summary>Distances to the 32 rows of a leaf, in registers.</summary>
readonly struct LeafDistances(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d)
{
    /// <summary>Bit i is set where distance i is less than the bound.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Below(float bound)
    {
        var t = Vector256.Create(bound);
        return Bits(Vector256.LessThan(a, t), Vector256.LessThan(b, t), Vector256.LessThan(c, t), Vector256.LessThan(d, t));
    }

    /// <summary>The larger of each distance and both core distances: mutual reachability.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public LeafDistances AtLeast(float core, ReadOnlySpan<float> cores)
    {
        ref var x = ref MemoryMarshal.GetReference(cores);
        var t = Vector256.Create(core);
        return new LeafDistances(
            Vector256.Max(Vector256.Max(a, t), Vector256.LoadUnsafe(ref x)),
            Vector256.Max(Vector256.Max(b, t), Vector256.LoadUnsafe(ref x, 8)),
            Vector256.Max(Vector256.Max(c, t), Vector256.LoadUnsafe(ref x, 16)),
            Vector256.Max(Vector256.Max(d, t), Vector256.LoadUnsafe(ref x, 24)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Span<float> destination)
    {
        ref var x = ref MemoryMarshal.GetReference(destination);
        a.StoreUnsafe(ref x);
        b.StoreUnsafe(ref x, 8);
        c.StoreUnsafe(ref x, 16);
        d.StoreUnsafe(ref x, 24);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static uint Bits(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d) =>
        a.ExtractMostSignificantBits() | b.ExtractMostSignificantBits() << 8
        | c.ExtractMostSignificantBits() << 16 | d.ExtractMostSignificantBits() << 24;
}
