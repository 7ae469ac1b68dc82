using Coterie.Evaluation;

namespace Coterie.Decisions;

/// <summary>How to look at life cycles.</summary>
public sealed record LifecycleOptions
{
    /// <summary>An earlier run's segments, to see who moved; null: none.</summary>
    public Membership? Before { get; init; }
    /// <summary>Days of a period; null: 7, 30 or 91, whichever fits the shop's typical gap.</summary>
    public int? PeriodDays { get; init; }
}

/// <summary>Customers in a state now, and what those in it a period ago did since.</summary>
/// <param name="Customers">Now.</param>
/// <param name="Share">Of all who ever bought.</param>
/// <param name="RevenueShare">Of all revenue so far.</param>
/// <param name="Then">Customers in the state at the freeze, one period ago.</param>
/// <param name="Bought">Share of them that bought in the period since, with its 95 % interval.</param>
public sealed record StateSummary(LifecycleState State, int Customers, double Share, double RevenueShare, int Then, Estimate Bought);

/// <summary>States at the end of a period.</summary>
public sealed record StateCount(DateTime At, IReadOnlyDictionary<LifecycleState, int> Customers);

/// <summary>Share of the customers in a state one period ago that are in another now, with its 95 % interval.</summary>
public sealed record StateTransition(LifecycleState From, LifecycleState To, int Customers, Estimate Share);

/// <summary>States within a segment.</summary>
public sealed record SegmentStates(string Segment, int Customers, IReadOnlyDictionary<LifecycleState, int> States);

/// <summary>A customer's state.</summary>
public sealed record CustomerState(string Customer, string? Segment, LifecycleState State, DateTime LastPurchase, double ExpectedGapDays, double LateRatio);

/// <summary>Life cycles of a shop's customers.</summary>
public sealed record LifecycleReport
{
    public string Schema { get; init; } = "coterie.lifecycle/1";
    public required DateTime AsOf { get; init; }
    /// <summary>Null: too few returns to know a rhythm; then everything below but cohorts is empty.</summary>
    public required Rhythm? Rhythm { get; init; }
    public required int PeriodDays { get; init; }
    public required IReadOnlyList<StateSummary> States { get; init; }
    public required IReadOnlyList<StateCount> History { get; init; }
    public required IReadOnlyList<StateTransition> Transitions { get; init; }
    public required IReadOnlyList<SegmentStates> Segments { get; init; }
    public required IReadOnlyList<Cohort> Cohorts { get; init; }
    public SegmentMigration? Migration { get; init; }
    /// <summary>One a customer; in lifecycle.csv, not in the JSON.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public IReadOnlyList<CustomerState> Customers { get; init; } = [];
}

/// <summary>The life cycle of customers: states by their own rhythm, how they pass from one to the other, cohort retention, and who moved between runs.</summary>
public static class LifecycleAnalysis
{
    const int MostPeriods = 12;

    public static Decided Decide(DecisionInput input, LifecycleOptions options)
    {
        if (options.PeriodDays is < 1 or > 366) throw new ConfigurationException($"--period {options.PeriodDays}: must be 1 to 366 days.");
        if (options.Before is not null && input.Segments is null)
            throw new ConfigurationException("--before compares the segments of two runs: name the later one with --run DIR.");
        input.Say("life cycles");
        var report = Analyse(PurchaseDays.Read(input.Warehouse, input.AsOf), input, options);
        return new Decided(report, LifecyclePage.Of(report, input), Files(report));
    }

    internal static LifecycleReport Analyse(PurchaseDays purchases, DecisionInput input, LifecycleOptions options)
    {
        var today = PurchaseDays.DayOf(input.AsOf);
        var migration = options.Before is { } before && input.Segments is { } after ? SegmentMigration.Of(before, after) : null;
        var cohorts = Cohorts.Of(purchases.Days, input.AsOf);
        var rhythm = Rhythm.Learn(purchases.Days, today);
        if (rhythm is null)
        {
            return new()
            {
                AsOf = input.AsOf, Rhythm = null, PeriodDays = options.PeriodDays ?? 30, States = [], History = [], Transitions = [], Segments = [], Cohorts = cohorts, Migration = migration, Customers = [],
            };
        }

        var period = options.PeriodDays ?? Math.Exp(rhythm.MeanLog) switch { <= 8 => 7, <= 45 => 30, _ => 91 };
        var first = purchases.Days.Min(d => d[0]);
        var periods = Math.Clamp((today - first) / period, 0, MostPeriods);
        // Each instant is judged with the rhythm of the whole log: a rhythm learned anew each time would move customers who did nothing.
        var instants = Enumerable.Range(0, periods + 1).Select(p => today - (periods - p) * period).ToArray();
        var states = instants.Select(at => LifecycleStates.Of(purchases.Days, at, rhythm)).ToArray();
        return new()
        {
            AsOf = input.AsOf,
            Rhythm = rhythm,
            PeriodDays = period,
            States = Summaries(purchases, states[^1], today - period, today),
            History = [.. instants.Select((at, i) => new StateCount(PurchaseDays.DateOf(at), Counts(states[i])))],
            Transitions = states.Length > 1 ? Transitions(states[^2], states[^1]) : [],
            Segments = input.Segments is { } segments ? BySegment(purchases, states[^1], segments) : [],
            Cohorts = cohorts,
            Migration = migration,
            Customers = [.. purchases.Customers.Select((c, i) => Customer(c, purchases.Days[i], states[^1][i], today, rhythm, input.Segments))],
        };
    }

