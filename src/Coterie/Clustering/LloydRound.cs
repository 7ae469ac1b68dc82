using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Coterie.Clustering;

/// <summary>The centres of one iteration as the passes need them: packed as a whole and by group, plain, and how far they moved.</summary>
sealed class LloydRound
{
    public readonly int Clusters;
    public readonly PackedCentres All;
    public readonly PackedCentres[] Groups = [];                                    // group g holds centres g, g + 8, ...
    public readonly float[] Flat;                                                   // k x d
    public readonly ushort[] Moves;                                                 // k, units, rounded up
    public readonly ushort[] GroupMoves = new ushort[Lanes];                        // the farthest move of each group
    public readonly float Slack;
    public const int Lanes = 8;

    /// <summary>Centre at each place of the pack, k, and the place's group is its number modulo eight.</summary>
    public readonly int[] Order;
    readonly float[] mean;
    readonly int[] place;                                                           // of each centre
    readonly int[] group;                                                           // of each centre

    // former is null when there are no bounds to move on.
    public LloydRound(LloydRows rows, float[][] centres, float[][]? former, int[] order)
    {
        Order = order;
        group = new int[order.Length];
        place = new int[order.Length];
        for (var p = 0; p < order.Length; p++) (place[order[p]], group[order[p]]) = (p, p % Lanes);
        var d = rows.Values.Columns;
        Clusters = centres.Length;
        mean = rows.Statistics.Mean;
        All = new(centres, order, mean, PackedCentres.BestWidth(Clusters));
        Flat = new float[Clusters * d];
        for (var c = 0; c < Clusters; c++) centres[c].CopyTo(Flat, c * d);
        Slack = rows.Bounds.Slack(All);
        Moves = new ushort[Clusters];
        if (former is null) return;
        Groups = new PackedCentres[Lanes];
        for (var g = 0; g < Lanes; g++)
            Groups[g] = new(centres, [.. order.Where((_, p) => p % Lanes == g)], mean, Lanes);
        for (var c = 0; c < Clusters; c++)
        {
            var square = 0.0;
            for (var j = 0; j < d; j++) square += ((double)centres[c][j] - former[c][j]) * ((double)centres[c][j] - former[c][j]);
            Moves[c] = rows.Bounds.Up(Math.Sqrt(square));
            GroupMoves[group[c]] = Math.Max(GroupMoves[group[c]], Moves[c]);
        }

        if (rows.Bounds.Groups == Lanes) return;
        for (var g = 0; g < Lanes / 2; g++)
            GroupMoves[g] = GroupMoves[g + Lanes / 2] = Math.Max(GroupMoves[g], GroupMoves[g + Lanes / 2]);
    }

    public int Group(int centre) => group[centre];

    public int Place(int centre) => place[centre];

    /// <summary>The squared distance of a row to the mean: what lies between a score and half a squared distance.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float FromMean(LloydRows rows, int row) => AssignKernel.Distance(
        ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(rows.Values.Values), (nint)row * mean.Length),
        ref MemoryMarshal.GetArrayDataReference(mean), mean.Length);

    /// <summary>Puts centres that last moved about as far into the same group: lower bounds of a group fall by its farthest move, so a
    /// few centres that are still on their way spoil the bounds of one group and not of all. Labels ascend within a group, which
    /// keeps ties to the lowest.</summary>
    public static int[] Arrange(float[][] centres, float[][] former)
    {
        var moved = Enumerable.Range(0, centres.Length).OrderByDescending(c => Square(centres[c], former[c])).ThenBy(c => c).ToArray();
        var order = new int[centres.Length];
        for (int g = 0, start = 0; g < Lanes; g++)
        {
            var size = (centres.Length - g + Lanes - 1) / Lanes;
            var members = moved.Skip(start).Take(size).Order().ToArray();
            for (var m = 0; m < members.Length; m++) order[m * Lanes + g] = members[m];
            start += size;
        }

        return order;
    }

    static double Square(float[] a, float[] b)
    {
        var square = 0.0;
        for (var j = 0; j < a.Length; j++) square += ((double)a[j] - b[j]) * ((double)a[j] - b[j]);
        return square;
    }

    /// <summary>The squared distance of a row to a centre.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Distance(LloydRows rows, int row, int centre)
    {
        var d = rows.Values.Columns;
        return AssignKernel.Distance(
            ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(rows.Values.Values), (nint)row * d),
            ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Flat), (nint)centre * d), d);
    }
}
