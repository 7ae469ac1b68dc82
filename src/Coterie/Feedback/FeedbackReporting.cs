using Coterie.Profiles;

namespace Coterie.Feedback;

/// <summary>Says what became of every entry, and who moved because of them.</summary>
static class FeedbackReporting
{
    internal static FeedbackReport Of(
        FeedbackLog log, Replayed replayed, ConstrainedSegments placed, string[] customers, string[] before, string[] ids, IReadOnlyDictionary<string, Bilingual> names, bool centres, string kept)
    {
        var entries = log.InForce;
        var verdicts = Verdicts(entries, replayed, placed, customers);
        var labels = placed.Placement.Assignment.Labels;
        var words = replayed.Places.Select(p => p.Row).Concat(replayed.Marks.SelectMany(m => new[] { m.A, m.B })).ToHashSet();
        int[] moved = [.. Enumerable.Range(0, customers.Length).Where(i => ids[labels[i]] != before[i])];
        var structure = placed.Model.Structure;
        return new FeedbackReport
        {
            Method = FeedbackWords.Method(centres, placed.Bound, kept),
            Entries =
            [
                .. entries.Select(e => new FeedbackOutcome
                {
                    Id = e.Id, Kind = e.Kind, Who = e.Who, Time = e.Time, Asked = FeedbackWords.Asked(e), Kept = verdicts[e.Id].Kept, Why = verdicts[e.Id].Why, Note = e.Note,
                }),
            ],
            Moved = moved.Length,
            MovedByWord = moved.Count(words.Contains),
            Customers = customers.Length,
            Moves =
            [
                .. moved.GroupBy(i => (From: before[i], To: ids[labels[i]])).Select(g => new FeedbackMove(g.Key.From, g.Key.To, g.Count()))
                    .OrderByDescending(m => m.Customers).ThenBy(m => m.From, StringComparer.Ordinal).ThenBy(m => m.To, StringComparer.Ordinal),
            ],
            Proof = FeedbackWords.Proof(structure.Divisions.Count > 0 || structure.Segments.Any(s => s.Atoms.Count > 1)),
            Findings =
            [
                .. log.Astray.Select(FeedbackWords.Astray),
                .. replayed.Ids.Except(ids).Select(FeedbackWords.Emptied),
                .. names.GroupBy(n => n.Value.En, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1).OrderBy(g => g.Key, StringComparer.Ordinal)
                    .Select(g => FeedbackWords.SameName(g.Key, g.Select(n => n.Key).Order(StringComparer.Ordinal))),
                .. placed.Proved ? Array.Empty<Bilingual>() : [FeedbackWords.Unproved()],
            ],
            Agreement = ReviewAgreement.Of(entries),
        };
    }

    static Dictionary<string, Verdict> Verdicts(IReadOnlyList<FeedbackEntry> entries, Replayed replayed, ConstrainedSegments placed, string[] customers)
    {
        var verdicts = new Dictionary<string, Verdict>(replayed.Verdicts, StringComparer.Ordinal);
        var asked = replayed.Marks.GroupBy(m => m.Order).ToDictionary(g => g.Key, g => g.Count());
        foreach (var broken in placed.Refused.Select(r => new Broken(r.Mark, Why(r, customers)))
            .Concat(placed.Together.Select(m => new Broken(m, FeedbackWords.NoRoom(customers[m.A], customers[m.B], placed.Kept.Length))))
            .GroupBy(b => b.Mark.Order))
        {
            var all = broken.Count() == asked[broken.Key];
            verdicts[entries[broken.Key].Id] = new(all ? FeedbackKept.NotKept : FeedbackKept.Partly, broken.First().Why);
        }

        foreach (var held in placed.Model.Locks)
        {
            var size = placed.Placement.Assignment.Labels.Count(l => l == held.Label);
            verdicts[held.Entry] = new(FeedbackKept.Kept, FeedbackWords.LockKept(size));
        }

        return verdicts;
    }

    sealed record Broken(Mark Mark, Bilingual Why);

    static Bilingual Why(RefusedMark refused, string[] customers)
    {
        var (a, b) = (customers[refused.Mark.A], customers[refused.Mark.B]);
        return refused.Why switch
        {
            MarkConflict.PlacedApart => FeedbackWords.PlacedApart(a, b),
            MarkConflict.PlacedTogether => FeedbackWords.PlacedTogether(a, b),
            MarkConflict.MarkedApart => FeedbackWords.MarkedApart(a, b),
            _ => FeedbackWords.MarkedTogether(a, b),
        };
    }
}
