using Coterie.Warehouse;

namespace Coterie.Collect;

/// <summary>The one format in which a column writes its times.</summary>
/// <param name="Label">For people: a strptime pattern, "ISO 8601", or "epoch milliseconds".</param>
/// <param name="Family">What values of one format share.</param>
/// <param name="Share">Share of the sampled values that it reads.</param>
sealed record TimeFormat(string Label, string Family, bool HasTimeOfDay, bool HasOffset, double Share)
{
    public const string IsoFamily = "ISO 8601";

    public string? Note { get; init; }

    /// <summary>SQL for a text column as TIMESTAMP in UTC, NULL where the value has another format.</summary>
    /// <remarks>A TIMESTAMP cast ignores offsets, so the way leads through TIMESTAMPTZ; the session's zone is UTC. Casting back by microseconds
    /// instead of <c>timezone('UTC', …)</c> saves the calendar's work.</remarks>
    public string Sql(string column, string zone, Dialect dialect)
    {
        string At(string instant) => $"make_timestamp(epoch_us({instant}))";
        string Local(string stamp) => zone == "UTC" ? stamp : At($"timezone({dialect.Text(zone)}, {stamp})");

        switch (Family)
        {
            case IsoFamily:
                var instant = At($"try_cast({column} AS TIMESTAMPTZ)");
                // Nineteen characters with the seconds in their place leave no room for an offset, and the plain cast takes half the time.
                if (zone == "UTC") return $"CASE WHEN length({column}) = 19 AND substr({column}, 17, 1) = ':' THEN try_cast({column} AS TIMESTAMP) ELSE {instant} END";
                return $"CASE WHEN regexp_matches({column}, '(Z|UTC|:[0-9.]+[+-][0-9:]+) *$') THEN {instant} ELSE "
                    + $"{Local($"try_cast({column} AS TIMESTAMP)")} END";
            case "epoch seconds": return Epoch(column, 1, "* 1000000");
            case "epoch milliseconds": return Epoch(column, 1_000, "* 1000");
            case "epoch microseconds": return Epoch(column, 1_000_000, "");
            case "epoch nanoseconds": return Epoch(column, 1_000_000_000, "// 1000");
            case "epoch seconds with fraction":
                return $"CASE WHEN try_cast({column} AS DOUBLE) BETWEEN {TimeShape.MinEpochSeconds} AND {TimeShape.MaxEpochSeconds} "
                    + $"THEN make_timestamp(CAST(round(try_cast({column} AS DOUBLE) * 1000000) AS BIGINT)) END";
            case "%Y%m%d": return Local($"CASE WHEN length(trim({column})) = 8 THEN try_strptime({column}, '%Y%m%d') END");
            case "%Y%m%d%H%M": return Local($"CASE WHEN length(trim({column})) = 12 THEN try_strptime({column}, '%Y%m%d%H%M') END");
            case "%Y%m%d%H%M%S": return Local($"CASE WHEN length(trim({column})) = 14 THEN try_strptime({column}, '%Y%m%d%H%M%S') END");
            default:
                var parsed = $"try_strptime({column}, {dialect.Text(Label)})";
                return Label.Contains("%z", StringComparison.Ordinal) ? At(parsed) : HasOffset ? parsed : Local(parsed);
        }
    }

    static string Epoch(string column, long perSecond, string toMicroseconds)
    {
        var low = (Int128)TimeShape.MinEpochSeconds * perSecond;
        var high = (Int128)TimeShape.MaxEpochSeconds * perSecond;
        var number = $"try_cast({column} AS BIGINT)";
        return $"CASE WHEN {number} BETWEEN {low} AND {high} THEN make_timestamp({number} {toMicroseconds}) END";
    }
}

/// <summary>Chooses the format of a time column from its values.</summary>
static class TimeFormats
{
    /// <summary>The least share of the sampled values that one format must read; with less the times are mixed.</summary>
    public const double LeastShare = 0.9;

    /// <summary>Counts in the whole file, for times whose sample does not tell day from month.</summary>
    /// <param name="DayFirst">Values readable with the day first.</param>
    /// <param name="MonthFirst">Values readable with the month first.</param>
    public sealed record Evidence(long DayFirst, long MonthFirst);

    sealed record Seen(string Value, TimeShape Shape);

    /// <summary>Share of the values that are times of the best format; the quick look for every column.</summary>
    public static double ShareOf(IReadOnlyList<string> values)
    {
        if (values.Count == 0) return 0;
        var best = values.Select(TimeShape.Of).OfType<TimeShape>().GroupBy(FamilyOf).Select(g => g.Count()).DefaultIfEmpty().Max();
        return (double)best / values.Count;
    }

