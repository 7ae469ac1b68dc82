namespace Coterie.Collect;

/// <summary>How columns depend on each other and on time in a sample: what tells a customer from a product when names do not.</summary>
/// <param name="times">Instants of the sampled rows in seconds; NaN where unknown.</param>
/// <param name="pieceStarts">Rows at which pieces of neighbouring rows begin.</param>
sealed class Structure(IReadOnlyList<double> times, IReadOnlyList<int> pieceStarts)
{
    // A dependency is believed when it was tested on at least so many repeated values.
    const int LeastRepeated = 5;

    /// <summary>Share of the repeated values of <paramref name="finer"/> that go with a single value of <paramref name="coarser"/>; 0
    /// without evidence.</summary>
    public static double Determines(SourceColumn finer, SourceColumn coarser)
    {
        var groups = new Dictionary<string, (string First, int Count, bool Same)>(StringComparer.Ordinal);
        for (var i = 0; i < finer.Values.Count; i++)
        {
            if (finer.Values[i] is not { } key || coarser.Values[i] is not { } value) continue;
            groups[key] = groups.TryGetValue(key, out var g) ? (g.First, g.Count + 1, g.Same && g.First == value) : (value, 1, true);
        }

        var repeated = groups.Values.Where(g => g.Count > 1).ToList();
        return repeated.Count < LeastRepeated ? 0 : (double)repeated.Count(g => g.Same) / repeated.Count;
    }

    /// <summary>Whether two columns cut the rows into the same groups.</summary>
    public static bool SameGroups(SourceColumn a, SourceColumn b) =>
        a.Values.Zip(b.Values).Where(p => p.First is not null && p.Second is not null).Distinct().ToList() is var pairs
        && pairs.Select(p => p.First).Distinct().Count() == pairs.Count && pairs.Select(p => p.Second).Distinct().Count() == pairs.Count;

    /// <summary>Share of the repeated values whose rows lie within six hours, in a sample of days: lines of one order, clicks of one
    /// sitting.</summary>
    public double Brief(SourceColumn column)
    {
        const double Sitting = 21_600;
        var known = times.Where(t => !double.IsNaN(t)).ToList();
        // In a sample of hours everybody is brief.
        if (known.Count == 0 || known.Max() - known.Min() < 24 * Sitting) return 0;
        var groups = Rows(column, 0, column.Values.Count)
            .Select(g => g.Select(r => times[r]).Where(t => !double.IsNaN(t)).ToList())
            .Where(g => g.Count > 1).ToList();
        return groups.Count < LeastRepeated ? 0 : (double)groups.Count(g => g.Max() - g.Min() <= Sitting) / groups.Count;
    }

    /// <summary>How much a value's rows come together, in time or in the file, beyond chance: 0 to 1. People act in sittings; products do
    /// not.</summary>
    public double Togetherness(SourceColumn column) => Math.Max(Bursts(column), Runs(column));

    /// <summary>Share of a value's gaps in time that are below a tenth of what an even spread gives, less the 10 % that chance
    /// gives.</summary>
    double Bursts(SourceColumn column)
    {
        var (close, all) = (0, 0);
        foreach (var (start, end) in Pieces(column.Values.Count))
        {
            var known = Enumerable.Range(start, end - start).Where(r => !double.IsNaN(times[r])).ToList();
            if (known.Count < 10) continue;
            var span = known.Max(r => times[r]) - known.Min(r => times[r]);
            if (span <= 0) continue;
            foreach (var rows in Rows(column, start, end).Where(g => g.Count > 1))
            {
                var at = rows.Select(r => times[r]).Where(t => !double.IsNaN(t)).Order().ToList();
                for (var i = 1; i < at.Count; i++)
                {
                    all++;
                    if (at[i] - at[i - 1] < 0.1 * span / at.Count) close++;
                }
            }
        }

        return all < LeastRepeated ? 0 : Math.Max(0, (((double)close / all) - 0.1) / 0.9);
    }

    /// <summary>Share of neighbouring rows with the same value, beyond what its frequencies give by chance.</summary>
    double Runs(SourceColumn column)
    {
        var (same, all) = (0, 0);
        foreach (var (start, end) in Pieces(column.Values.Count))
        {
            for (var i = start + 1; i < end; i++)
            {
                if (column.Values[i] is null || column.Values[i - 1] is null) continue;
                all++;
                if (column.Values[i] == column.Values[i - 1]) same++;
            }
        }

        if (all == 0) return 0;
        var present = (double)column.Present.Count;
        var chance = column.Present.GroupBy(v => v).Sum(g => g.Count() / present * (g.Count() / present));
        return chance >= 1 ? 0 : Math.Max(0, (((double)same / all) - chance) / (1 - chance));
    }

    IEnumerable<(int Start, int End)> Pieces(int rows) =>
        pieceStarts.Select((start, i) => (start, i + 1 < pieceStarts.Count ? pieceStarts[i + 1] : rows));

    static IEnumerable<List<int>> Rows(SourceColumn column, int start, int end) =>
        Enumerable.Range(start, end - start).Where(r => column.Values[r] is not null).GroupBy(r => column.Values[r])
            .Select(g => g.ToList());
}