    // The states of the freeze come from a rhythm that was learned before it: the shares bought since are a test, not a description.
    static StateSummary[] Summaries(PurchaseDays purchases, LifecycleState[] now, int freeze, int today)
    {
        var earlier = Rhythm.Learn(purchases.Days, freeze) is { } rhythm ? LifecycleStates.Of(purchases.Days, freeze, rhythm) : null;
        var bought = purchases.Days.Select(d => d.Any(x => x > freeze && x <= today)).ToArray();
        var revenue = purchases.Revenue.Sum();
        return [.. Enum.GetValues<LifecycleState>().Where(s => s != LifecycleState.None).Select(s =>
        {
            var (here, spend, then, hits) = (0, 0.0, 0, 0);
            for (var i = 0; i < now.Length; i++)
            {
                if (now[i] == s)
                {
                    here++;
                    spend += purchases.Revenue[i];
                }

                if (earlier is null || earlier[i] != s) continue;
                then++;
                if (bought[i]) hits++;
            }

            return new StateSummary(s, here, (double)here / now.Length, revenue > 0 ? spend / revenue : double.NaN, then, then > 0 ? Calibration.Wilson(hits, then) : new(double.NaN, double.NaN, double.NaN));
        })];
    }

    static SortedDictionary<LifecycleState, int> Counts(IEnumerable<LifecycleState> states)
    {
        var counts = new SortedDictionary<LifecycleState, int>();
        foreach (var state in states) counts[state] = counts.GetValueOrDefault(state) + 1;
        return counts;
    }

    static StateTransition[] Transitions(LifecycleState[] before, LifecycleState[] now)
    {
        var counts = new int[LifecycleStates.Count, LifecycleStates.Count];
        for (var i = 0; i < now.Length; i++) counts[(int)before[i], (int)now[i]]++;
        var all = new List<StateTransition>();
        for (var from = 0; from < LifecycleStates.Count; from++)
        {
            var total = Enumerable.Range(0, LifecycleStates.Count).Sum(to => counts[from, to]);
            for (var to = 0; to < LifecycleStates.Count; to++)
                if (counts[from, to] > 0) all.Add(new((LifecycleState)from, (LifecycleState)to, counts[from, to], Calibration.Wilson(counts[from, to], total)));
        }

        return [.. all];
    }

    static SegmentStates[] BySegment(PurchaseDays purchases, LifecycleState[] now, Membership segments) =>
        [.. segments.Segments.Select((s, place) =>
        {
            var members = Enumerable.Range(0, now.Length).Where(i => segments.Of(purchases.Customers[i]) == place).Select(i => now[i]).ToArray();
            return new SegmentStates(s.Id, members.Length, Counts(members));
        })];

    static CustomerState Customer(string customer, int[] days, LifecycleState state, int today, Rhythm rhythm, Membership? segments)
    {
        var logs = 0.0;
        for (var i = 1; i < days.Length; i++) logs += Math.Log(days[i] - days[i - 1]);
        var expected = rhythm.Expected(days.Length - 1, logs);
        var segment = segments is not null && segments.Of(customer) is var at and >= 0 ? segments.Segments[at].Id : null;
        return new(customer, segment, state, PurchaseDays.DateOf(days[^1]), expected, (today - days[^1]) / expected);
    }

    static DecisionFile[] Files(LifecycleReport report)
    {
        var files = new List<DecisionFile>
        {
            new("lifecycle", ["customer_id", "segment", "state", "last_purchase", "expected_gap_days", "late_ratio"],
                report.Customers.Select(c => new object?[] { c.Customer, c.Segment, LifecycleWords.Code(c.State), c.LastPurchase, Math.Round(c.ExpectedGapDays, 2), Math.Round(c.LateRatio, 3) })),
            new("lifecycle_cohorts", ["cohort", "customers", "month", "bought", "share"],
                report.Cohorts.SelectMany(c => c.Retained.Select((n, m) => new object?[] { c.Start, c.Customers, m + 1, n, (double)n / c.Customers }))),
        };
        if (report.Migration is { } migration)
            files.Add(new("lifecycle_migration", ["from", "to", "customers"], migration.Flows.Select(f => new object?[] { f.From, f.To, f.Customers })));
        return [.. files];
    }
}
