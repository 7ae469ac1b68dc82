using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Coterie.Numerics;

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
    public readonly bool First;
    public readonly float Slack;
    public const int Lanes = 8;

    public LloydRound(LloydRows rows, float[][] centres, float[][]? former)
    {
        var d = rows.Values.Columns;
        (Clusters, First) = (centres.Length, former is null);
        var mean = rows.Statistics.Mean;
        All = new(centres, [.. Enumerable.Range(0, Clusters)], mean, PackedCentres.BestWidth(Clusters));
        Flat = new float[Clusters * d];
        for (var c = 0; c < Clusters; c++) centres[c].CopyTo(Flat, c * d);
        Slack = rows.Bounds.Slack(All);
        Moves = new ushort[Clusters];
        if (former is null || rows.Bounds.Groups == 0) return;
        Groups = new PackedCentres[Lanes];
        for (var g = 0; g < Lanes; g++)
            Groups[g] = new(centres, [.. Enumerable.Range(0, Clusters).Where(c => c % Lanes == g)], mean, Lanes);
        for (var c = 0; c < Clusters; c++)
        {
            var square = 0.0;
            for (var j = 0; j < d; j++) square += ((double)centres[c][j] - former[c][j]) * ((double)centres[c][j] - former[c][j]);
            Moves[c] = rows.Bounds.Up(Math.Sqrt(square));
            GroupMoves[c % Lanes] = Math.Max(GroupMoves[c % Lanes], Moves[c]);
        }

        if (rows.Bounds.Groups == Lanes) return;
        for (var g = 0; g < Lanes / 2; g++)
            GroupMoves[g] = GroupMoves[g + Lanes / 2] = Math.Max(GroupMoves[g], GroupMoves[g + Lanes / 2]);
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
