using Coterie.Clustering;
using Coterie.Feedback;
using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Feedback;

/// <summary>Marks and places, resolved and kept.</summary>
public class ConstraintTests
{
    /// <summary>Marks of a hidden answer, so that all of them can be kept.</summary>
    sealed record Solvable(int Segments, int[] Hidden, Dictionary<int, int[]> Places, Mark[] Marks);

    static readonly Gen<Solvable> GenSolvable =
        from segments in Gen.Int[2, 4]
        from hidden in Gen.Int[0, 3].Array[2, 12]
        from placed in Gen.Bool.Array[hidden.Length]
        from pairs in Gen.Select(Gen.Int[0, hidden.Length - 1], Gen.Int[0, hidden.Length - 1]).Array[0, 15]
        let answer = hidden.Select(h => h % segments).ToArray()
        select new Solvable(segments, answer,
            Enumerable.Range(0, answer.Length).Where(i => placed[i] && i % 3 == 0).ToDictionary(i => i, i => new[] { answer[i] }),
            [.. pairs.Where(p => p.Item1 != p.Item2).Select((p, order) => new Mark(Math.Min(p.Item1, p.Item2), Math.Max(p.Item1, p.Item2), answer[p.Item1] == answer[p.Item2], order))]);

    static double[][] Costs(ulong seed, int groups, int segments)
    {
        var rng = new Seed(seed).Stream(0);
        return [.. Enumerable.Range(0, groups).Select(_ => Enumerable.Range(0, segments).Select(_ => rng.NextDouble()).ToArray())];
    }

    [Fact]
    public void WhatCanBeKept_IsKept() => Gen.Select(GenSolvable, Gen.ULong).Sample((s, seed) =>
    {
        var resolved = MarkResolver.Resolve(s.Places, s.Marks);
        Assert.Empty(resolved.Refused);
        var placed = ConstrainedPlacement.Solve(resolved.Groups, resolved.Apart, Costs(seed, resolved.Groups.Count, s.Segments));
        Assert.Empty(placed.Together);
        var of = resolved.Groups.SelectMany((g, at) => g.Rows.Select(r => (r, at))).ToDictionary(p => p.r, p => placed.Segments[p.at]);
        Assert.All(s.Marks, m => Assert.Equal(m.Together, of[m.A] == of[m.B]));
        Assert.All(s.Places, p => Assert.Equal(p.Value[0], of[p.Key]));
    }, iter: 200);

    [Fact]
    public void ThePlacement_IsTheBestOfAll() => Gen.Select(Gen.Int[1, 5], Gen.Int[1, 3], Gen.Bool.Array[10], Gen.ULong).Sample((groups, segments, edges, seed) =>
    {
        var at = 0;
        ApartGroups[] apart = [.. from a in Enumerable.Range(0, groups) from b in Enumerable.Range(a + 1, groups - a - 1) where edges[at++ % 10] select new ApartGroups(a, b)];
        var costs = Costs(seed, groups, segments);
        MarkedGroup[] marked = [.. Enumerable.Range(0, groups).Select(g => new MarkedGroup([g], null))];
        var placed = ConstrainedPlacement.Solve(marked, apart, costs);
        var (broken, cost) = Best(groups, segments, apart, costs);
        Assert.Equal(broken, placed.Together.Count);
        // Costs are whole numbers of a millionth of the largest difference.
        Assert.Equal(cost, placed.Segments.Select((s, g) => costs[g][s]).Sum(), 1e-4);
        Assert.True(placed.Proved);
    }, iter: 150);

    static (int Broken, double Cost) Best(int groups, int segments, ApartGroups[] apart, double[][] costs)
    {
        var best = (Broken: int.MaxValue, Cost: double.PositiveInfinity);
        for (var code = 0; code < (int)Math.Pow(segments, groups); code++)
        {
            var at = Enumerable.Range(0, groups).Select(g => code / (int)Math.Pow(segments, g) % segments).ToArray();
            var one = (Broken: apart.Count(p => at[p.First] == at[p.Second]), Cost: at.Select((s, g) => costs[g][s]).Sum());
            if (one.CompareTo(best) < 0) best = one;
        }

        return best;
    }

    static readonly Gen<Mark[]> GenMarks = Gen.Select(Gen.Int[0, 7], Gen.Int[0, 7], Gen.Bool, Gen.Int[0, 20]).Array[0, 20]
        .Select(all => all.Where(m => m.Item1 < m.Item2).Select(m => new Mark(m.Item1, m.Item2, m.Item3, m.Item4)).ToArray());

    [Fact]
    public void TheOrderInWhichMarksAreGiven_DoesNotMatter() => Gen.Select(GenMarks, Gen.ULong).Sample((marks, seed) =>
    {
        Dictionary<int, int[]> places = new() { [0] = [1], [3] = [0, 1] };
        var shuffled = marks.ToArray();
        new Seed(seed).Stream(1).Shuffle<Mark>(shuffled);
        var (a, b) = (MarkResolver.Resolve(places, marks), MarkResolver.Resolve(places, shuffled));
        Assert.Equal(a.Refused.Select(r => r.Mark), b.Refused.Select(r => r.Mark));
        Assert.Equal(a.Groups.Select(g => string.Join(",", g.Rows)), b.Groups.Select(g => string.Join(",", g.Rows)));
        Assert.Equal(a.Apart, b.Apart);
    }, iter: 300);

