using Coterie.Numerics;

namespace Coterie.Clustering;

/// <summary>Partitions rows, or a stream of them, from small batches: for tables that are large or larger than memory. A row's place in
/// the table matters to which batch it comes in, so row order changes the result (within what batches can tell).</summary>
public sealed record MiniBatchKMeansOptions : ClusterOptions
{
    /// <summary>Rows of a batch.</summary>
    public int BatchRows { get; init; } = 4096;
    /// <summary>At most so many times the rows of the table are drawn.</summary>
    public int MaxEpochs { get; init; } = 100;
    /// <summary>Stops when the smoothed objective of the batches has not improved for so many batches; 0 never does.</summary>
    public int Patience { get; init; } = 10;
    /// <summary>A centre with less than this share of the largest centre's rows is put on a row of the batch; 0 never is.</summary>
    public double Reassignment { get; init; } = 0.01;
    /// <summary>Rows that the seeding sees; at least three for each cluster are taken.</summary>
    public int SeedRows { get; init; } = 12_288;

    private protected override IEnumerable<string> Problems()
    {
        if (BatchRows < 1) yield return $"minibatch: batch-rows is {BatchRows}; expected 1 or more.";
        if (MaxEpochs < 1) yield return $"minibatch: max-epochs is {MaxEpochs}; expected 1 or more.";
        if (Patience < 0) yield return $"minibatch: patience is {Patience}; expected 0 or more.";
        if (!(Reassignment is >= 0 and < 1)) yield return $"minibatch: reassignment is {Reassignment}; expected 0 or more and below 1.";
        if (SeedRows < 1) yield return $"minibatch: seed-rows is {SeedRows}; expected 1 or more.";
        if (!Seeded) yield return NoStart("minibatch");
    }
}

/// <summary>Rows that come in pieces: n x d, read from the start as often as asked, each piece a matrix of d columns. Pieces need not fit in
/// memory together.</summary>
/// <param name="Rows">n.</param>
/// <param name="Columns">d.</param>
/// <param name="Read">Begins a pass over all rows.</param>
public sealed record RowStream(long Rows, int Columns, Func<IEnumerable<Matrix>> Read);

public static class MiniBatchKMeans
{
    public static KMeansModel Fit(Matrix rows, MiniBatchKMeansOptions options, Seed seed) => throw new NotSupportedException();
}
