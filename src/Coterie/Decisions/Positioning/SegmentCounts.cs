using Coterie.Numerics;

namespace Coterie.Decisions.Positioning;

/// <summary>What each customer bought, group by group: orders that hold the group, and spend. Customers are what is drawn again for intervals.</summary>
/// <param name="Segments">Number of segments.</param>
/// <param name="Groups">Number of groups.</param>
/// <param name="SegmentOf">customers: place of the segment, -1 for none.</param>
/// <param name="Offsets">customers + 1: the entries of customer i are [Offsets[i], Offsets[i + 1]).</param>
/// <param name="Group">entries.</param>
/// <param name="Orders">entries.</param>
/// <param name="Spend">entries.</param>
sealed record SegmentCounts(int Segments, int Groups, int[] SegmentOf, int[] Offsets, int[] Group, double[] Orders, double[] Spend)
{
    internal static SegmentCounts Of(PurchaseLines lines, int[] groupOf, int groups, int[] segmentOf, int segments)
    {
        List<int> offsets = [0], group = [];
        List<double> orders = [], spend = [];
        double[] o = new double[groups], s = new double[groups];
        for (var i = 0; i < lines.Count;)
        {
            var customer = lines.Customer[i];
            var touched = new SortedSet<int>();
            // Orders of a customer may be interleaved in time.
            HashSet<(int, int)> seen = [];
            for (; i < lines.Count && lines.Customer[i] == customer; i++)
            {
                if (lines.Product[i] < 0 || groupOf[lines.Product[i]] is not (>= 0 and var g)) continue;
                touched.Add(g);
                if (seen.Add((g, lines.Order[i]))) o[g]++;
                if (lines.Price[i] > 0) s[g] += lines.Price[i] * lines.Quantity[i];
            }

            foreach (var g in touched)
            {
                group.Add(g);
                orders.Add(o[g]);
                spend.Add(s[g]);
                o[g] = s[g] = 0;
            }

            offsets.Add(group.Count);
        }

        return new(segments, groups, segmentOf, [.. offsets], [.. group], [.. orders], [.. spend]);
    }

    /// <summary>segments x groups, with a weight for each customer.</summary>
    internal double[,] Table(ReadOnlySpan<int> segmentOf, ReadOnlySpan<double> weights, double[] values)
    {
        var table = new double[Segments, Groups];
        for (var c = 0; c + 1 < Offsets.Length; c++)
        {
            if (segmentOf[c] < 0 || weights[c] == 0) continue;
            for (var e = Offsets[c]; e < Offsets[c + 1]; e++) table[segmentOf[c], Group[e]] += weights[c] * values[e];
        }

        return table;
    }

    /// <summary>Poisson weights of one resample (Hanley and MacGibbon 2006).</summary>
    internal double[] Resample(Seed seed, int number)
    {
        var rng = seed.Stream((ulong)number);
        var weights = new double[SegmentOf.Length];
        for (var c = 0; c < weights.Length; c++)
        {
            var (limit, product, k) = (Math.Exp(-1), rng.NextDouble(), 0);
            for (; product > limit; product *= rng.NextDouble()) k++;
            weights[c] = k;
        }

        return weights;
    }

    internal double[] Ones() => [.. SegmentOf.Select(_ => 1.0)];
}
