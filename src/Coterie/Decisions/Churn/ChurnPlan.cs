namespace Coterie.Decisions.Churn;

/// <summary>Which instants of the past teach, calibrate and judge. Freezes lie a third of a horizon apart, counted back from the as-of instant: freeze 3k is
/// k horizons ago. What is foreseen at freeze 3k is calibrated on freeze 3k + 3 and learned from freezes 3k + 6 and older, so that every outcome that a
/// model learns from was known at the freeze it foresees from.</summary>
internal sealed record ChurnPlan(DateTime AsOf, int Days, int CutOffs, int Freezes, int Oldest)
{
    internal const int PerHorizon = 3;
    const int Shortest = 7, Longest = 180;

    internal DateTime At(int freeze) => AsOf.AddDays(-(double)freeze * Days / PerHorizon);

    /// <summary>The freezes that the model for a cut-off learns from, newest first; cut-off 0 is today.</summary>
    internal IReadOnlyList<int> Past(int cutOff)
    {
        var newest = (cutOff + 2) * PerHorizon;
        return [.. Enumerable.Range(newest, Freezes).Where(f => f <= Oldest)];
    }

    /// <summary>Null, with the days that would be needed, where the history is too short.</summary>
    /// <exception cref="ConfigurationException">The asked horizon is longer than the history allows.</exception>
    internal static ChurnPlan? Of(DateTime first, DateTime asOf, ChurnOptions options, out int needed)
    {
        var history = (asOf - first).TotalDays;
        needed = 4 * (options.HorizonDays ?? Shortest);
        if (options.HorizonDays is { } asked && history >= 4 * Shortest && asked > history / 4)
            throw new ConfigurationException($"--horizon {asked}: the history has {history:0} days. One horizon each to learn, to calibrate and to judge, after one to look back on, "
                + $"allow {Math.Floor(history / 4):0} days at most.");
        if (history < needed) return null;
        // A sixth of the history leaves three periods that judge.
        var days = options.HorizonDays ?? (int)Math.Clamp(history / 6, Shortest, Longest);
        var oldest = (int)((history - days) / days * PerHorizon);
        var cutOffs = Math.Min(options.CutOffs, oldest / PerHorizon - 2);
        return new ChurnPlan(asOf, days, cutOffs, options.Freezes, oldest);
    }
}
