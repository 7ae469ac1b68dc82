using Coterie.Clustering;
using Coterie.Clustering.Metrics;
using Coterie.Evaluation;
using Coterie.Numerics;
using CsCheck;

namespace Coterie.Tests.Clustering;

/// <summary>DBCV, prediction strength, the gap statistic and the bootstrap.</summary>
public class ValidationTests
{
    // The rows of tools/oracles/dbcv.py.
    static Matrix Rows()
    {
        var rows = new Matrix(60, 3);
        for (var i = 0; i < 60; i++)
            for (var j = 0; j < 3; j++) rows[i, j] = (float)((j == i % 3 ? 2.0 * (i % 3) : 0) + Math.Sin(7 * i + 3 * j));
        return rows;
    }

    [Fact]
    public void Dbcv_equals_its_definitions_in_numpy()
    {
        // tools/oracles/dbcv.py
        Check(Enumerable.Range(0, 60).Select(i => i % 3), 0.4909299276495547, 0.22715246700432867, 0.6251885730591885, 0.6204487428851468);
        Check(Enumerable.Range(0, 60).Select(i => i % 11 == 5 ? -1 : i % 3), 0.44183990761994907, 0.22715246700432867, 0.6125789006767809, 0.6204487428851468);
        Check(Enumerable.Range(0, 60).Select(i => i < 10 ? i / 2 : -1), 0.008078369962223754, 0.24235109886671305, 0, 0, 0, 0);

        static void Check(IEnumerable<int> labels, double index, params double[] clusters)
        {
            var found = DensityValidation.Of(Rows(), [.. labels], 2);
            Assert.Equal(index, found.Index, 1e-9);
            Assert.All(found.Clusters.Zip(clusters), p => Assert.Equal(p.Second, p.First, 1e-9));
        }
    }

    [Fact]
    public void Dbcv_prefers_rings_to_their_halves()
    {
        // Two rings, one in the other: what means cannot tell apart and density can.
        var rows = new Matrix(240, 2);
        for (var i = 0; i < 240; i++)
        {
            var (angle, radius) = (2 * Math.PI * (i / 2) / 120, i % 2 == 0 ? 1.0 : 4.0);
            (rows[i, 0], rows[i, 1]) = ((float)(radius * Math.Cos(angle)), (float)(radius * Math.Sin(angle)));
        }

        var rings = DensityValidation.Of(rows, [.. Enumerable.Range(0, 240).Select(i => i % 2)], 1).Index;
        var halves = DensityValidation.Of(rows, [.. Enumerable.Range(0, 240).Select(i => rows[i, 0] > 0 ? 1 : 0)], 1).Index;
        Assert.True(rings > 0.5 && halves < 0, $"{rings} {halves}");
    }

    [Fact]
    public void Dbcv_survives_copies_single_rows_and_high_dimensions() => Gen.Select(Gen.Int[4, 40], Gen.Int[1, 300], Gen.ULong[0, 99]).Sample((n, d, seed) =>
    {
        var rows = Points.Fill(n, d, r => r.NextInt(2) * 3 + (d > 2 ? r.NextNormal() : 0), seed);
        var labels = Points.Fill(n, 1, r => r.NextInt(5) - 1, seed + 1).Values.Select(x => (int)x).ToArray();
        var found = DensityValidation.Of(rows, labels, 2);
        return double.IsNaN(found.Index) || found.Index is >= -1 and <= 1;
    }, iter: 60);

    [Fact]
    public void Dbcv_of_fewer_than_two_clusters_is_not_defined()
    {
        Assert.True(double.IsNaN(DensityValidation.Of(new Matrix(0, 2), [], 1).Index));
        Assert.True(double.IsNaN(DensityValidation.Of(Rows(), new int[60], 1).Index));
    }

    [Fact]
    public void Strength_counts_pairs_that_stay_together() =>
        Gen.Int[2, 60].SelectMany(n => Gen.Select(Gen.Int[0, 3].Array[n], Gen.Int[0, 4].Array[n])).Sample((own, predicted) =>
        {
            var least = 1.0;
            foreach (var c in own.Distinct())
            {
                int pairs = 0, kept = 0;
                for (var i = 0; i < own.Length; i++)
                {
                    for (var j = 0; j < i; j++)
                    {
                        if (own[i] != c || own[j] != c) continue;
                        pairs++;
                        if (predicted[i] == predicted[j]) kept++;
                    }
                }

                if (pairs > 0) least = Math.Min(least, (double)kept / pairs);
            }

            return Math.Abs(least - PredictionStrength.Strength(own, predicted)) < 1e-12;
        });

    [Fact]
    public void Prediction_strength_is_one_for_planted_groups_and_low_beyond_them()
    {
        var (rows, _) = Points.Blobs(300, 3, 4, 14, 7);
        Assert.Equal(1, PredictionStrength.Of(rows, new KMeansOptions { Clusters = 4, Threads = 1 }, new Seed(1), 3).Mean);
        var finer = PredictionStrength.Of(rows, new KMeansOptions { Clusters = 7, Threads = 1 }, new Seed(1), 3);
        Assert.True(finer.Mean + finer.StandardError < PredictionStrength.Enough, $"{finer.Mean}");
    }

    [Fact]
    public void The_gap_finds_planted_groups_and_none_in_a_cloud()
    {
        var (rows, _) = Points.Blobs(200, 2, 3, 10, 3);
        Assert.Equal(3, GapStatistic.Of(rows, 6, new Seed(1), 10, new() { Starts = 3 }).Clusters);
        Assert.Equal(1, GapStatistic.Of(Points.Fill(200, 2, r => r.NextDouble(), 4), 4, new Seed(1), 10, new() { Starts = 3 }).Clusters);
    }

    [Fact]
    public void The_gap_is_the_same_for_any_number_of_threads()
    {
        var (rows, _) = Points.Blobs(100, 3, 3, 4, 3);
        var one = GapStatistic.Of(rows, 3, new Seed(2), 5, new() { Threads = 1 });
        Assert.Equal(one.Gaps, GapStatistic.Of(rows, 3, new Seed(2), 5, new() { Threads = 2 }).Gaps);
    }

    [Fact]
    public void The_bootstrap_keeps_planted_groups_and_doubts_a_split_one()
    {
        var (rows, _) = Points.Blobs(200, 2, 3, 14, 5);
        BootstrapJaccard Of(int k)
        {
            var options = new KMeansOptions { Clusters = k, Threads = 1, Starts = 4 };
            return BootstrapJaccard.Of(rows, Clusterer.Fit(rows, options, new Seed(1)), options, new Seed(2), 20);
        }

        Assert.All(Of(3).Mean, m => Assert.Equal(1, m, 1e-9));
        Assert.Contains(Of(4).Mean, m => m < 0.85);
    }

    [Fact]
    public void Numbered_labels_compare_as_named_ones()
    {
        var report = LabelMetrics.CompareNumbered([0, 0, 1, 1, 2], [5, 5, -1, -1, -1]);
        Assert.Equal(0.8, report.Purity, 1e-12);
        Assert.Equal(0.8, report.Accuracy, 1e-12);
    }
}
