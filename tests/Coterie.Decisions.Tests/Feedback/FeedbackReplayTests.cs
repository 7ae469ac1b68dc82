using Coterie.Clustering;
using Coterie.Feedback;
using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Feedback;

/// <summary>What entries make of a run's segments, without the run.</summary>
public class FeedbackReplayTests
{
    const int Customers = 60, Clusters = 4;
    static readonly string[] Ids = [.. Enumerable.Range(0, Customers).Select(i => $"c{i:00}")];
    static readonly Matrix Rows = Made();
    static readonly float[][] Centres = [.. Enumerable.Range(0, Clusters).Select(c => new float[] { 10 * c, 0 })];
    static readonly Matrix Costs = ConstrainedKMeans.SquaredDistances(Rows, Centres, 1);

    static Matrix Made()
    {
        var rng = new Seed(2).Stream(0);
        var rows = new Matrix(Customers, 2);
        for (var i = 0; i < Customers; i++) (rows[i, 0], rows[i, 1]) = ((float)(10 * (i % Clusters) + rng.NextNormal()), (float)(3 * rng.NextNormal()));
        return rows;
    }

    static T At<T>(T entry, int n) where T : FeedbackEntry => entry with { Id = $"F{n}", Time = new DateTime(2026, 1, 1, 0, 0, n, DateTimeKind.Utc), Who = "Ada" };

    static int[] Members(SegmentStructure structure)
    {
        var costs = structure.Costs(Costs, Rows, 1);
        return [.. Enumerable.Range(0, Customers).Select(i => Enumerable.Range(0, costs.Columns).MinBy(s => costs[i, s]))];
    }

    static Replayed Replay(params FeedbackEntry[] entries)
    {
        var next = Clusters + 1;
        return FeedbackReplay.Of(new ReplayRequest
        {
            Entries = FeedbackLog.Sorted(entries),
            ClusterIds = ["S1", "S2", "S3", "S4"],
            Customers = Ids,
            Groups = true,
            Divide = (entry, members, _) =>
            {
                var model = KMeans.Fit(Rows.Take(members), new KMeansOptions { Clusters = entry.Into, Threads = 1 }, new Seed(1));
                return new SegmentDivision(entry.Id, [entry.Segment, .. Enumerable.Range(1, model.Clusters - 1).Select(_ => $"S{next++}")], model.Centres, Distance.Euclidean, 1);
            },
            Members = Members,
            FormerParts = new Dictionary<string, IReadOnlyList<string>>(),
            Definition = _ => null,
        });
    }

    static ConstrainedSegments Place(Replayed replayed, IReadOnlyList<FeedbackEntry> entries)
    {
        var found = new Assignment([.. Enumerable.Range(0, Customers).Select(i => Enumerable.Range(0, Clusters).MinBy(c => Costs[i, c]))], new int[Customers], new float[Customers]);
        return FeedbackConstraints.Place(replayed, new ConstraintRequest
        {
            Found = new BasePlacement(Ids, Rows, found, new Matrix(Customers, 0)),
            Centres = Centres,
            Distance = Distance.Euclidean,
            Entries = FeedbackLog.Sorted(entries),
            Locked = new LockedRows([], [.. Enumerable.Repeat(-1, Customers)]),
            Threads = 1,
        });
    }

    static readonly Gen<string> Segment = Gen.Int[1, 6].Select(i => $"S{i}");
    static readonly Gen<string> Customer = Gen.Int[0, Customers + 1].Select(i => $"c{i:00}");
    static readonly Gen<string[]> Pair = Gen.Select(Customer, Customer).Where(p => p.Item1 != p.Item2).Select(p => new[] { p.Item1, p.Item2 });

