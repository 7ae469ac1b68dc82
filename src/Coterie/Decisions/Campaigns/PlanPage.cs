using Coterie.Profiles;
using static Coterie.Decisions.Campaigns.CampaignNumbers;

namespace Coterie.Decisions.Campaigns;

/// <summary>The page of a planned campaign.</summary>
static class PlanPage
{
    public static DecisionPage Of(PlanResult r, PlanOptions options, Membership? run, bool assumed, double moneyPerBuyer) => new()
    {
        Id = "campaign",
        Title = new("Campaign plan", "活动计划"),
        Verdict = Verdict(r, options),
        Answered = r.Refused is null,
        Figures = r.Refused is null ? [.. Figures(r)] : [],
        Blocks = r.Refused is null ? [.. Blocks(r, run)] : [],
        Notes = [.. Notes(r, options, assumed, moneyPerBuyer)],
    };

    static int Contacts(PlanResult r) => r.Cells.Sum(c => c.Contacts);

    static Bilingual Goal(CampaignGoal goal) => goal switch
    {
        CampaignGoal.Visit => new("visits", "到访"),
        CampaignGoal.Purchase => new("purchases", "购买"),
        _ => new("revenue", "收入"),
    };

    static bool Share(PlanResult r) => r.Goal != CampaignGoal.Revenue;

    static string Size(PlanResult r, double value) => Share(r) ? Percent(value) : Short(value);

    static Bilingual Verdict(PlanResult r, PlanOptions o)
    {
        if (r.Refused is { } why) return new($"Nothing is planned. {why.En}", $"未作计划。{why.Zh}");
        var goal = Goal(r.Goal);
        if (r.Kind == "experiment")
        {
            var least = r.Power.Max(p => p.Detectable);
            return new($"What these offers do is not known yet, so this campaign is planned to find out: {Whole(Contacts(r))} customers are contacted at random and {Whole(r.Customers - Contacts(r))} held out. An effect on {goal.En} of {Size(r, least)} or more for each contact will be found in 80 of 100 such campaigns. Return is not foretold: nothing measured says what it would be.",
                $"这些优惠的效果尚不清楚，因此本次活动的目的是把它测出来：随机触达 {Whole(Contacts(r))} 位客户，保留 {Whole(r.Customers - Contacts(r))} 位作为对照。若每次触达对{goal.Zh}的效果达到 {Size(r, least)}，100 次这样的活动中有 80 次能测出。不预测回报：没有任何测量可以依据。");
        }

        if (Contacts(r) == 0)
        {
            return new("By the history no contact earns its cost: nothing should be sent. Give offers that cost less, or a larger value of the goal.",
                "按历史结果，任何触达都收不回成本：不应发送。请提供成本更低的优惠，或更高的目标价值。");
        }

        var sure = (r.Return ?? r.Incremental!).Low > 0;
        var amount = r.Return is { } money ? $"{Whole(money.Value)} ({Whole(money.Low)} … {Whole(money.High)})" : $"{Whole(r.Incremental!.Value)} ({Whole(r.Incremental.Low)} … {Whole(r.Incremental.High)})";
        var unit = r.Return is not null ? new Bilingual("in money, contacts paid", "（金额，已扣触达成本）") : goal;
        return new($"{Whole(Contacts(r))} customers are contacted for {Whole(r.Spent)}. Expected return: {amount} {unit.En}.{(sure ? "" : " It is NOT shown to pay: the interval holds zero.")}",
            $"以 {Whole(r.Spent)} 的成本触达 {Whole(Contacts(r))} 位客户。预期回报：{amount}{unit.Zh}。{(sure ? "" : "尚不能证明划算：区间包含零。")}");
    }

    // Of a number beyond the shop only this matters.
    static DecisionCell Needed(PlanResult r, OfferPower p) => p.NeededForBreakEven switch
    {
        null => DecisionCell.Nothing,
        { } n when n > r.Customers => new Bilingual("more than the shop has", "超过全店客户数"),
        { } n => n,
    };

