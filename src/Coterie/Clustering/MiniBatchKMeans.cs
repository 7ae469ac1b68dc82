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
public sealed record RowPieces(long Rows, int Columns, Func<IEnumerable<Matrix>> Read);

/// <summary>Web-scale k-means (Sculley 2010): each batch pulls its nearest centres towards the mean of all the rows they were given so
/// far. As in scikit-learn, centres that few rows come to are put on rows of the batch, and the fit ends when the smoothed objective
/// of the batches stops improving.</summary>
public static class MiniBatchKMeans
{
    /// <summary>Fits rows (n x d, finite); batches are drawn at random, with replacement. When the limit is met, the
    /// centres are kept as they are.</summary>
    public static KMeansModel Fit(Matrix rows, MiniBatchKMeansOptions options, Seed seed, FitLimit? limit = null)
    {
        options.Validate("minibatch");
        Check.Finite(rows);
        return Fit(new RowPieces(rows.Rows, rows.Columns, () => [rows]), Drawn(rows, options, seed.Stream(1)), options, seed, limit);
    }

    /// <summary>Fits a stream of rows (finite). Batches are taken from each piece in a random order; the stream is read once for the seeding,
    /// once for the objective, and as often between as the fit goes on. When the limit is met, the centres are kept as they are.</summary>
    public static KMeansModel Fit(RowPieces stream, MiniBatchKMeansOptions options, Seed seed, FitLimit? limit = null)
    {
        options.Validate("minibatch");
        return Fit(stream, Taken(stream, options, seed.Stream(1)), options, seed, limit);
    }

    static KMeansModel Fit(RowPieces stream, IEnumerable<Matrix> batches, MiniBatchKMeansOptions options, Seed seed, FitLimit? limit)
    {
        var (centres, counts) = Seeded(stream, options, seed, limit);
        var iterations = 0;
        if (centres.Length > 0)
        {
            var state = new MiniBatchState(centres, counts, stream.Rows, options, seed.Stream(2));
            foreach (var batch in batches)
            {
                if (limit?.Ends() == true) break;
                iterations++;
                if (state.Take(batch)) break;
            }

            centres = state.Centres;
        }

        return new KMeansModel
        {
            Centres = centres,
            Columns = stream.Columns,
            Distance = Distance.Euclidean,
            Objective = Objective(stream, centres, options.Threads),
            Iterations = iterations,
        };
    }

    // The best of several k-means fits of one sample of the rows, in the memory that the seeding needs anyway: batches then polish centres
    // that are about right, where from bare seeds they would settle in a worse optimum. The rows of the sample count as seen.
    static MiniBatchStart Seeded(RowPieces stream, MiniBatchKMeansOptions options, Seed seed, FitLimit? limit)
    {
        var sample = Sample(stream, Math.Max(options.SeedRows, 3 * options.Clusters), seed.Stream(0));
        if (sample.Rows == 0) return new([], []);
        var order = RowOrder.Canonical(sample);
        var fitted = new KMeansOptions { Clusters = options.Clusters, Starts = options.Starts, MaxIterations = SampleIterations, Threads = options.Threads };
        var fit = KMeans.FitOrdered(sample, order, Raced(sample, order, fitted, seed.Child(3), limit) is { } centres ? fitted with { WarmStart = centres, Seeded = false } : fitted, seed.Child(3), limit);
        var counts = new double[fit.Clusters];
        foreach (var label in fit.Label(sample, options.Threads)) counts[label]++;
        return new(fit.Centres, counts);
    }

