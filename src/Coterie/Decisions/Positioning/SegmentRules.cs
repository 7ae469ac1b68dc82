using Coterie.Evaluation;
using Coterie.Numerics;

namespace Coterie.Decisions.Positioning;

/// <summary>The rules of every segment that stand, and how many were looked at.</summary>
sealed record StandingRules(IReadOnlyList<SegmentRule> Rules, long Tests, int Baskets, int LearnedBaskets);

/// <summary>Market-basket rules by segment, learned on the first three quarters of time and looked at again in the rest.</summary>
static class SegmentRules
{
    const double Learned = 0.75;
    // A rule with two products before must say this much more than with one of them.
    const double Improvement = 1.1;
    const int MostExamined = 400;

    sealed record Basket(int Customer, int[] Items, long Ago);

    sealed record Candidate(int Segment, BasketRule Rule, double P);

    internal static StandingRules Of(PurchaseLines lines, int[] segmentOf, IReadOnlyList<SegmentRef> segments, PositioningOptions options, int threads)
    {
        var all = Baskets(lines);
        var ago = all.Select(b => b.Ago).Order().ToArray();
        var cut = ago.Length == 0 ? 0 : ago[(int)((ago.Length - 1) * (1 - Learned))];
        var early = segments.Select((_, s) => all.Where(b => segmentOf[b.Customer] == s && b.Ago > cut).ToArray()).ToArray();
        var late = segments.Select((_, s) => all.Where(b => segmentOf[b.Customer] == s && b.Ago <= cut).ToArray()).ToArray();
        var found = new List<Candidate>[segments.Count];
        var tests = new long[segments.Count];
        Chunks.Each(segments.Count, threads, s =>
        {
            found[s] = [];
            var least = Math.Max(options.FewestBaskets, (int)Math.Ceiling(options.LeastSupport * early[s].Length));
            if (early[s].Length < 2 * least) return;
            var mined = BasketMining.Mine([.. early[s].Select(b => b.Items)], lines.Products.Count, least);
            tests[s] = mined.Tests;
            found[s] = [.. NotRedundant(mined.Rules).Where(r => r.Lift > 1).Select(r => new Candidate(s, r, FisherExact.Greater(r.Both, r.WithIf, r.WithThen, r.Baskets)))];
        });

        var candidates = found.SelectMany(f => f).ToArray();
        var adjusted = FisherExact.Adjusted([.. candidates.Select(c => c.P)], Math.Max(tests.Sum(), candidates.Length));
        var standing = new List<SegmentRule>[segments.Count];
        Chunks.Each(segments.Count, threads, s =>
        {
            standing[s] = [.. candidates.Select((c, k) => (c, k)).Where(x => x.c.Segment == s && adjusted[x.k] <= options.FalseShare)
                .OrderByDescending(x => x.c.Rule.Lift).ThenBy(x => x.k).Take(MostExamined)
                .Select(x => Examined(x.c.Rule, adjusted[x.k], segments[s].Id, lines, early[s], late[s]))
                .Where(r => r.Lift.Low > 1).Take(options.RulesEach)];
        });

        return new([.. standing.SelectMany(r => r)], tests.Sum(), all.Count, early.Sum(e => e.Length));
    }

    static List<Basket> Baskets(PurchaseLines lines)
    {
        var items = new List<int>[lines.Orders];
        int[] customer = new int[lines.Orders];
        long[] ago = new long[lines.Orders];
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines.Product[i] < 0) continue;
            var o = lines.Order[i];
            (items[o] ??= []).Add(lines.Product[i]);
            (customer[o], ago[o]) = (lines.Customer[i], lines.Ago[i]);
        }

        return [.. Enumerable.Range(0, lines.Orders).Where(o => items[o] is not null).Select(o => new Basket(customer[o], [.. items[o].Distinct().Order()], ago[o]))];
    }

    // Of a pair's two directions the surer one; with two products before, only what adds to each of them.
    static IEnumerable<BasketRule> NotRedundant(IReadOnlyList<BasketRule> rules)
    {
        var single = rules.Where(r => r.If.Length == 1).ToDictionary(r => (r.If[0], r.Then));
        foreach (var rule in rules)
        {
            if (rule.If.Length == 1)
            {
                var back = single[(rule.Then, rule.If[0])];
                if (rule.Confidence > back.Confidence || (rule.Confidence == back.Confidence && rule.If[0] < rule.Then)) yield return rule;
            }
            else if (rule.If.All(i => rule.Confidence > Improvement * single[(i, rule.Then)].Confidence)) yield return rule;
        }
    }

    static SegmentRule Examined(BasketRule rule, double adjusted, string segment, PurchaseLines lines, Basket[] early, Basket[] late)
    {
        // Delta method on the logarithm of the lift, one sum a customer: who comes again brings no new evidence for free.
        var (squares, own, customer) = (0.0, 0.0, -1);
        foreach (var basket in early)
        {
            if (basket.Customer != customer)
            {
                squares += own * own;
                (own, customer) = (0, basket.Customer);
            }

            var (before, after) = Holds(basket, rule);
            own += (before && after ? 1.0 / rule.Both : 0) + 1.0 / rule.Baskets - (before ? 1.0 / rule.WithIf : 0) - (after ? 1.0 / rule.WithThen : 0);
        }

        var error = Math.Sqrt(squares + own * own);
        var (laterIf, laterThen, laterBoth) = (0, 0, 0);
        foreach (var basket in late)
        {
            var (before, after) = Holds(basket, rule);
            laterIf += before ? 1 : 0;
            laterThen += after ? 1 : 0;
            laterBoth += before && after ? 1 : 0;
        }

        return new SegmentRule
        {
            Segment = segment,
            If = [.. rule.If.Select(i => lines.Products[i].Id)],
            IfNames = [.. rule.If.Select(i => lines.Products[i].Name)],
            Then = lines.Products[rule.Then].Id,
            ThenName = lines.Products[rule.Then].Name,
            Baskets = rule.Both,
            Support = rule.Support,
            Confidence = rule.Confidence,
            Lift = new Estimate(rule.Lift, rule.Lift * Math.Exp(-1.959964 * error), rule.Lift * Math.Exp(1.959964 * error)),
            Adjusted = adjusted,
            LaterLift = laterIf > 0 && laterThen > 0 ? (double)laterBoth * late.Length / ((double)laterIf * laterThen) : null,
        };
    }

    readonly record struct Both(bool Before, bool After);

    static Both Holds(Basket basket, BasketRule rule) =>
        new(rule.If.All(i => Array.BinarySearch(basket.Items, i) >= 0), Array.BinarySearch(basket.Items, rule.Then) >= 0);
}
