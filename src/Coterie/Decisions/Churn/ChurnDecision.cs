using Coterie.Evaluation;
using Coterie.Features;
using Coterie.Profiles;

namespace Coterie.Decisions.Churn;

/// <summary>Who is about to leave, how sure that is, why, and what is at stake.</summary>
/// <remarks>docs/methods/churn.md.</remarks>
public static class ChurnDecision
{
    // Explained are at most so many, those of the largest expected loss.
    const int MostExplained = 100_000, MostReasons = 3, MostDrivers = 12;

    /// <exception cref="InputException">There are no orders.</exception>
    /// <exception cref="ConfigurationException">An option is out of range, or the horizon longer than the history allows.</exception>
    public static Decided Decide(DecisionInput input, ChurnOptions options)
    {
        options.Check();
        var orders = OrderDays.Read(input.Warehouse, input.AsOf);
        if (orders.Customers.Length == 0)
            throw new InputException($"There is no order at or before {input.AsOf:yyyy-MM-dd HH:mm:ss}; churn is the end of ordering, so it needs events of the kind 'purchase'. Check the mapping with --map.");
        var first = orders.Origin;
        if (ChurnPlan.Of(first, input.AsOf, options, out var needed) is not { } plan)
        {
            var days = (input.AsOf - first).TotalDays;
            return ChurnPage.Unanswered(input, new(
                $"The orders cover {days:0.#} days, too short to learn churn in one period and to judge it in a later one: at least {needed} days are needed.",
                $"订单历史仅 {days:0.#} 天，不足以在一个时段学习流失规律、再在更晚的时段检验：至少需要 {needed} 天。"));
        }

        var share = Math.Min(1.0, (double)options.MaxCustomers / orders.Customers.Length);
        List<Bilingual> notes = [];
        if (share < 1)
            notes.Add(new($"{share:0.0%} of customers, chosen by a hash of their ids, teach and judge ({options.MaxCustomers:N0} of {orders.Customers.Length:N0}); everybody is scored.",
                $"学习与检验使用按客户号哈希抽取的 {share:0.0%} 客户（{orders.Customers.Length:N0} 人中约 {options.MaxCustomers:N0} 人）；评分覆盖全部客户。"));
        var freezes = Freeze(input, orders, options, plan, share);
        var models = Learn(input, orders, plan, freezes, notes, out var shortage);
        if (models[0] is not { } model || models.Count < 2) return ChurnPage.Unanswered(input, Words(shortage!, plan));

        input.Say("judging on later periods");
        Foreseen[] foreseen = [.. models.Where(m => m.Key > 0).Select(m => Foresee(m.Value!, freezes[m.Key * ChurnPlan.PerHorizon], orders, plan))];
        var judged = ChurnJudging.Judge(foreseen, options.Resamples, input.Seed.Child(20), input.Threads);
        var today = freezes[0];
        var risks = Risks(input, orders, options, plan, model, today, out var drivers);
        var usual = risks.Count == 0 ? 0 : risks.Average(r => r.Probability);
        var money = risks.Count > 0 && !double.IsNaN(risks[0].Value);
        var result = new ChurnResult
        {
            AsOf = input.AsOf,
            Answered = true,
            Verdict = ChurnWords.Verdict(judged),
            HorizonDays = plan.Days,
            OwnRhythm = options.HorizonDays is null && today.Rhythm is not null,
            Rhythm = today.Rhythm,
            AtHorizon = today.Windows.Count(w => w >= plan.Days),
            Customers = today.Count,
            Gone = today.Gone.Count,
            GoneReturned = Returned([.. models.Keys.Where(k => k > 0).Select(k => freezes[k * ChurnPlan.PerHorizon])], orders, plan),
            ExpectedChurners = risks.Sum(r => r.Probability),
            ExpectedLoss = money ? risks.Sum(r => r.ExpectedLoss) : double.NaN,
            ValueFrom = !money ? "none" : options.ExpectedSpend is null ? "mean_spend" : "given",
            Judged = judged,
            Learned = new(model.Trees.Trees.Count, model.Learned, model.FirstFreeze, model.LastFreeze, model.CalibratedAt, model.Calibration.Method),
            Model = model,
            Drivers = drivers,
            Segments = [.. Enumerable.Range(0, input.Segments?.Segments.Count ?? 0).Select(place =>
            {
                var own = risks.Where(r => r.Segment == place).ToArray();
                var warned = own.Where(r => r.Probability >= usual).ToArray();
                return new SegmentChurn(place, own.Length, warned.Length, warned.Sum(r => r.ExpectedLoss), warned.Length == 0 ? double.NaN : warned.Average(r => r.Probability));
            })],
            Warned = [.. risks.Where(r => r.Probability >= usual).Take(options.Warn)],
        };
        return ChurnPage.Of(input, options, result, risks, today.Gone, notes);
    }

