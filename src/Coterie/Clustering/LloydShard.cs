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
            if (work.Sparse > 0) Partial(round, work);
            for (var t = 0; t < work.Dense; t += AssignKernel.Tile)
            {
                var tile = work.DenseRows.AsSpan(t, Math.Min(AssignKernel.Tile, work.Dense - t));
                if (keep) Full(round, work, tile);
                else Nearest(round, work, tile);
            }
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
        public readonly float[] Scores = new float[AssignKernel.Tile * Math.Max(2 * Lanes, Math.Max(round.All.Stride, round.Groups.Length > 0 ? round.Groups[0].Stride : 0))];
        public readonly int[] At = new int[NearestKernel.Room(round.All)];
        public readonly float[] Base = new float[Block];                            // what twice a score is added to for a squared distance
        public readonly ushort[] Low = new ushort[Block * Lanes];                   // new lower bounds of the sparse rows
        public readonly bool[] Challenged = new bool[Block];                        // whether another centre may be nearer
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
            Settle(round, tile[r], best, at * Lanes + Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7), second);
        }
    }

    // Labels alone, while no bounds are kept; the pack is then in the order of the labels.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Nearest(LloydRound round, Work work, ReadOnlySpan<int> tile)
    {
        NearestKernel.Places(rows.Values.Values, tile, round.All, work.Scores, work.At, work.Tile);
        for (var r = 0; r < tile.Length; r++)
        {
            var (label, old) = (work.Tile[r], rows.Labels[tile[r]]);
            if (label != old) Change(tile[r], old, label);
        }
    }

    // Single groups of centres, each for the rows of the block that need it. A row whose centre stays nearest beyond doubt gets new bounds of
    // these groups; one whose centre is challenged, or tied within rounding, joins the rows that need all centres.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Partial(LloydRound round, Work work)
    {
        var bounds = rows.Bounds;
        var sparse = work.Sparse;
        var unit = (float)(1 / bounds.Unit * (1 - 1e-5));
        var rounding = (rows.Values.Columns + 8) * 1.2e-7f;
        var lanes = Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7);
        Array.Clear(work.Listed);
        for (var s = 0; s < sparse; s++)
        {
            var row = work.SparseRows[s];
            var mean = round.FromMean(rows, row);
            // What two squared distances may be off by, one of them from a score.
            var doubt = round.Slack + rounding * (mean + work.Squares[s]);
            work.Base[s] = mean - doubt;
            work.Challenged[s] = false;
            LloydBounds.Load(ref bounds.Lower[(long)row * bounds.Groups], bounds.Groups).StoreUnsafe(ref work.Low[s * Lanes]);
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
                    var s = list[r];
                    var own = round.Place(rows.Labels[work.Tile[r]]);
                    // The own centre's lane, counted through the group, when it is of this group.
                    var mine = Vector256.Create(own % Lanes == g ? own / Lanes : -1);
                    var others = Vector256.Create(float.PositiveInfinity);
                    for (var v = 0; v < packed.Vectors; v++)
                    {
                        var value = Vector256.LoadUnsafe(ref work.Scores[r * packed.Stride + v * Lanes]);
                        var hidden = Vector256.Equals(lanes + Vector256.Create(v * Lanes), mine).AsSingle();
                        others = Vector256.MinNative(others, Vector256.ConditionalSelect(hidden, Vector256.Create(float.PositiveInfinity), value));
                    }

                    var square = work.Base[s] + 2 * AssignKernel.Least(others);
                    work.Challenged[s] |= !(square > work.Squares[s]);
                    work.Low[s * Lanes + g] = (ushort)MathF.Min(ushort.MaxValue, MathF.Sqrt(MathF.Max(0, square)) * unit);
                }
            }
        }

        for (var s = 0; s < sparse; s++)
        {
            var row = work.SparseRows[s];
            if (work.Challenged[s]) work.DenseRows[work.Dense++] = row;
            else LloydBounds.Store(Vector128.LoadUnsafe(ref work.Low[s * Lanes]), ref bounds.Lower[(long)row * bounds.Groups], bounds.Groups);
        }
    }

    // Takes the nearest centre and renews all bounds. Labels are places of the pack.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Settle(LloydRound round, int row, Vector256<float> best, Vector256<int> labels, Vector256<float> second)
    {
        var least = AssignKernel.Least(best);
        var label = AssignKernel.Lowest(best, least, labels, round.Order, out var lane);
        var old = rows.Labels[row];
        var bounds = rows.Bounds;
        var square = round.Distance(rows, row, label);
        bounds.Upper[row] = Up(square, round.Slack, (float)(1 / bounds.Unit * (1 + 1e-5)));
        var own = Vector256.Equals(Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7), Vector256.Create(lane)).AsSingle();
        var others = Vector256.ConditionalSelect(own, second, best);
        var squares = Vector256.Create(square - round.Slack) + 2 * (others - Vector256.Create(least));
        LloydBounds.Store(LloydBounds.Down(squares, (float)(1 / bounds.Unit * (1 - 1e-5))), ref bounds.Lower[(long)row * bounds.Groups], bounds.Groups);
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
