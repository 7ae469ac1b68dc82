using Coterie.Clean;
using Coterie.Evaluation;
using Coterie.Features;

namespace Coterie.Decisions.Campaigns;

/// <summary>Whom a campaign can reach, in which segment, and what they do without one.</summary>
internal sealed record PlanCustomers
{
    public required string[] Ids { get; init; }
    public required int[] Segment { get; init; }
    public required IReadOnlyList<string> SegmentNames { get; init; }
    public required IReadOnlyList<PlanSegment> Segments { get; init; }
    /// <summary>Of the goal over a horizon, over everybody.</summary>
    public required Moments Baseline { get; init; }
    /// <summary>Mean money of customers who bought in the horizon; NaN where nobody did.</summary>
    public required double MoneyPerBuyer { get; init; }
    public required int WithoutSegment { get; init; }
    /// <summary>Customers who refused marketing.</summary>
    public required int LeftOut { get; init; }
    public required FeatureTable Today { get; init; }

    public static PlanCustomers Of(DecisionInput input, PlanOptions options)
    {
        if (input.Quality.FirstEvent is not { } first || (input.AsOf - first).TotalDays < 2 * options.HorizonDays)
            throw new InputException($"The log up to {input.AsOf:yyyy-MM-dd} is shorter than twice the horizon of {options.HorizonDays} days, so what customers do without a campaign is not known. Give a shorter --horizon or a longer log.");
        // Whom a campaign may not reach is no part of its plan, nor of what it is compared with.
        var consents = ConsentReading.Of(input.Warehouse);
        bool Reached(string id) => !consents.LeavesOut(id, ConsentPurpose.Marketing);
        var everybody = Features(input, input.AsOf);
        var today = everybody.Where(Reached);
        if (today.Count == 0 && everybody.Count > 0) throw new InputException($"All of the {everybody.Count:N0} customers refused marketing: there is nobody whom a campaign may reach.");
        var from = input.AsOf.AddDays(-options.HorizonDays);
        string[] before = [.. Features(input, from).Customers.Where(Reached)];
        var outcomes = FeatureComputation.Outcomes(input.Warehouse, "events", before, from, input.AsOf);
        var goal = before.Select((_, i) => options.Goal switch
        {
            CampaignGoal.Visit => outcomes.Active[i] ? 1.0 : 0,
            CampaignGoal.Purchase => outcomes.Orders[i] > 0 ? 1 : 0,
            _ => outcomes.Spend[i],
        }).ToArray();
        if (goal.All(v => v == 0))
            throw new InputException($"Nobody did what the goal asks ({options.Goal.ToString().ToLowerInvariant()}) in the last {options.HorizonDays} days, so no effect on it could be measured. Choose another --goal or a longer --horizon.");
        var names = input.Segments is { } run ? run.Segments.Select(SegmentWords.Name).ToList() : [SegmentWords.Everybody];
        int Place(string id) => input.Segments is { } s ? s.Of(id) : 0;
        var places = Array.ConvertAll(today.Customers, Place);
        var without = places.Count(p => p < 0);
        if (without > 0) names.Add(SegmentWords.Without);
        int Known(int place) => place < 0 ? names.Count - 1 : place;
        int[] segment = Array.ConvertAll(places, Known), segmentBefore = [.. before.Select(id => Known(Place(id)))];
        double[] spenders = [.. outcomes.Spend.Where((_, i) => outcomes.Orders[i] > 0)];
        return new PlanCustomers
        {
            Ids = today.Customers,
            Segment = segment,
            SegmentNames = names,
            Segments = [.. names.Select((n, s) => new PlanSegment(n, segment.Count(x => x == s), Mean([.. goal.Where((_, i) => segmentBefore[i] == s)])))],
            Baseline = Moments.Of(goal),
            MoneyPerBuyer = spenders.Length == 0 ? double.NaN : spenders.Average(),
            WithoutSegment = without,
            LeftOut = everybody.Count - today.Count,
            Today = today,
        };
    }

    static Estimate Mean(double[] values) => values.Length < 2 ? new(double.NaN, double.NaN, double.NaN) : DoublyRobust.Mean(values);

    public static FeatureTable Features(DecisionInput input, DateTime asOf) => FeatureComputation.Compute(input.Warehouse, new FeatureRequest
    {
        AsOf = asOf,
        Present = input.Quality.Present,
        Kinds = input.Quality.Kinds.Keys.ToHashSet(StringComparer.Ordinal),
        HasTimeOfDay = input.Quality.HasTimeOfDay,
    });
}