    static readonly Gen<FeedbackEntry> AnyEntry = Gen.OneOf<FeedbackEntry>(
        Segment.Select(s => (FeedbackEntry)new RenameSegment { Who = "", Segment = s, Name = new($"name of {s}", "名") }),
        Segment.Select(s => (FeedbackEntry)new LockSegment { Who = "", Segment = s }),
        Gen.Select(Segment, Segment).Where(p => p.Item1 != p.Item2).Select(p => (FeedbackEntry)new MergeSegments { Who = "", Segments = [p.Item1, p.Item2] }),
        Gen.Select(Segment, Gen.Int[2, 3]).Select(p => (FeedbackEntry)new SplitSegment { Who = "", Segment = p.Item1, Into = p.Item2 }),
        Gen.Select(Customer, Segment).Select(p => (FeedbackEntry)new PinCustomer { Who = "", Customer = p.Item1, Segment = p.Item2 }),
        Gen.Select(Customer, Segment).Select(p => (FeedbackEntry)new MoveCustomer { Who = "", Customer = p.Item1, Segment = p.Item2 }),
        Pair.Select(p => (FeedbackEntry)new MarkTogether { Who = "", Customers = p }),
        Pair.Select(p => (FeedbackEntry)new MarkApart { Who = "", Customers = p }),
        Gen.Select(Customer, Segment, Gen.Bool).Select(p => (FeedbackEntry)new ReviewCustomer { Who = "", Customer = p.Item1, Segment = p.Item2, Agree = p.Item3 }));

    static readonly Gen<FeedbackEntry[]> Log = AnyEntry.Array[0, 14].Select(all => all.Select((e, i) => At(e, i + 1)).ToArray());

