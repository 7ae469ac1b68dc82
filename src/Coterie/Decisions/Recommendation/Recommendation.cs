using Coterie.Clean;

namespace Coterie.Decisions;

/// <summary>What each customer is likely to take next: several methods, weighed on one part of the log and judged on the next, then learned from all of it.</summary>
public static class Recommendation
{
    // A document of more lists than this is no document.
    const int MostLists = 10_000;

    /// <exception cref="ConfigurationException">Lists every problem of the options.</exception>
    /// <exception cref="InputException">The log names no product, or the filters leave none.</exception>
    public static Decided Decide(DecisionInput input, RecommendationOptions options)
    {
        options.Check();
        input.Say("reading who took what");
        var log = ShopLog.Read(input, options.Kind);
        var filters = ProductFilters.Of(log, options);
        var consents = ConsentReading.Of(input.Warehouse);
        var asked = Asked(log, options);
        string[] customers = [.. asked.Where(c => !consents.LeavesOut(c, ConsentPurpose.Personalisation))];
        if (customers.Length == 0 && asked.Count > 0)
            throw new InputException($"{(asked.Count == 1 ? $"The customer '{asked[0]}'" : $"Each of the {asked.Count:N0} customers")} refused personalisation, so no list is made. Ask for others, or show what is popular to everybody.");

        var periods = RecommendationTrial.Periods.Of(log.End, options.Horizon);
        var repeats = RecommendationTrial.RepeatShare(log, periods);
        var again = options.Again ?? repeats >= RecommendationTrial.RepeatShop;
        var trial = Trial(log, periods, again, options, input, out var shortage);

        input.Say("making lists");
        var now = log.LearnedBefore(double.PositiveInfinity, segments: true, again, input);
        var trials = trial?.Chosen ?? [MemberTrials.For(now, null)[0][0]];
        var weights = trial?.Weights ?? [1.0];
        // What has no weight is not learned again, but for popularity, which newcomers are shown, and factors, which may tell how alike products are.
        int[] used = [.. Enumerable.Range(0, trials.Count).Where(i => i == 0 || weights[i] > 0 || (trials[i].Id == "als" && options.Diversity > 0))];
        var blend = new RecommendationBlend { Members = [.. used.Select(i => trials[i].Fit(now))], Weights = [.. used.Select(i => weights[i])] };
        var maker = new ListMaker(log, blend, options, filters.Off, again, input);
        var lists = maker.For(customers);
        var result = new RecommendationResult
        {
            Answered = trial is not null, AsOf = input.AsOf, Kind = log.Kind, Customers = log.Customers.Count, Products = log.Products.Count, Events = log.Events,
            RepeatShare = repeats, Again = again, Test = trial?.Test, Offered = filters.Offered, LeftOut = asked.Count - customers.Length,
            Lists = lists.Length > MostLists ? lists[..MostLists] : lists, SegmentLists = maker.ForSegments(),
        };
        var page = RecommendationPage.Of(result, options, lists, shortage, filters.Unknown, input);
        return new Decided(result, page, Files(result, lists));
    }

    static IReadOnlyList<string> Asked(ShopLog log, RecommendationOptions options)
    {
        if (options.Customers.Count > 0) return [.. options.Customers.Distinct(StringComparer.Ordinal)];
        if (options.Segment is not { } segment) return log.Customers;
        if (log.Membership is not { } membership) throw new ConfigurationException("--segment needs the segments of a run: name it with --run DIR, or a workspace that has one.");
        var place = membership.Segments.Select((s, i) => (s, i)).FirstOrDefault(p => string.Equals(p.s.Id, segment, StringComparison.OrdinalIgnoreCase) || string.Equals(p.s.Name.En, segment, StringComparison.OrdinalIgnoreCase)
            || p.s.Name.Zh == segment, (null!, -1)).i;
        if (place < 0) throw new ConfigurationException($"--segment '{segment}': the run has {string.Join(", ", membership.Segments.Select(s => $"{s.Id} ({s.Name.En})"))}.");
        return [.. membership.OfCustomer.Where(c => c.Value == place).Select(c => c.Key).Order(StringComparer.Ordinal)];
    }

    /// <summary>Null, with the reason, where too little is there to judge lists by.</summary>
    static RecommendationTrial? Trial(ShopLog log, RecommendationTrial.Periods periods, bool again, RecommendationOptions options, DecisionInput input, out Shortage? shortage)
    {
        shortage = null;
        var within = RecommendationTrial.KnowsSegments(log, periods);
        var choosing = RecommendationTrial.Customers(log, periods.Choose, periods.Test, again, within, RecommendationTrial.MostChoosing, input.Seed.Child(44));
        var judged = RecommendationTrial.Customers(log, periods.Test, log.End, again, within, RecommendationTrial.MostJudged, input.Seed.Child(45));
        if (choosing.Count >= RecommendationTrial.FewestCustomers && judged.Count >= RecommendationTrial.FewestCustomers && log.Products.Count > ListScores.Length)
            return RecommendationTrial.Run(log, periods, again, choosing, judged, options, input);
        shortage = new Shortage(choosing.Count, judged.Count, log.Products.Count, log.End - periods.Test);
        return null;
    }

    static IReadOnlyList<DecisionFile> Files(RecommendationResult result, CustomerList[] lists) =>
    [
        new("recommendations", ["customer_id", "segment", "basis", "rank", "product_id", "title", "score", "because"],
            lists.SelectMany(l => l.Products.Select((p, i) => (IReadOnlyList<object?>)[l.CustomerId, l.Segment, l.Basis, i + 1, p.ProductId, p.Title, p.Score, p.Because.En]))),
        new("segment_recommendations", ["segment", "name", "rank", "product_id", "title", "share"],
            result.SegmentLists.SelectMany(l => l.Products.Select((p, i) => (IReadOnlyList<object?>)[l.Segment, l.Name.En, i + 1, p.ProductId, p.Title, p.Score]))),
    ];
}

/// <summary>What was there where it was too little.</summary>
sealed record Shortage(int Choosing, int Judged, int Products, double Days);
