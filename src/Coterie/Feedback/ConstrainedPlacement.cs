using Google.OrTools.Sat;

namespace Coterie.Feedback;

/// <summary>Where marked groups go.</summary>
/// <param name="Segments">Of each group.</param>
/// <param name="Together">Pairs that could not be kept apart.</param>
/// <param name="Proved">Whether no placement keeps more pairs apart or, of as many, costs less.</param>
sealed record PlacedGroups(int[] Segments, IReadOnlyList<ApartGroups> Together, bool Proved);

/// <summary>Places groups into segments at least cost such that pairs are apart. Groups that nothing binds take their cheapest segment; the others, by connected parts of the graph of
/// pairs, are a list colouring of least cost, solved as an integer programme by CP-SAT (Google OR-Tools). Where the pairs cannot all be kept, as few as possible are broken.</summary>
static class ConstrainedPlacement
{
    // Costs become whole numbers of so many steps of the largest difference.
    const double Steps = 1e6;

    /// <param name="groups">With the segments that each may be in.</param>
    /// <param name="apart">Places of two groups.</param>
    /// <param name="costs">Groups x segments, finite or positive infinity where a segment is closed to a group; each group has a finite one among the allowed.</param>
    internal static PlacedGroups Solve(IReadOnlyList<MarkedGroup> groups, IReadOnlyList<ApartGroups> apart, IReadOnlyList<double[]> costs)
    {
        var options = groups.Select((g, i) => (g.Allowed ?? Enumerable.Range(0, costs[i].Length)).Where(s => double.IsFinite(costs[i][s])).ToArray()).ToArray();
        var segments = options.Select((o, i) => o.MinBy(s => costs[i][s])).ToArray();
        var proved = true;
        foreach (var part in Parts(groups.Count, apart))
        {
            if (part.Pairs.All(p => segments[p.First] != segments[p.Second])) continue;
            proved &= Colour(part, options, costs, segments);
        }

        return new(segments, [.. apart.Where(p => segments[p.First] == segments[p.Second])], proved);
    }

    sealed record Part(List<int> Groups, List<ApartGroups> Pairs);

    static IEnumerable<Part> Parts(int groups, IReadOnlyList<ApartGroups> apart)
    {
        var parent = Enumerable.Range(0, groups).ToArray();
        int Root(int g)
        {
            while (parent[g] != g) g = parent[g] = parent[parent[g]];
            return g;
        }

        foreach (var pair in apart) parent[Root(pair.Second)] = Root(pair.First);
        var parts = new SortedDictionary<int, Part>();
        foreach (var pair in apart)
        {
            if (!parts.TryGetValue(Root(pair.First), out var part)) parts[Root(pair.First)] = part = new([], []);
            part.Pairs.Add(pair);
        }

        for (var g = 0; g < groups; g++)
            if (parts.TryGetValue(Root(g), out var part)) part.Groups.Add(g);
        return parts.Values;
    }

    static bool Colour(Part part, int[][] options, IReadOnlyList<double[]> costs, int[] segments)
    {
        var model = new CpModel();
        var at = new Dictionary<int, Dictionary<int, BoolVar>>();
        var terms = new List<ILiteral>();
        var weights = new List<long>();
        var largest = part.Groups.Max(g => options[g].Max(s => costs[g][s]) - options[g].Min(s => costs[g][s]));
        // Breaking one pair costs more than every group at its dearest.
        var broken = (long)Steps * part.Groups.Count + 1;
        foreach (var g in part.Groups)
        {
            var least = options[g].Min(s => costs[g][s]);
            at[g] = [];
            foreach (var s in options[g])
            {
                at[g][s] = model.NewBoolVar($"g{g}_{s}");
                terms.Add(at[g][s]);
                weights.Add(largest > 0 ? (long)Math.Round((costs[g][s] - least) / largest * Steps) : 0);
                model.AddHint(at[g][s], s == segments[g] ? 1 : 0);
            }

            model.AddExactlyOne(options[g].Select(s => (ILiteral)at[g][s]));
        }

        foreach (var pair in part.Pairs)
        {
            var shared = options[pair.First].Intersect(options[pair.Second]).Order().ToArray();
            if (shared.Length == 0) continue;
            var together = model.NewBoolVar($"t{pair.First}_{pair.Second}");
            foreach (var s in shared) model.AddBoolOr([at[pair.First][s].Not(), at[pair.Second][s].Not(), together]);
            terms.Add(together);
            weights.Add(broken);
        }

        model.Minimize(LinearExpr.WeightedSum(terms.Select(t => (BoolVar)t), weights));
        // One worker and a limit of deterministic time: the same answer on every machine.
        using var solver = new CpSolver { StringParameters = "num_workers:1,random_seed:1,max_deterministic_time:10" };
        var status = solver.Solve(model);
        if (status is not (CpSolverStatus.Optimal or CpSolverStatus.Feasible)) throw new InvalidOperationException($"The placement of marked customers ended as {status}; breaking pairs is always possible.");
        foreach (var g in part.Groups) segments[g] = options[g].First(s => solver.BooleanValue(at[g][s]));
        return status == CpSolverStatus.Optimal;
    }
}
