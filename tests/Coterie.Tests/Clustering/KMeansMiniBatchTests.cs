using System.Text.Json;
using Coterie.Clustering;
using Coterie.Clustering.Metrics;
using Coterie.Numerics;

namespace Coterie.Tests.Clustering;

public class KMeansMiniBatchTests
{
    static MiniBatchKMeansOptions Options(int k, int threads = 1) => new() { Clusters = k, BatchRows = 500, SeedRows = 2000, Threads = threads };

    static RowPieces Pieces(Matrix rows, int size) => new(rows.Rows, rows.Columns, () => Enumerable.Range(0, (rows.Rows + size - 1) / size)
        .Select(p => rows.Take([.. Enumerable.Range(p * size, Math.Min(size, rows.Rows - p * size))])));

    [Fact]
    public void A_planted_partition_is_found_in_memory_and_in_pieces()
    {
        var (rows, truth) = Points.Blobs(6000, 5, 7, 20, 3);
        var model = MiniBatchKMeans.Fit(rows, Options(7), new Seed(1));
        Assert.Equal(1, Agreement.AdjustedRand(model.Label(rows, 1), truth));
        Assert.Equal(1, Agreement.AdjustedRand(MiniBatchKMeans.Fit(Pieces(rows, 1300), Options(7), new Seed(1)).Label(rows, 1), truth));
    }

    [Fact]
    public void The_objective_is_near_that_of_the_full_iteration()
    {
        var (rows, _) = Points.Blobs(20_000, 6, 10, 3, 9);
        var full = KMeans.Fit(rows, new() { Clusters = 10, Starts = 4 }, new Seed(1)).Objective;
        Assert.InRange(MiniBatchKMeans.Fit(rows, Options(10), new Seed(1)).Objective, full * (1 - 1e-6), full * 1.1);
    }

    [Fact]
    public void One_thread_gives_the_bytes_of_two()
    {
        var (rows, _) = Points.Blobs(9000, 5, 6, 3, 11);
        Assert.Equal(JsonSerializer.Serialize(MiniBatchKMeans.Fit(rows, Options(6, 1) with { BatchRows = 2000 }, new Seed(5))),
            JsonSerializer.Serialize(MiniBatchKMeans.Fit(rows, Options(6, 2) with { BatchRows = 2000 }, new Seed(5))));
    }

    [Fact]
    public void The_edges_are_defined()
    {
        Assert.Equal(0, MiniBatchKMeans.Fit(new Matrix(0, 3), Options(4), new Seed(1)).Clusters);
        Assert.Equal(1, MiniBatchKMeans.Fit(Points.Fill(50, 3, _ => 7, 1), Options(4), new Seed(1)).Clusters);
        Assert.Equal(2, MiniBatchKMeans.Fit(new Matrix([1, 2], 2, 1), Options(4), new Seed(1)).Clusters);
        var rows = Points.Fill(5, 2, r => r.NextNormal(), 1);
        rows[3, 1] = float.NaN;
        Assert.Contains("row 3, column 1", Assert.Throws<InputException>(() => MiniBatchKMeans.Fit(rows, Options(2), new Seed(1))).Message, StringComparison.Ordinal);
        var error = Assert.Throws<ConfigurationException>(() => Clusterer.Fit(rows,
            new MiniBatchKMeansOptions { Clusters = 0, BatchRows = 0, MaxEpochs = 0, Patience = -1, Reassignment = 2 }, new Seed(1)));
        Assert.Equal(5, error.Message.Split('\n').Length);
    }

    [Fact]
    public void A_stream_that_breaks_its_word_is_refused() =>
        Assert.Throws<InputException>(() => MiniBatchKMeans.Fit(Pieces(Points.Fill(50, 3, r => r.NextNormal(), 1), 20) with { Rows = 60 }, Options(4), new Seed(1)));
}