    static IEnumerable<DecisionFigure> Figures(PlanResult r)
    {
        yield return new(new("Contacted", "触达"), Contacts(r), "whole");
        yield return new(new("Held out", "对照"), r.Kind == "experiment" ? r.Customers - Contacts(r) : r.Cells.Sum(c => c.HeldOut), "whole", new("drawn at random, to measure by", "随机抽取，用于衡量效果"));
        yield return new(new("Cost", "成本"), r.Spent, "money", new($"of a budget of {Whole(r.Budget)}", $"预算 {Whole(r.Budget)}"));
        if (r.Return is { } money) yield return new(new("Expected return", "预期回报"), money, "money", new("of this plan, contacts paid; the interval allows for the plan having been picked as the best", "本计划的回报，已扣触达成本；区间已考虑计划是择优选出的"));
        else if (r.Incremental is { } units) yield return new(new($"Expected incremental {Goal(r.Goal).En}", $"预期增量{Goal(r.Goal).Zh}"), units, "number");
        if (r.HalfPlansReturn is { } half) yield return new(new("Return of plans made from half the history", "用一半历史制定的计划的回报"), half, "money", new("a check of the way of planning, not of this plan", "检验的是制定计划的方法，不是本计划"));
    }

    static IEnumerable<DecisionBlock> Blocks(PlanResult r, Membership? run)
    {
        var targeted = r.Kind == "targeted";
        yield return new DecisionTable
        {
            Title = new("Who gets what", "谁收到什么"),
            Lead = targeted && !r.Optimal ? new("The solver ran out of its time: a better split may exist.", "求解达到时限：可能存在更优的分配。") : null,
            Columns =
            [
                new(new("Segment", "分群")), new(new("Offer", "优惠")), new(new("Contacted", "触达"), "whole"), new(new("Held out", "对照"), "whole"), new(new("Cost", "成本"), "money"),
                .. targeted ? (DecisionColumn[])[new(new("Effect of a contact", "每次触达的效果"), Share(r) ? "share" : "signed")] : [],
            ],
            Rows =
            [
                .. r.Cells.Select(c => (IReadOnlyList<DecisionCell>)[SegmentWords.Of(c.Segment, run), c.Offer, c.Contacts, c.HeldOut, c.Cost, .. targeted ? (DecisionCell[])[c.EffectPerContact ?? double.NaN] : []]),
            ],
        };
        if (r.Power.Count > 0)
        {
            yield return new DecisionTable
            {
                Title = new("What the results will be able to tell", "结果将能说明什么"),
                Lead = new("Power 80 %, two-sided 5 %. An effect that pays the contact should be no smaller than what can be found.", "检验功效 80%，双侧 5%。能收回触达成本的效果不应小于能测出的效果。"),
                Columns =
                [
                    new(new("Offer", "优惠")), new(new("Contacted", "触达"), "whole"), new(new("Held out", "对照"), "whole"), new(new("Smallest effect found", "能测出的最小效果"), Share(r) ? "share" : "number"),
                    new(new("Effect that pays the contact", "收回成本的效果"), Share(r) ? "share" : "number"), new(new("Contacts needed to find it", "测出它所需触达"), "whole"), new(new("Power for it", "对它的功效"), "share"),
                ],
                Rows =
                [
                    .. r.Power.Select(p => (IReadOnlyList<DecisionCell>)[p.Offer, p.Contacts, p.HeldOut, p.Detectable, p.BreakEven ?? double.NaN, Needed(r, p), p.PowerForBreakEven ?? double.NaN]),
                ],
            };
        }

        yield return new DecisionTable
        {
            Title = new("Segments without a campaign", "没有活动时的各分群"),
            Columns = [new(new("Segment", "分群")), new(new("Customers", "客户"), "whole"), new(new($"{Goal(r.Goal).En} in {r.HorizonDays} days", $"{r.HorizonDays} 天内的{Goal(r.Goal).Zh}"), Share(r) ? "share" : "number")],
            Rows = [.. r.Segments.Select(s => (IReadOnlyList<DecisionCell>)[SegmentWords.Of(s.Segment, run), s.Customers, double.IsNaN(s.Baseline.Value) ? DecisionCell.Nothing : s.Baseline])],
        };
        if (r.Uplift.Count == 0) yield break;
        yield return new DecisionTable
        {
            Title = new("What the history says of each offer", "历史对各优惠的说明"),
            Columns = [new(new("Offer", "优惠")), new(new("Learner", "学习器")), new(new("Qini", "Qini"), "number"), new(new("p of no ranking", "无排序的 p")), new(new("Customers differ", "客户有差别"))],
            Rows =
            [
                .. r.Uplift.Select(u => (IReadOnlyList<DecisionCell>)[u.Arm, MeasurePage.Name(u.Learner), u.Qini, P(u.P), u.Usable ? new Bilingual("yes: ranked by predicted effect", "是：按预测效果排序") : new Bilingual("no detectable difference: segments share the common effect", "测不出差别：各分群共用总体效果")]),
            ],
        };
    }

