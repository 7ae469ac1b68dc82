using Coterie.Numerics;

namespace Coterie.Decisions;

/// <summary>Chooses settings and weights on one period and judges them on the next: |learn| choose |test|, each later than the one before.</summary>
sealed record RecommendationTrial
{
    // Customers that settings are chosen on, and lists judged on; more change little and cost time.
    internal const int MostChoosing = 4000, MostJudged = 20_000;
    /// <summary>With fewer customers than this in a period, lists cannot be told apart.</summary>
    internal const int FewestCustomers = 50;
    /// <summary>In a shop where this share of what customers take was taken before, lists hold such products too.</summary>
    internal const double RepeatShop = 0.15;

    /// <summary>The best trial of each method, in the order of the weights.</summary>
    internal required IReadOnlyList<MemberTrial> Chosen { get; init; }
    internal required IReadOnlyList<double> Weights { get; init; }
    internal required RecommendationTest Test { get; init; }

    /// <summary>The two periods.</summary>
    /// <param name="Choose">Where the first begins, in days of the log.</param>
    /// <param name="Test">Where the second begins.</param>
    internal sealed record Periods(double Choose, double Test)
    {
        // A season at most, and the last quarter of the log in all.
        const double MostDays = 28, Share = 8;

        /// <exception cref="ConfigurationException">The asked horizon does not leave half of the log to learn from.</exception>
        internal static Periods Of(double days, int? asked)
        {
            if (asked is { } wanted && wanted > days / 4)
                throw new ConfigurationException($"--horizon {wanted}: the log has {days:0.#} days, so the horizon can be 1 to {Math.Floor(days / 4):0} days.");
            var horizon = asked ?? Math.Min(MostDays, days / Share);
            return new(days - 2 * horizon, days - horizon);
        }
    }

    /// <summary>Of what customers with a history took in the choosing period, the share that was in it.</summary>
    internal static double RepeatShare(ShopLog log, Periods periods)
    {
        long all = 0, again = 0;
        for (var c = 0; c < log.Customers.Count; c++)
        {
            var before = log.Before(c, periods.Choose).ToHashSet();
            if (before.Count == 0) continue;
            foreach (var product in log.Between(c, periods.Choose, periods.Test).Distinct())
            {
                all++;
                if (before.Contains(product)) again++;
            }
        }

        return all == 0 ? double.NaN : (double)again / all;
    }

    /// <summary>Customers with a history before a period who took something in it that a list could hold.</summary>
    internal static JudgedCustomers Customers(ShopLog log, double from, double to, bool again, bool segments, int most, Seed seed)
    {
        var off = log.FirstSeen.Select(seen => seen >= from).ToArray();
        var found = new List<(int Customer, HashSet<int> Targets)>();
        for (var c = 0; c < log.Customers.Count; c++)
        {
            var before = log.Before(c, from);
            if (before.Length == 0) continue;
            var targets = log.Between(c, from, to).Where(p => !off[p]).ToHashSet();
            if (!again) targets.ExceptWith(before);
            if (targets.Count > 0) found.Add((c, targets));
        }

        if (found.Count > most)
            found = [.. found.OrderBy(f => Rng.Mix(seed.Value ^ Rng.Mix((ulong)f.Customer))).Take(most).OrderBy(f => f.Customer)];
        return new JudgedCustomers
        {
            Histories = [.. found.Select(f => log.Before(f.Customer, from))],
            Segments = [.. found.Select(f => segments ? log.Segments[f.Customer] : -1)],
            Targets = [.. found.Select(f => (IReadOnlySet<int>)f.Targets)],
            Off = off, Again = again,
        };
    }

    /// <summary>Segments that were made from later events than a method may see would tell it about the test.</summary>
    internal static bool KnowsSegments(ShopLog log, Periods periods) => log.Membership is { } membership && membership.AsOf < log.At(periods.Choose);