    // Oldest first, so that nothing in a freeze was chosen by a later one.
    static SortedDictionary<int, ChurnFreeze> Freeze(DecisionInput input, OrderDays orders, ChurnOptions options, ChurnPlan plan, double share)
    {
        var wanted = new SortedSet<int>();
        for (var cutOff = 0; cutOff <= plan.CutOffs; cutOff++)
        {
            wanted.Add(cutOff * ChurnPlan.PerHorizon);
            wanted.Add((cutOff + 1) * ChurnPlan.PerHorizon);
            wanted.UnionWith(plan.Past(cutOff));
        }

        var freezer = new ChurnFreezer(input, orders, options, plan.Days);
        var places = wanted.Reverse().ToArray();
        using var sample = CustomerSample.Of(input.Warehouse, share, input.Seed.Value);
        List<ChurnFreeze> made = [];
        foreach (var place in places)
        {
            input.Say($"customers as they were on {plan.At(place):yyyy-MM-dd} ({made.Count + 1} of {places.Length})");
            made.Add(freezer.At(plan.At(place), place == 0 ? "events" : sample.Relation));
        }

        var aligned = ChurnFreezer.Aligned(made);
        return new(places.Select((p, i) => (p, i)).ToDictionary(p => p.p, p => aligned[p.i]));
    }

    // Cut-off 0 is today; a cut-off whose past cannot teach ends the list.
    static SortedDictionary<int, ChurnModel?> Learn(DecisionInput input, OrderDays orders, ChurnPlan plan, SortedDictionary<int, ChurnFreeze> freezes, List<Bilingual> notes, out ChurnShortage? shortage)
    {
        var models = new SortedDictionary<int, ChurnModel?>();
        shortage = null;
        for (var cutOff = 0; cutOff <= plan.CutOffs; cutOff++)
        {
            input.Stop.ThrowIfCancellationRequested();
            input.Say(cutOff == 0 ? "learning churn for today" : $"learning churn for the judgement of {plan.At(cutOff * ChurnPlan.PerHorizon):yyyy-MM-dd}");
            var judge = freezes[cutOff * ChurnPlan.PerHorizon];
            var model = ChurnModel.Fit([.. plan.Past(cutOff).Select(f => freezes[f])], freezes[(cutOff + 1) * ChurnPlan.PerHorizon], orders, input.Seed.Child((ulong)(30 + cutOff)), out var lacking);
            if (cutOff > 0 && lacking is null && judge.Churned(orders) is var churned && (!churned.Contains(true) || !churned.Contains(false)))
                lacking = new(churned.Length, churned.Count(c => c), 1);
            if (lacking is not null)
            {
                shortage = lacking;
                if (cutOff == 0) models.Add(0, null);
                else if (models.Count > 1)
                    notes.Add(new($"Judged on {models.Count - 1} later period(s) instead of {plan.CutOffs}: before {judge.At:yyyy-MM-dd} too few customers churned or stayed ({lacking.Churned:N0} of {lacking.Customers:N0} churned).",
                        $"只检验了 {models.Count - 1} 个更晚时段（计划 {plan.CutOffs} 个）：{judge.At:yyyy-MM-dd} 之前流失或留存的客户过少（{lacking.Customers:N0} 人中 {lacking.Churned:N0} 人流失）。"));
                break;
            }

            models.Add(cutOff, model);
        }

        return models;
    }

