using System.Collections.Immutable;
using Coterie.Clean;
using Coterie.Decisions;
using Coterie.Decisions.Churn;
using Coterie.Decisions.Demand;
using Coterie.Decisions.Positioning;
using Coterie.Decisions.Pricing;
using Coterie.Features;
using Coterie.Warehouse;

namespace Coterie;

/// <summary>The decisions that a run makes by itself once its segments stand: those that need nothing but the events.</summary>
internal sealed record Deciding(IReadOnlyList<Decided> Made, IReadOnlyList<string> Notes)
{
    // Longer logs than this are not decided on unless asked: every decision reads all events again, and some of them learn for long.
    const long Quick = 2_000_000, Slow = 200_000;

    /// <summary>A decision; what it leaves in the parts serves the next actions.</summary>
    /// <param name="MostEvents">Of a log that is decided on without being asked.</param>
    sealed record Kind(string Id, long MostEvents, Func<DecisionInput, Parts, Decided> Decide);

    sealed class Parts
    {
        public NextActionParts Found { get; set; } = new();
    }

    // In the order of the report.
    static readonly Kind[] Kinds =
    [
        new("lifecycle", Quick, (input, parts) =>
        {
            var decided = LifecycleAnalysis.Decide(input, new LifecycleOptions());
            parts.Found = parts.Found with { Lifecycle = (LifecycleReport)decided.Result };
            return decided;
        }),
        new("value", Quick, (input, parts) =>
        {
            var decided = ValueDecision.Decide(input, new ValueOptions(), out var forecast);
            parts.Found = parts.Found with { Value = forecast };
            return decided;
        }),
        new("churn", Slow, (input, parts) =>
        {
            var decided = ChurnDecision.Decide(input, new ChurnOptions());
            parts.Found = parts.Found with { Churn = decided.Page.Answered ? (ChurnResult)decided.Result : null };
            return decided;
        }),
        new("recommend", Slow, (input, parts) =>
        {
            var decided = Recommendation.Decide(input, new RecommendationOptions { All = true });
            var result = (RecommendationResult)decided.Result;
            parts.Found = parts.Found with { Recommendation = result };
            // recommendations.csv beside it has the lists.
            return decided with { Result = result with { Lists = [] } };
        }),
        new("demand", Slow, (input, _) => DemandPlan.Decide(input, new DemandOptions())),
        new("pricing", Quick, (input, _) => PriceDecision.Decide(input, new PricingOptions())),
        new("positioning", Quick, (input, _) => PositionDecision.Decide(input, new PositioningOptions())),
    ];

    /// <summary>What <c>--decisions</c> may name.</summary>
    internal static ImmutableArray<string> Names => [.. Kinds.Select(k => k.Id)];

    internal static Deciding Of(IWarehouse warehouse, QualityReport quality, FeatureTable table, Description described, FinalSegments final, SegmentationOptions options, Stages stages)
    {
        var notes = new List<string>();
        var wanted = Wanted(options.Decisions);
        if (options.Decisions == "auto")
        {
            var left = Kinds.Where(k => quality.RowsKept > k.MostEvents).Select(k => k.Id).ToArray();
            wanted = [.. wanted.Except(left)];
            if (left.Length > 0)
                notes.Add($"Not decided because the log has {quality.RowsKept:N0} events: {string.Join(", ", left)}. --decisions on makes them here; each is also a command of its own.");
        }

        if (wanted.Length == 0) return new([], notes);
        var input = new DecisionInput
        {
            Warehouse = warehouse,
            Quality = quality,
            AsOf = table.AsOf,
            Segments = described.Segments.Count > 0 ? Members(table, described, final) : null,
            Seed = options.Seed.Child(61),
            Threads = options.Threads,
            Say = stages.Say,
            Stop = stages.Stop,
        };
        var made = new List<Decided>();
        var parts = new Parts();
        foreach (var kind in Kinds.Where(k => wanted.Contains(k.Id)))
        {
            try
            {
                made.Add(stages.Do(kind.Id, () => kind.Decide(input, parts)));
            }
            catch (InputException e)
            {
                // Segments do not need it: data that cannot carry a decision are a finding, said in the report.
                notes.Add($"{kind.Id} was left out: {e.Message}");
            }
        }

        // What is to be done comes first in the report.
        if (wanted.Contains("lifecycle") && wanted.Contains("value")) made.Insert(0, stages.Do("next actions", () => NextActionDecision.Decide(input, parts.Found)));
        return new(made, notes);
    }

    static string[] Wanted(string decisions) => decisions switch
    {
        "off" => [],
        "auto" or "on" => [.. Names],
        _ => decisions.Split(','),
    };

    /// <summary>What is wrong with the value of <c>--decisions</c>; null when nothing is.</summary>
    internal static string? Problem(string decisions) =>
        decisions is "auto" or "on" or "off" || decisions.Split(',').All(d => Names.Contains(d)) ? null
            : $"--decisions '{decisions}': write auto, on, off, or some of {string.Join(",", Names)}.";

    static Membership Members(FeatureTable table, Description described, FinalSegments final)
    {
        var places = new int[final.Groups];
        for (var i = 0; i < described.Segments.Count; i++) places[described.Segments[i].Label] = i;
        var of = new Dictionary<string, int>(table.Count, StringComparer.Ordinal);
        for (var i = 0; i < table.Count; i++) of[table.Customers[i]] = places[final.Assignment.Labels[i]];
        return new Membership([.. described.Segments.Select(s => new SegmentRef(s.Id, s.Name))], of, table.AsOf);
    }
}
