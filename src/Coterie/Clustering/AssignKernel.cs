using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Coterie.Clustering;

/// <summary>Centres laid out for <see cref="AssignKernel"/>: vectors of <see cref="Width"/> centres, each d x Width. What is stored is
/// shift - centre, and half the squared length of centre - shift plus the shift's part, so that
/// constant + x . (shift - c) = (|x - c|^2 - |x - shift|^2) / 2: the score that orders the centres of a row as their distances do.</summary>
sealed class PackedCentres
{
    public readonly int Count, Columns, Width, Vectors;
    public readonly float[] Values;                                                 // vector x d x Width
    public readonly float[] Constants;                                              // vector x Width; infinite in empty lanes
    /// <summary>The largest |constant| + |x| |c| that a score is made of, for rows of at most the given length: what rounding scales with.</summary>
    public readonly double MaxConstant, MaxLength;

    // Validated. centres chosen from k x d; the shift has d numbers and is the same for all packs that are compared.
    public PackedCentres(float[][] centres, ReadOnlySpan<int> chosen, float[] shift, int width)
    {
        (Count, Columns, Width) = (chosen.Length, shift.Length, width);
        Vectors = (Count + width - 1) / width;
        Values = new float[Vectors * Columns * width];
        Constants = new float[Vectors * width];
        Array.Fill(Constants, float.PositiveInfinity);
        for (var p = 0; p < Count; p++)
        {
            var centre = centres[chosen[p]];
            double square = 0, along = 0, length = 0;
            for (var j = 0; j < Columns; j++)
            {
                // The rounded difference is what the kernel multiplies with, so the constant is made from it.
                var value = shift[j] - centre[j];
                Values[((p / width * Columns) + j) * width + p % width] = value;
                square += (double)value * value;
                along += (double)value * shift[j];
            }

            length = Math.Sqrt(square);
            var constant = square / 2 - along;
            Constants[p] = (float)constant;
            MaxConstant = Math.Max(MaxConstant, Math.Abs(constant));
            MaxLength = Math.Max(MaxLength, length);
        }
    }

    /// <summary>Places for scores of one row: a multiple of the width.</summary>
    public int Stride => Vectors * Width;

    /// <summary>The width that suits the machine: sixteen lanes where they are native and would not stay half empty.</summary>
    public static int BestWidth(int centres) => Vector512.IsHardwareAccelerated && centres > 8 ? 16 : 8;
}

/// <summary>Scores of six rows against all centres, two vectors of centres at a time: twelve sums stay in registers, so each number
/// that is loaded is used twice or six times. Every lane adds in column order with fused multiply-add, so any width and the plain
/// twin give the same bits on any machine.</summary>
static class AssignKernel
{
    public const int Tile = 6;

