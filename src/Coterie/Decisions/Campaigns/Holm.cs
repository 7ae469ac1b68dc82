namespace Coterie.Decisions.Campaigns;

/// <summary>Several p values looked at together (Holm 1979): the chance of any false alarm among them stays at the level.</summary>
public static class Holm
{
    /// <summary>The adjusted p values, in the given order; each at least its own p and at most 1.</summary>
    public static double[] Adjust(IReadOnlyList<double> p)
    {
        var order = Enumerable.Range(0, p.Count).OrderBy(i => p[i]).ToArray();
        var adjusted = new double[p.Count];
        var largest = 0.0;
        for (var r = 0; r < order.Length; r++)
        {
            largest = Math.Max(largest, Math.Min(1, (p.Count - r) * p[order[r]]));
            adjusted[order[r]] = largest;
        }

        return adjusted;
    }
}
