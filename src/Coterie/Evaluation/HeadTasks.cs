using Coterie.Features;

namespace Coterie.Evaluation;

/// <summary>The tasks that a period's outcomes allow.</summary>
static class HeadTasks
{
    // An area under the curve needs some of both kinds to mean anything.
    const int LeastOfAKind = 20;

    /// <summary>Churn, next category and spend, those that can be asked; why others cannot goes to the notes.</summary>
    public static List<HeadTask> Of(Outcomes learn, Outcomes judge, int categories, List<string> notes)
    {
        var tasks = new List<HeadTask>();
        Add(Churn(learn, judge, notes));
        Add(NextCategory(learn, judge, categories, notes));
        Add(Spend(learn, judge, notes));
        return tasks;

        void Add(HeadTask? task)
        {
            if (task is not null) tasks.Add(task);
        }
    }

    static int[] All(Outcomes o) => [.. Enumerable.Range(0, o.Customers.Length)];

    // Gone: no event at all in the horizon. Where nearly everybody or nobody comes back, no order.
    static HeadTask? Churn(Outcomes learn, Outcomes judge, List<string> notes)
    {
        double[] Gone(Outcomes o) => [.. o.Active.Select(a => a ? 0.0 : 1.0)];
        double[] NoOrder(Outcomes o) => [.. o.Orders.Select(x => x > 0 ? 0.0 : 1.0)];
        if (Both(Gone(learn)) && Both(Gone(judge))) return new("churn", "auc", All(learn), All(judge), [Gone(learn)], [Gone(judge)]);
        if (Both(NoOrder(learn)) && Both(NoOrder(judge)))
        {
            notes.Add("Churn: nearly everybody or nobody came back in the horizon, so churn means no order in it.");
            return new("churn", "auc", All(learn), All(judge), [NoOrder(learn)], [NoOrder(judge)]);
        }

        notes.Add($"Churn was not asked: fewer than {LeastOfAKind} customers left or fewer stayed.");
        return null;
    }

    static bool Both(double[] target) => target.Count(t => t > 0) >= LeastOfAKind && target.Count(t => t == 0) >= LeastOfAKind;

    // Among those who buy: one head for each of the categories most bought from, one against the rest.
    static HeadTask? NextCategory(Outcomes learn, Outcomes judge, int categories, List<string> notes)
    {
        int[] Buyers(Outcomes o) => [.. All(o).Where(i => o.TopCategory[i] is not null)];
        int[] learners = Buyers(learn), judged = Buyers(judge);
        double[] Is(Outcomes o, int[] who, string category) => [.. who.Select(i => o.TopCategory[i] == category ? 1.0 : 0.0)];
        string[] asked =
        [
            .. learners.GroupBy(i => learn.TopCategory[i]!, StringComparer.Ordinal).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => g.Key).Where(c => Both(Is(learn, learners, c)) && Both(Is(judge, judged, c))).Take(categories),
        ];
        if (asked.Length == 0)
        {
            notes.Add($"The next category was not asked: no category has {LeastOfAKind} buyers in the horizon and as many of others.");
            return null;
        }

        return new("next_category", "auc", learners, judged, [.. asked.Select(c => Is(learn, learners, c))], [.. asked.Select(c => Is(judge, judged, c))]);
    }

    static HeadTask? Spend(Outcomes learn, Outcomes judge, List<string> notes)
    {
        double[] Log(Outcomes o) => [.. o.Spend.Select(s => Math.Log(1 + Math.Max(s, 0)))];
        double[] learned = Log(learn), judged = Log(judge);
        if (learned.Distinct().Skip(1).Any() && judged.Distinct().Skip(1).Any())
            return new("spend", "r2_log_spend", All(learn), All(judge), [learned], [judged]);
        notes.Add("Spend was not asked: everybody spent the same in the horizon.");
        return null;
    }
}