    internal static RecommendationTrial Run(ShopLog log, Periods periods, bool again, JudgedCustomers choosing, JudgedCustomers judged, RecommendationOptions options, DecisionInput input)
    {
        var within = KnowsSegments(log, periods);
        var drawn = RankedLists.Draw(log.Products.Count, input.Seed.Child(42));
        var past = log.LearnedBefore(periods.Choose, within, again, input);
        var (trials, members, values) = (new List<MemberTrial>(), new List<FittedMember>(), new List<double>());
        foreach (var method in MemberTrials.For(past, options.Network))
        {
            input.Say($"trying {method[0].Id}");
            (MemberTrial? Trial, FittedMember? Member, double Value) best = (null, null, -1);
            foreach (var trial in method)
            {
                input.Stop.ThrowIfCancellationRequested();
                var member = trial.Fit(past);
                var value = RecommendationBlend.Alone(member, choosing, drawn, input.Threads);
                if (value > best.Value) best = (trial, member, value);
            }

            trials.Add(best.Trial!);
            members.Add(best.Member!);
            values.Add(best.Value);
        }

        input.Say("weighing the methods");
        var weights = BlendSearch.Weights(members, choosing, drawn, input.Threads);
        members.Clear();

        input.Say("judging on the last part of the log");
        var then = log.LearnedBefore(periods.Test, within, again, input);
        var blend = new RecommendationBlend { Members = [.. trials.Select(t => t.Fit(then))], Weights = weights };
        var lists = blend.Lists(judged, drawn, input.Threads);
        return new RecommendationTrial { Chosen = trials, Weights = weights, Test = Judge(log, periods, within, choosing, judged, blend, values, lists, drawn, then, input) };
    }

    static RecommendationTest Judge(ShopLog log, Periods periods, bool within, JudgedCustomers choosing, JudgedCustomers judged, RecommendationBlend blend, List<double> values,
        int[][][] lists, int[] drawn, LearningTable then, DecisionInput input)
    {
        var seed = input.Seed.Child(43);
        var scores = lists.Select(l => l.Select((list, c) => ListScores.Of(list, judged.Targets[c])).ToArray()).ToArray();
        var takers = new int[log.Products.Count];
        foreach (var history in then.Histories.Histories)
            foreach (var product in history.Distinct()) takers[product]++;
        var customers = then.Histories.Histories.Count(h => h.Length > 0);
        var possible = judged.Off.Count(o => !o);
        ListMetrics Metrics(int m) => ListScores.Metrics(scores[m], lists[m], takers, customers, possible, seed);
        Evaluation.Estimate Over(int m) => ListScores.Mean([.. scores[^1].Zip(scores[m], (a, b) => a.Ndcg - b.Ndcg)], seed);
        var best = values.IndexOf(values.Max());

        long taken = 0, fresh = 0;
        for (var c = 0; c < log.Customers.Count; c++)
        {
            foreach (var product in log.Between(c, periods.Test, log.End).Distinct())
            {
                taken++;
                if (judged.Off[product]) fresh++;
            }
        }

        var (newHits, popular) = (new List<double>(), blend.Members[0].Score([[]], [-1]));
        var list = RankedLists.Top(popular.Row(0), judged.Off, drawn, ListScores.Length);
        for (var c = 0; c < log.Customers.Count; c++)
        {
            if (log.Before(c, periods.Test).Length > 0) continue;
            var targets = log.Between(c, periods.Test, log.End).Where(p => !judged.Off[p]).ToHashSet();
            if (targets.Count > 0) newHits.Add(ListScores.Of(list, targets).Hit);
        }

        return new RecommendationTest
        {
            From = log.At(periods.Test), Days = log.End - periods.Test, ChosenFrom = log.At(periods.Choose), Customers = judged.Count, ChoosingCustomers = choosing.Count,
            NewProductShare = taken == 0 ? 0 : (double)fresh / taken, WithinSegments = within,
            Methods = [.. blend.Members.Select((m, i) => new MethodScore(m.Id, m.Name, m.Settings, blend.Weights[i], values[i], Metrics(i)))],
            Blend = Metrics(lists.Length - 1), OverPopularity = Over(0), OverBest = Over(best), Best = blend.Members[best].Id,
            NewCustomers = newHits.Count == 0 ? null : ListScores.Mean(newHits, seed), NewCustomerCount = newHits.Count,
        };
    }
}
