using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>A fixed range of rows with its own sums. Rows go through in blocks: bounds first, then all centres for the rows that need
/// most of them, or single groups of centres for those that need few.</summary>
sealed class LloydShard(LloydRows rows, int k, int first, int endExcl)
{
    const int Block = 252;                                                          // whole tiles of six
    const int Lanes = LloydRound.Lanes;

    public readonly double[] Sums = new double[k * rows.Values.Columns];
    public readonly double[] Masses = new double[k];
    public readonly int[] Counts = new int[k];                                      // rows with a weight above zero
    public int Changed { get; private set; }

    bool useless;                                                                   // the last look at the bounds spared hardly a row

    public void Assign(LloydRound round)
    {
        Changed = 0;
        var work = new Work(round);
        // Where bounds spare hardly a row, looking at them costs more than it saves: every other round they are not looked at.
        var bounded = rows.Bounds.Groups > 0 && !round.First && !useless;
        var computed = 0;
        for (var start = first; start < endExcl; start += Block)
        {
            var count = Math.Min(Block, endExcl - start);
            if (bounded) Filter(round, work, start, count);
            else work.TakeAll(start, count);
            computed += work.Dense + work.Sparse;
            for (var t = 0; t < work.Dense; t += AssignKernel.Tile) Full(round, work, work.DenseRows.AsSpan(t, Math.Min(AssignKernel.Tile, work.Dense - t)));
            if (work.Sparse > 0) Partial(round, work);
        }

        useless = bounded && computed > 0.9 * (endExcl - first);
    }

    // Buffers of one pass over a shard.
    sealed class Work(LloydRound round)
    {
        public readonly int[] DenseRows = new int[Block];
        public readonly int[] SparseRows = new int[Block];
        public readonly byte[] Masks = new byte[Block];                             // groups that a sparse row needs
        public readonly int[] List = new int[Block];
        public readonly int[] Slots = new int[Block];
        public readonly float[] Scores = new float[AssignKernel.Tile * Math.Max(Lanes, Math.Max(round.All.Stride, round.Groups.Length > 0 ? round.Groups[0].Stride : 0))];
        public readonly float[] Best = new float[Block * Lanes], Second = new float[Block * Lanes];
        public readonly int[] At = new int[Block * Lanes];
        public int Dense, Sparse;

        public void TakeAll(int start, int count)
        {
            for (var i = 0; i < count; i++) DenseRows[i] = start + i;
            (Dense, Sparse) = (count, 0);
        }
    }