    static IEnumerable<Bilingual> Notes(PlanResult r, PlanOptions o, bool assumed, double moneyPerBuyer)
    {
        if (assumed && moneyPerBuyer > 0)
            yield return new($"A purchase is counted as {Short(moneyPerBuyer)}, what a buyer spent in {r.HorizonDays} days. That is revenue, not margin: put the margin into the column 'value' of the offers.", $"每次购买按 {Short(moneyPerBuyer)} 计（买家在 {r.HorizonDays} 天内的花费）。这是收入而不是毛利：请在优惠文件的 value 列填写毛利。");
        if (r.Goal == CampaignGoal.Visit && r.Power.Any(p => p.BreakEven is null))
            yield return new("A visit has no price: put it into the column 'value' of the offers to see what effect pays the contact.", "到访没有价格：请在优惠文件的 value 列填写，以便看出多大效果能收回成本。");
        if (r.WithoutSegment > 0) yield return new($"{Whole(r.WithoutSegment)} customers are not in the run and stand as a group of their own.", $"{Whole(r.WithoutSegment)} 位客户不在该次运行中，自成一组。");
        if (r.LeftOut > 0) yield return new($"{Whole(r.LeftOut)} {(r.LeftOut == 1 ? "customer was" : "customers were")} left out: no consent (they refused marketing). Who never said is part of the plan.", $"已排除 {Whole(r.LeftOut)} 位客户：未获同意（已拒绝营销）。从未表态的客户仍在计划内。");
        if (r.UnknownInHistory > 0) yield return new($"{Whole(r.UnknownInHistory)} customers of the history have no event before it began and were left out.", $"历史中有 {Whole(r.UnknownInHistory)} 位客户在其开始前没有记录，未计入。");
        foreach (var offer in r.Untried) yield return new($"The history did not try '{offer}': it is not part of this plan. Try it in an experiment first.", $"历史中没有试过“{offer}”：不在本计划内。请先做实验。");
        if (r.Refused is not null) yield break;
        if (r.Kind == "targeted" && Contacts(r) > 0)
            yield return new("The expected return is that of exactly the contacts listed here; its interval is wider than for one plain comparison, because the best of many possible plans was picked and the best one partly was lucky.", "预期回报就是此处所列触达的回报；它的区间比单次比较更宽，因为这是从许多可能的计划中挑出的最好一个，而最好的多少带有运气。");
        if (r.Kind == "targeted" && o.Holdout == 0) yield return new("Nobody is held out: what this campaign did will not be known.", "没有保留对照：将无法得知本次活动的效果。");
        yield return new($"Arms are drawn by chance with seed {r.Seed}. When the horizon of {r.HorizonDays} days is over, join campaign.csv with what customers did and run 'campaign measure'.",
            $"分组由种子 {r.Seed} 随机抽取。{r.HorizonDays} 天的期限结束后，把 campaign.csv 与客户的行为合并，再运行 campaign measure。");
    }
}