    // Starts settle on a part of the sample, each by one thread, and the one whose centres suit the whole sample best goes on: what tells them apart is
    // which groups share a centre, and a few dozen rows a group show that. Null where the part is no smaller, or has too few distinct rows.
    static float[][]? Raced(Matrix sample, int[] order, KMeansOptions options, Seed seed, FitLimit? limit)
    {
        var part = RowOrder.Every(order, Math.Max(sample.Rows / RaceShare, RaceRowsEach * options.Clusters));
        if (options.Starts == 1 || 2 * part.Length > sample.Rows) return null;
        var rows = sample.Take(part);
        var places = new int[part.Length];
        for (var i = 0; i < places.Length; i++) places[i] = i;
        var centres = new float[options.Starts][][];
        var objectives = new double[options.Starts];
        Chunks.Each(options.Starts, options.Threads, start =>
        {
            centres[start] = KMeans.FitOrdered(rows, places, options with { Starts = 1, Threads = 1 }, seed.Child((ulong)start), limit).Centres;
            objectives[start] = new NearestCentres(centres[start], sample.Columns).Objective(sample, 0, sample.Rows);
        });
        var best = 0;
        for (var start = 1; start < objectives.Length; start++)
            if (objectives[start] < objectives[best]) best = start;
        return centres[best].Length < options.Clusters ? null : centres[best];
    }

    const int SampleIterations = 50;
    const int RaceShare = 4, RaceRowsEach = 48;

    // Centres, and how many rows of the sample are of each.
    sealed record MiniBatchStart(float[][] Centres, double[] Counts);

    // A uniform sample without replacement in one pass (Vitter 1985, algorithm R).
    static Matrix Sample(RowPieces stream, int size, Rng rng)
    {
        var sample = new Matrix((int)Math.Min(size, stream.Rows), stream.Columns);
        long seen = 0;
        foreach (var piece in stream.Read())
        {
            Checked(piece, stream);
            for (var i = 0; i < piece.Rows; i++, seen++)
            {
                var place = seen < sample.Rows ? seen : (long)(rng.NextDouble() * (seen + 1));
                if (place < sample.Rows) piece.Row(i).CopyTo(sample.Row((int)place));
            }
        }

        if (seen != stream.Rows) throw new InputException($"the stream gave {seen} rows; {stream.Rows} were announced.");
        return sample;
    }

    static void Checked(Matrix piece, RowPieces stream)
    {
        if (piece.Columns != stream.Columns) throw new InputException($"a piece of the stream has {piece.Columns} columns; {stream.Columns} were announced.");
        Check.Finite(piece);
    }

    static IEnumerable<Matrix> Drawn(Matrix rows, MiniBatchKMeansOptions options, Rng rng)
    {
        var chosen = new int[Math.Min(options.BatchRows, rows.Rows)];
        if (chosen.Length == 0) yield break;
        for (long drawn = 0, most = (long)options.MaxEpochs * rows.Rows; drawn < most; drawn += chosen.Length)
        {
            for (var i = 0; i < chosen.Length; i++) chosen[i] = rng.NextInt(rows.Rows);
            var batch = new Matrix(chosen.Length, rows.Columns);
            // Rows lie far apart in memory: two threads wait for it at once.
            Chunks.Each((chosen.Length + MiniBatchState.Part - 1) / MiniBatchState.Part, options.Threads, part =>
            {
                for (var i = part * MiniBatchState.Part; i < Math.Min(chosen.Length, (part + 1) * MiniBatchState.Part); i++) rows.Row(chosen[i]).CopyTo(batch.Row(i));
            });
            yield return batch;
        }
    }

    static IEnumerable<Matrix> Taken(RowPieces stream, MiniBatchKMeansOptions options, Rng rng)
    {
        for (var epoch = 0; epoch < options.MaxEpochs; epoch++)
        {
            foreach (var piece in stream.Read())
            {
                var order = Enumerable.Range(0, piece.Rows).ToArray();
                rng.Shuffle(order.AsSpan());
                for (var start = 0; start < order.Length; start += options.BatchRows)
                    yield return piece.Take(order.AsSpan(start, Math.Min(options.BatchRows, order.Length - start)));
            }
        }
    }

    static double Objective(RowPieces stream, float[][] centres, int threads)
    {
        if (centres.Length == 0) return 0;
        var nearest = new NearestCentres(centres, stream.Columns);
        var objective = 0.0;
        foreach (var piece in stream.Read())
        {
            var parts = new double[Chunks.Count(piece.Rows)];
            Chunks.For(piece.Rows, threads, (chunk, start, end) => parts[chunk] = nearest.Objective(piece, start, end));
            foreach (var part in parts) objective += part;
        }

        return objective;
    }
}
