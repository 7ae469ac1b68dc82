using Coterie.Profiles;

namespace Coterie.Decisions.Positioning;

/// <summary>Where segments and groups of products stand to one another: a map, shares of wallet, switching, and what goes into one basket.</summary>
public static class PositionDecision
{
    // Shares of wallet are shown of so many groups; the file has the others.
    const int MostWallet = 12;

    /// <exception cref="ConfigurationException">Options are wrong, or the grouping asked is not in the log.</exception>
    public static Decided Decide(DecisionInput input, PositioningOptions options)
    {
        options.Check();
        if (input.Quality.Kinds.GetValueOrDefault("purchase") == 0)
            return Refused(input, new("The log has no purchases: nothing can be placed.", "日志中没有购买记录，无法分析定位。"));
        if (!input.Quality.Present.Contains("product_id"))
            return Refused(input, new("The log names no products. Map a column with --map product_id=NAME.", "日志中没有商品编号。可用 --map product_id=列名 指定。"));
        input.Say("reading what was bought");
        var lines = PurchaseLines.Read(input);
        var groups = ProductGroups.Of(lines, options.By);
        var everybody = new SegmentRef("all", new("everybody", "全部客户"));
        IReadOnlyList<SegmentRef> segments = input.Segments?.Segments ?? [everybody];
        var segmentOf = lines.SegmentsOf(input.Segments);

        // The groups bought in most orders, and of them those with enough.
        var kept = Kept(lines, groups, segmentOf, segments.Count, options);
        var seed = input.Seed.Child(8);
        var result = new PositioningResult
        {
            AsOf = input.AsOf,
            Answered = true,
            Grouping = groups.Grouping.ToString().ToLowerInvariant(),
            Groups = groups.Names.Count,
        };
        var names = kept.Select(g => groups.Names[g]).ToArray();
        var place = new int[groups.Names.Count];
        Array.Fill(place, -1);
        for (var k = 0; k < kept.Length; k++) place[kept[k]] = k;

        input.Say("placing segments and groups");
        if (kept.Length < 2) result = result with { NoMap = $"one_group" };
        else
        {
            var counts = SegmentCounts.Of(lines, Mapped(groups.OfProduct, place), kept.Length, segmentOf, segments.Count);
            var bought = Bought(counts);
            if (bought.Length < 2) result = result with { NoMap = "one_segment" };
            else
            {
                var shown = bought.Length == segments.Count ? counts : Only(counts, bought);
                result = result with { Map = PerceptualMaps.Of(shown, [.. bought.Select(s => segments[s])], names, options, seed.Child(1), input.Threads) };
            }
        }

        input.Stop.ThrowIfCancellationRequested();
        if (kept.Length > 0 && lines.Price.Any(p => p > 0))
        {
            var most = Math.Min(kept.Length, MostWallet);
            var (of, all) = Rest(groups.OfProduct, place, most, names);
            result = result with { Wallet = Wallets.Of(SegmentCounts.Of(lines, of, all.Count, segmentOf, segments.Count), segments, all, options, seed.Child(2), input.Threads) };
        }

        input.Say("following customers from order to order");
        var (switching, named) = Rest(groups.OfProduct, place, Math.Min(kept.Length, options.MostSwitching), names);
        var pairs = Switching.Pairs(lines, switching, named.Count);
        if (named.Count < 2) result = result with { NoSwitching = "one_group" };
        else if (pairs.Count < 30) result = result with { NoSwitching = "few_pairs" };
        else result = result with { Switching = Switching.Of(pairs, named, segmentOf, segments, options, seed.Child(3)) };

        input.Stop.ThrowIfCancellationRequested();
        input.Say("looking at baskets");
        var rules = SegmentRules.Of(lines, segmentOf, segments, options, input.Threads);
        var later = rules.Rules.Where(r => r.LaterLift is not null).ToArray();
        result = result with
        {
            Rules = rules.Rules,
            RulesTested = rules.Tests,
            RulesThatLast = later.Length == 0 ? null : (double)later.Count(r => r.LaterLift > 1) / later.Length,
            NoRules = rules.Rules.Count > 0 ? null : OneLine(lines) ? "single_lines" : rules.Tests == 0 ? "few_baskets" : "none_stands",
        };
        result = result with { Answered = result.Map is not null || result.Switching is not null || result.Rules.Count > 0 || result.Wallet.Count > 0 && names.Length > 1 };
        var page = PositionPage.Of(result, groups, segments, input, options);
        return new Decided(result with { Notes = [.. page.Notes.Select(n => n.En)] }, page, PositionFiles.Of(result));
    }

    static int[] Kept(PurchaseLines lines, ProductGroups groups, int[] segmentOf, int segments, PositioningOptions options)
    {
        var counts = SegmentCounts.Of(lines, groups.OfProduct, groups.Names.Count, segmentOf, segments);
        var orders = new double[groups.Names.Count];
        for (var c = 0; c + 1 < counts.Offsets.Length; c++)
            for (var e = counts.Offsets[c]; e < counts.Offsets[c + 1] && segmentOf[c] >= 0; e++) orders[counts.Group[e]] += counts.Orders[e];
        return [.. Enumerable.Range(0, orders.Length).Where(g => orders[g] >= options.FewestOrders).OrderByDescending(g => orders[g]).ThenBy(g => g).Take(options.MostGroups)];
    }

    static int[] Mapped(int[] of, int[] place) => [.. of.Select(g => g < 0 ? -1 : place[g])];

    readonly record struct WithRest(int[] Of, IReadOnlyList<string> Names);

    // The first groups by themselves and everything else as one.
    static WithRest Rest(int[] of, int[] place, int most, string[] names)
    {
        var mapped = of.Select(g => g < 0 ? -1 : place[g] is >= 0 and var k && k < most ? k : most).ToArray();
        return mapped.Contains(most) ? new(mapped, [.. names.Take(most), "other"]) : new(mapped, [.. names.Take(most)]);
    }

    // Segments that bought something of these groups.
    static int[] Bought(SegmentCounts counts)
    {
        var table = counts.Table(counts.SegmentOf, counts.Ones(), counts.Orders);
        return [.. Enumerable.Range(0, counts.Segments).Where(s => Enumerable.Range(0, counts.Groups).Any(g => table[s, g] > 0))];
    }

    static SegmentCounts Only(SegmentCounts counts, int[] segments) =>
        counts with { Segments = segments.Length, SegmentOf = [.. counts.SegmentOf.Select(s => s < 0 ? -1 : Array.IndexOf(segments, s))] };

    static bool OneLine(PurchaseLines lines)
    {
        var several = new HashSet<int>();
        var first = new Dictionary<int, int>();
        for (var i = 0; i < lines.Count; i++)
            if (lines.Product[i] >= 0 && !first.TryAdd(lines.Order[i], lines.Product[i]) && first[lines.Order[i]] != lines.Product[i]) several.Add(lines.Order[i]);
        return several.Count == 0;
    }

    static Decided Refused(DecisionInput input, Bilingual why)
    {
        var result = new PositioningResult { AsOf = input.AsOf, Answered = false, Grouping = "none", Groups = 0, Notes = [why.En] };
        return new Decided(result, new DecisionPage { Id = "positioning", Title = PositionPage.Title, Verdict = why, Answered = false }, PositionFiles.Of(result));
    }
}
