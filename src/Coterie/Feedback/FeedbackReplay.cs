using Coterie.Profiles;

namespace Coterie.Feedback;

/// <summary>What a replay of the entries needs to know of a run.</summary>
sealed record ReplayRequest
{
    /// <summary>In force, in the order of time.</summary>
    internal required IReadOnlyList<FeedbackEntry> Entries { get; init; }
    /// <summary>K: id of each cluster, as it would be without feedback.</summary>
    internal required string[] ClusterIds { get; init; }
    /// <summary>n, in ordinal order.</summary>
    internal required string[] Customers { get; init; }
    /// <summary>False where the data show no groups: then nothing is divided.</summary>
    internal required bool Groups { get; init; }
    /// <summary>Divides the members of a segment under these ids; null where they have fewer distinct rows than that.</summary>
    internal required Func<SplitSegment, int[], IReadOnlyList<string>?, SegmentDivision> Divide { get; init; }
    /// <summary>n: the segment of each customer by costs alone.</summary>
    internal required Func<SegmentStructure, int[]> Members { get; init; }
    /// <summary>By entry: the ids that the parts had in the run before.</summary>
    internal required IReadOnlyDictionary<string, IReadOnlyList<string>> FormerParts { get; init; }
    /// <summary>The definition of a locked segment from the run before; null where that run does not know it.</summary>
    internal required Func<LockSegment, LockedDefinition?> Definition { get; init; }
}

/// <summary>Where a person put a customer.</summary>
/// <param name="Row">The customer.</param>
/// <param name="Segments">Labels that the word allows, ascending: more than one where the segment was divided since.</param>
sealed record WordedPlace(int Row, FeedbackEntry Entry, int[] Segments);

/// <summary>What the entries ask of a run's segments.</summary>
sealed record Replayed
{
    internal required SegmentStructure Structure { get; init; }
    /// <summary>Id of each segment, in the order of labels.</summary>
    internal required string[] Ids { get; init; }
    /// <summary>Names that people gave, by id.</summary>
    internal required IReadOnlyDictionary<string, Bilingual> Names { get; init; }
    internal required IReadOnlyList<LockedDefinition> Locks { get; init; }
    /// <summary>Of each customer the last, by row.</summary>
    internal required IReadOnlyList<WordedPlace> Places { get; init; }
    internal required IReadOnlyList<Mark> Marks { get; init; }
    /// <summary>By entry.</summary>
    internal required Dictionary<string, Verdict> Verdicts { get; init; }
}

/// <summary>What came of an entry.</summary>
sealed record Verdict(FeedbackKept Kept, Bilingual Why)
{
    internal static readonly Verdict Done = new(FeedbackKept.Kept, FeedbackWords.Done);
    internal static Verdict No(Bilingual why) => new(FeedbackKept.NotKept, why);
    internal static Verdict Partly(Bilingual why) => new(FeedbackKept.Partly, why);
}

/// <summary>Reads entries in the order of time and says what they ask of this run's segments; what it cannot do is a verdict, never an exception.</summary>
sealed class FeedbackReplay
{
    sealed class Draft
    {
        public required string Id { get; init; }
        public List<RegionAtom> Atoms { get; set; } = [];
        public LockedDefinition? Lock { get; set; }
        public bool IsLocked { get; set; }
        public Bilingual? Name { get; set; }
    }

    sealed record Word(FeedbackEntry Entry, List<Draft> Allowed);

    readonly ReplayRequest request;
    readonly List<Draft> drafts;
    readonly List<SegmentDivision> divisions = [];
    readonly Dictionary<string, string> joined = new(StringComparer.Ordinal);
    readonly SortedDictionary<int, Word> words = [];
    readonly List<Mark> marks = [];
    readonly Dictionary<string, Verdict> verdicts = new(StringComparer.Ordinal);

    FeedbackReplay(ReplayRequest request)
    {
        this.request = request;
        drafts = [.. request.ClusterIds.Select((id, c) => new Draft { Id = id, Atoms = [new RegionAtom(c, [])] })];
    }

