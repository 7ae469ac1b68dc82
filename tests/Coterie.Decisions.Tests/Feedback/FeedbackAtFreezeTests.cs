using Coterie.Clustering;
using Coterie.Evaluation;
using Coterie.Feedback;
using Coterie.Numerics;
using Coterie.Profiles;
using CsCheck;

namespace Coterie.Tests.Feedback;

/// <summary>Merges and splits as they would have been at the freeze.</summary>
public class FeedbackAtFreezeTests
{
    [Fact]
    public void FrozenGroups_AreJoinedAndDivided_AsTodaysClustersWere() => Gen.Select(Gen.ULong, Gen.Int[0, 5]).Sample((seed, turn) =>
    {
        // Four clusters today; 0 and 1 are merged, 2 is divided, 3 stays. At the freeze a customer in three was not there yet, and numbers were others.
        const int n = 240;
        var rng = new Seed(seed).Stream(0);
        string[] customers = [.. Enumerable.Range(0, n).Select(i => $"c{i:000}")];
        int[] clusters = [.. Enumerable.Range(0, n).Select(i => i % 4)];
        int[] final = [.. Enumerable.Range(0, n).Select(i => (i % 4) switch { 0 or 1 => 0, 2 => 1 + i / 4 % 2, _ => 3 })];
        int[] there = [.. Enumerable.Range(0, n).Where(i => i % 3 != 0)];
        var rows = new Matrix(there.Length, 1);
        for (var r = 0; r < there.Length; r++) rows[r, 0] = (float)(100 * final[there[r]] + rng.NextNormal());
        int[] number = [.. Enumerable.Range(0, 4).Select(c => (c + turn) % 4)];
        var structure = new SegmentStructure
        {
            Clusters = 4,
            Divisions = [new SegmentDivision("F2", ["S3", "S5"], [[100], [200]], Distance.Euclidean, 1)],
            Segments =
            [
                new([new(0, []), new(1, [])]), new([new(2, [new DivisionPart(0, 0)])]), new([new(2, [new DivisionPart(0, 1)])]), new([new(3, [])]),
            ],
        };
        var feedback = new FeedbackResult
        {
            Customers = customers,
            Ids = ["S1", "S3", "S5", "S4"],
            Names = new Dictionary<string, Bilingual>(),
            Model = new FeedbackModel { Structure = structure },
            ClusterIds = ["S1", "S2", "S3", "S4"],
            Before = new Assignment(clusters, new int[n], new float[n]),
            Report = null!,
        };
        var segments = new FinalSegments { Kept = "features", Assignment = new Assignment(final, new int[n], new float[n]), Groups = 4, Probabilities = new Matrix(n, 4), Stability = [] };
        var groups = new NamedGrouping("features", [.. there.Select(i => number[clusters[i]])], 4);
        var at = new FeedbackAtFreeze(segments, feedback, customers, [.. there.Select(i => customers[i])], rows, new SegmentationOptions { Threads = 1 }).Apply(groups);
        Assert.Equal(4, at.Groups);
        // The same partition as today's, of those who were there.
        Assert.Equal(1, LabelMetrics.Compare([.. there.Select(i => $"{final[i]}")], [.. at.Labels.Select(l => $"{l}")]).Ari, 1e-12);
    }, iter: 20);
}
