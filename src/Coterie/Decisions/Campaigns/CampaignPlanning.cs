using Coterie.Evaluation;

namespace Coterie.Decisions.Campaigns;

/// <summary>Plans a campaign under a budget: targeted by a randomised history where there is one, else an experiment that makes one.</summary>
public static class CampaignPlanning
{
    // Fewer contacts of an offer teach nothing.
    const int LeastContacts = 30;
    // Of a history: fewer known customers in an arm, and no effect can be foretold.
    const int LeastInArm = 200;

    /// <exception cref="ConfigurationException">Options that cannot be: every problem.</exception>
    /// <exception cref="InputException">The offers, the history or the log cannot be used.</exception>
    public static Decided Decide(DecisionInput input, PlanOptions options)
    {
        Validate(input, options);
        var offers = OfferFile.Read(options.Offers);
        if (offers.All(o => o.Cost > options.Budget))
            throw new ConfigurationException($"--budget {options.Budget} pays for no contact: the cheapest offer costs {offers.Min(o => o.Cost)}.");
        input.Say("customers and their baseline");
        var customers = PlanCustomers.Of(input, options);
        // Without a price of the goal in the file, an order is worth what buyers spent; money is worth itself.
        Offer[] priced = [.. offers.Select(o => o with
        {
            Value = o.Value ?? (options.Goal == CampaignGoal.Revenue ? 1 : options.Goal == CampaignGoal.Purchase && customers.MoneyPerBuyer > 0 ? customers.MoneyPerBuyer : null),
        })];
        var assumed = options.Goal == CampaignGoal.Purchase && offers.Any(o => o.Value is null);
        var draft = options.History is null ? Experiment(input, options, customers, priced) : Targeted(input, options, customers, priced);
        return new(draft.Result, PlanPage.Of(draft.Result, options, input.Segments, assumed, customers.MoneyPerBuyer), draft.Result.Refused is null ? [List(draft, customers, priced)] : []);
    }

    sealed record Draft(PlanResult Result, List<Target> Targets);

    static void Validate(DecisionInput input, PlanOptions o)
    {
        var problems = new List<string>();
        if (!(o.Budget >= 0) || double.IsInfinity(o.Budget)) problems.Add($"--budget is {o.Budget}; expected 0 or more.");
        if (!(o.Holdout is >= 0 and < 1)) problems.Add($"--holdout is {o.Holdout}; expected 0 or more and below 1.");
        if (o.HorizonDays < 1) problems.Add($"--horizon is {o.HorizonDays} days; expected 1 or more.");
        if (o.Contacts < 1) problems.Add($"--contacts is {o.Contacts}; expected 1 or more.");
        if (o.History is not null && o.HistoryStart is null) problems.Add("--history needs --history-start, the day the former campaign began: customers are described as they were then.");
        if (o.HistoryStart > input.AsOf) problems.Add($"--history-start {o.HistoryStart:yyyy-MM-dd} is after {input.AsOf:yyyy-MM-dd}, up to which events are seen.");
        if (o.History is null && o.HistoryStart is not null) problems.Add("--history-start is of no use without --history.");
        if (o.History is null && o.Holdout == 0) problems.Add("--holdout 0 leaves nobody to compare with. Without a history the hold-out is the point of the campaign: keep at least 0.05.");
        if (problems.Count > 0) throw new ConfigurationException(string.Join('\n', problems));
    }

    static PlanResult Start(string kind, DecisionInput input, PlanOptions options, PlanCustomers customers) => new()
    {
        Kind = kind,
        Goal = options.Goal,
        Budget = options.Budget,
        HorizonDays = options.HorizonDays,
        Customers = customers.Ids.Length,
        Segments = customers.Segments,
        Cells = [],
        Power = [],
        Spent = 0,
        WithoutSegment = customers.WithoutSegment,
        LeftOut = customers.LeftOut,
        Seed = input.Seed.Value,
    };

    static Draft Experiment(DecisionInput input, PlanOptions options, PlanCustomers customers, Offer[] offers)
    {
        var result = Start("experiment", input, options, customers);
        var most = (int)Math.Floor(customers.Ids.Length * (1 - options.Holdout) + 1e-9);
        if (options.Contacts is { } limit) most = Math.Min(most, limit);
        var each = most / offers.Length;
        var cost = offers.Sum(o => o.Cost);
        if (cost > 0) each = (int)Math.Min(each, Math.Floor(options.Budget / cost + 1e-9));
        int[] perOffer = [.. offers.Select(o => Math.Min(each, o.Limit ?? int.MaxValue))];
        var targets = TargetList.Experiment(customers.Segment, customers.SegmentNames.Count, perOffer, input.Seed);
        if (offers.Select((_, o) => targets.Count(t => t.Offer == o)).Min() < LeastContacts)
        {
            return new(result with
            {
                Refused = new($"The budget, the limits and {customers.Ids.Length:N0} customers allow fewer than {LeastContacts} contacts of an offer, from which nothing can be learned. Try fewer offers, or a budget of at least {Math.Ceiling(cost * LeastContacts * 1.2):N0}.",
                    $"按此预算、上限和 {customers.Ids.Length:N0} 位客户，某个优惠的触达不足 {LeastContacts} 次，学不到任何东西。请减少优惠，或把预算提高到至少 {Math.Ceiling(cost * LeastContacts * 1.2):N0}。"),
            }, []);
        }

        return new(Counted(result, targets, customers, offers, options, _ => null) with { Optimal = true }, targets);
    }