    // Moves the bounds on by the centres' moves and sorts out the rows that they do not settle.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Filter(LloydRound round, Work work, int start, int count)
    {
        var bounds = rows.Bounds;
        var groups = bounds.Groups;
        ref var lower = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(bounds.Lower), (nint)start * groups);
        ref var upper = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(bounds.Upper), start);
        ref var label = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(rows.Labels), start);
        var moves = Vector128.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(round.GroupMoves));
        ref var ownMoves = ref MemoryMarshal.GetArrayDataReference(round.Moves);
        var unit = (float)(1 / bounds.Unit * (1 + 1e-5));
        var group = round.Groups[0].Vectors;
        int dense = 0, sparse = 0;
        for (var i = 0; i < count; i++)
        {
            ref var place = ref Unsafe.Add(ref lower, (nint)i * groups);
            var low = LloydBounds.Load(ref place, groups);
            low = Vector128.Max(low, moves) - moves;
            if (groups == Lanes) low.StoreUnsafe(ref place);
            else Unsafe.WriteUnaligned(ref Unsafe.As<ushort, byte>(ref place), low.AsUInt64().ToScalar());
            var own = Unsafe.Add(ref label, i);
            var up = (ushort)Math.Min(ushort.MaxValue, Unsafe.Add(ref upper, i) + Unsafe.Add(ref ownMoves, own));
            var need = Within(low, up);
            if (need != 0)
            {
                up = (ushort)MathF.Min(ushort.MaxValue, MathF.Ceiling(MathF.Sqrt(round.Distance(rows, start + i, own) + round.Slack) * unit));
                need = Within(low, up);
            }

            Unsafe.Add(ref upper, i) = up;
            if (need == 0) continue;
            need |= 1u << (own % Lanes);
            // A group's vector costs about half again as much here as in the pass over all centres.
            if (BitOperations.PopCount(need) * group * 3 < round.All.Stride / Lanes * 2)
            {
                work.SparseRows[sparse] = start + i;
                work.Masks[sparse++] = (byte)need;
            }
            else work.DenseRows[dense++] = start + i;
        }

        (work.Dense, work.Sparse) = (dense, sparse);
    }

    // Lanes whose lower bound is not above the upper bound.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static uint Within(Vector128<ushort> low, ushort up)
    {
        var near = Vector128.Equals(Vector128.Min(low, Vector128.Create(up)), low);
        return Vector128.Narrow(near, near).ExtractMostSignificantBits() & 0xFF;
    }

    // All centres for up to six rows.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Full(LloydRound round, Work work, ReadOnlySpan<int> tile)
    {
        AssignKernel.Scores(rows.Values.Values, tile, round.All, work.Scores);
        ref var scores = ref MemoryMarshal.GetArrayDataReference(work.Scores);
        for (var r = 0; r < tile.Length; r++)
        {
            AssignKernel.LeastTwo(ref Unsafe.Add(ref scores, r * round.All.Stride), round.All.Stride / Lanes, out var best, out var at, out var second);
            Settle(round, tile[r], best, at * Lanes + Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7), second, 0xFF);
        }
    }

    // Single groups of centres, each for the rows of the block that need it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Partial(LloydRound round, Work work)
    {
        var sparse = work.Sparse;
        work.Best.AsSpan(0, sparse * Lanes).Fill(float.PositiveInfinity);
        for (var g = 0; g < Lanes; g++)
        {
            var count = 0;
            for (var s = 0; s < sparse; s++)
            {
                work.List[count] = work.SparseRows[s];
                work.Slots[count] = s * Lanes + g;
                count += (work.Masks[s] >> g) & 1;
            }

            var packed = round.Groups[g];
            if (packed.Count == 0) continue;
            for (var t = 0; t < count; t += AssignKernel.Tile)
            {
                var tile = Math.Min(AssignKernel.Tile, count - t);
                AssignKernel.Scores(rows.Values.Values, work.List.AsSpan(t, tile), packed, work.Scores);
                for (var r = 0; r < tile; r++)
                {
                    AssignKernel.LeastTwo(ref work.Scores[r * packed.Stride], packed.Vectors, out var best, out var at, out var second);
                    var least = AssignKernel.Least(best);
                    var member = at * Lanes + Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7);
                    var position = AssignKernel.Lowest(best, least, member, out var lane);
                    var slot = work.Slots[t + r];
                    work.Best[slot] = least;
                    work.At[slot] = position * Lanes + g;
                    work.Second[slot] = AssignKernel.Least(Vector256.ConditionalSelect(
                        Vector256.Equals(Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7), Vector256.Create(lane)).AsSingle(), second, best));
                }
            }
        }

        for (var s = 0; s < sparse; s++)
        {
            Settle(round, work.SparseRows[s], Vector256.LoadUnsafe(ref work.Best[s * Lanes]), Vector256.LoadUnsafe(ref work.At[s * Lanes]),
                Vector256.LoadUnsafe(ref work.Second[s * Lanes]), work.Masks[s]);
        }
    }

    // Takes the nearest centre and renews the bounds of the groups that were computed.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Settle(LloydRound round, int row, Vector256<float> best, Vector256<int> labels, Vector256<float> second, uint computedGroups)
    {
        var least = AssignKernel.Least(best);
        var label = AssignKernel.Lowest(best, least, labels, out var lane);
        var bounds = rows.Bounds;
        if (bounds.Groups > 0)
        {
            var lanes = Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7);
            var square = round.Distance(rows, row, label);
            bounds.Upper[row] = (ushort)MathF.Min(ushort.MaxValue, MathF.Ceiling(MathF.Sqrt(square + round.Slack) * (float)(1 / bounds.Unit * (1 + 1e-5))));
            var others = Vector256.ConditionalSelect(Vector256.Equals(lanes, Vector256.Create(lane)).AsSingle(), second, best);
            var squares = Vector256.Create(square - round.Slack) + 2 * (others - Vector256.Create(least));
            var low = LloydBounds.Down(squares, (float)(1 / bounds.Unit * (1 - 1e-5)));
            ref var place = ref bounds.Lower[(long)row * bounds.Groups];
            if (computedGroups != 0xFF)
            {
                var bit = Vector128.Create((ushort)1, 2, 4, 8, 16, 32, 64, 128);
                var known = Vector128.Equals(Vector128.Create((ushort)computedGroups) & bit, bit);
                low = Vector128.ConditionalSelect(known, low, LloydBounds.Load(ref place, bounds.Groups));
            }

            LloydBounds.Store(low, ref place, bounds.Groups);
        }

        var old = rows.Labels[row];
        if (label != old) Change(row, old, label);
    }

    void Change(int row, int old, int label)
    {
        Changed++;
        rows.Labels[row] = label;
        var d = rows.Values.Columns;
        var weight = rows.Weight(row);
        if (weight == 0) return;
        Counts[label]++;
        Masses[label] += weight;
        Lloyd.Add(Sums.AsSpan(label * d, d), rows.Values.Row(row), weight);
        if (old < 0) return;
        Counts[old]--;
        Masses[old] -= weight;
        Lloyd.Add(Sums.AsSpan(old * d, d), rows.Values.Row(row), -weight);
    }
}
