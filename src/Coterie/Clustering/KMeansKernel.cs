using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>Distances of rows to centres, eight centres at a time. Every lane adds its squares in column order with fused
/// multiply-add, as <see cref="KMeansPlain"/> does one by one, so both give the same bits on any machine.</summary>
static class KMeansKernel
{
    public const int Lanes = 8;

    /// <summary>k centres of d numbers in groups of eight: group x d x lane. Empty lanes are infinitely far.</summary>
    public static float[] Pack(ReadOnlySpan<float[]> centres, int columns)
    {
        var groups = (centres.Length + Lanes - 1) / Lanes;
        var packed = new float[groups * columns * Lanes];
        Array.Fill(packed, float.PositiveInfinity);
        for (var c = 0; c < centres.Length; c++)
            for (var j = 0; j < columns; j++)
                packed[((c / Lanes * columns) + j) * Lanes + c % Lanes] = centres[c][j];
        return packed;
    }

    // Validated. rows [start, end) x d, packed centres -> labels and squared distances (each end - start). Ties go to the lower label.
    public static void Nearest(Matrix rows, int start, int end, ReadOnlySpan<float> packed, Span<int> labels, Span<float> distances)
    {
        if (rows.Columns == 0)
        {
            labels[..(end - start)].Clear();
            distances[..(end - start)].Clear();
            return;
        }

        var d = rows.Columns;
        var groups = packed.Length / (d * Lanes);
        for (var i = start; i < end; i += 4)
        {
            // The last tile repeats its last row; the repeated lanes are not written.
            var count = Math.Min(4, end - i);
            ref var r0 = ref MemoryMarshal.GetReference(rows.Row(i));
            ref var r1 = ref MemoryMarshal.GetReference(rows.Row(i + Math.Min(1, count - 1)));
            ref var r2 = ref MemoryMarshal.GetReference(rows.Row(i + Math.Min(2, count - 1)));
            ref var r3 = ref MemoryMarshal.GetReference(rows.Row(i + count - 1));
            var tile = Tile(ref r0, ref r1, ref r2, ref r3, packed[..(d * Lanes)], d);
            if (groups == 1)
            {
                Write(tile.A, labels, distances, i - start);
                if (count > 1) Write(tile.B, labels, distances, i - start + 1);
                if (count > 2) Write(tile.C, labels, distances, i - start + 2);
                if (count > 3) Write(tile.D, labels, distances, i - start + 3);
                continue;
            }

            Vector256<float> ba = tile.A, bb = tile.B, bc = tile.C, bd = tile.D;
            Vector256<int> ia = default, ib = default, ic = default, id = default;
            for (var g = 1; g < groups; g++)
            {
                tile = Tile(ref r0, ref r1, ref r2, ref r3, packed.Slice(g * d * Lanes, d * Lanes), d);
                var group = Vector256.Create(g);
                Keep(tile.A, group, ref ba, ref ia);
                Keep(tile.B, group, ref bb, ref ib);
                Keep(tile.C, group, ref bc, ref ic);
                Keep(tile.D, group, ref bd, ref id);
            }

            WriteGroups(ba, ia, labels, distances, i - start);
            if (count > 1) WriteGroups(bb, ib, labels, distances, i - start + 1);
            if (count > 2) WriteGroups(bc, ic, labels, distances, i - start + 2);
            if (count > 3) WriteGroups(bd, id, labels, distances, i - start + 3);
        }
    }

    // Validated. Squared distances of up to four rows from row i to all lanes of the groups -> all, 4 x (groups x 8).
    public static void Distances(Matrix rows, int i, int count, ReadOnlySpan<float> packed, int groups, Span<float> all)
    {
        var d = rows.Columns;
        if (d == 0)
        {
            all.Clear();
            return;
        }

        ref var r0 = ref MemoryMarshal.GetReference(rows.Row(i));
        ref var r1 = ref MemoryMarshal.GetReference(rows.Row(i + Math.Min(1, count - 1)));
        ref var r2 = ref MemoryMarshal.GetReference(rows.Row(i + Math.Min(2, count - 1)));
        ref var r3 = ref MemoryMarshal.GetReference(rows.Row(i + count - 1));
        for (var g = 0; g < groups; g++)
        {
            var tile = Tile(ref r0, ref r1, ref r2, ref r3, packed.Slice(g * d * Lanes, d * Lanes), d);
            tile.A.CopyTo(all[(g * Lanes)..]);
            tile.B.CopyTo(all[((groups + g) * Lanes)..]);
            tile.C.CopyTo(all[((2 * groups + g) * Lanes)..]);
            tile.D.CopyTo(all[((3 * groups + g) * Lanes)..]);
        }
    }

