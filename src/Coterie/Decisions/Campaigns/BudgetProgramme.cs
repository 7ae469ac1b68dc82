using Google.OrTools.Sat;

namespace Coterie.Decisions.Campaigns;

/// <summary>How many customers of each group get which offer.</summary>
/// <param name="Contacts">Groups x offers.</param>
/// <param name="Optimal">Whether the solver proved it.</param>
public sealed record BudgetSplit(int[][] Contacts, bool Optimal);

/// <summary>The split of a budget as an integer programme, solved by CP-SAT (Google OR-Tools): maximise the sum of contacts times their gain, subject to the
/// budget, the customers of each group (at most one offer each), the limit of each offer and of all contacts.</summary>
public static class BudgetProgramme
{
    // Gains become whole numbers of so many steps of the largest one; costs are rounded up to hundred-thousandths of a unit of money.
    const double GainSteps = 1e6, CostSteps = 1e5;

    /// <param name="available">Customers of each group.</param>
    /// <param name="gains">Groups x offers: gain of one contact; contacts that gain nothing are never made.</param>
    /// <param name="costs">Cost of one contact, by offer; 0 or more.</param>
    /// <param name="limits">Most contacts of each offer; null: no limit.</param>
    /// <param name="budget">0 or more.</param>
    /// <param name="contacts">Most contacts of all; null: no limit.</param>
    public static BudgetSplit Solve(IReadOnlyList<int> available, IReadOnlyList<double[]> gains, IReadOnlyList<double> costs, IReadOnlyList<int?> limits, double budget, int? contacts)
    {
        int groups = available.Count, offers = costs.Count;
        var split = available.Select(_ => new int[offers]).ToArray();
        var largest = gains.Count == 0 ? 0 : gains.Max(g => g.Length == 0 ? 0 : g.Max());
        if (!(largest > 0)) return new(split, true);

        var model = new CpModel();
        var variables = new List<IntVar>();
        List<long> gainOf = [], costOf = [];
        var places = new List<int>();
        for (var g = 0; g < groups; g++)
        {
            for (var o = 0; o < offers; o++)
            {
                var gain = (long)Math.Round(gains[g][o] / largest * GainSteps);
                if (gain <= 0 || available[g] == 0) continue;
                variables.Add(model.NewIntVar(0, available[g], $"n{g}_{o}"));
                gainOf.Add(gain);
                // Rounded up, so that the sum never exceeds the budget.
                costOf.Add((long)Math.Ceiling(costs[o] * CostSteps - 1e-6));
                places.Add(g * offers + o);
            }
        }

        LinearExpr Sum(Func<int, bool> chosen) => LinearExpr.Sum(variables.Where((_, v) => chosen(places[v])));
        for (var g = 0; g < groups; g++)
        {
            var group = g;
            if (places.Any(p => p / offers == group)) model.Add(Sum(p => p / offers == group) <= available[g]);
        }

        for (var o = 0; o < offers; o++)
        {
            var offer = o;
            if (limits[o] is { } limit && places.Any(p => p % offers == offer)) model.Add(Sum(p => p % offers == offer) <= limit);
        }

        if (contacts is { } most) model.Add(LinearExpr.Sum(variables) <= most);
        model.Add(LinearExpr.WeightedSum(variables, costOf) <= (long)Math.Floor(Math.Min(budget, 1e12) * CostSteps + 1e-6));
        model.Maximize(LinearExpr.WeightedSum(variables, gainOf));
        // One worker and a limit of deterministic time: the same answer on every machine.
        using var solver = new CpSolver { StringParameters = "num_workers:1,random_seed:1,max_deterministic_time:20" };
        var status = solver.Solve(model);
        if (status is not (CpSolverStatus.Optimal or CpSolverStatus.Feasible)) throw new InvalidOperationException($"The split of the budget ended as {status}; no contact at all is always possible.");
        for (var v = 0; v < variables.Count; v++) split[places[v] / offers][places[v] % offers] = (int)solver.Value(variables[v]);
        return new(split, status == CpSolverStatus.Optimal);
    }
}