    static Draft Targeted(DecisionInput input, PlanOptions options, PlanCustomers customers, Offer[] offers)
    {
        input.Say("history");
        var history = CampaignHistory.Read(input, options, customers);
        var result = Start("targeted", input, options, customers) with
        {
            UnknownInHistory = history.Unknown,
            Untried = [.. offers.Select(o => o.Name).Except(history.Arms, StringComparer.Ordinal)],
        };
        var balance = RandomisationChecks.Balance(history.Then, history.Covariates, history.Arm, history.Arms);
        if (!balance.Random)
        {
            return new(result with
            {
                Refused = new($"The history is not random: its arms already differed before it began (p {CampaignNumbers.P(balance.P)}; most in '{balance.Differences[0].Name}'). Leave --history out, and the plan makes a random one.",
                    $"历史不是随机的：开始之前各组就已不同（p {CampaignNumbers.P(balance.P)}；差别最大的是“{balance.Differences[0].Name}”）。请去掉 --history，由本计划产生随机的历史。"),
            }, []);
        }

        Offer[] tried = [.. offers.Where(o => history.Arms.Skip(1).Contains(o.Name, StringComparer.Ordinal))];
        if (tried.Length == 0)
            throw new InputException($"The history tried {string.Join(", ", history.Arms.Skip(1))}; none of them is an offer ({string.Join(", ", offers.Select(o => o.Name))}). Name the offers as the history does.");
        if (tried.FirstOrDefault(o => history.Sample(Index(history, o)) is var s && Math.Min(s.Treated.Count(t => t), s.Treated.Count(t => !t)) < LeastInArm) is { } thin)
        {
            return new(result with
            {
                Refused = new($"The history has fewer than {LeastInArm} known customers with or without '{thin.Name}': too few to foretell an effect. Leave --history out, and the plan makes a larger one.",
                    $"历史中收到或未收到“{thin.Name}”的已知客户不足 {LeastInArm} 位，无法预测效果。请去掉 --history，由本计划产生更大的历史。"),
            }, []);
        }


        OfferEffects[] effects = [.. tried.Select((o, p) =>
        {
            input.Say($"uplift of {o.Name}");
            input.Stop.ThrowIfCancellationRequested();
            return OfferEffects.Learn(history, Index(history, o), customers, options, input.Seed.Child((ulong)p), input.Threads);
        })];
        // A group: customers of one segment who are in the same cell of every offer.
        var keys = customers.Segment.Select((s, i) => string.Join('/', effects.Select(e => e.CellNow[i]).Prepend(s))).ToArray();
        var groups = keys.Distinct().Order(StringComparer.Ordinal).ToArray();
        var numbers = groups.Select((k, g) => KeyValuePair.Create(k, g)).ToDictionary(StringComparer.Ordinal);
        var group = Array.ConvertAll(keys, k => numbers[k]);
        var example = new int[groups.Length];
        for (var i = group.Length - 1; i >= 0; i--) example[group[i]] = i;
        input.Say("budget");
        BudgetSplit Split(Func<OfferEffects, CellEffect[]> of) => BudgetProgramme.Solve(
            [.. Enumerable.Range(0, groups.Length).Select(g => group.Count(x => x == g))],
            [.. example.Select(i => (double[])[.. effects.Select((e, o) => Gain(tried[o], of(e)[e.CellNow[i]].Effect) * (1 - options.Holdout))])],
            [.. tried.Select(o => o.Cost * (1 - options.Holdout))],
            [.. tried.Select(o => o.Limit)], options.Budget, options.Contacts);

        var split = Split(e => e.All);
        var targets = TargetList.Targeted(group, split.Contacts, options.Holdout, input.Seed);
        result = Counted(result, targets, customers, tried, options, t => effects[t.Offer].All[effects[t.Offer].CellNow[t.Customer]].Effect) with
        {
            Optimal = split.Optimal,
            Uplift = [.. effects.Select(e => e.Finding)],
        };
        // What a plan made from one half brings by the other half, both ways.
        var first = Value(Split(e => e.First).Contacts, e => e.Second);
        var second = Value(Split(e => e.Second).Contacts, e => e.First);
        // The plan shown, contact by contact.
        Estimate Shown(Func<Offer, double> value, Func<Offer, double> cost) => PlanValue.Of([.. tried.Select((o, p) =>
        {
            var contacts = new double[effects[p].All.Length];
            foreach (var t in targets)
                if (t.Contact && t.Offer == p) contacts[effects[p].CellNow[t.Customer]]++;
            return new PlanPart(contacts, effects[p].All, effects[p].Plain, value(o), cost(o));
        })]);
        var money = tried.All(o => o.Value is not null);
        return new(result with
        {
            Incremental = Shown(_ => 1, _ => 0),
            Return = money ? Shown(o => o.Value!.Value, o => o.Cost) : null,
            HalfPlansIncremental = Average(first.Units, second.Units),
            HalfPlansReturn = money ? Average(first.Money, second.Money) : null,
        }, targets);

        Valued Value(int[][] contacts, Func<OfferEffects, CellEffect[]> of)
        {
            double units = 0, unitError = 0, money = 0, moneyError = 0;
            for (var o = 0; o < tried.Length; o++)
            {
                var cells = of(effects[o]);
                for (var c = 0; c < cells.Length; c++)
                {
                    var n = (1 - options.Holdout) * Enumerable.Range(0, groups.Length).Where(g => effects[o].CellNow[example[g]] == c).Sum(g => (double)contacts[g][o]);
                    // Cells share control customers and a common effect: their errors are added as if they went together, which is never too narrow.
                    var error = Math.Sqrt(cells[c].Variance) * n;
                    units += n * cells[c].Effect;
                    unitError += error;
                    money += n * (cells[c].Effect * (tried[o].Value ?? 0) - tried[o].Cost);
                    moneyError += error * (tried[o].Value ?? 0);
                }
            }

            return new(new(units, unitError), new(money, moneyError));
        }
    }

