using Coterie.Clustering;

namespace Coterie.Feedback;

/// <summary>What the marks and places of a replay are applied to.</summary>
sealed record ConstraintRequest
{
    internal required BasePlacement Found { get; init; }
    /// <summary>K x d; null where clusters are placed by their probabilities.</summary>
    internal required float[][]? Centres { get; init; }
    internal required Distance Distance { get; init; }
    internal required IReadOnlyList<FeedbackEntry> Entries { get; init; }
    internal required LockedRows Locked { get; init; }
    internal required int Threads { get; init; }
}

/// <summary>Segments with every constraint in force.</summary>
/// <param name="Model">Of the segments that have customers.</param>
/// <param name="Kept">For each of them its place in the replay.</param>
/// <param name="Together">Rows that share a segment although they are marked as apart.</param>
sealed record ConstrainedSegments(FeedbackModel Model, FeedbackPlacement Placement, int[] Kept, IReadOnlyList<RefusedMark> Refused, IReadOnlyList<Mark> Together, bool Proved, bool Bound);

/// <summary>Places every customer under the constraints, in the fit itself where the clusters have centres.</summary>
static class FeedbackConstraints
{
    internal static ConstrainedSegments Place(Replayed replayed, ConstraintRequest request)
    {
        var (found, structure, threads) = (request.Found, replayed.Structure, request.Threads);
        var marks = MarkResolver.Resolve(replayed.Places.ToDictionary(p => p.Row, p => p.Segments), replayed.Marks);
        var bound = marks.Groups.Count > 0;
        var centres = request.Centres is { } start && bound
            ? ConstrainedKMeans.Fit(new ConstrainedFit
            {
                Rows = request.Distance == Distance.Cosine ? Spherical.Normalised(found.Rows) : found.Rows,
                Centres = start,
                Distance = request.Distance,
                Structure = structure,
                Marks = marks,
                Locked = request.Locked,
                Threads = threads,
            })
            : request.Centres;

        var costs = structure.Costs(FeedbackModel.ClusterCosts(centres, request.Distance, found.Rows, found.Probabilities, threads), found.Rows, threads);
        request.Locked.Close(costs);
        var placed = ConstrainedPlacement.Solve(marks.Groups, marks.Apart, GroupCosts.Of(marks.Groups, costs));
        var model = new FeedbackModel
        {
            Centres = centres,
            Distance = request.Distance,
            Structure = structure,
            Locks = replayed.Locks,
            Places = Places(replayed, request.Entries, found.Customers, marks, placed),
        };
        var placement = model.Place(found, request.Locked, threads);
        var groupOf = marks.Groups.SelectMany((g, at) => g.Rows.Select(row => (row, at))).ToDictionary(p => p.row, p => p.at);
        var refused = marks.Refused.Select(r => r.Mark).ToHashSet();
        Mark[] together = [.. replayed.Marks.Where(m => !m.Together && !refused.Contains(m) && placed.Segments[groupOf[m.A]] == placed.Segments[groupOf[m.B]])];
        return WithoutEmpty(model, placement, request, new ConstrainedSegments(model, placement, [.. Enumerable.Range(0, structure.Segments.Count)], marks.Refused, together, placed.Proved, bound));
    }

    // Every customer of a group keeps where it went, in scoring too: a mark says nothing of a group of one that nothing binds.
    static FeedbackPlace[] Places(Replayed replayed, IReadOnlyList<FeedbackEntry> entries, string[] customers, ResolvedMarks marks, PlacedGroups placed)
    {
        var words = replayed.Places.ToDictionary(p => p.Row, p => p.Entry);
        var refused = marks.Refused.Select(r => r.Mark).ToHashSet();
        var newest = new Dictionary<int, int>();
        foreach (var mark in replayed.Marks.Where(m => !refused.Contains(m)))
        {
            newest[mark.A] = Math.Max(newest.GetValueOrDefault(mark.A, -1), mark.Order);
            newest[mark.B] = Math.Max(newest.GetValueOrDefault(mark.B, -1), mark.Order);
        }

        var places = new SortedDictionary<int, FeedbackPlace>();
        for (var g = 0; g < marks.Groups.Count; g++)
        {
            foreach (var row in marks.Groups[g].Rows)
            {
                if (words.TryGetValue(row, out var word)) places[row] = new(customers[row], placed.Segments[g], true, FeedbackWords.Placed(word));
                else if (newest.TryGetValue(row, out var order)) places[row] = new(customers[row], placed.Segments[g], false, FeedbackWords.ByMark(entries[order]));
            }
        }

        return [.. places.Values];
    }

    // A segment whose customers all went elsewhere is no segment of this run.
    static ConstrainedSegments WithoutEmpty(FeedbackModel model, FeedbackPlacement placement, ConstraintRequest request, ConstrainedSegments whole)
    {
        var members = new bool[model.Structure.Segments.Count];
        foreach (var label in placement.Assignment.Labels) members[label] = true;
        if (Array.TrueForAll(members, m => m)) return whole;
        int[] kept = [.. Enumerable.Range(0, members.Length).Where(s => members[s])];
        var label2 = new int[members.Length];
        Array.Fill(label2, -1);
        for (var s = 0; s < kept.Length; s++) label2[kept[s]] = s;
        var fewer = model with
        {
            Structure = model.Structure with { Segments = [.. kept.Select(s => model.Structure.Segments[s])] },
            Locks = [.. model.Locks.Where(l => label2[l.Label] >= 0).Select(l => l with { Label = label2[l.Label] })],
            Places = [.. model.Places.Select(p => p with { Segment = label2[p.Segment] })],
        };
        var locked = new LockedRows([.. fewer.Locks.Select(l => l.Label)], [.. request.Locked.Taken.Select(t => t < 0 ? -1 : label2[t])]);
        return whole with { Model = fewer, Placement = fewer.Place(request.Found, locked, request.Threads), Kept = kept };
    }
}
