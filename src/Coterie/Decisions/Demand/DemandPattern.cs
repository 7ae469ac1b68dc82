namespace Coterie.Decisions.Demand;

/// <summary>How demand comes, by the mean interval between demands and the spread of their sizes.</summary>
public enum DemandPattern
{
    /// <summary>Often, sizes alike.</summary>
    Smooth,
    /// <summary>Often, sizes differ much.</summary>
    Erratic,
    /// <summary>Seldom, sizes alike.</summary>
    Intermittent,
    /// <summary>Seldom, sizes differ much.</summary>
    Lumpy,
    /// <summary>A sum of series: a category, a segment, everything.</summary>
    Sum,
}

/// <summary>The four classes of Syntetos, Boylan and Croston (2005): mean interval 1.32, squared coefficient of variation of the sizes 0.49.</summary>
static class DemandPatterns
{
    internal static DemandPattern Of(ReadOnlySpan<double> demand)
    {
        double count = 0, sum = 0, squares = 0;
        foreach (var y in demand)
        {
            if (y <= 0) continue;
            count++;
            sum += y;
            squares += y * y;
        }

        if (count == 0) return DemandPattern.Lumpy;
        var mean = sum / count;
        var variation = count < 2 ? 0 : (squares - count * mean * mean) / (count - 1) / (mean * mean);
        var often = demand.Length / count < 1.32;
        return (often, variation < 0.49) switch
        {
            (true, true) => DemandPattern.Smooth,
            (true, false) => DemandPattern.Erratic,
            (false, true) => DemandPattern.Intermittent,
            _ => DemandPattern.Lumpy,
        };
    }
}