    [Fact]
    public void ContradictoryMarks_TheLaterWins_AndPlacesAlwaysHold() => GenMarks.Sample(marks =>
    {
        Dictionary<int, int[]> places = new() { [0] = [1], [1] = [0], [2] = [1] };
        var resolved = MarkResolver.Resolve(places, marks);
        var kept = marks.Except(resolved.Refused.Select(r => r.Mark)).ToArray();
        var group = resolved.Groups.SelectMany((g, at) => g.Rows.Select(r => (r, at))).ToDictionary(p => p.r, p => p.at);
        Assert.All(kept, m => Assert.Equal(m.Together, group[m.A] == group[m.B]));
        Assert.All(places, p => Assert.Equal(p.Value, resolved.Groups[group[p.Key]].Allowed));
        // Of two marks on one pair that say different things, an earlier one never stands against a later one that stands.
        Assert.All(resolved.Refused.Where(r => r.Why is MarkConflict.MarkedApart or MarkConflict.MarkedTogether),
            r => Assert.DoesNotContain(kept, k => k.A == r.Mark.A && k.B == r.Mark.B && k.Together == r.Mark.Together && k.Order > r.Mark.Order));
    }, iter: 300);

    [Fact]
    public void TooFewSegments_AsFewPairsAsPossible_AreBroken()
    {
        MarkedGroup[] groups = [.. Enumerable.Range(0, 4).Select(g => new MarkedGroup([g], null))];
        ApartGroups[] all = [.. from a in Enumerable.Range(0, 4) from b in Enumerable.Range(a + 1, 3 - a) select new ApartGroups(a, b)];
        Assert.Single(ConstrainedPlacement.Solve(groups, all, Costs(1, 4, 3)).Together);
        Assert.Equal(2, ConstrainedPlacement.Solve(groups, all, Costs(1, 4, 2)).Together.Count);
        Assert.Equal(6, ConstrainedPlacement.Solve(groups, all, Costs(1, 4, 1)).Together.Count);
    }

    [Fact]
    public void ManyMarks_AreSolvedInTime()
    {
        var answer = Enumerable.Range(0, 400).Select(i => (int)(Rng.Mix((ulong)i) % 4)).ToArray();
        var rng = new Seed(4).Stream(0);
        Mark[] marks = [.. Enumerable.Range(0, 600).Select(o => (A: rng.NextInt(400), B: rng.NextInt(400), o)).Where(p => p.A < p.B && answer[p.A] != answer[p.B]).Select(p => new Mark(p.A, p.B, false, p.o))];
        var resolved = MarkResolver.Resolve(new Dictionary<int, int[]>(), marks);
        Assert.Empty(ConstrainedPlacement.Solve(resolved.Groups, resolved.Apart, Costs(2, resolved.Groups.Count, 4)).Together);
    }

    static Matrix Blobs(int n, ulong seed)
    {
        var rng = new Seed(seed).Stream(3);
        var rows = new Matrix(n, 2);
        for (var i = 0; i < n; i++) (rows[i, 0], rows[i, 1]) = ((float)(rng.NextNormal() + 8 * (i % 3)), (float)rng.NextNormal());
        return rows;
    }

    static ConstrainedFit Fit(Matrix rows, KMeansModel model, Solvable s, int threads = 1) => new()
    {
        Rows = rows,
        Centres = model.Centres,
        Distance = model.Distance,
        Structure = new SegmentStructure { Clusters = 3, Segments = [.. Enumerable.Range(0, 3).Select(c => new SegmentRegion([new RegionAtom(c, [])]))] },
        Marks = MarkResolver.Resolve(s.Places, s.Marks),
        Locked = new LockedRows([], [.. Enumerable.Repeat(-1, rows.Rows)]),
        Threads = threads,
    };

    [Fact]
    public void WithoutMarks_ConvergedCentres_StayWhereTheyAre() => Gen.ULong.Sample(seed =>
    {
        var rows = Blobs(120, seed);
        var model = KMeans.Fit(rows, new KMeansOptions { Clusters = 3, Tolerance = 0, Threads = 1 }, new Seed(seed));
        var centres = ConstrainedKMeans.Fit(Fit(rows, model, new Solvable(3, [], [], [])));
        for (var c = 0; c < 3; c++)
            for (var j = 0; j < 2; j++) Assert.Equal(model.Centres[c][j], centres[c][j], 1e-3f);
    }, iter: 20);

    [Fact]
    public void CentresFollowThePlaced_WhateverTheThreads()
    {
        var rows = Blobs(9000, 5);
        var model = KMeans.Fit(rows, new KMeansOptions { Clusters = 3, Threads = 1 }, new Seed(5));
        // A third of one blob is put into another cluster by name.
        var labels = model.Label(rows, 1);
        var there = labels[1];
        var places = Enumerable.Range(0, 9000).Where(i => i % 9 == 0).ToDictionary(i => i, _ => new[] { there });
        var one = ConstrainedKMeans.Fit(Fit(rows, model, new Solvable(3, [], places, []), 1));
        var four = ConstrainedKMeans.Fit(Fit(rows, model, new Solvable(3, [], places, []), 4));
        Assert.Equal(one.SelectMany(c => c), four.SelectMany(c => c));
        // Blob 0 lies at 0, blob 1 at 8: a quarter of the second cluster's members come from 0.
        Assert.InRange(one[there][0], 5.5, 6.5);
    }
}