    [Fact]
    public void AnyEntries_EveryCustomerIsInOneSegment_AndEveryEntryHasAVerdict() => Log.Sample(log =>
    {
        var replayed = Replay(log);
        Assert.Equal(log.Select(e => e.Id).Order(StringComparer.Ordinal), replayed.Verdicts.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(replayed.Ids.Length, replayed.Ids.Distinct().Count());
        var placed = Place(replayed, log);
        var labels = placed.Placement.Assignment.Labels;
        Assert.Equal(Customers, labels.Length);
        Assert.All(labels, l => Assert.InRange(l, 0, placed.Kept.Length - 1));
        Assert.All(Enumerable.Range(0, placed.Kept.Length), s => Assert.Contains(s, labels));
        Assert.All(placed.Placement.Assignment.Confidence, c => Assert.InRange(c, 0, 1));
        for (var i = 0; i < Customers; i++)
        {
            double sum = 0;
            foreach (var p in placed.Placement.Probabilities.Row(i)) sum += p;
            Assert.Equal(1, sum, 1e-4);
            Assert.NotEqual(labels[i], placed.Placement.Assignment.Second[i]);
        }
    }, iter: 300);

    [Fact]
    public void APlace_AlwaysHolds_AndMarksThatStandAreKept() => Log.Sample(log =>
    {
        var replayed = Replay(log);
        var placed = Place(replayed, log);
        var labels = placed.Placement.Assignment.Labels;
        Assert.All(replayed.Places, p => Assert.Contains(placed.Kept[labels[p.Row]], p.Segments));
        var refused = placed.Refused.Select(r => r.Mark).Concat(placed.Together).ToHashSet();
        Assert.All(replayed.Marks.Where(m => !refused.Contains(m)), m => Assert.Equal(m.Together, labels[m.A] == labels[m.B]));
    }, iter: 300);

    [Fact]
    public void TheOrderInTheFile_DoesNotMatter() => Gen.Select(Log, Gen.ULong).Sample((log, seed) =>
    {
        var shuffled = log.ToArray();
        new Seed(seed).Stream(0).Shuffle<FeedbackEntry>(shuffled);
        var (a, b) = (Replay(log), Replay(shuffled));
        Assert.Equal(a.Ids, b.Ids);
        Assert.Equal(Place(a, log).Placement.Assignment.Labels, Place(b, shuffled).Placement.Assignment.Labels);
        Assert.All(a.Verdicts, v => Assert.Equal(v.Value.Why, b.Verdicts[v.Key].Why));
    }, iter: 100);

    [Fact]
    public void AMerge_IsExactlyTheUnion()
    {
        var before = Members(Replay().Structure);
        var replayed = Replay(At(new MergeSegments { Who = "", Segments = ["S3", "S1"], Name = new("both", "两者") }, 1));
        Assert.Equal(["S2", "S3", "S4"], replayed.Ids);
        Assert.Equal("both", replayed.Names["S3"].En);
        var after = Members(replayed.Structure);
        Assert.All(Enumerable.Range(0, Customers), i => Assert.Equal(before[i] is 0 or 2 ? "S3" : $"S{before[i] + 1}", replayed.Ids[after[i]]));
    }

    [Fact]
    public void ASplit_MovesNobodyElse()
    {
        var before = Members(Replay().Structure);
        var replayed = Replay(At(new SplitSegment { Who = "", Segment = "S2", Into = 3 }, 1));
        Assert.Equal(6, replayed.Ids.Length);
        var after = Members(replayed.Structure);
        Assert.All(Enumerable.Range(0, Customers), i => Assert.Equal(before[i] == 1, replayed.Ids[after[i]] is "S2" or "S5" or "S6"));
        Assert.Equal(3, after.Where((_, i) => before[i] == 1).Distinct().Count());
    }

    [Fact]
    public void MergeThenSplit_ThenMerge_KeepsTheCustomers()
    {
        var replayed = Replay(At(new MergeSegments { Who = "", Segments = ["S1", "S2"] }, 1), At(new SplitSegment { Who = "", Segment = "S1", Into = 2 }, 2), At(new MergeSegments { Who = "", Segments = ["S1", "S5"] }, 3));
        Assert.Equal(["S1", "S3", "S4"], replayed.Ids);
        Assert.Equal(Customers / 2, Members(replayed.Structure).Count(l => replayed.Ids[l] == "S1"));
        Assert.All(replayed.Verdicts.Values, v => Assert.Equal(FeedbackKept.Kept, v.Kept));
    }

    [Fact]
    public void WhatCannotBeKept_SaysWhy()
    {
        var replayed = Replay(
            At(new MergeSegments { Who = "", Segments = ["S1", "S2"] }, 1),
            At(new RenameSegment { Who = "", Segment = "S2", Name = new("two", "二") }, 2),
            At(new PinCustomer { Who = "", Customer = "c05", Segment = "S2" }, 3),
            At(new MoveCustomer { Who = "", Customer = "c05", Segment = "S4" }, 4),
            At(new PinCustomer { Who = "", Customer = "c06", Segment = "S9" }, 5),
            At(new PinCustomer { Who = "", Customer = "stranger", Segment = "S1" }, 6),
            At(new LockSegment { Who = "", Segment = "S3" }, 7),
            At(new SplitSegment { Who = "", Segment = "S3" }, 8),
            At(new MergeSegments { Who = "", Segments = ["S3", "S4"] }, 9),
            At(new MarkTogether { Who = "", Customers = ["c00", "stranger", "c01"] }, 10),
            At(new MergeSegments { Who = "", Segments = ["S1", "S2"] }, 11));
        string Why(int n) => $"{replayed.Verdicts[$"F{n}"].Kept}: {replayed.Verdicts[$"F{n}"].Why.En}";
        Assert.StartsWith("NotKept: S2 is a part of S1", Why(2), StringComparison.Ordinal);
        Assert.StartsWith("NotKept: F4 says something else", Why(3), StringComparison.Ordinal);
        Assert.Equal("Kept: as asked", Why(4));
        Assert.StartsWith("NotKept: no segment of this run has the id S9", Why(5), StringComparison.Ordinal);
        Assert.StartsWith("NotKept: stranger is not among", Why(6), StringComparison.Ordinal);
        Assert.StartsWith("NotKept: S3 is locked", Why(8), StringComparison.Ordinal);
        Assert.StartsWith("NotKept: S3 is locked", Why(9), StringComparison.Ordinal);
        Assert.StartsWith("Partly: the others are; 1 of them", Why(10), StringComparison.Ordinal);
        Assert.StartsWith("NotKept: they are one segment already: S1", Why(11), StringComparison.Ordinal);
    }

    [Fact]
    public void ADisagreementWithoutAPlace_LiftsAnEarlierPlace()
    {
        var replayed = Replay(At(new PinCustomer { Who = "", Customer = "c05", Segment = "S4" }, 1), At(new ReviewCustomer { Who = "", Customer = "c05", Segment = "S4", Agree = false }, 2));
        Assert.Empty(replayed.Places);
    }

    [Fact]
    public void ASegmentWithoutCustomers_IsNone()
    {
        var log = Enumerable.Range(0, Customers).Where(i => i % Clusters == 0).Select((i, n) => At(new MoveCustomer { Who = "", Customer = Ids[i], Segment = "S2" }, n + 1)).ToArray<FeedbackEntry>();
        var placed = Place(Replay(log), log);
        Assert.Equal([1, 2, 3], placed.Kept);
        Assert.All(Enumerable.Range(0, Customers).Where(i => i % Clusters == 0), i => Assert.Equal(0, placed.Placement.Assignment.Labels[i]));
    }
}
