using Coterie.Profiles;
using Coterie.Server.Collector;
using Coterie.Server.Data;

namespace Coterie.Server.Jobs;

/// <summary>Whether the newest run still tells of the customers as they are.</summary>
public enum FreshnessState
{
    /// <summary>There is no run yet.</summary>
    None,
    /// <summary>It does.</summary>
    Fresh,
    /// <summary>It begins not to: make a new one soon.</summary>
    Aging,
    /// <summary>It does not: make a new one before acting on it.</summary>
    Stale,
}

/// <summary>The age of the newest run, and what has happened since.</summary>
/// <param name="Run">Its id; null before the first.</param>
/// <param name="State">What to make of it.</param>
/// <param name="AsOf">The instant that the run's segments are as of.</param>
/// <param name="Age">How long ago the run finished.</param>
/// <param name="Events">Events that the run has seen.</param>
/// <param name="EventsSince">Events of the workspace that it has not.</param>
/// <param name="Waiting">Requests in the log that are not loaded yet.</param>
/// <param name="Drift">How far the customers have moved; null where it was not measured.</param>
/// <param name="Reasons">Why the state is what it is; none for a fresh run.</param>
public sealed record Freshness(string? Run, FreshnessState State, DateTime? AsOf, TimeSpan? Age, long Events, long EventsSince, long Waiting, double? Drift, IReadOnlyList<Bilingual> Reasons)
{
    /// <summary>Ages and shares from which on a run is aging or stale. A week is the rhythm of most shops' work, a month is longer than most campaigns.</summary>
    static readonly TimeSpan AgingAfter = TimeSpan.FromDays(7), StaleAfter = TimeSpan.FromDays(30);
    const double AgingShare = 0.05, StaleShare = 0.25, AgingDrift = 0.1, StaleDrift = 0.25;

    /// <param name="run">Null before the first.</param>
    /// <param name="finished">When it finished.</param>
    /// <param name="asOf">Its instant.</param>
    /// <param name="seen">Events that it has seen.</param>
    /// <param name="events">Events that the workspace has.</param>
    /// <param name="waiting">Requests that wait to be loaded.</param>
    /// <param name="drift">The newest measurement.</param>
    /// <param name="now">Now.</param>
    public static Freshness Of(string? run, DateTime finished, DateTime asOf, long seen, long events, long waiting, DriftRow? drift, DateTime now)
    {
        if (run is null)
            return new(null, FreshnessState.None, null, null, 0, events, waiting, null, [new("There is no run yet.", "尚无运行。")]);
        var reasons = new List<Bilingual>();
        var state = FreshnessState.Fresh;
        var age = now - finished;
        // Without new events an old run is as true as on its first day: people's silence is an event too, but a run of the same events would say the same.
        var since = Math.Max(0, events - seen);
        var share = seen == 0 ? (since > 0 ? 1 : 0) : (double)since / seen;
        void Say(bool stale, string en, string zh)
        {
            state = stale ? FreshnessState.Stale : state == FreshnessState.Stale ? state : FreshnessState.Aging;
            reasons.Add(new(en, zh));
        }

        if (since > 0 && age >= AgingAfter) Say(age >= StaleAfter, $"It is {age.TotalDays:0} days old, and events have come since.", $"已有 {age.TotalDays:0} 天，其后又有新事件。");
        if (share >= AgingShare) Say(share >= StaleShare, $"{since:N0} events have come since, {100 * share:0} for every 100 that it has seen.", $"其后新增 {since:N0} 条事件，相当于其所见事件的 {share:P0}。");
        if (drift is not null && drift.Run == run && drift.Index > drift.Chance && drift.Index >= AgingDrift)
            Say(drift.Index >= StaleDrift, $"Customers have moved between its segments: stability index {drift.Index:0.00}, where 0.10 is a small and 0.25 a large shift.",
                $"客户已在分群间移动：稳定性指数 {drift.Index:0.00}（0.10 为小幅变化，0.25 为大幅变化）。");
        return new(run, state, asOf, age, seen, since, waiting, drift is not null && drift.Run == run ? drift.Index : null, reasons);
    }
}

/// <summary>Answers <see cref="Freshness"/> for the workspace as it is now.</summary>
sealed class FreshnessOf(Runs runs, CollectedState collected, DriftTrigger drift, Loading loading, Collecting collecting)
{
    public Freshness Now()
    {
        var waiting = Math.Max(0, collecting.Log.Last - loading.Loaded);
        if (runs.Latest is not { } run) return Freshness.Of(null, default, default, 0, collected.Events, waiting, null, DateTime.UtcNow);
        var report = runs.Report(run);
        return Freshness.Of(run.Id, run.Finished, report.AsOf, report.Quality.RowsKept, collected.Events, waiting, drift.Newest(run.Id), DateTime.UtcNow);
    }
}
