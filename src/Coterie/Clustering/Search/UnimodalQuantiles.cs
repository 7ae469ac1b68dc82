namespace Coterie.Clustering.Search;

/// <summary>The unimodal distribution nearest to a column: below the mode the greatest convex minorant of the empirical distribution
/// function, above it the least concave majorant, with the mode that leaves the least gap (Hartigan and Hartigan 1985; Grenander 1956
/// for each side). Equal values are spread evenly to the midpoints of their neighbours first, so that counts are not taken for modes;
/// a column of mostly equal values gets its quantiles rounded back to the values that occur. A value that many rows share exactly, such as the
/// zero of those who never bought, is no hump: it keeps its share, and the rest is fitted without it.</summary>
static class UnimodalQuantiles
{
    const int Modes = 48;                                                           // candidate modes, evenly spaced in rank
    const double AtomShare = 0.05;
    const int LeastAtom = 5;                                                        // rows

    /// <summary>Quantiles of the fitted distribution at the given probabilities in (0, 1), ascending.</summary>
    public static float[] Of(ReadOnlySpan<float> column, ReadOnlySpan<double> probabilities)
    {
        var sorted = column.ToArray();
        Array.Sort(sorted);
        var enough = Math.Max(LeastAtom, AtomShare * sorted.Length);
        var rest = new List<float>(sorted.Length);
        for (int start = 0, end; start < sorted.Length; start = end)
        {
            end = start + 1;
            while (end < sorted.Length && sorted[end] == sorted[start]) end++;
            if (end - start < enough) rest.AddRange(sorted.AsSpan(start, end - start));
        }

        if (rest.Count == sorted.Length) return Unimodal(sorted, probabilities);
        // The rest is laid back between the shared values as so many rows of its fit.
        var values = new float[sorted.Length];
        if (rest.Count > 0)
            Unimodal([.. rest], [.. Enumerable.Range(0, rest.Count).Select(i => (i + 0.5) / rest.Count)]).CopyTo(values, 0);
        var at = rest.Count;
        for (int i = 0, r = 0; i < sorted.Length; i++)
        {
            if (r < rest.Count && rest[r] == sorted[i]) r++;
            else values[at++] = sorted[i];
        }

        Array.Sort(values);
        return [.. probabilities.ToArray().Select(p => values[(int)Math.Round(p * (values.Length - 1))])];
    }

    static float[] Unimodal(float[] sorted, ReadOnlySpan<double> probabilities)
    {
        var result = new float[probabilities.Length];
        if (sorted[0] == sorted[^1])
        {
            Array.Fill(result, sorted[0]);
            return result;
        }

        var distinct = sorted.Distinct().ToArray();
        var x = Spread(sorted);
        var (hull, gap) = (Array.Empty<int>(), double.PositiveInfinity);
        for (var m = 0; m <= Modes; m++)
        {
            var candidate = Hull(x, (int)((long)(x.Length - 1) * m / Modes));
            var worst = Gap(x, candidate);
            if (worst < gap) (hull, gap) = (candidate, worst);
        }

        var tied = distinct.Length < sorted.Length / 2;
        for (int i = 0, h = 0; i < result.Length; i++)
        {
            var rank = probabilities[i] * (x.Length - 1);
            while (hull[h + 1] < rank) h++;
            int a = hull[h], b = hull[h + 1];
            var value = x[a] + (x[b] - x[a]) * (rank - a) / (b - a);
            result[i] = tied ? Nearest(distinct, value) : (float)value;
        }

        return result;
    }

    // Values with ties spread over the interval to the neighbours' midpoints; ascending.
    static double[] Spread(float[] sorted)
    {
        var x = new double[sorted.Length];
        for (var start = 0; start < sorted.Length;)
        {
            var end = start + 1;
            while (end < sorted.Length && sorted[end] == sorted[start]) end++;
            double v = sorted[start];
            var below = start > 0 ? (v - sorted[start - 1]) / 2 : end < sorted.Length ? (sorted[end] - v) / 2 : 0;
            var above = end < sorted.Length ? (sorted[end] - v) / 2 : below;
            for (var i = start; i < end; i++)
                x[i] = end - start == 1 ? v : v - below + (below + above) * (i - start + 0.5) / (end - start);
            start = end;
        }

        return x;
    }

    // Vertices (indices into x) of the distribution function that is convex up to the mode and concave beyond it.
    static int[] Hull(double[] x, int mode)
    {
        var vertices = new List<int>(64);
        Side(x, 0, mode, 1, vertices);
        if (mode > 0 && mode < x.Length - 1) vertices.RemoveAt(vertices.Count - 1);
        if (mode < x.Length - 1) Side(x, mode, x.Length - 1, -1, vertices);
        return [.. vertices];
    }

    // The points are (x[i], i). sign 1 keeps slopes rising (convex), -1 falling (concave).
    static void Side(double[] x, int from, int to, int sign, List<int> vertices)
    {
        if (from == to && sign == 1) return;
        var bottom = vertices.Count;
        for (var i = from; i <= to; i++)
        {
            while (vertices.Count - bottom >= 2)
            {
                int a = vertices[^2], b = vertices[^1];
                var turn = (x[b] - x[a]) * (i - b) - (x[i] - x[b]) * (b - a);
                if (sign * turn > 0) break;
                vertices.RemoveAt(vertices.Count - 1);
            }

            vertices.Add(i);
        }
    }

    static double Gap(double[] x, int[] hull)
    {
        var worst = 0.0;
        for (var h = 0; h + 1 < hull.Length; h++)
        {
            int a = hull[h], b = hull[h + 1];
            for (var i = a + 1; i < b; i++)
            {
                var along = x[b] > x[a] ? a + (b - a) * (x[i] - x[a]) / (x[b] - x[a]) : a;
                worst = Math.Max(worst, Math.Abs(along - i));
            }
        }

        return worst;
    }

    static float Nearest(float[] distinct, double value)
    {
        var at = Array.BinarySearch(distinct, (float)value);
        if (at >= 0) return distinct[at];
        at = ~at;
        if (at == 0) return distinct[0];
        if (at == distinct.Length) return distinct[^1];
        return value - distinct[at - 1] <= distinct[at] - value ? distinct[at - 1] : distinct[at];
    }
}
