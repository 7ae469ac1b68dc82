namespace Coterie.Decisions;

/// <summary>Where a customer stands in their life with the shop.</summary>
public enum LifecycleState
{
    /// <summary>Not a buyer yet.</summary>
    None,
    /// <summary>First purchase within the time in which a second is due.</summary>
    New,
    /// <summary>Buys in their rhythm.</summary>
    Active,
    /// <summary>Came back after a pause from which few return.</summary>
    Back,
    /// <summary>Later than 80 % of returns.</summary>
    AtRisk,
    /// <summary>Later than 95 % of returns.</summary>
    Lapsed,
}

/// <summary>States of customers as of a day.</summary>
public static class LifecycleStates
{
    public const int Count = 6;

    /// <summary>The state of one customer.</summary>
    /// <param name="days">Purchase days, ascending; those after <paramref name="today"/> are not looked at.</param>
    /// <param name="today">Days since 1970-01-01.</param>
    /// <param name="rhythm">The shop's.</param>
    public static LifecycleState Of(int[] days, int today, Rhythm rhythm)
    {
        var (n, logs, expectedBefore) = (0, 0.0, double.NaN);
        for (; n < days.Length && days[n] <= today; n++)
        {
            if (n == 0) continue;
            expectedBefore = rhythm.Expected(n - 1, logs);
            logs += Math.Log(days[n] - days[n - 1]);
        }

        if (n == 0) return LifecycleState.None;
        var late = (today - days[n - 1]) / rhythm.Expected(n - 1, logs);
        if (late > rhythm.Gone) return LifecycleState.Lapsed;
        if (late > rhythm.Late) return LifecycleState.AtRisk;
        if (n == 1) return LifecycleState.New;
        return days[n - 1] - days[n - 2] > rhythm.Gone * expectedBefore ? LifecycleState.Back : LifecycleState.Active;
    }

    /// <summary>The states of all customers.</summary>
    public static LifecycleState[] Of(IReadOnlyList<int[]> days, int today, Rhythm rhythm) => [.. days.Select(d => Of(d, today, rhythm))];
}
