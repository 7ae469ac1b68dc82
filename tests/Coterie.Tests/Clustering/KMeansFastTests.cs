using Coterie.Clustering;
using Coterie.Clustering.Metrics;
using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Clustering;

/// <summary>The score kernel, the bounds and the weights of k-means, each against a plain twin.</summary>
public class KMeansFastTests
{
    [Fact]
    public void Scores_have_the_bits_of_the_plain_twin_for_any_width_and_odd_sizes() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[0, 45], Gen.Int[1, 70], Gen.Int[1, 2], Gen.ULong).Sample((n, d, k, half, seed) =>
        {
            var rows = Points.Fill(n, d, r => r.NextNormal(), seed);
            var width = half * 8;
            var packed = new PackedCentres(Centres(k, d, seed), [.. Enumerable.Range(0, k)], new float[d], width);
            var scores = new float[AssignKernel.Tile * packed.Stride];
            AssignKernel.Scores(rows.Values, [.. Enumerable.Range(0, n)], packed, scores);
            return Enumerable.Range(0, n).All(i => Enumerable.Range(0, k).All(c =>
            {
                var sum = packed.Constants[c];
                for (var j = 0; j < d; j++) sum = MathF.FusedMultiplyAdd(rows[i, j], packed.Values[((c / width * d) + j) * width + c % width], sum);
                return scores[i * packed.Stride + c] == sum;
            }));
        }, iter: 200);

    [Fact]
    public void Nearest_places_are_those_of_the_plain_scores_for_any_width_and_odd_sizes() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[0, 45], Gen.Int[1, 70], Gen.Int[1, 2], Gen.ULong).Sample((n, d, k, half, seed) =>
        {
            var rows = Points.Fill(n, d, r => Math.Round(r.NextNormal()), seed);                     // rounded, so that ties occur
            var centres = Enumerable.Range(0, k).Select(c => Points.Fill(1, d, r => Math.Round(r.NextNormal()), seed + (ulong)c + 1).Values).ToArray();
            var packed = new PackedCentres(centres, [.. Enumerable.Range(0, k)], new float[d], half * 8);
            var places = new int[AssignKernel.Tile];
            NearestKernel.Places(rows.Values, [.. Enumerable.Range(0, n)], packed, new float[NearestKernel.Room(packed)], new int[NearestKernel.Room(packed)], places);
            return Enumerable.Range(0, n).All(i =>
            {
                var scores = Enumerable.Range(0, k).Select(c => Score(rows.Row(i), packed, c)).ToArray();
                return places[i] == Array.IndexOf(scores, scores.Min());
            });
        }, iter: 300);

    static float Score(ReadOnlySpan<float> row, PackedCentres packed, int c)
    {
        var (sum, width) = (packed.Constants[c], packed.Width);
        for (var j = 0; j < row.Length; j++) sum = MathF.FusedMultiplyAdd(row[j], packed.Values[((c / width * row.Length) + j) * width + c % width], sum);
        return sum;
    }

    [Fact]
    public void Bounds_change_no_label_whatever_the_sizes() =>
        Gen.Select(Gen.Int[1, 400], Gen.Int[1, 20], Gen.Int[3, 70], Gen.Int[1, 2], Gen.ULong).Sample((n, d, k, half, seed) =>
        {
            k = Math.Min(k, n);
            var rows = Points.Fill(n, d, r => Math.Round(r.NextNormal(), 1), seed);
            var statistics = RowStatistics.Of(rows, null, 1);
            var options = new KMeansOptions { Clusters = k, MaxIterations = 25, Threads = 1 };
            var (bounded, plain) = (new LloydRows(rows, null, statistics, k, half * 4), new LloydRows(rows, null, statistics, k, 0));
            var (fast, slow) = (Lloyd.Run(bounded, Start(rows, k), options, 0), Lloyd.Run(plain, Start(rows, k), options, 0));
            return fast.Iterations == slow.Iterations && plain.Labels.SequenceEqual(bounded.Labels);
        }, iter: 200);

    [Fact]
    public void Labels_are_the_plain_ones_but_for_ties_within_rounding() =>
        Gen.Select(Gen.Int[1, 90], Gen.Int[1, 40], Gen.Int[1, 70], Gen.ULong).Sample((n, d, k, seed) =>
        {
            var rows = Points.Fill(n, d, r => Math.Round(r.NextNormal(), 1) + 30, seed);
            var centres = Centres(k, d, seed);
            foreach (var centre in centres)
                for (var j = 0; j < d; j++) centre[j] += 30;
            var model = new KMeansModel { Centres = centres, Columns = d, Distance = Distance.Euclidean, Objective = 0, Iterations = 0 };
            var (labels, assigned) = (model.Label(rows, 2), model.Assign(rows, 2).Labels);
            return labels.SequenceEqual(assigned) && Enumerable.Range(0, n).All(i =>
            {
                var distances = centres.Select(c => KMeansPlain.Distance(rows.Row(i), c)).ToArray();
                return distances[labels[i]] <= distances.Min() + 1e-4f * d;
            });
        }, iter: 200);

    [Theory]
    [InlineData(9000, 6, 40, 8)]
    [InlineData(5000, 17, 64, 8)]
    [InlineData(5000, 3, 130, 8)]
    [InlineData(5000, 32, 5, 8)]
    [InlineData(5000, 9, 64, 4)]
    [InlineData(700, 2, 12, 8)]
    public void Bounds_change_no_iteration(int n, int d, int k, int groups)
    {
        var (rows, _) = Points.Blobs(n, d, Math.Max(2, k / 2), 3, (ulong)(n + k));
        var statistics = RowStatistics.Of(rows, null, 1);
        foreach (var iterations in new[] { 1, 3, 7, 20, 60 })
        {
            var options = new KMeansOptions { Clusters = k, MaxIterations = iterations, Threads = 2 };
            var (bounded, plain) = (new LloydRows(rows, null, statistics, k, groups), new LloydRows(rows, null, statistics, k, 0));
            var (fast, slow) = (Lloyd.Run(bounded, Start(rows, k), options, 0), Lloyd.Run(plain, Start(rows, k), options, 0));
            Assert.Equal(slow.Iterations, fast.Iterations);
            Assert.Equal(plain.Labels, bounded.Labels);
            Assert.Equal(slow.Objective, fast.Objective, 1e-9 * slow.Objective);
        }
    }

    [Fact]
    public void Bounds_hold_with_outliers_and_far_from_the_origin()
    {
        var (rows, _) = Points.Blobs(6000, 5, 8, 3, 5);
        for (var i = 0; i < rows.Values.Length; i++) rows.Values[i] += 1000;
        rows[17, 2] = 1e6f;
        rows[4000, 0] = -3e5f;
        var statistics = RowStatistics.Of(rows, null, 1);
        var options = new KMeansOptions { Clusters = 24, MaxIterations = 40, Threads = 2 };
        var fast = Lloyd.Run(new(rows, null, statistics, 24, 8), Start(rows, 24), options, 0);
        var slow = Lloyd.Run(new(rows, null, statistics, 24, 0), Start(rows, 24), options, 0);
        Assert.Equal(slow.Objective, fast.Objective, 1e-6 * slow.Objective);
    }

    [Fact]
    public void The_objective_is_that_of_the_final_centres()
    {
        var (rows, _) = Points.Blobs(8000, 7, 12, 3, 8);
        var model = KMeans.Fit(rows, new() { Clusters = 30, WarmStart = Start(rows, 30), Seeded = false, Tolerance = 0, MaxIterations = 20 }, new Seed(1));
        Assert.Equal(20, model.Iterations);
        var plain = Enumerable.Range(0, rows.Rows).Sum(i => (double)model.Centres.Min(c => KMeansPlain.Distance(rows.Row(i), c)));
        Assert.Equal(plain, model.Objective, 1e-6 * plain);
    }

    [Fact]
    public void A_weight_of_n_is_n_copies() => Gen.Select(Gen.Int[20, 200], Gen.Int[1, 9], Gen.Int[2, 9], Gen.ULong).Sample((n, d, k, seed) =>
    {
        var rows = Points.Fill(n, d, r => r.NextNormal(), seed);                                    // no duplicates: an emptied cluster takes a row with its whole weight
        var rng = new Rng(seed, 1);
        var weights = Enumerable.Range(0, n).Select(i => i < k ? 1f : rng.NextInt(4)).ToArray();
        var copies = rows.Take([.. Enumerable.Range(0, n).SelectMany(i => Enumerable.Repeat(i, (int)weights[i]))]);
        var options = new KMeansOptions { Clusters = k, WarmStart = Start(rows, k), Seeded = false, Tolerance = 0, MaxIterations = 3, Threads = 1 };
        var (weighted, copied) = (KMeans.Fit(rows, options with { Weights = weights }, new Seed(1)), KMeans.Fit(copies, options, new Seed(1)));
        var scaled = KMeans.Fit(rows, options with { Weights = [.. weights.Select(w => w * 8)] }, new Seed(1));
        return Near(weighted.Objective, copied.Objective) && Near(weighted.Objective * 8, scaled.Objective);
    }, iter: 60);

    [Fact]
    public void Seeding_never_starts_on_a_row_of_no_weight()
    {
        var (rows, _) = Points.Blobs(300, 2, 3, 20, 5);
        var weights = Enumerable.Range(0, 300).Select(i => i < 100 ? 1f : 0f).ToArray();
        var chosen = KMeansSeeding.Choose(rows, weights, 20, RowOrder.Canonical(rows), new Rng(3, 1), 1);
        Assert.All(chosen, i => Assert.InRange(i, 0, 99));
    }

    [Fact]
    public void Parallel_seeding_finds_every_planted_group_in_one_start_and_does_not_mind_threads()
    {
        var (rows, truth) = Points.Blobs(12_000, 4, 20, 25, 7);
        KMeansModel Fit(int threads) => KMeans.Fit(rows, new() { Clusters = 20, Starts = 1, Seeding = Seeding.Parallel, Threads = threads }, new Seed(2));
        var model = Fit(1);
        Assert.Equal(1, Agreement.AdjustedRand(model.Label(rows, 1), truth));
        Assert.Equal(model.Centres, Fit(2).Centres);
    }

    [Theory]
    [InlineData(1, 4, 1)]
    [InlineData(30, 40, 30)]
    [InlineData(200, 7, 7)]
    public void Parallel_seeding_gives_as_many_centres_as_there_can_be(int n, int k, int expected)
    {
        var rows = Points.Fill(n, 3, r => r.NextNormal(), 1);
        Assert.Equal(expected, KMeansParallelSeeding.Choose(rows, null, k, RowOrder.Canonical(rows), new Seed(1), 1).Distinct().Count());
        Assert.Single(KMeansParallelSeeding.Choose(Points.Fill(n, 3, _ => 2, 1), null, k, [.. Enumerable.Range(0, n)], new Seed(1), 1));
    }

    [Fact]
    public void Weights_that_cannot_be_are_refused()
    {
        var rows = Points.Fill(3, 2, r => r.NextNormal(), 1);
        Assert.Throws<InputException>(() => KMeans.Fit(rows, new() { Clusters = 1, Weights = [1, 1] }, new Seed(1)));
        Assert.Throws<InputException>(() => KMeans.Fit(rows, new() { Clusters = 1, Weights = [1, -1, 1] }, new Seed(1)));
        Assert.Throws<InputException>(() => KMeans.Fit(rows, new() { Clusters = 1, Weights = [0, 0, 0] }, new Seed(1)));
        Assert.Throws<InputException>(() => KMeans.Fit(rows, new() { Clusters = 1, Seeded = false, WarmStart = [[float.NaN, 1]] }, new Seed(1)));
    }

    static bool Near(double a, double b) => Math.Abs(a - b) <= 1e-5 * (1e-3 + Math.Abs(a));

    static float[][] Centres(int k, int d, ulong seed) =>
        [.. Enumerable.Range(0, k).Select(c => Points.Fill(1, d, r => Math.Round(r.NextNormal(), 1), seed + (ulong)c + 1).Values)];

    static float[][] Start(Matrix rows, int k) => [.. Enumerable.Range(0, k).Select(i => rows.Row(i).ToArray())];
}
