using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Coterie.Clustering;

/// <summary>Bounds that let a row keep its centre unseen (Yinyang k-means, Ding et al. 2015; the single-group case is Hamerly 2010).
/// A row keeps an upper bound of the distance to its own centre and, for each of eight groups of centres, a lower bound of the distance
/// to the group's other centres. Centre p is in group p mod 8, so a group is a lane of the score kernel. Bounds are whole numbers of
/// <see cref="Unit"/>, lower ones rounded down and upper ones up; each is widened by what rounding can do to a score.</summary>
sealed class LloydBounds(int n, int groups, double spread, double maxLength)
{
    /// <summary>Lower bounds kept for a row: 8, or 4 where each is for two groups, or 0: no bounds at all.</summary>
    public readonly int Groups = groups;
    public readonly ushort[] Lower = new ushort[n * (long)groups];                  // n x Groups
    public readonly ushort[] Upper = new ushort[groups == 0 ? 0 : n];
    /// <summary>Eight times the spread is the far end of the scale; beyond it the bounds say nothing or enough.</summary>
    public readonly double Unit = spread > 0 ? 8 * spread / ushort.MaxValue : 1;
    readonly double longest = maxLength;

    /// <summary>Half of a score's rounding error is bounded by (d + 2) u (|constant| + |x| |c|), u = 2^-24 (Higham 2002, eq. 3.5);
    /// squared distances are twice a difference of two scores.</summary>
    public float Slack(PackedCentres packed) =>
        (float)(8 * (packed.Columns + 4) * Math.ScaleB(1, -24) * (packed.MaxConstant + longest * packed.MaxLength));

    /// <summary>A number of units that is no less than the distance.</summary>
    public ushort Up(double distance) => (ushort)Math.Min(ushort.MaxValue, Math.Ceiling(distance / Unit * (1 + 1e-6)));

    /// <summary>Bytes a row may cost: bounds are kept while they are small beside the table or small altogether.</summary>
    public static int GroupsFor(int n, int d, int k)
    {
        if (k < 3 || d == 0) return 0;
        const long small = 64 << 20;
        long room = Math.Max(small, n * (long)d * sizeof(float) / 8);
        // A label, an upper bound and the lower bounds.
        if (n * (4L + 2 + 16) <= room) return 8;
        return n * (4L + 2 + 8) <= room ? 4 : 0;
    }

    // Lower bounds of a row as eight lanes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Load(ref ushort lower, int groups) => groups == 8
        ? Vector128.LoadUnsafe(ref lower)
        : Vector128.Create(Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<ushort, byte>(ref lower))).AsUInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<ushort> bounds, ref ushort lower, int groups)
    {
        if (groups == 8)
        {
            bounds.StoreUnsafe(ref lower);
            return;
        }

        // Lanes g and g + 4 share a place.
        var folded = Vector128.Min(bounds, Vector128.Shuffle(bounds.AsUInt64(), Vector128.Create(1UL, 0)).AsUInt16());
        Unsafe.WriteUnaligned(ref Unsafe.As<ushort, byte>(ref lower), folded.AsUInt64().ToScalar());
    }

    // Squared distances of eight lanes -> whole units, rounded down.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Down(Vector256<float> squares, float perUnit)
    {
        var root = Vector256.Sqrt(Vector256.Max(squares, Vector256<float>.Zero)) * perUnit;
        var whole = Vector256.ConvertToInt32(Vector256.Min(root, Vector256.Create((float)ushort.MaxValue))).AsUInt32();
        return Vector128.Narrow(whole.GetLower(), whole.GetUpper());
    }
}
