using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

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

    bool keep;                                                                      // whether bounds are renewed in this round
    bool useless;                                                                   // the last look at the bounds spared hardly a row

    // Bounds are kept when asked, and looked at when the former round kept them.
    public void Assign(LloydRound round, bool bounded, bool look)
    {
        Changed = 0;
        var work = new Work(round);
        // Where bounds spare hardly a row, looking at them costs more than it saves: every other round they are not looked at.
        look &= bounded && !useless;
        keep = bounded;
        var computed = 0;
        for (var start = first; start < endExcl; start += Block)
        {
            var count = Math.Min(Block, endExcl - start);
            if (look) Filter(round, work, start, count);
            else work.TakeAll(start, count);
            computed += work.Dense + work.Sparse;
            for (var t = 0; t < work.Dense; t += AssignKernel.Tile) Full(round, work, work.DenseRows.AsSpan(t, Math.Min(AssignKernel.Tile, work.Dense - t)));
            if (work.Sparse > 0) Partial(round, work);
        }

        useless = look && computed > 0.9 * (endExcl - first);
    }

    // Buffers of one pass over a shard.
    sealed class Work(LloydRound round)
    {
        public readonly int[] DenseRows = new int[Block];
        public readonly int[] SparseRows = new int[Block];
        public readonly int[] Near = new int[Block];                                // rows of the block that their former bounds do not settle
        public readonly float[] NearSquares = new float[Block];
        public readonly float[] Squares = new float[Block];                         // their squared distances to their own centres
        public readonly byte[] Masks = new byte[Block];                             // groups that a sparse row needs
        public readonly int[] Lists = new int[Lanes * Block];                       // for each group the sparse rows that need it
        public readonly int[] Listed = new int[Lanes];
        public readonly int[] Tile = new int[AssignKernel.Tile];
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

    // Moves the bounds on by the centres' moves and sorts out the rows that they do not settle. In three loops, so that reading rows
    // from memory does not wait for decisions.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Filter(LloydRound round, Work work, int start, int count)
    {
        var bounds = rows.Bounds;
        var groups = bounds.Groups;
        ref var lower = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(bounds.Lower), (nint)start * groups);
        ref var upper = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(bounds.Upper), start);
        ref var label = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(rows.Labels), start);
        ref var near = ref MemoryMarshal.GetArrayDataReference(work.Near);
        ref var squares = ref MemoryMarshal.GetArrayDataReference(work.NearSquares);
        var moves = Vector128.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(round.GroupMoves));
        ref var ownMoves = ref MemoryMarshal.GetArrayDataReference(round.Moves);
        var candidates = 0;
        for (var i = 0; i < count; i++)
        {
            ref var place = ref Unsafe.Add(ref lower, (nint)i * groups);
            var low = LloydBounds.Load(ref place, groups);
            low = Vector128.Max(low, moves) - moves;
            if (groups == Lanes) low.StoreUnsafe(ref place);
            else Unsafe.WriteUnaligned(ref Unsafe.As<ushort, byte>(ref place), low.AsUInt64().ToScalar());
            var up = (ushort)Math.Min(ushort.MaxValue, Unsafe.Add(ref upper, i) + Unsafe.Add(ref ownMoves, Unsafe.Add(ref label, i)));
            Unsafe.Add(ref upper, i) = up;
            Unsafe.Add(ref near, candidates) = i;
            candidates += Within(low, up) != 0 ? 1 : 0;
        }

        for (var c = 0; c < candidates; c++)
        {
            var i = Unsafe.Add(ref near, c);
            Unsafe.Add(ref squares, c) = round.Distance(rows, start + i, Unsafe.Add(ref label, i));
        }

        var unit = (float)(1 / bounds.Unit * (1 + 1e-5));
        var group = round.Groups[0].Vectors;
        int dense = 0, sparse = 0;
        for (var c = 0; c < candidates; c++)
        {
            var i = Unsafe.Add(ref near, c);
            var square = Unsafe.Add(ref squares, c);
            var up = Up(square, round.Slack, unit);
            Unsafe.Add(ref upper, i) = up;
            var need = Within(LloydBounds.Load(ref Unsafe.Add(ref lower, (nint)i * groups), groups), up);
            if (need == 0) continue;
            // A group's vector costs about twice as much here as in the pass over all centres.
            if (BitOperations.PopCount(need) * group * 2 < round.All.Stride / Lanes)
            {
                work.SparseRows[sparse] = start + i;
                work.Squares[sparse] = square;
                work.Masks[sparse++] = (byte)need;
            }
            else work.DenseRows[dense++] = start + i;
        }

        (work.Dense, work.Sparse) = (dense, sparse);
    }

    // A number of units that is no less than the distance.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ushort Up(float square, float slack, float perUnit) => (ushort)((int)MathF.Min(ushort.MaxValue - 1, MathF.Sqrt(square + slack) * perUnit) + 1);

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
            Settle(round, tile[r], best, at * Lanes + Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7), second, 0xFF, -1);
        }
    }

    // Single groups of centres, each for the rows of the block that need it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Partial(LloydRound round, Work work)
    {
        var sparse = work.Sparse;
        var lanes = Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7);
        work.Best.AsSpan(0, sparse * Lanes).Fill(float.PositiveInfinity);
        work.Second.AsSpan(0, sparse * Lanes).Fill(float.PositiveInfinity);
        Array.Clear(work.Listed);
        for (var s = 0; s < sparse; s++)
        {
            // The row's own centre takes part by its distance; where its group is computed, that replaces it.
            var row = work.SparseRows[s];
            var own = rows.Labels[row];
            var slot = s * Lanes + round.Group(own);
            work.Best[slot] = (work.Squares[s] - round.FromMean(rows, row)) / 2;
            work.At[slot] = round.Place(own);
            for (uint bits = work.Masks[s]; bits != 0; bits &= bits - 1)
            {
                var g = BitOperations.TrailingZeroCount(bits);
                work.Lists[g * Block + work.Listed[g]++] = s;
            }
        }

        for (var g = 0; g < Lanes; g++)
        {
            var packed = round.Groups[g];
            if (packed.Count == 0) continue;
            for (var t = 0; t < work.Listed[g]; t += AssignKernel.Tile)
            {
                var tile = Math.Min(AssignKernel.Tile, work.Listed[g] - t);
                var list = work.Lists.AsSpan(g * Block + t, tile);
                for (var r = 0; r < tile; r++) work.Tile[r] = work.SparseRows[list[r]];
                AssignKernel.Scores(rows.Values.Values, work.Tile.AsSpan(0, tile), packed, work.Scores);
                for (var r = 0; r < tile; r++)
                {
                    var slot = list[r] * Lanes + g;
                    if (packed.Vectors == 1)
                    {
                        var only = Vector256.LoadUnsafe(ref work.Scores[r * Lanes]);
                        var lowest = AssignKernel.Least(only);
                        var where = BitOperations.TrailingZeroCount(Vector256.Equals(only, Vector256.Create(lowest)).ExtractMostSignificantBits()) & 7;
                        work.Best[slot] = lowest;
                        work.At[slot] = where * Lanes + g;
                        work.Second[slot] = AssignKernel.Least(Vector256.ConditionalSelect(
                            Vector256.Equals(lanes, Vector256.Create(where)).AsSingle(), Vector256.Create(float.PositiveInfinity), only));
                        continue;
                    }

                    AssignKernel.LeastTwo(ref work.Scores[r * packed.Stride], packed.Vectors, out var best, out var at, out var second);
                    var least = AssignKernel.Least(best);
                    var place = AssignKernel.LowestPlace(best, least, at * Lanes + lanes, out var lane);
                    work.Best[slot] = least;
                    work.At[slot] = place * Lanes + g;
                    work.Second[slot] = AssignKernel.Least(Vector256.ConditionalSelect(
                        Vector256.Equals(lanes, Vector256.Create(lane)).AsSingle(), second, best));
                }
            }
        }

        for (var s = 0; s < sparse; s++)
        {
            Settle(round, work.SparseRows[s], Vector256.LoadUnsafe(ref work.Best[s * Lanes]), Vector256.LoadUnsafe(ref work.At[s * Lanes]),
                Vector256.LoadUnsafe(ref work.Second[s * Lanes]), work.Masks[s], work.Squares[s]);
        }
    }

    // Takes the nearest centre and renews the bounds of the groups that were computed; known is the squared distance to the row's own
    // centre, or -1. Labels are places of the pack.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Settle(LloydRound round, int row, Vector256<float> best, Vector256<int> labels, Vector256<float> second, uint computedGroups, float known)
    {
        var least = AssignKernel.Least(best);
        var label = AssignKernel.Lowest(best, least, labels, round.Order, out var lane);
        var old = rows.Labels[row];
        var bounds = rows.Bounds;
        if (keep)
        {
            var lanes = Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7);
            var square = known;
            if (label != old || known < 0)
            {
                square = round.Distance(rows, row, label);
                bounds.Upper[row] = Up(square, round.Slack, (float)(1 / bounds.Unit * (1 + 1e-5)));
            }

            var others = Vector256.ConditionalSelect(Vector256.Equals(lanes, Vector256.Create(lane)).AsSingle(), second, best);
            var squares = Vector256.Create(square - round.Slack) + 2 * (others - Vector256.Create(least));
            var low = LloydBounds.Down(squares, (float)(1 / bounds.Unit * (1 - 1e-5)));
            ref var place = ref bounds.Lower[(long)row * bounds.Groups];
            if (computedGroups != 0xFF)
            {
                // Lanes not computed are infinite, but for a centre that the row has left.
                var bit = Vector128.Create((ushort)1, 2, 4, 8, 16, 32, 64, 128);
                var renewed = Vector128.Equals(Vector128.Create((ushort)computedGroups) & bit, bit);
                low = Vector128.ConditionalSelect(renewed, low, Vector128.Min(low, LloydBounds.Load(ref place, bounds.Groups)));
            }

            LloydBounds.Store(low, ref place, bounds.Groups);
        }

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