    internal static Replayed Of(ReplayRequest request)
    {
        var replay = new FeedbackReplay(request);
        replay.Revive();
        for (var order = 0; order < request.Entries.Count; order++)
        {
            var entry = request.Entries[order];
            replay.verdicts[entry.Id] = entry switch
            {
                RenameSegment rename => replay.Rename(rename),
                LockSegment locked => replay.Lock(locked),
                MergeSegments merge => replay.Merge(merge),
                SplitSegment split => replay.Split(split),
                CustomerEntry place => replay.Place(place),
                MarkTogether together => replay.Pairs(together.Customers, true, order),
                MarkApart apart => replay.Pairs(apart.Customers, false, order),
                _ => throw new InvalidOperationException($"{entry.Kind} is no entry in force."),
            };
        }

        return replay.Result();
    }

    // A locked segment whose cluster is gone is there from the start, because earlier entries may speak of it; one that an earlier entry makes comes in its turn.
    void Revive()
    {
        var made = request.FormerParts.Values.SelectMany(ids => ids).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in request.Entries.OfType<LockSegment>())
            if (Find(entry.Segment) is null && !made.Contains(entry.Segment) && request.Definition(entry) is not null) drafts.Add(new Draft { Id = entry.Segment });
    }

    Draft? Find(string id)
    {
        while (joined.TryGetValue(id, out var into)) id = into;
        return drafts.Find(d => d.Id == id);
    }

    Verdict Rename(RenameSegment entry)
    {
        if (Find(entry.Segment) is not { } draft) return Verdict.No(FeedbackWords.Gone(entry.Segment));
        if (draft.Id != entry.Segment) return Verdict.No(FeedbackWords.Joined(entry.Segment, draft.Id));
        draft.Name = entry.Name;
        return Verdict.Done;
    }

    Verdict Lock(LockSegment entry)
    {
        var draft = Find(entry.Segment);
        if (draft is not null && draft.Id != entry.Segment) return Verdict.No(FeedbackWords.Joined(entry.Segment, draft.Id));
        if (draft is { IsLocked: true }) return Verdict.No(FeedbackWords.AlreadyLocked(entry.Segment));
        var definition = request.Definition(entry);
        if (draft is null)
        {
            if (definition is null) return Verdict.No(FeedbackWords.Gone(entry.Segment));
            drafts.Add(draft = new Draft { Id = entry.Segment });
        }

        draft.IsLocked = true;
        if (definition is null) return new(FeedbackKept.Kept, FeedbackWords.LockFromNow);
        draft.Lock = definition;
        draft.Name ??= definition.Name;
        return Verdict.Done;
    }

    Verdict Merge(MergeSegments entry)
    {
        var found = entry.Segments.Select(Find).OfType<Draft>().Distinct().ToArray();
        string[] missing = [.. entry.Segments.Where(s => Find(s) is null)];
        if (found.Length < 2) return Verdict.No(missing.Length > 0 ? FeedbackWords.TooFewToMerge(missing) : FeedbackWords.SameSegment(found[0].Id));
        if (found.FirstOrDefault(d => d.IsLocked) is { } held) return Verdict.No(FeedbackWords.Locked(held.Id));
        var into = found[0];
        foreach (var other in found[1..])
        {
            into.Atoms.AddRange(other.Atoms);
            joined[other.Id] = into.Id;
            drafts.Remove(other);
            foreach (var word in words.Values.Where(w => w.Allowed.Remove(other) && !w.Allowed.Contains(into))) word.Allowed.Add(into);
        }

        // The old name was of one part.
        into.Name = entry.Name;
        return missing.Length == 0 ? new(FeedbackKept.Kept, FeedbackWords.MergedInto(into.Id, missing)) : Verdict.Partly(FeedbackWords.MergedInto(into.Id, missing));
    }

    Verdict Split(SplitSegment entry)
    {
        if (!request.Groups) return Verdict.No(FeedbackWords.NoGroups);
        if (Find(entry.Segment) is not { } draft) return Verdict.No(FeedbackWords.Gone(entry.Segment));
        if (draft.Id != entry.Segment) return Verdict.No(FeedbackWords.Joined(entry.Segment, draft.Id));
        if (draft.IsLocked) return Verdict.No(FeedbackWords.Locked(draft.Id));
        var label = drafts.IndexOf(draft);
        var members = request.Members(Structure()).Select((segment, row) => (segment, row)).Where(p => p.segment == label).Select(p => p.row).ToArray();
        var former = request.FormerParts.GetValueOrDefault(entry.Id);
        // Ids of parts that are taken by now (a cluster of today bears them) are not given twice.
        if (former is not null && (former.Count != entry.Into || former.Any(id => id != draft.Id && Find(id) is not null))) former = null;
        var division = request.Divide(entry, members, former);
        if (division.Centres.Length < entry.Into) return Verdict.No(FeedbackWords.TooAlike(draft.Id, division.Centres.Length));
        divisions.Add(division);
        var parts = division.Ids.Select((id, p) => new Draft
        {
            Id = id,
            Name = id == draft.Id ? draft.Name : null,
            Atoms = [.. draft.Atoms.Select(a => a with { Parts = [.. a.Parts, new DivisionPart(divisions.Count - 1, p)] })],
        }).ToArray();
        drafts.RemoveAt(label);
        drafts.InsertRange(label, parts);
        foreach (var word in words.Values.Where(w => w.Allowed.Remove(draft))) word.Allowed.AddRange(parts);
        return new(FeedbackKept.Kept, FeedbackWords.Divided(division.Ids));
    }

    Verdict Place(CustomerEntry entry)
    {
        var row = Row(entry.Customer);
        if (row < 0) return Verdict.No(FeedbackWords.Unknown(entry.Customer));
        // A word that names no place still says that the earlier ones no longer hold.
        if (entry.Place is null)
        {
            if (words.Remove(row, out var before)) verdicts[before.Entry.Id] = Verdict.No(FeedbackWords.Later(entry.Id));
            return new(FeedbackKept.Kept, FeedbackWords.Counted);
        }

        if (Find(entry.Place) is not { } draft) return Verdict.No(FeedbackWords.Gone(entry.Place));
        if (words.TryGetValue(row, out var earlier)) verdicts[earlier.Entry.Id] = Verdict.No(FeedbackWords.Later(entry.Id));
        words[row] = new(entry, [draft]);
        return draft.Id == entry.Place ? Verdict.Done : new(FeedbackKept.Kept, FeedbackWords.InPart(entry.Place, draft.Id));
    }

    Verdict Pairs(IReadOnlyList<string> customers, bool together, int order)
    {
        var rows = customers.Select(Row).Where(r => r >= 0).Order().ToArray();
        if (rows.Length < 2) return Verdict.No(FeedbackWords.Unknown(customers.First(c => Row(c) < 0)));
        for (var a = 0; a < rows.Length; a++)
            // Together is transitive: a chain says it all.
            for (var b = a + 1; b < (together ? Math.Min(a + 2, rows.Length) : rows.Length); b++) marks.Add(new(rows[a], rows[b], together, order));
        return rows.Length == customers.Count ? Verdict.Done : Verdict.Partly(FeedbackWords.SomeUnknown(customers.Count - rows.Length));
    }

    int Row(string customer) => Array.BinarySearch(request.Customers, customer, StringComparer.Ordinal);

    SegmentStructure Structure() => new()
    {
        Clusters = request.ClusterIds.Length,
        Divisions = [.. divisions],
        Segments = [.. drafts.Select(d => new SegmentRegion([.. d.Atoms]))],
    };

    Replayed Result() => new()
    {
        Structure = Structure(),
        Ids = [.. drafts.Select(d => d.Id)],
        Names = drafts.Where(d => d.Name is not null).ToDictionary(d => d.Id, d => d.Name!, StringComparer.Ordinal),
        Locks = [.. drafts.Select((d, label) => d.Lock is { } l ? l with { Label = label } : null).OfType<LockedDefinition>()
            .OrderBy(l => request.Entries.TakeWhile(e => e.Id != l.Entry).Count())],
        Places = [.. words.Select(w => new WordedPlace(w.Key, w.Value.Entry, [.. w.Value.Allowed.Select(d => drafts.IndexOf(d)).Order()]))],
        Marks = marks,
        Verdicts = verdicts,
    };
}
