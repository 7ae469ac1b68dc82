namespace Coterie.Decisions;

/// <summary>Customers whose first purchase fell into one month, and the share of them that bought again in each later month.</summary>
/// <param name="Start">The first day of the month.</param>
/// <param name="Customers">How many.</param>
/// <param name="Retained">Month 1, 2 … after: how many of them bought in it; only months that are over.</param>
public sealed record Cohort(DateTime Start, int Customers, IReadOnlyList<int> Retained);

/// <summary>Cohort retention by calendar month.</summary>
public static class Cohorts
{
    /// <param name="days">Purchase days of each customer, ascending.</param>
    /// <param name="asOf">The last day seen; its month counts only where it is the month's last.</param>
    public static IReadOnlyList<Cohort> Of(IReadOnlyList<int[]> days, DateTime asOf)
    {
        var over = asOf.Date.AddDays(1).Day == 1 ? Month(asOf) : Month(asOf) - 1;
        var firsts = days.Where(d => d.Length > 0).Select(d => Month(PurchaseDays.DateOf(d[0]))).ToArray();
        if (firsts.Length == 0 || firsts.Min() > over) return [];
        var start = firsts.Min();
        var size = new int[over - start + 1];
        var kept = size.Select((_, c) => new int[over - start - c]).ToArray();
        foreach (var own in days)
        {
            if (own.Length == 0) continue;
            var first = Month(PurchaseDays.DateOf(own[0]));
            if (first > over) continue;
            size[first - start]++;
            var last = first;
            foreach (var day in own)
            {
                var month = Month(PurchaseDays.DateOf(day));
                if (month == last || month > over) continue;
                kept[first - start][month - first - 1]++;
                last = month;
            }
        }

        return [.. size.Select((n, c) => new Cohort(new DateTime((start + c) / 12, (start + c) % 12 + 1, 1, 0, 0, 0, DateTimeKind.Utc), n, kept[c])).Where(c => c.Customers > 0)];
    }

    static int Month(DateTime time) => time.Year * 12 + time.Month - 1;
}
