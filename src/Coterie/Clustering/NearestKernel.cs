using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Coterie.Clustering;

/// <summary>The nearest centre of six rows where nobody asks for the scores: with sixteen lanes the least score of each lane stays in
/// registers and no score is written. The scores have the bits of <see cref="AssignKernel.Scores"/>, so the labels are the same.</summary>
static class NearestKernel
{
    const int Tile = AssignKernel.Tile, Wide = 16;

    /// <summary>Floats and as many ints that a caller lends.</summary>
    public static int Room(PackedCentres packed) => packed.Width == Wide ? Tile * Wide : Tile * packed.Stride;

    // Validated. values n x d of which the given rows (1 .. 6) -> places of the least score, the lowest on a tie.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Places(float[] values, ReadOnlySpan<int> rows, PackedCentres packed, float[] best, int[] at, Span<int> places)
    {
        if (packed.Width == Wide)
        {
            Lanes512(values, rows, packed, best, at);
            for (var r = 0; r < rows.Length; r++) places[r] = Lowest(ref best[r * Wide], ref at[r * Wide]);
            return;
        }

        AssignKernel.Scores(values, rows, packed, best);
        for (var r = 0; r < rows.Length; r++)
        {
            AssignKernel.LeastOne(ref best[r * packed.Stride], packed.Vectors, out var least, out var where);
            places[r] = AssignKernel.LowestPlace(least, AssignKernel.Least(least), where * 8 + Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7), out _);
        }
    }

    // The lowest place among lanes that hold the least value.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int Lowest(ref float best, ref int at)
    {
        var lanes = Vector512.LoadUnsafe(ref best);
        var least = AssignKernel.Least(Vector256.MinNative(lanes.GetLower(), lanes.GetUpper()));
        var bits = Vector512.Equals(lanes, Vector512.Create(least)).ExtractMostSignificantBits();
        var lane = BitOperations.TrailingZeroCount(bits) & (Wide - 1);
        var place = Unsafe.Add(ref at, lane) * Wide + lane;
        for (bits &= bits - 1; bits != 0; bits &= bits - 1)
        {
            lane = BitOperations.TrailingZeroCount(bits);
            place = Math.Min(place, Unsafe.Add(ref at, lane) * Wide + lane);
        }

        return place;
    }

    // Least scores of six rows by lane (6 x 16) and the vectors where they were first.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Lanes512(float[] values, ReadOnlySpan<int> rows, PackedCentres packed, float[] best, int[] at)
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
        ref var s = ref MemoryMarshal.GetReference(best.AsSpan(0, Tile * Wide));
        ref var p = ref MemoryMarshal.GetReference(at.AsSpan(0, Tile * Wide));
        for (var v = 0; v < packed.Vectors; v += 2)
        {
            // A vector without a partner is its own: it is never less than itself.
            var partner = Math.Min(v + 1, packed.Vectors - 1);
            ref var centres = ref Unsafe.Add(ref c, v * d * Wide);
            ref var next = ref Unsafe.Add(ref c, partner * d * Wide);
            Vector512<float> a0 = Vector512.LoadUnsafe(ref packed.Constants[v * Wide]), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0;
            Vector512<float> b0 = Vector512.LoadUnsafe(ref packed.Constants[partner * Wide]), b1 = b0, b2 = b0, b3 = b0, b4 = b0, b5 = b0;
            for (nint j = 0; j < d; j++)
            {
                var u = Vector512.LoadUnsafe(ref Unsafe.Add(ref centres, j * Wide));
                var w = Vector512.LoadUnsafe(ref Unsafe.Add(ref next, j * Wide));
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

            var first = v == 0;
            Keep(a0, b0, v, first, ref s, ref p);
            Keep(a1, b1, v, first, ref Unsafe.Add(ref s, Wide), ref Unsafe.Add(ref p, Wide));
            Keep(a2, b2, v, first, ref Unsafe.Add(ref s, 2 * Wide), ref Unsafe.Add(ref p, 2 * Wide));
            Keep(a3, b3, v, first, ref Unsafe.Add(ref s, 3 * Wide), ref Unsafe.Add(ref p, 3 * Wide));
            Keep(a4, b4, v, first, ref Unsafe.Add(ref s, 4 * Wide), ref Unsafe.Add(ref p, 4 * Wide));
            Keep(a5, b5, v, first, ref Unsafe.Add(ref s, 5 * Wide), ref Unsafe.Add(ref p, 5 * Wide));
        }
    }

    // Strictly less replaces, so the first of equal vectors stays.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Keep(Vector512<float> a, Vector512<float> b, int vector, bool first, ref float best, ref int at)
    {
        var least = Vector512.MinNative(b, a);
        var where = Vector512.ConditionalSelect(Vector512.LessThan(b, a).AsInt32(), Vector512.Create(vector + 1), Vector512.Create(vector));
        if (!first)
        {
            var former = Vector512.LoadUnsafe(ref best);
            where = Vector512.ConditionalSelect(Vector512.LessThan(least, former).AsInt32(), where, Vector512.LoadUnsafe(ref at));
            least = Vector512.MinNative(least, former);
        }

        least.StoreUnsafe(ref best);
        where.StoreUnsafe(ref at);
    }
}
