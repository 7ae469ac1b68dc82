namespace Coterie.Decisions.Demand;

/// <summary>Seasonal indices of a group's sum: the ratio of each week to the centred moving mean of a whole season, averaged over seasons (classical
/// decomposition; Hyndman and Athanasopoulos 2021, section 3.4). One product's own season drowns in noise; that of its group does not.</summary>
static class SeasonalIndices
{
    /// <summary>One index for each place of the season (place = t mod season), mean 1; null where there are fewer than two seasons or an empty one.</summary>
    /// <param name="sum">Length n from t = 0.</param>
    internal static double[]? Of(ReadOnlySpan<double> sum, int season)
    {
        if (season < 2 || sum.Length < 2 * season) return null;
        var (totals, counts) = (new double[season], new int[season]);
        var half = season / 2;
        for (var t = half; t + half < sum.Length; t++)
        {
            var mean = 0.0;
            for (var j = -half; j <= half; j++) mean += (season % 2 == 0 && Math.Abs(j) == half ? 0.5 : 1) * sum[t + j];
            mean /= season;
            if (mean <= 0) return null;
            totals[t % season] += sum[t] / mean;
            counts[t % season]++;
        }

        var indices = new double[season];
        for (var s = 0; s < season; s++)
        {
            if (counts[s] == 0) return null;
            indices[s] = totals[s] / counts[s];
        }

        var level = 0.0;
        foreach (var index in indices) level += index / season;
        // An index near zero would make the adjusted demand of a single sale enormous.
        for (var s = 0; s < season; s++) indices[s] = Math.Max(indices[s] / level, 0.1);
        return indices;
    }
}