    /// <summary>The format, or null where no value is a time.</summary>
    /// <param name="values">Sampled values that are present, in file order.</param>
    /// <param name="wholeFile">Counts over the whole file; asked only where the sample does not tell day from month.</param>
    public static TimeFormat? Choose(IReadOnlyList<string> values, Func<string, string, Evidence> wholeFile)
    {
        var seen = values.Select(v => (v, s: TimeShape.Of(v))).Where(p => p.s is not null).Select(p => new Seen(p.v, p.s!)).ToList();
        if (seen.Count == 0) return null;
        var best = seen.GroupBy(x => FamilyOf(x.Shape)).OrderByDescending(g => g.Count())
            .ThenBy(g => g.Key, StringComparer.Ordinal).First();
        var shapes = best.ToList();
        var pattern = best.Key;
        string? note = null;
        var readable = shapes.Count;
        if (pattern.Contains("%1", StringComparison.Ordinal))
        {
            var order = DayMonthOrder(shapes, pattern, wholeFile);
            pattern = Ordered(pattern, order.DayFirst);
            note = order.Note;
            readable = shapes.Count(x => (order.DayFirst ? x.Shape.Second : x.Shape.First) <= 12);
        }

        return new TimeFormat(
            pattern, pattern, shapes.Any(x => x.Shape.HasTime && !x.Shape.Midnight), shapes.Any(x => x.Shape.HasOffset),
                (double)readable / values.Count) { Note = note };
    }

    /// <summary>The formats seen, with counts and an example each, for a message.</summary>
    /// <param name="values">What the column holds.</param>
    /// <param name="none">What a value is called that is no time.</param>
    public static string Describe(IReadOnlyList<string> values, string none) => string.Join("; ", values
        .GroupBy(v => TimeShape.Of(v) is { } shape ? FamilyOf(shape).Replace("%1", "%d|%m").Replace("%2", "%m|%d") : none)
        .OrderByDescending(g => g.Count())
        .Take(5)
        .Select(g => $"{100.0 * g.Count() / values.Count:0} % {g.Key} ('{Shown.Text(g.First())}')"));

    // "May" is its own abbreviation: it goes with whichever kind the others have, and alone counts as an abbreviation.
    static string FamilyOf(TimeShape shape) => shape.Iso ? TimeFormat.IsoFamily : shape.Pattern;

    static string Ordered(string pattern, bool dayFirst) =>
        pattern.Replace("%1", dayFirst ? "%d" : "%m", StringComparison.Ordinal).Replace("%2", dayFirst ? "%m"
            : "%d", StringComparison.Ordinal);

    sealed record Order(bool DayFirst, string? Note);

    static Order DayMonthOrder(List<Seen> seen, string pattern, Func<string, string, Evidence> wholeFile)
    {
        long firstAbove = seen.Count(x => x.Shape.First > 12);
        long secondAbove = seen.Count(x => x.Shape.Second > 12);
        if (firstAbove != secondAbove) return new Order(firstAbove > secondAbove, null);

        var evidence = wholeFile(Ordered(pattern, true), Ordered(pattern, false));
        if (evidence.DayFirst != evidence.MonthFirst) return new Order(evidence.DayFirst > evidence.MonthFirst, null);

        var byDay = Descents(seen, dayFirst: true);
        var byMonth = Descents(seen, dayFirst: false);
        if (Math.Min(byDay, byMonth) < 0.02 * seen.Count && Math.Max(byDay, byMonth) > 2 * Math.Min(byDay, byMonth) && byDay != byMonth)
        {
            return new Order(byDay < byMonth,
                $"Every time can be read with the day or the month first; taken as {(byDay < byMonth ? "day" : "month")} first, "
                    + "because the rows are then in order of time.");
        }

        var dayFirst = pattern.Contains("%1.%2", StringComparison.Ordinal);
        return new Order(dayFirst,
            "Every time can be read with the day or the month first, and nothing in the file decides; taken as "
                + $"{(dayFirst ? "day" : "month")} first, "
            + $"as is usual with '{(dayFirst ? '.' : pattern["%1".Length])}'. If that is wrong, write the times as YYYY-MM-DD.");
    }

    static int Descents(List<Seen> seen, bool dayFirst)
    {
        // Comparing year, month, day only: the clock does not depend on the order of day and month.
        var keys = seen.Select(x => (YearOf(x.Value) * 10_000) + (100 * (dayFirst ? x.Shape.Second : x.Shape.First))
            + (dayFirst ? x.Shape.First : x.Shape.Second)).ToList();
        return Enumerable.Range(1, Math.Max(0, keys.Count - 1)).Count(i => keys[i] < keys[i - 1]);
    }

    static int YearOf(string value)
    {
        var parts = value.Split(['/', '-', '.', ' ', ','], StringSplitOptions.RemoveEmptyEntries);
        return parts.Length > 2 && int.TryParse(parts[2], out var year) ? year : 0;
    }
}