    // Validated. values n x d of which the given rows (1 .. 6 of them; missing ones repeat the last) -> scores, 6 x stride.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scores(float[] values, ReadOnlySpan<int> rows, PackedCentres packed, Span<float> scores)
    {
        var d = packed.Columns;
        ref var x = ref MemoryMarshal.GetArrayDataReference(values);
        var last = rows.Length - 1;
        ref var r0 = ref Unsafe.Add(ref x, (nint)rows[0] * d);
        ref var r1 = ref Unsafe.Add(ref x, (nint)rows[Math.Min(1, last)] * d);
        ref var r2 = ref Unsafe.Add(ref x, (nint)rows[Math.Min(2, last)] * d);
        ref var r3 = ref Unsafe.Add(ref x, (nint)rows[Math.Min(3, last)] * d);
        ref var r4 = ref Unsafe.Add(ref x, (nint)rows[Math.Min(4, last)] * d);
        ref var r5 = ref Unsafe.Add(ref x, (nint)rows[last] * d);
        ref var c = ref MemoryMarshal.GetArrayDataReference(packed.Values);
        ref var k = ref MemoryMarshal.GetArrayDataReference(packed.Constants);
        ref var s = ref MemoryMarshal.GetReference(scores[..(Tile * packed.Stride)]);
        var v = 0;
        if (packed.Width == 16)
        {
            for (; v + 2 <= packed.Vectors; v += 2)
                Pair512(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, d, ref Unsafe.Add(ref c, v * d * 16), ref Unsafe.Add(ref k, v * 16), ref Unsafe.Add(ref s, v * 16), packed.Stride);
            if (v < packed.Vectors)
                Single512(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, d, ref Unsafe.Add(ref c, v * d * 16), ref Unsafe.Add(ref k, v * 16), ref Unsafe.Add(ref s, v * 16), packed.Stride);
            return;
        }

        for (; v + 2 <= packed.Vectors; v += 2)
            Pair256(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, d, ref Unsafe.Add(ref c, v * d * 8), ref Unsafe.Add(ref k, v * 8), ref Unsafe.Add(ref s, v * 8), packed.Stride);
        if (v < packed.Vectors)
            Single256(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, d, ref Unsafe.Add(ref c, v * d * 8), ref Unsafe.Add(ref k, v * 8), ref Unsafe.Add(ref s, v * 8), packed.Stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Pair256(ref float r0, ref float r1, ref float r2, ref float r3, ref float r4, ref float r5, int d,
        ref float centres, ref float constants, ref float scores, int stride)
    {
        ref var next = ref Unsafe.Add(ref centres, d * 8);
        Vector256<float> a0 = Vector256.LoadUnsafe(ref constants), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0;
        Vector256<float> b0 = Vector256.LoadUnsafe(ref constants, 8), b1 = b0, b2 = b0, b3 = b0, b4 = b0, b5 = b0;
        for (nint j = 0; j < d; j++)
        {
            var u = Vector256.LoadUnsafe(ref Unsafe.Add(ref centres, j * 8));
            var w = Vector256.LoadUnsafe(ref Unsafe.Add(ref next, j * 8));
            var x0 = Vector256.Create(Unsafe.Add(ref r0, j));
            a0 = Vector256.FusedMultiplyAdd(x0, u, a0);
            b0 = Vector256.FusedMultiplyAdd(x0, w, b0);
            var x1 = Vector256.Create(Unsafe.Add(ref r1, j));
            a1 = Vector256.FusedMultiplyAdd(x1, u, a1);
            b1 = Vector256.FusedMultiplyAdd(x1, w, b1);
            var x2 = Vector256.Create(Unsafe.Add(ref r2, j));
            a2 = Vector256.FusedMultiplyAdd(x2, u, a2);
            b2 = Vector256.FusedMultiplyAdd(x2, w, b2);
            var x3 = Vector256.Create(Unsafe.Add(ref r3, j));
            a3 = Vector256.FusedMultiplyAdd(x3, u, a3);
            b3 = Vector256.FusedMultiplyAdd(x3, w, b3);
            var x4 = Vector256.Create(Unsafe.Add(ref r4, j));
            a4 = Vector256.FusedMultiplyAdd(x4, u, a4);
            b4 = Vector256.FusedMultiplyAdd(x4, w, b4);
            var x5 = Vector256.Create(Unsafe.Add(ref r5, j));
            a5 = Vector256.FusedMultiplyAdd(x5, u, a5);
            b5 = Vector256.FusedMultiplyAdd(x5, w, b5);
        }

        a0.StoreUnsafe(ref Unsafe.Add(ref scores, 0 * stride));
        b0.StoreUnsafe(ref Unsafe.Add(ref scores, 0 * stride + 8));
        a1.StoreUnsafe(ref Unsafe.Add(ref scores, 1 * stride));
        b1.StoreUnsafe(ref Unsafe.Add(ref scores, 1 * stride + 8));
        a2.StoreUnsafe(ref Unsafe.Add(ref scores, 2 * stride));
        b2.StoreUnsafe(ref Unsafe.Add(ref scores, 2 * stride + 8));
        a3.StoreUnsafe(ref Unsafe.Add(ref scores, 3 * stride));
        b3.StoreUnsafe(ref Unsafe.Add(ref scores, 3 * stride + 8));
        a4.StoreUnsafe(ref Unsafe.Add(ref scores, 4 * stride));
        b4.StoreUnsafe(ref Unsafe.Add(ref scores, 4 * stride + 8));
        a5.StoreUnsafe(ref Unsafe.Add(ref scores, 5 * stride));
        b5.StoreUnsafe(ref Unsafe.Add(ref scores, 5 * stride + 8));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Single256(ref float r0, ref float r1, ref float r2, ref float r3, ref float r4, ref float r5, int d,
        ref float centres, ref float constants, ref float scores, int stride)
    {
        Vector256<float> a0 = Vector256.LoadUnsafe(ref constants), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0;
        for (nint j = 0; j < d; j++)
        {
            var u = Vector256.LoadUnsafe(ref Unsafe.Add(ref centres, j * 8));
            a0 = Vector256.FusedMultiplyAdd(Vector256.Create(Unsafe.Add(ref r0, j)), u, a0);
            a1 = Vector256.FusedMultiplyAdd(Vector256.Create(Unsafe.Add(ref r1, j)), u, a1);
            a2 = Vector256.FusedMultiplyAdd(Vector256.Create(Unsafe.Add(ref r2, j)), u, a2);
            a3 = Vector256.FusedMultiplyAdd(Vector256.Create(Unsafe.Add(ref r3, j)), u, a3);
            a4 = Vector256.FusedMultiplyAdd(Vector256.Create(Unsafe.Add(ref r4, j)), u, a4);
            a5 = Vector256.FusedMultiplyAdd(Vector256.Create(Unsafe.Add(ref r5, j)), u, a5);
        }

        a0.StoreUnsafe(ref Unsafe.Add(ref scores, 0 * stride));
        a1.StoreUnsafe(ref Unsafe.Add(ref scores, 1 * stride));
        a2.StoreUnsafe(ref Unsafe.Add(ref scores, 2 * stride));
        a3.StoreUnsafe(ref Unsafe.Add(ref scores, 3 * stride));
        a4.StoreUnsafe(ref Unsafe.Add(ref scores, 4 * stride));
        a5.StoreUnsafe(ref Unsafe.Add(ref scores, 5 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Pair512(ref float r0, ref float r1, ref float r2, ref float r3, ref float r4, ref float r5, int d,
        ref float centres, ref float constants, ref float scores, int stride)
    {
        ref var next = ref Unsafe.Add(ref centres, d * 16);
        Vector512<float> a0 = Vector512.LoadUnsafe(ref constants), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0;
        Vector512<float> b0 = Vector512.LoadUnsafe(ref constants, 16), b1 = b0, b2 = b0, b3 = b0, b4 = b0, b5 = b0;
        for (nint j = 0; j < d; j++)
        {
            var u = Vector512.LoadUnsafe(ref Unsafe.Add(ref centres, j * 16));
            var w = Vector512.LoadUnsafe(ref Unsafe.Add(ref next, j * 16));
            var x0 = Vector512.Create(Unsafe.Add(ref r0, j));
            a0 = Vector512.FusedMultiplyAdd(x0, u, a0);
            b0 = Vector512.FusedMultiplyAdd(x0, w, b0);
            var x1 = Vector512.Create(Unsafe.Add(ref r1, j));
            a1 = Vector512.FusedMultiplyAdd(x1, u, a1);
            b1 = Vector512.FusedMultiplyAdd(x1, w, b1);
            var x2 = Vector512.Create(Unsafe.Add(ref r2, j));
            a2 = Vector512.FusedMultiplyAdd(x2, u, a2);
            b2 = Vector512.FusedMultiplyAdd(x2, w, b2);
            var x3 = Vector512.Create(Unsafe.Add(ref r3, j));
            a3 = Vector512.FusedMultiplyAdd(x3, u, a3);
            b3 = Vector512.FusedMultiplyAdd(x3, w, b3);
            var x4 = Vector512.Create(Unsafe.Add(ref r4, j));
            a4 = Vector512.FusedMultiplyAdd(x4, u, a4);
            b4 = Vector512.FusedMultiplyAdd(x4, w, b4);
            var x5 = Vector512.Create(Unsafe.Add(ref r5, j));
            a5 = Vector512.FusedMultiplyAdd(x5, u, a5);
            b5 = Vector512.FusedMultiplyAdd(x5, w, b5);
        }

        a0.StoreUnsafe(ref Unsafe.Add(ref scores, 0 * stride));
        b0.StoreUnsafe(ref Unsafe.Add(ref scores, 0 * stride + 16));
        a1.StoreUnsafe(ref Unsafe.Add(ref scores, 1 * stride));
        b1.StoreUnsafe(ref Unsafe.Add(ref scores, 1 * stride + 16));
        a2.StoreUnsafe(ref Unsafe.Add(ref scores, 2 * stride));
        b2.StoreUnsafe(ref Unsafe.Add(ref scores, 2 * stride + 16));
        a3.StoreUnsafe(ref Unsafe.Add(ref scores, 3 * stride));
        b3.StoreUnsafe(ref Unsafe.Add(ref scores, 3 * stride + 16));
        a4.StoreUnsafe(ref Unsafe.Add(ref scores, 4 * stride));
        b4.StoreUnsafe(ref Unsafe.Add(ref scores, 4 * stride + 16));
        a5.StoreUnsafe(ref Unsafe.Add(ref scores, 5 * stride));
        b5.StoreUnsafe(ref Unsafe.Add(ref scores, 5 * stride + 16));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Single512(ref float r0, ref float r1, ref float r2, ref float r3, ref float r4, ref float r5, int d,
        ref float centres, ref float constants, ref float scores, int stride)
    {
        Vector512<float> a0 = Vector512.LoadUnsafe(ref constants), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0;
        for (nint j = 0; j < d; j++)
        {
            var u = Vector512.LoadUnsafe(ref Unsafe.Add(ref centres, j * 16));
            a0 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref r0, j)), u, a0);
            a1 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref r1, j)), u, a1);
            a2 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref r2, j)), u, a2);
            a3 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref r3, j)), u, a3);
            a4 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref r4, j)), u, a4);
            a5 = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref r5, j)), u, a5);
        }

        a0.StoreUnsafe(ref Unsafe.Add(ref scores, 0 * stride));
        a1.StoreUnsafe(ref Unsafe.Add(ref scores, 1 * stride));
        a2.StoreUnsafe(ref Unsafe.Add(ref scores, 2 * stride));
        a3.StoreUnsafe(ref Unsafe.Add(ref scores, 3 * stride));
        a4.StoreUnsafe(ref Unsafe.Add(ref scores, 4 * stride));
        a5.StoreUnsafe(ref Unsafe.Add(ref scores, 5 * stride));
    }

    /// <summary>Squared distance of two rows of d numbers, eight columns at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Distance(ref float a, ref float b, int d)
    {
        var sum = Vector256<float>.Zero;
        nuint j = 0;
        for (; j + 8 <= (nuint)d; j += 8)
        {
            var step = Vector256.LoadUnsafe(ref a, j) - Vector256.LoadUnsafe(ref b, j);
            sum = Vector256.FusedMultiplyAdd(step, step, sum);
        }

        var half = sum.GetLower() + sum.GetUpper();
        half += Vector128.Shuffle(half, Vector128.Create(2, 3, 0, 1));
        half += Vector128.Shuffle(half, Vector128.Create(1, 0, 3, 2));
        var total = half.ToScalar();
        for (; j < (nuint)d; j++)
        {
            var step = Unsafe.Add(ref a, j) - Unsafe.Add(ref b, j);
            total = MathF.FusedMultiplyAdd(step, step, total);
        }

        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Least(Vector256<float> value)
    {
        var half = Vector128.Min(value.GetLower(), value.GetUpper());
        half = Vector128.Min(half, Vector128.Shuffle(half, Vector128.Create(2, 3, 0, 1)));
        return Vector128.Min(half, Vector128.Shuffle(half, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    // The least and second-least score in each of eight lanes, over the vectors of one row; at is the vector where the least was first.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LeastTwo(ref float scores, int vectors, out Vector256<float> best, out Vector256<int> at, out Vector256<float> second)
    {
        best = Vector256.LoadUnsafe(ref scores);
        second = Vector256.Create(float.PositiveInfinity);
        at = Vector256<int>.Zero;
        for (var v = 1; v < vectors; v++)
        {
            var value = Vector256.LoadUnsafe(ref scores, (nuint)(v * 8));
            var less = Vector256.LessThan(value, best);
            second = Vector256.MinNative(second, Vector256.MaxNative(best, value));
            best = Vector256.MinNative(value, best);
            at = Vector256.ConditionalSelect(less.AsInt32(), Vector256.Create(v), at);
        }
    }

    // The lowest place among lanes that hold the least value, and its lane.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LowestPlace(Vector256<float> best, float least, Vector256<int> places, out int lane)
    {
        var bits = Vector256.Equals(best, Vector256.Create(least)).ExtractMostSignificantBits();
        lane = BitOperations.TrailingZeroCount(bits) & 7;
        var place = places.GetElement(lane);
        for (bits &= bits - 1; bits != 0; bits &= bits - 1)
        {
            var other = BitOperations.TrailingZeroCount(bits);
            if (places.GetElement(other) < place) (place, lane) = (places.GetElement(other), other);
        }

        return place;
    }

    // The lowest label among lanes that hold the least value, and its lane; labels are those of the places.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Lowest(Vector256<float> best, float least, Vector256<int> places, int[] labels, out int lane)
    {
        var bits = Vector256.Equals(best, Vector256.Create(least)).ExtractMostSignificantBits();
        lane = BitOperations.TrailingZeroCount(bits) & 7;
        var label = labels[places.GetElement(lane)];
        for (bits &= bits - 1; bits != 0; bits &= bits - 1)
        {
            var other = BitOperations.TrailingZeroCount(bits);
            // Empty lanes are infinitely far; they tie only with scores that overflow.
            if (places.GetElement(other) < labels.Length && labels[places.GetElement(other)] < label) (label, lane) = (labels[places.GetElement(other)], other);
        }

        return label;
    }

    // As LeastTwo, without the second.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LeastOne(ref float scores, int vectors, out Vector256<float> best, out Vector256<int> at)
    {
        best = Vector256.LoadUnsafe(ref scores);
        at = Vector256<int>.Zero;
        for (var v = 1; v < vectors; v++)
        {
            var value = Vector256.LoadUnsafe(ref scores, (nuint)(v * 8));
            at = Vector256.ConditionalSelect(Vector256.LessThan(value, best).AsInt32(), Vector256.Create(v), at);
            best = Vector256.MinNative(value, best);
        }
    }
}