    static Estimate? Returned(IReadOnlyList<ChurnFreeze> cutOffs, OrderDays orders, ChurnPlan plan)
    {
        var (gone, back) = (0, 0);
        foreach (var freeze in cutOffs)
        {
            var at = orders.At(freeze.At);
            gone += freeze.Gone.Count;
            back += freeze.Gone.Count(g => orders.Orders(orders.Place(g.Customer), at, at + plan.Days));
        }

        return gone == 0 ? null : Calibration.Wilson(back, gone);
    }

    static Bilingual Words(ChurnShortage s, ChurnPlan plan) => new(
        $"Within {plan.Days} days, {s.Churned:N0} of {s.Customers:N0} customers of a past period churned; at least {s.Fewest} who did and {s.Fewest} who did not are needed to learn and to judge. A longer history or another --horizon may give them.",
        $"过去某时段的 {s.Customers:N0} 位客户中，{plan.Days} 天内流失 {s.Churned:N0} 位；学习与检验至少需要流失与未流失各 {s.Fewest} 位。更长的历史或改用 --horizon 可能满足。");

    static Foreseen Foresee(ChurnModel model, ChurnFreeze freeze, OrderDays orders, ChurnPlan plan)
    {
        var scores = model.Trees.Score(freeze.Rows);
        return new Foreseen
        {
            At = freeze.At,
            Places = freeze.Places,
            Churned = freeze.Churned(orders),
            Trees = Array.ConvertAll(scores, model.Calibration.Of),
            Recency = Array.ConvertAll(freeze.Silences, model.Recency.Of),
            Scores = scores,
            Silences = freeze.Silences,
            // Segments are of today, so as of a freeze the number of orders groups customers.
            Values = ExpectedSpend.Of(orders, freeze.Places, ExpectedSpend.ByOrders(orders, freeze.Places, orders.At(freeze.At)), orders.At(freeze.At), plan.Days),
        };
    }

    static List<ChurnRisk> Risks(DecisionInput input, OrderDays orders, ChurnOptions options, ChurnPlan plan, ChurnModel model, ChurnFreeze today, out IReadOnlyList<ChurnDriver> drivers)
    {
        input.Say("scoring today's customers");
        int[] segments = [.. today.Customers.Select(c => input.Segments?.Of(c) ?? -1)];
        var values = options.ExpectedSpend is { } given ? [.. today.Customers.Select(c => given.TryGetValue(c, out var v) ? v : double.NaN)]
            : input.Quality.Present.Contains("price") ? ExpectedSpend.Of(orders, today.Places, input.Segments is null ? ExpectedSpend.ByOrders(orders, today.Places, orders.At(today.At)) : segments, orders.At(today.At), plan.Days)
            : Enumerable.Repeat(double.NaN, today.Count).ToArray();
        var probabilities = model.Probabilities(today.Rows, input.Threads);
        double Loss(int i) => double.IsNaN(values[i]) ? 0 : probabilities[i] * values[i];
        int[] order = [.. Enumerable.Range(0, today.Count).OrderByDescending(Loss).ThenByDescending(i => probabilities[i]).ThenBy(i => i)];
        int[] explained = [.. order.Take(MostExplained)];
        var usual = probabilities.Length == 0 ? 0 : probabilities.Average();
        var reasons = new ChurnReasons(model, today, [.. Enumerable.Range(0, today.Count).Where(i => probabilities[i] < usual)], explained, input.Currency, input.Threads);
        drivers = reasons.Drivers(MostDrivers);
        return [.. order.Select((i, rank) => new ChurnRisk
        {
            Customer = today.Customers[i],
            Segment = segments[i],
            Probability = probabilities[i],
            WindowDays = (int)today.Windows[i],
            Value = values[i],
            Reasons = rank < explained.Length ? reasons.Of(rank, MostReasons, high: probabilities[i] >= usual) : [],
        })];
    }
}
