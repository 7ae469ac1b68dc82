namespace Coterie.Feedback;

/// <summary>A mark on two customers: together, or apart.</summary>
/// <param name="A">Row of one customer; smaller than the other's.</param>
/// <param name="B">Row of the other.</param>
/// <param name="Together">Else apart.</param>
/// <param name="Order">Place of the entry in time: the later wins.</param>
readonly record struct Mark(int A, int B, bool Together, int Order);

/// <summary>Why a mark cannot stand beside later ones and beside the places that people gave.</summary>
enum MarkConflict { PlacedApart, PlacedTogether, MarkedApart, MarkedTogether }

/// <summary>A mark that is not kept, and why.</summary>
sealed record RefusedMark(Mark Mark, MarkConflict Why);

/// <summary>Customers who are placed as one.</summary>
/// <param name="Rows">In ascending order.</param>
/// <param name="Allowed">Segments they may be in, ascending; null: any.</param>
sealed record MarkedGroup(int[] Rows, int[]? Allowed);

/// <summary>The marks that can stand: groups of customers, and pairs of groups that must be apart.</summary>
/// <param name="Groups">In the order of their first row.</param>
/// <param name="Apart">Places of two groups, the smaller first, in ascending order.</param>
/// <param name="Refused">Contradictions, in the order in which the marks were made.</param>
sealed record ResolvedMarks(IReadOnlyList<MarkedGroup> Groups, IReadOnlyList<ApartGroups> Apart, IReadOnlyList<RefusedMark> Refused);

/// <summary>Two groups that must not share a segment.</summary>
readonly record struct ApartGroups(int First, int Second);

/// <summary>Resolves contradictions. A place that a person gave a customer comes first; of marks the later wins. The closure of "together" (Wagstaff and Cardie 2000) makes groups.</summary>
sealed class MarkResolver
{
    readonly SortedDictionary<int, int> parents = [];
    readonly Dictionary<int, int[]?> allowed = [];
    readonly Dictionary<int, SortedSet<int>> enemies = [];

    MarkResolver() { }

    /// <param name="places">Row to the segments that a person allows; never empty.</param>
    /// <param name="marks">In any order.</param>
    internal static ResolvedMarks Resolve(IReadOnlyDictionary<int, int[]> places, IEnumerable<Mark> marks)
    {
        var resolver = new MarkResolver();
        foreach (var (row, segments) in places.OrderBy(p => p.Key))
        {
            resolver.Know(row);
            resolver.allowed[row] = [.. segments.Order()];
        }

        var refused = new List<RefusedMark>();
        foreach (var mark in marks.OrderByDescending(m => m.Order).ThenBy(m => m.A).ThenBy(m => m.B).ThenBy(m => m.Together))
        {
            resolver.Know(mark.A);
            resolver.Know(mark.B);
            if ((mark.Together ? resolver.Join(mark) : resolver.Part(mark)) is { } why) refused.Add(new(mark, why));
        }

        return resolver.Result(refused);
    }

    void Know(int row)
    {
        if (!parents.TryAdd(row, row)) return;
        allowed[row] = null;
        enemies[row] = [];
    }

    int Root(int row)
    {
        while (parents[row] != row) row = parents[row] = parents[parents[row]];
        return row;
    }

    MarkConflict? Join(Mark mark)
    {
        int a = Root(mark.A), b = Root(mark.B);
        if (a == b) return null;
        if (enemies[a].Contains(b)) return MarkConflict.MarkedApart;
        var both = Both(allowed[a], allowed[b]);
        if (both is { Length: 0 }) return MarkConflict.PlacedApart;
        // With one segment left, nobody from whom they are apart may be bound to the same one.
        if (both is [var only] && enemies[a].Concat(enemies[b]).Any(e => allowed[e] is [var theirs] && theirs == only)) return MarkConflict.MarkedApart;
        parents[b] = a;
        allowed[a] = both;
        foreach (var enemy in enemies[b])
        {
            enemies[enemy].Remove(b);
            enemies[enemy].Add(a);
            enemies[a].Add(enemy);
        }

        return null;
    }

    MarkConflict? Part(Mark mark)
    {
        int a = Root(mark.A), b = Root(mark.B);
        if (a == b) return MarkConflict.MarkedTogether;
        if (allowed[a] is [var one] && allowed[b] is [var other] && one == other) return MarkConflict.PlacedTogether;
        enemies[a].Add(b);
        enemies[b].Add(a);
        return null;
    }

    static int[]? Both(int[]? a, int[]? b) => a is null ? b : b is null ? a : [.. a.Intersect(b).Order()];

    ResolvedMarks Result(List<RefusedMark> refused)
    {
        var members = new Dictionary<int, List<int>>();
        var roots = new List<int>();
        foreach (var row in parents.Keys.ToArray())
        {
            var root = Root(row);
            if (!members.TryGetValue(root, out var rows))
            {
                members[root] = rows = [];
                roots.Add(root);
            }

            rows.Add(row);
        }

        var place = roots.Select((root, i) => (root, i)).ToDictionary(p => p.root, p => p.i);
        var apart = roots.SelectMany(r => enemies[r].Where(e => place[r] < place[e]).Select(e => new ApartGroups(place[r], place[e])))
            .OrderBy(p => p.First).ThenBy(p => p.Second).ToArray();
        return new([.. roots.Select(r => new MarkedGroup([.. members[r]], allowed[r]))], apart, [.. refused.OrderBy(r => r.Mark.Order).ThenBy(r => r.Mark.A).ThenBy(r => r.Mark.B).ThenBy(r => r.Mark.Together)]);
    }
}