    sealed record Sum(double Value, double Error);

    sealed record Valued(Sum Units, Sum Money);

    static Estimate Average(Sum a, Sum b)
    {
        var mean = (a.Value + b.Value) / 2;
        var half = 1.959963984540054 * Math.Sqrt(a.Error * a.Error + b.Error * b.Error) / 2;
        return new(mean, mean - half, mean + half);
    }

    static int Index(CampaignHistory history, Offer offer)
    {
        for (var a = 1; a < history.Arms.Count; a++)
            if (history.Arms[a] == offer.Name) return a;
        return -1;
    }

    // In money where the goal has a price, and then a contact must earn its cost; else in units of the goal.
    static double Gain(Offer offer, double effect) => offer.Value is { } value ? value * effect - offer.Cost : effect;

    static PlanResult Counted(PlanResult result, List<Target> targets, PlanCustomers customers, Offer[] offers, PlanOptions options, Func<Target, double?> effect)
    {
        var cells = new List<PlanCell>();
        for (var s = 0; s < customers.SegmentNames.Count; s++)
        {
            for (var o = 0; o < offers.Length; o++)
            {
                Target[] contacted = [.. targets.Where(t => t.Contact && t.Offer == o && customers.Segment[t.Customer] == s)];
                var held = targets.Count(t => !t.Contact && (t.Offer == o || t.Offer < 0) && customers.Segment[t.Customer] == s);
                if (contacted.Length > 0) cells.Add(new(customers.SegmentNames[s], offers[o].Name, contacted.Length, held, contacted.Length * offers[o].Cost, contacted.Average(effect)));
            }
        }

        return result with { Cells = cells, Spent = cells.Sum(c => c.Cost), Power = [.. offers.Select((o, p) => Power(o, targets.Count(t => t.Contact && t.Offer == p), targets.Count(t => !t.Contact && (t.Offer == p || t.Offer < 0)), customers.Baseline, options.Goal)).OfType<OfferPower>()] };
    }

    static OfferPower? Power(Offer offer, int contacts, int held, Moments baseline, CampaignGoal goal)
    {
        if (contacts == 0 || held == 0) return null;
        var share = goal != CampaignGoal.Revenue;
        double Variance(double effect) => share ? Math.Clamp(baseline.Mean + effect, 0, 1) * (1 - Math.Clamp(baseline.Mean + effect, 0, 1)) : baseline.Variance;
        var detectable = share ? PowerAnalysis.DetectableShare(baseline.Mean, contacts, held) : PowerAnalysis.Detectable(PowerAnalysis.StandardError(baseline.Variance, contacts, baseline.Variance, held));
        var even = offer.Value is { } value && offer.Cost > 0 ? offer.Cost / value : (double?)null;
        return new(offer.Name, contacts, held, detectable, even,
            even is { } e ? PowerAnalysis.SampleSize(e, Variance(e), Variance(0), held / (double)contacts) : null,
            even is { } x ? PowerAnalysis.Power(x, PowerAnalysis.StandardError(Variance(x), contacts, Variance(0), held)) : null);
    }

    static DecisionFile List(Draft draft, PlanCustomers customers, Offer[] offers)
    {
        Offer[] planned = draft.Result.Kind == "experiment" ? offers : [.. offers.Where(o => !draft.Result.Untried.Contains(o.Name))];
        return new("campaign", ["customer_id", "segment", "offer", "arm"],
            draft.Targets.Select(t => (IReadOnlyList<object?>)[customers.Ids[t.Customer], customers.SegmentNames[customers.Segment[t.Customer]], t.Offer < 0 ? "" : planned[t.Offer].Name, t.Contact ? "contact" : "holdout"]));
    }
}