    readonly ref struct Four(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d)
    {
        public readonly Vector256<float> A = a, B = b, C = c, D = d;
    }

    // Squared distances of four rows to one group of eight centres; group is d x 8.
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
    static Four Tile(ref float r0, ref float r1, ref float r2, ref float r3, ReadOnlySpan<float> group, int d)
    {
        Vector256<float> a = default, b = default, c = default, e = default;
        ref var g = ref MemoryMarshal.GetReference(group);
        for (nuint j = 0; j < (nuint)d; j++)
        {
            var centre = Vector256.LoadUnsafe(ref g, j * Lanes);
            var x = Vector256.Create(System.Runtime.CompilerServices.Unsafe.Add(ref r0, j)) - centre;
            var y = Vector256.Create(System.Runtime.CompilerServices.Unsafe.Add(ref r1, j)) - centre;
            var z = Vector256.Create(System.Runtime.CompilerServices.Unsafe.Add(ref r2, j)) - centre;
            var w = Vector256.Create(System.Runtime.CompilerServices.Unsafe.Add(ref r3, j)) - centre;
            a = Vector256.FusedMultiplyAdd(x, x, a);
            b = Vector256.FusedMultiplyAdd(y, y, b);
            c = Vector256.FusedMultiplyAdd(z, z, c);
            e = Vector256.FusedMultiplyAdd(w, w, e);
        }

        return new(a, b, c, e);
    }

    static void Keep(Vector256<float> value, Vector256<int> group, ref Vector256<float> best, ref Vector256<int> index)
    {
        var less = Vector256.LessThan(value, best);
        best = Vector256.ConditionalSelect(less, value, best);
        index = Vector256.ConditionalSelect(less.AsInt32(), group, index);
    }

    static void Write(Vector256<float> value, Span<int> labels, Span<float> distances, int at)
    {
        var least = Least(value);
        labels[at] = System.Numerics.BitOperations.TrailingZeroCount(
            Vector256.Equals(value, Vector256.Create(least)).ExtractMostSignificantBits());
        distances[at] = least;
    }

    // The lowest label among the lanes that hold the least value; group is where each lane found its own.
    static void WriteGroups(Vector256<float> value, Vector256<int> group, Span<int> labels, Span<float> distances, int at)
    {
        var least = Least(value);
        var label = group * Lanes + Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7);
        label = Vector256.ConditionalSelect(Vector256.Equals(value, Vector256.Create(least)).AsInt32(), label, Vector256.Create(int.MaxValue));
        var half = Vector128.Min(label.GetLower(), label.GetUpper());
        half = Vector128.Min(half, Vector128.Shuffle(half, Vector128.Create(2, 3, 0, 1)));
        half = Vector128.Min(half, Vector128.Shuffle(half, Vector128.Create(1, 0, 3, 2)));
        labels[at] = half.ToScalar();
        distances[at] = least;
    }

    static float Least(Vector256<float> value)
    {
        var half = Vector128.Min(value.GetLower(), value.GetUpper());
        half = Vector128.Min(half, Vector128.Shuffle(half, Vector128.Create(2, 3, 0, 1)));
        return Vector128.Min(half, Vector128.Shuffle(half, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }
}

/// <summary>The plain twin of <see cref="KMeansKernel"/>: one distance at a time.</summary>
static class KMeansPlain
{
    public static float Distance(ReadOnlySpan<float> row, ReadOnlySpan<float> centre)
    {
        var sum = 0f;
        for (var j = 0; j < row.Length; j++)
        {
            var difference = row[j] - centre[j];
            sum = MathF.FusedMultiplyAdd(difference, difference, sum);
        }

        return sum;
    }

    public static void Nearest(Matrix rows, int start, int end, ReadOnlySpan<float[]> centres, Span<int> labels, Span<float> distances)
    {
        for (var i = start; i < end; i++)
        {
            int label = 0;
            var least = Distance(rows.Row(i), centres[0]);
            for (var c = 1; c < centres.Length; c++)
            {
                var distance = Distance(rows.Row(i), centres[c]);
                if (distance < least) (label, least) = (c, distance);
            }

            labels[i - start] = label;
            distances[i - start] = least;
        }
    }
}
