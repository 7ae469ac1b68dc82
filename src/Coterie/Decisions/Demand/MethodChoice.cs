namespace Coterie.Decisions.Demand;

/// <summary>Which method each series takes at an origin: the one with the smallest pinball loss at the origins whose weeks had passed by then.</summary>
/// <remarks>A few origins of one series say little, so its own losses are drawn towards those of its pattern: the mean of a series' losses over k origins
/// counts k, that of its pattern counts <see cref="PriorOrigins"/>.</remarks>
static class MethodChoice
{
    // One wild series must not choose for its whole pattern.
    const double Wild = 10;
    // Losses of one series over overlapping origins are few observations and wild ones: on public sets a light prior chose worse than the pattern alone.
    const double PriorOrigins = 60;

    /// <param name="origins">All origins.</param>
    /// <param name="at">The place of the one that the choice is for.</param>
    /// <param name="span">Weeks after an origin that must have passed before it counts.</param>
    /// <param name="season">Weeks of a season.</param>
    internal static DemandMethod[] At(OriginForecasts[] origins, int at, int span, int season)
    {
        var methods = DemandMethods.All.Length;
        var now = origins[at];
        var usable = origins.Take(at).Where(o => o.Origin + span <= now.Origin).ToArray();
        var patterns = Enum.GetValues<DemandPattern>().Length;
        var n = now.Methods.Length;
        // The usual loss at each origin, over the series and methods of a pattern: without it a wild week, such as the one before Christmas, would choose
        // for the whole year.
        var usual = usable.Select(past => Usual(now, past, patterns)).ToArray();
        double[,] sums = new double[patterns, methods], counts = new double[patterns, methods];
        for (var i = 0; i < n; i++)
        {
            if (now.Methods[i] is null) continue;
            var pattern = (int)now.Patterns[i];
            for (var k = 0; k < usable.Length; k++)
            {
                if (usable[k].Losses[i] is not { } losses || usual[k][pattern] <= 0) continue;
                for (var m = 0; m < methods; m++)
                {
                    if (double.IsNaN(losses[m])) continue;
                    sums[pattern, m] += Math.Min(losses[m], Wild) / usual[k][pattern];
                    counts[pattern, m]++;
                }
            }
        }

        var eligible = Eligible(now, usable, usual, patterns, span, season);
        var chosen = new DemandMethod[n];
        for (var i = 0; i < n; i++) chosen[i] = Best(now, usable, usual, i, sums, counts, eligible);
        return chosen;
    }

    static DemandMethod Best(OriginForecasts now, OriginForecasts[] usable, double[][] usual, int i, double[,] sums, double[,] counts, bool[,] eligible)
    {
        // Before anything is known of the methods, and where nothing tells them apart, the combination.
        var best = DemandMethod.Combination;
        if (now.Methods[i] is not { } there) return best;
        var least = double.PositiveInfinity;
        var pattern = (int)now.Patterns[i];
        foreach (var method in Enumerable.Reverse(DemandMethods.All))
        {
            var m = (int)method;
            if (there[m] is null || counts[pattern, m] == 0 || !eligible[pattern, m]) continue;
            var prior = sums[pattern, m] / counts[pattern, m];
            double own = 0, seen = 0;
            for (var k = 0; k < usable.Length; k++)
            {
                if (usable[k].Losses[i] is not { } losses || double.IsNaN(losses[m]) || usual[k][pattern] <= 0) continue;
                own += Math.Min(losses[m], Wild) / usual[k][pattern];
                seen++;
            }

            var loss = (own + PriorOrigins * prior) / (seen + PriorOrigins);
            if (loss < least) (best, least) = (method, loss);
        }

        return best;
    }

    // A method may be taken instead of the combination where its pattern's loss was lower by more than a standard error over origins, and the origins span a
    // whole season: what won in spring need not win before Christmas. Origins overlap, so a span of them counts once.
    static bool[,] Eligible(OriginForecasts now, OriginForecasts[] usable, double[][] usual, int patterns, int span, int season)
    {
        var methods = DemandMethods.All.Length;
        var eligible = new bool[patterns, methods];
        var whole = usable.Length > 0 && usable[^1].Origin + span - usable[0].Origin >= season;
        for (var p = 0; p < patterns; p++)
        {
            for (var m = 0; m < methods && whole; m++)
            {
                var differences = new List<double>();
                for (var k = 0; k < usable.Length; k++)
                {
                    var (sum, count) = (0.0, 0);
                    for (var i = 0; i < now.Methods.Length; i++)
                    {
                        if (now.Methods[i] is null || (int)now.Patterns[i] != p || usable[k].Losses[i] is not { } losses || double.IsNaN(losses[m])) continue;
                        sum += Math.Min(losses[m], Wild) - Math.Min(losses[(int)DemandMethod.Combination], Wild);
                        count++;
                    }

                    if (count > 0 && usual[k][p] > 0) differences.Add(sum / count / usual[k][p]);
                }

                if (differences.Count < 2) continue;
                var mean = differences.Average();
                var variance = differences.Sum(d => (d - mean) * (d - mean)) / (differences.Count - 1);
                eligible[p, m] = mean < -Math.Sqrt(variance * Math.Min(span, differences.Count) / differences.Count);
            }

            eligible[p, (int)DemandMethod.Combination] = true;
        }

        return eligible;
    }

    static double[] Usual(OriginForecasts now, OriginForecasts past, int patterns)
    {
        double[] sums = new double[patterns], counts = new double[patterns];
        for (var i = 0; i < now.Methods.Length; i++)
        {
            if (now.Methods[i] is null || past.Losses[i] is not { } losses) continue;
            foreach (var loss in losses)
            {
                if (double.IsNaN(loss)) continue;
                sums[(int)now.Patterns[i]] += Math.Min(loss, Wild);
                counts[(int)now.Patterns[i]]++;
            }
        }

        for (var p = 0; p < patterns; p++) sums[p] /= Math.Max(1, counts[p]);
        return sums;
    }
}
